//! Calls that are cancelled wherever they wait: nothing of them stays behind.

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use http::HeaderMap;
use typed_connector::auth::{AuthorizationProfile, Authorizer, MemoryStore};
use typed_connector::budget::MemoryBudget;
use typed_connector::meta::ActionMeta;
use typed_connector::{Attempt, Error, Observer, RetryPolicy};
use typed_connector_sandbox::{Fault, LoggedRequest, Sandbox};
use typed_connector_tests::hubspot::{self, Connector, contacts, deals};
use typed_connector_tests::{http, shown};

use crate::{ALONE, Apart};

const LANES: u16 = 8;
const POINTS: u32 = 125;
const BETWEEN: &str = "between attempts";
const LIMITED: &str = "at a limit, connecting, or under way";
const UNLIMITED: &str = "connecting, or under way";

/// Where a lane's call is.
#[derive(Clone)]
struct Place {
    lane: u16,
    at: Arc<Mutex<&'static str>>,
}

impl Observer for Place {
    fn before(&self, _: &'static ActionMeta, _: u32, _: &mut HeaderMap) {
        *self.at.lock().expect("whole") = if self.has_limits() { LIMITED } else { UNLIMITED };
    }

    fn after(&self, attempt: &Attempt) {
        let refused = attempt.status.is_some_and(|status| status == 401);
        *self.at.lock().expect("whole") = if refused { "waiting for a refresh" } else { BETWEEN };
    }
}

impl Place {
    /// Half of the lanes keep the rate limits and mostly wait for them; the others do not, and are mostly on the wire.
    const fn has_limits(&self) -> bool {
        self.lane < LANES / 2
    }
}

/// Numbers that look random and are the same in every run (Knuth's linear congruential generator).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// When a call is cancelled.
#[derive(Clone, Copy)]
enum When {
    /// After so many polls.
    Polls(u64),
    /// After so long.
    Time(Duration),
    /// As soon as it is between two attempts.
    BetweenAttempts,
}

impl When {
    /// Something else for each point of each lane.
    fn of(point: u32, lane: u16) -> Self {
        let mut dice = Dice(u64::from(point) << 16 | u64::from(lane));
        dice.roll(2);
        match dice.roll(8) {
            0..3 => Self::Polls(dice.roll(9)),
            3..7 => Self::Time(Duration::from_micros(dice.roll(40_000))),
            _ => Self::BetweenAttempts,
        }
    }

    /// Whether a call that was polled so often, and is there now, is to be dropped.
    fn is_now(self, polls: u64, place: &Place) -> bool {
        match self {
            Self::Polls(most) => polls >= most,
            Self::Time(_) => false,
            Self::BetweenAttempts => *place.at.lock().expect("whole") == BETWEEN,
        }
    }
}

/// What a call comes to unless it is dropped before.
async fn cut<T>(call: impl Future<Output = T>, when: When, place: &Place) -> Option<T> {
    // Not for ever: at a limit it can be a second until the next poll.
    let time = if let When::Time(time) = when { time } else { Duration::from_millis(60) };
    let (mut call, mut polls) = (pin!(call), 0);
    let outcome = poll_fn(|cx| {
        if when.is_now(polls, place) {
            return Poll::Ready(None);
        }
        polls += 1;
        match call.as_mut().poll(cx) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if when.is_now(polls, place) => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    });
    tokio::time::timeout(time, outcome).await.ok().flatten()
}

async fn connect(authorizer: &Authorizer) {
    let required = authorizer.authorize("user").await.expect("a link");
    let answer =
        http().post(&required.url).form(&[("decision", "approve")]).send().await.expect("the redirect");
    let location = answer.headers().get("location").expect("where to").to_str().expect("text");
    authorizer.finish(location).await.expect("connected");
}

fn authorizer(sandbox: &Sandbox) -> Authorizer {
    let app = sandbox.app();
    let callback = "http://localhost:8765/callback";
    let profile = AuthorizationProfile::new::<Connector>(&app.client_id, &app.client_secret, callback)
        .expect("HubSpot has OAuth 2.0")
        .host(&sandbox.url());
    // Refreshed when it has expired and not before, so that calls wait for it.
    Authorizer::builder(profile, MemoryStore::new())
        .refresh_ahead(Duration::ZERO)
        .build()
        .expect("the profile is sound")
}

/// One lane: cancels its calls one after the other; tells where they were, and gives its client back.
async fn lane(
    client: hubspot::Client,
    place: Place,
    sandbox: Arc<Apart>,
) -> (hubspot::Client, BTreeMap<&'static str, u32>) {
    let (mut dice, mut found) = (Dice(u64::from(place.lane)), BTreeMap::new());
    let (mut point, mut cancelled) = (0, 0);
    while cancelled < POINTS {
        point += 1;
        // The token is refused from time to time, so that calls refresh it.
        if point % 25 == u32::from(place.lane) * 3 {
            sandbox.expire_tokens();
        }
        *place.at.lock().expect("whole") = "waiting for a token that has expired";
        let call = async {
            match dice.roll(4) {
                0 => client.execute(deals::Search::new()).await.map(drop),
                1 => client.execute(contacts::Create::new().lastname("x")).await.map(drop),
                _ => client.execute(deals::List::new().limit(5)).await.map(drop),
            }
        };
        let when = When::of(point, place.lane);
        let what = match cut(call, when, &place).await {
            None if matches!(when, When::Polls(0)) => "before the first poll",
            None => *place.at.lock().expect("whole"),
            Some(Ok(())) => "already over: succeeded",
            Some(Err(Error::OutcomeUnknown { .. } | Error::Transport { .. } | Error::Api(_))) => {
                "already over: a fault"
            }
            Some(Err(error)) => panic!("no call may end so: {}", shown(&error)),
        };
        cancelled += u32::from(!what.starts_with("already"));
        *found.entry(what).or_default() += 1;
    }
    (client, found)
}

