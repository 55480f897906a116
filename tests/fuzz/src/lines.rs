//! Changes to the lines of a text, whatever is written in them: YAML too, and what is then no YAML.

use crate::files::{join, split};
use crate::mutate::Random;

/// What means something to a reader of YAML or JSON.
const MARKS: [&str; 14] =
    [" &a", " *a", " !!str", "- ", ": ", "{", "]", "<<: *a", "\t", "'", "? ", "%", "\u{feff}", "---\n"];

/// Changes the text of one file of an input.
#[must_use]
pub fn change_lines(input: &[u8], random: &mut Random) -> Vec<u8> {
    let files = split(input);
    let at = random.below(files.len());
    let files = files.iter().enumerate();
    let changed: Vec<_> = files
        .map(|(index, (name, text))| (*name, if index == at { changed(text, random) } else { text.to_vec() }))
        .collect();
    join(changed.iter().map(|(name, text)| (*name, &text[..])))
}

fn changed(text: &[u8], random: &mut Random) -> Vec<u8> {
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    let (at, other) = (random.below(lines.len()), random.below(lines.len()));
    match random.below(6) {
        // It is cut off.
        0 => return text[..random.below(text.len() + 1)].to_vec(),
        1 => drop(lines.remove(at)),
        2 => lines.insert(at, lines[other]),
        3 => lines.swap(at, other),
        4 => {
            let mut bytes = text.to_vec();
            let at = random.below(bytes.len());
            if let Some(byte) = bytes.get_mut(at) {
                *byte = u8::try_from(random.below(256)).unwrap_or_default();
            }
            return bytes;
        }
        _ => {
            let (before, after) = text.split_at(random.below(text.len() + 1));
            return [before, random.of(&MARKS).as_bytes(), after].concat();
        }
    }
    lines.join(&b'\n')
}
