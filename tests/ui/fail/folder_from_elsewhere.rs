//! A folder beside this file, written as if it were relative to Cargo.toml.

#[typed_connector::connector(path = "folder_from_elsewhere")]
pub mod notes {}

fn main() {}
