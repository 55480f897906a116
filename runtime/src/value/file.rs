//! Files: parts of multipart bodies.

use std::fmt;

use super::{Datum, Element, Format, Raw};

/// A file to upload: its bytes, its name, and its content type.
///
/// ```
/// use typed_connector::File;
///
/// let report = File::new("report.csv", "a;b\n1;2\n").content_type("text/csv");
/// assert_eq!(report.name(), "report.csv");
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct File {
    name: String,
    content_type: Option<String>,
    bytes: Vec<u8>,
}

impl File {
    /// A file of this name. Its content type is `application/octet-stream` unless it is set.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.into(), content_type: None, bytes: bytes.into() }
    }

    /// With this content type, `text/csv`.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its content type, `application/octet-stream` where none was set.
    #[must_use]
    pub fn media_type(&self) -> &str {
        self.content_type.as_deref().unwrap_or("application/octet-stream")
    }
}

/// Without its content, which may be anything.
impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "File({}, {} bytes)", self.media_type(), self.bytes.len())
    }
}

impl Element for File {
    const EXPECTED: &'static str = "a file";

    fn from_raw(_: Raw<'_>, _: &Format) -> Option<Self> {
        None // files are only sent
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::File(self))
    }

    fn to_datum(&self) -> Option<Datum> {
        Some(Datum::File(self.clone()))
    }
}
