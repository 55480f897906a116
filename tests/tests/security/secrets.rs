//! No secret shows itself.

use serde_json::json;
use typed_connector::Error;
use typed_connector::auth::{AccessToken, AuthorizationProfile, RefreshToken};
use typed_connector_tests::hubspot::{self, Connector, contacts, deals};
use typed_connector_tests::wire::{Reply, Server};
use typed_connector_tests::{client, shown};

const TOKEN: &str = "pat-na1-SECRET-0001";

#[test]
fn a_client_and_its_builder_hide_the_token() {
    let builder = hubspot::Client::builder().access_token(TOKEN);
    assert!(!format!("{builder:?}").contains("SECRET"));
    assert!(!format!("{builder:#?}").contains("SECRET"));
    let client = builder.build().expect("a client");
    assert!(!format!("{client:?} {client:#?}").contains("SECRET"));
    let (access, refresh) = (AccessToken::from(TOKEN), RefreshToken::from(TOKEN));
    assert!(!format!("{access:?} {refresh:?}").contains("SECRET"));
    assert_eq!(access.expose(), TOKEN);
}

#[test]
fn a_token_that_no_header_can_carry_is_refused_without_showing_it() {
    for token in ["SECRET\n", "SECRET\r\nx: y", "SECRET\0"] {
        let error = hubspot::Client::builder().access_token(token).build().expect_err("no header carries it");
        assert!(matches!(error, Error::Configuration(_)), "{error:?}");
        assert!(!shown(&error).contains("SECRET"), "{error}");
    }
}

#[tokio::test]
async fn errors_show_neither_the_token_nor_the_address_with_its_personal_data() {
    let replies = [
        Reply::HangUp,
        Reply::Bytes(b"no HTTP at all\r\n\r\n".to_vec()),
        Reply::new(200, &[], "no JSON, but SECRET"),
        Reply::new(500, &[], "<html>"),
        Reply::json(403, &json!({ "message": "no" })),
        Reply::Bytes(b"HTTP/1.1 200 x\r\ncontent-length: 100\r\n\r\n{".to_vec()),
    ];
    for reply in replies {
        let case = format!("{reply:?}");
        let server = Server::start(move |_| reply.clone()).await;
        let client = client(&server.url(), TOKEN);
        let read = client.execute(contacts::GetByEmail::new("ada@private.example")).await.expect_err(&case);
        let write =
            client.execute(contacts::UpdateByEmail::new("ada@private.example")).await.expect_err(&case);
        for error in [read, write] {
            let text = shown(&error);
            assert!(!text.contains("SECRET"), "{text}");
            assert!(!text.contains("private.example"), "{text}");
        }
    }
    let client = client("http://127.0.0.1:1", TOKEN);
    let error = client.execute(deals::List::new()).await.expect_err("nobody listens there");
    assert!(!shown(&error).contains("SECRET"), "{}", shown(&error));
}

/// Nobody's: put together here so that no scanner takes it for one.
fn of_somebody() -> String {
    format!("9f3Kq7Lm2Zt8Vb6Xw1Rc{}", "SECRET5Yd4Ng0Hj3Pk8Sa7Qe2")
}

/// What an API says of a call keeps the ids of records, and loses what is a token: that of the call, and those that look like one.
#[tokio::test]
async fn an_error_that_repeats_a_token_does_not_show_it() {
    let other = of_somebody();
    let signed = format!("eyJhbGciOiJSUzI1NiJ9.{other}.{other}");
    let own = "any-SECRET-that-looks-like-none";
    let record = "rec_9f3Kq7Lm2Zt8Vb6Xw1Rc5Yd4";
    for told in [
        format!("the token {own} has expired"),
        format!("sent was `Authorization: Bearer {other}`"),
        format!("the token pat-na1-{other} belongs to somebody else"),
        format!("signed: {signed}."),
    ] {
        let message = format!("{told}, see {record}");
        let body = json!({
            "status": "error", "message": message, "category": format!("INVALID, {told}"), "subCategory": told,
            "errors": [{ "message": message, "code": "EXPIRED", "in": told }],
        });
        let server = Server::start(move |_| Reply::json(403, &body)).await;
        let client = client(&server.url(), own);
        let read = client.execute(deals::List::new()).await.expect_err("refused");
        let api = read.api().expect("the API has refused");
        assert!(api.category.as_ref().is_some_and(|category| category.starts_with("INVALID, ")), "{api:?}");
        assert!(!api.body.contains(own), "{}", api.body);
        let text = format!("{} {:?} {:?} {:?}", shown(&read), api.message, api.details, api.sub_category);
        assert!(!text.contains("SECRET") && text.contains(record) && text.contains('…'), "{text}");
    }
    // A body that is no JSON is shown too, by its start.
    let longer = format!("<p>{}no such key: eyJhbGciOiJSUzI1NiJ9.{other}.{other}</p>", "- ".repeat(66));
    for body in [format!("<p>no such key: sk_live_{other}</p>"), longer] {
        let server = Server::start(move |_| Reply::new(500, &[], body.clone())).await;
        let client = client(&server.url(), own);
        for error in [
            client.execute(deals::List::new()).await.expect_err("refused"),
            client.execute(deals::Create::new("x", "closedwon")).await.expect_err("refused"),
        ] {
            assert!(
                !shown(&error).contains("SECRET") && shown(&error).contains("no such key: …"),
                "{}",
                shown(&error)
            );
        }
    }
}

