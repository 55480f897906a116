//! Tokens and scopes, loopback, limits, faults, the log.

mod common;

use std::time::{Duration, Instant};

use common::{read, setup, start};
use serde_json::json;
use typed_connector_sandbox::{Fault, Limits, Sandbox, StartError};

const DEALS: &str = "/crm/v3/objects/deals";

#[tokio::test]
async fn only_loopback_addresses_are_bound() {
    let error = Sandbox::builder().listen("0.0.0.0:0".parse().unwrap()).start().await.unwrap_err();
    assert!(matches!(error, StartError::NotLoopback(_)));
    assert!(error.to_string().contains("loopback addresses only, not on 0.0.0.0:0"), "{error}");
    let taken = Sandbox::start().await.unwrap();
    let error = Sandbox::builder().listen(taken.addr()).start().await.unwrap_err();
    assert!(matches!(error, StartError::Listen { .. }));
}

#[tokio::test]
async fn foreign_host_names_are_refused() {
    let setup = setup().await;
    for (host, status) in [("evil.example", 421), ("127.0.0.1.evil.example", 421), ("localhost:1", 200)] {
        let request = setup.http.get(setup.url(DEALS)).bearer_auth(&setup.token).header("host", host);
        assert_eq!(request.send().await.unwrap().status(), status, "{host}");
    }
}

#[tokio::test]
async fn a_token_is_needed_and_its_scopes_count() {
    let setup = setup().await;
    let response = setup.http.get(setup.url(DEALS)).send().await.unwrap();
    let id = response.headers()["x-hubspot-correlation-id"].to_str().unwrap().to_owned();
    let (status, error) = read(response).await;
    assert_eq!((status.as_u16(), &error["category"]), (401, &json!("INVALID_AUTHENTICATION")));
    assert_eq!(error["correlationId"], id);
    let nonsense = setup.http.get(setup.url(DEALS)).bearer_auth("nonsense").send().await.unwrap();
    assert_eq!(nonsense.status(), 401);

    let reader = setup.sandbox.issue_static_token(&["crm.objects.contacts.read"]);
    let (status, error) =
        read(setup.http.get(setup.url(DEALS)).bearer_auth(&reader).send().await.unwrap()).await;
    assert_eq!(status, 403);
    assert_eq!(error["category"], "MISSING_SCOPES");
    assert_eq!(
        error["errors"][0]["context"]["requiredGranularScopes"],
        json!([
            "crm.schemas.deals.read",
            "crm.objects.deals.sensitive.read.v2",
            "crm.objects.deals.read",
            "crm.objects.deals.highly_sensitive.read.v2"
        ])
    );
    assert_eq!(error["links"], json!({"scopes": "https://developers.hubspot.com/scopes"}));

    let contacts = setup.url("/crm/v3/objects/contacts");
    assert_eq!(setup.http.get(&contacts).bearer_auth(&reader).send().await.unwrap().status(), 200);
    let create = setup.http.post(&contacts).bearer_auth(&reader).json(&json!({"properties": {}}));
    assert_eq!(create.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_body_has_its_bounds() {
    let setup = setup().await;
    let request = setup.http.post(setup.url(DEALS)).bearer_auth(&setup.token);
    let request = request.header("content-type", "application/json").body(vec![b' '; 11 * 1024 * 1024]);
    // The server may close the connection while the body is still being sent.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 413);
    }
}

#[tokio::test]
async fn limits_are_told_and_enforced_if_wanted() {
    let limits = Limits::NONE.searches_per_second(2).calls_per_ten_seconds(3).calls_per_day(100);
    let setup = start(Sandbox::builder().enforce_limits(limits)).await;
    let response = setup.send("GET", DEALS, None).await;
    for (name, value) in [
        ("max", "3"),
        ("remaining", "2"),
        ("interval-milliseconds", "10000"),
        ("daily", "100"),
        ("daily-remaining", "99"),
    ] {
        assert_eq!(response.headers()[&format!("x-hubspot-ratelimit-{name}")], value, "{name}");
    }
    let search = format!("{DEALS}/search");
    for _ in 0..2 {
        let response = setup.send("POST", &search, Some(&json!({}))).await;
        assert_eq!(response.status(), 200);
        assert!(response.headers().get("x-hubspot-ratelimit-max").is_none());
    }
    let (status, error) = setup.post(&search, json!({})).await;
    assert_eq!(status, 429);
    assert_eq!(error["message"], "You have reached your secondly limit.");
    assert_eq!((&error["errorType"], &error["policyName"]), (&json!("RATE_LIMIT"), &json!("SECONDLY")));

    assert_eq!(setup.get(DEALS).await.0, 200);
    assert_eq!(setup.get(DEALS).await.0, 200);
    let (status, error) = setup.get(DEALS).await;
    assert_eq!((status.as_u16(), &error["policyName"]), (429, &json!("TEN_SECONDLY_ROLLING")));
    assert_eq!(error["message"], "You have reached your ten_secondly_rolling limit.");
}

#[tokio::test]
async fn faults_meet_the_requests_that_they_are_meant_for() {
    let setup = setup().await;
    let fault =
        Fault::status(503).header("retry-after", "7").body("<html>").method("post").path(DEALS).times(2);
    setup.sandbox.inject(fault);
    assert_eq!(setup.get(DEALS).await.0, 200);
    let body = json!({"properties": {"dealname": "x"}});
    for _ in 0..2 {
        let response = setup.send("POST", DEALS, Some(&body)).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["retry-after"]),
            (503, &"7".parse().unwrap())
        );
    }
    assert_eq!(setup.get(DEALS).await.1["results"], json!([]), "nothing was done");
    assert_eq!(setup.post(DEALS, body.clone()).await.0, 201);

    setup.sandbox.inject(Fault::status(502).after_acting());
    assert_eq!(setup.post(DEALS, body.clone()).await.0, 502);
    assert_eq!(setup.get(DEALS).await.1["results"].as_array().unwrap().len(), 2, "it was done");

    for (fault, deals) in [(Fault::cut(), 2), (Fault::cut().after_acting(), 3)] {
        setup.sandbox.inject(fault);
        let request = setup.http.post(setup.url(DEALS)).bearer_auth(&setup.token).json(&body);
        assert!(request.send().await.is_err());
        assert_eq!(setup.get(DEALS).await.1["results"].as_array().unwrap().len(), deals);
    }

    setup.sandbox.inject(Fault::latency(Duration::from_millis(120)));
    let start = Instant::now();
    assert_eq!(setup.get(DEALS).await.0, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}

