//! The `#[connector]` attribute macro of typed-connector; use it through that crate, which documents it.
//!
//! | module | holds |
//! | --- | --- |
//! | `attribute` | the attribute's arguments |
//! | `locate` | from arguments to spec files |
//! | `plan` | what is emitted: names, scopes, who needs what |
//! | `expand` | from the plan to tokens; it checks nothing |
//!
//! What a spec means, and whether it is right, is known to `typed-connector-specs` alone.

mod attribute;
mod expand;
#[cfg(test)]
mod golden;
mod locate;
mod plan;

use proc_macro::TokenStream;
use quote::{quote, quote_spanned};

/// Generates a typed connector from spec files into the module that it stands on.
#[proc_macro_attribute]
pub fn connector(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_connector(arguments.into(), &item.into()).into()
}

fn expand_connector(
    arguments: proc_macro2::TokenStream,
    item: &proc_macro2::TokenStream,
) -> proc_macro2::TokenStream {
    let module = match attribute::Module::parse(item.clone()) {
        Ok(module) => module,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let attribute = match attribute::Attribute::parse(arguments) {
        Ok(attribute) => attribute,
        Err(error) => return module.with(&error.into_compile_error()),
    };
    let located = match locate::locate(&attribute) {
        Ok(located) => located,
        Err(problems) => return module.with(&compile_errors(&problems)),
    };
    let generated = match plan::Plan::new(&located.connector, &attribute, &module.name) {
        Ok(plan) => expand::connector(&plan),
        Err(error) => error.into_compile_error(),
    };
    let tracked = expand::tracking(&attribute, &located);
    module.with(&quote!(#tracked #generated))
}

/// One error of the compiler per problem, each at the argument that leads to it.
fn compile_errors(problems: &[locate::Problem]) -> proc_macro2::TokenStream {
    problems
        .iter()
        .map(|locate::Problem { text, span }| quote_spanned!(*span=> ::core::compile_error!(#text);))
        .collect()
}
