//! Doc comments from the spec's texts.

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_specs::model::Field;

/// Title and description.
pub(super) fn doc(title: Option<&str>, description: Option<&str>) -> TokenStream {
    lines(&text(title, description))
}

/// Several paragraphs.
pub(super) fn lines(text: &str) -> TokenStream {
    if text.is_empty() {
        return TokenStream::new();
    }
    // One attribute for all of it: each costs the compiler as much as a line of code, and there are tens of thousands.
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    let doc = lines.collect::<Vec<_>>().join("\n");
    // rustdoc compiles and runs what Markdown marks as code. A spec is data: nothing of it becomes a doctest.
    if ["```", "~~~", "    ", "\t"].iter().any(|mark| text.contains(mark)) {
        return quote!(#[cfg_attr(not(doctest), doc = #doc)]);
    }
    quote!(#[doc = #doc])
}

pub(super) fn text(title: Option<&str>, description: Option<&str>) -> String {
    match (title, description) {
        (Some(title), Some(description)) => format!("{}\n\n{description}", sentence(title)),
        (Some(one), None) | (None, Some(one)) => sentence(one),
        (None, None) => String::new(),
    }
}

/// A field's title, with what else is worth knowing. What a name says is not said again: thousands of imported fields have nothing else.
pub(super) fn field(field: &Field) -> TokenStream {
    let mut text = match (&field.title, &field.description) {
        (None, None) if repeats(&field.ident, &field.wire_name) => String::new(),
        (None, None) => format!("`{}`.", field.wire_name),
        (title, description) => text_of(title.as_deref(), description.as_deref()),
    };
    if field.read_only {
        text.push_str("\n\nSet by the server.");
    }
    if let Some(from) = &field.options_from {
        let (module, action) = from.action.split_once('.').unwrap_or_default();
        let action = heck::ToUpperCamelCase::to_upper_camel_case(action);
        text.push_str(&format!("\n\n`{module}::{action}` tells what can be chosen"));
        let beside: Vec<_> = from.depends_on.iter().map(|(_, beside)| format!("`{beside}`")).collect();
        if !beside.is_empty() {
            text.push_str(&format!(", for the {} given here", beside.join(" and ")));
        }
        text.push('.');
    }
    if let Some(example) = &field.example {
        text.push_str(&format!("\n\nExample: `{example}`."));
    }
    lines(text.trim_start())
}

fn text_of(title: Option<&str>, description: Option<&str>) -> String {
    text(title, description)
}

/// Whether a text says no more than a name in Rust.
pub(super) fn repeats(ident: &str, text: &str) -> bool {
    let letters = |text: &str| {
        text.chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect::<String>()
    };
    letters(ident) == letters(text)
}

/// `#[deprecated]` with the spec's message.
pub(super) fn deprecated(message: Option<&str>) -> TokenStream {
    message.map(|message| quote!(#[deprecated(note = #message)])).unwrap_or_default()
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) { text.to_owned() } else { format!("{text}.") }
}
