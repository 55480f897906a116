//! A connector's files into a crate, with the module that is made of them: what `connector add` does.

use std::path::{Path as FilePath, PathBuf};

use axum::extract::{Path, State};
use axum::response::Response;
use maud::{Markup, html};
use typed_connector_specs::{Sources, Style};

use super::{Page, TICK, access};
use crate::add::{Added, Wanted, folder_of};
use crate::console::app::{App, Known, Shared, Source};
use crate::console::form::{Marks, Pairs, Problem};
use crate::console::trouble::{Trouble, sentence};

pub(in crate::console) async fn show(
    State(app): State<Shared>,
    Path(connector): Path<String>,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    let mut pairs = Pairs::default();
    pairs.set("package", package_here().map(|path| path.display().to_string()).unwrap_or_default());
    pairs.set("folder", folder_of(known.name()));
    pairs.set("module", "yes");
    Ok(page(&app, &known, &pairs, &[]))
}

/// Writes the files, and tells what is left to do.
pub(in crate::console) async fn install(
    State(app): State<Shared>,
    Path(connector): Path<String>,
    pairs: Pairs,
) -> Result<Response, Trouble> {
    let known = app.connector(&connector)?;
    match added(&known, &pairs) {
        Ok(added) => Ok(done(&app, &known, &pairs, &added)),
        Err(problem) => Ok(page(&app, &known, &pairs, &[problem])),
    }
}

/// The package that the console was started in.
fn package_here() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.join("Cargo.toml").is_file().then_some(here)
}

fn added(known: &Known, pairs: &Pairs) -> Result<Added, Problem> {
    let package = pairs
        .given("package")
        .ok_or_else(|| Problem::new("package", "Say which crate: the folder of its Cargo.toml."))?;
    let folder = pairs.given("folder").map_or_else(|| folder_of(known.name()), str::to_owned);
    let sources = match &known.source {
        Source::Shipped => Sources::shipped(known.name()),
        Source::Folder(folder) => Sources::folder(folder),
    };
    let sources = sources.map_err(|problems| Problem::new("", problems.render(Style::Plain).join("\n")))?;
    let wanted = Wanted {
        connector: known.name(),
        sources: &sources,
        package: FilePath::new(package),
        folder: &folder,
        module: pairs.text("module") == Some("yes"),
        force: pairs.text("force") == Some("yes"),
    };
    // The help behind it names options of the command line.
    wanted.add().map_err(|error| {
        let text = error.to_string();
        let field = match &text {
            text if text.contains(" has no Cargo.toml") => "package",
            text if text.contains(" is not one in the package") => "folder",
            text if text.contains(" is there already") => "force",
            _ => "",
        };
        Problem::new(field, sentence(text.split("\nhelp: ").next().unwrap_or_default()))
    })
}

fn page(app: &App, known: &Known, pairs: &Pairs, problems: &[Problem]) -> Response {
    let marks = Marks(problems);
    let title = format!("Install {} in a crate", known.title());
    let check = |name: &str, label: &str| {
        html! {
            label.check {
                input type="checkbox" id=(name) name=(name) value="yes" checked[pairs.text(name) == Some("yes")]
                    aria-invalid=[marks.invalid(name)] aria-describedby=[marks.described(name, false)];
                (label)
            }
            (marks.message(name, None))
        }
    };
    let content = html! {
        div.head {
            h1 { (title) }
            p.lead { "Copies the connector's specs into a crate of yours and declares the module that is made of them. Change them there as you like." }
        }
        form.card.stack method="post" action={ (known.address()) "/install" } {
            (app.guard.field())
            (access::trouble(problems))
            div.fields.broad {
                div.field {
                    label for="package" { "Crate " span.must { "required" } }
                    input #package name="package" required value=(pairs.text("package").unwrap_or_default()) autocomplete="off" spellcheck="false" placeholder="/home/you/my-crate" aria-invalid=[marks.invalid("package")] aria-describedby=[marks.described("package", true)];
                    (marks.message("package", None))
                    span.help #package-help { "The folder of its " code { "Cargo.toml" } "." }
                }
                div.field {
                    label for="folder" { "Folder for the specs" }
                    input #folder name="folder" value=(pairs.text("folder").unwrap_or_default()) autocomplete="off" spellcheck="false" aria-invalid=[marks.invalid("folder")] aria-describedby=[marks.described("folder", true)];
                    (marks.message("folder", None))
                    span.help #folder-help { "In the crate." }
                }
            }
            div.stack.tight {
                (check("module", "Declare the module at the end of src/lib.rs or src/main.rs"))
                (check("force", "Write over files that are there and differ"))
            }
            div.row { button.main { "Install" } a.button href=(known.address()) { "Cancel" } }
        }
        (without(known))
    };
    Page::of(known, title, content).named("Install").refused(!problems.is_empty()).show(app)
}

/// What a crate needs that uses it as it is.
fn without(known: &Known) -> Markup {
    let name = known.name();
    let attribute = match &known.source {
        Source::Shipped => format!("#[connector(\"{name}\")]"),
        Source::Folder(folder) => format!("#[connector(path = {:?})]", folder.display().to_string()),
    };
    html! {
        section.card aria-labelledby="as-it-is" {
            h2 #as-it-is { "To use it as it is" }
            p.soft { "Nothing has to be copied. In a crate that depends on " code { "typed-connector" } ":" }
            pre { code { "use typed_connector::connector;\n\n" (attribute) "\npub mod " (name) " {}" } }
        }
    }
}

fn done(app: &App, known: &Known, pairs: &Pairs, added: &Added) -> Response {
    let title = format!("{} is installed", known.title());
    let content = html! {
        div.head { h1 { (title) } }
        section.card {
            p.notice.good role="status" { (TICK) (pairs.given("package").unwrap_or_default()) }
            dl.facts {
                dt { "Files written" }
                dd {
                    @if added.written.is_empty() { "none: all of them are there already" }
                    ul.plain { @for file in &added.written { li { code { (file) } } } }
                }
                @if let Some(module) = &added.module { dt { "Module" } dd { (super::inline(module)) } }
            }
        }
        @if !added.missing.is_empty() {
            section.card aria-labelledby="missing" {
                h2 #missing { "Still to do" }
                @for text in &added.missing { pre { code { (text) } } }
            }
        }
        div.row { a.button.main href=(known.address()) { "Back to " (known.title()) } }
    };
    Page::of(known, title, content).named("Installed").show(app)
}
