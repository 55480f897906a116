//! Actions whose scope the connector does not request.
#![allow(deprecated)] // nobody watches the folder

use typed_connector::connector;

#[connector(path = "../specs/notes", scopes = ["notes.read"])]
pub mod notes {}

use notes::notes::{Create, Get, List};

async fn run(client: notes::Client) {
    let _ = client.execute(Get::new("7")).await;
    let _ = client.execute(Create::new("milk")).await;
    let _ = client.stream(List::new());
}

fn main() {}
