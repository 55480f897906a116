//! What the `#[connector]` attribute generates, as a library: from a connector's model to tokens, with no compiler around it.
//!
//! The attribute macro is a door to this crate, the command line shows with it what an action becomes, and tests feed it
//! what no compiler would survive. Not for use outside of this workspace.
//!
//! | module | holds |
//! | --- | --- |
//! | `attribute` | the attribute's arguments, and the module that it stands on |
//! | `plan` | what is emitted: names, scopes, who needs what |
//! | `expand` | from the plan to tokens; it checks nothing; `expand/lost` stands in for what has a mistake |
//!
//! What a spec means, and whether it is right, is known to `typed-connector-specs` alone.

mod attribute;
mod expand;
#[cfg(test)]
mod golden;
mod plan;

pub use attribute::{Attribute, Module, Source};

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_specs::Lost;
use typed_connector_specs::model::Connector;

/// What goes into the user's module: all that is right of the connector, a stand-in for each name that is lost, and an error for
/// each mistake in the attribute.
///
/// Where names are lost, the user's module must have `__MISTAKE`, a constant of type `usize` whose value is an error: so that
/// one mistake in a spec is one error, and not one more for each use of what it concerns.
pub fn generate(
    mut connector: Connector,
    lost: &Lost,
    attribute: &Attribute,
    module: &Module,
) -> TokenStream {
    let mut mistakes = attribute.mistakes.clone();
    plan::select(&mut connector, lost, attribute, &mut mistakes);
    let plan = plan::Plan::new(&connector, lost, attribute, module.name(), &mut mistakes);
    let mistakes = mistakes.map(syn::Error::into_compile_error);
    let generated = expand::connector(&plan);
    quote!(#mistakes #generated)
}
