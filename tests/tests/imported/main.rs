//! What `connector import` makes of documents of our own (`import/tests/documents`), compiled and executed against a server of a few lines.

mod bodies;
mod queries;
mod unions;

use typed_connector::{ClientBuilder, Connector, RetryPolicy, connector};
use typed_connector_tests::wire::Server;

/// Names, OAuth, arrays in the query, maps, recursion.
#[connector(path = "../../../import/tests/golden/library")]
pub mod library {}

/// Alternatives, `null`, lists, constants.
#[connector(path = "../../../import/tests/golden/shapes")]
pub mod shapes {}

/// Multipart, forms, bytes in and out, a key in a header.
#[connector(path = "../../../import/tests/golden/files")]
pub mod files {}

/// Two documents of one API.
#[connector(path = "../../../import/tests/golden/shop")]
pub mod shop {}

/// Ways in which lists come in pages.
#[connector(path = "../../../import/tests/golden/lists")]
pub mod lists {}

/// Lists of Stripe's kind in the query, bodies that hold nothing.
#[connector(path = "../../../import/tests/golden/desk")]
pub mod desk {}

/// A document of many files.
#[connector(path = "../../../import/tests/golden/parcels")]
pub mod parcels {}

/// A client that makes one attempt.
fn client<C: Connector>(builder: ClientBuilder<C>, server: &Server) -> typed_connector::Client<C> {
    builder
        .base_url(server.url())
        .access_token("the-token")
        .retry(RetryPolicy::none())
        .build()
        .expect("a client")
}
