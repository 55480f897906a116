//! Every action of HubSpot, given the same values twice, once in Rust's types and once as JSON: what arrives on the wire is the same,
//! byte for byte, and so is what is read of the answer.

use std::cell::RefCell;
use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use typed_connector::dynamic::Connector;
use typed_connector::{Action, Decimal, PermittedBy, Timestamp};
use typed_connector_tests::hubspot::contacts::{self, Contact};
use typed_connector_tests::hubspot::deal_pipelines::{self, Pipeline, PipelineStage};
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::hubspot::{self, AssociationSpec, NewAssociation};
use typed_connector_tests::wire::Reply;

use crate::run::{self, Wire, records};

const CASES: u32 = 40;

/// Values for the arguments of a call.
#[derive(Debug, Clone)]
struct Sample {
    text: String,
    id: String,
    sum: Decimal,
    time: Timestamp,
    likely: f64,
    flag: bool,
    number: i64,
    names: Vec<String>,
    stage: String,
}

fn samples() -> impl Strategy<Value = Sample> {
    let ids =
        "[a-zA-Z0-9@/?#%ä .+-]{1,12}".prop_filter("a path cannot hold these", |id| id != "." && id != "..");
    let sums = (any::<i64>(), 0u32..=20).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    let times = (-62_135_596_800_000_i64..253_402_300_799_999)
        .prop_map(|millis| Timestamp::from_millisecond(millis).expect("a time that jiff knows"));
    let likely = any::<f64>().prop_filter("JSON has no others", |number| number.is_finite());
    let names = proptest::collection::vec("[a-z_]{1,8}", 0..4);
    let stages = prop_oneof![Just("closedwon".to_owned()), any::<String>()];
    (any::<String>(), ids, sums, times, likely, any::<bool>(), any::<i64>(), names, stages).prop_map(
        |(text, id, sum, time, likely, flag, number, names, stage)| Sample {
            text,
            id,
            sum,
            time,
            likely,
            flag,
            number,
            names,
            stage,
        },
    )
}

records!(Deal, Contact, Pipeline, PipelineStage);

struct Run {
    run: run::Run<hubspot::Connector>,
    compared: BTreeSet<&'static str>,
}

impl Run {
    /// Compares, with the answer that the spec's own example gives.
    async fn compare<A>(&mut self, typed: A, arguments: Value)
    where
        A: Action + PermittedBy<hubspot::Connector>,
        A::Output: Wire,
    {
        let action = self.run.dynamic.connector().action(A::META.name).expect("both have it");
        let reply = match action.model().examples.first() {
            Some(example) => Reply::json(example.status, &example.response),
            None => Reply::new(204, &[], ""),
        };
        self.run.compare(typed, arguments, reply).await;
        self.compared.insert(A::META.name);
    }
}

#[test]
fn requests_and_answers_of_all_actions() {
    let runtime = Runtime::new().expect("a runtime");
    let compared = RefCell::new(BTreeSet::new());
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&samples(), |sample| {
            runtime.block_on(async {
                let connector = Connector::shipped("hubspot").expect("it is sound");
                let mut run = Run { run: run::Run::start(connector).await, compared: BTreeSet::new() };
                deals_one_by_one(&mut run, &sample).await;
                deals_in_batches(&mut run, &sample).await;
                run.compare(deal_pipelines::List::new(), json!({})).await;
                let stages = deal_pipelines::ListStages::new(&*sample.id);
                run.compare(stages, json!({ "pipelineId": sample.id })).await;
                contacts_one_by_one(&mut run, &sample).await;
                contacts_in_batches(&mut run, &sample).await;
                compared.borrow_mut().extend(run.compared);
            });
            Ok(())
        })
        .expect("both are the same");
    let all: BTreeSet<_> = hubspot::ACTIONS.iter().map(|action| action.name).collect();
    assert_eq!(compared.into_inner(), all);
    println!("{} actions, {CASES} times each: the same requests and answers", all.len());
}

