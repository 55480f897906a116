//! What must hold of an input, whatever it is.

use proc_macro2::TokenStream;
use quote::quote;
use typed_connector_codegen::{Attribute, Module, generate};
use typed_connector_import::{Input, Options, import};
use typed_connector_specs::{Diagnostics, Examined, Severity, Sources, Style, examine, load};

use crate::files::split;

/// What an input without a `connector.json` gets.
const SETTINGS: &[u8] =
    br#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://acme.example", "auth": {} }"#;

/// Longest text about one input, in bytes: 100 problems, each with a line of at most 1,000 bytes and few others.
const MAX_REPORT: usize = 2_000_000;

/// Longest arguments of the attribute, in bytes: they come from the compiler, which has bounds of its own.
const MAX_ARGUMENTS: usize = 500;

/// Reads the files of an input as a connector, checks it, explains what is wrong, and expands what is left.
///
/// The file `attribute` holds the attribute's arguments; those below `extension/` extend the others.
///
/// # Panics
/// Where something does not hold: that is what it is for.
pub fn connector(input: &[u8]) {
    let (mut base, mut extension, mut arguments) = (Vec::new(), Vec::new(), None);
    for (name, text) in split(input) {
        let name = String::from_utf8_lossy(name).into_owned();
        match (name.as_str(), name.strip_prefix("extension/")) {
            ("attribute", _) => arguments = attribute(text),
            (_, Some(name)) if is_read(name) => extension.push((name.to_owned(), text)),
            (name, None) if is_read(name) => base.push((name.to_owned(), text)),
            _ => {}
        }
    }
    if !base.iter().any(|(name, _)| name == "connector.json") {
        base.push(("connector.json".to_owned(), SETTINGS));
    }
    let mut sources = Sources::in_memory(base).expect("there is a `connector.json`");
    if !extension.is_empty() {
        sources = sources.extend_in_memory(extension);
    }
    let examined = examine(&sources);
    explain(&examined.problems);
    let found = examined.problems.errors();
    assert_eq!(load(&sources).is_ok(), found == 0, "{}", examined.problems);
    if found == 0 {
        assert!(examined.lost.is_empty(), "nothing is wrong, but {:?} is lost", examined.lost);
    }
    let arguments = arguments.unwrap_or_else(|| quote!(path = "acme"));
    expand(examined, arguments);
}

/// Whether a folder's file of this name is read.
fn is_read(name: &str) -> bool {
    name.strip_suffix(".json").is_some_and(|stem| !stem.is_empty() && !stem.starts_with('.'))
}

/// The attribute's arguments, where they are tokens of Rust.
fn attribute(text: &[u8]) -> Option<TokenStream> {
    let text = std::str::from_utf8(text).ok().filter(|text| text.len() <= MAX_ARGUMENTS)?;
    text.parse().ok()
}

/// Every face that problems have.
fn explain(problems: &Diagnostics) {
    let mut size = 0;
    for problem in problems {
        let plain = problem.report(Style::Plain);
        // Text from a file must not steer the terminal.
        assert!(!plain.contains(|c: char| c.is_control() && c != '\n'), "{plain:?}");
        assert!(problem.report(Style::Styled).len() > plain.len());
        size += plain.len();
        for place in problem.places() {
            let (start, end) = (place.start(), place.end());
            assert!(start.line >= 1 && start.column >= 1, "{plain}");
            assert!((start.line, start.column) <= (end.line, end.column), "{plain}");
        }
        assert!(problem.location().is_some(), "{plain}");
    }
    assert!(size <= MAX_REPORT, "{size} bytes of text");
    let errors = problems.iter().filter(|problem| problem.severity() == Severity::Error).count();
    assert!(errors <= problems.errors() && problems.errors() <= problems.count());
    let (json, sarif) = (problems.to_json().to_string(), problems.to_sarif().to_string());
    assert!(json.len() + sarif.len() <= 4 * MAX_REPORT);
}

/// What is expanded is Rust, whether the connector is right or what is left of it.
fn expand(examined: Examined, arguments: TokenStream) {
    let Ok(attribute) = Attribute::parse(arguments) else { return };
    let module = Module::parse(quote!(
        pub mod acme {}
    ))
    .expect("an inline module");
    let code = module.with(&generate(examined.connector, &examined.lost, &attribute, &module));
    if let Err(error) = syn::parse2::<syn::File>(code.clone()) {
        panic!("{error} in {code}");
    }
}

/// Imports the files of an input as OpenAPI documents; what that gives checks clean.
///
/// # Panics
/// Where something does not hold: that is what it is for.
pub fn document(input: &[u8]) {
    let inputs: Vec<_> = split(input)
        .into_iter()
        .map(|(name, text)| Input { name: String::from_utf8_lossy(name).into_owned(), bytes: text.to_vec() })
        .collect();
    let imported = match import(&inputs, &Options::default()) {
        Ok(imported) => imported,
        // Without a document there is no place where it could be wrong.
        Err(_) if inputs.is_empty() => return,
        Err(problems) => return explain(&problems),
    };
    if let Some(problems) = &imported.problems {
        explain(problems);
    }
    let sources = Sources::in_memory(imported.files).expect("there is a `connector.json`");
    if let Err(problems) = load(&sources) {
        panic!("{problems}");
    }
}
