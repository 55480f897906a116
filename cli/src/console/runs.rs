//! Actions that are run: drafts that wait for a yes, what is under way, and what came of it. All of it is in memory and ends with the
//! console.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use typed_connector::dynamic::{Action, Client, Output, Preview};
use typed_connector::{Attempt, CallOptions, Error, Observer};

use super::app::{App, Known, Shared};
use super::trouble::Trouble;

/// Most that are remembered.
const MOST: usize = 50;
/// How long the answer to a form waits for the API; what takes longer is shown when it is done.
const PATIENCE: Duration = Duration::from_secs(15);

/// All of them, the oldest first.
#[derive(Default)]
pub(super) struct Runs(Mutex<VecDeque<(String, Stage)>>);

#[derive(Clone)]
enum Stage {
    Draft(Draft),
    Running(&'static str),
    Done(Arc<Run>),
}

/// An action that waits for a yes.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) connector: &'static str,
    pub(super) action: Action,
    pub(super) user: String,
    arguments: Map<String, Value>,
}

/// An action that has ended.
pub(super) struct Run {
    pub(super) connector: &'static str,
    pub(super) action: Action,
    pub(super) user: String,
    pub(super) arguments: Map<String, Value>,
    pub(super) request: Option<Preview>,
    pub(super) outcome: Result<Output, Error>,
    pub(super) attempts: Vec<Attempt>,
    pub(super) took: Duration,
    /// Whether it was run to see if the connection works.
    pub(super) is_test: bool,
}

impl Runs {
    fn with<T>(&self, act: impl FnOnce(&mut VecDeque<(String, Stage)>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn find(&self, id: &str) -> Option<Stage> {
        self.with(|all| all.iter().find(|(known, _)| known == id).map(|(_, stage)| stage.clone()))
    }

    fn put(&self, id: &str, stage: Stage) {
        self.with(|all| {
            match all.iter_mut().find(|(known, _)| known == id) {
                Some((_, place)) => *place = stage,
                None => all.push_back((id.to_owned(), stage)),
            }
            // What is under way is not forgotten.
            if all.len() > MOST
                && let Some(oldest) = all.iter().position(|(_, stage)| !matches!(stage, Stage::Running(_)))
            {
                all.remove(oldest);
            }
        });
    }

    /// Whether this was run or is under way.
    pub(super) fn knows(&self, id: &str) -> bool {
        matches!(self.find(id), Some(Stage::Running(_) | Stage::Done(_)))
    }

    pub(super) fn done(&self, id: &str) -> Option<Arc<Run>> {
        match self.find(id)? {
            Stage::Done(run) => Some(run),
            _ => None,
        }
    }

    /// The connector of what is under way.
    pub(super) fn running(&self, id: &str) -> Option<&'static str> {
        match self.find(id)? {
            Stage::Running(connector) => Some(connector),
            _ => None,
        }
    }

    pub(super) fn draft(&self, id: &str, draft: Draft) {
        self.put(id, Stage::Draft(draft));
    }

    pub(super) fn drafted(&self, id: &str) -> Option<Draft> {
        match self.find(id)? {
            Stage::Draft(draft) => Some(draft),
            _ => None,
        }
    }

    /// Takes the right to run this; `false` where somebody has it already.
    fn begin(&self, id: &str, connector: &'static str) -> bool {
        self.with(|all| match all.iter_mut().find(|(known, _)| known == id) {
            Some((_, Stage::Running(_) | Stage::Done(_))) => false,
            Some((_, stage)) => {
                *stage = Stage::Running(connector);
                true
            }
            None => {
                all.push_back((id.to_owned(), Stage::Running(connector)));
                true
            }
        })
    }
}

/// An action with everything that it takes to run it.
pub(super) struct Started {
    connector: &'static str,
    action: Action,
    user: String,
    arguments: Map<String, Value>,
    client: Client,
    seen: Seen,
    is_test: bool,
}

impl Started {
    pub(super) async fn new(
        app: &App,
        known: &Known,
        action: Action,
        arguments: Map<String, Value>,
        user: &str,
    ) -> Result<Self, Trouble> {
        if !known.is_enabled() {
            let text = format!("{} is not enabled.", known.title());
            return Err(Trouble::refused("Nothing was sent", &text)
                .next(known.address(), format!("To {}", known.title())));
        }
        Self::made(app, known, action, arguments, user).await
    }

    /// One that is run to see whether the connection works, which is wanted before anything is enabled.
    pub(super) async fn test(
        app: &App,
        known: &Known,
        action: Action,
        arguments: Map<String, Value>,
        user: &str,
    ) -> Result<Self, Trouble> {
        let started = Self::made(app, known, action, arguments, user).await?;
        Ok(Self { is_test: true, ..started })
    }

    async fn made(
        app: &App,
        known: &Known,
        action: Action,
        arguments: Map<String, Value>,
        user: &str,
    ) -> Result<Self, Trouble> {
        let seen = Seen::default();
        let client = app.client(known, user, seen.clone()).await?;
        Ok(Self {
            connector: known.name(),
            action,
            user: user.to_owned(),
            arguments,
            client,
            seen,
            is_test: false,
        })
    }

    /// The draft once more, after somebody said yes.
    pub(super) async fn of(app: &App, known: &Known, draft: Draft) -> Result<Self, Trouble> {
        Self::new(app, known, draft.action, draft.arguments, &draft.user).await
    }

    pub(super) fn draft(&self) -> Draft {
        Draft {
            connector: self.connector,
            action: self.action,
            user: self.user.clone(),
            arguments: self.arguments.clone(),
        }
    }

    pub(super) fn preview(&self) -> Result<Preview, Error> {
        self.client.preview(self.action.name(), Value::Object(self.arguments.clone()))
    }

    /// Runs it under this id, at most once. The browser is not waited for: what was begun is ended.
    pub(super) async fn run(self, app: &Shared, id: &str) {
        if !app.runs.begin(id, self.connector) {
            return;
        }
        let (app, id) = (Arc::clone(app), id.to_owned());
        let running = tokio::spawn(async move {
            let run = self.carried_out().await;
            app.runs.put(&id, Stage::Done(Arc::new(run)));
        });
        tokio::time::timeout(PATIENCE, running).await.ok();
    }

    async fn carried_out(self) -> Run {
        let begun = Instant::now();
        let request = self.preview().ok();
        let arguments = Value::Object(self.arguments.clone());
        let outcome = self.client.execute_with(self.action.name(), arguments, CallOptions::default()).await;
        Run {
            connector: self.connector,
            action: self.action,
            user: self.user,
            arguments: self.arguments,
            request,
            outcome,
            attempts: self.seen.take(),
            took: begun.elapsed(),
            is_test: self.is_test,
        }
    }
}

/// The attempts of one call.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<Attempt>>>);

impl Seen {
    fn take(&self) -> Vec<Attempt> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Observer for Seen {
    fn after(&self, attempt: &Attempt) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(attempt.clone());
    }
}

/// Nobody who looks.
pub(super) struct Silent;

impl Observer for Silent {}
