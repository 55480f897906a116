//! The jobs, each with who does it; the first of a group is typed-connector.

use crate::{Failure, by_hand, typed};

pub(crate) const CREATE: [&str; 3] =
    ["create typed-connector", "create reqwest", "create reqwest, ready Url"];
pub(crate) const FLIGHT: [&str; 2] = ["flight typed-connector", "flight reqwest"];
pub(crate) const LIST: [&str; 2] = ["list typed-connector", "list reqwest"];
pub(crate) const ALL: [&str; 2] = ["all typed-connector", "all reqwest"];

/// Does the job with this name, so many times.
pub(crate) async fn run(name: &str, url: &str, count: usize) -> Result<(), Failure> {
    match name {
        "create typed-connector" => typed::create(url, count).await,
        "create reqwest" => by_hand::create(url, count, false).await,
        "create reqwest, ready Url" => by_hand::create(url, count, true).await,
        "flight typed-connector" => typed::flight(url, count).await,
        "flight reqwest" => by_hand::flight(url, count).await,
        "list typed-connector" => typed::list(url, count).await,
        "list reqwest" => by_hand::list(url, count).await,
        "all typed-connector" => typed::all(url, count).await,
        "all reqwest" => by_hand::all(url, count).await,
        _ => Err(format!("there is no job `{name}`").into()),
    }
}

/// Refuses a job that did not do its work.
pub(crate) fn expect(count: usize, expected: usize) -> Result<(), Failure> {
    if count == expected {
        return Ok(());
    }
    Err(format!("{count} records came, and not {expected}").into())
}
