//! The action on its way: once, page by page, or in batches.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{HumanDuration, ProgressBar, ProgressState, ProgressStyle};
use serde_json::{Map, Value, json};
use typed_connector::dynamic::model::Output as Kind;
use typed_connector::dynamic::{Action, Client, ClientBuilder, Item, Output, Preview};
use typed_connector::{Attempt, BatchReport, CallOptions, Observer, Outcome};

use super::access::Spec;
use super::output::{self, Shape, Written};
use super::rows::Rows;
use super::shown::printable;
use super::{Common, trouble};
use crate::{Failure, is_unread, misuse, print_json, wrap};

pub(crate) async fn carry(
    action: Action,
    spec: &Spec,
    common: &Common,
    arguments: Map<String, Value>,
    rows: Option<&Rows>,
) -> Result<ExitCode, Failure> {
    let shape = Shape::of(action, common)?;
    let watch = Watch::default();
    let observer = watch.clone();
    let is_list = matches!(action.model().output, Kind::Page { .. });
    if !is_list && (common.all || common.limit.is_some()) {
        return Err(misuse(format!(
            "{} is no list, so that `--all` and `--limit` say nothing",
            action.name()
        )));
    }
    let settings = |builder: ClientBuilder| builder.observer(observer);
    let authorized = common.access.authorized(action.connector(), spec, settings).await?;
    let client = &authorized.client;
    let done = match &action.model().output {
        Kind::Page { .. } if common.all || common.limit.is_some() => {
            stream(action, client, common, &shape, arguments).await
        }
        Kind::Batch { .. } => batch(client, common, &shape, Inputs { action, arguments, rows }, &watch).await,
        _ => once(action, client, common, &shape, arguments).await,
    };
    let settled = authorized.settle().await;
    let code = done?;
    settled.map(|()| code)
}

