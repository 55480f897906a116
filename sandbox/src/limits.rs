//! HubSpot's rate limits: their headers always, the limits themselves if wanted.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
    time::{Duration, Instant},
};

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header::HeaderName},
    response::{IntoResponse, Response},
};
use serde_json::json;
use uuid::Uuid;

use crate::{
    state::lock,
    store::tokens::{Token, Use},
    time,
};

const TEN_SECONDS: Duration = Duration::from_secs(10);
const SECOND: Duration = Duration::from_secs(1);

/// The rate limits that the sandbox enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Searches per second and account.
    pub searches_per_second: Option<u32>,
    /// Other calls per ten seconds and app.
    pub calls_per_ten_seconds: Option<u32>,
    /// Calls per day and account; it resets at midnight UTC. OAuth apps are exempt.
    pub calls_per_day: Option<u32>,
}

impl Limits {
    /// No limits; the sandbox begins with these.
    pub const NONE: Self =
        Self { searches_per_second: None, calls_per_ten_seconds: None, calls_per_day: None };

    /// An app of HubSpot's marketplace: 110 calls per ten seconds, 5 searches per second.
    pub const MARKETPLACE: Self = Self::NONE.searches_per_second(5).calls_per_ten_seconds(110);

    /// A private app in a free or starter account: 100 per ten seconds, 250,000 a day, 5 searches per second.
    pub const STARTER: Self =
        Self::NONE.searches_per_second(5).calls_per_ten_seconds(100).calls_per_day(250_000);

    /// A private app in a professional account: 190 per ten seconds, 625,000 a day, 5 searches per second.
    pub const PROFESSIONAL: Self =
        Self::NONE.searches_per_second(5).calls_per_ten_seconds(190).calls_per_day(625_000);

    /// A private app in an enterprise account: 190 per ten seconds, 1,000,000 a day, 5 searches per second.
    pub const ENTERPRISE: Self = Self::PROFESSIONAL.calls_per_day(1_000_000);

    /// The same limits with this one of searches.
    #[must_use]
    pub const fn searches_per_second(mut self, limit: u32) -> Self {
        self.searches_per_second = Some(limit);
        self
    }

    /// The same limits with this one of calls.
    #[must_use]
    pub const fn calls_per_ten_seconds(mut self, limit: u32) -> Self {
        self.calls_per_ten_seconds = Some(limit);
        self
    }

    /// The same limits with this one of a day.
    #[must_use]
    pub const fn calls_per_day(mut self, limit: u32) -> Self {
        self.calls_per_day = Some(limit);
        self
    }
}

/// Counts calls.
pub(crate) struct Meter {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    searches: VecDeque<Instant>,
    /// By app.
    calls: HashMap<String, VecDeque<Instant>>,
    day: i64,
    today: u32,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { limits, counts: Mutex::default() }
    }

    /// Counts a call: the headers of its answer, or the 429. Answers of searches carry no such headers.
    pub(crate) fn admit(&self, token: &Token, search: bool) -> Result<HeaderMap, Refusal> {
        let now = Instant::now();
        let mut counts = lock(&self.counts);
        let mut headers = HeaderMap::new();
        let day = time::now() / time::DAY;
        if counts.day != day {
            (counts.day, counts.today) = (day, 0);
        }
        let daily = token.used_as == Use::Static;
        if daily && self.limits.calls_per_day.is_some_and(|limit| counts.today >= limit) {
            return Err(Refusal { name: "daily", policy: "DAILY", hub_id: token.hub_id });
        }
        if search {
            let recent = within(&mut counts.searches, now, SECOND);
            if self.limits.searches_per_second.is_some_and(|limit| recent >= limit) {
                return Err(Refusal { name: "secondly", policy: "SECONDLY", hub_id: token.hub_id });
            }
            counts.searches.push_back(now);
            counts.today += u32::from(daily);
            return Ok(headers);
        }
        let calls = counts.calls.entry(token.client_id.clone()).or_default();
        let recent = within(calls, now, TEN_SECONDS);
        let max = self.limits.calls_per_ten_seconds.unwrap_or(if daily { 100 } else { 110 });
        if self.limits.calls_per_ten_seconds.is_some() && recent >= max {
            return Err(Refusal {
                name: "ten_secondly_rolling",
                policy: "TEN_SECONDLY_ROLLING",
                hub_id: token.hub_id,
            });
        }
        calls.push_back(now);
        let this_second = calls.iter().rev().take_while(|at| now.duration_since(**at) < SECOND).count();
        counts.today += u32::from(daily);
        let mut put = |name: &'static str, value: u32| {
            headers.insert(HeaderName::from_static(name), HeaderValue::from(value));
        };
        put("x-hubspot-ratelimit-max", max);
        put("x-hubspot-ratelimit-remaining", max.saturating_sub(recent + 1));
        put("x-hubspot-ratelimit-interval-milliseconds", 10_000);
        put("x-hubspot-ratelimit-secondly", max / 10);
        put(
            "x-hubspot-ratelimit-secondly-remaining",
            (max / 10).saturating_sub(u32::try_from(this_second).unwrap_or(u32::MAX)),
        );
        if daily {
            let max = self.limits.calls_per_day.unwrap_or(250_000);
            put("x-hubspot-ratelimit-daily", max);
            put("x-hubspot-ratelimit-daily-remaining", max.saturating_sub(counts.today));
        }
        Ok(headers)
    }
}

/// Forgets what is older than the window and counts the rest.
fn within(times: &mut VecDeque<Instant>, now: Instant, window: Duration) -> u32 {
    while times.front().is_some_and(|at| now.duration_since(*at) >= window) {
        times.pop_front();
    }
    u32::try_from(times.len()).unwrap_or(u32::MAX)
}

/// A call that is one too many.
pub(crate) struct Refusal {
    name: &'static str,
    policy: &'static str,
    hub_id: i64,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let correlation = Uuid::new_v4().to_string();
        let body = json!({
            "status": "error",
            "message": format!("You have reached your {} limit.", self.name),
            "errorType": "RATE_LIMIT",
            "category": "RATE_LIMITS",
            "correlationId": correlation,
            "policyName": self.policy,
            "groupName": format!("publicapi:{}:{}", self.policy.to_lowercase(), self.hub_id),
            "requestId": Uuid::new_v4().to_string(),
        });
        (StatusCode::TOO_MANY_REQUESTS, [("x-hubspot-correlation-id", correlation)], Json(body))
            .into_response()
    }
}
