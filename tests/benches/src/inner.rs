//! The inner parts of a call, each by itself: what is sent is written, what comes is read, a rate limit lets a call through. By hand
//! beside it, the same with reqwest and serde. No bars: the whole calls have them.

use std::hint::black_box;
use std::time::Duration;

use bytes::Bytes;
use criterion::{Criterion, Throughput};
use futures_util::FutureExt as _;
use typed_connector::__private::inner::{self, answer, permit, request};
use typed_connector::Action;
use url::Url;

use crate::typed::hubspot::{Client, contacts, deals};
use crate::{Failure, TOKEN, by_hand, server, typed};

const SERVER: &str = "http://127.0.0.1:1";

pub(crate) fn run() -> Result<(), Failure> {
    let mut criterion = Criterion::default()
        .sample_size(60)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(1))
        .without_plots();
    write(&mut criterion)?;
    read(&mut criterion)?;
    limits(&mut criterion)?;
    criterion.final_summary();
    Ok(())
}

/// A create from its values to the request, without the token.
fn write(criterion: &mut Criterion) -> Result<(), Failure> {
    let (ours, hand) = (typed::client(SERVER)?, by_hand::client()?);
    let address = format!("{SERVER}/crm/objects/2026-09/deals");
    let url = Url::parse(&address)?;
    let mut group = criterion.benchmark_group("write a create");
    group.bench_function("typed-connector", |b| b.iter(|| request(&ours, typed::deal())));
    group.bench_function("reqwest", |b| b.iter(|| by_hand::create_request(hand.post(&address)).build()));
    group.bench_function("reqwest, ready Url", |b| {
        b.iter(|| by_hand::create_request(hand.post(url.clone())).build());
    });
    group.finish();
    Ok(())
}

/// A deal, and a page of a hundred contacts, from the bytes to the values.
fn read(criterion: &mut Criterion) -> Result<(), Failure> {
    let client = typed::client(SERVER)?;
    let deal = Bytes::from_static(server::DEAL.as_bytes());
    let page = Bytes::from(server::page(Some(1)));
    // Both can read them.
    inner::read::<deals::Create>(&answer::<_, deals::Create>(&client, deal.clone()))?;
    inner::read::<contacts::List>(&answer::<_, contacts::List>(&client, page.clone()))?;
    serde_json::from_slice::<by_hand::Record<by_hand::Deal>>(&deal)?;
    serde_json::from_slice::<by_hand::Page>(&page)?;

    let mut group = criterion.benchmark_group("read a deal");
    group.throughput(Throughput::Bytes(deal.len() as u64));
    group.bench_function("typed-connector", |b| b.iter(|| typed_as::<deals::Create>(&client, &deal)));
    group.bench_function("serde_json, strings", |b| {
        b.iter(|| serde_json::from_slice::<by_hand::Record<by_hand::Deal>>(black_box(&deal)));
    });
    group.finish();

    let mut group = criterion.benchmark_group("read a page of 100 contacts");
    group.throughput(Throughput::Bytes(page.len() as u64));
    group.bench_function("typed-connector", |b| b.iter(|| typed_as::<contacts::List>(&client, &page)));
    group.bench_function("serde_json, strings", |b| {
        b.iter(|| serde_json::from_slice::<by_hand::Page>(black_box(&page)));
    });
    group.finish();
    Ok(())
}

fn typed_as<A: Action>(client: &Client, body: &Bytes) -> Option<A::Output> {
    inner::read::<A>(&answer::<_, A>(client, black_box(body).clone())).ok()
}

/// A call through limits with room, and what it took given back.
fn limits(criterion: &mut Criterion) -> Result<(), Failure> {
    let client = Client::builder().base_url(SERVER).access_token(TOKEN).build()?;
    let mut group = criterion.benchmark_group("take a permit");
    group.bench_function("two limits", |b| {
        b.iter(|| permit::<_, deals::List>(&client).now_or_never().is_some_and(|outcome| outcome.is_ok()));
    });
    group.finish();
    Ok(())
}
