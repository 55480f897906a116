//! The API's three versions, one spec.

use typed_connector_tests::hubspot::{self, contacts, deals};
use typed_connector_tests::{Bench, Fails as _, watch};

#[tokio::test]
async fn every_version_creates_and_reads() {
    let bench = Bench::start().await;
    let versions = [
        ("2026-09", "/crm/objects/2026-09/"),
        ("2026-03", "/crm/objects/2026-03/"),
        ("v3", "/crm/v3/objects/"),
    ];
    for (version, path) in versions {
        let client = hubspot::Client::builder()
            .base_url(bench.sandbox.url())
            .access_token(bench.sandbox.access_token())
            .api_version(version)
            .build()
            .expect("a known version");
        assert_eq!(client.api_version(), Some(version));
        let deal = client.execute(deals::Create::new(version, "closedwon")).await.expect("created");
        assert_eq!(bench.last().path, format!("{path}deals"));
        let read = client.execute(deals::Get::new(&deal.id)).await.expect("read");
        assert_eq!(read.dealname.as_deref(), Some(version));
        client.execute(contacts::Search::new()).await.expect("searched");
        assert_eq!(bench.last().path, format!("{path}contacts/search"));
    }
    assert_eq!(bench.client.api_version(), Some("2026-09"), "the default");
}

#[test]
fn an_unknown_version_is_refused_with_those_that_there_are() {
    watch::begin();
    let error = hubspot::Client::builder().api_version("v2").build().fails("there is none");
    assert_eq!(error.to_string(), "HubSpot has no API version `v2`; it has 2026-09, 2026-03, v3");
}
