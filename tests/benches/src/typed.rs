//! The jobs with typed-connector. Retries, deadlines and spans are compiled in and idle; rate limits are off, since they
//! would wait.

use futures_util::stream::{self, StreamExt as _};
use typed_connector::{Decimal, connector};

use crate::{Failure, TOKEN};

/// The shipped connector.
#[connector("hubspot")]
pub mod hubspot {}

use hubspot::{contacts, deals};

pub(crate) fn client(url: &str) -> Result<hubspot::Client, Failure> {
    Ok(hubspot::Client::builder().base_url(url).access_token(TOKEN).rate_limits(false).build()?)
}

/// Deals created one after the other.
pub(crate) async fn create(url: &str, count: usize) -> Result<(), Failure> {
    let client = client(url)?;
    for _ in 0..count {
        std::hint::black_box(client.execute(deal()).await?);
    }
    Ok(())
}

/// What creates a deal.
pub(crate) fn deal() -> deals::Create {
    deals::Create::new("Acme renewal", deals::DealStage::QualifiedToBuy)
        .pipeline("default")
        .amount(Decimal::from(1200))
}

/// As many deals, 32 of them at a time.
pub(crate) async fn flight(url: &str, count: usize) -> Result<(), Failure> {
    let client = client(url)?;
    let mut calls = stream::iter(0..count).map(|_| client.execute(deal())).buffer_unordered(32);
    while let Some(deal) = calls.next().await {
        std::hint::black_box(deal?);
    }
    Ok(())
}

/// All contacts, as a stream hands them out; the server ends the list after so many pages.
pub(crate) async fn all(url: &str, pages: usize) -> Result<(), Failure> {
    let mut contacts = client(&format!("{url}/{pages}"))?.stream(contacts::List::new());
    let mut count = 0;
    while let Some(contact) = contacts.next().await {
        std::hint::black_box(contact?);
        count += 1;
    }
    crate::job::expect(count, pages * 100)
}

/// Contacts page by page into typed records: decimals, times, enums, unknown properties kept.
pub(crate) async fn list(url: &str, pages: usize) -> Result<(), Failure> {
    let client = client(url)?;
    for page in 0..pages {
        let list = contacts::List::new().limit(100).after(page.to_string());
        std::hint::black_box(client.execute(list).await?);
    }
    Ok(())
}
