//! What makes cargo rebuild when a spec changes.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;

use crate::attribute::Attribute;
use crate::locate::Located;

/// Set by the build-script helper: the folders that cargo watches, one a line.
const WATCHED: &str = "TYPED_CONNECTOR_WATCHED";

/// The compiler tracks each file that was read, so a changed or removed one rebuilds. A *new* file it cannot see: for
/// that the package's build script must name the folder, and where it does not, a warning says so.
pub(crate) fn tracking(attribute: &Attribute, located: &Located) -> TokenStream {
    let _ = attribute;
    let files = located.files.iter().map(|file| {
        let file = file.display().to_string();
        quote!(
            const _: &[::core::primitive::u8] = ::core::include_bytes!(#file);
        )
    });
    let watched = std::env::var(WATCHED).unwrap_or_default();
    let warnings = located.folders.iter().filter(|(folder, _)| !is_watched(folder, &watched)).map(unwatched);
    quote!(#(#files)* #(#warnings)*)
}

fn is_watched(folder: &Path, watched: &str) -> bool {
    let Ok(folder) = folder.canonicalize() else { return false };
    watched.split('\u{1f}').any(|one| !one.is_empty() && folder.starts_with(one))
}

/// A proc macro on stable Rust can warn only by using something deprecated.
fn unwatched((_, literal): &(std::path::PathBuf, LitStr)) -> TokenStream {
    let folder = literal.value();
    let folder = folder.trim_start_matches("./");
    let note = format!(
        "a new file in `{folder}` will not trigger a rebuild, since cargo does not watch it.\n\
         Add `typed-connector-build` to [build-dependencies] and this build.rs:\n\
         fn main() {{ typed_connector_build::watch(\"{folder}\"); }}"
    );
    quote_spanned! {literal.span()=>
        const _: () = {
            #[deprecated(note = #note)]
            #[allow(non_upper_case_globals)]
            const specs_not_watched: () = ();
            specs_not_watched
        };
    }
}
