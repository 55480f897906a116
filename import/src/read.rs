//! From text to a tree: JSON or YAML, and what a syntax error is told with.

use std::sync::Arc;

use typed_connector_specs::Code;
use typed_connector_specs::text::{Problems, SourceFile, Span, Value, parse_to_depth};

use crate::yaml;

/// Largest document, in bytes. The largest public ones (GitHub, Stripe, Microsoft Graph) have 8 to 40 MB.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Deepest nesting; examples in real documents are nested deeper than a spec may be.
pub(crate) const MAX_DEPTH: usize = 256;
/// Most values of a YAML document, repeated ones (aliases) included.
pub(crate) const MAX_NODES: usize = 8_000_000;

/// A document that was read.
#[derive(Debug)]
pub(crate) struct Document {
    /// Its file's name without folder and ending: `deals.2026-03`.
    pub(crate) stem: String,
    /// Its file's name.
    pub(crate) name: String,
    pub(crate) root: Value,
}

/// A text and its name.
#[derive(Debug, Clone)]
pub struct Input {
    /// As messages show it: the path that was given.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

pub(crate) fn source(input: &Input) -> (Arc<SourceFile>, Option<(usize, String)>) {
    let too_large = input.bytes.len() > MAX_BYTES;
    let bytes =
        if too_large { &[][..] } else { input.bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&input.bytes) };
    let (text, mut why) = match std::str::from_utf8(bytes) {
        Ok(text) => (text.to_owned(), None),
        Err(error) => {
            let text = String::from_utf8_lossy(bytes).into_owned();
            (text, Some((error.valid_up_to(), "the file is not UTF-8".to_owned())))
        }
    };
    if too_large {
        why = Some((0, format!("the file has more than {} MiB", MAX_BYTES >> 20)));
    }
    (Arc::new(SourceFile::named(&input.name, text)), why)
}

/// Reads the file with this index; problems are reported.
pub(crate) fn document(file: usize, name: &str, problems: &mut Problems) -> Option<Document> {
    let source = Arc::clone(&problems.files[file]);
    let before = problems.count();
    let (root, path) = tree(file, name, problems);
    // A mistake of form is in some operation too.
    problems.prefix_since(before, |span| match &path {
        Some(path) => operation_of(path),
        None => operation_of(&keys_before(&source.text, span.start as usize)),
    });
    let root = root?;
    if root.members().is_none() {
        problems.error(Code::WrongType, root.span.first(), "an OpenAPI document is an object");
        return None;
    }
    if let Some(swagger) = root.get("swagger") {
        let problem = typed_connector_specs::text::Problem::new(
            Code::SpecVersion,
            swagger.span,
            "this is Swagger 2.0, which is not read",
        );
        problems.report(problem.help("convert it to OpenAPI 3.0 first: https://converter.swagger.io"));
        return None;
    }
    if root.get("openapi").is_none() || root.get("paths").is_none() {
        let missing = if root.get("openapi").is_none() { "openapi" } else { "paths" };
        // Webhooks alone (3.1) are nothing that a client calls.
        problems.error(
            Code::MissingKey,
            Span::first(root.span),
            format!("this is no OpenAPI document with operations: it has no `{missing}`"),
        );
        return None;
    }
    let file_name = name.rsplit(['/', '\\']).next().unwrap_or(name).to_owned();
    let stem = file_name.rsplit_once('.').map_or(file_name.as_str(), |(stem, _)| stem).to_owned();
    Some(Document { stem, name: file_name, root })
}

/// The tree of the file with this index; problems are reported. The second part are the keys that lead to where reading YAML stopped.
pub(crate) fn tree(file: usize, name: &str, problems: &mut Problems) -> (Option<Value>, Option<Vec<String>>) {
    if is_json(&problems.files[file].text, name) {
        return (parse_to_depth(file, MAX_DEPTH, problems), None);
    }
    let (root, path) = yaml::parse(file, problems);
    (root, Some(path))
}

/// Whether a text is meant to be JSON. YAML's own braces hold keys without quotes.
fn is_json(text: &str, name: &str) -> bool {
    let is_yaml = [".yaml", ".yml"].iter().any(|ending| name.to_ascii_lowercase().ends_with(ending));
    let text = text.trim_start();
    let Some(inner) = text.strip_prefix(['{', '[']) else { return false };
    !is_yaml || inner.trim_start().starts_with(['"', '{', '[', '}', ']'])
}

/// `POST /deals`, from the keys that lead to a place in it.
fn operation_of(keys: &[String]) -> Option<String> {
    let at = keys.iter().position(|key| key == "paths")?;
    let path = keys.get(at + 1)?;
    match keys.get(at + 2).filter(|method| crate::keys::is_method(method)) {
        Some(method) => Some(format!("{} {path}", method.to_uppercase())),
        None => Some(path.clone()),
    }
}

/// The keys of the objects that are open at a place of a text that is no JSON, as far as they can be told.
fn keys_before(text: &str, end: usize) -> Vec<String> {
    let mut stack: Vec<Option<String>> = Vec::new();
    let (mut string, mut escaped, mut last): (Option<usize>, bool, Option<String>) = (None, false, None);
    for (at, byte) in text.bytes().enumerate().take(end) {
        if let Some(start) = string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    last = text.get(start..at).map(str::to_owned);
                    string = None;
                }
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => string = Some(at + 1),
            b'{' | b'[' => stack.push(None),
            b'}' | b']' => drop(stack.pop()),
            b':' => {
                if let Some(top) = stack.last_mut() {
                    *top = last.take();
                }
            }
            _ => {}
        }
    }
    stack.into_iter().flatten().map(|key| key.replace("\\/", "/")).collect()
}
