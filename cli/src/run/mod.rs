//! `connector run`: an action of any connector, with options made of its spec.
//!
//! | module | holds |
//! | --- | --- |
//! | `flags` | the options of an action, and its help |
//! | `line` | a request as the command that sends it |
//! | `text` | what a person types, as JSON of a field's type |
//! | `ask`, `find` | questions for what is missing; choosing a line by typing a part of it |
//! | `choices` | what can be chosen, as the spec or another action tells |
//! | `mask` | what is sensitive, where arguments and answers are shown |
//! | `slips` | values that are nearly a known one |
//! | `access` | how calls are authorized |
//! | `carry` | the action on its way: once, page by page, in batches |
//! | `rows`, `each` | rows of CSV as inputs of a batch, or as calls |
//! | `output`, `shown` | tables, JSON and CSV; values as people read them |
//! | `trouble` | errors with exit codes and what helps |

pub(crate) mod access;
mod ask;
mod carry;
pub(crate) mod choices;
mod each;
mod find;
pub(crate) mod flags;
pub(crate) mod line;
pub(crate) mod mask;
mod output;
mod rows;
pub(crate) mod shown;
mod slips;
pub(crate) mod text;
pub(crate) mod trouble;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory as _, FromArgMatches as _};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{Effect, Output};
use typed_connector::dynamic::{Action, Connector};

use self::access::{Access, Spec};
pub(crate) use self::carry::spinner;
use self::flags::Flag;
use self::rows::Rows;
use crate::{Failure, misuse, which};

#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Run {
    /// A folder of specs; the same as to name it in place of the connector
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// A folder that adds to the connector, as `extend` does in the attribute
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
    /// Print help: of this command, of a connector (`run hubspot --help`), or of an action (`run hubspot deals.create --help`)
    #[arg(short, long)]
    help: bool,
    /// A shipped connector or a folder of specs, unless `--path` names one; an action, `deals.create`; and the action's options
    #[arg(value_name = "CONNECTOR ACTION", trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<String>,
}

/// Options that every action has.
#[derive(Args, Clone, Default)]
#[command(next_help_heading = "Of every action")]
#[expect(clippy::struct_excessive_bools, reason = "the options of a command")]
pub(crate) struct Common {
    /// Take arguments from a JSON object in this file; `-` is standard input. Options win over it. For a batch, an array is its inputs
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Take rows from this CSV file; `-` is standard input. The first names fields by the spec's keys (`property.NAME`: one of the account's
    /// own), each other is an input of a batch, or a call; an empty cell gives nothing. Options win over cells
    #[arg(long, value_name = "FILE", conflicts_with = "from")]
    csv_in: Option<String>,
    /// JSON instead of a table
    #[arg(long)]
    json: bool,
    /// CSV instead of a table
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// The columns of a table or of CSV, by the spec's keys
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    columns: Vec<String>,
    /// All records of a list, page by page, and not its first page only
    #[arg(long)]
    all: bool,
    /// So many records of a list at most, of as many pages as it takes
    #[arg(long, value_name = "N", conflicts_with = "all")]
    limit: Option<usize>,
    /// Write an answer of bytes to this file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the request, with secrets masked, and send nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before something is deleted
    #[arg(short, long)]
    yes: bool,
    /// Ask nothing, also on a terminal
    #[arg(long)]
    no_input: bool,
    #[command(flatten)]
    access: Access,
}

impl Common {
    fn or(self, other: Self) -> Self {
        Self {
            from: self.from.or(other.from),
            csv_in: self.csv_in.or(other.csv_in),
            json: self.json || other.json,
            csv: self.csv || other.csv,
            columns: if self.columns.is_empty() { other.columns } else { self.columns },
            all: self.all || other.all,
            limit: self.limit.or(other.limit),
            out: self.out.or(other.out),
            dry_run: self.dry_run || other.dry_run,
            yes: self.yes || other.yes,
            no_input: self.no_input || other.no_input,
            access: self.access.or(other.access),
        }
    }

