//! `connector auth` as a person or a script uses it, against a sandbox.

mod bench;
mod flow;
mod keys;
mod profiles;
