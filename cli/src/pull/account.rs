//! What an account tells of its properties and pipelines.

use typed_connector::connector;

use crate::Failure;

/// The two actions that are needed, in a connector of this crate's own.
#[connector(path = "specs/account")]
mod hubspot {}

pub(super) use hubspot::pipelines::Pipeline;
pub(super) use hubspot::properties::{Choice, Property};
use hubspot::properties::{List, Sensitivity};
pub(super) use hubspot::{Client, Connector};

/// The definitions of one kind of records.
pub(super) struct Definitions {
    pub(super) properties: Vec<Property>,
    pub(super) pipelines: Vec<Pipeline>,
}

/// Reads them. Definitions of what is sensitive are told apart, and to everybody: only the values need scopes of their own.
pub(super) async fn read(client: &Client, kind: &str) -> Result<Definitions, Failure> {
    let mut properties = Vec::new();
    for sensitivity in [Sensitivity::NonSensitive, Sensitivity::Sensitive, Sensitivity::HighlySensitive] {
        properties.extend(client.execute(List::new(kind, sensitivity)).await?.results);
    }
    properties.sort_by(|a, b| a.name.cmp(&b.name));
    properties.dedup_by(|a, b| a.name == b.name);
    let pipelines = client.execute(hubspot::pipelines::List::new(kind)).await?.results;
    Ok(Definitions { properties, pipelines })
}

impl Property {
    /// Whether HubSpot keeps it from all who lack a scope for it.
    pub(super) fn is_sensitive(&self) -> bool {
        self.data_sensitivity.as_ref().is_some_and(|kind| *kind != Sensitivity::NonSensitive)
    }

    /// Whether nobody can set it. Of a custom property with a formula only the kind of its field is sure to say so.
    pub(super) fn is_read_only(&self) -> bool {
        let data = self.modification_metadata.as_ref();
        data.and_then(|data| data.read_only_value).unwrap_or(false)
            || self.calculated.unwrap_or(false)
            || self.field_type.as_deref().is_some_and(|kind| kind.starts_with("calculation_"))
    }

    pub(super) fn is_hubspots(&self) -> bool {
        self.hubspot_defined.unwrap_or(false)
    }
}
