//! A shipped connector with a module, a property and an action more.

use typed_connector::connector;

#[connector("hubspot", extend = "../specs/hubspot")]
pub mod crm {}

use crm::deals::{self, Deal};
use crm::tickets;

fn main() {
    assert_eq!(crm::ACTIONS.len(), 31);
    let _ = deals::Create::new("Crate", "closedwon").box_colour("red");
    let _ = deals::Update::new(1).clear_box_colour();
    let _ = deals::Search::new().filter(Deal::BOX_COLOUR.contains_token("red"));
    let _ = deals::CountBoxes::new(1);
    let _ = tickets::Create::new("It broke").hs_ticket_priority(tickets::TicketHsTicketPriority::High);
    let mut deal = Deal::default();
    deal.box_colour = Some("blue".to_owned());
}
