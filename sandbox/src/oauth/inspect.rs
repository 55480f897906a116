//! What is known of a token, and its end.

use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{TokenError, no_store, params::Params, token::client};
use crate::{
    account::{self, USER, USER_ID},
    http::error::{Answer, ApiError},
    state::Shared,
    store::tokens::{Token, Use},
    time,
};

const APP_ID: i64 = 18_221_010;

/// `POST /oauth/{version}/token/introspect`; a token that is not the client's is as good as unknown.
pub(crate) async fn introspect(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    let params = Params::body(&headers, &body);
    let store = sandbox.store();
    let app = client(&store, &params)?;
    let token = params.get("token").map_or(Ok(None), |token| store.token(token))?;
    let token = token.filter(|token| token.client_id == app.client_id && !token.is_expired());
    let body = match token {
        Some(token) if token.used_as == Use::Refresh => refresh_info(&token, true),
        Some(token) if token.used_as != Use::Code => access_info(&token, true),
        _ => json!({"active": false}),
    };
    Ok((no_store(), Json(body)).into_response())
}

/// `POST /oauth/{version}/token/revoke`: refresh tokens only; an unknown one is no error (RFC 7009 §2.2).
pub(crate) async fn revoke(
    State(sandbox): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    let params = Params::body(&headers, &body);
    let store = sandbox.store();
    let app = client(&store, &params)?;
    let token = params.get("token").map_or(Ok(None), |token| store.token(token))?;
    if let Some(token) = token
        && token.used_as == Use::Refresh
        && token.client_id == app.client_id
    {
        store.drop_token(&token.value)?;
    }
    Ok((StatusCode::OK, no_store()).into_response())
}

/// `GET /oauth/v1/access-tokens/{token}`
pub(crate) async fn v1_access(State(sandbox): State<Shared>, Path(token): Path<String>) -> Answer {
    let token = sandbox.store().token(&token)?;
    let token =
        token.filter(|token| !matches!(token.used_as, Use::Refresh | Use::Code) && !token.is_expired());
    let token = token.ok_or_else(unknown)?;
    Ok((no_store(), Json(access_info(&token, false))).into_response())
}

/// `GET /oauth/v1/refresh-tokens/{token}`
pub(crate) async fn v1_refresh(State(sandbox): State<Shared>, Path(token): Path<String>) -> Answer {
    let token = sandbox.store().token(&token)?.filter(|token| token.used_as == Use::Refresh);
    let token = token.ok_or_else(unknown)?;
    Ok((no_store(), Json(refresh_info(&token, false))).into_response())
}

/// `DELETE /oauth/v1/refresh-tokens/{token}`; access tokens live on to their end, as HubSpot's do.
pub(crate) async fn v1_revoke(State(sandbox): State<Shared>, Path(token): Path<String>) -> Answer {
    let store = sandbox.store();
    store.token(&token)?.filter(|token| token.used_as == Use::Refresh).ok_or_else(unknown)?;
    store.drop_token(&token)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn unknown() -> ApiError {
    ApiError::uncategorized(StatusCode::NOT_FOUND, "missing or unknown token")
}

fn access_info(token: &Token, dated: bool) -> Value {
    let expires = token.expires.unwrap_or(i64::MAX);
    let mut body = refresh_info(token, dated);
    body["expires_in"] = ((expires - time::now()) / 1000).max(0).into();
    body["app_id"] = APP_ID.into();
    body["signed_access_token"] = json!({
        "expiresAt": expires,
        "scopes": "",
        "hubId": token.hub_id,
        "userId": USER_ID,
        "appId": APP_ID,
        "signature": "",
        "scopeToScopeGroupPks": "",
        "newSignature": "",
        "hublet": "na1",
        "trialScopes": "",
        "trialScopeToScopeGroupPks": "",
        "isUserLevel": false,
        "installingUserId": USER_ID,
        "isServiceAccount": false,
        "isPrivateDistribution": false,
        "appInstallId": "sandbox",
        "audience": "",
    });
    if dated {
        body["token_type"] = "bearer".into();
        body["token_use"] = "access_token".into();
        body["is_private_distribution"] = false.into();
    } else {
        body["token_type"] = "access".into();
        body.as_object_mut().map(|body| body.remove("client_id"));
    }
    body
}

fn refresh_info(token: &Token, dated: bool) -> Value {
    let mut body = json!({
        "token": token.value,
        "client_id": token.client_id,
        "hub_id": token.hub_id,
        "hub_domain": account::domain(token.hub_id),
        "user": USER,
        "user_id": USER_ID,
        "scopes": token.scopes,
        "token_type": if dated { "bearer" } else { "refresh" },
    });
    if dated {
        body["active"] = true.into();
        body["app_id"] = APP_ID.into();
        body["token_use"] = "refresh_token".into();
    }
    body
}
