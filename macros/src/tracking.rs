//! What makes cargo rebuild when a spec changes.

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::locate::Located;

/// Set by the build-script helper: the folders that cargo watches, one a line.
const WATCHED: &str = "TYPED_CONNECTOR_WATCHED";

/// The compiler tracks each file that was read, so a changed or removed one rebuilds. A *new* file it cannot see: for
/// that the package's build script must name the folder, and where it does not, a warning says so.
pub(crate) fn tracking(located: &Located) -> TokenStream {
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
    let package = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut watched = watched.split('\u{1f}').filter(|one| !one.is_empty());
    watched.any(|one| package.join(one).canonicalize().is_ok_and(|one| folder.starts_with(one)))
}

fn unwatched((folder, literal): &(PathBuf, LitStr)) -> TokenStream {
    let (written, folder) = (literal.value(), from_package(folder, literal));
    let note = format!(
        "a new file in `{written}` will not trigger a rebuild, since cargo does not watch it.\n\
         Add `typed-connector-build` to [build-dependencies] and this build.rs:\n\
         fn main() {{ typed_connector_build::watch(\"{folder}\"); }}"
    );
    crate::warning("specs_not_watched", &note, literal.span())
}

/// The folder as the build script names it: relative to `Cargo.toml`, wherever the attribute is.
fn from_package(folder: &Path, literal: &LitStr) -> String {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").and_then(|root| Path::new(&root).canonicalize().ok());
    let inside = root.zip(folder.canonicalize().ok()).and_then(|(root, folder)| {
        let inside = folder.strip_prefix(root).ok()?;
        Some(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    });
    inside.unwrap_or_else(|| literal.value())
}
