//! Any number of records in as many requests as it takes, and what became of each.

use std::collections::HashMap;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt as _;

use super::call::Call;
use super::{Reader, select};
use crate::batch::{Batch, BatchError, BatchReport, Outcome};
use crate::error::Error;
use crate::meta::{ActionMeta, BatchMeta, BatchProperty, Effect};
use crate::pipeline::{CallOptions, Core};
use crate::value::{Args, Datum, Element, Format, Node, Raw, Record, Slot, text};

/// A batch of any size on its way; made by [`Client::batch`](crate::Client::batch). Dropping its future cancels what has not been
/// sent.
#[must_use = "a batch does nothing until it is awaited"]
pub struct BatchCall<T> {
    core: Arc<Core>,
    action: &'static ActionMeta,
    args: Args,
    reader: Reader<Batch<T>>,
    concurrency: usize,
    options: CallOptions,
}

impl<T: Element + Clone + Send> BatchCall<T> {
    pub(crate) fn new(
        core: Arc<Core>,
        action: &'static ActionMeta,
        args: Args,
        reader: Reader<Batch<T>>,
    ) -> Self {
        Self { core, action, args, reader, concurrency: 4, options: CallOptions::default() }
    }

    /// So many requests at once, at least one; 4 unless set. Rate limits hold all the same.
    pub const fn concurrency(mut self, requests: usize) -> Self {
        self.concurrency = if requests == 0 { 1 } else { requests };
        self
    }

    /// Settings of each request's call.
    pub fn options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    async fn run(self) -> BatchReport<T> {
        let Self { core, action, args, reader, concurrency, options } = self;
        let Some(meta) = action.batch else { return BatchReport::of(0) };
        let (count, chunks) = chunks(action, meta, args);
        let mut report = BatchReport::of(count);
        let calls = chunks.into_iter().map(|(names, args)| {
            let options = options.of_part(names.first);
            let call = Call::new(&core, action, args, Some(options), reader);
            async move { (names, call.await) }
        });
        let mut calls = futures_util::stream::iter(calls).buffer_unordered(concurrency);
        while let Some((names, outcome)) = calls.next().await {
            match outcome {
                Ok(batch) => settle(&mut report, meta, names, batch),
                Err(error) => fail(&mut report, action, &names, error),
            }
        }
        report
    }
}

impl<T: Element + Clone + Send> IntoFuture for BatchCall<T> {
    type Output = BatchReport<T>;
    type IntoFuture = Pin<Box<dyn Future<Output = BatchReport<T>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<T> std::fmt::Debug for BatchCall<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchCall").field("action", &self.action.name).finish_non_exhaustive()
    }
}

/// By what the inputs of one request are found again.
struct Names {
    /// The place of its first input among all.
    first: usize,
    inputs: Vec<Name>,
}

struct Name {
    /// The mark that comes back.
    mark: Option<String>,
    id: Option<String>,
    /// The property of which the id is a value.
    property: Option<String>,
}

/// The number of inputs, and the arguments of each request with the names of its inputs.
fn chunks(action: &ActionMeta, meta: BatchMeta, mut args: Args) -> (usize, Vec<(Names, Args)>) {
    let Some(Datum::List(mut inputs)) = args.remove(meta.inputs) else { return (0, Vec::new()) };
    let argument = |args: &Args, index: u16| args.get(index).map(|datum| text(datum, &Format::PLAIN));
    let for_all = match meta.id.and_then(|id| id.property) {
        Some(BatchProperty::Argument(index)) => argument(&args, index),
        _ => None,
    };
    if let (Some(property), Some(select)) = (&for_all, meta.id.and_then(|id| id.select)) {
        select::also(action, &mut args, select, property);
    }
    let count = inputs.len();
    let mut chunks = Vec::new();
    let mut first = 0;
    while !inputs.is_empty() {
        let rest = inputs.split_off(inputs.len().min(meta.max.max(1) as usize));
        let mut chunk = std::mem::replace(&mut inputs, rest);
        let name = |(place, input): (usize, &mut Datum)| {
            let mut name = Name { mark: None, id: None, property: for_all.clone() };
            let Datum::Object(input) = input else { return name };
            if let Some(trace) = meta.trace {
                if input.get(trace.input).is_none() {
                    input.put(trace.input, Some(Datum::Text(format!("typed-connector-{place}"))));
                }
                name.mark = argument(input, trace.input);
            }
            if let Some(id) = meta.id {
                name.id = argument(input, id.input);
                if let Some(BatchProperty::Input(index)) = id.property {
                    name.property = argument(input, index);
                }
            }
            name
        };
        let names = Names { first, inputs: (first..).zip(&mut chunk).map(name).collect() };
        first += chunk.len();
        let mut args = args.clone();
        args.put(meta.inputs, Some(Datum::List(chunk)));
        chunks.push((names, args));
    }
    (count, chunks)
}

/// A request that failed: all its inputs did, or nobody knows.
fn fail<T>(report: &mut BatchReport<T>, action: &ActionMeta, names: &Names, error: Error) {
    // A success that cannot be read is one all the same.
    let may_have_acted = match &error {
        Error::OutcomeUnknown { .. } => true,
        Error::Decode(_) => action.effect != Effect::Read,
        _ => false,
    };
    let error = Arc::new(error);
    for outcome in report.outcomes.iter_mut().skip(names.first).take(names.inputs.len()) {
        let error = Arc::clone(&error);
        *outcome = if may_have_acted { Outcome::Unknown(error) } else { Outcome::Failed(error) };
    }
}

