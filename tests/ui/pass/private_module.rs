//! A private module of which a part is used.
#![deny(warnings, missing_docs, unsafe_code)]

#[typed_connector::connector("hubspot")]
mod hubspot {}

fn main() {
    println!("{:?}", hubspot::deals::Get::new(7));
}
