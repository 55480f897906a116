//! What every request passes before and after its handler.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Request, State as AxumState},
    http::{
        HeaderMap, HeaderValue, StatusCode, Uri,
        header::{CONTENT_TYPE, HOST},
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{caller::Caller, error::ApiError, listener::Cut};
use crate::{
    faults::Outcome,
    state::{Shared, State},
};

/// The most that a body may hold.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// In order: Host, fault, size, log, token, limits; then the handler.
pub(crate) async fn pass(
    AxumState(state): AxumState<Shared>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    if !is_loopback(&parts.headers, &parts.uri) {
        return ApiError::uncategorized(
            StatusCode::MISDIRECTED_REQUEST,
            "the sandbox answers only requests to localhost, 127.0.0.1 or [::1]",
        )
        .into_response();
    }
    let fault = state.faults.take(parts.method.as_str(), parts.uri.path());
    if let Some(fault) = fault.as_ref().filter(|fault| !fault.reads) {
        state.log.note(&parts, &Bytes::new(), Some(fault));
        tokio::time::sleep(fault.latency).await;
        cut.now();
        return StatusCode::NO_CONTENT.into_response();
    }
    let Ok(bytes) = to_bytes(body, MAX_BODY).await else {
        return ApiError::uncategorized(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the body must not be longer than {MAX_BODY} bytes"),
        )
        .into_response();
    };
    let entry = state.log.note(&parts, &bytes, fault.as_ref());
    let request = Request::from_parts(parts, Body::empty());

    let response = match fault {
        None => act(&state, request, bytes, next).await,
        Some(fault) => {
            tokio::time::sleep(fault.latency).await;
            let acted = if fault.acts { Some(act(&state, request, bytes, next).await) } else { None };
            match fault.outcome(acted) {
                Outcome::Answer(response) => response,
                Outcome::Cut => {
                    cut.now();
                    return StatusCode::NO_CONTENT.into_response();
                }
            }
        }
    };
    state.log.finish(entry, response.status());
    response
}

async fn act(state: &State, mut request: Request, bytes: Bytes, next: Next) -> Response {
    let path = request.uri().path();
    if !path.starts_with("/crm/") && !path.starts_with("/account-info/") {
        *request.body_mut() = Body::from(bytes);
        return next.run(request).await;
    }
    let search = path.ends_with("/search");
    let caller = match Caller::authenticate(state, request.headers()) {
        Ok(caller) => caller,
        Err(error) => return error.into_response(),
    };
    let headers = match state.limits.admit(&caller.token, search) {
        Ok(headers) => headers,
        Err(refusal) => return refusal.into_response(),
    };
    request.extensions_mut().insert(caller);
    *request.body_mut() = Body::from(bytes);
    let mut response = next.run(request).await;
    response.headers_mut().extend(headers);
    spell_out_charset(&mut response);
    response
}

/// HubSpot names the charset of its JSON, so clients have to cope with it.
fn spell_out_charset(response: &mut Response) {
    if let Some(kind) = response.headers_mut().get_mut(CONTENT_TYPE)
        && kind == "application/json"
    {
        *kind = HeaderValue::from_static("application/json;charset=utf-8");
    }
}

/// A browser that was lured to a foreign name bound to 127.0.0.1 sends that name (DNS rebinding).
fn is_loopback(headers: &HeaderMap, uri: &Uri) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let header = hosts.next().and_then(|host| host.to_str().ok());
    let absolute = uri.authority().map(axum::http::uri::Authority::as_str);
    hosts.next().is_none()
        && (header.is_some() || absolute.is_some())
        && [header, absolute].into_iter().flatten().all(is_loopback_name)
}

/// `localhost`, a name below it, or a loopback address; with or without a port.
pub(crate) fn is_loopback_name(host: &str) -> bool {
    let Ok(authority) = host.parse::<axum::http::uri::Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_loopback_name;

    #[test]
    fn knows_loopback_names() {
        for good in ["localhost", "LOCALHOST:80", "127.0.0.1:4567", "[::1]:80", "app.localhost:3000"] {
            assert!(is_loopback_name(good), "{good}");
        }
        for bad in
            ["", "evil.example", "localhost.evil.example", "192.168.0.1", "127.0.0.1.nip.io", "notlocalhost"]
        {
            assert!(!is_loopback_name(bad), "{bad}");
        }
    }
}
