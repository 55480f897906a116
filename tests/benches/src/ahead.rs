//! Reading ahead: a list of fifty pages from a server that takes 20 ms for each, and a consumer that works on each page.
//!
//! The work is a wait (`tokio::time::sleep`), as for a database that a page is written to: what is hidden is the server's latency behind
//! it, or it behind the server's latency. Without any work there is nothing to hide, for a cursor is only known when its page is
//! there. Everybody runs on the same runtime, in turns, and of three rounds the fastest counts.

use std::time::{Duration, Instant};

use tokio::net::TcpListener;

use crate::typed::hubspot::{self, contacts};
use crate::{Failure, TOKEN, by_hand, server};

const PAGES: usize = 50;
const LATENCY: Duration = Duration::from_millis(20);
/// Of the work that the bar is about.
const WORK: u64 = 10;
const BAR: f64 = 1.3;

pub(crate) fn run() -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/{PAGES}", listener.local_addr()?);
        tokio::spawn(
            async move { server::accept(&listener, LATENCY).await.map_err(|error| error.to_string()) },
        );
        println!("{PAGES} pages of 100 contacts, {} ms a page at the server; seconds\n", LATENCY.as_millis());
        println!(
            "{:>14} {:>9} {:>9} {:>9} {:>9} {:>22}",
            "work per page", "by hand", "stream", "1 ahead", "3 ahead", "by hand / 1 ahead"
        );
        let mut reached = 0.0;
        for millis in [0, 5, WORK, 20, 40] {
            let work = Duration::from_millis(millis);
            let mut best = [f64::INFINITY; 4];
            for _ in 0..3 {
                best[0] = best[0].min(seconds(by_hand(&url, work)).await?);
                for (best, ahead) in best[1..].iter_mut().zip([0, 1, 3]) {
                    *best = best.min(seconds(typed(&url, work, ahead)).await?);
                }
            }
            let [hand, stream, one, three] = best;
            println!(
                "{millis:>11} ms {hand:>9.3} {stream:>9.3} {one:>9.3} {three:>9.3} {:>20.2} ×",
                hand / one
            );
            if millis == WORK {
                reached = hand / one;
            }
        }
        let verdict = if reached >= BAR { "reached" } else { "MISSED" };
        println!("\nbar: {BAR} × with {WORK} ms of work: {reached:.2} ×, {verdict}");
        Ok(())
    })
}

async fn seconds(work: impl Future<Output = Result<usize, Failure>>) -> Result<f64, Failure> {
    let start = Instant::now();
    let count = work.await?;
    let seconds = start.elapsed().as_secs_f64();
    if count == PAGES * 100 { Ok(seconds) } else { Err(format!("{count} contacts came").into()) }
}

/// The loop that a developer writes: ask, work, ask for the next.
async fn by_hand(url: &str, work: Duration) -> Result<usize, Failure> {
    let (client, properties) = (by_hand::client()?, by_hand::properties());
    let address = format!("{url}/crm/objects/2026-09/contacts");
    let (mut count, mut after) = (0, "0".to_owned());
    loop {
        let page = by_hand::page_of(&client, &address, &after, &properties).await?;
        count += page.results.len();
        tokio::time::sleep(work).await;
        let Some(next) = page.paging.and_then(|paging| paging.next) else { return Ok(count) };
        after = next.after;
    }
}

async fn typed(url: &str, work: Duration, ahead: usize) -> Result<usize, Failure> {
    let client = hubspot::Client::builder().base_url(url).access_token(TOKEN).rate_limits(false).build()?;
    let mut contacts = client.stream(contacts::List::new()).read_ahead(ahead);
    let mut count = 0;
    while let Some(page) = contacts.next_page().await? {
        count += page.len();
        tokio::time::sleep(work).await;
    }
    Ok(count)
}
