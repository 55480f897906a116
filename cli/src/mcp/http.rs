//! The server over streamable HTTP, for clients on this machine that do not start it themselves.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};

use super::server::Server;
use crate::Failure;
use crate::console::Listeners;

/// Holds the token that clients give; without it, one is made and printed.
const VARIABLE: &str = "CONNECTOR_MCP_TOKEN";

pub(super) async fn serve(server: Server, port: u16) -> Result<(), Failure> {
    let (token, is_own) = token()?;
    let listeners =
        Listeners::bind(port).await.map_err(|error| format!("cannot listen on port {port}: {error}"))?;
    let port = listeners.port();
    let summary = server.summary();
    // Hosts other than this machine's are refused, and so are web pages, which have an origin: neither DNS rebinding nor a page that is
    // open in a browser reaches the tools.
    let config = StreamableHttpServerConfig::default().enforce_origin_validation();
    let service = StreamableHttpService::new(
        move || Ok(server.clone()),
        Arc::new(LocalSessionManager::default()),
        config,
    );
    let expected: Arc<str> = format!("Bearer {token}").into();
    let router = Router::new()
        .nest_service("/mcp", service)
        .layer(from_fn(move |request: Request, next: Next| permitted(Arc::clone(&expected), request, next)));
    anstream::println!("{summary}, on this machine, until Ctrl-C.\n");
    anstream::println!("url            http://127.0.0.1:{port}/mcp");
    match is_own {
        true => anstream::println!("authorization  Bearer, the token in {VARIABLE}"),
        false => anstream::println!("authorization  Bearer {token}"),
    }
    listeners.serve(router).await?;
    Ok(())
}

/// The token, and whether it was given.
fn token() -> Result<(String, bool), Failure> {
    if let Ok(token) = std::env::var(VARIABLE)
        && !token.trim().is_empty()
    {
        return Ok((token.trim().to_owned(), true));
    }
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes).map_err(|error| format!("no random numbers: {error}"))?;
    Ok((BASE64URL.encode(bytes), false))
}

/// Other people and programs on this machine do not have the token.
async fn permitted(expected: Arc<str>, request: Request, next: Next) -> Response {
    let given = request.headers().get(header::AUTHORIZATION).map(axum::http::HeaderValue::as_bytes);
    match given.is_some_and(|given| is_equal(given, expected.as_bytes())) {
        true => next.run(request).await,
        false => (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer")],
            "give the token that the server has printed, as `Authorization: Bearer …`\n",
        )
            .into_response(),
    }
}

/// Whether both are the same, in a time that does not tell where they differ.
fn is_equal(given: &[u8], expected: &[u8]) -> bool {
    let difference = given.iter().zip(expected).fold(0, |sum, (left, right)| sum | (left ^ right));
    given.len() == expected.len() && difference == 0
}
