//! Any text at all as a connector, or as an OpenAPI document: no panic, no hang, and what comes out keeps its promises.
//!
//! `tests/fuzz/run` lets libFuzzer look for inputs that break this, led by the code that they reach; it runs on stable Rust.
//! `cargo test -p typed-connector-fuzz` tries the seeds, a few thousand changes to them, the same in every run, and what was
//! found earlier (`found/`).
//!
//! | module | holds |
//! | --- | --- |
//! | `files` | an input is some files, one behind the other |
//! | `judge` | what must hold of an input |
//! | `seeds` | inputs to start from: the specs of this repository, right and wrong |
//! | `walk` | random connectors that are right, for tests that compile them |
//! | `lines` | changes to its lines, so that YAML is tried too |
//! | `mutate` | changes to an input that keep it JSON, so that they get behind the parser |

mod files;
mod judge;
mod lines;
mod mutate;
pub mod seeds;
mod walk;

pub use judge::{connector, document};
pub use lines::change_lines;
pub use mutate::{Mutator, Random};
pub use walk::{Files, walk};
