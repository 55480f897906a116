//! The user's own items beside the generated ones.

use typed_connector::connector;

/// Ours.
#[connector("hubspot")]
#[allow(dead_code)]
pub mod hubspot {
    use std::collections::HashMap;

    /// Deals by their id.
    pub type Index = HashMap<deals::DealId, deals::Deal>;

    impl deals::Deal {
        pub fn is_large(&self) -> bool {
            self.amount.is_some_and(|amount| amount >= 10_000.into())
        }
    }

    pub mod helpers {
        pub fn won(deal: &super::deals::Deal) -> bool {
            deal.dealstage == Some(super::deals::DealStage::ClosedWon)
        }
    }
}

fn main() {
    let mut deal = hubspot::deals::Deal::default();
    deal.amount = Some(20_000.into());
    assert!(deal.is_large());
    assert!(!hubspot::helpers::won(&deal));
    assert!(hubspot::Index::new().is_empty());
}