    /// Whether there is somebody to ask.
    fn can_ask(&self) -> bool {
        !self.no_input && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }
}

impl Run {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let mut words = self.words.into_iter();
        let first = match &self.path {
            Some(path) => which::folder(path),
            None => words.next().unwrap_or_default(),
        };
        let asks_help = |word: &String| word == "--help" || word == "-h";
        if self.path.is_none() && (first.is_empty() || first.starts_with('-')) {
            return general(self.help, &first);
        }
        let mut rest: Vec<String> = words.collect();
        let spec = Spec { name: first, extend: self.extend };
        let connector = spec.load().map_err(|error| {
            let late = rest.iter().any(|word| word == "--path" || word.starts_with("--path="));
            if late { ahead("--path") } else { error }
        })?;
        // Options may stand before the action too.
        let is_action = |word: &String| !word.starts_with('-') && connector.action(word).is_ok();
        let place = match rest.first() {
            Some(word) if !word.starts_with('-') => Some(0),
            _ => rest.iter().position(is_action),
        };
        let Some(name) = place.map(|place| rest.remove(place)) else {
            return actions(connector, &spec, self.help || rest.first().is_some_and(asks_help));
        };
        let action = connector.action(&name).map_err(|error| {
            misuse(format!("{error}\nhelp: `connector run {}` lists its actions", spec.words()))
        })?;
        let mut command = flags::command(action, &spec.words());
        if self.help {
            command.print_long_help()?;
            return Ok(ExitCode::SUCCESS);
        }
        let matches = match command.try_get_matches_from_mut(&rest) {
            Ok(matches) => matches,
            Err(error) => match error.get(ContextKind::InvalidArg) {
                Some(ContextValue::String(option)) if matches!(&**option, "--path" | "--extend") => {
                    return Err(ahead(option));
                }
                _ => error.exit(),
            },
        };
        let common = Common::from_arg_matches(&matches)?.or(self.common);
        if common.json && common.csv || common.all && common.limit.is_some() {
            return Err(misuse("of `--json` and `--csv`, and of `--all` and `--limit`, one can be given"));
        }
        let given = flags::arguments(action, &matches).map_err(misuse)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let outcome = runtime.block_on(Call { action, spec: &spec, common: &common }.run(given));
        // Not waiting for what still reads from the terminal.
        runtime.shutdown_background();
        outcome.map_err(|error| trouble::advised(error, &common.access.of(&spec).words()))
    }
}

/// An option that tells what actions there are stands behind one.
fn ahead(option: &str) -> Failure {
    let form = match option {
        "--path" => "--path FOLDER ACTION",
        _ => "--extend FOLDER CONNECTOR ACTION",
    };
    misuse(format!("`{option}` stands before all others\nhelp: `connector run {form} …`"))
}

/// `connector run` without a connector.
fn general(help: bool, first: &str) -> Result<ExitCode, Failure> {
    if help || first == "--help" || first == "-h" {
        let mut all = crate::Arguments::command();
        let command = all.find_subcommand_mut("run").ok_or("there is no command `run`")?;
        command.clone().bin_name("connector run").print_long_help()?;
        return Ok(ExitCode::SUCCESS);
    }
    let names = typed_connector_specs::shipped().collect::<Vec<_>>().join(", ");
    let what = match first {
        "" => "no connector was named".to_owned(),
        option => format!("`{option}` stands where a connector belongs"),
    };
    Err(misuse(format!(
        "{what}\nhelp: `connector run CONNECTOR ACTION`; the shipped connectors are {names}, and your own is named by its folder"
    )))
}

/// The actions of a connector.
fn actions(connector: Connector, spec: &Spec, help: bool) -> Result<ExitCode, Failure> {
    let width = connector.actions().map(|action| action.name().len()).max().unwrap_or(0);
    let words = spec.words();
    anstream::println!("Actions of {}:\n", connector.model().title);
    for action in connector.actions() {
        anstream::println!("  {:width$}  {}", action.name(), action.model().title);
    }
    anstream::println!("\n`connector run {words} ACTION --help` tells the options of one.");
    match help {
        true => Ok(ExitCode::SUCCESS),
        false => Err(misuse(format!("no action was named\nhelp: write one after `connector run {words}`"))),
    }
}

