//! The same jobs as a developer without an SDK writes them: reqwest and serde, every value a string.

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
struct Record<P> {
    id: String,
    properties: P,
    created_at: String,
    updated_at: String,
    archived: bool,
    url: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Deal {
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
    let amount = Decimal::from(1200);
    for _ in 0..count {
        let amount = amount.to_string();
        let properties = CreateProperties {
            dealname: "Acme renewal",
            dealstage: "qualifiedtobuy",
            pipeline: "default",
            amount: &amount,
        };
        let request = if ready { client.post(parsed.clone()) } else { client.post(&address) };
        let answer = request.bearer_auth(TOKEN).json(&Create { properties }).send().await?;
        std::hint::black_box(answer.error_for_status()?.json::<Record<Deal>>().await?);
    }
    Ok(())
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Page {
    results: Vec<Record<Contact>>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Paging {
    next: Option<Next>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Next {
    after: String,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Contact {
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
fn properties() -> String {
    use typed_connector::Record;
    let contact = crate::typed::hubspot::contacts::Contact::default();
    contact.shape().property_names().collect::<Vec<_>>().join(",")
}

/// Contacts page by page. It drops what it does not know, where typed-connector keeps it.
pub(crate) async fn list(url: &str, pages: usize) -> Result<(), Failure> {
    let (client, properties) = (client()?, properties());
    for page in 0..pages {
        let address = format!("{url}/crm/objects/2026-09/contacts");
        let query = [("limit", "100"), ("after", &page.to_string()), ("properties", &properties)];
        let answer = client.get(address).query(&query).bearer_auth(TOKEN).send().await?;
        std::hint::black_box(answer.error_for_status()?.json::<Page>().await?);
    }
    Ok(())
}

fn client() -> Result<reqwest::Client, Failure> {
    drop(rustls::crypto::ring::default_provider().install_default()); // an error says that there is one already
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?)
}
