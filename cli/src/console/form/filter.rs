//! Filters, orders and selections over an object's properties.

use maud::{Markup, html};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{FieldType, FilterOperator, Object};

use super::fill::plain;
use super::problem::{index, key};
use super::read::{listed, text};
use super::shape::{Text, properties, title};
use super::{AGAIN, Form, Pairs};

/// What an operator means, in the order of [`FilterOperator::ALL`].
const MEANINGS: [&str; FilterOperator::ALL.len()] = [
    "is",
    "is not",
    "is less than",
    "is at most",
    "is greater than",
    "is at least",
    "is between",
    "is one of",
    "is none of",
    "has a value",
    "has no value",
    "contains the word",
    "does not contain the word",
];

impl Form<'_> {
    /// Groups of conditions, of which one must hold.
    pub(super) fn filter(&self, object: &'static Object, path: &str) -> Markup {
        let groups = self.pairs.rows(path).max(1);
        html! {
            @for group in 0..groups {
                @let list = format!("{path}[{group}].c");
                fieldset.group {
                    legend { @if group == 0 { "All of these hold" } @else { "or all of these" } }
                    @for row in 0..self.pairs.rows(&list).max(1) { (self.condition(object, &list, row)) }
                    div.row {
                        (self.add(&list, self.pairs.rows(&list).max(1), "Add a condition"))
                        @if groups > 1 { (Self::button("remove", &format!("{path}[{group}]"), "Remove this group")) }
                    }
                }
            }
            div.row { (self.add(path, groups, "Add an alternative")) }
        }
    }

    fn condition(&self, object: &'static Object, list: &str, row: usize) -> Markup {
        let at = |name: &str| format!("{list}[{row}].{name}");
        let (property, operator, value, high) = (at("property"), at("operator"), at("value"), at("high"));
        let chosen = self.pairs.text(&property).unwrap_or_default();
        let is_sensitive = properties(object).any(|field| field.key == chosen && field.sensitive);
        let known = |operator: usize| match &self.model().filters {
            Some(dialect) => dialect.operators.get(operator).is_some_and(Option::is_some),
            None => true,
        };
        html! {
            div.condition {
                div.field {
                    label for=(property) { "Property" }
                    select id=(property) name=(property) {
                        option value="" { "" }
                        @for field in properties(object) {
                            option value=(field.key) selected[chosen == field.key] { (title(field)) }
                        }
                        @if !chosen.is_empty() && !properties(object).any(|field| field.key == chosen) {
                            option value=(chosen) selected { (chosen) }
                        }
                    }
                }
                div.field {
                    label for=(operator) { "Condition" }
                    select id=(operator) name=(operator) {
                        @for (index, (_, name)) in FilterOperator::ALL.iter().enumerate().filter(|(index, _)| known(*index)) {
                            option value=(name) selected[self.pairs.text(&operator) == Some(name)] { (MEANINGS[index]) }
                        }
                    }
                }
                div.field.value {
                    label for=(value) { "Value" }
                    (self.operand(&value, is_sensitive))
                    span.help.several { "Several values with commas between." }
                    div.field.high {
                        label for=(high) { "and" }
                        (self.operand(&high, is_sensitive))
                    }
                }
                (Self::button("remove", &format!("{list}[{row}]"), "Remove"))
            }
        }
    }

    /// What a property is compared with.
    fn operand(&self, name: &str, is_sensitive: bool) -> Markup {
        let marks = self.marks();
        let given = self.pairs.text(name).unwrap_or_default();
        let (input, shown) = if is_sensitive { ("password", "") } else { ("text", given) };
        html! {
            input type=(input) id=(name) name=(name) value=(shown) autocomplete="off"
                aria-invalid=[marks.invalid(name)] aria-describedby=[marks.described(name, false)];
            @if is_sensitive && !given.is_empty() { span.help { (AGAIN) } }
            (marks.message(name, Some("Value")))
        }
    }

    /// A property, and a direction.
    pub(super) fn sort(&self, object: &'static Object, path: &str) -> Markup {
        let direction = format!("{path}#direction");
        let chosen = self.pairs.text(path).unwrap_or_default();
        html! {
            div.pair {
                select id=(path) name=(path) aria-invalid=[self.marks().invalid(path)] aria-describedby=[self.marks().described(path, true)] {
                    option value="" { "Not given" }
                    @for field in properties(object) {
                        option value=(field.key) selected[chosen == field.key] { (title(field)) }
                    }
                }
                select name=(direction) aria-label="Direction" {
                    option value="up" { "smallest first" }
                    option value="down" selected[self.pairs.text(&direction) == Some("down")] { "largest first" }
                }
            }
        }
    }

    /// Boxes for the properties, behind a disclosure: there are many.
    pub(super) fn selection(&self, object: &'static Object, path: &str, label: &str) -> Markup {
        let ticked: Vec<_> = self.pairs.texts(path).collect();
        let (all, other) = (format!("{path}#all"), format!("{path}#other"));
        let every = self.pairs.text(&all) == Some("yes");
        let summary = match (every, ticked.len()) {
            (true, _) => "All declared properties".to_owned(),
            (false, 0) => "Choose properties".to_owned(),
            (false, count) => crate::check::count(count, "property").replace("propertys", "properties"),
        };
        html! {
            details open[self.marks().invalid(path).is_some()] {
                summary { (summary) span.hidden { " (" (label) ")" } }
                div.inside {
                    label.check { input type="checkbox" name=(all) value="yes" checked[every]; "All that the spec declares" }
                    fieldset {
                        legend.hidden { (label) }
                        div.checks {
                            @for field in properties(object) {
                                label.check { input type="checkbox" name=(path) value=(field.key) checked[ticked.contains(&field.key.as_str())]; (title(field)) }
                            }
                        }
                    }
                    div.field {
                        label for=(other) { "Others, by name" }
                        input id=(other) name=(other) value=(self.pairs.text(&other).unwrap_or_default()) autocomplete="off";
                        span.help { "Properties of an account's own, with commas between." }
                    }
                }
            }
        }
    }
}

