//! `connector doctor`: what is wrong here or soon will be, and the command that mends it.
//!
//! | module | looks at |
//! | --- | --- |
//! | `target` | which connectors there are to look at |
//! | `specs` | the spec itself; versions and actions that end |
//! | `access` | how calls are authorized |
//! | `profiles`, `connections`, `scopes` | authorization profiles, connections, and what these may do |
//! | `server`, `token` | whether the API is there, what time it is there, and whether it takes the token |
//! | `probe` | (actions to try, which change nothing) |
//! | `drift` | whether an account or OpenAPI documents have moved on |
//! | `finding`, `report` | what was found, and how it is told |
//!
//! Whatever is found goes on the list: nothing here ends because something is broken, other than a wrong command line.

mod access;
mod connections;
mod drift;
mod finding;
mod probe;
mod profiles;
mod report;
mod scopes;
mod server;
mod specs;
mod target;
mod token;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use jiff::civil::Date;
use typed_connector::auth::{Connection, KeptConnection, Kind, SqliteStore, Store as _};
use typed_connector::dynamic::{Action, Connector};

use self::finding::Findings;
use self::report::{Report, Section};
use crate::auth::{OfConnection, home};
use crate::configured::{self, Configured};
use crate::run::access::{Access, Spec};
use crate::run::line::shell;
use crate::{Failure, mcp, misuse, run, told, which};

/// Problems were found.
const PROBLEMS: u8 = 6;
/// A server that takes longer to answer is one that does not.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Args)]
#[command(after_help = "\
Exit code 0: there is no problem, though there may be warnings (not with --strict). 6: there is one. 1: it could not look. 2: the \
command line was wrong.\n\n\
It changes nothing but access tokens that have expired, which are refreshed to see whether they can be; and it sends only what reads. \
The clock may differ from the server's by 60 s; from 300 s on it is a problem. What ends within 180 days is warned of. A \
server that does not answer within 10 s is not there, and an account's own properties are compared for 20 s at most. `SOURCE_DATE_EPOCH` \
sets the day that counts as today.")]
pub(crate) struct Doctor {
    /// Shipped connectors or folders of specs; without any, those that are configured here and those of this package
    connectors: Vec<String>,
    /// A folder of specs; the same as to name it among the connectors; can be repeated
    #[arg(long, value_name = "FOLDER")]
    path: Vec<PathBuf>,
    /// A folder that adds to the connector; what `connector pull` wrote to `specs/NAME` is found by itself
    #[arg(long, value_name = "FOLDER")]
    extend: Option<PathBuf>,
    /// Only these actions have to work, of whichever of the connectors has them: `deals.*`, `*.search`; can be repeated
    #[arg(long, value_name = "GLOB", value_delimiter = ',')]
    actions: Vec<String>,
    /// Ask no server: what can be told from here, and no more
    #[arg(long)]
    offline: bool,
    /// Take warnings for problems
    #[arg(long)]
    strict: bool,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    access: Access,
}

impl Doctor {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let report = runtime.block_on(self.look());
        runtime.shutdown_background();
        let report = report?;
        if self.json {
            report.print_json()?;
        } else {
            report.print();
        }
        let (problems, warnings) = report.counts();
        let is_well = problems == 0 && !(self.strict && warnings > 0);
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::from(PROBLEMS) })
    }

    async fn look(&self) -> Result<Report, Failure> {
        let today = today()?;
        let mut machine = Findings::default();
        let here = Here::read(&mut machine).await?;
        let folders = self.path.iter().map(|path| which::folder(path));
        let connectors: Vec<_> = self.connectors.iter().cloned().chain(folders).collect();
        let specs = match connectors.as_slice() {
            [] if self.extend.is_some() || self.access.is_given() => {
                return Err(misuse(
                    "of which connector, was not said\nhelp: name it, `connector doctor hubspot`",
                ));
            }
            [] => target::of_use(&here.configured, &here.used),
            names => target::named(names, self.extend.as_deref())?,
        };
        target::have(&specs, &self.actions)?;
        let bar = run::spinner("Looking …".to_owned());
        let mut sections = Vec::new();
        for spec in &specs {
            bar.set_message(format!("Looking at {} …", spec.name));
            let case =
                Case { spec, access: &self.access, patterns: &self.actions, offline: self.offline, today };
            sections.push(case.look(&here).await);
        }
        bar.finish_and_clear();
        Ok(Report { today, offline: self.offline, machine, sections })
    }
}

/// Today in UTC, which the environment can set, as the checks of specs have it.
fn today() -> Result<Date, Failure> {
    Ok(typed_connector_specs::text::today().parse()?)
}