#[tokio::test]
async fn requests_are_logged_without_their_tokens() {
    let setup = setup().await;
    let body = json!({"properties": {"dealname": "x"}});
    setup.post(&format!("{DEALS}?a=%20b"), body.clone()).await;
    setup.sandbox.inject(Fault::cut());
    setup.http.get(setup.url(DEALS)).send().await.unwrap_err();
    let log = setup.sandbox.requests();
    let first = &log[0];
    assert_eq!((first.method.as_str(), first.path.as_str(), first.query.as_str()), ("POST", DEALS, "a=%20b"));
    assert_eq!((first.json(), first.status, first.authorized), (body, Some(201), true));
    assert_eq!(first.header("content-type"), Some("application/json"));
    assert!(!format!("{log:?}").contains(&setup.token));
    assert_eq!((log[1].status, log[1].authorized), (None, false));
    setup.sandbox.clear_requests();
    assert!(setup.sandbox.requests().is_empty());
}

#[tokio::test]
async fn it_stops_when_told_and_when_dropped() {
    let first = setup().await;
    assert_eq!(first.get(DEALS).await.0, 200);
    let url = first.sandbox.url();
    first.sandbox.shutdown().await;
    assert!(common::client().get(format!("{url}{DEALS}")).send().await.is_err());

    let sandbox = Sandbox::start().await.unwrap();
    let addr = sandbox.addr();
    drop(sandbox);
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(addr).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it still listens");
}

#[tokio::test]
async fn every_so_manyth_request_meets_a_fault_and_connections_are_counted() {
    let setup = setup().await;
    let faults = ["429+3", "502html", "cut-unread", "cut", "cut-acted"];
    setup.sandbox.inject_every(2, faults.map(|text| text.parse::<Fault>().unwrap()));
    let mut seen = Vec::new();
    for _ in 0..10 {
        let body = json!({"properties": {"dealname": "x"}});
        let answer = setup.http.post(setup.url(DEALS)).bearer_auth(&setup.token).json(&body).send().await;
        seen.push(answer.map(|answer| answer.status().as_u16()).map_err(|error| error.is_request()));
    }
    let cut = Err(true);
    assert_eq!(seen, [Ok(201), Ok(429), Ok(201), Ok(502), Ok(201), cut, Ok(201), cut, Ok(201), cut]);
    let met: Vec<_> = setup.sandbox.requests().into_iter().filter_map(|request| request.fault).collect();
    assert_eq!(met, faults);
    setup.sandbox.clear_faults();
    let list = setup.http.get(setup.url(DEALS)).bearer_auth(&setup.token).send().await.unwrap();
    let (_, list) = read(list).await;
    // Five without a fault, and the one whose answer was lost.
    assert_eq!(list["results"].as_array().map(Vec::len), Some(6));
    assert_eq!(setup.sandbox.connections(), 1);
}
