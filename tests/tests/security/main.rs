//! What must not happen, whatever a caller or a server does.

mod arguments;
mod bounds;
mod elsewhere;
mod secrets;
