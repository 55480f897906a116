//! The `#[connector]` attribute macro of typed-connector; use it through that crate, which documents it.
//!
//! | module | holds |
//! | --- | --- |
//! | `locate` | from the attribute's arguments to spec files |
//! | `tracking` | what makes cargo rebuild when a spec changes |
//!
//! What is generated is decided in `typed-connector-codegen`.

mod locate;
mod tracking;

use proc_macro::TokenStream;
use proc_macro2::{Ident, Span, TokenStream as TokenStream2};
use quote::{quote, quote_spanned};
use typed_connector_codegen::{Attribute, Module};

/// Generates a typed connector from spec files into the inline module that it stands on.
///
/// ```ignore
/// #[connector("hubspot")]                                    // a shipped connector …
/// pub mod hubspot {}
///
/// #[connector("hubspot", extend = "specs/hubspot")]          // … with the files of a folder added
/// pub mod crm {}
///
/// #[connector(path = "specs/acme", scopes = ["notes.read"])] // one of your own, with the scopes to request
/// pub mod acme {}
/// ```
///
/// | argument | meaning |
/// | --- | --- |
/// | `"hubspot"` | the name of a shipped connector |
/// | `path = "…"` | the folder of your own: relative to `Cargo.toml`, or to this file where it starts with `./` or `../` |
/// | `extend = "…"` | a folder whose files add modules, actions, fields, types, enum values and scopes |
/// | `scopes = ["…"]` | the OAuth scopes to request; all that the actions need where it is left out |
/// | `optional_scopes = ["…"]` | scopes that are asked for and may be refused |
/// | `only = ["…"]` | patterns of the actions to generate, `"deals.*"`, `"contacts.search"`; all where it is left out |
/// | `crate = "…"` | the path of the runtime crate, where it is not `::typed_connector` |
///
/// # What the module holds
///
/// - `Client`, `ClientBuilder`: aliases of the runtime's, for this connector; `Connector`: the marker type they are generic over.
/// - A module for each action file, with a struct for each action: what is required are the arguments of `new`, everything else
///   is a setter; in an update there is a `clear_…` for each field that can be cleared. Unknown properties of your account are
///   set with `property(name, value)`.
/// - A struct for each object with public typed fields, `extra` for what the spec does not declare, and for objects with properties
///   a constant for each (`Deal::AMOUNT`), from which filters and sort orders are made.
/// - A newtype for each id; an enum for each choice, with `Other` for values that the spec does not list, unless it is closed.
/// - `scopes`: one marker per OAuth scope. Executing an action whose scope is not requested does not compile.
/// - `ACTIONS`, `SCOPES`: what there is, for programs that list it.
///
/// # Rebuilding
///
/// A changed or removed spec file rebuilds. For a *new* one to do so, the package's build script must watch the folder, with
/// `typed_connector_build::watch("specs")`; where none does, the expansion warns.
///
/// # Errors
///
/// Every mistake in a spec is an error of its own that shows the spec: file, line, column and what to do. What is right is generated
/// all the same, and what is not can be named, so that a mistake in a spec is no mistake in the code that uses it.
#[proc_macro_attribute]
pub fn connector(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand_connector(arguments.into(), &item.into()).into()
}

fn expand_connector(arguments: TokenStream2, item: &TokenStream2) -> TokenStream2 {
    let module = match Module::parse(item.clone()) {
        Ok(module) => module,
        Err(error) => {
            let error = error.into_compile_error();
            return quote!(#error #item);
        }
    };
    let attribute = match Attribute::parse(arguments) {
        Ok(attribute) => attribute,
        Err(error) => return module.with(&error.into_compile_error()),
    };
    let located = locate::locate(&attribute);
    let told = told(&located);
    let Some(examined) = &located.examined else { return module.with(&told) };
    // Nothing is compiled where something is wrong, so that nothing is built anew.
    let tracked = located.errors.is_empty().then(|| tracking::tracking(&located));
    let generated =
        typed_connector_codegen::generate(examined.connector.clone(), &examined.lost, &attribute, &module);
    module.with(&quote!(#told #tracked #generated))
}

/// One error of the compiler for each problem, at the argument that leads to it, and likewise the warnings.
fn told(located: &locate::Located) -> TokenStream2 {
    // The first is the value of what stands in for everything that is lost; see `typed-connector-codegen`.
    let first = located.errors.first().map(|locate::Problem { text, span }| {
        quote_spanned! {*span=>
            #[doc(hidden)]
            const __MISTAKE: ::core::primitive::usize = ::core::compile_error!(#text);
        }
    });
    let others = located.errors.iter().skip(1);
    let others =
        others.map(|locate::Problem { text, span }| quote_spanned!(*span=> ::core::compile_error!(#text);));
    let warnings = located.warnings.iter().map(|problem| warning("spec", &problem.text, problem.span));
    quote!(#first #(#others)* #(#warnings)*)
}

/// A proc macro on stable Rust can warn only by using something deprecated.
fn warning(name: &str, text: &str, span: Span) -> TokenStream2 {
    let name = Ident::new(name, span);
    quote_spanned! {span=>
        const _: () = {
            #[deprecated(note = #text)]
            #[allow(non_upper_case_globals)]
            const #name: () = ();
            #name
        };
    }
}
