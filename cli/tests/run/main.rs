//! `connector run`, `add` and `list`: the command itself, against the sandbox.

mod bench;
mod calls;
mod prompts;
mod tables;
mod templates;
