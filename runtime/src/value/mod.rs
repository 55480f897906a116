//! Values between Rust and the wire.
//!
//! ```text
//! setters ──► Args (Datum by field index) ──write──► JSON, query, path, header
//! JSON bytes ──read──► Slot of a Record (typed field) + Extra (what did not fit)
//! ```
//! Both directions are driven by static [`Shape`]s, so that generated code is tables and one `match` per type, and
//! everything that does work is compiled once, here.

mod args;
mod cursor;
mod datum;
mod element;
mod extra;
mod file;
mod kinds;
mod link;
mod order;
mod read;
mod record;
mod scalars;
mod shape;
#[cfg(test)]
mod tests;
mod union;
mod write;

pub use args::Args;
pub use datum::{Datum, Raw};
pub use element::{Element, Slot};
pub(crate) use element::{Filling, JsonSlot, ListSlot, MapSlot};
pub use extra::{Extra, FieldWarning};
pub use file::File;
pub use kinds::{Declared, Enums, Input, Inputs, Objects, Unions};
pub use link::Link;
pub(crate) use order::Orders;
pub(crate) use read::{ReadError, read, read_record};
pub use record::{Record, record_args, same};
pub use scalars::{Bytes, Enumeration, UnknownValue, closed_enum, id_text, open_enum};
use scalars::{enum_datum, read_enum};
pub use shape::{Field, Format, ListStyle, Node, Shape, Unit};
pub use union::Union;
use union::union_datum;
pub(crate) use write::{Body, text, texts, written};
#[cfg(feature = "dynamic")]
pub(crate) use {element::pieces, read::read_json, union::which};