#[tokio::test]
async fn a_provider_that_tells_of_a_token_which_was_not_sent_does_not_show_it() {
    let other = of_somebody();
    let description =
        format!("the refresh token {other} was rotated; id 8f14e45f-ceea-467f-a0e6-b1c1e1f3c5d7");
    for key in ["error_description", "message"] {
        let body = json!({ "error": "invalid_grant", key: description });
        let server = Server::start(move |_| Reply::json(400, &body)).await;
        let error = profile(&server).refresh(&"refresh-SECRET".into()).await.expect_err("refused");
        let text = shown(&error);
        assert!(!text.contains("SECRET") && text.contains("the refresh token … was rotated"), "{text}");
        assert!(text.contains("8f14e45f-ceea-467f-a0e6-b1c1e1f3c5d7"), "ids are for the support: {text}");
    }
    let server = Server::start(|_| Reply::HangUp).await;
    let profile = profile(&server);
    let request = profile.authorize().expect("a link");
    let redirect = format!(
        "http://localhost/callback?state={}&error=access_denied&error_description=not+with+code+{other}",
        request.state
    );
    let error = profile.exchange(&request, &redirect).await.expect_err("refused");
    assert!(
        !shown(&error).contains("SECRET") && shown(&error).contains("not with code …"),
        "{}",
        shown(&error)
    );
}

fn profile(server: &Server) -> AuthorizationProfile {
    AuthorizationProfile::new::<Connector>("client-id", "client-SECRET", "http://localhost/callback")
        .expect("a profile")
        .pkce(true)
        .token_url(format!("{}/token", server.url()))
}

#[tokio::test]
async fn an_authorization_hides_its_secrets() {
    let answer = json!({
        "access_token": "access-SECRET", "refresh_token": "refresh-SECRET", "token_type": "bearer",
        "expires_in": 1800, "hub_id": 12345, "scopes": ["a", "b"], "id_token": "id-SECRET",
    });
    let server = Server::start(move |_| Reply::json(200, &answer)).await;
    let profile = profile(&server);
    assert!(!format!("{profile:?} {profile:#?}").contains("SECRET"));

    let request = profile.authorize().expect("a link");
    let shown = format!("{request:?} {request:#?}");
    assert!(!shown.contains(&request.state), "{shown}");
    assert!(!request.url.contains("SECRET"), "the secret is for the token endpoint alone: {}", request.url);

    let redirect = format!("http://localhost/callback?code=code-SECRET&state={}", request.state);
    let token = profile.exchange(&request, &redirect).await.expect("a token");
    assert!(!format!("{token:?} {token:#?}").contains("SECRET"));
    let sent = server.last();
    assert!(sent.text().contains("client-SECRET"), "HubSpot takes it in the body");
    assert!(!sent.line.contains("SECRET"), "{}", sent.line);
    let verifier =
        sent.text().split("code_verifier=").nth(1).map(|rest| rest.chars().take(43).collect::<String>());
    assert!(!shown.contains(&verifier.expect("PKCE is on")), "{shown}");
}

#[tokio::test]
async fn an_answer_of_the_token_endpoint_that_cannot_be_read_is_not_shown() {
    let replies = [
        (200, r#"{"access_token":"access-SECRET""#),
        (200, r#""access-SECRET""#),
        (200, r#"["access-SECRET"]"#),
        (200, r#"{"access_token":{"x":"access-SECRET"},"token_type":"bearer"}"#),
        (200, r#"{"token_type":"bearer","refresh_token":"refresh-SECRET"}"#),
        (200, r#"{"access_token":"access-SECRET","refresh_token":7}"#),
        (200, "access-SECRET"),
        (200, ""),
        (500, "access-SECRET"),
        (400, r#""access-SECRET""#),
        (302, ""),
        // Some providers repeat what they were sent.
        (
            400,
            r#"{"error":"invalid_grant","error_description":"refresh-SECRET of client-SECRET was revoked"}"#,
        ),
        (400, r#"{"status":"refresh-SECRET","message":"client-SECRET does not own refresh-SECRET"}"#),
    ];
    for (status, body) in replies {
        let server =
            Server::start(move |_| Reply::new(status, &[("content-type", "application/json")], body)).await;
        let error = profile(&server).refresh(&"refresh-SECRET".into()).await.expect_err(body);
        assert!(!shown(&error).contains("SECRET"), "{status} {body}: {}", shown(&error));
    }
    // What is odd about the rest of it costs nobody the tokens.
    for body in [
        r#"{"access_token":"access-SECRET","token_type":"bearer","expires_in":"expires-SECRET"}"#,
        r#"{"access_token":"access-SECRET","token_type":7,"id_token":"id-SECRET"}"#,
    ] {
        let server = Server::start(move |_| Reply::new(200, &[], body)).await;
        let tokens = profile(&server).refresh(&"refresh-SECRET".into()).await.expect(body);
        assert_eq!((tokens.access_token.expose(), tokens.expires_in), ("access-SECRET", None));
        assert!(!format!("{tokens:?} {tokens:#?}").contains("SECRET"), "{tokens:?}");
    }
    let server = Server::start(|_| Reply::HangUp).await;
    let error = profile(&server).refresh(&"refresh-SECRET".into()).await.expect_err("cut");
    assert!(!shown(&error).contains("SECRET"), "{}", shown(&error));
}
