//! The server over HTTP.

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;

use crate::bench::{Bench, Plan, python, step};

/// A server, its address and the token that it has printed.
async fn start(bench: &Bench) -> (Child, String, String) {
    let plan = Plan { words: vec!["--http".to_owned(), "0".to_owned()], ..Plan::default() };
    let mut server = bench.server(&plan).spawn().expect("it starts");
    let mut lines = BufReader::new(server.stdout.take().expect("piped")).lines();
    let (mut url, mut token) = (None, None);
    while let Some(line) = lines.next_line().await.expect("text") {
        if let Some(found) = line.strip_prefix("url ") {
            url = Some(found.trim().to_owned());
        }
        if let Some(found) = line.strip_prefix("authorization  Bearer ") {
            token = Some(found.to_owned());
            break;
        }
    }
    (server, url.expect("an address"), token.expect("a token"))
}

#[tokio::test]
async fn a_client_with_the_token_is_served() {
    let bench = Bench::seeded(2).await;
    let (_server, url, token) = start(&bench).await;
    for mode in ["auto", "legacy"] {
        let steps = vec![step("deals_list", json!({})), step("deals_delete", json!({ "dealId": "1" }))];
        let plan = json!({ "url": url, "token": token, "mode": mode, "elicit": "accept", "steps": steps });
        let Some(ran) = python(&plan).await else { return };
        assert_eq!(ran.tools().len(), 29);
        assert_eq!(ran.result("deals_list")["structured"]["items"].as_array().map(Vec::len), Some(2));
        assert_eq!(ran.0["asked"].as_array().map(Vec::len), Some(1), "{mode}");
        println!("Python SDK over HTTP, protocol {}", ran.0["protocol"]);
    }
}

#[tokio::test]
async fn nobody_else_is() {
    let bench = Bench::seeded(0).await;
    let (_server, url, token) = start(&bench).await;
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::new();
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": { "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "x", "version": "1" } },
    });
    let ask = |headers: &[(&'static str, String)]| {
        let request = http.post(&url).header("accept", "application/json, text/event-stream");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let request = request.header("content-type", "application/json").body(body.to_string());
        async move { request.send().await.expect("it answers").status().as_u16() }
    };
    let bearer = ("authorization", format!("Bearer {token}"));
    assert_eq!(ask(std::slice::from_ref(&bearer)).await, 200);
    assert_eq!(ask(&[]).await, 401, "without the token");
    assert_eq!(ask(&[("authorization", format!("Bearer {token}x"))]).await, 401, "with another");
    assert_eq!(
        ask(&[bearer.clone(), ("origin", "https://evil.example".to_owned())]).await,
        403,
        "from a web page"
    );
    assert_eq!(
        ask(&[bearer, ("host", "evil.example".to_owned())]).await,
        403,
        "by a name that was bound to this machine"
    );
}
