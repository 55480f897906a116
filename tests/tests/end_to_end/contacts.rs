//! One contact at a time.

use serde_json::json;
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts::{self, Contact, EmployeeRange, LeadStatus, LifecycleStage};

#[tokio::test]
async fn a_contact_goes_through_its_life() {
    let bench = Bench::start().await;
    let client = &bench.client;
    let action = contacts::Create::new()
        .email("grace@example.com")
        .firstname("Grace")
        .lifecyclestage(LifecycleStage::Lead)
        .numemployees(EmployeeRange::From25To50)
        .hs_lead_status(LeadStatus::New);
    let made = client.execute(action).await.expect("created");
    let stored =
        bench.stored("contacts", &made.id, &["email", "firstname", "lifecyclestage", "numemployees"]).await;
    assert_eq!(stored["email"], "grace@example.com");
    assert_eq!(stored["lifecyclestage"], "lead");
    assert_eq!(stored["numemployees"], "25-50");

    let changed = client.execute(contacts::Update::new(&made.id).lastname("Hopper")).await.expect("updated");
    assert_eq!(changed.id, made.id);
    assert_eq!(bench.stored("contacts", &made.id, &["lastname"]).await["lastname"], "Hopper");

    let listed = client.execute(contacts::List::new()).await.expect("listed");
    assert_eq!(listed.items.len(), 1);
    assert_eq!(listed.next, None);

    let search =
        contacts::Search::new().filter(Contact::LASTNAME.eq("Hopper").and(Contact::FIRSTNAME.eq("Grace")));
    let found = client.execute(search).await.expect("found");
    assert_eq!(found.items[0].email.as_deref(), Some("grace@example.com"));

    client.execute(contacts::Delete::new(&made.id)).await.expect("deleted");
    assert!(client.execute(contacts::Get::new(&made.id)).await.expect_err("it is gone").is_not_found());
}

#[tokio::test]
async fn a_contact_is_found_by_its_address() {
    let bench = Bench::start().await;
    let email = "o'hara+news@example.com";
    let made = bench.client.execute(contacts::Create::new().email(email)).await.expect("created");
    let read = bench.client.execute(contacts::GetByEmail::new(email)).await.expect("read");
    assert_eq!(read.id, made.id);
    let sent = bench.last();
    assert!(sent.path.ends_with("/contacts/o%27hara%2Bnews%40example.com"), "{}", sent.path);
    assert!(sent.query.contains("idProperty=email"), "{}", sent.query);

    let update = contacts::UpdateByEmail::new(email).email("new@example.com");
    bench.client.execute(update).await.expect("updated");
    assert_eq!(bench.last().json(), json!({ "properties": { "email": "new@example.com" } }));
    assert_eq!(bench.stored("contacts", &made.id, &["email"]).await["email"], "new@example.com");
}

#[tokio::test]
async fn an_address_that_is_taken_is_a_conflict() {
    let bench = Bench::start().await;
    let action = contacts::Create::new().email("twice@example.com");
    let first = bench.client.execute(action.clone()).await.expect("created");
    let error = bench.client.execute(action).await.expect_err("it exists");
    assert!(error.is_conflict());
    assert!(!error.is_retryable());
    let error = error.api().expect("an error of the API").clone();
    assert_eq!(error.category.as_deref(), Some("CONFLICT"));
    let expected = format!("Contact already exists. Existing ID: {}", first.id);
    assert_eq!(error.message, Some(expected));
}

#[tokio::test]
async fn erasing_leaves_nothing_in_the_recycling_bin() {
    let bench = Bench::start().await;
    let made =
        bench.client.execute(contacts::Create::new().email("erase@example.com")).await.expect("created");
    let erase = contacts::GdprDelete::new("erase@example.com").id_property("email");
    bench.client.execute(erase).await.expect("erased");
    let get = contacts::Get::new(&made.id).archived(true);
    assert!(bench.client.execute(get).await.expect_err("it is gone for good").is_not_found());
}

#[tokio::test]
async fn two_contacts_become_one() {
    let bench = Bench::start().await;
    let [kept, merged] =
        ["kept@example.com", "merged@example.com"].map(|email| contacts::Create::new().email(email));
    let kept = bench.client.execute(kept).await.expect("created").id;
    let merged = bench.client.execute(merged).await.expect("created").id;
    let one = bench.client.execute(contacts::Merge::new(&kept, &merged)).await.expect("merged");
    let one = bench.client.execute(contacts::Get::new(&one.id)).await.expect("read");
    assert_eq!(one.email.as_deref(), Some("kept@example.com"));
    assert_eq!(one.hs_additional_emails, ["merged@example.com"]);
}
