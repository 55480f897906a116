//! Records, their values and their history.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{OptionalExtension, Result, Row, params};

use super::Store;
use crate::{
    crm::kinds::Kind,
    time::{self, Millis},
};

/// A record with all its stored values.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: i64,
    pub(crate) kind: &'static Kind,
    pub(crate) created: Millis,
    pub(crate) updated: Millis,
    pub(crate) archived: Option<Millis>,
    pub(crate) values: BTreeMap<String, String>,
}

impl Record {
    /// A value that the record holds, or that all records of its type share.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).or_else(|| self.kind.constant(name))
    }
}

/// An earlier or present value.
pub(crate) struct Past {
    pub(crate) value: String,
    pub(crate) at: Millis,
}

const COLUMNS: &str = "SELECT id, created, updated, archived FROM records";

impl Store {
    /// Makes an empty record with the next id of its type.
    pub(crate) fn new_record(&self, kind: &'static Kind, created: Millis) -> Result<Record> {
        let id = self
            .db
            .prepare_cached("UPDATE sequences SET next = next + 1 WHERE kind = ?1 RETURNING next - 1")?
            .query_row([kind.name], |row| row.get(0))?;
        self.db
            .prepare_cached("INSERT INTO records (id, kind, created, updated) VALUES (?1, ?2, ?3, ?3)")?
            .execute(params![id, kind.name, created])?;
        Ok(Record { id, kind, created, updated: created, archived: None, values: BTreeMap::new() })
    }

    /// Writes a record's values: those that differ from `before`, with history for those in `tracked`.
    pub(crate) fn save(
        &self,
        record: &Record,
        before: &BTreeMap<String, String>,
        tracked: &BTreeSet<String>,
    ) -> Result<()> {
        self.db
            .prepare_cached("UPDATE records SET updated = ?2 WHERE id = ?1")?
            .execute(params![record.id, record.updated])?;
        let mut put = self.db.prepare_cached(
            "INSERT OR REPLACE INTO vals (record, name, value, folded, number, identifies) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for (name, value) in &record.values {
            if before.get(name) != Some(value) {
                let number = self.as_number(record.kind, name, value);
                let identifies =
                    self.catalog.any(record.kind, name).is_some_and(|property| property.has_unique_value);
                put.execute(params![record.id, name, value, value.to_lowercase(), number, identifies])?;
            }
        }
        let mut remove = self.db.prepare_cached("DELETE FROM vals WHERE record = ?1 AND name = ?2")?;
        for name in before.keys().filter(|name| !record.values.contains_key(*name)) {
            remove.execute(params![record.id, name])?;
        }
        let mut note = self
            .db
            .prepare_cached("INSERT INTO history (record, name, value, at) VALUES (?1, ?2, ?3, ?4)")?;
        for name in tracked.iter().filter(|name| before.get(*name) != record.values.get(*name)) {
            let value = record.values.get(name).map_or("", String::as_str);
            note.execute(params![record.id, name, value, record.updated])?;
        }
        Ok(())
    }

