//! Every field of an authorization profile, as the provider gets it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;
use typed_connector::Url;
use typed_connector::auth::{AuthorizationProfile, Authorizer, Provider};
use typed_connector_tests::watch::{self, Kept};
use typed_connector_tests::wire::{Received, Reply, Server};

const ID: &str = "id: of+our/app";
const SECRET: &str = "client-secret: with+blanks/and%more=é";
const CODE: &str = "code-of-the-provider+/=";
const CALLBACK: &str = "http://localhost:8765/callback?tenant=7";

/// A provider that answers everything, and notes what it was asked.
async fn provider() -> Server {
    Server::start(|request| match request.target() {
        "/token?v=2" | "/refresh" => Reply::json(
            200,
            &json!({
                "access_token": "access-token-of-the-provider", "refresh_token": "refresh-token-of-the-provider",
                "token_type": "Bearer", "expires_in": 3600, "scope": "read write", "id_token": "id-token-of-the-provider",
            }),
        ),
        "/introspect" => Reply::json(200, &json!({ "active": true, "scope": "read", "expires_in": 60 })),
        "/revoke" => Reply::new(200, &[], ""),
        _ => Reply::new(404, &[], ""),
    })
    .await
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
    let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(map.len(), pairs.len(), "a parameter is there twice (RFC 6749 §3.1): {pairs:?}");
    map
}

/// The form without the client's credentials, which are where they should be and nowhere else.
fn form(request: &Received, in_body: bool) -> BTreeMap<String, String> {
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert!(!request.line.contains("secret"), "{}", request.line);
    let mut form = pairs(&request.text());
    let body = (form.remove("client_id"), form.remove("client_secret"));
    let basic = request.header("authorization").map(|header| {
        let pair = header.strip_prefix("Basic ").expect("Basic");
        let pair = String::from_utf8(BASE64.decode(pair).expect("Base64")).expect("text");
        // RFC 6749 §2.3.1: both are form-encoded, so that the colon between them is the only one.
        let (id, secret) = pair.split_once(':').expect("two");
        let decoded = |text: &str| pairs(&format!("x={text}")).remove("x");
        (decoded(id), decoded(secret))
    });
    let expected = (Some(ID.to_owned()), Some(SECRET.to_owned()));
    match in_body {
        true => assert_eq!((body, basic), (expected, None)),
        false => assert_eq!((body, basic), ((None, None), Some(expected))),
    }
    form
}

fn is(found: &BTreeMap<String, String>, expected: &[(&str, &str)]) {
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    assert_eq!(*found, expected);
}

#[tokio::test]
async fn every_field_reaches_the_provider() {
    for (what, secret) in [
        ("client secret", SECRET),
        ("code", CODE),
        ("access token", "access-token-of-the-provider"),
        ("refresh token", "refresh-token-of-the-provider"),
        ("id token", "id-token-of-the-provider"),
    ] {
        watch::secret(what, secret);
    }
    let mut combinations = 0;
    for pkce in [true, false] {
        for in_body in [true, false] {
            for own_refresh_url in [true, false] {
                one(pkce, in_body, own_refresh_url).await;
                combinations += 1;
            }
        }
    }
    println!(
        "FIGURE profiles: {combinations} combinations of PKCE, credentials in the body or as Basic, and a refresh URL: every field \
         reaches the provider as it is set, in 6 kinds of request"
    );
}

async fn one(pkce: bool, in_body: bool, own_refresh_url: bool) {
    let server = provider().await;
    let at = |path: &str| format!("{}{path}", server.url());
    let mut acme = Provider::new("acme", at("/authorize?tenant=7"), at("/token?v=2"));
    acme.scope_separator = String::from(",");
    let profile = AuthorizationProfile::with_provider(acme, ID, SECRET, CALLBACK)
        .identity_provider_name("Acme, our app")
        .introspection_url(at("/introspect"))
        .revocation_url(at("/revoke"))
        .scopes(["read", "write"])
        .optional_scopes(["admin", "audit"])
        .authorize_param("prompt", "consent & more")
        .pkce(pkce)
        .credentials_in_body(in_body);
    let profile = if own_refresh_url { profile.refresh_url(at("/refresh")) } else { profile };
    let kept = Kept::new();
    let authorizer = Authorizer::new(profile, kept.store.clone()).expect("a sound profile");

    // The link.
    let required = authorizer.authorize("ada").await.expect("a link");
    assert_eq!(required.provider, "Acme, our app");
    let link = Url::parse(&required.url).expect("an address");
    assert!(required.url.starts_with(&at("/authorize?tenant=7&")), "{link}");
    let mut asked = pairs(link.query().expect("parameters"));
    let state = asked.remove("state").expect("a state");
    let challenge = (asked.remove("code_challenge"), asked.remove("code_challenge_method"));
    is(
        &asked,
        &[
            ("tenant", "7"),
            ("response_type", "code"),
            ("client_id", ID),
            ("redirect_uri", CALLBACK),
            ("scope", "read,write"),
            ("optional_scope", "admin,audit"),
            ("prompt", "consent & more"),
        ],
    );

    // The exchange.
    let code: String = form_urlencoded::byte_serialize(CODE.as_bytes()).collect();
    let connection =
        authorizer.finish(&format!("{CALLBACK}&code={code}&state={state}")).await.expect("connected");
    assert_eq!(connection.scopes, ["read", "write"]);
    assert_eq!(server.last().target(), "/token?v=2");
    let mut form_of_code = form(&server.last(), in_body);
    let verifier = form_of_code.remove("code_verifier");
    is(&form_of_code, &[("grant_type", "authorization_code"), ("code", CODE), ("redirect_uri", CALLBACK)]);
    match (pkce, &verifier, &challenge) {
        (true, Some(verifier), (Some(challenge), Some(method))) => {
            watch::secret("verifier", verifier);
            // RFC 7636 §4.1 and §4.2.
            assert!((43..=128).contains(&verifier.len()) && challenge.len() == 43, "{challenge}");
            assert!(method == "S256" && verifier != challenge);
        }
        (false, None, (None, None)) => {}
        other => panic!("PKCE {pkce}: {other:?}"),
    }

    // The refresh.
    let token = authorizer.access_token("ada").await.expect("a token");
    authorizer.replace("ada", &token).await.expect("another");
    assert_eq!(server.last().target(), if own_refresh_url { "/refresh" } else { "/token?v=2" });
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "refresh-token-of-the-provider")];
    is(&form(&server.last(), in_body), &refresh);

    // What the provider says of it, and its end; and a token of the application itself.
    assert!(authorizer.introspect("ada").await.expect("told").active);
    let told = [("token", "access-token-of-the-provider"), ("token_type_hint", "access_token")];
    is(&form(&server.last(), in_body), &told);
    authorizer.revoke("ada").await.expect("revoked");
    let revoked = [("token", "refresh-token-of-the-provider"), ("token_type_hint", "refresh_token")];
    is(&form(&server.last(), in_body), &revoked);
    authorizer.connect_application("ours").await.expect("connected");
    is(&form(&server.last(), in_body), &[("grant_type", "client_credentials"), ("scope", "read,write")]);
}
