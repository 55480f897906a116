//! Spans and figures of calls, with OpenTelemetry's names.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock};
use std::thread::{self, ThreadId};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use typed_connector::{Attempt, CallOptions, Observer, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::{contacts, deals};

use crate::client;

/// A span: its name, its parent and its fields as they were recorded.
#[derive(Debug, Clone, Default)]
struct Seen {
    id: u64,
    name: &'static str,
    parent: Option<u64>,
    fields: BTreeMap<&'static str, String>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

/// Collects the runtime's spans of all threads, each of which runs one test.
struct Spans;

static SEEN: Mutex<Vec<(ThreadId, Seen)>> = Mutex::new(Vec::new());

/// For the whole process, before any test has made a call: tracing remembers for each span whether anybody wants it, and where
/// tests have subscribers of their own, asks only the one of the thread that comes first.
pub(crate) fn watch() {
    static WATCHED: OnceLock<()> = OnceLock::new();
    WATCHED.get_or_init(|| tracing_subscriber::registry().with(Spans).init());
}

impl<S: tracing::Subscriber> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if !attributes.metadata().target().starts_with("typed_connector") {
            return;
        }
        let parent = context.current_span().id().map(Id::into_u64);
        let mut seen =
            Seen { id: id.into_u64(), name: attributes.metadata().name(), parent, ..Seen::default() };
        attributes.record(&mut seen);
        SEEN.lock().unwrap().push((thread::current().id(), seen));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        if let Some((_, seen)) = SEEN.lock().unwrap().iter_mut().rfind(|(_, seen)| seen.id == id.into_u64()) {
            values.record(seen);
        }
    }
}

/// Those of this thread.
fn take() -> Vec<Seen> {
    let this = thread::current().id();
    SEEN.lock().unwrap().extract_if(.., |(thread, _)| *thread == this).map(|(_, seen)| seen).collect()
}

#[track_caller]
fn assert_fields(seen: &Seen, expected: &[(&str, &str)]) {
    let fields: Vec<_> = seen.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(fields, expected);
}

#[tokio::test]
async fn a_call_is_a_span_and_each_attempt_is_one_in_it() {
    let sandbox = Sandbox::builder().seed(1).start().await.unwrap();
    let client = client(&sandbox).build().unwrap();
    let (address, port) = (sandbox.addr().ip().to_string(), sandbox.addr().port().to_string());

    sandbox.inject(Fault::status(503));
    client.execute(deals::List::new()).await.unwrap();
    let seen = take();
    let [call, first, second] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((call.name, first.name, second.name), ("call", "attempt", "attempt"));
    assert_eq!((first.parent, second.parent), (Some(call.id), Some(call.id)));
    assert_fields(call, &[("otel.name", "deals.list"), ("otel.kind", "internal")]);
    let template = "/crm/objects/2026-09/deals";
    let (name, full) = (format!("GET {template}"), format!("{}{template}", sandbox.url()));
    let common = [
        ("otel.name", &*name),
        ("otel.kind", "client"),
        ("http.request.method", "GET"),
        ("server.address", &address),
        ("server.port", &port),
        ("url.full", &full),
        ("url.template", template),
        ("network.protocol.version", "1.1"),
    ];
    let failed = [("http.response.status_code", "503"), ("error.type", "503"), ("otel.status_code", "ERROR")];
    assert_fields(first, &[&common[..], &failed].concat());
    let again = [("http.response.status_code", "200"), ("http.request.resend_count", "1")];
    assert_fields(second, &[&common[..], &again].concat());
}

#[tokio::test]
async fn no_span_shows_an_argument_and_errors_are_of_few_kinds() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox).retry(RetryPolicy::none()).build().unwrap();

    let by_email = contacts::Get::new("ada@example.com").id_property("email");
    client.execute(by_email).await.unwrap_err();
    sandbox.inject(Fault::cut());
    client.execute(contacts::Create::new().email("ada@example.com")).await.unwrap_err();
    sandbox.inject(Fault::latency(Duration::from_secs(5)));
    let options = CallOptions::new().timeout(Duration::from_millis(50));
    client.execute_with(contacts::Create::new().email("ada@example.com"), options).await.unwrap_err();
    sandbox.inject(Fault::status(200).body("<html>"));
    client.execute(deals::List::new()).await.unwrap_err();
    sandbox.shutdown().await;
    client.execute(deals::List::new()).await.unwrap_err();

    let seen = take();
    let kinds = |name: &str| {
        let of = seen.iter().filter(|seen| seen.name == name);
        of.map(|seen| seen.fields.get("error.type").cloned().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(kinds("attempt"), ["404", "outcome_unknown", "timeout", "", "connect"]);
    assert_eq!(kinds("call")[..3], ["404", "outcome_unknown", "timeout"]);
    assert_eq!(seen[1].fields["url.template"], "/crm/objects/2026-09/contacts/{contact_id}");
    for seen in &seen {
        assert!(!format!("{seen:?}").contains("ada"), "{seen:?}");
    }
}

#[derive(Clone, Default)]
struct Figures(Arc<Mutex<Vec<Attempt>>>);

impl Observer for Figures {
    fn after(&self, attempt: &Attempt) {
        self.0.lock().unwrap().push(attempt.clone());
    }
}

#[tokio::test]
async fn an_observer_has_what_the_metric_of_a_request_needs() {
    let sandbox = Sandbox::start().await.unwrap();
    let figures = Figures::default();
    let client = client(&sandbox).observer(figures.clone()).build().unwrap();
    sandbox.inject(Fault::status(429));
    sandbox.inject(Fault::cut());
    client.execute(deals::List::new()).await.unwrap();
    let seen = figures.0.lock().unwrap();
    let kinds: Vec<_> = seen.iter().map(Attempt::error_type).collect();
    assert_eq!(kinds, [Some("429"), Some("transport"), None]);
    for attempt in &*seen {
        assert_eq!((attempt.action, attempt.method), ("deals.list", "GET"));
        let server = (attempt.server_address.clone(), attempt.server_port);
        assert_eq!(server, (sandbox.addr().ip().to_string(), sandbox.addr().port()));
        assert!(attempt.duration > Duration::ZERO);
    }
}