async fn once(
    action: Action,
    client: &Client,
    common: &Common,
    shape: &Shape,
    arguments: Map<String, Value>,
) -> Result<ExitCode, Failure> {
    let bar = spinner(action.model().title.clone());
    let output = client.execute_with(action.name(), arguments.into(), CallOptions::new()).await;
    bar.finish_and_clear();
    let output = output?;
    if let Output::Value(item) = &output
        && let Some(bytes) = item.bytes()
    {
        return write_bytes(common, bytes);
    }
    if common.json {
        print_json(&output.json())?;
        return Ok(ExitCode::SUCCESS);
    }
    match &output {
        Output::Nothing => anstream::println!("Done."),
        Output::Page(page) => {
            let items = output::json(&page.items);
            if common.csv {
                let mut written = Written::new(shape, true);
                items.iter().try_for_each(|item| written.item(item))?;
                return written.end().map(|()| ExitCode::SUCCESS);
            }
            match items.as_slice() {
                [] => anstream::println!("None."),
                items => anstream::println!("{}", shape.many(items)),
            }
            anstream::println!("{}", place(items.len(), page.total, page.next.is_some()));
        }
        Output::Value(item) if common.csv => {
            let mut written = Written::new(shape, true);
            match item.json() {
                Value::Array(items) => items.iter().try_for_each(|item| written.item(item))?,
                Value::Null => {}
                item => written.item(&item)?,
            }
            written.end()?;
        }
        Output::Value(item) => {
            anstream::println!("{}", shape.one(&item.json()));
            for warning in item.warnings() {
                let (field, expected) = (&warning.field, warning.expected);
                anstream::eprintln!("warning: `{field}` is not {expected}, as the spec has it");
            }
        }
        other => print_json(&other.json())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// How much of a list this is.
fn place(count: usize, total: Option<i64>, more: bool) -> String {
    let records = crate::check::count(count, "record");
    let total = total.filter(|total| usize::try_from(*total) != Ok(count));
    let total = total.map(|total| format!(" of {total}")).unwrap_or_default();
    match more {
        true => wrap::shown(&format!("{records}{total}; `--all` for all of them, `--limit N` for so many.")),
        false => format!("{records}{total}."),
    }
}

async fn stream(
    action: Action,
    client: &Client,
    common: &Common,
    shape: &Shape,
    arguments: Map<String, Value>,
) -> Result<ExitCode, Failure> {
    let mut stream = client.stream(action.name(), arguments.into())?.read_ahead(1);
    let as_it_comes = common.json || common.csv;
    // Lines of JSON on the same terminal would be written into the bar.
    let mut bar = match as_it_comes && std::io::stdout().is_terminal() {
        true => ProgressBar::hidden(),
        false => spinner(action.model().title.clone()),
    };
    let mut is_counted = false;
    let limit = common.limit.unwrap_or(usize::MAX);
    let mut written = as_it_comes.then(|| Written::new(shape, common.csv));
    let (mut items, mut count) = (Vec::new(), 0);
    while count < limit
        && let Some(item) = stream.try_next().await.inspect_err(|_| bar.abandon())?
    {
        count += 1;
        if !is_counted && let Some(total) = stream.total().and_then(|total| u64::try_from(total).ok()) {
            is_counted = true;
            if !bar.is_hidden() {
                bar.finish_and_clear();
                bar = counted(total.min(limit as u64), "records");
            }
        }
        bar.set_position(count as u64);
        if !is_counted {
            bar.set_message(format!("{}: {count}", action.model().title));
        }
        match &mut written {
            Some(written) => written.item(&item.json())?,
            None => items.push(item.json()),
        }
    }
    bar.finish_and_clear();
    if let Some(written) = written {
        written.end()?;
    } else if items.is_empty() {
        anstream::println!("None.");
    } else {
        anstream::println!("{}", shape.many(&items));
        anstream::println!("{}", place(count, stream.total(), false));
    }
    match stream.truncated() {
        Some(truncated) => {
            anstream::eprintln!("warning: {truncated}");
            Ok(ExitCode::from(trouble::PARTLY))
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// What a batch is given.
struct Inputs<'a> {
    action: Action,
    arguments: Map<String, Value>,
    /// Where the inputs come from, if that is a table.
    rows: Option<&'a Rows>,
}

impl Inputs<'_> {
    /// An input as people find it again.
    fn named(&self, place: usize) -> String {
        match self.row(place) {
            Some(row) => format!("row {row}"),
            None => format!("input {}", place + 1),
        }
    }

    fn row(&self, place: usize) -> Option<usize> {
        self.rows?.all.get(place).map(|row| row.number)
    }
}

async fn batch(
    client: &Client,
    common: &Common,
    shape: &Shape,
    given: Inputs<'_>,
    watch: &Watch,
) -> Result<ExitCode, Failure> {
    let Inputs { action, arguments, .. } = &given;
    let inputs = arguments.values().filter_map(Value::as_array).map(Vec::len).max().unwrap_or(0);
    let most = action.meta().batch.map_or(1, |batch| batch.max.max(1) as usize);
    let call = client.batch(action.name(), arguments.clone().into())?;
    let bar = match inputs.div_ceil(most) {
        0 | 1 => spinner(action.model().title.clone()),
        requests => counted(requests as u64, "requests"),
    };
    watch.shows(bar.clone());
    let report = call.await;
    bar.finish_and_clear();
    let done: Vec<Value> = report.done().map(|(_, item)| item.json()).collect();
    let failed: Vec<_> =
        report.not_done().map(|(place, outcome)| failure(&given.named(place), outcome)).collect();
    let unknown = report.not_done().any(|(_, outcome)| matches!(outcome, Outcome::Unknown(_)));
    let shown = batch_shown(common, shape, &report, &given, &done);
    let total = report.outcomes.len();
    if !common.json || shown.is_err() {
        for failure in &failed {
            anstream::eprintln!("{}", printable(failure));
        }
        let untold = report.unmatched_errors.iter().filter_map(|error| error.message.as_deref());
        for message in untold {
            anstream::eprintln!("of some input: {}", printable(message));
        }
        anstream::eprintln!("{} of {total} done.", done.len());
    }
    match shown {
        // The exit code tells all the same what became of the inputs.
        Err(error) if !is_unread(&*error) => return Err(error),
        _ => {}
    }
    Ok(match (done.len() == total, unknown) {
        (true, _) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(trouble::UNKNOWN),
        (false, false) => ExitCode::from(trouble::PARTLY),
    })
}

/// What was done, on standard output.
fn batch_shown(
    common: &Common,
    shape: &Shape,
    report: &BatchReport<Item>,
    given: &Inputs<'_>,
    done: &[Value],
) -> Result<(), Failure> {
    if common.json {
        return print_json(&batch_json(report, given));
    }
    if common.csv {
        let mut written = Written::new(shape, true);
        done.iter().try_for_each(|item| written.item(item))?;
        return written.end();
    }
    if done.iter().any(|item| !item.is_null()) {
        anstream::println!("{}", shape.many(done));
    }
    Ok(())
}

/// What became of an input that was not carried out.
fn failure(place: &str, outcome: &Outcome<Item>) -> String {
    match outcome {
        Outcome::Refused(error) => {
            let message =
                error.message.as_deref().or(error.category.as_deref()).unwrap_or("no reason was given");
            format!("{place}: refused: {message}")
        }
        Outcome::Failed(error) => format!("{place}: {error}"),
        Outcome::Unknown(error) => format!("{place}: nobody knows whether it was carried out: {error}"),
        _ => format!("{place}: the answer does not tell what became of it"),
    }
}

/// The outcomes in the order of the inputs.
fn batch_json(report: &BatchReport<Item>, given: &Inputs<'_>) -> Value {
    let outcome = |outcome: &Outcome<Item>| match outcome {
        Outcome::Done(item) => json!({ "outcome": "done", "result": item.json() }),
        Outcome::Refused(error) => {
            json!({ "outcome": "refused", "message": error.message, "category": error.category, "error": error.raw })
        }
        Outcome::Failed(error) => json!({ "outcome": "failed", "message": error.to_string() }),
        Outcome::Unknown(error) => json!({ "outcome": "unknown", "message": error.to_string() }),
        _ => json!({ "outcome": "untold" }),
    };
    let outcomes = report.outcomes.iter().enumerate().map(|(place, one)| {
        let mut json = outcome(one);
        if let Some(row) = given.row(place) {
            json["row"] = row.into();
        }
        json
    });
    json!({
        "outcomes": outcomes.collect::<Vec<_>>(),
        "unmatched": output::json(&report.unmatched),
        "unmatched_errors": report.unmatched_errors.iter().map(|error| error.raw.clone()).collect::<Vec<_>>(),
    })
}

fn write_bytes(common: &Common, bytes: &[u8]) -> Result<ExitCode, Failure> {
    match &common.out {
        Some(path) => {
            std::fs::write(path, bytes)
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
            anstream::eprintln!("{} bytes are in {}.", bytes.len(), path.display());
        }
        None if std::io::stdout().is_terminal() => {
            return Err(misuse(format!(
                "the answer is {} bytes, which a terminal cannot show\nhelp: name a file with `--out`, or redirect standard output",
                bytes.len()
            )));
        }
        None => std::io::stdout().write_all(bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Moves a bar by one with each request that is answered.
#[derive(Clone, Default)]
struct Watch(Arc<Mutex<Option<ProgressBar>>>);

impl Watch {
    fn shows(&self, bar: ProgressBar) {
        if let Ok(mut place) = self.0.lock() {
            *place = Some(bar);
        }
    }
}

impl Observer for Watch {
    fn after(&self, attempt: &Attempt) {
        if attempt.status.is_some_and(|status| status.is_success())
            && let Ok(bar) = self.0.lock()
            && let Some(bar) = &*bar
        {
            bar.inc(1);
        }
    }
}

pub(crate) fn spinner(what: String) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

pub(super) fn counted(length: u64, of: &str) -> ProgressBar {
    let bar = ProgressBar::new(length);
    let template = format!("{{spinner}} {{wide_bar}} {{human_pos}} of {{human_len}} {of}{{left}}");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        // Before anything is done, nobody knows how long it takes.
        let left = |state: &ProgressState, to: &mut dyn std::fmt::Write| {
            if state.pos() > 0 {
                let _ = write!(to, ", {:#} left", HumanDuration(state.eta()));
            }
        };
        bar.set_style(style.with_key("left", left));
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

/// Prints the request that would be sent.
pub(crate) fn preview(
    action: Action,
    client: &Client,
    arguments: Map<String, Value>,
) -> Result<ExitCode, Failure> {
    print_request(action, client, arguments)?;
    anstream::eprintln!("\nNothing was sent.");
    Ok(ExitCode::SUCCESS)
}

pub(super) fn print_request(
    action: Action,
    client: &Client,
    arguments: Map<String, Value>,
) -> Result<(), Failure> {
    let Preview { method, url, headers, body, .. } = client.preview(action.name(), arguments.into())?;
    anstream::println!("{method} {url}");
    for (name, value) in headers {
        anstream::println!("{name}: {value}");
    }
    if let Some(body) = body {
        let text = match serde_json::from_slice::<Value>(&body) {
            Ok(json) => serde_json::to_string_pretty(&json)?,
            Err(_) => String::from_utf8_lossy(&body).into_owned(),
        };
        anstream::println!("\n{text}");
    }
    Ok(())
}
