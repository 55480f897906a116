//! 20,000 mixed calls at once with 64 others, against a server that fails about every third request.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::join_all;
use typed_connector::{Attempt, CallOptions, Error, Observer, RetryPolicy};
use typed_connector_sandbox::{Fault, Sandbox};
use typed_connector_tests::hubspot::contacts::{self, Contact, ContactId};
use typed_connector_tests::hubspot::deals::{self, Deal, DealId};
use typed_connector_tests::pulse::Pulse;
use typed_connector_tests::{http, hubspot};

use crate::{ALONE, Apart};

const CALLS: usize = 20_000;
const CONCURRENCY: usize = 64;
/// How much later than its deadline a call may end.
const OVERRUN: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Create,
    Get,
    Update,
    List,
    Search,
    Delete,
}

/// What a call said of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    Succeeded,
    /// The server may or may not have acted.
    Unknown,
    /// The server has not acted, says the error.
    Failed(&'static str),
}

struct Record {
    number: usize,
    outcome: Outcome,
    kind: Kind,
    overrun: Duration,
    hurried: bool,
}

#[derive(Clone, Default)]
struct Attempts(Arc<[AtomicUsize; 2]>);

impl Observer for Attempts {
    fn after(&self, attempt: &Attempt) {
        self.0[0].fetch_add(1, Ordering::Relaxed);
        self.0[1].fetch_add(usize::from(attempt.number > 1), Ordering::Relaxed);
    }
}

fn outcome<T>(result: Result<T, Error>) -> (Option<T>, Outcome) {
    let error = match result {
        Ok(value) => return (Some(value), Outcome::Succeeded),
        Err(error) => error,
    };
    let outcome = match error {
        Error::OutcomeUnknown { .. } => Outcome::Unknown,
        Error::Api(error) if error.status == 429 => Outcome::Failed("429"),
        Error::Api(error) if error.status.is_server_error() => Outcome::Failed("5xx"),
        Error::Api(error) if error.status == 404 => Outcome::Failed("404"),
        Error::Transport { .. } => Outcome::Failed("transport"),
        Error::DeadlineExceeded { .. } => Outcome::Failed("deadline before sending"),
        other => panic!("no call may end so: {other:?}"),
    };
    (None, outcome)
}

/// One of the 64: makes calls one after the other, on records that only it touches.
struct Worker {
    client: hubspot::Client,
    deals: Vec<Own<DealId>>,
    contacts: Vec<Own<ContactId>>,
    log: Vec<Record>,
}

/// A record with the texts that it may hold: what the last update that succeeded wrote, and unknown ones after it.
struct Own<T> {
    id: T,
    number: usize,
    texts: Vec<Option<String>>,
    deleted: Option<Outcome>,
}

impl<T> Own<T> {
    fn wrote(&mut self, text: String, outcome: Outcome) {
        match outcome {
            Outcome::Succeeded => self.texts = vec![Some(text)],
            // 5xx leaves open what was done; the others say that nothing was, of all attempts.
            Outcome::Unknown | Outcome::Failed("5xx") => self.texts.push(Some(text)),
            Outcome::Failed(_) => {}
        }
    }
}

