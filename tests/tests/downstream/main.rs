//! A crate of somebody else, outside this workspace, with specs of its own.

mod deep;
mod documents;
mod hostile;
mod outside;
mod project;
mod random;
mod rebuild;
mod strict;
