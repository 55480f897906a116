//! The line that a package with specs of its own needs in its build script.
//!
//! ```no_run
//! // in `main` of build.rs
//! typed_connector_build::watch("specs");
//! ```
//!
//! `#[connector(path = "specs/acme")]` reads a folder at compile time. The compiler tracks the files that were there, but on
//! stable Rust only a build script can make cargo notice a *new* one.

use std::path::Path;

/// Rebuilds the package when anything in this folder is added, changed or removed.
///
/// The folder is relative to `Cargo.toml`. Call it once, with a folder that holds all specs of the package; for several
/// folders use [`watch_all`].
pub fn watch(folder: impl AsRef<Path>) {
    watch_all([folder]);
}

/// The same for several folders.
pub fn watch_all(folders: impl IntoIterator<Item = impl AsRef<Path>>) {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let mut watched = Vec::new();
    for folder in folders {
        let folder = folder.as_ref();
        // Cargo compares the times of everything in the folder, the folder itself included; where it does not exist,
        // the script runs every time until it does.
        println!("cargo::rerun-if-changed={}", folder.display());
        if !Path::new(&root).join(folder).is_dir() {
            println!("cargo::warning=`{}`, which should be watched, is no folder", folder.display());
        }
        // As it was written: an absolute path would be wrong once the checkout has moved.
        watched.push(folder.display().to_string());
    }
    // The macro reads this to warn about folders that nobody watches.
    println!("cargo::rustc-env=TYPED_CONNECTOR_WATCHED={}", watched.join("\u{1f}"));
}
