//! Associations. Each is kept in both directions.

use rusqlite::{Result, params};

use super::Store;
use crate::crm::{kinds::Kind, link_types};

/// One association, seen from one of its records.
pub(crate) struct Link {
    pub(crate) to: i64,
    pub(crate) category: String,
    pub(crate) type_id: i64,
}

impl Store {
    /// Associates two records under one type, with the type's inverse on the way back.
    pub(crate) fn link(
        &self,
        from: (&Kind, i64),
        to: (&Kind, i64),
        category: &str,
        type_id: i64,
    ) -> Result<()> {
        let back = link_types::inverse(from.0, to.0, type_id);
        let mut put = self.db.prepare_cached(
            "INSERT OR IGNORE INTO links (from_id, to_kind, to_id, category, type_id) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        put.execute(params![from.1, to.0.name, to.1, category, type_id])?;
        put.execute(params![to.1, from.0.name, from.1, category, back])?;
        Ok(())
    }

    /// Takes away one type of association between two records, or all of them.
    pub(crate) fn unlink(&self, from: (&Kind, i64), to: (&Kind, i64), type_id: Option<i64>) -> Result<()> {
        let mut remove = self.db.prepare_cached(
            "DELETE FROM links WHERE from_id = ?1 AND to_kind = ?2 AND to_id = ?3 AND (?4 IS NULL OR type_id = ?4)",
        )?;
        let back = type_id.map(|type_id| link_types::inverse(from.0, to.0, type_id));
        remove.execute(params![from.1, to.0.name, to.1, type_id])?;
        remove.execute(params![to.1, from.0.name, from.1, back])?;
        Ok(())
    }

    /// A record's associations with records of one type, in the order of their ids.
    pub(crate) fn links(&self, from: i64, to: &Kind) -> Result<Vec<Link>> {
        let mut statement = self.db.prepare_cached(
            "SELECT l.to_id, l.category, l.type_id FROM links l JOIN records r ON r.id = l.to_id
             WHERE l.from_id = ?1 AND l.to_kind = ?2 AND r.archived IS NULL ORDER BY l.to_id, l.type_id",
        )?;
        let rows = statement.query_map(params![from, to.name], |row| {
            Ok(Link { to: row.get(0)?, category: row.get(1)?, type_id: row.get(2)? })
        })?;
        rows.collect()
    }

    /// Lets a record take over another one's associations.
    pub(crate) fn move_links(&self, from: i64, into: i64) -> Result<()> {
        self.db.execute(
            "INSERT OR IGNORE INTO links SELECT ?2, to_kind, to_id, category, type_id FROM links WHERE from_id = ?1",
            params![from, into],
        )?;
        self.db.execute(
            "INSERT OR IGNORE INTO links SELECT from_id, to_kind, ?2, category, type_id FROM links WHERE to_id = ?1",
            params![from, into],
        )?;
        Ok(())
    }
}
