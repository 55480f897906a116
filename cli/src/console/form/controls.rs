//! Single controls, by what kind of value they take.

use maud::{Markup, html};
use serde_json::Value;
use typed_connector::dynamic::model::{EnumValue, Field};

use super::fill::plain;
use super::shape::{Shape, Text};
use super::{AGAIN, Form, OTHER};
use crate::console::pages::inline;

/// Words in a key for which one line is seldom enough.
const LONG: [&str; 8] = ["description", "note", "message", "body", "content", "comment", "reason", "summary"];

/// What goes into a control beside its value.
struct Around<'a> {
    /// What it is called where no label names it.
    name: Option<&'a str>,
    /// Whether the form is not sent without it.
    required: bool,
    /// The choice of nothing.
    empty: &'static str,
    long: bool,
    sensitive: bool,
    example: Option<String>,
}

impl Form<'_> {
    /// The control of a field that has a label.
    pub(super) fn control(&self, field: &'static Field, shape: &Shape, path: &str) -> Markup {
        self.made(shape, path, &Self::around(field, path))
    }

    /// The control of one value of a list.
    pub(super) fn control_named(
        &self,
        field: &'static Field,
        shape: &Shape,
        path: &str,
        name: &str,
    ) -> Markup {
        let example =
            field.example.as_ref().and_then(Value::as_array).and_then(|list| list.first()).map(plain);
        self.made(
            shape,
            path,
            &Around {
                name: Some(name),
                required: false,
                empty: "Not given",
                example,
                ..Self::around(field, path)
            },
        )
    }

    /// A control on its own.
    pub(super) fn bare_control(&self, shape: &Shape, path: &str, name: &str) -> Markup {
        let example = Some("Value".to_owned());
        let around = Around {
            name: Some(name),
            required: false,
            empty: "Not given",
            long: false,
            sensitive: false,
            example,
        };
        self.made(shape, path, &around)
    }

    fn made(&self, shape: &Shape, path: &str, around: &Around<'_>) -> Markup {
        if let Some(offers) = self.offers.get(path) {
            let offers: Vec<_> = offers.iter().map(|one| (one.value.as_str(), one.label.as_str())).collect();
            return self.select(&offers, true, path, around);
        }
        match shape {
            Shape::Text(kind) => self.text(*kind, path, around),
            Shape::Boolean => self.select(&[("true", "Yes"), ("false", "No")], false, path, around),
            Shape::Choice { values, open } => {
                let values: Vec<_> =
                    values.iter().map(|value| (value.wire.as_str(), value.title.as_str())).collect();
                self.select(&values, *open, path, around)
            }
            Shape::File | Shape::Bytes => html! {
                input type="file" id=(path) name=(path) aria-label=[around.name] required[around.required] aria-describedby=[self.described(path, around)] aria-invalid=[self.marks().invalid(path)];
                @if self.pairs.file(path).is_some() { span.help { "Choose the file again: a page cannot keep it." } }
            },
            _ => html! {
                textarea.code id=(path) name=(path) rows="4" spellcheck="false" aria-label=[around.name] required[around.required]
                    placeholder="JSON" aria-describedby=[self.described(path, around)] aria-invalid=[self.marks().invalid(path)] { (self.pairs.text(path).unwrap_or_default()) }
            },
        }
    }

    fn text(&self, kind: Text, path: &str, around: &Around<'_>) -> Markup {
        let value = if around.sensitive { "" } else { self.pairs.text(path).unwrap_or_default() };
        let example = around.example.as_deref();
        if kind == Text::Line && around.long && !around.sensitive {
            return html! {
                textarea id=(path) name=(path) rows="2" aria-label=[around.name] required[around.required] placeholder=[example]
                    aria-describedby=[self.described(path, around)] aria-invalid=[self.marks().invalid(path)] { (value) }
            };
        }
        let (input, step) = match kind {
            _ if around.sensitive => ("password", None),
            Text::Integer => ("number", Some("1")),
            Text::Decimal | Text::Float => ("number", Some("any")),
            Text::Date => ("date", None),
            Text::DateTime => ("datetime-local", Some("any")),
            Text::Url => ("url", None),
            Text::Email => ("email", None),
            Text::Line | Text::Duration => ("text", None),
        };
        // What is no value of the kind, such as a text that was sent for a number, is shown as text so that it can be mended.
        let fits = value.is_empty()
            || match kind {
                Text::Integer => value.trim().parse::<i64>().is_ok(),
                Text::Decimal | Text::Float => value.trim().parse::<f64>().is_ok_and(f64::is_finite),
                Text::Date => value.trim().parse::<jiff::civil::Date>().is_ok(),
                Text::DateTime => !value.ends_with('Z') && value.as_bytes().get(10) == Some(&b'T'),
                _ => true,
            };
        let (input, step) = if fits { (input, step) } else { ("text", None) };
        html! {
            input type=(input) id=(path) name=(path) value=(value) step=[step] aria-label=[around.name] required[around.required]
                placeholder=[example] autocomplete="off" aria-describedby=[self.described(path, around)] aria-invalid=[self.marks().invalid(path)];
            @if around.sensitive && self.pairs.given(path).is_some() { span.help { (AGAIN) } }
        }
    }

    /// Choices, with one for other values where there may be some.
    fn select(&self, values: &[(&str, &str)], open: bool, path: &str, around: &Around<'_>) -> Markup {
        let given = self.pairs.text(path).unwrap_or_default();
        let other = format!("{path}#other");
        let unknown = !given.is_empty() && given != OTHER && !values.iter().any(|(value, _)| *value == given);
        // Where the choices have changed, what was chosen is kept beside them.
        let text = if unknown { given } else { self.pairs.text(&other).unwrap_or_default() };
        html! {
            select id=(path) name=(path) aria-label=[around.name] required[around.required && !open] aria-describedby=[self.described(path, around)] aria-invalid=[self.marks().invalid(path)] {
                option value="" { (around.empty) }
                @for (value, label) in values { option value=(value) selected[given == *value] { (label) } }
                @if open { option value=(OTHER) selected[given == OTHER || unknown] { "Other …" } }
            }
            @if open {
                input.other name=(other) value=(text) aria-label="Other value" placeholder="Other value" autocomplete="off";
            }
        }
    }

    /// Several of several values.
    pub(super) fn boxes(&self, values: &'static [EnumValue], open: bool, path: &str, label: &str) -> Markup {
        let ticked: Vec<_> = self.pairs.texts(path).collect();
        let other = format!("{path}#other");
        html! {
            fieldset {
                legend.hidden { (label) }
                div.checks {
                    @for value in values {
                        label.check { input type="checkbox" name=(path) value=(value.wire) checked[ticked.contains(&value.wire.as_str())]; (value.title) }
                    }
                }
            }
            @if open {
                input name=(other) value=(self.pairs.text(&other).unwrap_or_default()) aria-label={ (label) ": other values" } placeholder="Others, with commas between" autocomplete="off";
            }
        }
    }

    /// The question, the description, and what the control cannot say.
    pub(super) fn help(field: &Field, path: &str) -> Markup {
        let parts = [field.prompt.as_deref(), field.description.as_deref()];
        let zone = matches!(field.ty, typed_connector::dynamic::model::FieldType::DateTime);
        html! {
            span.help id={ (path) "-help" } {
                @for part in parts.into_iter().flatten() { (inline(part)) " " }
                @if zone { "In UTC. " }
                @if let Some(default) = field.default.as_ref().filter(|_| field.constant.is_none()) {
                    "Unless given: " code { (if default == "*" { "all".to_owned() } else { plain(default) }) } ". "
                }
                @if let Some(text) = &field.deprecated { strong { "Deprecated: " } (inline(text)) " " }
            }
        }
    }

    /// What belongs to a control; only a field that has a label has a help too.
    fn described(&self, path: &str, around: &Around<'_>) -> Option<String> {
        self.marks().described(path, around.name.is_none())
    }

    fn around(field: &Field, path: &str) -> Around<'static> {
        let key = field.key.to_lowercase();
        Around {
            name: None,
            // Of what is inside of a group nobody knows whether the group is given at all.
            required: field.must_be_given() && !path.contains(['.', '[', '#']),
            empty: if field.must_be_given() { "Choose …" } else { "Not given" },
            long: LONG.iter().any(|word| key.contains(word)),
            sensitive: field.sensitive,
            example: field.example.as_ref().map(plain),
        }
    }
}
