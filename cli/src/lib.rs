//! The command line of typed-connector
