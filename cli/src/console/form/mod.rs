//! An action's arguments as a form: made of the spec's fields, read back to JSON by the spec's keys.
//!
//! A field's name in the form is its place in the arguments, `inputs[3].amount`, as the library's messages have it. What belongs to a
//! field without being its value has a mark behind that: `#clear`, `#other`, `#kind`, `#name`.
//!
//! | module | holds |
//! | --- | --- |
//! | `pairs` | what a browser sends |
//! | `shape` | what is shown for a type |
//! | `controls` | single controls |
//! | `filter` | filters, orders, selections |
//! | `read`, `fill` | from the form to arguments, and back |
//! | `offered` | fields whose choices another action tells |
//! | `problem` | what is wrong, and with which control |

mod controls;
mod fill;
mod filter;
mod offered;
mod pairs;
mod problem;
mod read;
mod shape;

use std::collections::HashMap;

use maud::{Markup, html};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Body, Connector, Field, FieldType, Variant};

use crate::run::choices::Choice;

pub(super) use self::fill::pairs as filled;
pub(super) use self::offered::{asked, has_offers};
pub(super) use self::pairs::{MOST_BYTES, Pairs};
pub(super) use self::problem::{Marks, Problem};
pub(super) use self::read::arguments;
use self::shape::{Members, Shape, any_field, members, shape};
pub(super) use self::shape::{title, words};

/// The choice that stands for a value that is not listed.
pub(super) const OTHER: &str = "#other";

/// Of what was entered and is not in the page that shows the form once more.
pub(super) const AGAIN: &str = "Enter it again: it is not shown in a page.";

/// The buttons that change the form.
const DO: &str = "#do";

/// Choices that another action has told, by the field's place.
pub(super) type Offers = HashMap<String, Vec<Choice>>;

/// A form of one action.
pub(super) struct Form<'a> {
    pub(super) action: Action,
    pub(super) pairs: &'a Pairs,
    pub(super) problems: &'a [Problem],
    pub(super) offers: &'a Offers,
}

/// All arguments that can be given.
fn of_action(action: Action) -> Members {
    let model = action.connector().model();
    let takes_others = match &action.model().body {
        Some(Body::Fields { input, .. }) => model.takes_others(input),
        _ => false,
    };
    members(action.model().arguments().zip(action.model().clearable()), takes_others)
}

/// Whether files are chosen in it, so that it has to be sent in parts.
pub(super) fn has_files(action: Action) -> bool {
    fn is_file(ty: &FieldType) -> bool {
        match ty {
            FieldType::File | FieldType::Bytes => true,
            FieldType::Array(inner) | FieldType::Map(inner) => is_file(inner),
            _ => false,
        }
    }
    any_field(action.connector().model(), &of_action(action), 0, &|field| is_file(&field.ty))
}

/// The place of a field in a group.
fn at(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

/// The value that is chosen or entered beside the choices.
pub(super) fn chosen<'p>(pairs: &'p Pairs, path: &str) -> Option<&'p str> {
    match pairs.given(path) {
        None | Some(OTHER) => pairs.given(&format!("{path}#other")),
        chosen => chosen,
    }
}

/// Does what a button of the form says that changes its rows; `false` where it was the one that sends it.
pub(super) fn rearranged(pairs: &mut Pairs) -> bool {
    let Some((what, path)) = pairs.text(DO).and_then(|text| text.split_once(':')) else { return false };
    let (what, path) = (what.to_owned(), path.to_owned());
    match what.as_str() {
        "add" => {
            let row = pairs.rows(&path);
            pairs.set(format!("{path}[{row}]#row"), "");
        }
        "remove" => {
            let row = path.strip_suffix(']').and_then(|path| path.rsplit_once('['));
            if let Some((list, Ok(row))) = row.map(|(list, row)| (list, row.parse())) {
                pairs.remove_row(list, row);
            }
        }
        _ => {}
    }
    true
}

