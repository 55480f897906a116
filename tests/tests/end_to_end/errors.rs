//! What the API answers when it refuses.

use std::time::Duration;

use typed_connector_sandbox::Fault;
use typed_connector_tests::hubspot::{contacts, deals};
use typed_connector_tests::{Bench, api_error};

#[tokio::test]
async fn a_wrong_value_names_the_property() {
    let bench = Bench::start().await;
    let action = deals::Create::new("x", "closedwon").property("no_such_property", "1");
    let error = api_error(bench.client.execute(action).await);
    assert_eq!(error.action, "deals.create");
    assert_eq!(error.status.as_u16(), 400);
    assert_eq!(error.category.as_deref(), Some("VALIDATION_ERROR"));
    let [detail] = error.details.as_slice() else { panic!("one detail: {:?}", error.details) };
    assert_eq!(detail.field.as_deref(), Some("no_such_property"));
    assert_eq!(detail.code.as_deref(), Some("PROPERTY_DOESNT_EXIST"));
    assert!(detail.message.as_deref().is_some_and(|message| message.contains("no_such_property")));
    assert!(error.correlation_id.is_some());
    assert!(!error.is_retryable());
    let text = error.to_string();
    assert!(text.starts_with("deals.create: HTTP 400"), "{text}");

    let action = deals::Create::new("x", "closedwon").property("amount", "a lot");
    assert_eq!(api_error(bench.client.execute(action).await).details[0].field.as_deref(), Some("amount"));
}

#[tokio::test]
async fn a_token_that_is_unknown_or_expired_is_unauthorized() {
    let bench = Bench::start().await;
    let error = bench.client_with("pat-na1-nobody").execute(deals::List::new()).await.expect_err("refused");
    assert!(error.is_unauthorized());
    assert!(!error.is_retryable());

    let token = bench.sandbox.issue_token(&["crm.objects.deals.read"]);
    let client = bench.client_with(token);
    client.execute(deals::List::new()).await.expect("still valid");
    bench.sandbox.expire_tokens();
    let error = api_error(client.execute(deals::List::new()).await);
    assert_eq!(error.category.as_deref(), Some("EXPIRED_AUTHENTICATION"));
    assert!(error.message.is_some_and(|message| message.contains("expired")));
}

#[tokio::test]
async fn a_client_without_a_token_sends_none() {
    let bench = Bench::start().await;
    let builder = || typed_connector_tests::hubspot::Client::builder().base_url(bench.sandbox.url());
    let error = builder().build().expect_err("nobody said that it should have none");
    assert_eq!(
        error.to_string(),
        "nothing says how calls of HubSpot are authorized; give the client's builder `access_token(…)` (Service key or private app \
         token) or `authorizer(…)` (OAuth 2.0), or `unauthenticated()` where they need not be"
    );
    let client = builder().unauthenticated().build();
    let error = client.expect("a client").execute(deals::List::new()).await.expect_err("refused");
    assert!(error.is_unauthorized());
    assert!(!bench.last().authorized);
}

#[tokio::test]
async fn a_token_that_lacks_a_scope_names_the_missing_ones() {
    let bench = Bench::start().await;
    let token = bench.sandbox.issue_token(&["crm.objects.contacts.read"]);
    let error = api_error(bench.client_with(token).execute(deals::Create::new("x", "closedwon")).await);
    assert_eq!(error.status.as_u16(), 403);
    assert_eq!(error.category.as_deref(), Some("MISSING_SCOPES"));
    assert!(error.missing_scopes.iter().any(|scope| scope == "crm.objects.deals.write"), "{error:?}");
    assert!(error.to_string().contains("crm.objects.deals.write"), "{error}");
}

#[tokio::test]
async fn a_record_that_does_not_exist_is_not_found() {
    let bench = Bench::start().await;
    let error = bench.client.execute(deals::Get::new(4711)).await.expect_err("there is none");
    assert!(error.is_not_found());
    assert_eq!(error.api().and_then(|error| error.category.as_deref()), Some("OBJECT_NOT_FOUND"));
    let error =
        bench.client.execute(contacts::Update::new(4711).city("Turin")).await.expect_err("there is none");
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let bench = Bench::start().await;
    let body = serde_json::json!({
        "status": "error", "message": "You have reached your ten_secondly_rolling limit.",
        "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING", "correlationId": "c-1",
    });
    bench.sandbox.inject(Fault::status(429).header("retry-after", "7").json(&body));
    let error = bench.client.execute(deals::List::new()).await.expect_err("too many");
    assert!(error.is_rate_limited());
    assert!(error.is_retryable());
    let error = error.api().expect("an error of the API");
    assert_eq!(error.retry_after, Some(Duration::from_secs(7)));
    assert_eq!(error.correlation_id.as_deref(), Some("c-1"));
    assert!(error.message.as_deref().is_some_and(|message| message.contains("limit")));
}

