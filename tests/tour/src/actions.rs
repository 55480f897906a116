//! The twelve actions: create, get, update, list, search and delete, for deals and for contacts.

use futures_util::{StreamExt, TryStreamExt};
use typed_connector::{Decimal, Timestamp};

use crate::Failure;
use crate::hubspot::Client;
use crate::hubspot::contacts::{self, Contact, LifecycleStage};
use crate::hubspot::deals::{self, Deal, DealStage};

pub(crate) async fn run(client: &Client) -> Result<(), Failure> {
    // What the tour makes has a name of its own, so that it finds and touches nothing else in a real account.
    let mark = Timestamp::now().as_millisecond().to_string();
    deals(client, &mark).await?;
    contacts(client, &mark).await
}

async fn deals(client: &Client, mark: &str) -> Result<(), Failure> {
    println!("\nDeals");
    let create = deals::Create::new(format!("Acme renewal {mark}"), DealStage::QualifiedToBuy)
        .pipeline("default")
        .amount(1200)
        .closedate("2027-03-31T00:00:00Z".parse::<Timestamp>()?);
    let deal = client.execute(create).await?;
    println!("  create    {}", describe_deal(&deal));

    let id = deal.id;
    let deal = client.execute(deals::Get::new(&id)).await?;
    println!("  get       {}", describe_deal(&deal));

    // Three states: `amount` and `dealstage` are set, `closedate` is cleared, everything else stays as it is.
    let update =
        deals::Update::new(&id).amount(Decimal::new(150_050, 2)).dealstage("contractsent").clear_closedate();
    client.execute(update).await?;
    let deal = client.execute(deals::Get::new(&id)).await?;
    println!("  update    {}", describe_deal(&deal));

    let page = client.execute(deals::List::new().limit(5)).await?;
    println!("  list      a first page of {}, and there are {}", page.items.len(), more(page.next.is_some()));
    // A real account may hold more than anybody wants to wait for.
    let first: Vec<Deal> = client.stream(deals::List::new()).take(300).try_collect().await?;
    println!("            {} streamed in pages of 100", first.len());

    let large = deals::Search::new().filter(
        Deal::AMOUNT
            .gte(1000)
            .and(Deal::DEALSTAGE.is_in([DealStage::ContractSent, DealStage::QualifiedToBuy])),
    );
    let page = client.execute(large.sort(Deal::AMOUNT.descending())).await?;
    println!(
        "  search    {} of 1,000 and more in two stages; the largest is {}",
        page.total.unwrap_or_default(),
        page.items.first().map_or_else(|| "not there yet".to_owned(), describe_deal)
    );
    let page = client.execute(deals::Search::new().query(mark)).await?;
    println!("            {} with the word {mark}", page.items.len());

    client.execute(deals::Delete::new(&id)).await?;
    let gone = client.execute(deals::Get::new(&id)).await;
    println!("  delete    {}", gone.err().map_or("still there".to_owned(), |error| format!("gone: {error}")));
    Ok(())
}

async fn contacts(client: &Client, mark: &str) -> Result<(), Failure> {
    println!("\nContacts");
    let email = format!("ada.{mark}@example.com");
    let create = contacts::Create::new()
        .email(email.as_str())
        .firstname("Ada")
        .lastname(format!("Byron {mark}"))
        .lifecyclestage(LifecycleStage::Lead);
    let contact = client.execute(create).await?;
    println!("  create    {}", describe_contact(&contact));
    let id = contact.id;

    let contact = client.execute(contacts::Get::new(&id)).await?;
    println!("  get       {}", describe_contact(&contact));

    client.execute(contacts::Update::new(&id).jobtitle("Analyst").lifecyclestage("opportunity")).await?;
    let contact = client.execute(contacts::GetByEmail::new(email.as_str())).await?;
    println!("  update    {}, read by e-mail", describe_contact(&contact));

    let page = client.execute(contacts::List::new().limit(5)).await?;
    println!("  list      a first page of {}, and there are {}", page.items.len(), more(page.next.is_some()));

    let search =
        contacts::Search::new().filter(Contact::EMAIL.eq(email.as_str()).or(Contact::FIRSTNAME.eq("Nobody")));
    let found: Vec<Contact> = client.stream(search).try_collect().await?;
    println!("  search    {} with this e-mail", found.len());

    client.execute(contacts::Delete::new(&id)).await?;
    let gone = client.execute(contacts::Get::new(&id)).await;
    println!("  delete    {}", gone.err().map_or("still there".to_owned(), |error| format!("gone: {error}")));
    Ok(())
}

fn describe_deal(deal: &Deal) -> String {
    let stage = deal.dealstage.as_ref().map_or("no stage", |stage| stage.title());
    let amount = deal.amount.map_or("no amount".to_owned(), |amount| format!("amount {amount}"));
    let close =
        deal.closedate.map_or("no close date".to_owned(), |time| format!("closes {}", time.strftime("%F")));
    format!("{} «{}», {stage}, {amount}, {close}", deal.id, deal.dealname.as_deref().unwrap_or("unnamed"))
}

fn describe_contact(contact: &Contact) -> String {
    let name =
        [contact.firstname.as_deref(), contact.lastname.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    let stage = contact.lifecyclestage.as_ref().map_or("no stage", |stage| stage.title());
    let job = contact.jobtitle.as_deref().map_or(String::new(), |title| format!(", {title}"));
    format!(
        "{} {}{job}, {stage}, {}",
        contact.id,
        name.join(" "),
        contact.email.as_deref().unwrap_or("no e-mail")
    )
}

const fn more(there_are: bool) -> &'static str {
    if there_are { "more" } else { "no more" }
}
