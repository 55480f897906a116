//! A shipped connector by its name.

use typed_connector::connector;

#[connector("hubspot")]
pub mod hubspot {}

use hubspot::contacts::{self, Contact};
use hubspot::deals::{self, Deal, DealStage};

fn main() {
    assert_eq!(hubspot::ACTIONS.len(), 29);
    let create = deals::Create::new("Acme renewal", DealStage::QualifiedToBuy).amount(1200);
    assert_eq!(
        format!("{create:?}"),
        r#"Create { dealname: "Acme renewal", dealstage: "qualifiedtobuy", amount: 1200 }"#
    );
    let _ = contacts::Search::new().filter(Contact::EMAIL.eq("a@example.com"));
    let _ = deals::Search::new().filter(Deal::AMOUNT.gte(1000)).sort(Deal::AMOUNT.descending());
    let _: hubspot::ClientBuilder = hubspot::Client::builder().access_token("t");
}