/// Groups as an array; one group as an object.
pub(super) fn read(object: &'static Object, path: &str, pairs: &Pairs) -> Option<Value> {
    let mut groups = Vec::new();
    for group in 0..pairs.rows(path) {
        let list = format!("{path}[{group}].c");
        let mut json = Map::new();
        for row in 0..pairs.rows(&list) {
            let at = |name: &str| format!("{list}[{row}].{name}");
            let Some(property) = pairs.given(&at("property")) else { continue };
            let kind = kind_of(object, property);
            let text = |given: &str| match kind {
                Some(kind) => text(kind, given),
                None => Some(truth(given)),
            };
            let operator = pairs.given(&at("operator")).unwrap_or("eq");
            let typed =
                |name: &str| text(pairs.text(&at(name)).unwrap_or_default()).unwrap_or_else(|| "".into());
            let operand = match operator {
                "has" | "not_has" => true.into(),
                "between" => Value::from(vec![typed("value"), typed("high")]),
                "in" | "not_in" => {
                    listed(pairs, &at("value")).filter_map(|one| text(&one)).collect::<Vec<_>>().into()
                }
                _ => typed("value"),
            };
            let condition: Value = Map::from_iter([(operator.to_owned(), operand)]).into();
            match json.get_mut(property) {
                None => drop(json.insert(property.to_owned(), condition)),
                Some(Value::Array(all)) => all.push(condition),
                // Several of one property must all hold.
                Some(first) => *first = Value::from(vec![first.take(), condition]),
            }
        }
        if !json.is_empty() {
            groups.push(Value::Object(json));
        }
    }
    match groups.len() {
        0 => None,
        1 => groups.pop(),
        _ => Some(groups.into()),
    }
}

/// The control of a place in a filter, as [`read`] numbers groups and conditions.
pub(super) fn place(path: &str, rest: &str, pairs: &Pairs) -> Option<String> {
    let property = |group: usize, row: usize| pairs.given(&format!("{path}[{group}].c[{row}].property"));
    let rows = |group: usize| 0..pairs.rows(&format!("{path}[{group}].c"));
    let is_given = |group: &usize| rows(*group).any(|row| property(*group, row).is_some());
    let mut groups = (0..pairs.rows(path)).filter(is_given);
    let (nth, rest) = index(rest).unwrap_or((0, rest));
    let group = groups.nth(nth)?;
    let (name, rest) = key(rest)?;
    let mut same = rows(group).filter(|row| property(group, *row) == Some(name));
    let (nth, rest) = index(rest).unwrap_or((0, rest));
    let row = same.nth(nth)?;
    let which = if rest.ends_with(".between[1]") { "high" } else { "value" };
    Some(format!("{path}[{group}].c[{row}].{which}"))
}