    /// The number that a value is compared by: itself, or a date's milliseconds.
    pub(crate) fn as_number(&self, kind: &Kind, name: &str, value: &str) -> Option<f64> {
        let property = self.catalog.any(kind, name)?;
        if property.is_date() {
            #[expect(
                clippy::cast_precision_loss,
                reason = "milliseconds stay below 2^53 until the year 287396"
            )]
            time::parse(value).map(|at| at as f64)
        } else if property.value_type == "number" {
            value.trim().parse().ok()
        } else {
            None
        }
    }

    /// A record by id; a merged one is found under its old ids too.
    pub(crate) fn record(&self, kind: &'static Kind, id: i64, archived: bool) -> Result<Option<Record>> {
        let target: Option<(i64, Option<i64>)> = self
            .db
            .prepare_cached("SELECT id, merged_into FROM records WHERE id = ?1 AND kind = ?2")?
            .query_row(params![id, kind.name], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        match target {
            Some((_, Some(into))) if into != id => self.record(kind, into, archived),
            Some((id, _)) => {
                let record = self
                    .db
                    .prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?
                    .query_row([id], |row| read(kind, row))
                    .optional()?;
                record
                    .filter(|record| record.archived.is_some() == archived)
                    .map(|r| self.filled(r))
                    .transpose()
            }
            None => Ok(None),
        }
    }

    /// A record by the value of a unique property.
    pub(crate) fn record_by(
        &self,
        kind: &'static Kind,
        name: &str,
        value: &str,
        archived: bool,
    ) -> Result<Option<Record>> {
        let condition = if archived { "IS NOT NULL" } else { "IS NULL" };
        let sql = format!(
            "SELECT r.id FROM vals v JOIN records r ON r.id = v.record WHERE v.identifies AND v.name = ?1 AND v.folded = ?2 AND \
             r.kind = ?3 AND r.archived {condition} AND r.merged_into IS NULL ORDER BY r.id LIMIT 1"
        );
        let id: Option<i64> = self
            .db
            .prepare_cached(&sql)?
            .query_row(params![name, value.trim().to_lowercase(), kind.name], |row| row.get(0))
            .optional()?;
        id.map_or(Ok(None), |id| self.record(kind, id, archived))
    }

    /// Records from an id on, in the order of their ids.
    pub(crate) fn page(
        &self,
        kind: &'static Kind,
        from: i64,
        limit: usize,
        archived: bool,
    ) -> Result<Vec<Record>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let condition = if archived { "IS NOT NULL" } else { "IS NULL" };
        let mut statement = self.db.prepare_cached(&format!(
            "{COLUMNS} WHERE kind = ?1 AND id >= ?2 AND archived {condition} AND merged_into IS NULL ORDER BY id LIMIT ?3"
        ))?;
        let rows = statement.query_map(params![kind.name, from, limit], |row| read(kind, row))?;
        rows.map(|record| self.filled(record?)).collect()
    }

    /// Fills in the values.
    fn filled(&self, mut record: Record) -> Result<Record> {
        let mut statement = self.db.prepare_cached("SELECT name, value FROM vals WHERE record = ?1")?;
        let rows = statement.query_map([record.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        record.values = rows.collect::<Result<_>>()?;
        Ok(record)
    }

    /// Puts a record into the recycle bin.
    pub(crate) fn archive(&self, kind: &Kind, id: i64) -> Result<bool> {
        let changed = self.db.execute(
            "UPDATE records SET archived = ?3, updated = ?3 WHERE id = ?1 AND kind = ?2 AND archived IS NULL",
            params![id, kind.name, time::now()],
        )?;
        Ok(changed > 0)
    }

    /// Lets an id lead to another record from now on.
    pub(crate) fn redirect(&self, from: i64, into: i64) -> Result<()> {
        self.db.execute(
            "UPDATE records SET merged_into = ?2 WHERE id = ?1 OR merged_into = ?1",
            params![from, into],
        )?;
        self.db.execute("DELETE FROM vals WHERE record = ?1", [from])?;
        self.db.execute("DELETE FROM links WHERE from_id = ?1 OR to_id = ?1", [from]).map(drop)
    }

    /// Removes every trace of a record.
    pub(crate) fn purge(&self, id: i64) -> Result<()> {
        self.db.execute("DELETE FROM records WHERE id = ?1", [id])?;
        self.db.execute("DELETE FROM vals WHERE record = ?1", [id])?;
        self.db.execute("DELETE FROM history WHERE record = ?1", [id])?;
        self.db.execute("DELETE FROM links WHERE from_id = ?1 OR to_id = ?1", [id]).map(drop)
    }

    /// The values that a property has had, newest first.
    pub(crate) fn history(&self, record: &Record, name: &str) -> Result<Vec<Past>> {
        let mut statement = self.db.prepare_cached(
            "SELECT value, at FROM history WHERE record = ?1 AND name = ?2 ORDER BY at DESC, rowid DESC",
        )?;
        let rows = statement
            .query_map(params![record.id, name], |row| Ok(Past { value: row.get(0)?, at: row.get(1)? }))?;
        let mut past: Vec<Past> = rows.collect::<Result<_>>()?;
        if past.is_empty()
            && let Some(value) = record.get(name)
        {
            past.push(Past { value: value.to_owned(), at: record.created });
        }
        Ok(past)
    }

    pub(crate) fn is_empty(&self) -> Result<bool> {
        self.db.query_row("SELECT NOT EXISTS (SELECT 1 FROM records)", [], |row| row.get(0))
    }
}

fn read(kind: &'static Kind, row: &Row<'_>) -> Result<Record> {
    Ok(Record {
        id: row.get(0)?,
        kind,
        created: row.get(1)?,
        updated: row.get(2)?,
        archived: row.get(3)?,
        values: BTreeMap::new(),
    })
}
