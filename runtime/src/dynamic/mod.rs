//! Connectors whose specs are loaded at run time: the same pipeline, checks and leniency as for generated code, with JSON in place of
//! Rust types.
//!
//! ```
//! use serde_json::json;
//! use typed_connector::dynamic::Connector;
//!
//! # async fn example(token: String) -> Result<(), Box<dyn std::error::Error>> {
//! let hubspot = Connector::shipped("hubspot")?; // or `Connector::load("specs/acme")`
//! let client = hubspot.client().access_token(token).build()?;
//!
//! let deal = client.execute("deals.create", json!({ "dealname": "Acme renewal", "dealstage": "qualifiedtobuy" })).await?;
//! println!("{}", deal["id"]);
//!
//! let large = json!({ "filterGroups": { "amount": { "gte": 1000 } }, "sorts": "-amount" });
//! let mut deals = client.stream("deals.search", large)?;
//! while let Some(deal) = deals.try_next().await? {
//!     println!("{}", deal.json());
//! }
//! # Ok(()) }
//! ```
//!
//! # Arguments
//!
//! An object of the action's arguments by their keys in the spec, as the spec's own examples have them. What the compiler checks of
//! generated code is checked here: everything that is wrong is told at once ([`Error::InvalidArguments`](crate::Error)), and nothing
//! is sent.
//!
//! | type | JSON |
//! | --- | --- |
//! | text, e-mail, URL, enum | a string; a closed enum takes no other values than its own |
//! | id | a string, or a whole number |
//! | integer, float, boolean | a number, `true`, `false` |
//! | decimal | a string, or a number: `"12.50"` |
//! | date, datetime, duration | `"2026-12-31"`, `"2026-12-31T12:00:00Z"`, `"PT1H30M"` |
//! | bytes | Base64 |
//! | file | `{ "name": "a.csv", "content_type": "text/csv", "base64": "…" }`, or `"text"` in place of `"base64"` |
//! | array, map, object, input | an array or an object, with the keys of the spec |
//! | selection | an array of names, or `"*"` for all that the spec declares |
//! | sort | a name, with `-` before it for largest first |
//! | filter | an object of conditions that must all hold; an array of such, of which one must hold (below) |
//!
//! `null` clears a field of an update. Properties of an account's own that the spec does not declare are given by name in an
//! object under `property`.
//!
//! A condition is a property with a value that it must have, or with operators: `{ "dealstage": "closedwon", "amount": { "gte": 1000,
//! "lt": 5000 } }`. Operators are `eq`, `neq`, `lt`, `lte`, `gt`, `gte`, `between` (an array of two), `in` and `not_in` (arrays), `has`
//! (`true`, or `false` for no value), `contains_token`, `not_contains_token`. An array of these at a property means that all must hold.
//!
//! # Answers
//!
//! JSON by the keys of the spec, too: see [`Item::json`] and [`Output::json`].

mod answer;
mod arguments;
mod client;
mod filter;
mod item;
mod schema;
mod tables;
mod values;

use std::path::Path;

pub use typed_connector_specs::{Diagnostics, Sources, model};

pub use self::answer::Output;
pub use self::arguments::others_key;
pub use self::client::{Client, ClientBuilder, Preview};
pub use self::item::Item;
use self::tables::{ActionTable, Tables};
use crate::error::Error;
use crate::meta::{ActionMeta, ConnectorMeta};

/// A connector whose spec was loaded at run time.
///
/// What is made of a spec stays in memory for as long as the process runs, as a generated connector does: for HubSpot's some 660 KiB.
/// Loading the same again takes no more memory; each *changed* version of a spec that is loaded does.
#[derive(Clone, Copy)]
pub struct Connector(&'static Tables);

impl Connector {
    /// The connector in a folder of specs.
    ///
    /// # Errors
    /// Everything that is wrong with the specs, each with its place.
    pub fn load(folder: impl AsRef<Path>) -> Result<Self, Diagnostics> {
        Self::from_sources(&Sources::folder(folder.as_ref())?)
    }

    /// A shipped connector.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn shipped(name: &str) -> Result<Self, Diagnostics> {
        Self::from_sources(&Sources::shipped(name)?)
    }

    /// A connector from any sources, such as a shipped one with a folder that extends it.
    ///
    /// # Errors
    /// Everything that is wrong with the specs, each with its place.
    pub fn from_sources(sources: &Sources) -> Result<Self, Diagnostics> {
        Ok(Self::from_model(typed_connector_specs::load(sources)?))
    }

    /// A connector from its checked model.
    #[must_use]
    pub fn from_model(model: model::Connector) -> Self {
        Self(Tables::of(model))
    }

    /// What the spec says.
    #[must_use]
    pub const fn model(self) -> &'static model::Connector {
        self.0.model
    }

    /// The same as generated code says it.
    #[must_use]
    pub const fn meta(self) -> &'static ConnectorMeta {
        self.0.meta
    }

    /// All actions, in the order of the files.
    pub fn actions(self) -> impl ExactSizeIterator<Item = Action> {
        self.0.actions.iter().map(move |table| Action { tables: self.0, table })
    }

    /// An action by its name, `deals.create`.
    ///
    /// # Errors
    /// [`Error::Configuration`] where there is none of that name, with the name that was probably meant.
    pub fn action(self, name: &str) -> Result<Action, Error> {
        self.actions().find(|action| action.name() == name).ok_or_else(|| {
            let title = &self.model().title;
            let near = typed_connector_specs::text::nearest(name, self.actions().map(Action::name));
            let help = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            Error::Configuration(format!("{title} has no action `{name}`{help}"))
        })
    }

    /// Whether a value is one of a type of this connector's model.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn fits(self, ty: &'static model::FieldType, value: &serde_json::Value) -> Result<(), String> {
        arguments::fits(self.0, ty, value.clone())
    }

    /// Starts a client.
    pub fn client(self) -> ClientBuilder {
        let mut builder = ClientBuilder::of(self.meta(), self);
        builder.settings.checks_scopes = true;
        builder
    }
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Connector").field(&self.model().name).finish()
    }
}

/// An action of such a connector.
#[derive(Clone, Copy)]
pub struct Action {
    tables: &'static Tables,
    table: &'static ActionTable,
}

impl Action {
    /// Its name, `deals.create`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.table.meta.name
    }

    /// What the spec says.
    #[must_use]
    pub const fn model(self) -> &'static model::Action {
        self.table.model
    }

    /// The same as generated code says it.
    #[must_use]
    pub const fn meta(self) -> &'static ActionMeta {
        self.table.meta
    }

    /// The action file that declares it.
    #[must_use]
    pub const fn module(self) -> &'static model::Module {
        self.table.module
    }

    /// The key of the argument that takes undeclared properties by name, where the action takes any: `property`, unless there is an
    /// argument of that name.
    #[must_use]
    pub fn others_key(self) -> &'static str {
        arguments::others_key(self.model().arguments())
    }

    /// Everything that is wrong with these arguments.
    #[must_use]
    pub fn problems(self, arguments: &serde_json::Value) -> Vec<crate::ArgumentProblem> {
        arguments::arguments(self, arguments.clone()).err().unwrap_or_default()
    }

    /// Its connector.
    #[must_use]
    pub const fn connector(self) -> Connector {
        Connector(self.tables)
    }

    const fn tables(self) -> &'static Tables {
        self.tables
    }
}

impl std::fmt::Debug for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Action").field(&self.name()).finish()
    }
}
