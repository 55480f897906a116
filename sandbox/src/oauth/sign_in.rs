//! Who is signed in at the pages: the sandbox's one user, by a cookie.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::account::USER;

const NAME: &str = "hubspot-sandbox-user";

/// Whether the browser has been through the sign-in page.
pub(crate) fn is_signed_in(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut cookies = cookies.flat_map(|line| line.split(';')).map(str::trim);
    cookies.any(|cookie| cookie.split_once('=') == Some((NAME, USER)))
}

/// What signs a browser in, until it is closed.
pub(crate) fn cookie() -> Option<HeaderValue> {
    HeaderValue::try_from(format!("{NAME}={USER}; Path=/oauth; HttpOnly; SameSite=Lax")).ok()
}
