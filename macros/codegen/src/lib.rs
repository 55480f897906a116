//! What the `#[connector]` attribute generates, as a library: from a connector's model to tokens, with no compiler around it.
//!
//! The attribute macro is a door to this crate, the command line shows with it what an action becomes, and tests feed it
//! what no compiler would survive. Not for use outside of this workspace.
//!
//! | module | holds |
//! | --- | --- |
//! | `attribute` | the attribute's arguments, and the module that it stands on |
//! | `plan` | what is emitted: names, scopes, who needs what |
//! | `expand` | from the plan to tokens; it checks nothing |
//!
//! What a spec means, and whether it is right, is known to `typed-connector-specs` alone.

mod attribute;
mod expand;
#[cfg(test)]
mod golden;
mod plan;

pub use attribute::{Attribute, Module, Source};

use proc_macro2::TokenStream;
use typed_connector_specs::model::Connector;

/// What goes into the user's module.
///
/// # Errors
/// A pattern of `only`, or a scope, that the connector does not have.
pub fn generate(
    mut connector: Connector,
    attribute: &Attribute,
    module: &Module,
) -> syn::Result<TokenStream> {
    plan::select(&mut connector, attribute)?;
    let plan = plan::Plan::new(&connector, attribute, module.name())?;
    Ok(expand::connector(&plan))
}
