//! Asks rust-analyzer's own libraries what an editor would: completions, hover texts and errors of the package in `sample`.
//!
//! ```console
//! $ rustup component add rust-src
//! $ cargo run --locked --manifest-path tools/ra-check/Cargo.toml      # the first time some minutes: it is all of rust-analyzer
//! ```
//!
//! It needs the toolchain's `rust-analyzer-proc-macro-srv`, which `rustup` installs with `rustc`, and the source of the standard library.
//! Where there is no component, another one of about that version will do, such as Debian's `rust-web-src`:
//! `RUST_SRC_PATH=/usr/src/rustc-1.96.0/library RUSTC_BOOTSTRAP=1`. `-v` shows the hover texts. Exit code 1 tells that an answer is not as
//! expected, 2 that nothing could be asked.

use std::path::Path;
use std::process::ExitCode;

use ra_ap_ide::{
    Analysis, AnalysisHost, AssistResolveStrategy, CompletionConfig, CompletionFieldsToResolve,
    DiagnosticsConfig, FileId, FilePosition, FileRange, HoverConfig, HoverDocFormat, RaFixtureConfig,
    Severity, SubstTyLen, TextRange, TextSize,
};
use ra_ap_load_cargo::{LoadCargoConfig, ProcMacroServerChoice, load_workspace_at};
use ra_ap_paths::AbsPathBuf;
use ra_ap_project_model::{CargoConfig, RustLibSource, Sysroot};
use ra_ap_vfs::VfsPath;

type Failure = Box<dyn std::error::Error>;

/// What is written at a place of the sample, and what must be offered there.
const COMPLETIONS: &[(&str, &str, &[&str])] = &[
    // A module of the connector, and what is in it.
    ("hubspot::deals::{self", "hubspot::$0{self", &["deals", "contacts"]),
    (
        "deals::Create::new(",
        "deals::$0;(",
        &["Create", "Update", "Search", "BatchCreate", "Deal", "DealStage"],
    ),
    // Setters, which are methods; the type of the value is in the label.
    (".amount(1200);", ".$0;", &["amount", "closedate", "pipeline", "description", "property"]),
    // The same for a search, and what a client does.
    (".filter(Deal::AMOUNT.gte(1000));", ".$0;", &["filter", "sort", "limit", "properties"]),
    ("client.execute(create)", "client.$0", &["execute", "stream", "batch"]),
    // Choices and properties.
    ("DealStage::QualifiedToBuy)", "DealStage::$0)", &["QualifiedToBuy", "ClosedWon", "Other"]),
    ("Deal::AMOUNT.gte(1000)", "Deal::$0", &["AMOUNT", "CLOSEDATE"]),
    ("AMOUNT.gte(1000)", "AMOUNT.$0", &["gte", "between"]),
    // Fields of what is answered, behind an `await`.
    ("deal.dealname", "deal.$0", &["dealname", "amount", "extra"]),
];

/// A word of the sample, and what its hover text must say.
const HOVERS: &[(&str, &str, &[&str])] = &[
    ("deals::Create::new(", "Create", &["struct Create", "Create a deal", "POST /crm/objects/"]),
    (".amount(1200)", "amount", &["fn amount", "Decimal>", "Amount", "In the deal's currency"]),
    ("Deal::AMOUNT", "AMOUNT", &["Property<Deal,"]),
    ("deal.dealname", "dealname", &["Option<", "String>", "Deal name"]),
    ("DealStage::QualifiedToBuy", "QualifiedToBuy", &["QualifiedToBuy", "Probability 40"]),
];

