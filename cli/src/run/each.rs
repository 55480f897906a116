//! One call for each row: what became of every one of them is told, whatever happens.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;
use serde_json::{Map, Value, json};
use typed_connector::dynamic::{Action, Output};
use typed_connector::{CallOptions, Error};

use super::access::Spec;
use super::output::{self, Shape, Written};
use super::rows::Rows;
use super::shown::printable;
use super::{Common, carry, trouble};
use crate::{Failure, is_unread, misuse, told};

/// What became of a row.
enum Outcome {
    Done(Value),
    /// It was refused, or could not be sent.
    Failed(Error),
    /// It may have been carried out.
    Unknown(Error),
    /// The calls ended before it.
    NotTried,
}

impl Outcome {
    fn of(error: Error) -> Self {
        match trouble::is_unknown(&error) {
            true => Self::Unknown(error),
            false => Self::Failed(error),
        }
    }
}

/// The arguments of a row's call: an option wins over its cell, as over what is in a file.
pub(super) fn arguments(row: &Map<String, Value>, given: &Map<String, Value>) -> Map<String, Value> {
    row.iter().chain(given).map(|(key, value)| (key.clone(), value.clone())).collect()
}

pub(super) async fn carry(
    action: Action,
    spec: &Spec,
    common: &Common,
    rows: &Rows,
    given: &Map<String, Value>,
) -> Result<ExitCode, Failure> {
    if common.all || common.limit.is_some() || common.out.is_some() {
        return Err(misuse("`--all`, `--limit` and `--out` are about one call, and each row is one"));
    }
    let shape = Shape::of(action, common)?;
    let authorized = common.access.authorized(action.connector(), spec, |builder| builder).await?;
    let mut told = Told::new(common, &shape, rows.all.len());
    let stop = Arc::new(AtomicBool::new(false));
    let listening = tokio::spawn(interrupted(Arc::clone(&stop)));
    let mut outcomes = Vec::with_capacity(rows.all.len());
    let mut ended = false;
    // Why nobody can be told any more; what was done then must not go on unseen.
    let mut untold = None;
    for row in &rows.all {
        let outcome = match ended || untold.is_some() || stop.load(Ordering::Relaxed) {
            true => Outcome::NotTried,
            false => {
                let arguments = arguments(&row.given, given);
                match authorized
                    .client
                    .execute_with(action.name(), arguments.into(), CallOptions::new())
                    .await
                {
                    Ok(output) => Outcome::Done(value(&output)),
                    Err(error) => {
                        ended = ends_all(&error);
                        Outcome::of(error)
                    }
                }
            }
        };
        if untold.is_none() {
            untold = told.row(row.number, &outcome).err();
        }
        outcomes.push(match outcome {
            // What is written already is not kept: there may be many rows.
            Outcome::Done(_) if told.written.is_some() => Outcome::Done(Value::Null),
            outcome => outcome,
        });
    }
    listening.abort();
    let untold = told.end(rows, &outcomes, untold);
    authorized.settle().await?;
    let code = code(outcomes, common.access.of(spec).words().as_str())?;
    match untold {
        Some(error) if !is_unread(&*error) => Err(error),
        _ => Ok(code),
    }
}

/// The first Ctrl-C, or the system's wish that this program ends, lets the call that is under way end, so that its outcome is known; the
/// second ends the program.
async fn interrupted(stop: Arc<AtomicBool>) {
    loop {
        asked_to_end().await;
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        anstream::eprintln!("Ending after this row …");
    }
}

async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut ended) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = ended.recv() => return,
                Ok(()) = tokio::signal::ctrl_c() => return,
            }
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Tells of each row as soon as its outcome is known: what ends this program takes nothing with it.
struct Told<'a> {
    common: &'a Common,
    shape: &'a Shape,
    bar: ProgressBar,
    written: Option<Written<'a>>,
}

impl<'a> Told<'a> {
    fn new(common: &'a Common, shape: &'a Shape, rows: usize) -> Self {
        let as_it_comes = common.json || common.csv;
        // Lines on the same terminal would be written into the bar.
        let bar = match as_it_comes && std::io::stdout().is_terminal() {
            true => ProgressBar::hidden(),
            false => carry::counted(rows as u64, "rows"),
        };
        Self { common, shape, bar, written: as_it_comes.then(|| Written::new(shape, common.csv)) }
    }

    fn row(&mut self, number: usize, outcome: &Outcome) -> Result<(), Failure> {
        let problem = match outcome {
            _ if self.common.json => None,
            Outcome::Done(_) | Outcome::NotTried => None,
            Outcome::Failed(error) => Some(told(error)),
            Outcome::Unknown(error) => {
                Some(format!("nobody knows whether it was carried out: {}", told(error)))
            }
        };
        if let Some(problem) = problem {
            self.bar.suspend(|| anstream::eprintln!("row {number}: {}", printable(&problem)));
        }
        if !matches!(outcome, Outcome::NotTried) {
            self.bar.inc(1);
        }
        let Some(written) = &mut self.written else { return Ok(()) };
        match outcome {
            outcome if self.common.json => written.item(&as_json(number, outcome))?,
            Outcome::Done(value) => records(value).try_for_each(|record| written.item(record))?,
            _ => {}
        }
        written.flush()
    }

