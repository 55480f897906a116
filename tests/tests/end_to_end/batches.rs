//! Many records in one request, each with an outcome of its own.

use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts::{self, ContactCreateInput, ContactUpsertInput};
use typed_connector_tests::hubspot::deals::{
    self, DealArchiveInput, DealCreateInput, DealId, DealReadInput, DealUpdateInput,
};

#[tokio::test]
async fn a_batch_creates_reads_changes_and_deletes() {
    let bench = Bench::start().await;
    let inputs =
        (0..5).map(|number| DealCreateInput::new(format!("Deal {number}"), "closedwon").amount(number));
    let made = bench.client.execute(deals::BatchCreate::new(inputs)).await.expect("created");
    assert!(made.is_complete());
    assert_eq!(made.results.len(), 5);
    let ids: Vec<DealId> = made.results.iter().map(|deal| deal.id.clone()).collect();

    let changes = ids.iter().map(|id| DealUpdateInput::new(id).dealstage("closedlost").clear_amount());
    let changed = bench.client.execute(deals::BatchUpdate::new(changes)).await.expect("changed");
    assert_eq!(changed.results.len(), 5);
    for id in &ids {
        let stored = bench.stored("deals", id, &["amount", "dealstage"]).await;
        assert!(stored["amount"].is_null());
        assert_eq!(stored["dealstage"], "closedlost");
    }

    let read = deals::BatchRead::new(ids.iter().map(DealReadInput::new)).properties(["dealname"]);
    let read = bench.client.execute(read).await.expect("read");
    let mut names: Vec<_> = read.results.iter().filter_map(|deal| deal.dealname.as_deref()).collect();
    names.sort_unstable();
    assert_eq!(names, ["Deal 0", "Deal 1", "Deal 2", "Deal 3", "Deal 4"]);

    let all = deals::BatchArchive::new(ids.iter().map(DealArchiveInput::new));
    bench.client.execute(all).await.expect("deleted");
    assert!(bench.client.execute(deals::List::new()).await.expect("listed").items.is_empty());
}

#[tokio::test]
async fn a_record_that_is_missing_does_not_spoil_the_others() {
    let bench = Bench::seeded(2).await;
    let present = bench.client.execute(deals::List::new()).await.expect("listed").items;
    let ids = present.iter().map(|deal| deal.id.clone()).chain([DealId::from(999_999_u64)]);
    let read = bench.client.execute(deals::BatchRead::new(ids.map(DealReadInput::new))).await.expect("207");
    assert_eq!(bench.last().status, Some(207));
    assert_eq!(read.results.len(), 2);
    assert!(!read.is_complete());
    let [error] = read.errors.as_slice() else { panic!("one error: {:?}", read.errors) };
    assert_eq!(error.category.as_deref(), Some("OBJECT_NOT_FOUND"));
    assert!(error.message.is_some());
    assert!(error.raw.to_string().contains("999999"), "{}", error.raw);
}

#[tokio::test]
async fn a_batch_with_trace_ids_tells_which_of_its_inputs_failed() {
    let bench = Bench::start().await;
    bench.client.execute(contacts::Create::new().email("taken@example.com")).await.expect("created");
    let inputs = [("taken@example.com", "first"), ("free@example.com", "second")]
        .map(|(email, trace)| ContactCreateInput::new().email(email).object_write_trace_id(trace));
    let outcome = bench.client.execute(contacts::BatchCreate::new(inputs)).await.expect("207");
    assert_eq!(bench.last().status, Some(207));
    assert_eq!(outcome.results.len(), 1);
    assert_eq!(outcome.results[0].email.as_deref(), Some("free@example.com"));
    assert_eq!(outcome.results[0].object_write_trace_id.as_deref(), Some("second"));
    let [error] = outcome.errors.as_slice() else { panic!("one error: {:?}", outcome.errors) };
    assert_eq!(error.category.as_deref(), Some("CONFLICT"));
    assert_eq!(error.raw["context"]["objectWriteTraceId"][0], "first");
}

#[tokio::test]
async fn an_upsert_says_what_is_new() {
    let bench = Bench::start().await;
    let old = contacts::Create::new().email("old@example.com");
    let old = bench.client.execute(old).await.expect("created").id;
    let inputs = ["old@example.com", "fresh@example.com"]
        .map(|email| ContactUpsertInput::new(email).id_property("email").firstname("Ada"));
    let outcome = bench.client.execute(contacts::BatchUpsert::new(inputs)).await.expect("upserted");
    assert_eq!(outcome.results.len(), 2);
    for contact in &outcome.results {
        assert_eq!(contact.is_new, Some(contact.id != old));
    }
    assert_eq!(bench.stored("contacts", &old, &["firstname"]).await["firstname"], "Ada");
}

#[tokio::test]
async fn an_upsert_identifies_contacts_by_their_address_unless_told_otherwise() {
    let bench = Bench::start().await;
    let input = ContactUpsertInput::new("plain@example.com").firstname("Ada");
    bench.client.execute(contacts::BatchUpsert::new([input])).await.expect("upserted");
    assert_eq!(bench.last().json()["inputs"][0]["idProperty"], "email", "the spec's default");
}
