//! Files and folders that only their owner can use.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The same path with something appended to its name.
pub(super) fn sibling(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    PathBuf::from(name)
}

/// Makes a folder and those above it that are missing, for the owner only; one that exists stays as it is.
pub(super) fn create_private_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// A new file for the owner only; an error where there is one.
pub(super) fn create_private(path: &Path) -> io::Result<File> {
    private().create_new(true).open(path)
}

/// A file for the owner only, made where it is missing.
pub(super) fn open_private(path: &Path) -> io::Result<File> {
    private().create(true).truncate(false).open(path)
}

/// The mode, where others than the owner have any right. Elsewhere than on Unix the folder's access list decides.
#[cfg_attr(not(unix), allow(clippy::missing_const_for_fn, unused_variables))]
pub(in crate::auth) fn open_to_others(metadata: &Metadata) -> Option<u32> {
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
        (mode & 0o077 != 0).then_some(mode)
    }
    #[cfg(not(unix))]
    None
}

/// Takes all rights from others than the owner.
#[cfg(feature = "sqlite")]
pub(super) fn close_to_others(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    match fs::metadata(path) {
        Ok(metadata) if open_to_others(&metadata).is_some() => {
            fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        }
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Makes durable that a file has its name.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    // Only Unix opens folders as files; Windows writes its directory entries with the file.
    if cfg!(unix) { File::open(folder_of(path))?.sync_all() } else { Ok(()) }
}