impl Worker {
    async fn call(&mut self, number: usize) {
        // A number that looks random and is the same in every run.
        let dice = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        let of_deals = dice & 1 == 0;
        let living = if of_deals {
            self.deals.iter().rposition(|own| own.deleted.is_none())
        } else {
            self.contacts.iter().rposition(|own| own.deleted.is_none())
        };
        let kind = match ((dice >> 1) % 10, living) {
            (0..3, _) | (_, None) => Kind::Create,
            (3..5, _) => Kind::Get,
            (5..7, _) => Kind::Update,
            (7, _) => Kind::List,
            (8, _) => Kind::Search,
            _ => Kind::Delete,
        };
        let hurried = (dice >> 6).is_multiple_of(16);
        let deadline = if hurried { Duration::from_millis(250) } else { Duration::from_secs(60) };
        let options = CallOptions::new().deadline(deadline);
        let marker = format!("marker-{number}");
        let at = living.unwrap_or_default();
        let client = self.client.clone();
        let begun = Instant::now();
        let outcome = match (kind, of_deals) {
            (Kind::Create, true) => {
                let create = deals::Create::new(&marker, "qualifiedtobuy");
                let (deal, outcome) = outcome(client.execute_with(create, options).await);
                let own = |deal: Deal| Own { id: deal.id, number, texts: vec![None], deleted: None };
                self.deals.extend(deal.map(own));
                outcome
            }
            (Kind::Create, false) => {
                let create = contacts::Create::new().lastname(&marker);
                let (contact, outcome) = outcome(client.execute_with(create, options).await);
                let own = |contact: Contact| Own { id: contact.id, number, texts: vec![None], deleted: None };
                self.contacts.extend(contact.map(own));
                outcome
            }
            (Kind::Get, true) => {
                outcome(client.execute_with(deals::Get::new(&self.deals[at].id), options).await).1
            }
            (Kind::Get, false) => {
                outcome(client.execute_with(contacts::Get::new(&self.contacts[at].id), options).await).1
            }
            (Kind::Update, true) => {
                let update = deals::Update::new(&self.deals[at].id).description(&marker);
                let outcome = outcome(client.execute_with(update, options).await).1;
                self.deals[at].wrote(marker, outcome);
                outcome
            }
            (Kind::Update, false) => {
                let update = contacts::Update::new(&self.contacts[at].id).company(&marker);
                let outcome = outcome(client.execute_with(update, options).await).1;
                self.contacts[at].wrote(marker, outcome);
                outcome
            }
            (Kind::List, true) => outcome(client.execute_with(deals::List::new().limit(3), options).await).1,
            (Kind::List, false) => {
                outcome(client.execute_with(contacts::List::new().limit(3), options).await).1
            }
            (Kind::Search, true) => {
                let search = deals::Search::new().filter(Deal::DEALNAME.eq(&marker)).limit(3);
                outcome(client.execute_with(search, options).await).1
            }
            (Kind::Search, false) => {
                let search = contacts::Search::new().filter(Contact::LASTNAME.eq(&marker)).limit(3);
                outcome(client.execute_with(search, options).await).1
            }
            (Kind::Delete, true) => {
                let delete = deals::Delete::new(&self.deals[at].id);
                let outcome = outcome(client.execute_with(delete, options).await).1;
                self.deals[at].deleted = Some(outcome);
                outcome
            }
            (Kind::Delete, false) => {
                let delete = contacts::Delete::new(&self.contacts[at].id);
                let outcome = outcome(client.execute_with(delete, options).await).1;
                self.contacts[at].deleted = Some(outcome);
                outcome
            }
        };
        let overrun = begun.elapsed().saturating_sub(deadline);
        self.log.push(Record { number, outcome, kind, overrun, hurried });
    }
}

/// Records by marker, each with its text and whether it is deleted.
type Stored = HashMap<String, Vec<(Option<String>, bool)>>;

/// What the sandbox holds: by marker, each record's text, and whether it is deleted.
async fn stored(sandbox: &Sandbox, kind: &str, marker: &str, text: &str) -> Stored {
    let mut found = Stored::new();
    for archived in [false, true] {
        let mut after = String::new();
        loop {
            let url = format!("{}/crm/v3/objects/{kind}", sandbox.url());
            let properties = format!("{marker},{text}");
            let mut query = vec![("limit", "100"), ("properties", &*properties)];
            query.push(("archived", if archived { "true" } else { "false" }));
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let answer = http().get(url).query(&query).bearer_auth(sandbox.access_token()).send().await;
            let body = answer.expect("the sandbox answers").text().await.expect("with text");
            let page: serde_json::Value = serde_json::from_str(&body).expect("that is JSON");
            for record in page["results"].as_array().expect("records") {
                let value = |name: &str| record["properties"][name].as_str().map(str::to_owned);
                found.entry(value(marker).expect("a marker")).or_default().push((value(text), archived));
            }
            match page["paging"]["next"]["after"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => break,
            }
        }
    }
    found
}

