//! What an answer held beyond its declared fields.

use serde_json::Value;

/// Properties that the spec does not declare, and declared ones whose value did not fit their type.
///
/// Nothing of an answer is lost: an unknown property, an unexpected `"a;b"` where a number belongs and a malformed date are
/// all found here, under their names on the wire.
#[derive(Clone, PartialEq, Default)]
pub struct Extra(Option<Box<Inner>>);

#[derive(Clone, PartialEq, Default)]
struct Inner {
    unknown: Vec<(String, Value)>,
    warnings: Vec<FieldWarning>,
}

/// A declared field whose value did not fit its type.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldWarning {
    /// The field's name on the wire, with an index for an element of a list: `hs_tags[3]`.
    pub field: String,
    /// What the spec expects there.
    pub expected: &'static str,
    /// What was there.
    pub value: Value,
}

impl Extra {
    /// Nothing beyond the declared fields.
    pub const EMPTY: Self = Self(None);

    /// The value of a property that the spec does not declare, or the raw value of one that did not fit its type.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let inner = self.0.as_deref()?;
        let unknown = inner.unknown.iter().find(|(key, _)| key == name).map(|(_, value)| value);
        unknown.or_else(|| {
            inner.warnings.iter().find(|warning| warning.field == name).map(|warning| &warning.value)
        })
    }

    /// All properties that the spec does not declare, in the order of the answer.
    pub fn unknown(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().flat_map(|inner| inner.unknown.iter().map(|(key, value)| (key.as_str(), value)))
    }

    /// Declared fields whose value did not fit; the fields themselves are `None` or empty.
    #[must_use]
    pub fn warnings(&self) -> &[FieldWarning] {
        self.0.as_deref().map_or(&[], |inner| &inner.warnings)
    }

    /// Whether everything in the answer was declared and fitted.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn keep(&mut self, name: String, value: Value) {
        self.0.get_or_insert_default().unknown.push((name, value));
    }

    pub(crate) fn warn(&mut self, field: String, expected: &'static str, value: Value) {
        self.0.get_or_insert_default().warnings.push(FieldWarning { field, expected, value });
    }
}

impl std::fmt::Debug for Extra {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut map = f.debug_map();
        for (key, value) in self.unknown() {
            map.entry(&key, value);
        }
        for warning in self.warnings() {
            map.entry(&warning.field, &format_args!("{} (expected {})", warning.value, warning.expected));
        }
        map.finish()
    }
}
