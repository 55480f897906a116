//! What rust-analyzer is asked about.

#[typed_connector::connector("hubspot")]
pub mod hubspot {}

use hubspot::deals::{self, Deal, DealStage};

async fn renew(client: hubspot::Client) -> Result<(), typed_connector::Error> {
    let create = deals::Create::new("Acme renewal", DealStage::QualifiedToBuy).amount(1200);
    let deal = client.execute(create).await?;
    println!("{:?}", deal.dealname);
    let search = deals::Search::new().filter(Deal::AMOUNT.gte(1000));
    let page = client.execute(search).await?;
    println!("{}", page.items.len());
    Ok(())
}

fn main() {
    let _ = renew;
}
