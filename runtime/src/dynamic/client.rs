//! The client of a connector that was loaded at run time.

use std::sync::Arc;

use serde_json::Value;

use super::answer::{self, Output};
use super::arguments::arguments;
use super::{Action, Connector, Item, filter, model};
use crate::client::{BatchCall, Call, ItemStream, Reader};
use crate::error::Error;
use crate::meta::TokenPlace;
use crate::pipeline::{CallOptions, Core};
use crate::value::{Args, Datum};

/// Executes the actions of a connector that was loaded at run time; made by [`Connector::client`].
///
/// Where a connection tells which scopes were granted, an action that needs others ends in [`Error::MissingScopes`], and nothing is
/// sent.
pub type Client = crate::Client<(), Connector>;

/// Settings of a [`Client`].
pub type ClientBuilder = crate::ClientBuilder<(), Connector>;

/// What stands for a secret where a request is shown.
const MASKED: &str = "•••";

/// The same as it stands in an address.
const MASKED_IN_URL: &str = "%E2%80%A2%E2%80%A2%E2%80%A2";

/// A request as it would be sent, without its secrets: the token, arguments that the spec calls sensitive wherever they travel, and the
/// values with which a filter compares sensitive properties. `•••` stands in their place, in every place as it is here.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Preview {
    /// HTTP's method.
    pub method: String,
    /// The address, query included.
    pub url: String,
    /// Headers by name, as far as they are known before sending.
    pub headers: Vec<(String, String)>,
    /// The body, if there is one.
    pub body: Option<Vec<u8>>,
}

impl Client {
    /// The connector.
    #[must_use]
    pub const fn connector(&self) -> Connector {
        self.handle
    }

    /// Executes an action, and gives its output as JSON; see [`Output::json`].
    ///
    /// # Errors
    /// [`Error::Configuration`] where there is no such action, [`Error::InvalidArguments`], and the others as for generated actions.
    pub fn execute(&self, action: &str, arguments: Value) -> Call<Value> {
        self.run(action, arguments, CallOptions::default(), |answer, action| {
            answer::output(answer, action).map(|output| output.json())
        })
    }

    /// The same with settings for this call, and its output in parts.
    ///
    /// # Errors
    /// See [`execute`](Self::execute).
    pub fn execute_with(&self, action: &str, arguments: Value, options: CallOptions) -> Call<Output> {
        self.run(action, arguments, options, answer::output)
    }

    fn run<T: Send + 'static>(
        &self,
        action: &str,
        arguments: Value,
        options: CallOptions,
        read: fn(&crate::Answer, Action) -> Result<T, crate::DecodeError>,
    ) -> Call<T> {
        match self.prepared(action, arguments) {
            Ok((action, args)) => {
                let reader = Reader::Dynamic(read, action);
                Call::new(&self.core, action.meta(), args, Some(options), reader)
            }
            Err(error) => Call::failed(error),
        }
    }

    /// All elements of a list, page by page; see [`Client::stream`](crate::Client::stream).
    ///
    /// # Errors
    /// [`Error::Configuration`] where there is no such action or it is no list, and [`Error::InvalidArguments`].
    pub fn stream(&self, action: &str, arguments: Value) -> Result<ItemStream<Item>, Error> {
        let (action, args) = self.prepared(action, arguments)?;
        if !matches!(action.model().output, model::Output::Page { .. }) {
            return Err(Error::Configuration(format!("{} has no pages; execute it", action.name())));
        }
        let reader = Reader::Dynamic(answer::page, action);
        Ok(ItemStream::new(Arc::clone(&self.core), action.meta(), args, reader))
    }

    /// A batch of any size, with an outcome for each input; see [`Client::batch`](crate::Client::batch).
    ///
    /// # Errors
    /// [`Error::Configuration`] where there is no such action or it is no batch, and [`Error::InvalidArguments`].
    pub fn batch(&self, action: &str, arguments: Value) -> Result<BatchCall<Item>, Error> {
        let (action, args) = self.prepared(action, arguments)?;
        if action.meta().batch.is_none() {
            return Err(Error::Configuration(format!("{} is no batch; execute it", action.name())));
        }
        let reader = Reader::Dynamic(answer::batch, action);
        Ok(BatchCall::new(Arc::clone(&self.core), action.meta(), args, reader))
    }

    /// The request that [`execute`](Self::execute) would send, with its secrets masked. Nothing is sent.
    ///
    /// # Errors
    /// As for `execute`, as far as they show before sending.
    pub fn preview(&self, action: &str, arguments: Value) -> Result<Preview, Error> {
        let (action, args) = self.prepared(action, arguments)?;
        let request = self.core.preview(action.meta(), masked(action, &args))?;
        let headers = request.headers().iter();
        let mut headers: Vec<_> = headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        // Nothing that is escaped reads as the mark.
        let mut url = request.url().to_string().replace(MASKED_IN_URL, MASKED);
        if self.core.credentials.are_used() {
            match self.core.connector.token {
                TokenPlace::Bearer => headers.push(("authorization".to_owned(), format!("Bearer {MASKED}"))),
                TokenPlace::Basic => headers.push(("authorization".to_owned(), format!("Basic {MASKED}"))),
                TokenPlace::Header(name) => headers.push((name.to_ascii_lowercase(), MASKED.to_owned())),
                TokenPlace::Query(name) => {
                    let sign = if request.url().query().is_some() { '&' } else { '?' };
                    url.push_str(&format!("{sign}{name}={MASKED}"));
                }
            }
        }
        headers.sort();
        let body = request.body().and_then(reqwest::Body::as_bytes).map(<[u8]>::to_vec);
        Ok(Preview { method: request.method().to_string(), url, headers, body })
    }

    /// The action of this name with these arguments.
    fn prepared(&self, action: &str, json: Value) -> Result<(Action, Args), Error> {
        let action = self.handle.action(action)?;
        match arguments(action, json) {
            Ok(args) => Ok((action, args)),
            Err(problems) => {
                let error = Error::InvalidArguments { action: action.name(), problems };
                Core::failed(&self.core, action.meta(), &error);
                Err(error)
            }
        }
    }
}

/// The arguments without what is nobody's to see.
fn masked(action: Action, args: &Args) -> Args {
    let mut masked = args.masked(MASKED);
    let model = action.connector().model();
    for (index, field) in (0u16..).zip(action.model().arguments()) {
        let datum = masked.get(index).map(|datum| without_compared(model, &field.ty, datum));
        masked.put(index, datum);
    }
    masked
}

/// A value without what its filters compare sensitive properties with.
fn without_compared(model: &'static model::Connector, ty: &model::FieldType, datum: &Datum) -> Datum {
    use model::FieldType::{Array, Filter, Map};
    match (ty, datum) {
        (Filter(of), Datum::Filter(groups)) => match model.object(*of) {
            Some(object) => Datum::Filter(filter::masked(object, groups, MASKED)),
            None => datum.clone(),
        },
        (Array(inner), Datum::List(items)) => {
            Datum::List(items.iter().map(|item| without_compared(model, inner, item)).collect())
        }
        (Map(inner), Datum::Map(entries)) => {
            let entry = |(key, value): &(String, Datum)| (key.clone(), without_compared(model, inner, value));
            Datum::Map(entries.iter().map(entry).collect())
        }
        _ => datum.clone(),
    }
}