#[tokio::test]
async fn retry_after_can_be_a_date_and_nonsense_is_ignored() {
    let bench = Bench::start().await;
    for (value, expected) in [
        ("Wed, 21 Oct 2015 07:28:00 GMT", Some(Duration::ZERO)),
        ("soon", None),
        ("-3", None),
        ("99999999999999999999999", None),
    ] {
        bench.sandbox.inject(Fault::status(429).header("retry-after", value));
        assert_eq!(
            api_error(bench.client.execute(deals::List::new()).await).retry_after,
            expected,
            "{value}"
        );
    }
}

#[tokio::test]
async fn a_gateways_page_is_an_error_that_shows_it() {
    let bench = Bench::start().await;
    let page = format!("<html><body><h1>502 Bad Gateway</h1>{}</body></html>", "<p>x</p>".repeat(5000));
    bench.sandbox.inject(Fault::status(502).body(page));
    let error = api_error(bench.client.execute(deals::List::new()).await);
    assert_eq!(error.status.as_u16(), 502);
    assert_eq!((error.category.as_ref(), error.message.as_ref()), (None, None));
    assert!(error.is_retryable());
    assert!(error.body.starts_with("<html>"));
    assert!(error.body.len() <= 8 * 1024);
    let text = error.to_string();
    assert!(text.contains("502 Bad Gateway") && text.len() < 400, "{text}");
}

#[tokio::test]
async fn an_error_without_a_body_is_one_too() {
    let bench = Bench::start().await;
    bench.sandbox.inject(Fault::status(503));
    let error = api_error(bench.client.execute(deals::List::new()).await);
    assert_eq!(error.to_string(), "deals.list: HTTP 503 Service Unavailable, without a body");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn every_field_of_an_error_is_optional_and_may_have_any_type() {
    let bench = Bench::start().await;
    let whole = serde_json::json!({
        "status": "error", "message": "m", "category": "c", "subCategory": "s", "correlationId": "i",
        "errors": [{ "message": "m", "code": "c", "context": { "propertyName": ["p"] } }],
    });
    let mut bodies =
        vec![serde_json::json!({}), serde_json::json!(null), serde_json::json!([1]), serde_json::json!("x")];
    for key in ["status", "message", "category", "subCategory", "correlationId", "errors"] {
        for odd in [
            None,
            Some(serde_json::json!(null)),
            Some(serde_json::json!({ "a": 1 })),
            Some(serde_json::json!(7)),
        ] {
            let mut body = whole.clone();
            match odd {
                Some(odd) => body[key] = odd,
                None => drop(body.as_object_mut().and_then(|body| body.remove(key))),
            }
            bodies.push(body);
        }
    }
    for odd in [serde_json::json!([null, 3, {}]), serde_json::json!([{ "context": { "propertyName": 4 } }])] {
        bodies.push(serde_json::json!({ "message": "m", "errors": odd }));
    }
    for body in bodies {
        bench.sandbox.inject(Fault::status(400).json(&body));
        let error = api_error(bench.client.execute(deals::Create::new("x", "closedwon")).await);
        assert_eq!(error.status.as_u16(), 400);
        assert_eq!(error.message.as_deref(), body["message"].as_str(), "{body}");
        assert_eq!(error.category.as_deref(), body["category"].as_str(), "{body}");
        assert_eq!(error.details.len(), body["errors"].as_array().map_or(0, Vec::len), "{body}");
        assert!(error.to_string().starts_with("deals.create: HTTP 400"), "{error}");
    }
}

#[tokio::test]
async fn an_empty_answer_where_a_record_should_be_is_an_error_that_says_what_happened() {
    let bench = Bench::start().await;
    for (status, body) in [(200, ""), (201, ""), (204, ""), (200, "null"), (200, "[]"), (200, "{}")] {
        bench.sandbox.inject(Fault::status(status).body(body));
        let error = bench.client.execute(deals::Create::new("x", "closedwon")).await.expect_err(body);
        assert!(matches!(error, typed_connector::Error::Decode(_)), "{status} `{body}`: {error:?}");
        assert!(error.to_string().contains("the server has carried it out"), "{error}");
        bench.sandbox.inject(Fault::status(status).body(body));
        let error = bench.client.execute(deals::Get::new(1)).await.expect_err(body);
        assert!(matches!(error, typed_connector::Error::Decode(_)), "{status} `{body}`: {error:?}");
    }
}
