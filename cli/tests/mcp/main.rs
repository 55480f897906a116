//! `connector mcp`, called by two clients that are not ours: the official Python SDK, where it is installed, and the official Rust SDK.

mod bench;
mod every;
mod examples;
#[path = "../shared/port.rs"]
mod port;
mod questions;
mod refusals;
mod web;
