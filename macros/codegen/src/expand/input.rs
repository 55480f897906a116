//! What is written: `new` with what is required, setters for the rest, `clear_…` where a field can be cleared.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use typed_connector_specs::model::{Field, FieldType, Input, Type};

use super::table::{self, Entry};
use super::{docs, ident, static_name, ty, types};
use crate::plan::Plan;

/// One argument, with its index in the shape.
pub(super) struct Argument<'a> {
    pub(super) index: u16,
    pub(super) field: &'a Field,
    pub(super) clearable: bool,
}

/// A type of kind `input`.
pub(super) fn named(plan: &Plan<'_>, declared: &Type, input: &Input) -> TokenStream {
    let (head, name) = (types::head(declared), ident(&declared.ident));
    let shape_name = static_name(&declared.ident, "SHAPE");
    let entries = entries(input);
    let at = plan.connector.properties_at(input);
    let shape = table::shape(plan, &declared.ident, &entries, at, input.clear.as_deref(), &[]);
    let arguments: Vec<_> = (0u16..)
        .zip(input.fields.iter().zip(&input.clearable))
        .map(|(index, (field, clearable))| Argument { index, field, clearable: *clearable })
        .collect();
    let presets: TokenStream = arguments
        .iter()
        .filter_map(|argument| {
            let (json, index) = (plan.connector.preset(input, argument.field)?.to_string(), argument.index);
            Some(quote!(.with_json(#index, #json)))
        })
        .collect();
    let others = plan.connector.takes_others(input);
    let methods = methods(plan, declared.module, &arguments, &quote!(&#shape_name), &presets, others);
    quote! {
        #head
        #[must_use = "an input does nothing until it is sent"]
        pub struct #name(rt::Args);
        impl #name { #methods }
        rt::input!(#name);
        pub(super) static #shape_name: rt::Shape = #shape;
    }
}

/// The body's fields for a table.
pub(super) fn entries(input: &Input) -> Vec<Entry<'_>> {
    let fields = input.fields.iter().zip(&input.encodings);
    fields.map(|(field, encoding)| Entry { field, encoding: *encoding, in_tree: true }).collect()
}

/// `new` and setters of something that holds `args`.
pub(super) fn methods(
    plan: &Plan<'_>,
    from: Option<usize>,
    arguments: &[Argument<'_>],
    shape: &TokenStream,
    presets: &TokenStream,
    others: bool,
) -> TokenStream {
    let visible = || arguments.iter().filter(|argument| argument.field.constant.is_none());
    let required: Vec<_> = visible().filter(|argument| argument.field.required).collect();
    let parameters = required.iter().map(|argument| {
        let name = ident(&argument.field.ident);
        let (ty, _) = ty::argument(plan, from, &argument.field.ty, &name);
        quote!(#name: #ty)
    });
    let sets = required.iter().map(|argument| with(plan, from, argument));
    let doc = constructor_doc(&required);
    let setters =
        visible().filter(|argument| !argument.field.required).map(|argument| setter(plan, from, argument));
    let clears = visible().filter(|argument| argument.clearable).map(|argument| {
        let name = format!("clear_{}", argument.field.ident);
        let free =
            if arguments.iter().any(|other| other.field.ident == name) { format!("{name}_") } else { name };
        clear(argument, &ident(&free))
    });
    let taken = |name: &str| arguments.iter().any(|argument| argument.field.ident == name);
    let property = others.then(|| property(&ident(if taken("property") { "property_" } else { "property" })));
    quote! {
        #doc
        pub fn new(#(#parameters),*) -> Self {
            Self(rt::Args::new(#shape) #presets #(#sets)*)
        }

        #(#setters)*
        #(#clears)*
        #property
    }
}

fn constructor_doc(required: &[&Argument<'_>]) -> TokenStream {
    if required.is_empty() {
        return docs::lines("One with nothing set.");
    }
    let titled = required.iter().filter_map(|argument| {
        let title = argument.field.title.as_deref()?;
        Some(format!("\n- `{}`: {title}", argument.field.ident))
    });
    let titled: String = titled.collect();
    if titled.is_empty() {
        return docs::lines("One with everything that is required.");
    }
    docs::lines(&format!("One with everything that is required:\n{titled}"))
}

/// `.with::<rt::String>(0u16, name)`
fn with(plan: &Plan<'_>, from: Option<usize>, argument: &Argument<'_>) -> TokenStream {
    let (index, name) = (argument.index, ident(&argument.field.ident));
    if let FieldType::Array(inner) = &argument.field.ty {
        let inner = ty::value(plan, from, inner);
        return quote!(.with_list::<#inner>(#index, #name));
    }
    let value = ty::value(plan, from, &argument.field.ty);
    quote!(.with::<#value>(#index, #name))
}

fn setter(plan: &Plan<'_>, from: Option<usize>, argument: &Argument<'_>) -> TokenStream {
    let name = ident(&argument.field.ident);
    let ((ty, _), with) = (ty::argument(plan, from, &argument.field.ty, &name), with(plan, from, argument));
    let (doc, deprecated) =
        (docs::field(argument.field), docs::deprecated(argument.field.deprecated.as_deref()));
    // `new` is the constructor's name; a field of that name gets the underscore that keywords get.
    let method = if argument.field.ident == "new" { ident("new_") } else { name.clone() };
    quote! {
        #doc
        #deprecated
        pub fn #method(self, #name: #ty) -> Self {
            Self(self.0 #with)
        }
    }
}

fn clear(argument: &Argument<'_>, method: &Ident) -> TokenStream {
    let index = argument.index;
    let title = argument.field.title.as_deref().unwrap_or(&argument.field.wire_name);
    let doc = docs::lines(&format!("Clears «{title}»: afterwards it has no value."));
    quote! {
        #doc
        pub fn #method(self) -> Self {
            Self(self.0.with_cleared(#index))
        }
    }
}

fn property(name: &Ident) -> TokenStream {
    quote! {
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn #name(self, name: impl rt::Into<rt::String>, value: impl rt::Into<rt::Value>) -> Self {
            Self(self.0.with_property(name, value))
        }
    }
}
