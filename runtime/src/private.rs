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
pub use crate::error::DecodeError;
pub use crate::filter::{Dialect, Filter, Property, Selection, Sort};
pub use crate::meta::{
    ActionMeta, ApiVersion, BatchId, BatchMeta, BatchProperty, BatchTrace, BodyKind, Cap, ConnectorMeta,
    Effect, ErrorDetailMeta, ErrorMeta, Keyset, NextPage, OAuth2Meta, OptionsFrom, Pagination, Parameter,
    Piece, Place, Preset, RateLimitMeta, RetryMeta, TokenPlace,
};
pub use crate::page::{Page, page_shape};
pub use crate::pipeline::Answer;
pub use crate::value::{
    Args, Bytes, Datum, Element, Enumeration, Extra, Field, File, Format, Link, ListStyle, Node, Raw, Record,
    Shape, Slot, Union, Unit, closed_enum, enum_datum, open_enum, read_enum, settle_union, union_datum,
};
pub use crate::{__enum as enumeration, __id as id, __input as input, __record as record, __union as union};

/// Reads an answer that is one value.
///
/// # Errors
/// Where the answer is not what the spec declares.
pub fn read_value<T: Element + Default>(answer: &Answer) -> core::result::Result<T, DecodeError> {
    let mut value = T::default();
    answer.read(&mut value)?;
    Ok(value)
}

/// Reads an answer that may have no body.
///
/// # Errors
/// Where there is one, and it is not what the spec declares.
pub fn read_optional<T>(answer: &Answer) -> core::result::Result<Option<T>, DecodeError>
where
    Option<T>: Element,
{
    if answer.is_empty() { Ok(None) } else { read_value(answer) }
}

/// Takes an answer as the bytes that came.
///
/// # Errors
/// None; it has the signature of the others.
pub fn read_bytes(answer: &Answer) -> core::result::Result<Bytes, DecodeError> {
    Ok(Bytes(answer.bytes().to_vec()))
}

/// Reads an answer that is one page of a list.
///
/// # Errors
/// Where the answer is not what the spec declares.
pub fn read_page<T: Element>(
    answer: &Answer,
    shape: &'static Shape,
) -> core::result::Result<Page<T>, DecodeError> {
    let mut page = crate::page::Reading::new(shape, Vec::<T>::new());
    answer.read_record(&mut page)?;
    page.finish(answer, |items| items)
}

/// Reads an answer that is one page of a list and nothing else: an array.
///
/// # Errors
/// Where the answer is not what the spec declares.
pub fn read_list<T: Element>(answer: &Answer) -> core::result::Result<Page<T>, DecodeError> {
    crate::page::Reading::of(read_value::<Vec<T>>(answer)?).finish(answer, |items| items)
}

/// Reads an answer that is the outcome of a batch.
///
/// # Errors
/// Where the answer is not what the spec declares.
pub fn read_batch<T: Element>(
    answer: &Answer,
    shape: &'static Shape,
) -> core::result::Result<Batch<T>, DecodeError> {
    let mut batch = crate::batch::Reading::new(shape, Vec::<T>::new());
    if !answer.is_empty() {
        answer.read_record(&mut batch)?;
    }
    Ok(batch.finish(answer.connector(), |results| results))
}

/// Converts the elements of a list argument.
pub fn list<T: core::convert::Into<U>, U>(
    items: impl core::iter::IntoIterator<Item = T>,
) -> std::vec::Vec<U> {
    items.into_iter().map(core::convert::Into::into).collect()
}

/// Sets what the spec presets on an input.
pub fn preset(args: &mut Args, index: u16, json: &'static str) {
    args.put(index, serde_json::from_str(json).ok().map(Datum::Json));
}

/// Text of an id as it is read: ids that the API writes as numbers are taken too.
#[must_use]
pub fn id_text(raw: Raw<'_>) -> Option<String> {
    let text = <String as Element>::from_raw(raw, &Format::PLAIN)?;
    (!text.is_empty()).then_some(text)
}

/// The parts of a call one by one, as benchmarks measure them.
pub mod inner {
    use crate::action::{Action, Connector};
    use crate::client::Client;
    use crate::error::Error;
    use crate::pipeline::Answer;

    /// What a call sends, but for its token.
    ///
    /// # Errors
    /// Where an argument cannot be sent.
    pub fn request<C: Connector, A: Action>(
        client: &Client<C>,
        action: &A,
    ) -> Result<reqwest::Request, Error> {
        client.core.request(A::META, action.args())
    }

    /// A success with this body, to be read by [`Action::read`].
    pub fn answer<C: Connector, A: Action>(client: &Client<C>, body: bytes::Bytes) -> Answer {
        client.core.answer(A::META, body)
    }

    /// Goes through the rate limits, and gives back what it took.
    ///
    /// # Errors
    /// Where a limit opens too late.
    pub async fn permit<C: Connector, A: Action>(client: &Client<C>) -> Result<(), Error> {
        client.core.permit(A::META).await
    }
}
