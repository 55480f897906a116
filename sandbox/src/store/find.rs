//! A search as one SQL statement.

use rusqlite::{Result, params_from_iter, types::Value};

use super::{Store, records::Record};
use crate::crm::kinds::Kind;

/// A condition with the values of its placeholders, which are bound in the order of their appearance.
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Condition {
    pub(crate) fn new(sql: impl Into<String>, values: Vec<Value>) -> Self {
        Self { sql: sql.into(), values }
    }

    /// Joins conditions by ` AND ` or ` OR `.
    pub(crate) fn join(all: Vec<Self>, word: &str) -> Self {
        let sql = all.iter().map(|one| one.sql.as_str()).collect::<Vec<_>>().join(word);
        Self { sql: format!("({sql})"), values: all.into_iter().flat_map(|one| one.values).collect() }
    }

    /// A test of a record's value of one property; `v` is that value's row.
    pub(crate) fn on_value(kind: &Kind, name: &str, test: &str, values: Vec<Value>) -> Self {
        let (source, mut all) = match kind.constant(name) {
            // Stored like others, but a search that walks by it should not look each one up.
            None if name == "hs_object_id" => (
                "(SELECT CAST(r.id AS TEXT) AS value, CAST(r.id AS TEXT) AS folded, CAST(r.id AS REAL) AS number)",
                Vec::new(),
            ),
            None => (
                "(SELECT value, folded, number FROM vals WHERE record = r.id AND name = ?)",
                vec![Value::from(name.to_owned())],
            ),
            Some(value) => (
                "(SELECT ? AS value, ? AS folded, ? AS number)",
                vec![
                    Value::from(value.to_owned()),
                    Value::from(value.to_lowercase()),
                    value.parse::<f64>().map_or(Value::Null, Value::from),
                ],
            ),
        };
        all.extend(values);
        Self::new(format!("EXISTS (SELECT 1 FROM {source} v WHERE {test})"), all)
    }

    pub(crate) fn negated(self) -> Self {
        Self::new(format!("NOT {}", self.sql), self.values)
    }
}

/// What a search sorts by: the property, whether as number, whether downwards.
pub(crate) struct Order {
    pub(crate) property: String,
    pub(crate) numeric: bool,
    pub(crate) descending: bool,
}

impl Store {
    /// The number of all hits, and the records of one page of them.
    pub(crate) fn find(
        &self,
        kind: &'static Kind,
        condition: &Condition,
        order: Option<&Order>,
        offset: usize,
        limit: usize,
    ) -> Result<(i64, Vec<Record>)> {
        let from = format!(
            "FROM records r WHERE r.kind = '{}' AND r.archived IS NULL AND r.merged_into IS NULL AND {}",
            kind.name, condition.sql
        );
        let total = self
            .db
            .prepare_cached(&format!("SELECT COUNT(*) {from}"))?
            .query_row(params_from_iter(&condition.values), |row| row.get(0))?;
        let mut values = condition.values.clone();
        let by = match order {
            None => "r.created, r.id".to_owned(),
            Some(order) if order.property == "hs_object_id" => {
                format!("r.id {}", if order.descending { "DESC" } else { "ASC" })
            }
            Some(order) => {
                let column = if order.numeric { "number" } else { "folded" };
                let key = format!("(SELECT {column} FROM vals WHERE record = r.id AND name = ?)");
                values.push(Value::from(order.property.clone()));
                let direction = if order.descending { "DESC" } else { "ASC" };
                format!("{key} {direction} NULLS LAST, r.id {direction}")
            }
        };
        let sql = format!("SELECT r.id {from} ORDER BY {by} LIMIT {limit} OFFSET {offset}");
        let mut statement = self.db.prepare_cached(&sql)?;
        let ids = statement.query_map(params_from_iter(&values), |row| row.get::<_, i64>(0))?;
        let mut found = Vec::new();
        for id in ids {
            found.extend(self.record(kind, id?, false)?);
        }
        Ok((total, found))
    }
}
