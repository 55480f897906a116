//! The same jobs as a developer without an SDK writes them: reqwest and serde, every value a string.

use futures_util::stream::{self, StreamExt as _};
use serde::{Deserialize, Serialize};
use typed_connector::Decimal;
use url::Url;

use crate::{Failure, TOKEN};

#[derive(Serialize)]
struct Create<'a> {
    properties: CreateProperties<'a>,
}

#[derive(Serialize)]
struct CreateProperties<'a> {
    dealname: &'a str,
    dealstage: &'a str,
    pipeline: &'a str,
    amount: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)] // read, as a program would
pub(crate) struct Record<P> {
    id: String,
    properties: P,
    created_at: String,
    updated_at: String,
    archived: bool,
    url: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub(crate) struct Deal {
    dealname: Option<String>,
    dealstage: Option<String>,
    pipeline: Option<String>,
    amount: Option<String>,
    closedate: Option<String>,
    createdate: Option<String>,
    hs_lastmodifieddate: Option<String>,
    hs_object_id: Option<String>,
}

/// Deals created one after the other; `ready` hands reqwest a parsed `Url`.
pub(crate) async fn create(url: &str, count: usize, ready: bool) -> Result<(), Failure> {
    let client = client()?;
    let address = format!("{url}/crm/objects/2026-09/deals");
    let parsed = Url::parse(&address)?;
    for _ in 0..count {
        let request = if ready { client.post(parsed.clone()) } else { client.post(&address) };
        std::hint::black_box(created(request).await?);
    }
    Ok(())
}

/// What creates a deal, without the token.
pub(crate) fn create_request(request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
    let amount = Decimal::from(1200).to_string();
    let properties = CreateProperties {
        dealname: "Acme renewal",
        dealstage: "qualifiedtobuy",
        pipeline: "default",
        amount: &amount,
    };
    request.json(&Create { properties })
}

async fn created(request: reqwest::RequestBuilder) -> Result<Record<Deal>, Failure> {
    let answer = create_request(request).bearer_auth(TOKEN).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// As many deals, 32 of them at a time.
pub(crate) async fn flight(url: &str, count: usize) -> Result<(), Failure> {
    let client = client()?;
    let address = format!("{url}/crm/objects/2026-09/deals");
    let mut calls = stream::iter(0..count).map(|_| created(client.post(&address))).buffer_unordered(32);
    while let Some(deal) = calls.next().await {
        std::hint::black_box(deal?);
    }
    Ok(())
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub(crate) struct Page {
    pub(crate) results: Vec<Record<Contact>>,
    pub(crate) paging: Option<Paging>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub(crate) struct Paging {
    pub(crate) next: Option<Next>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub(crate) struct Next {
    pub(crate) after: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
pub(crate) struct Contact {
    annualrevenue: Option<String>,
    company: Option<String>,
    createdate: Option<String>,
    email: Option<String>,
    firstname: Option<String>,
    hs_lead_status: Option<String>,
    hs_object_id: Option<String>,
    jobtitle: Option<String>,
    lastmodifieddate: Option<String>,
    lastname: Option<String>,
    lifecyclestage: Option<String>,
    phone: Option<String>,
}

/// What the other job asks for, so that both send the same request: all properties of the shipped connector.
pub(crate) fn properties() -> String {
    use typed_connector::Record;
    let contact = crate::typed::hubspot::contacts::Contact::default();
    contact.shape().property_names().collect::<Vec<_>>().join(",")
}

/// Contacts page by page. It drops what it does not know, where typed-connector keeps it.
pub(crate) async fn list(url: &str, pages: usize) -> Result<(), Failure> {
    let (client, properties) = (client()?, properties());
    let address = format!("{url}/crm/objects/2026-09/contacts");
    for page in 0..pages {
        std::hint::black_box(page_of(&client, &address, &page.to_string(), &properties).await?);
    }
    Ok(())
}

pub(crate) async fn page_of(
    client: &reqwest::Client,
    address: &str,
    after: &str,
    properties: &str,
) -> Result<Page, Failure> {
    let query = [("limit", "100"), ("after", after), ("properties", properties)];
    let answer = client.get(address).query(&query).bearer_auth(TOKEN).send().await?;
    Ok(answer.error_for_status()?.json().await?)
}

/// All contacts; the server ends the list after so many pages.
pub(crate) async fn all(url: &str, pages: usize) -> Result<(), Failure> {
    let (client, properties) = (client()?, properties());
    let address = format!("{url}/{pages}/crm/objects/2026-09/contacts");
    let (mut after, mut count) = ("0".to_owned(), 0);
    loop {
        let page = page_of(&client, &address, &after, &properties).await?;
        for contact in page.results {
            std::hint::black_box(contact);
            count += 1;
        }
        match page.paging.and_then(|paging| paging.next) {
            Some(next) => after = next.after,
            None => return crate::job::expect(count, pages * 100),
        }
    }
}

pub(crate) fn client() -> Result<reqwest::Client, Failure> {
    drop(rustls::crypto::ring::default_provider().install_default()); // an error says that there is one already
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}
