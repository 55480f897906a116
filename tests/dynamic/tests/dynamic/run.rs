//! A call twice, once in Rust's types and once as JSON, to a server that notes what it received.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use typed_connector::dynamic::{self, Connector, Output};
use typed_connector::{
    Action, Batch, CallOptions, Client, ClientBuilder, Error, Page, PermittedBy, RetryPolicy,
};
use typed_connector_tests::watch;
use typed_connector_tests::wire::{Received, Reply, Server};

/// What both read of an answer, as the API writes it.
pub(crate) trait Wire {
    fn wire(&self) -> Value;
}

impl Wire for () {
    fn wire(&self) -> Value {
        Value::Null
    }
}

impl Wire for Value {
    fn wire(&self) -> Value {
        self.clone()
    }
}

/// Records.
macro_rules! records {
    ($($ty:ty),*) => {
        $(impl $crate::run::Wire for $ty {
            fn wire(&self) -> serde_json::Value {
                typed_connector::Record::to_json(self)
            }
        })*
    };
}
pub(crate) use records;

impl Wire for dynamic::Item {
    fn wire(&self) -> Value {
        Self::wire(self)
    }
}

impl<T: Wire> Wire for Page<T> {
    fn wire(&self) -> Value {
        let items: Vec<_> = self.items.iter().map(Wire::wire).collect();
        json!([items, self.next, self.total, format!("{:?}", self.extra)])
    }
}

impl<T: Wire> Wire for Batch<T> {
    fn wire(&self) -> Value {
        let results: Vec<_> = self.results.iter().map(Wire::wire).collect();
        json!([results, format!("{:?} {:?}", self.errors, self.extra)])
    }
}

impl Wire for Output {
    fn wire(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Value(item) => item.wire(),
            Self::Page(page) => page.wire(),
            Self::Batch(batch) => batch.wire(),
            other => panic!("{other:?}"),
        }
    }
}

pub(crate) struct Run<C> {
    pub(crate) server: Server,
    answer: Arc<Mutex<Reply>>,
    typed: Client<C>,
    pub(crate) dynamic: dynamic::Client,
}

impl<C: typed_connector::Connector> Run<C> {
    pub(crate) async fn start(connector: Connector) -> Self {
        let answer = Arc::new(Mutex::new(Reply::HangUp));
        let reply = Arc::clone(&answer);
        let server = Server::start(move |_| reply.lock().expect("no test panics with it").clone()).await;
        watch::begin();
        let (typed, dynamic) = (settings(Client::builder(), &server), settings(connector.client(), &server));
        Self { server, answer, typed, dynamic }
    }

    pub(crate) fn answer(&self, reply: Reply) {
        *self.answer.lock().expect("no test panics with it") = reply;
    }

    pub(crate) async fn typed<A: Action + PermittedBy<C>>(
        &self,
        action: A,
        reply: Reply,
    ) -> Result<A::Output, Error> {
        self.answer(reply);
        self.typed.execute(action).await
    }

    pub(crate) async fn dynamic(&self, action: &str, arguments: Value, reply: Reply) -> Result<Value, Error> {
        self.answer(reply);
        self.dynamic.execute(action, arguments).await
    }

    /// Makes the call twice; the answer is this one.
    pub(crate) async fn compare<A>(&self, typed: A, arguments: Value, reply: Reply)
    where
        A: Action + PermittedBy<C>,
        A::Output: Wire,
    {
        let name = A::META.name;
        let output = self.typed(typed, reply.clone()).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        let sent = self.server.last();
        self.answer(reply);
        let read = self.dynamic.execute_with(name, arguments, CallOptions::default()).await;
        let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(request(&self.server.last()), request(&sent), "{name}");
        assert_eq!(read.wire(), output.wire(), "{name}");
    }
}

fn settings<C, H>(builder: ClientBuilder<C, H>, server: &Server) -> Client<C, H> {
    let builder = builder.base_url(server.url()).access_token("t").retry(RetryPolicy::none());
    builder.rate_limits(false).build().expect("the settings are sound")
}

/// A request without what is another each time: the order of headers, the boundary between parts, and the key of a call.
fn request(request: &Received) -> (String, Vec<(String, String)>, String) {
    let Received { line, mut headers, body } = request.clone();
    headers.sort();
    let mut body = String::from_utf8_lossy(&body).into_owned();
    for (name, value) in &mut headers {
        if name == "idempotency-key" {
            *value = format!("{} characters", value.len());
        }
        if let Some((start, boundary)) = value.split_once("boundary=") {
            body = body.replace(boundary, "…");
            *value = start.to_owned();
        }
    }
    (line, headers, body)
}