async fn deals_one_by_one(run: &mut Run, s: &Sample) {
    let association = || {
        let kind = AssociationSpec::new("HUBSPOT_DEFINED", s.number);
        NewAssociation::new(&*s.id, [kind])
    };
    let typed = deals::Create::new(&*s.text, &*s.stage)
        .amount(s.sum)
        .closedate(s.time)
        .hs_forecast_probability(s.likely)
        .hs_all_collaborator_owner_ids(s.names.iter().map(String::as_str))
        .property("erp", s.number)
        .associations([association()]);
    let association = json!({
        "to": s.id, "types": [{ "associationCategory": "HUBSPOT_DEFINED", "associationTypeId": s.number }]
    });
    let dynamic = json!({
        "dealname": s.text, "dealstage": s.stage, "amount": s.sum.to_string(), "closedate": s.time.to_string(),
        "hs_forecast_probability": s.likely, "hs_all_collaborator_owner_ids": s.names, "property": { "erp": s.number },
        "associations": [association],
    });
    run.compare(typed, dynamic).await;

    let typed = deals::Get::new(&*s.id).properties(s.names.clone()).archived(s.flag).id_property(&*s.text);
    let dynamic = json!({ "dealId": s.id, "properties": s.names, "archived": s.flag, "idProperty": s.text });
    run.compare(typed, dynamic).await;
    run.compare(deals::Get::new(&*s.id), json!({ "dealId": s.id })).await;

    let typed =
        deals::Update::new(&*s.id).clear_amount().clear_closedate().description(&*s.text).dealtype(&*s.text);
    let dynamic = json!({ "dealId": s.id, "amount": null, "closedate": null, "description": s.text, "dealtype": s.text });
    run.compare(typed, dynamic).await;

    let typed =
        deals::List::new().limit(s.number).after(&*s.text).associations(s.names.iter().map(String::as_str));
    run.compare(typed, json!({ "limit": s.number, "after": s.text, "associations": s.names })).await;

    let filter = Deal::AMOUNT
        .between(s.sum, s.sum)
        .and(Deal::CLOSEDATE.lt(s.time))
        .and(Deal::DEALSTAGE.is_in([&*s.stage]))
        .or(Deal::DEALNAME.contains_token(&*s.text).and(Deal::PIPELINE.has_no_value()))
        .or(Deal::HS_ALL_COLLABORATOR_OWNER_IDS.eq(&*s.id));
    let typed = deals::Search::new()
        .query(&*s.text)
        .filter(filter)
        .sort(Deal::CREATEDATE.descending())
        .properties(typed_connector::Selection::all())
        .limit(s.number);
    let dynamic = json!({
        "query": s.text, "sorts": "-createdate", "properties": "*", "limit": s.number,
        "filterGroups": [
            {
                "amount": { "between": [s.sum.to_string(), s.sum.to_string()] },
                "closedate": { "lt": s.time.to_string() },
                "dealstage": { "in": [s.stage] },
            },
            { "dealname": { "contains_token": s.text }, "pipeline": { "has": false } },
            { "hs_all_collaborator_owner_ids": s.id },
        ],
    });
    run.compare(typed, dynamic).await;
    run.compare(deals::Delete::new(&*s.id), json!({ "dealId": s.id })).await;
    let merge = json!({ "primaryObjectId": s.id, "objectIdToMerge": 17 });
    run.compare(deals::Merge::new(&*s.id, 17), merge).await;
}

async fn deals_in_batches(run: &mut Run, s: &Sample) {
    let typed = deals::BatchCreate::new([
        deals::DealCreateInput::new(&*s.text, &*s.stage).object_write_trace_id(&*s.id),
        deals::DealCreateInput::new("b", "c").amount(s.sum).property("erp", s.flag),
    ]);
    let inputs = json!([
        { "dealname": s.text, "dealstage": s.stage, "objectWriteTraceId": s.id },
        { "dealname": "b", "dealstage": "c", "amount": s.sum.to_string(), "property": { "erp": s.flag } },
    ]);
    run.compare(typed, json!({ "inputs": inputs })).await;

    let typed =
        deals::BatchRead::new([deals::DealReadInput::new(&*s.id)]).id_property(&*s.text).archived(s.flag);
    let dynamic = json!({ "inputs": [{ "id": s.id }], "idProperty": s.text, "archived": s.flag });
    run.compare(typed, dynamic).await;

    let typed =
        deals::BatchUpdate::new([deals::DealUpdateInput::new(&*s.id).clear_description().amount(s.sum)]);
    let inputs = json!([{ "id": s.id, "description": null, "amount": s.sum.to_string() }]);
    run.compare(typed, json!({ "inputs": inputs })).await;

    let typed = deals::BatchUpsert::new([deals::DealUpsertInput::new(&*s.id, "erp").dealname(&*s.text)]);
    let inputs = json!([{ "id": s.id, "idProperty": "erp", "dealname": s.text }]);
    run.compare(typed, json!({ "inputs": inputs })).await;

    let typed = deals::BatchArchive::new([deals::DealArchiveInput::new(&*s.id)]);
    run.compare(typed, json!({ "inputs": [{ "id": s.id }] })).await;
}

