//! Generated code is silent under the strictest settings of whoever uses it.

use crate::project::Project;

const LIB: &str = r#"//! A careful library.
#![deny(warnings, missing_docs, unsafe_code, unreachable_pub, missing_debug_implementations)]
#![warn(clippy::pedantic)]

/// Ours.
#[typed_connector::connector(path = "specs/acme")]
pub mod acme {}

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

#[typed_connector::connector("hubspot", scopes = ["crm.objects.deals.read"])]
mod reader {}

/// Won deals.
///
/// # Errors
/// See [`typed_connector::Error`].
pub async fn won(client: &hubspot::Client) -> Result<Vec<hubspot::deals::Deal>, typed_connector::Error> {
    use hubspot::deals::{Deal, DealStage, Search};
    let search = Search::new().filter(Deal::DEALSTAGE.eq(DealStage::ClosedWon));
    Ok(client.execute(search).await?.items)
}
"#;

/// Texts that are Markdown, that look like code, and that would end a comment or a string.
const TEXTS: &str = r#"{
  "title": "Odd texts */ \" # \\ {} {{x}} <b> [x] [`y`] https://example.com #[doc]",
  "description": "First line\n\n    indented as code\n\n```\nlet x: i32 = \"no Rust\";\n```\n\n~~~\nfn broken( {\n~~~\n\n<div>\n\n* a\n* b",
  "types": {
    "Odd": { "type": "object", "description": "\tfn tab() {", "fields": {
      "a": { "type": "string", "title": "`unclosed", "description": "```rust\ncompile_error!()\n```", "example": "`*/" },
      "b": { "type": "enum", "values": { "x": "*/ \" `", "y": { "title": "Y", "description": "    panic!()" } } } } }
  },
  "actions": {
    "go": { "title": "Go", "description": "```\npanic!()", "http": "POST /go", "effect": "create", "body": "Odd", "returns": "Odd" }
  }
}"#;

fn project(name: &str) -> Project {
    let project = Project::new(name);
    project.remove("src/main.rs");
    project.write("src/lib.rs", LIB);
    project.write("specs/acme/texts.json", TEXTS);
    project
}

#[test]
fn the_compiler_and_clippy_have_nothing_to_say() {
    let project = project("strict");
    let said = project.cargo(&["check", "--quiet"]);
    assert!(said.success && said.stderr.is_empty(), "{}", said.stderr);
    if !project.cargo(&["clippy", "--version"]).success {
        eprintln!("clippy is not installed");
        return;
    }
    let said = project.cargo(&["clippy", "--quiet", "--", "-D", "warnings"]);
    assert!(said.success && said.stderr.is_empty(), "{}", said.stderr);
}

#[test]
fn texts_of_a_spec_are_no_doctests() {
    let project = project("doctests");
    let said = project.cargo(&["test", "--quiet", "--doc"]);
    assert!(said.success, "{}{}", said.stdout, said.stderr);
}
