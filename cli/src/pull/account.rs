//! What an account tells of its properties and pipelines.

use typed_connector::connector;

use crate::Failure;

/// The two actions that are needed, in a connector of this crate's own.
#[connector(path = "specs/account")]
mod hubspot {}

pub(super) use hubspot::Client;
pub(super) use hubspot::pipelines::Pipeline;
pub(super) use hubspot::properties::{Choice, Property};

/// The definitions of one kind of records.
pub(super) struct Definitions {
    pub(super) properties: Vec<Property>,
    pub(super) pipelines: Vec<Pipeline>,
}

pub(super) async fn read(client: &Client, kind: &str) -> Result<Definitions, Failure> {
    let mut properties = client.execute(hubspot::properties::List::new(kind)).await?.results;
    properties.sort_by(|a, b| a.name.cmp(&b.name));
    let pipelines = client.execute(hubspot::pipelines::List::new(kind)).await?.results;
    Ok(Definitions { properties, pipelines })
}
