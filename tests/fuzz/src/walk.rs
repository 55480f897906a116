//! Random connectors that are right: from one that is, by changes that leave it so.

use typed_connector_specs::{Sources, load};

use crate::files::split;
use crate::mutate::{Mutator, Random};

/// Longest connector on the way, in bytes.
const MAX_SIZE: usize = 40_000;

/// A connector's files by name.
pub type Files = Vec<(String, Vec<u8>)>;

/// A connector that checks clean, `changes` changes away from an input that does; `None` where the input does not.
#[must_use]
pub fn walk(input: &[u8], changes: usize, mutator: &Mutator, random: &mut Random) -> Option<Files> {
    let mut here = input.to_vec();
    if !is_right(&here) {
        return None;
    }
    let (mut done, mut tries) = (0, 0);
    while done < changes && tries < 40 * changes {
        tries += 1;
        let Some(next) = mutator.change(&here, random) else { continue };
        if next.len() <= MAX_SIZE && next != here && is_right(&next) {
            here = next;
            done += 1;
        }
    }
    Some(files(&here))
}

fn files(input: &[u8]) -> Files {
    let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
    split(input).into_iter().map(|(file, text)| (name(file), text.to_vec())).collect()
}

/// Whether it is one connector without an extension, and nothing is wrong with it.
fn is_right(input: &[u8]) -> bool {
    let files = files(input);
    files.iter().all(|(name, _)| name.strip_suffix(".json").is_some_and(|stem| !stem.contains('/')))
        && Sources::in_memory(files).is_ok_and(|sources| load(&sources).is_ok())
}
