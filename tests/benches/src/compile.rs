//! What a connector costs to compile, beside progenitor for the same documents: CPU seconds of cargo and all that it starts.

mod bare;
mod document;
mod ours;
mod patch;
mod program;
mod project;
mod table;
mod theirs;

use std::path::{Path, PathBuf};

use document::{Document, synthetic};
use project::Project;
use theirs::Progenitor;

use crate::Failure;

const TOKIO: &str = "tokio = { version = \"1\", features = [\"macros\", \"rt\"] }";

/// HubSpot's documents that are measured; the folder has more.
const TEN: [&str; 10] = [
    "deals.2026-03.json",
    "contacts.2026-03.json",
    "companies.2026-03.json",
    "files.2026-03.json",
    "imports.2026-03.json",
    "lists.2026-03.json",
    "oauth.2026-03.json",
    "owners.2026-03.json",
    "pipelines.2026-03.json",
    "properties.2026-03.json",
];

/// The twelve actions of the mission: of deals and of contacts.
const SIX: [&str; 6] = ["create", "get", "update", "list", "search", "archive"];

/// Where a selection's figures are held against those of all.
const SELECTION: &str = "twelve of ten documents";

/// Every document of a collection as one connector.
const COLLECTION: &str = "collection";

/// What makes linking cheap, as a user would write it into `Cargo.toml`.
const LEAN: &str = "[profile.dev.package.\"*\"]\ndebug = false\n";

/// A program that calls nothing but reqwest.
const BARE: &str = "reqwest alone";

struct Case {
    name: String,
    documents: Vec<Document>,
    /// Whether twelve actions are selected, or used, and not all.
    only: bool,
    rounds: usize,
}

impl Case {
    /// A thousand operations take progenitor minutes, and no bar is about them.
    fn is_beside_progenitor(&self) -> bool {
        !self.name.ends_with("1000") && self.name != COLLECTION
    }

    /// The bars beside progenitor are about HubSpot's documents.
    fn is_synthetic(&self) -> bool {
        self.name.starts_with("synthetic")
    }
}

pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    let mut folder = std::env::var_os("OPENAPI_DOCUMENTS").map(PathBuf::from);
    let mut collection = None;
    let mut root = "compile-cost";
    let mut wanted = Vec::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match *argument {
            "--documents" => folder = Some(arguments.next().ok_or("--documents needs a folder")?.into()),
            "--lean" => root = "compile-cost-lean",
            "--collection" => {
                collection = Some(PathBuf::from(arguments.next().ok_or("--collection needs a folder")?));
            }
            word => wanted.push(word),
        }
    }
    let root = std::env::current_exe()?.ancestors().nth(2).ok_or("no target folder")?.join(root);
    std::fs::create_dir_all(root.join(".cargo"))?;
    if root.ends_with("compile-cost-lean") {
        std::fs::write(root.join(".cargo/config.toml"), LEAN)?;
    }
    let progenitor = Progenitor::build(&root)?;
    let mut missed = Vec::new();
    table::head();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    for case in cases(folder.as_deref(), collection.as_deref())? {
        if is_wanted(&case.name) {
            measure(&root, &progenitor, &case, &mut missed)?;
        }
    }
    if is_wanted(BARE) {
        let project = bare::project(&root.join("ours"))?;
        project.prepare()?;
        table::bare(&best(&mut [project], 3)?[0]);
    }
    if folder.is_none() {
        println!("\nNOT MEASURED: HubSpot's documents; name their folder with --documents");
    }
    match missed.is_empty() {
        true => Ok(()),
        false => Err(format!("missed: {}", missed.join("; ")).into()),
    }
}

