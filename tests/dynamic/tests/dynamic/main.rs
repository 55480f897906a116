//! Connectors whose specs are loaded at run time do what generated ones do.

mod arguments;
mod kinds;
mod many;
mod preview;
mod run;
mod same;
mod scopes;
mod tables;
