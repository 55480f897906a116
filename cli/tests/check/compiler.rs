//! The compiler on the same specs: it says what `connector check` says, and nothing more.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;
use typed_connector_specs::{Code, Examined};

use crate::corpus::{Case, cases};
use crate::project::{Project, Said};
use crate::{connector, text};

/// What a crate has that uses all of these connectors, each in a module of its own.
fn code(cases: &[(Case, Examined)]) -> String {
    let mut code = String::from("//! Uses every connector.\n");
    for (index, (case, examined)) in cases.iter().enumerate() {
        let folder = format!("specs/{}", case.name);
        let extend =
            if case.extends() { format!(", extend = \"{folder}/extension\"") } else { String::new() };
        writeln!(code, "#[typed_connector::connector(path = \"{folder}\"{extend})]").expect("a string");
        writeln!(code, "pub mod case{index} {{}}").expect("a string");
        writeln!(code, "pub mod uses{index} {{\n{}}}", uses(index, examined)).expect("a string");
    }
    code
}

/// What a user does with a connector: names what is in it, and calls what may be there.
fn uses(index: usize, examined: &Examined) -> String {
    let mut code = String::new();
    let connector = &examined.connector;
    writeln!(code, "pub type Client = super::case{index}::Client;").expect("a string");
    for module in connector.modules.iter().filter(|module| !module.ident.is_empty()) {
        for action in &module.actions {
            let path = format!("super::case{index}::{}::{}", module.ident, action.ident);
            writeln!(code, "pub fn takes_{}_{}(_: {path}) {{}}", module.ident, action.name)
                .expect("a string");
        }
    }
    for (place, (module, name)) in examined.lost.names.keys().enumerate() {
        let module = module.map_or(String::new(), |at| format!("{}::", connector.modules[at].ident));
        let path = format!("super::case{index}::{module}{name}");
        // Nothing of this is there, and none of it is missed.
        writeln!(
            code,
            "pub async fn uses_{place}(client: Client) -> Result<u32, typed_connector::Error> {{\n\
             let made = {path}::new(\"a\", 1).setter(5);\n\
             let answer = client.execute(made).await?;\n\
             let sum: u32 = answer.iter().map(|one| one.field + {path}::CONSTANT.gte(7)).sum();\n\
             match answer.mood {{ Some({path}::Variant) => Ok(sum), _ => Ok(answer.number) }}\n}}\n\
             pub struct Holds{place} {{ pub one: {path}, pub many: Vec<{path}> }}\n\
             impl {path} {{ pub fn own_{place}(&self) -> u32 {{ self.number }} }}\n\
             impl From<{path}> for String {{ fn from(one: {path}) -> Self {{ one.text }} }}"
        )
        .expect("a string");
    }
    code
}

/// The messages of a level, by the line of the attribute, as people see them.
fn messages(said: &Said, level: &str) -> BTreeMap<u64, Vec<String>> {
    let mut all: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for line in said.stdout.lines() {
        let Ok(line) = serde_json::from_str::<Value>(line) else { continue };
        let message = &line["message"];
        if line["reason"] != "compiler-message" || message["level"] != level {
            continue;
        }
        let Some(place) = message["spans"].as_array().and_then(|spans| spans.first()) else { continue };
        let rendered = message["rendered"].as_str().expect("a text");
        // Below the text the compiler shows the attribute.
        let end = rendered.rfind("--> src/lib.rs").expect("a place");
        let end = rendered[..end].rfind('\n').expect("a line");
        let line = place["line_start"].as_u64().expect("a number");
        all.entry(line).or_default().push(unindented(&rendered[..end]));
    }
    all
}

/// The compiler indents the lines of a text below its first one.
fn unindented(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "|");
    lines.collect::<Vec<_>>().join("\n")
}

