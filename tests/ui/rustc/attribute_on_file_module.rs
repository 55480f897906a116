//! A module that is a file of its own.

#[typed_connector::connector("hubspot")]
mod hubspot;

fn main() {}
