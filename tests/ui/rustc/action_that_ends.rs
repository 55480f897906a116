//! Actions that should no longer be used: told where they are used, with the day and what to use instead.
#![deny(deprecated)]

#[allow(deprecated)] // nobody watches the folder
mod generated {
    #[typed_connector::connector(path = "../specs/ends")]
    pub mod acme {}
}

use generated::acme::{Client, notes};

async fn run(client: Client) {
    let _ = client.execute(notes::Find::new()).await;
    let _ = client.execute(notes::Dump::new()).await;
    let _ = client.execute(notes::Move::new()).await;
    let _ = client.execute(notes::Search::new()).await;
}

fn main() {}
