//! What a browser sends of a form: names with texts and files.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::{FromRequest as _, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};

use crate::console::trouble::Trouble;

/// The largest form that is read, files included, and the largest answer.
pub(in crate::console) const MOST_BYTES: usize = 32 * 1024 * 1024;

/// The fields of a form by name.
#[derive(Debug, Clone, Default)]
pub(in crate::console) struct Pairs(BTreeMap<String, Vec<Entry>>);

#[derive(Debug, Clone)]
enum Entry {
    Text(String),
    File(Upload),
}

/// A file that was chosen.
#[derive(Clone)]
pub(in crate::console) struct Upload {
    pub(in crate::console) name: String,
    pub(in crate::console) content_type: Option<String>,
    pub(in crate::console) bytes: axum::body::Bytes,
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upload").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Pairs {
    /// Reads a request's body.
    pub(in crate::console) async fn read(parts: &Parts, body: Body) -> Result<Self, Trouble> {
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default();
        if kind.starts_with("application/x-www-form-urlencoded") {
            let bytes = axum::body::to_bytes(body, MOST_BYTES).await.map_err(|_| too_large())?;
            return Ok(Self::parse(&bytes));
        }
        if !kind.starts_with("multipart/form-data") {
            return Err(Trouble::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "Nothing was done",
                "What was sent is no form.",
            ));
        }
        // The limit of the size is among the extensions; see `server`.
        let request = Request::from_parts(parts.clone(), body);
        let unreadable = || {
            let text = "The form cannot be read, or it is larger than 32 MiB.";
            Trouble::new(StatusCode::BAD_REQUEST, "Nothing was done", text)
        };
        let mut multipart = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
        let mut pairs = Self::default();
        while let Some(part) = multipart.next_field().await.map_err(|_| unreadable())? {
            let Some(name) = part.name().map(str::to_owned) else { continue };
            let file = part.file_name().map(str::to_owned);
            let content_type = part.content_type().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|_| unreadable())?;
            match file {
                // A browser sends an empty one where none was chosen.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(file) => pairs.push(name, Entry::File(Upload { name: file, content_type, bytes })),
                None => pairs.push(name, Entry::Text(String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Ok(pairs)
    }

    /// Those of a query or of an encoded body.
    pub(in crate::console) fn parse(encoded: &[u8]) -> Self {
        let mut pairs = Self::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            pairs.push(name.into_owned(), Entry::Text(value.into_owned()));
        }
        pairs
    }

    fn push(&mut self, name: String, entry: Entry) {
        self.0.entry(name).or_default().push(entry);
    }

    /// Puts a text in the place of what is there.
    pub(in crate::console) fn set(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.0.insert(name.into(), vec![Entry::Text(text.into())]);
    }

    /// Adds one more text of this name.
    pub(in crate::console) fn add(&mut self, name: impl Into<String>, text: impl Into<String>) {
        self.push(name.into(), Entry::Text(text.into()));
    }

    /// The text of this name; the last where there are several.
    pub(in crate::console) fn text(&self, name: &str) -> Option<&str> {
        self.texts(name).next_back()
    }

    /// The text without blanks around it, where there is more than blanks.
    pub(in crate::console) fn given(&self, name: &str) -> Option<&str> {
        self.text(name).map(str::trim).filter(|text| !text.is_empty())
    }

    pub(in crate::console) fn texts(&self, name: &str) -> impl DoubleEndedIterator<Item = &str> {
        self.0.get(name).into_iter().flatten().filter_map(|entry| match entry {
            Entry::Text(text) => Some(text.as_str()),
            Entry::File(_) => None,
        })
    }

    pub(in crate::console) fn file(&self, name: &str) -> Option<&Upload> {
        self.0.get(name)?.iter().find_map(|entry| match entry {
            Entry::File(upload) => Some(upload),
            Entry::Text(_) => None,
        })
    }

    /// Whether anything that is not blank has a name that starts so.
    pub(in crate::console) fn any(&self, prefix: &str) -> bool {
        let below = self.0.range(prefix.to_owned()..).take_while(|(name, _)| name.starts_with(prefix));
        below.into_iter().flat_map(|(_, entries)| entries).any(|entry| match entry {
            Entry::Text(text) => !text.trim().is_empty(),
            Entry::File(_) => true,
        })
    }

    /// How many rows a list has: names `list[0]…`, `list[1]…`.
    pub(in crate::console) fn rows(&self, list: &str) -> usize {
        let start = format!("{list}[");
        let below = self.0.range(start.clone()..).map(|(name, _)| name);
        let below = below.map_while(|name| name.strip_prefix(&start));
        let rows = below
            .filter_map(|rest| rest.split(']').next()?.parse::<usize>().ok())
            .filter(|row| *row < MOST_ROWS);
        rows.max().map_or(0, |last| last + 1)
    }

    /// Takes one row out; those after it move up.
    pub(in crate::console) fn remove_row(&mut self, list: &str, row: usize) {
        let start = format!("{list}[");
        let names: Vec<_> = self.0.range(start.clone()..).map(|(name, _)| name.clone()).collect();
        // All are taken out before one is put back: by name, the tenth comes before the second.
        let mut moved = Vec::new();
        for name in names.into_iter().take_while(|name| name.starts_with(&start)) {
            let rest = &name[start.len()..];
            let Some((index, after)) = rest.split_once(']') else { continue };
            let Ok(index) = index.parse::<usize>() else { continue };
            if index < row {
                continue;
            }
            if let Some(entries) = self.0.remove(&name)
                && index > row
            {
                moved.push((format!("{start}{}]{after}", index - 1), entries));
            }
        }
        self.0.extend(moved);
    }
}

/// Most rows of one list in a form; more come as JSON.
const MOST_ROWS: usize = 1000;

fn too_large() -> Trouble {
    Trouble::new(StatusCode::PAYLOAD_TOO_LARGE, "Nothing was done", "The form is larger than 32 MiB.")
}

/// The form of a request that has passed the guard; empty for one that reads.
impl<S: Sync> FromRequestParts<S> for Pairs {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.remove::<Self>().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_counted_and_removed() {
        let mut pairs = Pairs::parse(b"a[0].x=0&a[1].x=1&a[1].y=2&a[12]=3&ab[0]=4&a=5");
        assert_eq!((pairs.rows("a"), pairs.rows("ab"), pairs.rows("b")), (13, 1, 0));
        pairs.remove_row("a", 0);
        assert_eq!(
            (pairs.text("a[0].x"), pairs.text("a[0].y"), pairs.text("a[11]")),
            (Some("1"), Some("2"), Some("3"))
        );
        assert_eq!((pairs.rows("a"), pairs.text("ab[0]"), pairs.text("a")), (12, Some("4"), Some("5")));
        assert_eq!(Pairs::parse(b"a[99999999999]=1&a[5000]=1").rows("a"), 0);

        let many: Vec<_> = (0..25).map(|row| format!("a[{row}]={row}")).collect();
        let mut pairs = Pairs::parse(many.join("&").as_bytes());
        pairs.remove_row("a", 3);
        let left: Vec<_> = (0..24).map(|row| pairs.text(&format!("a[{row}]")).map(str::to_owned)).collect();
        let expected: Vec<_> = (0..25).filter(|row| *row != 3).map(|row| Some(row.to_string())).collect();
        assert_eq!((left, pairs.rows("a")), (expected, 24));
    }

    #[test]
    fn blanks_are_nothing() {
        let pairs = Pairs::parse(b"a=+&b.c=&b.d=x");
        assert_eq!((pairs.text("a"), pairs.given("a")), (Some(" "), None));
        assert!(pairs.any("b") && pairs.any("b.d") && !pairs.any("a") && !pairs.any("b.c"));
    }
}
