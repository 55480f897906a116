//! Pipelines and their stages: read, streamed as lists that come whole, and told to be what a deal's stage is chosen from.

use typed_connector::meta::OptionsFrom;
use typed_connector::{Action, Decimal};
use typed_connector_tests::hubspot::deals::{self, DealStage};
use typed_connector_tests::hubspot::{ACTIONS, deal_pipelines};
use typed_connector_tests::{Bench, http};

#[tokio::test]
async fn a_list_that_comes_whole_is_a_page_and_a_stream() {
    let bench = Bench::start().await;
    let pipelines = bench.client.execute(deal_pipelines::List::new()).await.unwrap();
    assert_eq!((pipelines.items.len(), pipelines.next), (1, None));
    assert_eq!(pipelines.items[0].stages.len(), 7);

    let mut stages = bench.client.stream(deal_pipelines::ListStages::new(&*pipelines.items[0].id));
    let mut all = Vec::new();
    while let Some(stage) = stages.try_next().await.unwrap() {
        all.push(stage);
    }
    assert_eq!(all.len(), 7);
    assert_eq!(
        (DealStage::from(&*all[1].id), all[1].label.as_deref()),
        (DealStage::QualifiedToBuy, Some("Qualified To Buy"))
    );
    let stands_for = all[5].metadata.as_ref().unwrap();
    assert_eq!((stands_for.probability, stands_for.is_closed), (Some(Decimal::ONE), Some(true)));
    assert_eq!(bench.sandbox.requests().len(), 2, "one request for each list");
}

#[tokio::test]
async fn what_a_stage_is_chosen_from_can_be_asked_for_and_sent() {
    let bench = Bench::start().await;
    let body =
        r#"{ "label": "Renewals", "displayOrder": 1, "stages": [{ "label": "Due", "displayOrder": 0 }] }"#;
    let request = http().post(format!("{}/crm/v3/pipelines/deals", bench.sandbox.url()));
    let request =
        request.bearer_auth(bench.sandbox.access_token()).header("content-type", "application/json");
    assert_eq!(request.body(body).send().await.unwrap().status(), 201);

    // As a program that asks a person would: from the table alone.
    let args = deals::Create::META.args;
    let field = |name: &str| args.fields.iter().position(|field| field.name == name).unwrap();
    let options = |name: &str| -> &OptionsFrom { args.fields[field(name)].options.unwrap() };
    let stages = options("dealstage");
    assert_eq!(
        (stages.action, stages.value, stages.label),
        ("deal_pipelines.list_stages", "/id", Some("/label"))
    );
    let teller = ACTIONS.iter().find(|action| action.name == stages.action).unwrap();
    let [(argument, beside)] = stages.depends_on else { panic!("{stages:?}") };
    assert_eq!(teller.args.fields[usize::from(*argument)].name, "pipeline_id");
    assert_eq!(usize::from(*beside), field("pipeline"));
    assert_eq!(options("pipeline").action, "deal_pipelines.list");
    assert!(deals::Search::META.args.fields.iter().all(|field| field.options.is_none()));

    let pipelines = bench.client.execute(deal_pipelines::List::new()).await.unwrap().items;
    let renewals = pipelines.iter().find(|one| one.label.as_deref() == Some("Renewals")).unwrap();
    let due =
        bench.client.execute(deal_pipelines::ListStages::new(&*renewals.id)).await.unwrap().items.remove(0);
    let deal = deals::Create::new("Acme renewal", due.id.clone()).pipeline(renewals.id.clone());
    let deal = bench.client.execute(deal).await.unwrap();
    assert_eq!((deal.dealstage, deal.pipeline), (Some(due.id.into()), Some(renewals.id.clone().into())));
}