fn cases(folder: Option<&Path>, collection: Option<&Path>) -> Result<Vec<Case>, Failure> {
    let mut cases = Vec::new();
    let mut case = |name: &str, documents: Vec<Document>, only: bool, rounds: usize| {
        cases.push(Case { name: name.to_owned(), documents, only, rounds });
    };
    for (count, rounds) in [(12, 3), (100, 3), (1000, 1)] {
        case(&format!("synthetic {count}"), vec![synthetic(count)], false, rounds);
    }
    if let Some(folder) = folder {
        let read = |files: &[&str]| {
            files.iter().map(|file| Document::read(folder, file)).collect::<Result<Vec<_>, _>>()
        };
        let ten = read(&TEN)?;
        case("two documents", read(&TEN[..2])?, false, 5);
        case("ten documents", ten.clone(), false, 2);
        case(SELECTION, ten, true, 3);
        case("all documents", all(folder)?, false, 1);
    }
    if let Some(collection) = collection {
        case(COLLECTION, all(collection)?, false, 1);
    }
    Ok(cases)
}

/// The documents of a folder.
fn all(folder: &Path) -> Result<Vec<Document>, Failure> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        if Path::new(&name).extension().is_some_and(|extension| extension == "json") {
            files.push(name.to_string_lossy().into_owned());
        }
    }
    files.sort();
    files.iter().map(|file| Document::read(folder, file)).collect()
}

/// CPU seconds of check and build: anew, after an edit of the program, after one of the spec.
type Costs = [f64; 6];

fn measure(
    root: &Path,
    progenitor: &Progenitor,
    case: &Case,
    missed: &mut Vec<String>,
) -> Result<(), Failure> {
    let (mut documents, mut left_out) = (Vec::new(), 0);
    for document in &case.documents {
        let beside = case.is_beside_progenitor();
        let mut patched = if beside { progenitor.patched(document)? } else { document.clone() };
        left_out += document.operations() - patched.operations();
        patched.mark();
        if patched.operations() > 0 {
            documents.push(patched);
        }
    }
    let operations: usize = documents.iter().map(Document::operations).sum();
    let folder = case.name.replace(' ', "-");
    let only: Vec<String> =
        SIX.iter().flat_map(|action| [format!("deals.{action}"), format!("contacts.{action}")]).collect();
    let (ours, names) =
        ours::project(&root.join("ours"), &folder, &documents, case.only.then_some(&only[..]))?;
    let mut sides = vec![ours];
    if case.is_beside_progenitor() {
        let used = case.only.then_some(&names[..]);
        sides.push(progenitor.project(&root.join("theirs"), &folder, &documents, used)?);
    }
    for project in &sides {
        project.prepare()?;
        if project.built()? != project.uses {
            let (name, built, uses) = (&case.name, project.built()?, project.uses);
            return Err(format!("{name}: {built} of {uses} uses are in the program").into());
        }
    }
    let best = best(&mut sides, case.rounds)?;
    let expansions = sides.iter().map(Project::expansion).collect::<Result<Vec<_>, _>>()?;
    table::rows(case, [operations, left_out], &best, &expansions, missed);
    Ok(())
}

/// The least of so many rounds, which alternate.
fn best(sides: &mut [Project], rounds: usize) -> Result<Vec<Costs>, Failure> {
    let mut best = vec![[f64::INFINITY; 6]; sides.len()];
    for _ in 0..rounds {
        for (project, best) in sides.iter_mut().zip(&mut best) {
            for (best, cost) in best.iter_mut().zip(round(project)?) {
                *best = best.min(cost);
            }
        }
    }
    Ok(best)
}

fn round(project: &mut Project) -> Result<Costs, Failure> {
    project.forget()?;
    project.edit_main()?;
    let anew = [project.cost("check")?, project.cost("build")?];
    project.edit_main()?;
    let edited = [project.cost("check")?, project.cost("build")?];
    let respecified = match project.edit_spec()? {
        true => [project.cost("check")?, project.cost("build")?],
        false => [f64::INFINITY; 2],
    };
    Ok([anew[0], anew[1], edited[0], edited[1], respecified[0], respecified[1]])
}