/// Waits until this is so, five seconds at most.
async fn settles(is_so: impl Fn() -> bool) -> bool {
    let begun = Instant::now();
    while !is_so() && begun.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    is_so()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_cancelled_calls_leave_nothing_behind() {
    let _beside = ALONE.read().await;
    // A refresh that is lost would be the end of the connection.
    let builder =
        Sandbox::builder().seed(20).rotate_refresh_tokens(true).token_lifetime(Duration::from_secs(3));
    let sandbox = Arc::new(Apart::start(builder).await);
    let alive = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let before = alive();
    let authorizer = authorizer(&sandbox);
    connect(&authorizer).await;
    sandbox.inject_every(1, [Fault::latency(Duration::from_millis(30)).path("/oauth")]);
    sandbox.inject_every(
        5,
        ["429", "503", "20ms", "cut"].map(|text| text.parse::<Fault>().expect("a fault").path("/crm")),
    );
    let mut policy = RetryPolicy::default().attempts(5);
    (policy.base, policy.cap) = (Duration::from_millis(10), Duration::from_millis(50));
    let (pool, budget) = (http(), MemoryBudget::new());
    let lanes = (0..LANES).map(|number| {
        let place = Place { lane: number, at: Arc::default() };
        let builder = hubspot::Client::builder()
            .base_url(sandbox.url())
            .authorizer(&authorizer, "user")
            .retry(policy.clone())
            .retry_reserve(u32::MAX)
            .http_client(pool.clone())
            .rate_limits(place.has_limits())
            .observer(place.clone());
        // Two of them share their limits.
        let builder = if number < 2 { builder.shared_budget(budget.clone()) } else { builder };
        let client = builder.build().expect("the settings are sound");
        tokio::spawn(lane(client, place, Arc::clone(&sandbox)))
    });
    let (mut clients, mut found) = (Vec::new(), BTreeMap::<&str, u32>::new());
    for lane in join_all(lanes).await {
        let (client, places) = lane.expect("it ran");
        clients.push(client);
        for (place, count) in places {
            *found.entry(place).or_default() += count;
        }
    }
    println!(
        "FIGURE cancelling: {} calls, {} of them cancelled: {found:?}",
        found.values().sum::<u32>(),
        u32::from(LANES) * POINTS
    );
    for place in ["waiting for a refresh", BETWEEN, LIMITED, UNLIMITED] {
        assert!(found.contains_key(place), "no call was cancelled {place}: {found:?}");
    }
    sandbox.clear_faults();

    // Each refresh that was begun was finished, though its caller was gone, and the connection is alive.
    let refreshes = || -> Vec<_> {
        let requests = sandbox.requests().into_iter();
        let is_refresh = |request: &LoggedRequest| request.body.contains("grant_type=refresh_token");
        requests.filter(is_refresh).map(|request| request.status).collect()
    };
    settles(|| refreshes().iter().all(Option::is_some)).await;
    let refreshes = refreshes();
    assert!(refreshes.len() > 10 && refreshes.iter().all(|status| *status == Some(200)), "{refreshes:?}");

    // Every client works on, with the connections that are there: one for each call at a time, and those of calls that were cancelled
    // while they were connecting.
    let few = settles(|| sandbox.connections() <= usize::from(LANES) * 2).await;
    let open = sandbox.connections();
    assert!(few, "{open}");
    let calls = clients.iter().flat_map(|client| (0..5).map(|_| client.execute(deals::List::new().limit(1))));
    for outcome in join_all(calls).await {
        outcome.map_err(|error| shown(&error)).expect("it goes on");
    }
    // All limits open again: nothing that was cancelled counts for longer than the window.
    let opened = Instant::now();
    let full = |client: &hubspot::Client| client.head_room().iter().all(|room| room.remaining == room.limit);
    while !clients.iter().skip(2).all(full) && opened.elapsed() < Duration::from_secs(15) {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let opened = opened.elapsed();
    assert!(
        clients.iter().skip(2).all(full),
        "{:?}",
        clients.iter().map(hubspot::Client::head_room).collect::<Vec<_>>()
    );
    for client in &clients {
        client
            .execute(deals::Search::new())
            .await
            .map_err(|error| shown(&error))
            .expect("the limits are open");
    }

    let with_clients = alive();
    drop((clients, pool));
    // The authorizer keeps its own pool, which is dropped with it; its locks are free.
    let disconnected = tokio::time::timeout(Duration::from_secs(2), authorizer.disconnect("user")).await;
    assert!(disconnected.expect("no lock is held").expect("disconnected"));
    drop(authorizer);
    let ended = settles(|| alive() <= before && sandbox.connections() == 0).await;
    println!(
        "FIGURE cancelling: {} refreshes, all finished; {open} connections open after the last, {} at the end; tasks: {before} before, \
         {with_clients} with the clients, {} at the end; head room full after {opened:.1?}",
        refreshes.len(),
        sandbox.connections(),
        alive()
    );
    assert!(ended, "{} tasks, {} connections", alive(), sandbox.connections());
}
