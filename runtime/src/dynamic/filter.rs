//! Filters, orders and selections over an object's properties, as JSON.

use serde_json::Value;
use typed_connector_specs::model::{Field, FieldType, FilterOperator, Object, TypeRef};
use typed_connector_specs::text::nearest;

use super::arguments::{At, Check, listed};
use super::tables::format;
use crate::filter::{Condition, Operator};
use crate::value::{Datum, Format, text};

/// The operators in the order of their names in [`FilterOperator::ALL`].
const OPERATORS: [Operator; FilterOperator::ALL.len()] = [
    Operator::Eq,
    Operator::Neq,
    Operator::Lt,
    Operator::Lte,
    Operator::Gt,
    Operator::Gte,
    Operator::Between,
    Operator::In,
    Operator::NotIn,
    Operator::Has,
    Operator::NotHas,
    Operator::ContainsToken,
    Operator::NotContainsToken,
];

/// A property that conditions are about.
struct Subject<'a> {
    name: &'a str,
    /// Its declaration; `None` for a property of the account's own.
    declared: Option<(&'static FieldType, Format)>,
}

impl Check {
    pub(super) fn filter(&mut self, of: TypeRef, json: Value, at: At<'_>) -> Option<Datum> {
        let object = self.tables.model.object(of)?;
        let mut groups = Vec::new();
        match json {
            Value::Object(_) => groups.push(self.group(object, json, at)),
            Value::Array(alternatives) => {
                for (index, json) in alternatives.into_iter().enumerate() {
                    groups.push(self.group(object, json, At::Index(&at, index)));
                }
            }
            other => self.expected(at, "an object of conditions, or an array of such", &other),
        }
        // Without conditions all records are meant.
        groups.retain(|group| !group.is_empty());
        (!groups.is_empty()).then_some(Datum::Filter(groups))
    }

    /// Conditions that must all hold.
    fn group(&mut self, object: &'static Object, json: Value, at: At<'_>) -> Vec<Condition> {
        let Value::Object(json) = json else {
            self.expected(at, "an object of conditions", &json);
            return Vec::new();
        };
        let mut group = Vec::new();
        for (key, json) in json {
            let here = At::Key(&at, &key);
            let field = property(object, &key);
            let before = self.hides;
            self.hides |= field.is_some_and(|field| field.sensitive);
            let subject = Subject {
                name: field.map_or(&*key, |field| &field.wire_name),
                declared: field.map(|field| (compared(field), format(field, object.encoding))),
            };
            match json {
                Value::Array(all) => {
                    for (index, json) in all.into_iter().enumerate() {
                        self.conditions(&subject, json, At::Index(&here, index), &mut group);
                    }
                }
                json => self.conditions(&subject, json, here, &mut group),
            }
            self.hides = before;
        }
        group
    }

    /// A value that the property must have, or operators.
    fn conditions(&mut self, subject: &Subject<'_>, json: Value, at: At<'_>, group: &mut Vec<Condition>) {
        match json {
            Value::Object(operators) => {
                for (name, json) in operators {
                    let here = At::Key(&at, &name);
                    let known = || FilterOperator::ALL.iter().map(|(_, name)| *name);
                    match known().position(|known| known == name) {
                        Some(index) => group.extend(self.condition(subject, OPERATORS[index], json, here)),
                        None => {
                            let help = match nearest(&name, known()) {
                                Some(near) => format!("did you mean `{near}`?"),
                                None => format!("there are {}", listed(known())),
                            };
                            self.problem(here, format!("is no operator; {help}"));
                        }
                    }
                }
            }
            Value::Null => group.push(subject.condition(Operator::NotHas)),
            json => group.extend(self.condition(subject, Operator::Eq, json, at)),
        }
    }

    fn condition(
        &mut self,
        subject: &Subject<'_>,
        operator: Operator,
        json: Value,
        at: At<'_>,
    ) -> Option<Condition> {
        let ty = subject.declared.map(|(ty, _)| ty);
        let mut condition = subject.condition(operator);
        match operator {
            Operator::Has | Operator::NotHas => {
                let Value::Bool(wanted) = json else {
                    self.expected(at, "true or false", &json);
                    return None;
                };
                let has = (operator == Operator::Has) == wanted;
                condition.operator = if has { Operator::Has } else { Operator::NotHas };
            }
            Operator::Lt | Operator::Lte | Operator::Gt | Operator::Gte | Operator::Between
                if ty.is_some_and(|ty| !is_ordered(ty)) =>
            {
                self.problem(at, format!("`{}` has no order; it is {}", subject.name, self.expectation(ty?)));
                return None;
            }
            Operator::ContainsToken | Operator::NotContainsToken
                if ty.is_some_and(|ty| !matches!(ty, FieldType::String | FieldType::Email)) =>
            {
                self.problem(at, format!("`{}` is no text; it is {}", subject.name, self.expectation(ty?)));
                return None;
            }
            Operator::Between => match json {
                Value::Array(bounds) if bounds.len() == 2 => {
                    let mut bounds = bounds.into_iter().enumerate();
                    let mut bound = |check: &mut Self| {
                        bounds
                            .next()
                            .and_then(|(index, json)| check.operand(subject, json, At::Index(&at, index)))
                    };
                    (condition.value, condition.high_value) = (Some(bound(self)?), Some(bound(self)?));
                }
                other => {
                    self.expected(at, "an array of the lowest and the highest value", &other);
                    return None;
                }
            },
            Operator::In | Operator::NotIn => match json {
                Value::Array(values) => {
                    let values = values.into_iter().enumerate();
                    let values =
                        values.map(|(index, json)| self.operand(subject, json, At::Index(&at, index)));
                    condition.values = values.collect::<Option<_>>()?;
                }
                other => {
                    self.expected(at, "an array of values", &other);
                    return None;
                }
            },
            _ => condition.value = Some(self.operand(subject, json, at)?),
        }
        Some(condition)
    }