fn client(sandbox: &Sandbox, attempts: Attempts) -> hubspot::Client {
    let mut policy = RetryPolicy::default().attempts(12);
    (policy.base, policy.cap) = (Duration::from_millis(5), Duration::from_millis(50));
    hubspot::Client::builder()
        .base_url(sandbox.url())
        .access_token(sandbox.access_token())
        .retry(policy)
        // Every third request fails here, and that is to be outlasted.
        .retry_reserve(u32::MAX)
        // The refusals are no limits, but faults.
        .rate_limits(false)
        .observer(attempts)
        .build()
        .expect("the settings are sound")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_mixed_calls_through_a_storm_of_faults() {
    let _alone = ALONE.write().await;
    let sandbox = Apart::start(Sandbox::builder()).await;
    for (every, faults) in [
        (7, &["429", "429", "429+1"][..]),
        (11, &["500", "502", "502html", "503html"]),
        (13, &["cut-unread", "cut", "cut-acted"]),
        (17, &["30ms", "100ms", "1s"]),
    ] {
        sandbox.inject_every(every, faults.iter().map(|text| text.parse::<Fault>().expect("a fault")));
    }
    let attempts = Attempts::default();
    let client = client(&sandbox, attempts.clone());

    let pulse = Pulse::start(16);
    let begun = Instant::now();
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..CONCURRENCY).map(|_| {
        let (next, client) = (Arc::clone(&next), client.clone());
        tokio::spawn(async move {
            let mut worker = Worker { client, deals: Vec::new(), contacts: Vec::new(), log: Vec::new() };
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= CALLS {
                    return worker;
                }
                worker.call(number).await;
            }
        })
    });
    let workers: Vec<Worker> =
        join_all(workers).await.into_iter().map(|worker| worker.expect("it ran")).collect();
    let wall = begun.elapsed();
    let lateness = pulse.worst();
    drop(pulse);

    sandbox.clear_faults();
    let requests = sandbox.requests();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for fault in requests.iter().filter_map(|request| request.fault.as_deref()) {
        *met.entry(fault).or_default() += 1;
    }
    let log: Vec<&Record> = workers.iter().flat_map(|worker| &worker.log).collect();
    let mut tally: BTreeMap<(Kind, Outcome), usize> = BTreeMap::new();
    for record in &log {
        *tally.entry((record.kind, record.outcome)).or_default() += 1;
    }
    let worst = log.iter().map(|record| record.overrun).max().unwrap_or_default();
    let late = log.iter().filter(|record| record.overrun > Duration::ZERO).count();
    let hurried = log.iter().filter(|record| record.hurried).count();
    let missed = log.iter().filter(|record| record.hurried && record.outcome != Outcome::Succeeded).count();
    let [made, again] = [0, 1].map(|at| attempts.0[at].load(Ordering::Relaxed));
    println!(
        "FIGURE faults: {CALLS} calls at concurrency {CONCURRENCY} in {:.1} s: {made} attempts, {again} of them again",
        wall.as_secs_f64()
    );
    println!("FIGURE faults: {} requests met a fault: {met:?}", met.values().sum::<usize>());
    println!("FIGURE faults: outcomes {tally:?}");
    println!(
        "FIGURE faults: {hurried} calls had a deadline of 250 ms, {missed} of them did not make it; {late} calls ended after their \
         deadline, the worst by {:.1} ms; a bare timer beside them was late by {:.1} ms at worst",
        worst.as_secs_f64() * 1000.0,
        lateness.as_secs_f64() * 1000.0
    );

    // No call is lost.
    assert_eq!(log.len(), CALLS);
    // Where others keep the machine busy, nothing can be in time; a bare timer on the same threads shows by how much.
    assert!(worst <= OVERRUN + lateness, "{worst:?} where a bare timer was late by {lateness:?}");
    assert!(late > 0, "some calls met their deadline while they were under way");
    assert!(met.len() == 12 && met.values().all(|count| *count > 100), "{met:?}");

    // Every create is there once, or its outcome is unknown, or it says that it was not made.
    let deals = stored(&sandbox, "deals", "dealname", "description").await;
    let contacts = stored(&sandbox, "contacts", "lastname", "company").await;
    let mut figures: BTreeMap<&str, usize> = BTreeMap::new();
    for record in log.iter().filter(|record| record.kind == Kind::Create) {
        let marker = format!("marker-{}", record.number);
        let there = deals.get(&marker).map_or(0, Vec::len) + contacts.get(&marker).map_or(0, Vec::len);
        let figure = match (record.outcome, there) {
            (Outcome::Succeeded, 1) => "succeeded and there once",
            (Outcome::Unknown, 0) => "unknown and not there",
            (Outcome::Unknown, 1) => "unknown and there once",
            (Outcome::Failed(_), 0) if record.hurried => {
                "out of time before it was carried out, and not there"
            }
            (outcome, there) => panic!("{marker}: {outcome:?}, and there {there} times"),
        };
        *figures.entry(figure).or_default() += 1;
    }
    println!("FIGURE faults: creates {figures:?}");
    assert_eq!(
        deals.values().chain(contacts.values()).map(Vec::len).max(),
        Some(1),
        "nothing is there twice"
    );

    println!(
        "FIGURE faults: {} records hold what their calls said",
        check_records(&workers, &deals, &contacts)
    );
}

/// Updates and deletes have done what they said.
fn check_records(workers: &[Worker], deals: &Stored, contacts: &Stored) -> usize {
    let mut checked = 0;
    for worker in workers {
        let deals = worker.deals.iter().map(|own| (deals, own.number, &own.texts, own.deleted));
        let contacts = worker.contacts.iter().map(|own| (contacts, own.number, &own.texts, own.deleted));
        for (stored, number, texts, deleted) in deals.chain(contacts) {
            let (text, archived) = &stored[&format!("marker-{number}")][0];
            assert!(texts.contains(text), "record {number} holds {text:?}, not one of {texts:?}");
            match deleted {
                Some(Outcome::Succeeded) => assert!(archived, "record {number}"),
                Some(Outcome::Unknown | Outcome::Failed("5xx" | "404")) => {}
                None | Some(Outcome::Failed(_)) => assert!(!archived, "record {number}"),
            }
            checked += 1;
        }
    }
    checked
}