/// The kind of text that a property is compared with; `None` for yes and no.
fn kind_of(object: &'static Object, property: &str) -> Option<Text> {
    let ty = properties(object).find(|field| field.key == property).map(|field| &field.ty);
    Some(match ty {
        Some(FieldType::Boolean) => return None,
        Some(FieldType::Integer) => Text::Integer,
        Some(FieldType::Float) => Text::Float,
        Some(FieldType::Decimal) => Text::Decimal,
        Some(FieldType::DateTime) => Text::DateTime,
        Some(FieldType::Date) => Text::Date,
        _ => Text::Line,
    })
}

fn truth(given: &str) -> Value {
    match given.trim().to_lowercase().as_str() {
        "true" | "yes" => true.into(),
        "false" | "no" => false.into(),
        other => other.into(),
    }
}

pub(super) fn fill(path: &str, value: &Value, pairs: &mut Pairs) {
    let groups = match value {
        Value::Array(groups) => groups.as_slice(),
        one => std::slice::from_ref(one),
    };
    for (group, json) in groups.iter().enumerate() {
        let mut row = 0;
        for (property, wanted) in json.as_object().into_iter().flatten() {
            let all = match wanted {
                Value::Array(all) => all.as_slice(),
                one => std::slice::from_ref(one),
            };
            for wanted in all {
                let plain_value = Map::from_iter([("eq".to_owned(), wanted.clone())]);
                let (operators, nothing) = match wanted {
                    Value::Object(operators) => (operators.clone(), false),
                    Value::Null => (Map::from_iter([("not_has".to_owned(), true.into())]), true),
                    _ => (plain_value, false),
                };
                for (operator, operand) in operators {
                    let at = |name: &str| format!("{path}[{group}].c[{row}].{name}");
                    pairs.set(at("property"), property.as_str());
                    pairs.set(at("operator"), operator.as_str());
                    match &operand {
                        Value::Array(items) if operator == "between" => {
                            pairs.set(at("value"), items.first().map(plain).unwrap_or_default());
                            pairs.set(at("high"), items.get(1).map(plain).unwrap_or_default());
                        }
                        Value::Array(items) => {
                            pairs.set(at("value"), items.iter().map(plain).collect::<Vec<_>>().join(", "));
                        }
                        _ if nothing || matches!(operator.as_str(), "has" | "not_has") => {}
                        other => pairs.set(at("value"), plain(other)),
                    }
                    row += 1;
                }
            }
        }
    }
}

pub(super) fn read_sort(path: &str, pairs: &Pairs) -> Option<Value> {
    let property = pairs.given(path)?;
    let down = pairs.text(&format!("{path}#direction")) == Some("down");
    Some(if down { format!("-{property}") } else { property.to_owned() }.into())
}

pub(super) fn fill_sort(path: &str, value: &Value, pairs: &mut Pairs) {
    let first = value.as_array().and_then(|list| list.first()).unwrap_or(value);
    let Some(order) = first.as_str() else { return };
    pairs.set(path, order.trim_start_matches('-'));
    if order.starts_with('-') {
        pairs.set(format!("{path}#direction"), "down");
    }
}

pub(super) fn read_selection(path: &str, pairs: &Pairs) -> Option<Value> {
    if pairs.text(&format!("{path}#all")) == Some("yes") {
        return Some("*".into());
    }
    let ticked = pairs.texts(path).filter(|name| !name.is_empty()).map(str::to_owned);
    let names: Vec<Value> = ticked.chain(listed(pairs, &format!("{path}#other"))).map(Value::from).collect();
    (!names.is_empty()).then(|| names.into())
}

pub(super) fn fill_selection(object: &'static Object, path: &str, value: &Value, pairs: &mut Pairs) {
    let Value::Array(names) = value else {
        return pairs.set(format!("{path}#all"), if value == "*" { "yes" } else { "" });
    };
    let is_known = |name: &String| properties(object).any(|field| field.key == *name);
    let (known, other): (Vec<_>, Vec<_>) = names.iter().map(plain).partition(is_known);
    for name in known {
        pairs.add(path, name);
    }
    pairs.set(format!("{path}#other"), other.join(", "));
}
