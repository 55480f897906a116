//! `connector pull`: an account's own properties and pipelines, as files that extend a shipped connector.
//!
//! | module | does |
//! | --- | --- |
//! | `account` | reads the definitions |
//! | `wanted` | makes entries of the spec format of them |
//! | `merge` | puts these into the files that are there, and tells what changed |

mod account;
mod merge;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use typed_connector::auth::{AccessToken, Authorizer};

use self::account::Property;
use self::merge::{Change, File};
use self::wanted::Kind;
use crate::auth::OfConnection;
use crate::list::is_connector;
use crate::run::shown::printable;
use crate::run::{access, trouble};
use crate::{Failure, check, misuse, print_json};

/// The connectors whose accounts can be asked, each by the name of its shipped spec.
const HUBSPOT: &str = "hubspot";

#[derive(Args)]
#[expect(clippy::struct_excessive_bools, reason = "the options of a command")]
pub(crate) struct Pull {
    #[command(flatten)]
    of: OfConnection,
    /// The folder to write to, which `#[connector("hubspot", extend = "…")]` names
    #[arg(long, value_name = "FOLDER", default_value = "specs/hubspot")]
    out: PathBuf,
    /// Kinds of records, separated by commas; without it all that the connector has
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    kinds: Vec<String>,
    /// Also HubSpot's own properties that the connector lacks, and not only the account's
    #[arg(long)]
    all: bool,
    /// Not the properties that hold sensitive data, unless they are in the files already
    #[arg(long)]
    without_sensitive: bool,
    /// Remove what the account does not have any more, which is only told otherwise
    #[arg(long)]
    prune: bool,
    /// Write nothing; end with 1 where the files differ from the account
    #[arg(long)]
    check: bool,
    /// Take the access token from this environment variable, and not from a connection; `HUBSPOT_ACCESS_TOKEN` where no
    /// profile or connection is named
    #[arg(long, value_name = "VARIABLE")]
    token_env: Option<String>,
    /// JSON instead of text
    #[arg(long)]
    json: bool,
}

impl Pull {
    pub(crate) fn run(self) -> Result<ExitCode, Failure> {
        if self.of.connector() != HUBSPOT {
            return Err(misuse(format!(
                "accounts of `{}` cannot be asked for their properties; `{HUBSPOT}` can",
                self.of.connector()
            )));
        }
        if is_connector(&self.out) {
            return Err(misuse(format!(
                "`{0}` is a connector of its own, as `connector add` copies one, and adds to none\nhelp: choose another folder with `--out`, \
                 such as `{0}-account`; `extend` names it beside `path = \"{0}\"`",
                self.out.display()
            )));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let words = self.of.words();
        runtime.block_on(self.pull()).map_err(|error| trouble::advised(error, &words))
    }

    async fn pull(self) -> Result<ExitCode, Failure> {
        let (client, authorizer) = self.client().await?;
        let files = self.compared(&client, true).await;
        if let Some(authorizer) = authorizer {
            authorizer.settle().await?;
        }
        let files = files?;
        let changes: Vec<&Change> = files.iter().flat_map(File::changes).collect();
        if !self.check {
            self.write(&files)?;
        }
        if self.json {
            let list: Vec<_> = changes.iter().map(|change| change.to_json()).collect();
            print_json(&json!({ "changes": list, "written": !self.check }))?;
        } else {
            for change in &changes {
                anstream::println!("{}", printable(&change.to_string()));
            }
            anstream::println!("{}", self.summary(&changes));
        }
        Ok(if self.check && !changes.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }

    /// The files as they are and as the account would have them.
    async fn compared(&self, client: &account::Client, tells_scopes: bool) -> Result<Vec<File>, Failure> {
        let connector = check::loaded(HUBSPOT, None)?;
        let kinds = wanted::kinds(&connector, &self.kinds).map_err(misuse)?;
        let mut files: Vec<File> = Vec::new();
        let mut known = BTreeMap::<_, BTreeSet<String>>::new();
        for kind in &kinds {
            let definitions = account::read(client, kind.name()).await?;
            let there = self.file(&mut files, kind.name())?.properties(kind.type_name());
            let is_wished = |property: &Property| {
                there.contains(&property.name)
                    || (self.all || !property.is_hubspots())
                        && !(self.without_sensitive && property.is_sensitive())
            };
            if tells_scopes {
                tell_scopes(
                    kind,
                    definitions.properties.iter().filter(|property| {
                        property.is_sensitive() && is_wished(property) && !there.contains(&property.name)
                    }),
                );
            }
            for wanted in wanted::all(&connector, kind, &definitions, is_wished) {
                self.file(&mut files, &wanted.file)?.merge(&wanted.types)?;
                // What several kinds have is only known where all were asked.
                if self.kinds.is_empty() || wanted.file == kind.name() {
                    for (path, names) in wanted.known {
                        known.entry((wanted.file.clone(), path)).or_default().extend(names);
                    }
                }
            }
        }
        for ((file, path), names) in &known {
            self.file(&mut files, file)?.tell_gone(path, names, self.prune);
        }
        Ok(files)
    }

    /// The file of this name, read where it was not yet.
    fn file<'f>(&self, files: &'f mut Vec<File>, name: &str) -> Result<&'f mut File, Failure> {
        let place = match files.iter().position(|file| file.is(name)) {
            Some(place) => place,
            None => {
                files.push(File::read(&self.out, name)?);
                files.len() - 1
            }
        };
        Ok(&mut files[place])
    }

