//! The spec format of typed-connector and the shipped connectors