    /// The table, and which rows were done; gives why the rows could not be written, if they could not.
    fn end(self, rows: &Rows, outcomes: &[Outcome], untold: Option<Failure>) -> Option<Failure> {
        self.bar.finish_and_clear();
        let untold = match self.written {
            Some(written) => untold.or_else(|| written.end().err()),
            None => {
                let done = outcomes.iter().filter_map(|outcome| match outcome {
                    Outcome::Done(value) => Some(value),
                    _ => None,
                });
                let records: Vec<Value> = done.flat_map(records).cloned().collect();
                if !records.is_empty() {
                    anstream::println!("{}", self.shape.many(&records));
                }
                untold
            }
        };
        if !self.common.json || untold.is_some() {
            tell(rows, outcomes);
        }
        untold
    }
}

/// The records of a call's answer.
fn records(value: &Value) -> std::slice::Iter<'_, Value> {
    match value {
        Value::Array(items) => items.iter(),
        Value::Null => [].iter(),
        value => std::slice::from_ref(value).iter(),
    }
}

fn value(output: &Output) -> Value {
    match output {
        Output::Page(page) => output::json(&page.items).into(),
        other => other.json(),
    }
}

/// Whether the next row would end the same way: it is not about this one.
fn ends_all(error: &Error) -> bool {
    match error {
        Error::Api(api) => api.status == 401 || !api.missing_scopes.is_empty(),
        Error::Authorization(_)
        | Error::AuthorizationRequired(_)
        | Error::MissingScopes(_)
        | Error::Configuration(_)
        | Error::Connect { .. }
        | Error::DeadlineExceeded { .. } => true,
        _ => false,
    }
}

/// Tells which rows were done and which were not.
fn tell(rows: &Rows, outcomes: &[Outcome]) {
    let of = |wanted: fn(&Outcome) -> bool| {
        let numbers = rows.all.iter().zip(outcomes).filter(|(_, outcome)| wanted(outcome));
        numbers.map(|(row, _)| row.number).collect::<Vec<_>>()
    };
    let done = of(|outcome| matches!(outcome, Outcome::Done(_)));
    let not_done = of(|outcome| !matches!(outcome, Outcome::Done(_)));
    let not_tried = of(|outcome| matches!(outcome, Outcome::NotTried));
    let total = outcomes.len();
    if !not_done.is_empty() {
        anstream::eprintln!("done: {}", ranges(&done));
        anstream::eprintln!("not done: {}", ranges(&not_done));
    }
    if !not_tried.is_empty() {
        anstream::eprintln!("not tried: {}", ranges(&not_tried));
    }
    anstream::eprintln!("{} of {total} done.", done.len());
}

/// `rows 2-5, 7`: few words for many rows.
fn ranges(numbers: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => ranges.push((number, number)),
        }
    }
    let words = ranges.iter().map(|(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    let words: Vec<_> = words.collect();
    if words.is_empty() { "none".to_owned() } else { format!("rows {}", words.join(", ")) }
}

fn as_json(number: usize, outcome: &Outcome) -> Value {
    let mut json = match outcome {
        Outcome::Done(value) => json!({ "outcome": "done", "result": value }),
        Outcome::Failed(Error::Api(api)) => json!({
            "outcome": "refused", "message": api.message, "category": api.category, "error": api.to_string(),
        }),
        Outcome::Failed(error) => json!({ "outcome": "failed", "message": told(error) }),
        Outcome::Unknown(error) => json!({ "outcome": "unknown", "message": told(error) }),
        Outcome::NotTried => json!({ "outcome": "not_tried" }),
    };
    json["row"] = number.into();
    json
}

/// The exit code; where nothing was done and one error is why, that error.
fn code(outcomes: Vec<Outcome>, words: &str) -> Result<ExitCode, Failure> {
    let is_done = |outcome: &Outcome| matches!(outcome, Outcome::Done(_));
    if outcomes.iter().all(is_done) {
        return Ok(ExitCode::SUCCESS);
    }
    if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Unknown(_))) {
        return Ok(ExitCode::from(trouble::UNKNOWN));
    }
    if !outcomes.iter().any(is_done) {
        let last = outcomes.into_iter().rev().find_map(|outcome| match outcome {
            Outcome::Failed(error) if ends_all(&error) => Some(error),
            _ => None,
        });
        if let Some(error) = last {
            return Err(trouble::advised(Box::new(error), words));
        }
    }
    Ok(ExitCode::from(trouble::PARTLY))
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn rows_are_told_in_few_words() {
        assert_eq!(ranges(&[2, 3, 4, 7, 9, 10]), "rows 2-4, 7, 9-10");
        assert_eq!(ranges(&[]), "none");
    }
}
