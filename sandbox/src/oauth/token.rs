//! The token endpoints.

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};

use super::{TokenError, no_store, params::Params, secret};
use crate::{
    account::USER_ID,
    app::App,
    state::{Shared, State as Sandbox},
    store::{
        Store,
        tokens::{Token, Use},
    },
    time,
};

/// `POST /oauth/v1/token`: parameters in the form, or in the query.
pub(crate) async fn v1(
    State(sandbox): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    grant(&sandbox, &Params::body(&headers, &body).or(Params::query(query.as_deref())))
}

/// `POST /oauth/{v3|2026-03|2026-09}/token`: parameters in the body only, so that no log holds them.
pub(crate) async fn dated(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    grant(&sandbox, &Params::body(&headers, &body))
}

fn grant(sandbox: &Sandbox, params: &Params) -> Result<Response, TokenError> {
    let store = sandbox.store();
    let app = client(&store, params)?;
    match params.get("grant_type") {
        Some("authorization_code") => by_code(sandbox, &store, &app, params),
        Some("refresh_token") => by_refresh_token(sandbox, &store, &app, params),
        Some("client_credentials") => by_credentials(sandbox, &store, &app, params),
        _ => {
            Err(TokenError::new("unsupported_grant_type", "BAD_GRANT_TYPE", "missing or unknown grant type"))
        }
    }
}

/// The app whose credentials the request carries.
pub(crate) fn client(store: &Store, params: &Params) -> Result<App, TokenError> {
    let app = params.get("client_id").map_or(Ok(None), |id| store.app(id))?;
    let app = app
        .ok_or_else(|| TokenError::new("invalid_client", "BAD_CLIENT_ID", "missing or unknown client id"))?;
    if params.get("client_secret") != Some(app.client_secret.as_str()) {
        return Err(TokenError::new(
            "invalid_client",
            "BAD_CLIENT_SECRET",
            "missing or invalid client secret",
        ));
    }
    Ok(app)
}

fn by_code(sandbox: &Sandbox, store: &Store, app: &App, params: &Params) -> Result<Response, TokenError> {
    let bad = || TokenError::new("invalid_grant", "BAD_AUTH_CODE", "missing or unknown auth code");
    if let Some(verifier) = params.get("code_verifier") {
        store.note("verifier", verifier);
    }
    let code = params.get("code").ok_or_else(bad)?;
    let token = store.token(code)?.filter(|token| token.used_as == Use::Code).ok_or_else(bad)?;
    if token.client_id != app.client_id {
        return Err(bad());
    }
    // From here on the code is used up, whatever follows.
    if !store.drop_token(code)? || token.is_expired() {
        return Err(bad());
    }
    if params.get("redirect_uri") != token.redirect_uri.as_deref() {
        return Err(TokenError::new(
            "invalid_grant",
            "BAD_REDIRECT_URI",
            "The redirect_uri doesn't match the client registered redirect_uri.",
        ));
    }
    if let Some(challenge) = &token.challenge
        && !verifies(params.get("code_verifier"), challenge, token.challenge_method.as_deref())
    {
        return Err(TokenError::new(
            "invalid_grant",
            "BAD_CODE_VERIFIER",
            "missing or invalid code verifier",
        ));
    }
    let refresh = Token { value: secret("na1-", 36), used_as: Use::Refresh, expires: None, ..token };
    let refresh = Token { redirect_uri: None, challenge: None, challenge_method: None, ..refresh };
    store.keep_token(&refresh)?;
    let access = issue(sandbox, store, &refresh, Use::Access)?;
    Ok(answer(&access, Some(&refresh.value)))
}

/// RFC 7636 §4.6
fn verifies(verifier: Option<&str>, challenge: &str, method: Option<&str>) -> bool {
    let Some(verifier) = verifier else { return false };
    match method {
        Some("S256") => URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge,
        _ => verifier == challenge,
    }
}

fn by_refresh_token(
    sandbox: &Sandbox,
    store: &Store,
    app: &App,
    params: &Params,
) -> Result<Response, TokenError> {
    let bad = || {
        TokenError::new("invalid_grant", "BAD_REFRESH_TOKEN", "refresh token is invalid, expired or revoked")
    };
    let sent = params.get("refresh_token").ok_or_else(bad)?;
    let mut refresh = store.token(sent)?.filter(|token| token.used_as == Use::Refresh).ok_or_else(bad)?;
    if refresh.client_id != app.client_id {
        return Err(TokenError::new(
            "invalid_grant",
            "BAD_REFRESH_TOKEN",
            "refresh token was not issued to this client",
        ));
    }
    if sandbox.rotate {
        let transaction = store.begin()?;
        store.drop_token(sent)?;
        refresh.value = secret("na1-", 36);
        store.keep_token(&refresh)?;
        transaction.commit()?;
    }
    let access = issue(sandbox, store, &refresh, Use::Access)?;
    Ok(answer(&access, Some(&refresh.value)))
}

fn by_credentials(
    sandbox: &Sandbox,
    store: &Store,
    app: &App,
    params: &Params,
) -> Result<Response, TokenError> {
    let scopes = params.scopes("scope");
    if let Some(foreign) = scopes.iter().find(|scope| !app.scopes.is_empty() && !app.scopes.contains(scope)) {
        return Err(TokenError::new(
            "invalid_scope",
            "BAD_SCOPE",
            format!("the app does not have the scope {foreign}"),
        ));
    }
    let base = Token {
        value: String::new(),
        used_as: Use::App,
        client_id: app.client_id.clone(),
        hub_id: crate::account::HUB_ID,
        scopes,
        expires: None,
        redirect_uri: None,
        challenge: None,
        challenge_method: None,
    };
    let access = issue(sandbox, store, &base, Use::App)?;
    Ok(answer(&access, None))
}

/// Makes an access token for what another token was given for.
pub(crate) fn issue(sandbox: &Sandbox, store: &Store, base: &Token, used_as: Use) -> rusqlite::Result<Token> {
    let lifetime = i64::try_from(sandbox.token_lifetime.as_millis()).unwrap_or(i64::MAX / 2);
    let access = Token {
        value: secret("CN", 250),
        used_as,
        expires: Some(time::now().saturating_add(lifetime)),
        ..base.clone()
    };
    store.keep_token(&access)?;
    Ok(access)
}

fn answer(access: &Token, refresh: Option<&str>) -> Response {
    let expires_in = (access.expires.unwrap_or_default() - time::now() + 999).max(0) / 1000;
    let mut body = json!({
        "token_type": "bearer",
        "access_token": access.value,
        "expires_in": expires_in,
        "hub_id": access.hub_id,
        "user_id": USER_ID,
        "scopes": access.scopes,
        "token_use": if access.used_as == Use::App { "client_credentials" } else { "access_token" },
    });
    if let Some(refresh) = refresh {
        body["refresh_token"] = refresh.into();
    }
    (no_store(), Json(body)).into_response()
}

#[cfg(test)]
mod tests {
    use super::verifies;

    #[test]
    fn verifies_the_example_of_rfc_7636_appendix_b() {
        let verifier = Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verifies(verifier, challenge, Some("S256")));
        assert!(!verifies(verifier, challenge, None));
        assert!(!verifies(None, challenge, Some("S256")));
    }
}
