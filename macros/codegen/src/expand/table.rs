//! Static tables: shapes with their trees of keys.

use std::collections::BTreeMap;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use typed_connector_specs::model::{Encoding, Field, FieldType, Wire};

use crate::plan::{Plan, arguments};

/// One field of a shape.
pub(super) struct Entry<'a> {
    pub(super) field: &'a Field,
    pub(super) encoding: Encoding,
    /// Whether it lies in the body; parameters of path, query and headers do not.
    pub(super) in_tree: bool,
}

/// `static NAME: rt::Shape`.
pub(super) fn shape(
    plan: &Plan<'_>,
    name: &Ident,
    title: &str,
    entries: &[Entry<'_>],
    properties_at: &[String],
    clear: Option<&str>,
    required: &[u16],
) -> TokenStream {
    let fields = entries.iter().map(|entry| {
        let (name, format) = (&entry.field.ident, format(entry.field, entry.encoding));
        let options = options(plan, entries, entry.field);
        match entry.field.sensitive {
            true => quote!(rt::Field::sensitive(#name, #format) #options),
            false => quote!(rt::Field::new(#name, #format) #options),
        }
    });
    let mut root = Group::default();
    if !properties_at.is_empty() {
        root.open(properties_at).properties = true;
    }
    for (index, entry) in (0u16..).zip(entries).filter(|(_, entry)| entry.in_tree) {
        let Some((key, groups)) = entry.field.path.split_last() else { continue };
        root.open(groups).keys.insert(key, Key::Field(index));
    }
    let tree = root.tokens();
    let clear = option(clear);
    quote! {
        pub(super) static #name: rt::Shape = rt::Shape {
            name: #title,
            fields: &[#(#fields),*],
            tree: &[#tree],
            required: &[#(#required),*],
            clear: #clear,
        };
    }
}

/// `.options(&…)`, where another action tells what can be chosen; nothing where that action is not generated, or needs what does not
/// stand beside the field here.
fn options(plan: &Plan<'_>, entries: &[Entry<'_>], field: &Field) -> Option<TokenStream> {
    let from = field.options_from.as_ref()?;
    let other = arguments(plan.action(&from.action)?);
    let index = |position: Option<usize>| position.and_then(|position| u16::try_from(position).ok());
    let depends_on: Option<Vec<_>> = from
        .depends_on
        .iter()
        .map(|(argument, beside)| {
            let argument = index(other.iter().position(|field| field.key == *argument))?;
            let beside = index(entries.iter().position(|entry| entry.field.key == *beside))?;
            Some(quote!((#argument, #beside)))
        })
        .collect();
    let (depends_on, action, value) = (depends_on?, &from.action, &from.value);
    let label = option(from.label.as_deref());
    Some(quote! {
        .options(&rt::OptionsFrom { action: #action, value: #value, label: #label, depends_on: &[#(#depends_on),*] })
    })
}

#[derive(Default)]
struct Group<'a> {
    keys: BTreeMap<&'a str, Key<'a>>,
    properties: bool,
}

enum Key<'a> {
    Field(u16),
    Group(Group<'a>),
}

impl<'a> Group<'a> {
    fn open(&mut self, keys: &'a [String]) -> &mut Self {
        let Some((first, rest)) = keys.split_first() else { return self };
        let key = self.keys.entry(first).or_insert_with(|| Key::Group(Group::default()));
        if let Key::Field(_) = key {
            *key = Key::Group(Group::default());
        }
        match key {
            Key::Group(group) => group.open(rest),
            Key::Field(_) => unreachable!("a field was replaced by a group just above"),
        }
    }

    /// Sorted by key, as the runtime's binary search needs it; a `BTreeMap` is.
    fn tokens(&self) -> TokenStream {
        let nodes = self.keys.iter().map(|(key, value)| match value {
            Key::Field(index) => quote!(rt::Node::Field(#key, #index)),
            Key::Group(group) => {
                let nodes = group.tokens();
                match group.properties {
                    true => quote!(rt::Node::Properties(#key, &[#nodes])),
                    false => quote!(rt::Node::Group(#key, &[#nodes])),
                }
            }
        });
        quote!(#(#nodes),*)
    }
}

/// The tree of a page or batch: its keys lead to fields by their paths.
pub(super) fn tree(paths: &[(&[String], u16)]) -> TokenStream {
    let mut root = Group::default();
    for (path, index) in paths {
        if let Some((key, groups)) = path.split_last() {
            root.open(groups).keys.insert(key, Key::Field(*index));
        }
    }
    root.tokens()
}

/// How a value is written.
pub(super) fn format(field: &Field, encoding: Encoding) -> TokenStream {
    let text = encoding == Encoding::Strings || field.wire == Wire::Text;
    let base = match (text, &field.ty) {
        // JSON in a string is no string of JSON: compound values keep their form.
        (true, FieldType::Json | FieldType::Map(_)) | (false, _) => quote!(rt::Format::PLAIN),
        (true, _) => quote!(rt::Format::TEXT),
    };
    match &field.wire {
        Wire::Plain | Wire::Text => base,
        Wire::Millis => quote!(#base.unit(rt::Unit::Millis)),
        Wire::Seconds => quote!(#base.unit(rt::Unit::Seconds)),
        Wire::Separated(separator) => quote!(rt::Format::separated(#separator)),
    }
}

pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(rt::Some(#value)),
        None => quote!(rt::None),
    }
}
