//! Static tables: shapes with their trees of keys.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use typed_connector_specs::layout::{Format, Key, Keys, Unit};
use typed_connector_specs::model::{Encoding, Field, QueryStyle};

use crate::plan::Plan;

/// One field of a shape.
pub(super) struct Entry<'a> {
    pub(super) field: &'a Field,
    pub(super) encoding: Encoding,
    /// Whether it lies in the body; parameters of path, query and headers do not.
    pub(super) in_tree: bool,
}

/// `rt::Shape { … }`.
pub(super) fn shape(
    plan: &Plan<'_>,
    title: &str,
    entries: &[Entry<'_>],
    properties_at: &[String],
    clear: Option<&str>,
    required: &[u16],
) -> TokenStream {
    let fields = entries.iter().map(|entry| {
        let (name, format) = (&entry.field.ident, format(entry.field, entry.encoding));
        let options = options(plan, entries, entry.field);
        // Every line here is one of ten thousand fields.
        match entry.field.format(entry.encoding) {
            _ if entry.field.sensitive => quote!(rt::Field::sensitive(#name, #format) #options),
            Format { text, unit: Unit::Iso, separator: None, list: None } => {
                let short = super::ident(if text { "text" } else { "plain" });
                quote!(rt::#short(#name) #options)
            }
            Format { .. } => quote!(rt::Field::new(#name, #format) #options),
        }
    });
    let in_tree = (0u16..).zip(entries).filter(|(_, entry)| entry.in_tree);
    let paths = in_tree.map(|(index, entry)| (index, entry.field.path.as_slice()));
    let tree = nodes(&Keys::of(paths, properties_at));
    let rest = changed(&[
        ("fields", (!entries.is_empty()).then(|| quote!(&[#(#fields),*]))),
        ("tree", (!tree.is_empty()).then(|| quote!(&[#tree]))),
        ("required", (!required.is_empty()).then(|| quote!(&[#(#required),*]))),
        ("clear", clear.map(|clear| quote!(rt::Some(#clear)))),
    ]);
    quote!(rt::Shape { #rest ..rt::Shape::of(#title) })
}

/// The fields of a table that are not as in most.
pub(super) fn changed(fields: &[(&str, Option<TokenStream>)]) -> TokenStream {
    let fields = fields.iter().filter_map(|(name, value)| {
        let (name, value) = (super::ident(name), value.as_ref()?);
        Some(quote!(#name: #value,))
    });
    fields.collect()
}

/// `.options(&…)`, where another action tells what can be chosen; nothing where that action is not generated, or needs what does not
/// stand beside the field here.
fn options(plan: &Plan<'_>, entries: &[Entry<'_>], field: &Field) -> Option<TokenStream> {
    let from = field.options_from.as_ref()?;
    let needs = plan.connector.choices_need(from, &entries.iter().map(|entry| entry.field))?;
    let narrow = |index: usize| u16::try_from(index).ok();
    let depends_on: Option<Vec<_>> = needs
        .into_iter()
        .map(|(argument, beside)| {
            let (argument, beside) = (narrow(argument)?, narrow(beside)?);
            Some(quote!((#argument, #beside)))
        })
        .collect();
    let (depends_on, action, value) = (depends_on?, &from.action, &from.value);
    let label = option(from.label.as_deref());
    Some(quote! {
        .options(&rt::OptionsFrom { action: #action, value: #value, label: #label, depends_on: &[#(#depends_on),*] })
    })
}

/// Sorted by key, as the runtime's binary search needs it.
fn nodes(keys: &Keys<'_>) -> TokenStream {
    let nodes = keys.keys.iter().map(|(key, value)| match value {
        Key::Field(index) => quote!(rt::At(#key, #index)),
        Key::Group(group) => {
            let nodes = nodes(group);
            match group.properties {
                true => quote!(rt::Properties(#key, &[#nodes])),
                false => quote!(rt::Group(#key, &[#nodes])),
            }
        }
    });
    quote!(#(#nodes),*)
}

/// The tree of a page or batch: its keys lead to fields by their paths.
pub(super) fn tree(paths: &[(&[String], u16)]) -> TokenStream {
    nodes(&Keys::of(paths.iter().map(|(path, index)| (*index, *path)), &[]))
}

/// How a value is written.
pub(super) fn format(field: &Field, encoding: Encoding) -> TokenStream {
    let format = field.format(encoding);
    if let Some(separator) = format.separator {
        return quote!(rt::Format::separated(#separator));
    }
    let base = if format.text { quote!(rt::Format::TEXT) } else { quote!(rt::Format::PLAIN) };
    let base = match format.unit {
        Unit::Iso => base,
        Unit::Millis => quote!(#base.unit(rt::Unit::Millis)),
        Unit::Seconds => quote!(#base.unit(rt::Unit::Seconds)),
    };
    match format.list {
        None => base,
        Some(QueryStyle::Repeat) => quote!(#base.listed(rt::ListStyle::Repeat)),
        Some(QueryStyle::Comma) => quote!(#base.listed(rt::ListStyle::Comma)),
        Some(QueryStyle::Brackets) => quote!(#base.listed(rt::ListStyle::Brackets)),
    }
}

pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote!(rt::Some(#value)),
        None => quote!(rt::None),
    }
}
