//! Registered OAuth apps.

use rusqlite::{OptionalExtension, Result, params};

use super::Store;
use crate::app::App;

impl Store {
    pub(crate) fn keep_app(&self, app: &App) -> Result<()> {
        self.note("client secret", &app.client_secret);
        let body = serde_json::to_string(app).unwrap_or_default();
        self.db
            .execute(
                "INSERT OR REPLACE INTO apps (client_id, body) VALUES (?1, ?2)",
                params![app.client_id, body],
            )
            .map(drop)
    }

    pub(crate) fn app(&self, client_id: &str) -> Result<Option<App>> {
        let body: Option<String> = self
            .db
            .query_row("SELECT body FROM apps WHERE client_id = ?1", [client_id], |row| row.get(0))
            .optional()?;
        Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
    }
}
