//! PostgreSQL's errors, told apart by what helps.

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use super::super::{StoreError, StoreErrorKind};

/// Whether the connection is gone, so that another one may do better. A server that shuts down says so first (class 57P).
pub(super) fn is_lost(error: &Error) -> bool {
    match error.code() {
        Some(code) => code.code().starts_with("57P") || code.code().starts_with("08"),
        None => {
            error.is_closed()
                || std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<std::io::Error>)
        }
    }
}

/// `place` names the server without user or password.
pub(super) fn failure(place: &str, error: Error) -> StoreError {
    const SETUP: [SqlState; 6] = [
        SqlState::INVALID_PASSWORD,
        SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
        SqlState::INVALID_CATALOG_NAME,
        SqlState::INSUFFICIENT_PRIVILEGE,
        SqlState::UNDEFINED_TABLE,
        SqlState::READ_ONLY_SQL_TRANSACTION,
    ];
    const LATER: [SqlState; 4] = [
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::QUERY_CANCELED,
    ];
    let (kind, what) = match error.code() {
        _ if is_lost(&error) => (StoreErrorKind::Unavailable, "cannot be reached"),
        Some(code) if SETUP.contains(code) => (StoreErrorKind::Configuration, "refuses"),
        Some(code) if LATER.contains(code) => (StoreErrorKind::Unavailable, "is busy"),
        _ => (StoreErrorKind::Other, "failed"),
    };
    StoreError::with_source(format!("the PostgreSQL store at {place} {what}"), error).with_kind(kind)
}

pub(super) fn timed_out(place: &str) -> StoreError {
    let text = format!("the PostgreSQL store at {place} did not answer in time");
    StoreError::new(text).with_kind(StoreErrorKind::Unavailable)
}
