//! What generated code names. Not for people: no part of it is covered by semantic versioning.

pub use std::collections::BTreeMap;

pub use core::clone::Clone;
pub use core::cmp::{Eq, Ord, PartialEq, PartialOrd};
pub use core::convert::{AsRef, From, Into};
pub use core::default::Default;
pub use core::fmt::{Debug, Display, Formatter, Result as FmtResult};
pub use core::hash::Hash;
pub use core::iter::{IntoIterator, Iterator};
pub use core::marker::Copy;
pub use core::option::Option::{self, None, Some};
pub use core::primitive::{bool, f64, i64, str, u16, u64, usize};
pub use core::result::Result;
pub use core::str::FromStr;
pub use std::boxed::Box;
pub use std::string::{String, ToString};
pub use std::vec::Vec;

pub use jiff::{SignedDuration, Timestamp, civil::Date};
pub use rust_decimal::Decimal;
pub use serde_json::Value;

pub use crate::action::{Action, Batched, Connector, Paginated, PermittedBy};
pub use crate::batch::{Batch, batch_shape};
pub use crate::client::{Client, ClientBuilder};
pub use crate::filter::{Dialect, Filter, Property, Selection, Sort};
pub use crate::meta::Piece::{Argument, Base, Literal};
pub use crate::meta::{
    ActionMeta, ApiVersion, BatchId, BatchMeta, BatchProperty, BatchTrace, BodyKind, Cap, ConnectorMeta,
    Effect, ErrorDetailMeta, ErrorMeta, Keyset, NextPage, OAuth2Meta, OptionsFrom, Pagination, Parameter,
    Piece, Place, Preset, RateLimitMeta, RetryMeta, TokenPlace,
};
pub use crate::page::{Page, page_shape};
pub use crate::value::Node::{Field as At, Group, Properties};
pub use crate::value::{
    Args, Bytes, Datum, Declared, Element, Enumeration, Enums, Extra, Field, File, Format, Input, Inputs,
    Link, ListStyle, Node, Objects, Raw, Record, Shape, Slot, Union, Unions, Unit, closed_enum, id_text,
    open_enum, record_args, same,
};
pub use crate::{
    __action as action, __args as args, __enum as enumeration, __id as id, __input as input,
    __record as record, __union as union, UnknownValue,
};

/// A field in JSON's own types.
#[must_use]
pub const fn plain(name: &'static str) -> Field {
    Field::new(name, Format::PLAIN)
}

/// An argument in the path.
#[must_use]
pub const fn path(index: u16, name: &'static str) -> Parameter {
    Parameter::new(index, name, Place::Path)
}

/// An argument in the query; lists as `a=1&a=2`.
#[must_use]
pub const fn query(index: u16, name: &'static str) -> Parameter {
    Parameter::new(index, name, Place::Query)
}

/// A field that is a string whatever its type.
#[must_use]
pub const fn text(name: &'static str) -> Field {
    Field::new(name, Format::TEXT)
}

/// Converts the elements of a list argument.
pub fn list<T: core::convert::Into<U>, U>(
    items: impl core::iter::IntoIterator<Item = T>,
) -> std::vec::Vec<U> {
    items.into_iter().map(core::convert::Into::into).collect()
}

/// The slot with this index.
#[must_use]
pub fn nth<const N: usize>(slots: [&dyn Slot; N], index: u16) -> Option<&dyn Slot> {
    slots.get(usize::from(index)).copied()
}

/// The parts of a call one by one, as benchmarks measure them.
pub mod inner {
    use crate::action::{Action, Answered as _, Connector};
    use crate::client::Client;
    use crate::error::{DecodeError, Error};
    use crate::pipeline::Answer;

    /// What a call sends, but for its token.
    ///
    /// # Errors
    /// Where an argument cannot be sent.
    pub fn request<C: Connector, A: Action>(
        client: &Client<C>,
        action: A,
    ) -> Result<reqwest::Request, Error> {
        client.core.request(A::META, &action.into_args())
    }

    /// A success with this body, to be read by [`read`].
    pub fn answer<C: Connector, A: Action>(client: &Client<C>, body: bytes::Bytes) -> Answer {
        client.core.answer(A::META, body)
    }

    /// Reads a success.
    ///
    /// # Errors
    /// Where it is not what the spec declares.
    pub fn read<A: Action>(answer: &Answer) -> Result<A::Output, DecodeError> {
        A::Output::read(answer)
    }

    /// Goes through the rate limits, and gives back what it took.
    ///
    /// # Errors
    /// Where a limit opens too late.
    pub async fn permit<C: Connector, A: Action>(client: &Client<C>) -> Result<(), Error> {
        client.core.permit(A::META).await
    }
}
