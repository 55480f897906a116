//! A mistake in a spec is one error, however much the code uses what it concerns.

use typed_connector::{Decimal, connector};

#[connector("hubspot", extend = "../specs/broken/lost")]
pub mod crm {}

use crm::contacts::{self, Contact};
use crm::deals::{self, Deal, DealStage};

async fn run(client: crm::Client) -> Result<(), typed_connector::Error> {
    let create = deals::Create::new("Crate", DealStage::QualifiedToBuy).amount(Decimal::from(1200)).box_colour("red");
    let deal = client.execute(create).await?;
    client.execute(deals::Update::new(&deal.id).clear_box_colour()).await?;
    let search = deals::Search::new().filter(Deal::BOX_COLOUR.contains_token("red")).sort(Deal::AMOUNT.descending());
    let mut all = client.stream(search);
    while let Some(deal) = all.try_next().await? {
        println!("{} {:?} {:?}", deal.id, deal.dealname, large(&deal));
    }
    // What the mistake does not concern is as it should be.
    let found = client.execute(contacts::Search::new().filter(Contact::EMAIL.eq("ada@example.com"))).await?;
    println!("{}", found.items.len());
    Ok(())
}

fn large(deal: &Deal) -> bool {
    deal.amount.is_some_and(|amount| amount >= 10_000.into()) && deal.dealstage == Some(DealStage::ClosedWon)
}

fn parts(deal: Deal) -> Option<String> {
    let Deal { id, dealname: Some(name), box_colour, .. } = deal else { return None };
    Some(format!("{name} {id} {}", box_colour.unwrap_or_default()))
}

fn dear(deals: &[Deal]) -> usize {
    let amounts = deals.iter().map(|Deal { amount, extra, .. }| amount.filter(|_| extra.is_empty()));
    amounts.flatten().count()
}

impl Deal {
    fn name(&self) -> &str {
        self.dealname.as_deref().unwrap_or("no name")
    }
}

fn main() {}