impl Form<'_> {
    /// The fields: what is required, then the rest.
    pub(super) fn fields(&self) -> Markup {
        let members = of_action(self.action);
        let (required, optional): (Vec<_>, Vec<_>) =
            members.fields.iter().copied().partition(|(field, _)| field.must_be_given());
        let others = members.others;
        html! {
            @if !required.is_empty() {
                div.fields { @for (field, clearable) in &required { (self.field(field, "", *clearable, 0)) } }
            }
            @if !optional.is_empty() || others.is_some() {
                @if !required.is_empty() { h2.small.soft { "Optional" } }
                div.fields {
                    @for (field, clearable) in &optional { (self.field(field, "", *clearable, 0)) }
                    @if let Some(others) = others { (self.others("", others)) }
                }
            }
            @if members.fields.is_empty() { p.soft { "It takes no arguments." } }
        }
    }

    fn model(&self) -> &'static Connector {
        self.action.connector().model()
    }

    pub(super) const fn marks(&self) -> Marks<'_> {
        Marks(self.problems)
    }

    fn field(&self, field: &'static Field, prefix: &str, clearable: bool, depth: usize) -> Markup {
        let path = at(prefix, &field.key);
        let label = title(field);
        match shape(self.model(), &field.ty, depth) {
            Shape::Group(members) => {
                self.wide(field, &path, &html! { (self.group(&members, &path, depth + 1)) })
            }
            Shape::Union(union) => {
                let variants = html! {
                    @for variant in &union.variants { (self.variant(variant, &path, depth)) }
                };
                self.wide(field, &path, &variants)
            }
            Shape::List(inner) => match shape(self.model(), inner, depth + 1) {
                Shape::Group(_) | Shape::Union(_) => {
                    self.wide(field, &path, &self.rows(field, inner, &path, depth))
                }
                _ => self.single(field, &path, clearable, &self.lines(field, inner, &path, depth), true),
            },
            Shape::Filter(object) => self.wide(field, &path, &self.filter(object, &path)),
            Shape::Selection(object) => {
                self.single(field, &path, clearable, &self.selection(object, &path, &label), true)
            }
            Shape::Sort(object) => self.single(field, &path, clearable, &self.sort(object, &path), false),
            Shape::Choices { values, open } => {
                self.single(field, &path, clearable, &self.boxes(values, open, &path, &label), true)
            }
            Shape::Map(inner) => self.wide(field, &path, &self.map(inner, &path, depth)),
            shape => {
                let control = self.control(field, &shape, &path);
                self.single(field, &path, clearable, &control, false)
            }
        }
    }

    /// A field of one control, with its label, help, problem, and a way to clear it.
    fn single(
        &self,
        field: &'static Field,
        path: &str,
        clearable: bool,
        control: &Markup,
        grouped: bool,
    ) -> Markup {
        let clear = format!("{path}#clear");
        let label = html! { (title(field)) (must(field)) };
        let marks = self.marks();
        html! {
            div.field id=[grouped.then_some(path)] role=[grouped.then_some("group")] aria-label=[grouped.then(|| title(field))]
                aria-invalid=[marks.invalid(path).filter(|_| grouped)] aria-describedby=[marks.described(path, true).filter(|_| grouped)] {
                @if grouped { span.label { (label) } } @else { label for=(path) { (label) } }
                (control)
                (self.notes(field, path))
                @if clearable {
                    label.check.small {
                        input type="checkbox" name=(clear) value="yes" checked[self.pairs.text(&clear) == Some("yes")];
                        "Clear" span.hidden { " " (title(field)) }
                    }
                }
            }
        }
    }

    /// A field of several controls.
    fn wide(&self, field: &'static Field, path: &str, content: &Markup) -> Markup {
        html! {
            fieldset.group.wide id=(path) aria-invalid=[self.marks().invalid(path)] aria-describedby=[self.marks().described(path, true)] {
                legend { (title(field)) (must(field)) }
                (self.notes(field, path))
                (content)
            }
        }
    }

    /// Help and problem.
    fn notes(&self, field: &'static Field, path: &str) -> Markup {
        html! {
            (Self::help(field, path))
            (self.marks().message(path, Some(&title(field))))
        }
    }

    fn group(&self, members: &Members, path: &str, depth: usize) -> Markup {
        let (required, optional): (Vec<_>, Vec<_>) =
            members.fields.iter().copied().partition(|(field, _)| field.must_be_given());
        let shown = |key: &str| self.pairs.any(&at(path, key)) || self.marks().any(&at(path, key));
        let given = optional.iter().any(|(field, _)| shown(&field.key));
        let more = html! {
            div.fields {
                @for (field, clearable) in &optional { (self.field(field, path, *clearable, depth)) }
                @if let Some(others) = members.others { (self.others(path, others)) }
            }
        };
        html! {
            @if !required.is_empty() {
                div.fields { @for (field, clearable) in &required { (self.field(field, path, *clearable, depth)) } }
            }
            @if !optional.is_empty() {
                @if required.is_empty() && optional.len() < 4 { (more) }
                @else { details open[given] { summary { (crate::check::count(optional.len(), "more field")) } div.inside { (more) } } }
            }
        }
    }

    /// One of a union's types; its fields show where it is chosen.
    fn variant(&self, variant: &'static Variant, path: &str, depth: usize) -> Markup {
        let kind = format!("{path}#kind");
        let chosen = self.pairs.text(&kind) == Some(&variant.key);
        let name = self.model().ty(variant.ty).title.clone().unwrap_or_else(|| words(&variant.key));
        let Shape::Group(members) = shape::variant(self.model(), variant, depth) else { return html! {} };
        html! {
            div.variants {
                label.check { input type="radio" name=(kind) value=(variant.key) checked[chosen]; (name) }
                div.variant { (self.group(&members, &format!("{path}#{}", variant.key), depth + 1)) }
            }
        }
    }

    /// A list of groups.
    fn rows(&self, field: &'static Field, inner: &'static FieldType, path: &str, depth: usize) -> Markup {
        let least = usize::from(field.must_be_given());
        let rows = self.pairs.rows(path).max(least);
        html! {
            @for row in 0..rows {
                @let here = format!("{path}[{row}]");
                fieldset.group id=(here) aria-invalid=[self.marks().invalid(&here)] aria-describedby=[self.marks().described(&here, false)] {
                    legend { (row + 1) }
                    (self.marks().message(&here, Some(&format!("{} {}", title(field), row + 1))))
                    @match shape(self.model(), inner, depth + 1) {
                        Shape::Group(members) => (self.group(&members, &here, depth + 2)),
                        Shape::Union(union) => { @for variant in &union.variants { (self.variant(variant, &here, depth + 1)) } }
                        _ => {}
                    }
                    @if rows > least { div.row { (Self::button("remove", &here, &format!("Remove {}", row + 1))) } }
                }
            }
            div.row { (self.add(path, rows, if rows == 0 { "Add one" } else { "Add another" })) }
        }
    }

    /// A list of single values.
    fn lines(&self, field: &'static Field, inner: &'static FieldType, path: &str, depth: usize) -> Markup {
        let rows = self.pairs.rows(path).max(1);
        let shape = shape(self.model(), inner, depth + 1);
        html! {
            @for row in 0..rows {
                @let here = format!("{path}[{row}]");
                @let name = format!("{} {}", title(field), row + 1);
                div.item {
                    div { (self.control_named(field, &shape, &here, &name)) (self.marks().message(&here, Some(&name))) }
                    @if rows > 1 { (Self::button("remove", &here, "Remove")) }
                }
            }
            div.row { (self.add(path, rows, "Add another")) }
        }
    }

    /// Names with values.
    fn map(&self, inner: &'static FieldType, path: &str, depth: usize) -> Markup {
        let rows = self.pairs.rows(path).max(1);
        let shape = shape(self.model(), inner, depth + 1);
        html! {
            @for row in 0..rows {
                @let here = format!("{path}[{row}]");
                @let name = format!("{here}#name");
                div.item {
                    div.pair {
                        input name=(name) value=(self.pairs.text(&name).unwrap_or_default()) aria-label={ "Name " (row + 1) } placeholder="Name" autocomplete="off";
                        (self.bare_control(&shape, &here, &format!("Value {}", row + 1)))
                        (self.marks().message(&here, self.pairs.given(&name)))
                    }
                    @if rows > 1 { (Self::button("remove", &here, "Remove")) }
                }
            }
            div.row { (self.add(path, rows, "Add another")) }
        }
    }

    /// Properties of the account's own.
    fn others(&self, prefix: &str, others: &str) -> Markup {
        html! {
            fieldset.group.wide {
                legend { "Other properties" }
                span.help { "Properties of the account's own, which the spec does not declare, by their names." }
                (self.map(&FieldType::String, &at(prefix, others), 0))
            }
        }
    }

    /// A button that changes the form and sends nothing on.
    pub(super) fn button(what: &str, path: &str, label: &str) -> Markup {
        html! { button.light name=(DO) value={ (what) ":" (path) } formnovalidate { (label) } }
    }

    /// Adds a row behind those that are shown.
    fn add(&self, path: &str, rows: usize, label: &str) -> Markup {
        // Rows that are shown without anything in them are counted too.
        html! {
            @for row in self.pairs.rows(path)..rows { input type="hidden" name={ (path) "[" (row) "]#row" } value=""; }
            (Self::button("add", path, label))
        }
    }
}

fn must(field: &Field) -> Markup {
    html! { @if field.must_be_given() { " " span.must { "required" } } }
}
