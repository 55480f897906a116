//! The stores: what all of them guarantee, what each adds, and what it means for tokens in the face of concurrency and crashes.

mod budget;
mod conformance;
mod crashes;
mod keychain;
mod links;
mod postgres;
mod postgres_server;
mod refresh;
mod sqlite;
mod worker;
