//! A budget for the clients of one process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use super::{Ask, BudgetFuture, Ledger, SharedBudget};

/// A [`SharedBudget`] for clients of one process that were built separately. Clones share it; clones of a *client* need none.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    ledgers: Arc<Mutex<HashMap<String, Ledger>>>,
    epoch: Instant,
}

impl MemoryBudget {
    /// An unused one.
    #[must_use]
    pub fn new() -> Self {
        Self { ledgers: Arc::default(), epoch: Instant::now() }
    }
}

impl Default for MemoryBudget {
    fn default() -> Self {
        Self::new()
    }
}

impl SharedBudget for MemoryBudget {
    fn lease<'a>(&'a self, ask: &'a Ask) -> BudgetFuture<'a> {
        let now = self.epoch.elapsed();
        let mut ledgers = self.ledgers.lock().unwrap_or_else(PoisonError::into_inner);
        let grant = ledgers.entry(ask.name.clone()).or_default().lease(now, ask);
        drop(ledgers);
        Box::pin(std::future::ready(Ok(grant)))
    }
}
