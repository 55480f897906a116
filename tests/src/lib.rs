//! Tests that cross the crates of typed-connector