async fn contacts_one_by_one(run: &mut Run, s: &Sample) {
    let typed = contacts::Create::new()
        .email(&*s.text)
        .numemployees(&*s.stage)
        .hs_buying_role(s.names.iter().map(String::as_str))
        .closedate(s.time);
    let dynamic = json!({
        "email": s.text, "numemployees": s.stage, "hs_buying_role": s.names, "closedate": s.time.to_string(),
    });
    run.compare(typed, dynamic).await;
    let typed = contacts::Get::new(&*s.id).properties_with_history(s.names.clone());
    run.compare(typed, json!({ "contactId": s.id, "propertiesWithHistory": s.names })).await;
    run.compare(contacts::GetByEmail::new(&*s.id), json!({ "email": s.id })).await;
    let typed = contacts::Update::new(&*s.id).clear_hs_buying_role().firstname(&*s.text);
    run.compare(typed, json!({ "contactId": s.id, "hs_buying_role": null, "firstname": s.text })).await;
    let typed = contacts::UpdateByEmail::new(&*s.id).email(&*s.text).lifecyclestage(&*s.stage);
    let dynamic = json!({ "currentEmail": s.id, "email": s.text, "lifecyclestage": s.stage });
    run.compare(typed, dynamic).await;
    run.compare(contacts::List::new().archived(s.flag), json!({ "archived": s.flag })).await;
    let typed = contacts::Search::new()
        .filter(Contact::EMAIL.neq(&*s.text).and(Contact::NUM_NOTES.gte(s.number)))
        .sort(Contact::LASTNAME.ascending());
    let filter = json!({ "email": { "neq": s.text }, "num_notes": { "gte": s.number } });
    run.compare(typed, json!({ "filterGroups": filter, "sorts": ["lastname"] })).await;
    run.compare(contacts::Delete::new(&*s.id), json!({ "contactId": s.id })).await;
    run.compare(contacts::GdprDelete::new(&*s.id), json!({ "objectId": s.id })).await;
    let merge = json!({ "primaryObjectId": "1", "objectIdToMerge": s.id });
    run.compare(contacts::Merge::new("1", &*s.id), merge).await;
}

async fn contacts_in_batches(run: &mut Run, s: &Sample) {
    let typed =
        contacts::BatchCreate::new([contacts::ContactCreateInput::new().email(&*s.text).city("Rome")]);
    run.compare(typed, json!({ "inputs": [{ "email": s.text, "city": "Rome" }] })).await;
    let typed =
        contacts::BatchRead::new([contacts::ContactReadInput::new(&*s.id)]).properties(s.names.clone());
    run.compare(typed, json!({ "inputs": [{ "id": s.id }], "properties": s.names })).await;
    let typed = contacts::BatchUpdate::new([contacts::ContactUpdateInput::new(&*s.id).clear_fax()]);
    run.compare(typed, json!({ "inputs": [{ "id": s.id, "fax": null }] })).await;
    let upsert = contacts::ContactUpsertInput::new(&*s.text).id_property("email").zip(&*s.id);
    let inputs = json!([{ "id": s.text, "idProperty": "email", "zip": s.id }]);
    run.compare(contacts::BatchUpsert::new([upsert]), json!({ "inputs": inputs })).await;
    let typed = contacts::BatchArchive::new([contacts::ContactArchiveInput::new(&*s.id)]);
    run.compare(typed, json!({ "inputs": [{ "id": s.id }] })).await;
}
