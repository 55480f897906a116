//! The account that the sandbox plays, and the account information API.

use axum::{Json, response::IntoResponse};
use serde_json::json;

use crate::http::{caller::Caller, error::Answer};

/// The account's id ("hub id", "portal id").
pub(crate) const HUB_ID: i64 = 12_345_678;

/// The user who installs apps.
pub(crate) const USER_ID: i64 = 26_548_392;
pub(crate) const USER: &str = "founder@sandbox.example";

/// An account that can be chosen on the consent page. All of them show the same records.
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) domain: &'static str,
}

pub(crate) const ACCOUNTS: [Account; 2] = [
    Account { id: HUB_ID, name: "Sandbox account", domain: "sandbox.example" },
    Account { id: 87_654_321, name: "Second sandbox account", domain: "second.sandbox.example" },
];

pub(crate) fn domain(hub_id: i64) -> &'static str {
    ACCOUNTS.iter().find(|account| account.id == hub_id).map_or("", |account| account.domain)
}

/// `GET /account-info/{v3|2026-03|2026-09}/details`
pub(crate) async fn details(caller: Caller) -> Answer {
    let id = caller.token.hub_id;
    Ok(Json(json!({
        "portalId": id,
        "timeZone": "US/Eastern",
        "accountType": "DEVELOPER_TEST",
        "companyCurrency": "USD",
        "additionalCurrencies": [],
        "utcOffset": "-05:00",
        "utcOffsetMilliseconds": -18_000_000,
        "uiDomain": "app.hubspot.com",
        "dataHostingLocation": "na1",
    }))
    .into_response())
}
