//! Static tables that say where each field of an object or argument list lies on the wire.

use crate::meta::OptionsFrom;

/// An object's fields and where they lie in its JSON.
#[derive(Debug)]
pub struct Shape {
    /// The type's name, for messages.
    pub name: &'static str,
    /// Its fields; everywhere else a field is its index here.
    pub fields: &'static [Field],
    /// The JSON object's keys, sorted by key.
    pub tree: &'static [Node],
    /// Indexes of the fields that every answer must hold.
    pub required: &'static [u16],
    /// What clears a field on the wire; `None` is JSON's `null`.
    pub clear: Option<&'static str>,
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// Its Rust name.
    pub name: &'static str,
    /// How its value is written.
    pub format: Format,
    /// Whether it holds what nobody should see in a log.
    pub sensitive: bool,
    /// The action that tells what can be chosen.
    pub options: Option<&'static OptionsFrom>,
}

impl Field {
    /// A field.
    #[must_use]
    pub const fn new(name: &'static str, format: Format) -> Self {
        Self { name, format, sensitive: false, options: None }
    }

    /// A field that `Debug` does not show.
    #[must_use]
    pub const fn sensitive(name: &'static str, format: Format) -> Self {
        Self { name, format, sensitive: true, options: None }
    }

    /// The same with choices that another action tells.
    #[must_use]
    pub const fn options(self, options: &'static OptionsFrom) -> Self {
        Self { options: Some(options), ..self }
    }
}

/// A key of a JSON object.
#[derive(Debug)]
pub enum Node {
    /// The key holds the field with this index.
    Field(&'static str, u16),
    /// The key holds an object with further keys.
    Group(&'static str, &'static [Node]),
    /// The same for the group of an object's properties (`at` in the spec): always written, and the place of
    /// properties that the spec does not declare.
    Properties(&'static str, &'static [Node]),
}

impl Node {
    /// The key itself.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Field(key, _) | Self::Group(key, _) | Self::Properties(key, _) => key,
        }
    }

    pub(crate) fn find<'a>(nodes: &'a [Self], key: &str) -> Option<&'a Self> {
        nodes.binary_search_by(|node| node.key().cmp(key)).ok().map(|found| &nodes[found])
    }
}

impl Shape {
    /// One without anything.
    pub const NOTHING: Self = Self::of("");

    /// One without fields, that generated tables start from.
    #[must_use]
    pub const fn of(name: &'static str) -> Self {
        Self { name, fields: &[], tree: &[], required: &[], clear: None }
    }

    /// The keys of the properties group, or of the whole object where there is none.
    pub(crate) fn properties(&self) -> &'static [Node] {
        fn search(nodes: &'static [Node]) -> Option<&'static [Node]> {
            nodes.iter().find_map(|node| match node {
                Node::Properties(_, inner) => Some(*inner),
                Node::Group(_, inner) => search(inner),
                Node::Field(..) => None,
            })
        }
        search(self.tree).unwrap_or(self.tree)
    }

    /// Names of all declared properties, on the wire.
    pub fn property_names(&self) -> impl Iterator<Item = &'static str> {
        self.properties().iter().filter_map(|node| match node {
            Node::Field(key, _) => Some(*key),
            Node::Group(..) | Node::Properties(..) => None,
        })
    }
}

/// How one value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// As a JSON string, also where the type is a number or a boolean.
    pub text: bool,
    /// Unit of times and durations.
    pub unit: Unit,
    /// A list as one string with this separator.
    pub separator: Option<&'static str>,
    /// How a list is written in a form.
    pub list: ListStyle,
}

/// How a list is written in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListStyle {
    /// `a[0]=1&a[1]=2`
    Numbered,
    /// `a=1&a=2`
    Repeat,
    /// `a=1,2`
    Comma,
    /// `a[]=1&a[]=2`
    Brackets,
}

/// Unit of a time or duration on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// RFC 3339 for times, ISO 8601 for durations.
    Iso,
    /// Milliseconds, for times since 1970-01-01T00:00:00Z.
    Millis,
    /// Seconds, for times since 1970-01-01T00:00:00Z.
    Seconds,
}

impl Format {
    /// JSON's own types.
    pub const PLAIN: Self = Self { text: false, unit: Unit::Iso, separator: None, list: ListStyle::Numbered };
    /// Everything as a string.
    pub const TEXT: Self = Self { text: true, unit: Unit::Iso, separator: None, list: ListStyle::Numbered };
    /// Times as a number of milliseconds.
    pub const MILLIS: Self =
        Self { text: false, unit: Unit::Millis, separator: None, list: ListStyle::Numbered };

    /// With another unit.
    #[must_use]
    pub const fn unit(self, unit: Unit) -> Self {
        Self { unit, ..self }
    }

    /// With another style of lists.
    #[must_use]
    pub const fn listed(self, list: ListStyle) -> Self {
        Self { list, ..self }
    }

    /// A list as one string.
    #[must_use]
    pub const fn separated(separator: &'static str) -> Self {
        Self { text: true, unit: Unit::Iso, separator: Some(separator), list: ListStyle::Numbered }
    }
}
