//! Local types with the names of the prelude, and modules with those of the standard library.
#![allow(dead_code)]

pub struct Result;
pub struct Option;
pub struct String;
pub struct Vec;
pub struct Box;
pub struct Some;
pub struct None;
pub struct Ok;
pub struct Err;
pub trait Clone {}
pub trait Default {}
pub trait Into {}
pub trait From {}
pub trait Iterator {}
#[allow(non_camel_case_types)]
pub struct str;
#[allow(non_camel_case_types)]
pub struct bool;
#[allow(non_camel_case_types)]
pub struct u16;
#[allow(non_camel_case_types)]
pub struct i64;
mod core {}
mod std {}
mod alloc {}

#[allow(unused_macros)]
macro_rules! vec {
    () => {
        compile_error!("this is not the standard one")
    };
}
#[allow(unused_macros)]
macro_rules! format {
    () => {
        compile_error!("this is not the standard one")
    };
}

#[typed_connector::connector("hubspot")]
pub mod hubspot {
    #[allow(unused_imports)]
    use super::*;
}

#[typed_connector::connector(path = "../specs/everything")]
pub mod everything {}

fn main() {
    let _ = hubspot::deals::Create::new("x", "closedwon").amount(5);
}
