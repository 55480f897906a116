//! Under every lint that a careful project turns on.
#![deny(warnings, missing_docs, unsafe_code, unused, future_incompatible, rust_2018_idioms, nonstandard_style)]
#![deny(missing_debug_implementations, missing_copy_implementations, unreachable_pub, unused_qualifications)]
#![deny(unused_results, let_underscore_drop, single_use_lifetimes, trivial_casts, trivial_numeric_casts)]
#![deny(elided_lifetimes_in_paths, explicit_outlives_requirements, unused_lifetimes, variant_size_differences)]
#![deny(clippy::all, clippy::pedantic)]

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

#[typed_connector::connector("stripe")]
pub mod stripe {}

#[typed_connector::connector("github")]
pub mod github {}

fn main() {
    println!("{} {} {}", hubspot::ACTIONS.len(), stripe::ACTIONS.len(), github::ACTIONS.len());
}