    /// A value that is compared with, as the API writes it.
    fn operand(&mut self, subject: &Subject<'_>, json: Value, at: At<'_>) -> Option<String> {
        match (subject.declared, json) {
            (Some((ty, format)), json) => self.value(ty, json, at).map(|datum| text(&datum, &format)),
            (None, Value::String(text)) => Some(text),
            (None, json @ (Value::Number(_) | Value::Bool(_))) => Some(json.to_string()),
            (None, json) => {
                self.expected(at, "a string, a number or a boolean", &json);
                None
            }
        }
    }

    pub(super) fn sort(&mut self, of: TypeRef, json: Value, at: At<'_>) -> Option<Datum> {
        let object = self.tables.model.object(of)?;
        let order = match json {
            Value::String(order) if !order.is_empty() => order,
            Value::Array(mut orders) if orders.len() == 1 && orders[0].is_string() => {
                orders.pop()?.as_str()?.to_owned()
            }
            other => {
                self.expected(at, "a property's name, with `-` before it for largest first", &other);
                return None;
            }
        };
        let (sign, name) = order.strip_prefix('-').map_or(("", order.as_str()), |name| ("-", name));
        let name = property(object, name).map_or(name, |field| &field.wire_name);
        Some(Datum::List(vec![Datum::Text(format!("{sign}{name}"))]))
    }

    pub(super) fn selection(&mut self, of: TypeRef, json: Value, at: At<'_>) -> Option<Datum> {
        let object = self.tables.model.object(of)?;
        match json {
            Value::String(all) if all == "*" => {
                let shape = self.tables.shape(of)?;
                Some(Datum::List(shape.property_names().map(|name| Datum::Text(name.to_owned())).collect()))
            }
            Value::Array(names) => {
                let mut list = Vec::with_capacity(names.len());
                for (index, json) in names.into_iter().enumerate() {
                    match json {
                        Value::String(name) => {
                            let declared = property(object, &name).map(|field| field.wire_name.clone());
                            list.push(Datum::Text(declared.unwrap_or(name)));
                        }
                        other => self.expected(At::Index(&at, index), "a property's name", &other),
                    }
                }
                Some(Datum::List(list))
            }
            other => {
                self.expected(at, "an array of property names, or \"*\"", &other);
                None
            }
        }
    }
}

impl Subject<'_> {
    fn condition(&self, operator: Operator) -> Condition {
        Condition {
            property: self.name.to_owned(),
            operator,
            value: None,
            high_value: None,
            values: Vec::new(),
        }
    }
}

/// The same conditions with a mark in place of values of properties that are nobody's to see.
pub(super) fn masked(
    object: &'static Object,
    groups: &[Vec<Condition>],
    mark: &'static str,
) -> Vec<Vec<Condition>> {
    let mut groups = groups.to_vec();
    for condition in groups.iter_mut().flatten() {
        if property(object, &condition.property).is_some_and(|field| field.sensitive) {
            let values = [&mut condition.value, &mut condition.high_value].into_iter().flatten();
            values.chain(&mut condition.values).for_each(|value| mark.clone_into(value));
        }
    }
    groups
}

/// A declared property by its key, or by its name on the wire.
fn property(object: &'static Object, name: &str) -> Option<&'static Field> {
    let mut properties = object.fields.iter().filter(|field| object.is_property(field));
    properties.find(|field| field.key == name || field.wire_name == name)
}

/// What a property is compared with: a list with one of its elements.
fn compared(field: &'static Field) -> &'static FieldType {
    match &field.ty {
        FieldType::Array(inner) => inner,
        other => other,
    }
}

const fn is_ordered(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Integer
            | FieldType::Decimal
            | FieldType::Float
            | FieldType::Date
            | FieldType::DateTime
            | FieldType::Duration
    )
}
