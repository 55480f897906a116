//! Deterministic first data.

use rusqlite::Result;

use crate::{
    crm::{kinds::KINDS, pipelines::STAGES, values::Changes, write},
    store::Store,
    time::{DAY, Millis},
};

/// 2026-01-05T09:00:00Z
const START: Millis = 1_767_603_600_000;
/// Between two records.
const STEP: Millis = 37 * 60 * 1000;

const FIRST: [&str; 10] =
    ["Ada", "Blaise", "Chien-Shiung", "Dorothy", "Emmy", "Frances", "Grace", "Hedy", "Ida", "Jürgen"];
const LAST: [&str; 7] = ["Lovelace", "Pascal", "Wu", "Hodgkin", "Noether", "Allen", "Hopper"];
const COMPANIES: [&str; 6] = ["Acme", "Borealis", "Cobalt", "Dynamo", "Everest", "Fjord"];
const KINDS_OF_DEAL: [&str; 4] = ["renewal", "upgrade", "pilot", "rollout"];
const LIFECYCLE: [&str; 4] = ["lead", "opportunity", "subscriber", "customer"];

/// Makes `count` deals and `count` contacts; each deal belongs to the contact of its number.
pub(crate) fn plant(store: &Store, count: usize) -> Result<()> {
    let transaction = store.begin()?;
    let [contacts, deals, _] = &KINDS;
    for (i, created) in (0..count).zip((START..).step_by(usize::try_from(STEP).unwrap_or(1))) {
        let contact = write::insert(store, contacts, &contact(i), created)?;
        let deal = write::insert(store, deals, &deal(i, created), created)?;
        store.link((deals, deal.id), (contacts, contact.id), "HUBSPOT_DEFINED", 3)?;
    }
    transaction.commit()
}

fn changes(pairs: Vec<(&str, String)>) -> Changes {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), Some(value))).collect()
}

fn contact(i: usize) -> Changes {
    let (first, last) = (FIRST[i % FIRST.len()], LAST[(i / FIRST.len() + i) % LAST.len()]);
    let company = COMPANIES[i % COMPANIES.len()];
    let domain = company.to_lowercase();
    changes(vec![
        ("firstname", first.to_owned()),
        ("lastname", last.to_owned()),
        ("email", format!("contact{:05}@{domain}.example", i + 1)),
        ("phone", format!("+1 555 {:04}", i % 10_000)),
        ("company", company.to_owned()),
        ("lifecyclestage", LIFECYCLE[i % LIFECYCLE.len()].to_owned()),
        ("num_associated_deals", "1".to_owned()),
    ])
}

fn deal(i: usize, created: Millis) -> Changes {
    let days = Millis::try_from(i % 90).unwrap_or_default() + 10;
    let close = created / DAY * DAY + days * DAY;
    changes(vec![
        (
            "dealname",
            format!(
                "{} {} {:05}",
                COMPANIES[i % COMPANIES.len()],
                KINDS_OF_DEAL[i % KINDS_OF_DEAL.len()],
                i + 1
            ),
        ),
        ("amount", format!("{}.{:02}", 500 + (i * 137) % 20_000, i * 7 % 100)),
        ("dealstage", STAGES[i % STAGES.len()].id.to_owned()),
        ("pipeline", "default".to_owned()),
        ("num_associated_contacts", "1".to_owned()),
        ("closedate", crate::time::to_iso(close)),
        ("dealtype", if i.is_multiple_of(3) { "existingbusiness" } else { "newbusiness" }.to_owned()),
    ])
}
