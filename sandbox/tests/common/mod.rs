//! What the tests share: a running sandbox and a client that speaks JSON to it.
#![allow(dead_code, reason = "every test file uses a part of it")]

use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use typed_connector_sandbox::{Builder, Sandbox};

/// A sandbox with a client.
pub(crate) struct Setup {
    pub(crate) sandbox: Sandbox,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

/// An answer's status and JSON body; null if it has none.
pub(crate) type Answer = (StatusCode, Value);

pub(crate) fn client() -> reqwest::Client {
    // reqwest wants a TLS provider even for plain http.
    rustls::crypto::ring::default_provider().install_default().ok();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client without TLS")
}

pub(crate) async fn setup() -> Setup {
    start(Sandbox::builder()).await
}

pub(crate) async fn start(builder: Builder) -> Setup {
    let sandbox = builder.start().await.expect("the sandbox starts");
    let token = sandbox.access_token();
    Setup { sandbox, http: client(), token }
}

impl Setup {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, self.url(path)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(body);
        }
        request.send().await.expect("an answer")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        read(self.send("GET", path, None).await).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        read(self.send("POST", path, Some(&body)).await).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> Answer {
        read(self.send("PATCH", path, Some(&body)).await).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        read(self.send("PUT", path, Some(&body)).await).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        read(self.send("DELETE", path, None).await).await
    }

    /// Creates a record and answers its id.
    pub(crate) async fn create(&self, kind: &str, properties: Value) -> String {
        let body = serde_json::json!({"properties": properties});
        let (status, body) = self.post(&format!("/crm/v3/objects/{kind}"), body).await;
        assert_eq!(status, 201, "{body}");
        body["id"].as_str().expect("an id").to_owned()
    }
}

pub(crate) async fn read(response: Response) -> Answer {
    let status = response.status();
    let bytes = response.bytes().await.expect("a body");
    (status, serde_json::from_slice(&bytes).unwrap_or_default())
}

/// The keys of an object, sorted.
pub(crate) fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}
