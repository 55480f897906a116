//! What the SQLite store adds.
