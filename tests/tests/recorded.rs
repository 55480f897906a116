//! Answers of the shapes that HubSpot was seen to give. Structure and property names are HubSpot's; every value is made up.

use std::time::Duration;

use serde_json::Value;
use typed_connector::auth::{AuthError, AuthorizationProfile, RefreshToken};
use typed_connector::{ApiError, Decimal, Record, Timestamp};
use typed_connector_tests::hubspot::deals::{self, DealStage};
use typed_connector_tests::hubspot::{self, Connector, OwnerId, contacts};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{api_error, client};

async fn answering(status: u16, body: &'static str) -> (Server, hubspot::Client) {
    let server = Server::start(move |_| {
        Reply::new(status, &[("content-type", "application/json;charset=utf-8")], body)
    })
    .await;
    let client = client(&server.url(), "t");
    (server, client)
}

/// Every value of the recording is in the typed record, or among its unknown properties.
#[track_caller]
fn assert_nothing_is_lost(record: &impl Record, recorded: &Value) {
    assert!(record.extra().warnings().is_empty(), "{:?}", record.extra().warnings());
    let read = record.to_json();
    for (name, value) in recorded["properties"].as_object().expect("properties") {
        assert!(
            same(&read["properties"][name], value),
            "{name}: {value} became {}",
            read["properties"][name]
        );
    }
    for name in ["id", "createdAt", "updatedAt", "archived", "url"] {
        assert!(same(&read[name], &recorded[name]), "{name}: {} became {}", recorded[name], read[name]);
    }
}

/// The same text, or the same number or time in another form.
fn same(read: &Value, recorded: &Value) -> bool {
    if read == recorded {
        return true;
    }
    let (Some(read), Some(recorded)) = (read.as_str(), recorded.as_str()) else { return false };
    let number = |text: &str| text.parse::<f64>().ok();
    if let (Some(left), Some(right)) = (number(read), number(recorded)) {
        return (left - right).abs() <= right.abs() * 1e-12;
    }
    let Ok(time) = read.parse::<Timestamp>() else { return false };
    recorded.parse().ok() == Some(time) || time.as_millisecond().to_string() == recorded
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the recording is JSON")
}

#[tokio::test]
async fn a_deal_that_was_created() {
    const BODY: &str = include_str!("recorded/deal_create.json");
    let (_server, client) = answering(201, BODY).await;
    let deal = client.execute(deals::Create::new("x", "closedwon")).await.expect("it decodes");
    assert_nothing_is_lost(&deal, &json(BODY));
    assert_eq!(deal.dealstage, None, "HubSpot creates deals without a stage");
    assert_eq!(deal.num_notes, Some(0));
    assert_eq!(deal.hs_is_closed_won, Some(false));
    assert!(deal.extra.get("hs_number_of_call_engagements").is_some(), "the spec does not declare it");
}

#[tokio::test]
async fn a_deal_that_was_updated() {
    const BODY: &str = include_str!("recorded/deal_update.json");
    let (_server, client) = answering(200, BODY).await;
    let deal = client.execute(deals::Update::new(1)).await.expect("it decodes");
    assert_nothing_is_lost(&deal, &json(BODY));
    assert_eq!(deal.amount, Some(Decimal::from(18_400)));
    assert_eq!(deal.dealstage, Some(DealStage::QualifiedToBuy));
    let probability = deal.hs_deal_stage_probability.expect("55 digits after the point");
    assert!((probability - 0.6).abs() < 1e-9);
    assert_eq!(deal.hs_projected_amount.map(|sum| sum.round_dp(6)), Some(Decimal::from(11_040)));
    assert_eq!(deal.days_to_close, Some(41));
}

#[tokio::test]
async fn a_list_of_deals() {
    const BODY: &str = include_str!("recorded/deal_list.json");
    let (_server, client) = answering(200, BODY).await;
    let page = client.execute(deals::List::new()).await.expect("it decodes");
    for (deal, recorded) in page.items.iter().zip(json(BODY)["results"].as_array().expect("a list")) {
        assert_nothing_is_lost(deal, recorded);
        assert_eq!(deal.closedate, None, "`null` is no value");
    }
    assert_eq!(page.items[1].amount.map(|sum| sum.to_string()).as_deref(), Some("7250.50"));
    assert_eq!((page.next.as_ref(), page.total), (None, None));
}

#[tokio::test]
async fn a_page_of_a_search() {
    const BODY: &str = include_str!("recorded/deal_search.json");
    let (_server, client) = answering(200, BODY).await;
    let page = client.execute(deals::Search::new()).await.expect("it decodes");
    assert_eq!((page.items.len(), page.total, page.next.as_deref()), (2, Some(17), Some("2")));
    assert!(page.extra.warnings().is_empty());
}