/// Gives each input of an answered request its own result or error.
fn settle<T: Element + Clone>(report: &mut BatchReport<T>, meta: BatchMeta, names: Names, batch: Batch<T>) {
    let outcomes = &mut report.outcomes[names.first..][..names.inputs.len()];
    if !meta.results {
        // Without results and errors, success is that of all.
        if batch.errors.is_empty() {
            for outcome in outcomes {
                *outcome = T::from_raw(Raw::Null, &Format::PLAIN).map_or(Outcome::Untold, Outcome::Done);
            }
        }
        report.unmatched_errors.extend(batch.errors);
        return;
    }
    let finder = Finder::new(meta, names.inputs);
    for mut result in batch.results {
        match Element::record(&mut result).map_or(&[][..], |record| finder.of_result(record)) {
            [] => report.unmatched.push(result),
            [place] => outcomes[*place] = Outcome::Done(result),
            // The same record was asked for more than once.
            places => places.iter().for_each(|place| outcomes[*place] = Outcome::Done(result.clone())),
        }
    }
    for error in batch.errors {
        let places = finder.of_error(&error);
        let error = Arc::new(error);
        for place in &places {
            outcomes[*place] = Outcome::Refused(Arc::clone(&error));
        }
        if places.is_empty() {
            report.unmatched_errors.extend(Arc::into_inner(error));
        }
    }
    // One input, one outcome: there is nothing to confuse.
    if let [outcome @ Outcome::Untold] = outcomes {
        match (report.unmatched.len(), report.unmatched_errors.len()) {
            (1, 0) => *outcome = report.unmatched.pop().map_or(Outcome::Untold, Outcome::Done),
            (0, 1) => {
                let error = report.unmatched_errors.pop().map(Arc::new);
                *outcome = error.map_or(Outcome::Untold, Outcome::Refused);
            }
            _ => {}
        }
    }
}

/// Finds the inputs that results and errors are about.
struct Finder {
    meta: BatchMeta,
    /// Places by mark; none where several have the same.
    marks: HashMap<String, Vec<usize>>,
    /// Places by property and id; the record's own id without a property.
    ids: HashMap<Option<String>, HashMap<String, Vec<usize>>>,
}

impl Finder {
    fn new(meta: BatchMeta, inputs: Vec<Name>) -> Self {
        let mut finder = Self { meta, marks: HashMap::new(), ids: HashMap::new() };
        for (place, Name { mark, id, property }) in inputs.into_iter().enumerate() {
            if let Some(mark) = mark {
                finder.marks.entry(mark).or_default().push(place);
            }
            if let Some(id) = id {
                let id = same(&id, property.as_deref());
                finder.ids.entry(property).or_default().entry(id).or_default().push(place);
            }
        }
        // Marks of the user's own that are not unique mark nothing.
        finder.marks.retain(|_, places| places.len() == 1);
        finder
    }

    fn of_result(&self, record: &dyn Record) -> &[usize] {
        let field =
            |index: u16| record.value(index).and_then(Slot::datum).map(|datum| text(&datum, &Format::TEXT));
        let mark = self.meta.trace.and_then(|trace| field(trace.result));
        if let Some(places) = mark.and_then(|mark| self.marks.get(&mark)) {
            return places;
        }
        let Some(id) = self.meta.id else { return &[] };
        let by_id = self.ids.iter().find_map(|(property, places)| {
            let value = match property {
                None => field(id.result),
                Some(name) => property_text(record, name),
            };
            places.get(&same(&value?, property.as_deref()))
        });
        by_id.map_or(&[], Vec::as_slice)
    }

    fn of_error(&self, error: &BatchError) -> Vec<usize> {
        let named = |pointer: &str| match error.raw.pointer(pointer) {
            Some(serde_json::Value::Array(names)) => names.iter().filter_map(name).collect(),
            Some(one) => name(one).into_iter().collect::<Vec<_>>(),
            None => Vec::new(),
        };
        let mut places: Vec<usize> = Vec::new();
        for mark in self.meta.trace.map(|trace| named(trace.error)).unwrap_or_default() {
            places.extend(self.marks.get(&mark).into_iter().flatten());
        }
        if places.is_empty() {
            let pointer = self.meta.id.and_then(|id| id.error);
            for id in pointer.map(named).unwrap_or_default() {
                let found =
                    self.ids.iter().find_map(|(property, ids)| ids.get(&same(&id, property.as_deref())));
                places.extend(found.into_iter().flatten());
            }
        }
        places
    }
}

fn name(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Values of unique properties are the same in upper and lower case: HubSpot answers email addresses in lower case.
fn same(id: &str, property: Option<&str>) -> String {
    if property.is_some() { id.trim().to_lowercase() } else { id.to_owned() }
}

/// A record's value of a property, declared or not.
fn property_text(record: &dyn Record, property: &str) -> Option<String> {
    if let Some(Node::Field(_, index)) = Node::find(record.shape().properties(), property) {
        return record.value(*index)?.datum().map(|datum| text(&datum, &Format::TEXT));
    }
    record.extra().get(property).and_then(name)
}
