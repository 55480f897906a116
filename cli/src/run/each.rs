//! One call for each row: what became of every one of them is told, whatever happens.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Map, Value, json};
use typed_connector::dynamic::{Action, Client, Output};
use typed_connector::{CallOptions, Error};

use super::access::Spec;
use super::output::{self, Shape, Written};
use super::rows::Rows;
use super::shown::printable;
use super::{Common, carry, trouble};
use crate::{Failure, misuse, print_json, told};

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
    let client = common.access.client(action.connector(), spec).await?;
    let stop = Arc::new(AtomicBool::new(false));
    let listening = tokio::spawn(interrupted(Arc::clone(&stop)));
    let outcomes = all(action, &client, rows, given, &stop).await;
    listening.abort();
    let done: Vec<&Value> = outcomes
        .iter()
        .filter_map(|outcome| match outcome {
            Outcome::Done(value) => Some(value),
            _ => None,
        })
        .collect();
    if common.json {
        print_json(&json!({ "rows": as_json(rows, &outcomes) }))?;
    } else {
        show(common, &shape, &done)?;
        tell(rows, &outcomes, done.len());
    }
    code(outcomes, common.access.of(spec).words().as_str())
}

/// The first Ctrl-C lets the call that is under way end, so that its outcome is known; the second ends the program.
async fn interrupted(stop: Arc<AtomicBool>) {
    while tokio::signal::ctrl_c().await.is_ok() {
        if stop.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        anstream::eprintln!("Ending after this row …");
    }
}

async fn all(
    action: Action,
    client: &Client,
    rows: &Rows,
    given: &Map<String, Value>,
    stop: &AtomicBool,
) -> Vec<Outcome> {
    let bar = carry::counted(rows.all.len() as u64, "rows");
    let mut outcomes = Vec::with_capacity(rows.all.len());
    let mut ended = false;
    for row in &rows.all {
        if ended || stop.load(Ordering::Relaxed) {
            outcomes.push(Outcome::NotTried);
            continue;
        }
        let arguments = arguments(&row.given, given);
        let outcome = client.execute_with(action.name(), arguments.into(), CallOptions::new()).await;
        outcomes.push(match outcome {
            Ok(output) => Outcome::Done(value(&output)),
            Err(error) => {
                ended = ends_all(&error);
                Outcome::of(error)
            }
        });
        bar.inc(1);
    }
    bar.finish_and_clear();
    outcomes
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

fn show(common: &Common, shape: &Shape, done: &[&Value]) -> Result<(), Failure> {
    let records = done.iter().flat_map(|value| match value {
        Value::Array(items) => items.iter().collect(),
        Value::Null => Vec::new(),
        value => vec![*value],
    });
    if common.csv {
        let mut written = Written::new(shape, true);
        records.into_iter().try_for_each(|item| written.item(item))?;
        return written.end();
    }
    let records: Vec<Value> = records.cloned().collect();
    if !records.is_empty() {
        anstream::println!("{}", shape.many(&records));
    }
    Ok(())
}

/// Tells what was not done, and how much was.
fn tell(rows: &Rows, outcomes: &[Outcome], done: usize) {
    for (row, outcome) in rows.all.iter().zip(outcomes) {
        let number = row.number;
        match outcome {
            Outcome::Done(_) | Outcome::NotTried => {}
            Outcome::Failed(error) => anstream::eprintln!("row {number}: {}", printable(&told(error))),
            Outcome::Unknown(error) => anstream::eprintln!(
                "row {number}: nobody knows whether it was carried out: {}",
                printable(&told(error))
            ),
        }
    }
    let of = |wanted: fn(&Outcome) -> bool| {
        let numbers = rows.all.iter().zip(outcomes).filter(|(_, outcome)| wanted(outcome));
        ranges(numbers.map(|(row, _)| row.number))
    };
    let total = rows.all.len();
    if done < total {
        anstream::eprintln!("done: rows {}", of(|outcome| matches!(outcome, Outcome::Done(_))));
        anstream::eprintln!("not done: rows {}", of(|outcome| !matches!(outcome, Outcome::Done(_))));
    }
    let untried = of(|outcome| matches!(outcome, Outcome::NotTried));
    if untried != "none" {
        anstream::eprintln!("not tried: rows {untried}");
    }
    anstream::eprintln!("{done} of {total} done.");
}

/// `2-5, 7`: few words for many rows.
fn ranges(numbers: impl Iterator<Item = usize>) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for number in numbers {
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
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

fn as_json(rows: &Rows, outcomes: &[Outcome]) -> Vec<Value> {
    let json = |(row, outcome): (&super::rows::Row, &Outcome)| {
        let mut json = match outcome {
            Outcome::Done(value) => json!({ "outcome": "done", "result": value }),
            Outcome::Failed(Error::Api(api)) => json!({
                "outcome": "refused", "message": api.message, "category": api.category, "error": api.to_string(),
            }),
            Outcome::Failed(error) => json!({ "outcome": "failed", "message": told(error) }),
            Outcome::Unknown(error) => json!({ "outcome": "unknown", "message": told(error) }),
            Outcome::NotTried => json!({ "outcome": "not_tried" }),
        };
        json["row"] = row.number.into();
        json
    };
    rows.all.iter().zip(outcomes).map(json).collect()
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
        assert_eq!(ranges([2, 3, 4, 7, 9, 10].into_iter()), "2-4, 7, 9-10");
        assert_eq!(ranges(std::iter::empty()), "none");
    }
}
