//! The properties that HubSpot computes.

use std::collections::BTreeMap;

use super::{
    decimal::{expand, multiply},
    pipelines::{self, Stage},
};
use crate::{
    store::records::Record,
    time::{self, DAY, to_iso},
};

/// Computes what follows from a record's values. `before` holds the values before this write.
pub(crate) fn apply(record: &mut Record, before: &BTreeMap<String, String>) {
    let modified = record.kind.modified;
    set(record, "hs_object_id", record.id.to_string());
    if record.get("createdate").is_none() {
        set(record, "createdate", to_iso(record.created));
    }
    set(record, modified, to_iso(record.updated));
    match record.kind.name {
        "deals" => deal(record, before),
        "contacts" => contact(record, before),
        _ => {}
    }
}

fn set(record: &mut Record, name: &str, value: impl Into<String>) {
    record.values.insert(name.to_owned(), value.into());
}

fn clear(record: &mut Record, names: &[&str]) {
    for name in names {
        record.values.remove(*name);
    }
}

fn deal(record: &mut Record, before: &BTreeMap<String, String>) {
    set(record, "hs_createdate", to_iso(record.created));
    if record.get("num_associated_contacts").is_none() {
        set(record, "num_associated_contacts", "0");
    }
    let stage = record.get("dealstage").and_then(Stage::find);
    let moved = record.get("dealstage") != before.get("dealstage").map(String::as_str);
    if let Some(stage) = stage {
        enter_stage(record, before, stage, moved);
    }
    let won = stage.is_some_and(Stage::is_won);
    let lost = stage.is_some_and(Stage::is_lost);
    let amount = record.get("amount").map(str::to_owned);
    let probability = record.get("hs_deal_stage_probability").unwrap_or("0").to_owned();

    match &amount {
        Some(amount) => {
            set(record, "amount_in_home_currency", amount.as_str());
            set(record, "hs_forecast_amount", amount.as_str());
        }
        None => clear(record, &["amount_in_home_currency", "hs_forecast_amount"]),
    }
    let closed = amount.clone().filter(|_| won).unwrap_or_else(|| "0".into());
    set(record, "hs_closed_amount", closed.as_str());
    set(record, "hs_closed_amount_in_home_currency", closed);
    set(record, "hs_closed_won_count", if won { "1" } else { "0" });
    set(record, "hs_is_closed_won", won.to_string());
    set(record, "hs_is_closed_lost", lost.to_string());
    set(record, "hs_deal_stage_probability_shadow", probability.as_str());
    let projected = match &amount {
        Some(amount) if stage.is_some() => multiply(amount, &probability),
        _ => None,
    };
    let projected = projected.unwrap_or_else(|| "0".into());
    set(record, "hs_projected_amount", projected.as_str());
    set(record, "hs_projected_amount_in_home_currency", projected.as_str());
    if stage.is_some() {
        set(record, "hs_weighted_pipeline_in_company_currency", projected);
        open_or_closed(record, won || lost, amount.as_deref());
    }
    durations(record);
}

/// What a stage brings with it.
fn enter_stage(record: &mut Record, before: &BTreeMap<String, String>, stage: &Stage, moved: bool) {
    if record.get("pipeline").is_none() {
        set(record, "pipeline", pipelines::DEFAULT);
    }
    let chosen = record.get("hs_deal_stage_probability").is_some()
        && record.values.get("hs_deal_stage_probability") != before.get("hs_deal_stage_probability");
    if moved && !chosen {
        set(record, "hs_deal_stage_probability", expand(stage.probability));
    }
    if moved {
        let at = to_iso(record.updated);
        set(record, "hs_v2_date_entered_current_stage", at.as_str());
        set(record, "hs_v2_time_in_current_stage", at.as_str());
        if stage.is_closed() && record.get("closedate").is_none() {
            set(record, "closedate", at);
        }
    }
}

