//! The table of routes. Every API is mounted under its v3 path and under the dated one.

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, Uri},
    middleware,
    routing::{get, post, put},
};

use super::{error::ApiError, gate};
use crate::{
    account,
    crm::{associations, batch, pipelines, properties, search, single},
    oauth,
    state::Shared,
};

/// What may stand for `{version}` in a path.
pub(crate) const VERSIONS: &[&str] = &["2026-09", "2026-03", "2026-09-beta", "2025-09", "v3", "v4"];

pub(crate) fn router(state: Shared) -> Router {
    Router::new()
        .nest("/crm/v3/objects", objects())
        .nest("/crm/{version}/objects", objects())
        .nest("/crm/objects/{version}", objects())
        .nest("/crm/v3/properties", definitions())
        .nest("/crm/properties/{version}", definitions())
        .nest("/crm/v3/pipelines", deal_pipelines())
        .nest("/crm/pipelines/{version}", deal_pipelines())
        .route("/account-info/v3/details", get(account::details))
        .route("/account-info/{version}/details", get(account::details))
        .merge(oauth::routes())
        .fallback(unknown)
        .method_not_allowed_fallback(not_allowed)
        .layer(middleware::from_fn_with_state(state.clone(), gate::pass))
        // The gate has its own limit.
        .layer(DefaultBodyLimit::disable())
        .with_state(state)
}

fn objects() -> Router<Shared> {
    const LINK: &str = "/{kind}/{id}/associations/{to}/{to_id}";
    Router::new()
        .route("/{kind}", get(single::list).post(single::create))
        .route("/{kind}/search", post(search::search))
        .route("/{kind}/merge", post(single::merge))
        .route("/{kind}/gdpr-delete", post(single::purge))
        .route("/{kind}/batch/create", post(batch::create))
        .route("/{kind}/batch/read", post(batch::read))
        .route("/{kind}/batch/update", post(batch::update))
        .route("/{kind}/batch/upsert", post(batch::upsert))
        .route("/{kind}/batch/archive", post(batch::archive))
        .route("/{kind}/{id}", get(single::get).patch(single::update).delete(single::archive))
        .route("/{kind}/{id}/associations/{to}", get(associations::list))
        .route(LINK, put(associations::put).delete(associations::delete))
        .route(&format!("{LINK}/{{link}}"), put(associations::put_typed).delete(associations::delete_typed))
        .route("/{kind}/{id}/associations/default/{to}/{to_id}", put(associations::put_default))
}

fn definitions() -> Router<Shared> {
    Router::new()
        .route("/{kind}", get(properties::list).post(properties::create))
        .route("/{kind}/{name}", get(properties::get).patch(properties::update).delete(properties::archive))
}

fn deal_pipelines() -> Router<Shared> {
    Router::new()
        .route("/{kind}", get(pipelines::list).post(pipelines::create))
        .route("/{kind}/{pipeline}", get(pipelines::get))
        .route("/{kind}/{pipeline}/stages", get(pipelines::list_stages).post(pipelines::create_stage))
        .route("/{kind}/{pipeline}/stages/{stage}", get(pipelines::get_stage).delete(pipelines::delete_stage))
}

async fn unknown(uri: Uri) -> ApiError {
    ApiError::uncategorized(StatusCode::NOT_FOUND, format!("the sandbox has nothing at {}", uri.path()))
}

async fn not_allowed(uri: Uri) -> ApiError {
    ApiError::uncategorized(
        StatusCode::METHOD_NOT_ALLOWED,
        format!("the sandbox does not take this method at {}", uri.path()),
    )
}
