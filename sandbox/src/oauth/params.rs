//! Parameters of OAuth requests: from the query, a form, or a JSON object (HubSpot's newest SDK sends one).

use std::collections::BTreeMap;

use axum::http::{HeaderMap, header::CONTENT_TYPE};

/// Parameters by name. An empty one counts as absent (RFC 6749 §3.1).
#[derive(Debug, Default)]
pub(crate) struct Params(BTreeMap<String, String>);

impl Params {
    pub(crate) fn query(query: Option<&str>) -> Self {
        Self::form(query.unwrap_or_default().as_bytes())
    }

    fn form(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes).into_owned();
        Self(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// Reads a body by its content type.
    pub(crate) fn body(headers: &HeaderMap, bytes: &[u8]) -> Self {
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.to_ascii_lowercase().contains("json") {
            return Self::form(bytes);
        }
        let object: BTreeMap<String, serde_json::Value> = serde_json::from_slice(bytes).unwrap_or_default();
        let pairs = object.into_iter().filter_map(|(name, value)| match value {
            serde_json::Value::String(text) if !text.is_empty() => Some((name, text)),
            serde_json::Value::Number(number) => Some((name, number.to_string())),
            _ => None,
        });
        Self(pairs.collect())
    }

    /// These parameters, and of the others those that are missing here.
    pub(crate) fn or(mut self, others: Self) -> Self {
        for (name, value) in others.0 {
            self.0.entry(name).or_insert(value);
        }
        self
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A list of scopes; HubSpot separates them by spaces, some of its documentation by commas.
    pub(crate) fn scopes(&self, name: &str) -> Vec<String> {
        let mut scopes: Vec<String> = Vec::new();
        for scope in self.get(name).unwrap_or_default().split([' ', ',']).filter(|scope| !scope.is_empty()) {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        scopes
    }
}