    /// The client, and what keeps its connection where it has one.
    async fn client(&self) -> Result<(account::Client, Option<Authorizer>), Failure> {
        let mut builder = account::Client::builder();
        if let Some(url) = self.of.base_url() {
            builder = builder.base_url(url);
        }
        let usual = access::variable_of(HUBSPOT);
        let token = match &self.token_env {
            Some(variable) => Some(access::token(variable).ok_or_else(|| {
                misuse(format!("the environment variable `{variable}` holds no access token"))
            })?),
            // As `connector run` has it.
            None if self.of.is_named() => None,
            None => access::token(&usual),
        };
        if let Some(token) = token {
            return Ok((builder.access_token(token).build()?, None));
        }
        let authorizer = self
            .of
            .authorizer_at(<account::Connector as typed_connector::Connector>::META.base_url)
            .await
            .map_err(|error| access::without_profile(error, &self.of.words(), Some(&usual)))?;
        Ok((builder.authorizer(&authorizer, &self.of.connection).build()?, Some(authorizer)))
    }

    /// Writes all files or none: what does not check is not written.
    fn write(&self, files: &[File]) -> Result<(), Failure> {
        let changed: Vec<_> = files.iter().filter(|file| file.is_changed()).collect();
        if changed.is_empty() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.out)
            .map_err(|error| format!("cannot make the folder {}: {error}", self.out.display()))?;
        let before: Vec<_> = changed.iter().map(|file| file.on_disk()).collect();
        for file in &changed {
            file.write()?;
        }
        if let Err(problems) = check::loaded(HUBSPOT, Some(&self.out)) {
            for (file, text) in changed.iter().zip(before) {
                file.restore(text)?;
            }
            return Err(
                format!("the files would have problems, so that nothing was written:\n{problems}").into()
            );
        }
        Ok(())
    }

    fn summary(&self, changes: &[&Change]) -> String {
        let out = self.out.display();
        let is_left = changes.iter().any(|change| change.is_left());
        let used = format!("It is used by `#[connector(\"{HUBSPOT}\", extend = \"{out}\")]`.");
        match (changes.len(), self.check) {
            (0, _) => format!("{out} is as the account has it."),
            (_, true) => {
                let prune = if is_left { " --prune" } else { "" };
                format!(
                    "{out} differs from the account; `connector pull {HUBSPOT}{prune}` brings it up to date."
                )
            }
            (_, false) if is_left => format!("{out} has all that the account has, and more. {used}"),
            (_, false) => format!("{out} is up to date. {used}"),
        }
    }
}

/// How the files in a folder differ from the account, as `pull --check` has it; `None` where the connector's accounts cannot be asked.
pub(crate) async fn drift(
    of: OfConnection,
    out: PathBuf,
    way: Access,
) -> Option<Result<Vec<String>, Failure>> {
    if of.connector() != HUBSPOT {
        return None;
    }
    let mut builder = account::Client::builder();
    if let Some(url) = of.base_url() {
        builder = builder.base_url(url);
    }
    let client = match &way {
        Access::Token(token) => builder.access_token(token.clone()),
        Access::Connection(authorizer) => builder.authorizer(authorizer, &of.connection),
    };
    let pull = Pull {
        of,
        out,
        kinds: Vec::new(),
        all: false,
        without_sensitive: false,
        prune: false,
        check: true,
        token_env: None,
        json: false,
    };
    let compare = async {
        let files = pull.compared(&client.build()?, false).await?;
        Ok(files.iter().flat_map(File::changes).map(ToString::to_string).collect())
    };
    Some(compare.await)
}

/// What the calls of [`drift`] are authorized by.
pub(crate) enum Access {
    Token(AccessToken),
    Connection(Authorizer),
}

/// Says what else is needed to read what is sensitive.
fn tell_scopes<'p>(kind: &Kind<'_>, sensitive: impl Iterator<Item = &'p Property>) {
    let names: Vec<_> = sensitive.map(|property| &*property.name).collect();
    if !names.is_empty() {
        anstream::eprintln!(
            "note: sensitive data of {kind}: {}. HubSpot refuses searches that name such properties without the scope \
             `crm.objects.{kind}.sensitive.read.v2` or `crm.objects.{kind}.highly_sensitive.read.v2`; \
             `--without-sensitive` leaves them out.",
            printable(&names.join(", ")),
            kind = kind.name(),
        );
    }
}
