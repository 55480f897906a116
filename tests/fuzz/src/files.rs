//! An input is some files, each behind a line `==== NAME`.

/// What a line that begins a file starts with.
const HEADER: &[u8] = b"==== ";

/// A file of an input: its name and its text.
pub(crate) type File<'a> = (&'a [u8], &'a [u8]);

/// The files of an input. What stands before the first name belongs to a file without one.
pub(crate) fn split(input: &[u8]) -> Vec<File<'_>> {
    let mut files: Vec<File<'_>> = Vec::new();
    let (mut name, mut start, mut at) = (&b""[..], 0, 0);
    for line in input.split_inclusive(|byte| *byte == b'\n') {
        if let Some(next) = line.strip_prefix(HEADER) {
            files.push((name, &input[start..at]));
            (name, start) = (next.trim_ascii(), at + line.len());
        }
        at += line.len();
    }
    files.push((name, &input[start..]));
    files.retain(|(name, text)| !(name.is_empty() && text.trim_ascii().is_empty()));
    files
}

/// The input of some files.
pub(crate) fn join<'a>(files: impl IntoIterator<Item = File<'a>>) -> Vec<u8> {
    let mut input = Vec::new();
    for (name, text) in files {
        input.extend([HEADER, name, b"\n", text].concat());
        if !text.ends_with(b"\n") {
            input.push(b'\n');
        }
    }
    input
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_joined_is_split() {
        let files: [File<'_>; 2] = [(b"a.json", b"{}\n"), (b"extension/b.json", b"[\n1]\n")];
        assert_eq!(split(&join(files)), files);
        assert_eq!(split(b"{}"), [(&b""[..], &b"{}"[..])]);
        assert_eq!(split(b"\n"), []);
    }
}