#[tokio::test]
async fn contacts_that_were_created_updated_and_listed() {
    const UPDATED: &str = include_str!("recorded/contact_update.json");
    const LISTED: &str = include_str!("recorded/contact_list.json");
    const CREATED: &str = include_str!("recorded/contact_create.json");
    let (_server, client) = answering(201, CREATED).await;
    let contact = client.execute(contacts::Create::new()).await.expect("it decodes");
    assert_nothing_is_lost(&contact, &json(CREATED));
    assert_eq!(contact.hs_lifecyclestage_lead_date.map(Timestamp::as_millisecond), Some(1_809_576_342_118));
    assert_eq!(contact.hs_all_contact_vids.first(), Some(&contact.id));

    let (_server, client) = answering(200, UPDATED).await;
    let contact = client.execute(contacts::Update::new(1)).await.expect("it decodes");
    assert_nothing_is_lost(&contact, &json(UPDATED));

    let (_server, client) = answering(200, LISTED).await;
    let page = client.execute(contacts::List::new()).await.expect("it decodes");
    assert_eq!(page.items.len(), 2);
    assert!(page.items.iter().all(|contact| contact.extra.warnings().is_empty()));
    assert_eq!(page.items[0].hubspot_owner_id.as_ref().map(OwnerId::as_str), Some("725706722"));
}

async fn refused(status: u16, body: &'static str) -> ApiError {
    let (_server, client) = answering(status, body).await;
    let error = api_error(client.execute(deals::Create::new("x", "closedwon")).await);
    assert_eq!(error.status.as_u16(), status);
    assert!(error.correlation_id.as_deref().is_some_and(|id| id.starts_with("6f1d2c1e-")), "{error:?}");
    assert!(error.message.is_some());
    error
}

#[tokio::test]
async fn errors() {
    let error = refused(400, include_str!("recorded/error_400.json")).await;
    assert_eq!(error.category.as_deref(), Some("VALIDATION_ERROR"));
    assert_eq!(error.details.len(), 1);
    assert_eq!(error.details[0].field.as_deref(), Some("lamp_count"));
    assert_eq!(error.details[0].code.as_deref(), Some("PROPERTY_DOESNT_EXIST"));
    assert_eq!(
        error.to_string(),
        "deals.create: HTTP 400 Bad Request VALIDATION_ERROR: Property values were not valid; Property \"lamp_count\" does not \
         exist (correlation id 6f1d2c1e-9a34-4c55-8d0b-1f0a7be6a005)",
        "the list that the message repeats as JSON is left out"
    );
    assert!(
        error.message.as_deref().is_some_and(|message| message.contains("isValid")),
        "it is there to be read"
    );

    let error = refused(401, include_str!("recorded/error_401.json")).await;
    assert_eq!(error.category.as_deref(), Some("EXPIRED_AUTHENTICATION"));

    let error = refused(403, include_str!("recorded/error_403.json")).await;
    assert_eq!(error.missing_scopes, ["crm.schemas.deals.write", "crm.objects.deals.write"]);

    let error = refused(404, include_str!("recorded/error_404.json")).await;
    assert_eq!(error.category.as_deref(), Some("OBJECT_NOT_FOUND"));

    let error = refused(409, include_str!("recorded/error_409.json")).await;
    assert_eq!(error.message.as_deref(), Some("Contact already exists. Existing ID: 90210664417"));

    let error = refused(429, include_str!("recorded/error_429.json")).await;
    assert!(error.is_retryable());
    assert_eq!((error.retry_after, error.category.as_ref()), (None, None), "HubSpot gives neither");
}

#[tokio::test]
async fn a_batch_that_succeeded_in_part() {
    let (_server, client) = answering(207, include_str!("recorded/batch_207.json")).await;
    let inputs = ["trace-a", "trace-b"]
        .map(|trace| deals::DealCreateInput::new("x", "closedwon").object_write_trace_id(trace));
    let outcome = client.execute(deals::BatchCreate::new(inputs)).await.expect("it decodes");
    assert_eq!(outcome.results[0].dealname.as_deref(), Some("Tide tables"));
    assert_eq!(outcome.errors.len(), 1);
    assert_eq!(outcome.errors[0].category.as_deref(), Some("VALIDATION_ERROR"));
    assert_eq!(outcome.errors[0].raw["context"]["objectWriteTraceId"][0], "trace-b");
    assert_eq!(outcome.extra.get("status"), Some(&json(r#""COMPLETE""#)));
}

#[tokio::test]
async fn tokens() {
    let profile = |server: &Server| {
        AuthorizationProfile::new::<Connector>("id", "secret", "http://localhost/callback")
            .expect("a profile")
            .token_url(format!("{}/token", server.url()))
    };
    let (server, _) = answering(200, include_str!("recorded/token.json")).await;
    let token = profile(&server).refresh(&"r".into()).await.expect("it decodes");
    assert_eq!(token.access_token.expose(), "made-up-access");
    assert_eq!(token.refresh_token.as_ref().map(RefreshToken::expose), Some("made-up-refresh"));
    assert_eq!(token.expires_in, Some(Duration::from_secs(1800)));
    assert_eq!(token.account_id.as_deref(), Some("55501990"));
    assert_eq!(token.scopes, Some(vec!["oauth".to_owned(), "crm.objects.deals.read".to_owned()]));

    let (server, _) = answering(400, include_str!("recorded/token_error.json")).await;
    let error = profile(&server).refresh(&"r".into()).await.expect_err("refused");
    assert!(matches!(error, AuthError::Token { needs_authorization: true, .. }), "{error:?}");
}