/// What `connector check` says about a folder, message by message.
fn checked(project: &Project, case: &Case) -> Vec<String> {
    let folder = format!("specs/{}", case.name);
    let extension = format!("{folder}/extension");
    let mut arguments = vec!["check", folder.as_str()];
    if case.extends() {
        arguments.extend(["--extend", &extension]);
    }
    let output = connector(&project.path(""), &arguments);
    let said = text(&output.stderr);
    let mut all: Vec<String> = Vec::new();
    for line in said.lines() {
        match all.last_mut() {
            _ if line.starts_with("error: ") || line.starts_with("warning: ") => all.push(line.to_owned()),
            Some(last) => last.push_str(&format!("\n{line}")),
            None => {}
        }
    }
    // Behind the last one stands how many there are.
    if let Some((last, _)) = all
        .last_mut()
        .and_then(|last| last.clone().rsplit_once("\n1 ").map(|(a, b)| (a.to_owned(), b.to_owned())))
    {
        *all.last_mut().expect("one") = last;
    }
    all.iter().map(|text| unindented(text)).collect()
}

fn project(name: &str, wanted: impl Fn(&Examined) -> bool) -> (Project, Vec<(Case, Examined)>) {
    let project = Project::new(name);
    project.remove("src/main.rs");
    project.remove("specs/acme/connector.json");
    project.remove("specs/acme/notes.json");
    project.write("build.rs", "fn main() { typed_connector_build::watch(\"specs\"); }\n");
    let mut all = Vec::new();
    for case in cases() {
        let folder = project.path(&format!("specs/{}", case.name));
        case.write(&folder);
        let examined = case.examine(&folder);
        if wanted(&examined) {
            all.push((case, examined));
        }
    }
    project.write("src/lib.rs", code(&all));
    (project, all)
}

/// The line of each connector's attribute.
fn lines(code: &str) -> Vec<u64> {
    let lines = (1..).zip(code.lines());
    lines.filter(|(_, line)| line.starts_with("#[typed_connector")).map(|(number, _)| number).collect()
}

#[test]
fn one_mistake_is_one_error_and_its_text_is_that_of_the_command() {
    let (project, cases) = project("broken", |examined| examined.problems.errors() > 0);
    let said = project.cargo(&["check", "--message-format=json"]);
    assert!(!said.success);
    let mut told = messages(&said, "error");
    let mut wrong = Vec::new();
    let (mut compared, mut lost) = (0, 0);
    for (line, (case, examined)) in lines(&code(&cases)).into_iter().zip(&cases) {
        let (compiler, command) = (told.remove(&line).unwrap_or_default(), checked(&project, case));
        // What stands in no file is told by name only.
        if compiler != command {
            wrong.push(format!(
                "--- {}\n{}\n--- and not\n{}",
                case.name,
                compiler.join("\n\n"),
                command.join("\n\n")
            ));
        }
        compared += 1;
        lost += examined.lost.names.len();
    }
    println!("{compared} broken specs, {lost} names stood in for, in {:?}", said.took);
    assert!(compared > 60 && lost > 100);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(told.is_empty(), "more errors: {told:#?}");
}

#[test]
fn warnings_are_told_too_and_the_connector_can_be_used() {
    let (project, cases) = project("odd", |examined| {
        let codes: Vec<Code> = examined.problems.iter().map(|problem| problem.code).collect();
        examined.problems.errors() == 0 && !codes.is_empty()
    });
    let said = project.cargo(&["check", "--message-format=json"]);
    assert!(said.success, "{}", said.stderr);
    let mut told = messages(&said, "warning");
    assert!(cases.len() >= 3);
    for (line, (case, _)) in lines(&code(&cases)).into_iter().zip(&cases) {
        let compiler = told.remove(&line).unwrap_or_default();
        let command = checked(&project, case);
        assert_eq!((compiler.len(), command.len()), (1, 1), "{}: {compiler:#?}", case.name);
        let expected = command[0].strip_prefix("warning: ").expect("a warning");
        let text = compiler[0].split_once("::spec`: ").map(|(_, text)| text);
        assert_eq!(text, Some(expected), "{}", case.name);
    }
    // An action that ends is told of where it is used, with its day and what to use instead.
    let uses: Vec<_> = told.into_values().flatten().collect();
    let ends = cases.iter().position(|(case, _)| case.name == "sunset_passed--action").expect("a case");
    let expected = format!(
        "warning: use of deprecated struct `case{ends}::notes::Find`: Acme ends it on 2024-06-30; use `notes::Search`"
    );
    assert_eq!(uses, [expected]);
}