/// What is said of an argument, by the name of its option, or by row and column.
fn placed(flags: &[Flag], rows: Option<&Rows>, argument: &str, text: &str) -> String {
    if let Some(placed) = rows.and_then(|rows| rows.placed(argument, text)) {
        return placed;
    }
    // `filterGroups.dealstage` is in the option `--filter`.
    let end = argument.find(['.', '[']).unwrap_or(argument.len());
    let flag = flags.iter().find(|flag| flag.field.key == argument[..end]);
    let name = match flag {
        Some(flag) if end == argument.len() => format!("--{}", flag.name),
        Some(flag) => format!("--{} ({})", flag.name, argument[end..].strip_prefix('.').unwrap_or(argument)),
        None => argument.to_owned(),
    };
    format!("{name}: {text}")
}

/// A call on its way from what was given to what is shown.
struct Call<'a> {
    action: Action,
    spec: &'a Spec,
    common: &'a Common,
}

impl Call<'_> {
    async fn run(self, given: Map<String, Value>) -> Result<ExitCode, Failure> {
        let rows = self.rows()?;
        if let Some(rows) = rows.as_ref().filter(|rows| rows.inputs.is_none()) {
            return self.each(rows, given).await;
        }
        if let Some(inputs) = rows.as_ref().and_then(|rows| rows.inputs)
            && given.contains_key(&inputs.key)
        {
            let flags = flags::flags(self.action);
            let flag = flags.iter().find(|flag| flag.field.key == inputs.key);
            let name = flag.map_or(inputs.key.as_str(), |flag| flag.name.as_str());
            return Err(misuse(format!(
                "of `--{name}` and `--csv-in`, one can be given: both are the inputs"
            )));
        }
        let mut arguments = self.file()?;
        arguments.extend(rows.as_ref().and_then(Rows::as_inputs));
        arguments.extend(given);
        // What a person chooses when asked was looked at.
        let slips = self.slips(&arguments, rows.as_ref());
        if self.common.can_ask() {
            let is_sent = !self.common.dry_run;
            ask::missing(self.action, self.spec, &self.common.access, is_sent, &mut arguments).await?;
        }
        self.check(&arguments, rows.as_ref())?;
        slips::tell(&slips);
        if self.common.dry_run {
            let client = self.common.access.silent_client(self.action.connector())?;
            return carry::preview(self.action, &client, arguments);
        }
        self.confirm(&arguments)?;
        carry::carry(self.action, self.spec, self.common, arguments, rows.as_ref()).await
    }

    /// One call for each row.
    async fn each(&self, rows: &Rows, given: Map<String, Value>) -> Result<ExitCode, Failure> {
        let mut problems = Vec::new();
        for row in &rows.all {
            let arguments = each::arguments(&row.given, &given);
            let found = self.action.problems(&arguments.into());
            problems.extend(found.iter().map(|one| rows::in_row(row.number, &one.argument, &one.message)));
        }
        if !problems.is_empty() {
            return Err(misuse(rows::told(&rows.file, &problems)));
        }
        slips::tell(&self.slips_of_rows(rows, &given));
        if self.common.dry_run {
            let client = self.common.access.silent_client(self.action.connector())?;
            for row in &rows.all {
                anstream::println!("# row {}", row.number);
                carry::print_request(self.action, &client, each::arguments(&row.given, &given))?;
                anstream::println!();
            }
            anstream::eprintln!("Nothing was sent.");
            return Ok(ExitCode::SUCCESS);
        }
        let about = format!("{} of {}", crate::check::count(rows.all.len(), "row"), rows.file);
        self.agreed(|| about)?;
        each::carry(self.action, self.spec, self.common, rows, &given).await
    }

    /// The rows in the file that `--csv-in` names.
    fn rows(&self) -> Result<Option<Rows>, Failure> {
        let Some(file) = &self.common.csv_in else { return Ok(None) };
        if self.common.from.is_some() {
            return Err(misuse("of `--from` and `--csv-in`, one can be given"));
        }
        Rows::read(self.action, file).map(Some).map_err(misuse)
    }

    /// The arguments in the file that `--from` names.
    fn file(&self) -> Result<Map<String, Value>, Failure> {
        let Some(file) = &self.common.from else { return Ok(Map::new()) };
        match (text::json_file(file).map_err(misuse)?, &self.action.model().output) {
            (Value::Object(arguments), _) => Ok(arguments),
            (inputs @ Value::Array(_), Output::Batch { batch, .. }) => {
                let key = self.action.model().arguments().find(|field| field.ident == batch.inputs);
                Ok(key.map(|field| (field.key.clone(), inputs)).into_iter().collect())
            }
            _ => Err(misuse(format!("{file} holds no JSON object of arguments"))),
        }
    }

    /// Tells everything that is wrong with the arguments, by the names of the options.
    fn check(&self, arguments: &Map<String, Value>, rows: Option<&Rows>) -> Result<(), Failure> {
        let problems = self.action.problems(&Value::Object(arguments.clone()));
        if problems.is_empty() {
            return Ok(());
        }
        let flags = flags::flags(self.action);
        let problems =
            problems.iter().map(|problem| placed(&flags, rows, &problem.argument, &problem.message));
        let problems: Vec<_> = problems.collect();
        let (words, name) = (self.spec.words(), self.action.name());
        Err(misuse(format!(
            "{}\nhelp: `connector run {words} {name} --help` tells what can be given",
            problems.join("\n       ")
        )))
    }

    /// Values of open enums that are nearly known ones, as notes. A program that reads JSON is told nothing.
    fn slips(&self, arguments: &Map<String, Value>, rows: Option<&Rows>) -> Vec<String> {
        if self.common.json {
            return Vec::new();
        }
        let flags = flags::flags(self.action);
        let slips = slips::among(self.action, arguments).into_iter();
        slips.map(|slip| self.noted(&placed(&flags, rows, &slip.at, &slip.text))).collect()
    }

    /// The same of rows of which each is a call.
    fn slips_of_rows(&self, rows: &Rows, given: &Map<String, Value>) -> Vec<String> {
        let mut notes = self.slips(given, None);
        for row in rows.all.iter().filter(|_| !self.common.json) {
            let slips = slips::among(self.action, &row.given).into_iter();
            let slips = slips.filter(|slip| !given.contains_key(&slip.at));
            notes.extend(slips.map(|slip| self.noted(&rows::in_row(row.number, &slip.at, &slip.text))));
        }
        notes
    }

    fn noted(&self, slip: &str) -> String {
        let sent = if self.common.dry_run { "would be sent" } else { "sent" };
        format!("{slip} {sent} as it is")
    }

    /// Asks before something is deleted, or where the spec wants it.
    fn confirm(&self, arguments: &Map<String, Value>) -> Result<(), Failure> {
        self.agreed(|| shown::arguments(self.action, arguments))
    }

    fn agreed(&self, about: impl FnOnce() -> String) -> Result<(), Failure> {
        let model = self.action.model();
        let question = match (&model.confirm, model.effect) {
            (Some(question), _) => question.clone(),
            (None, Effect::Delete) => format!("{}?", model.title),
            (None, _) => return Ok(()),
        };
        if self.common.yes {
            return Ok(());
        }
        if !self.common.can_ask() {
            return Err(misuse(format!(
                "`{question}` was not answered\nhelp: add `--yes` where nobody can be asked"
            )));
        }
        match ask::confirmed(&question, &about())? {
            true => Ok(()),
            false => Err("not confirmed; nothing was sent".into()),
        }
    }
}