fn open_or_closed(record: &mut Record, closed: bool, amount: Option<&str>) {
    let created = created(record).to_string();
    let close = record.get("closedate").and_then(time::parse).unwrap_or_default().to_string();
    let count = |yes: bool| if yes { "1" } else { "0" };
    set(record, "hs_is_closed", closed.to_string());
    set(record, "hs_is_closed_count", count(closed));
    set(record, "hs_is_open_count", count(!closed));
    set(record, "hs_open_amount_in_home_currency", if closed { "0" } else { amount.unwrap_or("0") });
    set(record, "hs_open_deal_create_date", if closed { "0" } else { &created });
    set(record, "hs_closed_deal_create_date", if closed { &created } else { "0" });
    set(record, "hs_closed_deal_close_date", if closed { &close } else { "0" });
}

fn durations(record: &mut Record) {
    let Some(close) = record.get("closedate").and_then(time::parse) else {
        set(record, "days_to_close", "0");
        set(record, "hs_days_to_close_raw", "0");
        clear(record, &["hs_actual_duration"]);
        return;
    };
    let duration = close - created(record);
    set(record, "hs_actual_duration", duration.to_string());
    set(record, "days_to_close", (duration / DAY).max(0).to_string());
    // Five decimals, as in the recorded 293.68326.
    let hundred_thousandths = (i128::from(duration.max(0)) * 100_000 + i128::from(DAY) / 2) / i128::from(DAY);
    let (whole, rest) = (hundred_thousandths / 100_000, hundred_thousandths % 100_000);
    let raw = format!("{whole}.{rest:05}");
    set(record, "hs_days_to_close_raw", raw.trim_end_matches('0').trim_end_matches('.'));
}

fn created(record: &Record) -> time::Millis {
    record.get("createdate").and_then(time::parse).unwrap_or(record.created)
}

/// The order in which a contact moves on; the API never moves one back.
const LIFECYCLE: [&str; 8] = [
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
];

fn contact(record: &mut Record, before: &BTreeMap<String, String>) {
    let rank = |stage: Option<&String>| LIFECYCLE.iter().position(|known| stage.is_some_and(|s| s == known));
    let old = before.get("lifecyclestage").cloned();
    if before.is_empty() && record.get("lifecyclestage").is_none() {
        set(record, "lifecyclestage", "lead");
    }
    let new = record.values.get("lifecyclestage").cloned();
    if let (Some(from), Some(to)) = (rank(old.as_ref()), rank(new.as_ref()))
        && to < from
    {
        set(record, "lifecyclestage", LIFECYCLE[from]);
    } else if new != old {
        let at = to_iso(record.updated);
        set(record, "hs_v2_date_entered_current_stage", at.as_str());
        set(record, "hs_v2_time_in_current_stage", at);
        let entered = record.updated.to_string();
        match new.as_deref() {
            Some("lead") => set(record, "hs_lifecyclestage_lead_date", entered),
            Some("customer") => set(record, "hs_lifecyclestage_customer_date", entered),
            _ => {}
        }
    }

    let email = record.get("email").map(str::to_owned);
    let names = [record.get("firstname"), record.get("lastname")];
    let full = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
    match Some(full).filter(|full| !full.is_empty()).or_else(|| email.clone()) {
        Some(name) => set(record, "hs_full_name_or_email", name),
        None => clear(record, &["hs_full_name_or_email"]),
    }
    match email.as_deref().and_then(|email| email.rsplit_once('@')) {
        Some((_, domain)) => set(record, "hs_email_domain", domain),
        None => clear(record, &["hs_email_domain"]),
    }
    match record.get("phone").map(searchable_phone).filter(|digits| !digits.is_empty()) {
        Some(digits) => set(record, "hs_searchable_calculated_phone_number", digits),
        None => clear(record, &["hs_searchable_calculated_phone_number"]),
    }
    if record.get("hs_all_contact_vids").is_none() {
        set(record, "hs_all_contact_vids", record.id.to_string());
    }
}

/// The digits without the North American country code.
fn searchable_phone(phone: &str) -> String {
    let phone = phone.trim();
    phone.strip_prefix("+1").unwrap_or(phone).chars().filter(char::is_ascii_digit).collect()
}