/// What is kept on this machine.
struct Here {
    configured: Vec<Configured>,
    store: Option<SqliteStore>,
    kept: Vec<KeptConnection>,
    /// The machine names of connectors with a profile or a connection.
    used: BTreeSet<String>,
}

impl Here {
    async fn read(found: &mut Findings) -> Result<Self, Failure> {
        let folder = home::folder()?;
        let configured = configured::all(&folder).unwrap_or_else(|error| {
            found.problem("configured", error, "connector console");
            Vec::new()
        });
        let mut here = Self { configured, store: None, kept: Vec::new(), used: BTreeSet::new() };
        let shown = folder.display();
        match here.open().await {
            Ok(()) if here.store.is_none() => found.ok("store", format!("nothing is kept in {shown} yet")),
            Ok(()) => {
                let connections = crate::check::count(here.kept.len(), "connection");
                let of: BTreeSet<_> = here.kept.iter().map(|kept| kept.connector.as_str()).collect();
                let of = match of.len() {
                    0 => String::new(),
                    _ => format!(" of {}", of.into_iter().collect::<Vec<_>>().join(", ")),
                };
                found.ok("store", format!("{shown} can be read: {connections}{of}"));
            }
            Err(error) => {
                here.store = None;
                let text = format!("what is kept in {shown} cannot be read: {}", told(&*error));
                found.problem("store", text, "connector auth key --help");
            }
        }
        Ok(here)
    }

    async fn open(&mut self) -> Result<(), Failure> {
        let Some(store) = home::existing()? else { return Ok(()) };
        self.kept = Connection::all(&store).await?;
        let profiles = store.keys(Kind::Profile).await?;
        let named = profiles.iter().filter_map(|key| Some(key.split_once('/')?.0.to_owned()));
        self.used = named.chain(self.kept.iter().map(|kept| kept.connector.clone())).collect();
        self.store = Some(store);
        Ok(())
    }
}

/// A connector that is looked at, and how.
struct Case<'a> {
    spec: &'a Spec,
    access: &'a Access,
    patterns: &'a [String],
    offline: bool,
    today: Date,
}

impl Case<'_> {
    async fn look(&self, here: &Here) -> Section {
        let mut found = Findings::default();
        let name = self.spec.name.clone();
        let Some(model) = specs::sound(self.spec, &mut found) else {
            drift::documents(self, &mut found);
            return Section { name, title: None, findings: found };
        };
        let title = Some(model.title.clone());
        let connector = Connector::from_model(model);
        let actions = self.actions(connector);
        if actions.is_empty() {
            let text = format!("none of them has to work: none fits `{}`", self.patterns.join("`, `"));
            found.ok("actions", text);
            drift::documents(self, &mut found);
            return Section { name, title, findings: found };
        }
        let (model, version) = (connector.model(), self.access.api_version());
        specs::version(model, self.spec, version, self.today, &mut found);
        let dated = actions.iter().map(|action| (action.name(), action.model()));
        specs::actions(self.spec, dated, self.today, &mut found);
        let way = access::way(self, connector, here, &mut found).await;
        // One finding is enough where nothing can be reached.
        let offline = self.offline || !server::reached(self, connector, &mut found).await;
        let case = Case { offline, ..*self };
        let used = access::look(&case, connector, way.as_ref(), here, &mut found).await;
        if let Some(way) = way.filter(|_| !offline) {
            token::look(&case, connector, &way, used.as_ref(), &mut found).await;
            drift::account(&case, &way, used.as_ref(), &mut found).await;
        }
        if let Some(used) = &used
            && let Err(error) = used.authorizer.settle().await
        {
            let text = format!("refreshed tokens could not be kept: {}", told(&error));
            found.problem("store", text, "connector auth key --help");
        }
        drift::documents(&case, &mut found);
        Section { name, title, findings: found }
    }

    /// The actions that have to work.
    fn actions(&self, connector: Connector) -> Vec<Action> {
        mcp::those_that_fit(connector, self.patterns)
    }

    /// Words that name a connection in a command.
    fn connection(&self, profile: Option<&str>, key: &str) -> String {
        let (name, extend) = (self.spec.name.clone(), self.spec.extend.clone());
        let base_url = self.access.base_url().map(str::to_owned);
        OfConnection::new(name, extend, profile.map(str::to_owned), base_url, Some(key.to_owned())).words()
    }

    /// A command about a profile.
    fn profile(&self, verb: &str, name: &str) -> String {
        format!("connector auth profile {verb} {} --profile {}", self.spec.words(), shell(name))
    }
}
