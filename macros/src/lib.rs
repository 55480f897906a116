//! The `#[connector]` attribute macro of typed-connector