fn main() -> ExitCode {
    match check() {
        Ok(wrong) if wrong.is_empty() => ExitCode::SUCCESS,
        Ok(wrong) => {
            wrong.iter().for_each(|one| eprintln!("{one}"));
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn check() -> Result<Vec<String>, Failure> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
    let cargo = CargoConfig { sysroot: Some(RustLibSource::Discover), ..CargoConfig::default() };
    let folder = AbsPathBuf::try_from(sample.to_str().ok_or("the path of this checkout is no text")?)
        .map_err(|path| format!("`{path}` is no absolute path"))?;
    if Sysroot::discover(&folder, &cargo.extra_env).rust_lib_src_root().is_none() {
        return Err(
            "there is no source of the standard library: rustup component add rust-src, or set RUST_SRC_PATH"
                .into(),
        );
    }
    let load = LoadCargoConfig {
        load_out_dirs_from_check: true,
        with_proc_macro_server: ProcMacroServerChoice::Sysroot,
        prefill_caches: false,
        num_worker_threads: 1,
        proc_macro_processes: 1,
    };
    let (db, vfs, server) = load_workspace_at(&sample, &cargo, &load, &|_| {})?;
    if server.is_none() {
        return Err("this toolchain has no server for procedural macros".into());
    }
    let main = sample.join("src/main.rs");
    let path = VfsPath::new_real_path(main.display().to_string());
    let (file, _) = vfs.file_id(&path).ok_or("the sample is not loaded")?;
    let text = std::fs::read_to_string(&main)?;
    let mut asked = Asked { host: AnalysisHost::with_database(db), file, text };
    let mut wrong = asked.errors()?;
    for (place, written, expected) in COMPLETIONS {
        wrong.extend(asked.completions(place, written, expected)?);
    }
    for (place, word, expected) in HOVERS {
        wrong.extend(asked.hover(place, word, expected)?);
    }
    Ok(wrong)
}

struct Asked {
    host: AnalysisHost,
    file: FileId,
    text: String,
}

impl Asked {
    /// The sample as it stands has no errors.
    fn errors(&self) -> Result<Vec<String>, Failure> {
        let config = DiagnosticsConfig {
            proc_macros_enabled: true,
            proc_attr_macros_enabled: true,
            ..DiagnosticsConfig::test_sample()
        };
        let found = self.analysis().full_diagnostics(&config, AssistResolveStrategy::None, self.file)?;
        let errors: Vec<_> = found.into_iter().filter(|one| one.severity == Severity::Error).collect();
        println!("{} errors in the sample", errors.len());
        Ok(errors.into_iter().map(|one| format!("an error: {}", one.message)).collect())
    }

    fn completions(&mut self, place: &str, written: &str, expected: &[&str]) -> Result<Vec<String>, Failure> {
        let start = self.text.find(place).ok_or_else(|| format!("there is no `{place}` in the sample"))?;
        let cursor = written.find("$0").ok_or("no cursor")?;
        let mut text = self.text.clone();
        text.replace_range(start..start + place.len(), &written.replace("$0", ""));
        self.write(Some(text));
        let position = FilePosition { file_id: self.file, offset: size(start + cursor)? };
        let found = self.analysis().completions(&completion_config(), position, None)?.unwrap_or_default();
        let labels: Vec<String> = found.iter().map(|item| item.label.primary.to_string()).collect();
        println!("{} completions at `{written}`", labels.len());
        let is_there = |name: &str| {
            labels.iter().any(|label| label.trim_end_matches("(…)").trim_end_matches("()") == name)
        };
        let missing = expected.iter().filter(|name| !is_there(name));
        let wrong =
            missing.map(|name| format!("`{name}` is not offered at `{written}`, but {labels:?}")).collect();
        self.write(None);
        Ok(wrong)
    }

    fn hover(&self, place: &str, word: &str, expected: &[&str]) -> Result<Vec<String>, Failure> {
        let start =
            self.text.find(place).and_then(|at| Some(at + place.find(word)?)).ok_or("no such place")?;
        // A range would be asked about as an expression.
        let range = TextRange::empty(size(start)?);
        let found = self.analysis().hover(&hover_config(), FileRange { file_id: self.file, range })?;
        let text = found.map(|found| found.info.markup.to_string()).unwrap_or_default();
        println!("{} characters about `{word}`", text.len());
        if std::env::args().any(|argument| argument == "-v") {
            println!("{text}\n");
        }
        let missing = expected.iter().filter(|part| !text.contains(*part));
        Ok(missing.map(|part| format!("`{part}` is not told of `{word}`, but\n{text}")).collect())
    }

    fn analysis(&self) -> Analysis {
        self.host.analysis()
    }

    /// Another text in the editor, or the file's own.
    fn write(&mut self, text: Option<String>) {
        let mut change = ra_ap_ide_db::ChangeWithProcMacros::default();
        change.change_file(self.file, Some(text.unwrap_or_else(|| self.text.clone())));
        self.host.apply_change(change);
    }
}

fn size(at: usize) -> Result<TextSize, Failure> {
    Ok(TextSize::new(u32::try_from(at)?))
}

/// As an editor asks by default.
fn completion_config() -> CompletionConfig<'static> {
    CompletionConfig {
        enable_postfix_completions: false,
        enable_imports_on_the_fly: false,
        enable_self_on_the_fly: true,
        enable_auto_iter: true,
        enable_auto_await: true,
        enable_private_editable: false,
        enable_term_search: false,
        term_search_fuel: 0,
        full_function_signatures: false,
        callable: None,
        add_semicolon_to_unit: false,
        snippet_cap: None,
        insert_use: DiagnosticsConfig::test_sample().insert_use,
        prefer_no_std: false,
        prefer_prelude: true,
        prefer_absolute: false,
        snippets: Vec::new(),
        limit: None,
        fields_to_resolve: CompletionFieldsToResolve::empty(),
        exclude_flyimport: Vec::new(),
        exclude_traits: &[],
        ra_fixture: RaFixtureConfig::default(),
    }
}

fn hover_config() -> HoverConfig<'static> {
    HoverConfig {
        links_in_hover: false,
        memory_layout: None,
        documentation: true,
        keywords: true,
        format: HoverDocFormat::Markdown,
        max_trait_assoc_items_count: None,
        max_fields_count: None,
        max_enum_variants_count: None,
        max_subst_ty_len: SubstTyLen::Unlimited,
        show_drop_glue: false,
        ra_fixture: RaFixtureConfig::default(),
    }
}
