//! The shipped connector against the embedded sandbox, over a real socket.

mod batches;
mod contacts;
mod deals;
mod errors;
mod every;
mod faults;
mod filters;
mod oauth;
mod properties;
mod streams;
mod updates;
mod versions;
