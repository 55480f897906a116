//! An action of one connector, executed by a client of another.
#![allow(deprecated)] // nobody watches the folders

use typed_connector::connector;

#[connector(path = "../specs/notes")]
pub mod notes {}

#[connector(path = "../specs/notes")]
pub mod second {}

async fn run(client: notes::Client) {
    let _ = client.execute(second::notes::Get::new("7")).await;
    // Without a scope to tell them apart.
    let _ = client.execute(second::notes::Ping::new()).await;
}

fn main() {}
