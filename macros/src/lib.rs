//! The `#[connector]` attribute macro.
use proc_macro::TokenStream;
/// x
#[proc_macro_attribute]
pub fn connector(_: TokenStream, item: TokenStream) -> TokenStream { item }
