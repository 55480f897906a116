//! Actions: a struct around its arguments, and the tables that the pipeline executes.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use typed_connector_specs::layout::{PARAMETER, Preset};
use typed_connector_specs::model::{
    Action, BatchProperty, Body, BodyEncoding, Effect, Field, FieldType, NextPage, Output, PathPiece, Place,
    QueryStyle, ScopeRule,
};

use super::input::{self, Argument};
use super::table::{self, Entry, option};
use super::{docs, ident, path_to, scopes, static_name, ty};
use crate::plan::Plan;

pub(super) fn action(plan: &Plan<'_>, module: usize, action: &Action) -> TokenStream {
    let name = ident(&action.ident);
    let doc = docs::lines(&documentation(plan, action));
    let deprecated = docs::deprecated(end(plan, action).as_deref());
    let meta_name = static_name(&action.ident, "META");
    let fields: Vec<_> = action.arguments().collect();
    let all: Vec<_> = (0u16..)
        .zip(fields.iter().zip(action.clearable()))
        .map(|(index, (field, clearable))| Argument { index, field, clearable })
        .collect();
    let others = match &action.body {
        Some(Body::Fields { input, .. }) => plan.connector.takes_others(input),
        _ => false,
    };
    let methods =
        input::methods(plan, Some(module), &all, &quote!(#meta_name.args), &TokenStream::new(), others);
    let (output, answer) = output(plan, module, action);
    let meta = meta(plan, module, action, &meta_name, answer.is_some(), &fields);
    let many = many(plan, module, action, &name);
    let permitted = scopes::permission(plan, action, &name);
    quote! {
        #doc
        #deprecated
        #[must_use = "an action does nothing until it is executed"]
        pub struct #name(rt::Args);
        impl #name { #methods }
        rt::action!(#name, #output, #meta_name);
        #many
        #permitted
        #answer
        #meta
    }
}

/// Why it should no longer be used, until when it can be, and what to use instead.
fn end(plan: &Plan<'_>, action: &Action) -> Option<String> {
    let sunset = action.sunset.as_ref().map(|day| format!("{} ends it on {day}", plan.connector.title));
    let instead = action.replaced_by.as_deref().and_then(|full| {
        let (module, name) = full.split_once('.')?;
        let module = plan.connector.modules.iter().find(|known| known.name == module)?;
        let action = heck::ToUpperCamelCase::to_upper_camel_case(name);
        Some(format!("use `{}::{action}`", module.ident))
    });
    let parts: Vec<_> = [action.deprecated.clone(), sunset, instead].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn documentation(plan: &Plan<'_>, action: &Action) -> String {
    let mut text = docs::text(Some(&action.title), action.description.as_deref());
    text.push_str(&format!("\n\n`{} {}`", action.method, path_template(plan, action)));
    let names = |list: &[usize]| {
        let names: Vec<_> =
            list.iter().map(|scope| format!("`{}`", plan.connector.scopes[*scope].name)).collect();
        names.join(", ")
    };
    if !action.scopes.all_of.is_empty() {
        text.push_str(&format!(", scope {}", names(&action.scopes.all_of)));
    }
    if !action.scopes.any_of.is_empty() {
        text.push_str(&format!(", one of the scopes {}", names(&action.scopes.any_of)));
    }
    if let Some(url) = &action.docs_url {
        text.push_str(&format!("\n\n[Documentation of the API]({url})"));
    }
    text
}

fn path_template(plan: &Plan<'_>, action: &Action) -> String {
    let piece = |piece: &PathPiece| match piece {
        PathPiece::Literal(text) => text.clone(),
        PathPiece::Base(index) => plan
            .connector
            .api_versions
            .as_ref()
            .map(|v| v.versions[v.default].paths[*index].clone())
            .unwrap_or_default(),
        PathPiece::Parameter(index) => format!("{{{}}}", action.parameters[*index].field.wire_name),
    };
    action.path.iter().map(piece).collect()
}

/// The table of all arguments; the tree of its keys is the body.
fn args_shape(plan: &Plan<'_>, action: &Action) -> TokenStream {
    let mut entries: Vec<_> = action
        .parameters
        .iter()
        .map(|parameter| Entry { field: &parameter.field, encoding: PARAMETER, in_tree: false })
        .collect();
    let (mut at, mut clear) = (&[][..], None);
    match &action.body {
        Some(Body::Fields { input, .. }) => {
            entries.extend(input::entries(input));
            at = plan.connector.properties_at(input);
            clear = input.clear.as_deref();
        }
        Some(Body::Whole { field, .. }) => {
            entries.push(Entry {
                field,
                encoding: typed_connector_specs::model::Encoding::Json,
                in_tree: false,
            });
        }
        None => {}
    }
    table::shape(plan, &action.ident, &entries, at, clear, &[])
}

fn meta(
    plan: &Plan<'_>,
    module: usize,
    action: &Action,
    meta_name: &Ident,
    has_answer: bool,
    fields: &[&Field],
) -> TokenStream {
    let module_name = &plan.connector.modules[module].name;
    let full_name = format!("{module_name}.{}", action.name);
    let shown_by = plan.connector.modules[module].shows(action);
    let shown_by = shown_by.map(|other| format!("{module_name}.{}", other.name));
    let Action { title, method, idempotent, .. } = action;
    let path = action.path.iter().map(|piece| match piece {
        PathPiece::Literal(text) => quote!(rt::Literal(#text)),
        PathPiece::Base(index) => quote!(rt::Base(#index)),
        PathPiece::Parameter(index) => {
            let index = narrow(*index);
            quote!(rt::Argument(#index))
        }
    });
    let effect = match action.effect {
        Effect::Read => quote!(Read),
        Effect::Create => quote!(Create),
        Effect::Update => quote!(Update),
        Effect::Delete => quote!(Delete),
    };
    let ScopeRule { all_of, any_of } = &action.scopes;
    let parameters = (0u16..).zip(&action.parameters).map(|(index, parameter)| {
        let (wire, place) = (&parameter.field.wire_name, place(parameter.place));
        match parameter.place {
            Place::Path => quote!(rt::path(#index, #wire)),
            Place::Query(QueryStyle::Repeat) => quote!(rt::query(#index, #wire)),
            _ => quote!(rt::Parameter::new(#index, #wire, rt::Place::#place)),
        }
    });
    let body = match &action.body {
        None => quote!(),
        Some(Body::Fields { encoding: BodyEncoding::Json, .. }) => quote!(Json),
        Some(Body::Fields { encoding: BodyEncoding::Form, .. }) => quote!(Form),
        Some(Body::Fields { encoding: BodyEncoding::Multipart, .. }) => quote!(Multipart),
        Some(Body::Whole { encoding: BodyEncoding::Raw, content_type, .. }) => {
            let index = narrow(action.parameters.len());
            let content_type = content_type.as_deref().unwrap_or("application/octet-stream");
            quote!(Raw(#index, #content_type))
        }
        // Fields are never raw, which `specs` checks.
        Some(Body::Whole { .. } | Body::Fields { .. }) => {
            let index = narrow(action.parameters.len());
            quote!(Whole(#index))
        }
    };
    let presets = presets(plan, module, action);
    let index_of =
        |name: &str| fields.iter().position(|field| field.ident == name).and_then(|i| u16::try_from(i).ok());
    let some = |value: Option<TokenStream>| value.map(|value| quote!(rt::Some(#value)));
    let text = |text: &Option<String>| text.as_ref().map(|text| quote!(rt::Some(#text)));
    let args = args_shape(plan, action);
    let answer = static_name(&action.ident, "ANSWER");
    // What is as it is in most actions is left out: each line here is one of a thousand actions.
    let rest = [
        ("idempotent", idempotent.then(|| quote!(true))),
        ("idempotency_key", text(&action.idempotency_key)),
        ("shown_by", text(&shown_by)),
        ("scopes", (!all_of.is_empty()).then(|| scope_names(plan, all_of))),
        ("any_scopes", (!any_of.is_empty()).then(|| any_scopes(plan, any_of))),
        ("parameters", (!action.parameters.is_empty()).then(|| quote!(&[#(#parameters),*]))),
        ("body", (!body.is_empty()).then(|| quote!(rt::BodyKind::#body))),
        ("raw", matches!(action.output, Output::Value(FieldType::Bytes)).then(|| quote!(true))),
        ("bodiless", matches!(action.output, Output::Optional(_)).then(|| quote!(true))),
        ("presets", (!presets.is_empty()).then(|| quote!(&[#presets]))),
        ("rate_limit", text(&action.rate_limit)),
        ("confirm", text(&action.confirm)),
        ("pagination", some(pagination(action, index_of))),
        ("batch", some(batch(action, index_of))),
        ("answer", has_answer.then(|| quote!(rt::Some(&#answer)))),
    ];
    let rest = table::changed(&rest);
    quote! {
        pub(super) static #meta_name: rt::ActionMeta = rt::ActionMeta {
            args: &#args,
            #rest
            ..rt::ActionMeta::of(#full_name, #title, rt::Effect::#effect, #method, &[#(#path),*])
        };
    }
}

fn scope_names(plan: &Plan<'_>, scopes: &[usize]) -> TokenStream {
    let names = scopes.iter().map(|scope| &plan.connector.scopes[*scope].name);
    quote!(&[#(#names),*])
}

/// Scopes of which any will do; what several are stands beside their marker, once.
fn any_scopes(plan: &Plan<'_>, scopes: &[usize]) -> TokenStream {
    if scopes.len() == 1 {
        return scope_names(plan, scopes);
    }
    let names = scopes::names_of(plan, scopes);
    quote!(super::scopes::#names)
}

fn place(place: Place) -> TokenStream {
    match place {
        Place::Path => quote!(Path),
        Place::Query(QueryStyle::Repeat) => quote!(Query),
        Place::Query(QueryStyle::Comma) => quote!(QueryComma),
        Place::Query(QueryStyle::Brackets) => quote!(QueryBrackets),
        Place::Header => quote!(Header),
    }
}

/// Values of arguments that nobody sets.
fn presets(plan: &Plan<'_>, module: usize, action: &Action) -> TokenStream {
    let presets = plan.connector.presets(action).into_iter().map(|(index, preset)| {
        let index = narrow(index);
        let value = match preset {
            Preset::Names(names) => quote!(Names(#names)),
            Preset::AllProperties(of) => {
                let path = path_to(plan, Some(module), of);
                let shape = static_name(&plan.ty(of).ident, "SHAPE");
                quote!(AllProperties(&#path #shape))
            }
            Preset::Json(json) => {
                let json = json.to_string();
                quote!(Json(#json))
            }
        };
        quote!((#index, rt::Preset::#value))
    });
    quote!(#(#presets),*)
}

/// The index of a field or argument. More than 10,000 of them are refused in `specs`, so that it fits.
fn narrow(index: usize) -> u16 {
    u16::try_from(index).unwrap_or(u16::MAX)
}

fn pagination(action: &Action, index_of: impl Fn(&str) -> Option<u16>) -> Option<TokenStream> {
    let Output::Page { pagination, .. } = &action.output else { return None };
    // Without an argument for it, the list comes whole.
    let (cursor, next) = (index_of(pagination.param.as_deref()?)?, pagination.next.as_ref()?);
    let next = match next {
        NextPage::Cursor(_) => quote!(Cursor),
        NextPage::Last(index) => {
            let index = narrow(*index);
            quote!(Last(#index))
        }
        NextPage::Link { relation, also } => {
            let also = also.iter().filter_map(|name| index_of(name));
            quote!(Link(#relation, &[#(#also),*]))
        }
    };
    let limit = pagination.limit_param.as_deref().and_then(&index_of).map(|limit| quote!(rt::Some(#limit)));
    let max_limit = pagination.max_limit.map(|limit| quote!(rt::Some(#limit)));
    let cap = pagination.cap.as_ref().map(|cap| {
        let records = cap.records;
        let keyset = option(cap.keyset.as_ref().and_then(|keyset| {
            let (key, filter, sort) = (&keyset.key, index_of(&keyset.filter)?, index_of(&keyset.sort)?);
            let select = option(keyset.select.as_deref().and_then(&index_of));
            Some(quote!(rt::Keyset { key: #key, filter: #filter, sort: #sort, select: #select }))
        }));
        quote!(rt::Some(rt::Cap { records: #records, keyset: #keyset }))
    });
    let rest = table::changed(&[("limit", limit), ("max_limit", max_limit), ("cap", cap)]);
    let by = quote!(rt::Pagination::by(#cursor, rt::NextPage::#next));
    Some(if rest.is_empty() { by } else { quote!(rt::Pagination { #rest ..#by }) })
}

fn batch(action: &Action, index_of: impl Fn(&str) -> Option<u16>) -> Option<TokenStream> {
    let Output::Batch { item, batch } = &action.output else { return None };
    let (inputs, max) = (index_of(&batch.inputs)?, batch.max);
    let results = item.is_some();
    let trace = option(batch.trace.as_ref().map(|trace| {
        let (input, result, error) = (narrow(trace.input), narrow(trace.result), &trace.error);
        quote!(rt::BatchTrace { input: #input, result: #result, error: #error })
    }));
    let id = option(batch.id.as_ref().map(|id| {
        let (input, result) = (narrow(id.input), narrow(id.result));
        let property = option(id.property.as_ref().and_then(|property| {
            Some(match property {
                BatchProperty::Argument(name) => {
                    let index = index_of(name)?;
                    quote!(rt::BatchProperty::Argument(#index))
                }
                BatchProperty::Input(index) => {
                    let index = narrow(*index);
                    quote!(rt::BatchProperty::Input(#index))
                }
            })
        }));
        let (error, select) = (option(id.error.as_deref()), option(id.select.as_deref().and_then(&index_of)));
        quote! {
            rt::BatchId { input: #input, result: #result, error: #error, property: #property, select: #select }
        }
    }));
    Some(quote!(rt::BatchMeta { inputs: #inputs, max: #max, results: #results, trace: #trace, id: #id }))
}

/// The output's type, and the table that reading needs.
fn output(plan: &Plan<'_>, module: usize, action: &Action) -> (TokenStream, Option<TokenStream>) {
    let answer = static_name(&action.ident, "ANSWER");
    match &action.output {
        Output::Nothing => (quote!(()), None),
        Output::Value(value) => {
            let optional = match value {
                FieldType::Named(of) => !plan.is_object_like(*of),
                _ => false,
            };
            let value = ty::value(plan, Some(module), value);
            (if optional { quote!(rt::Option<#value>) } else { value }, None)
        }
        Output::Optional(value) => {
            let value = ty::value(plan, Some(module), value);
            (quote!(rt::Option<#value>), None)
        }
        Output::Page { item, pagination } => {
            let item = ty::value(plan, Some(module), item);
            if pagination.items.is_empty() {
                return (quote!(rt::Page<#item>), None);
            }
            let mut paths = vec![(&pagination.items[..], 0)];
            if let Some(NextPage::Cursor(cursor)) = &pagination.next {
                paths.push((cursor, 1));
            }
            paths.extend(pagination.total.as_deref().map(|total| (total, 2)));
            paths.extend(pagination.more.as_deref().map(|more| (more, 3)));
            let tree = table::tree(&paths);
            let shape = quote!(static #answer: rt::Shape = rt::page_shape(&[#tree]););
            (quote!(rt::Page<#item>), Some(shape))
        }
        Output::Batch { item, batch } => {
            let item = batch_item(plan, module, item.as_ref());
            let tree = table::tree(&[(&batch.results, 0), (&batch.errors, 1)]);
            let shape = quote!(static #answer: rt::Shape = rt::batch_shape(&[#tree]););
            (quote!(rt::Batch<#item>), Some(shape))
        }
    }
}

/// What results of a batch are; nothing, where the API answers none.
fn batch_item(plan: &Plan<'_>, module: usize, item: Option<&FieldType>) -> TokenStream {
    item.map_or_else(|| quote!(()), |item| ty::value(plan, Some(module), item))
}

/// An action on many records is a list's or a batch's.
fn many(plan: &Plan<'_>, module: usize, action: &Action, name: &Ident) -> TokenStream {
    let (kind, item) = match &action.output {
        Output::Page { item, .. } => (quote!(Paginated), ty::value(plan, Some(module), item)),
        Output::Batch { item, .. } => (quote!(Batched), batch_item(plan, module, item.as_ref())),
        Output::Nothing | Output::Value(_) | Output::Optional(_) => return TokenStream::new(),
    };
    quote! {
        impl rt::#kind for #name {
            type Item = #item;
        }
    }
}
