//! Every action once, so that none is forgotten.

use std::collections::BTreeSet;

use typed_connector::{Action, Filter, PermittedBy};
use typed_connector_tests::Bench;
use typed_connector_tests::hubspot::contacts::{self, Contact};
use typed_connector_tests::hubspot::deal_pipelines;
use typed_connector_tests::hubspot::deals::{self, Deal};
use typed_connector_tests::hubspot::{ACTIONS, Connector};

struct Run {
    bench: Bench,
    executed: BTreeSet<&'static str>,
}

impl Run {
    async fn execute<A: Action + PermittedBy<Connector>>(&mut self, action: A) -> A::Output {
        self.executed.insert(A::META.name);
        match self.bench.client.execute(action).await {
            Ok(output) => output,
            Err(error) => panic!("{}: {error}", A::META.name),
        }
    }
}

#[tokio::test]
async fn every_action_works() {
    let mut run = Run { bench: Bench::seeded(3).await, executed: BTreeSet::new() };
    of_deals(&mut run).await;
    of_contacts(&mut run).await;
    let pipelines = run.execute(deal_pipelines::List::new()).await;
    assert_eq!(run.execute(deal_pipelines::ListStages::new(&*pipelines.items[0].id)).await.items.len(), 7);
    let declared: BTreeSet<_> = ACTIONS.iter().map(|action| action.name).collect();
    assert_eq!(run.executed, declared);
    assert_eq!(declared.len(), 29);
}

async fn of_deals(run: &mut Run) {
    let made = run.execute(deals::Create::new("First", "qualifiedtobuy")).await;
    let read = run.execute(deals::Get::new(&made.id)).await;
    assert_eq!(read.dealname.as_deref(), Some("First"));
    run.execute(deals::Update::new(&made.id).amount(12)).await;
    assert_eq!(run.execute(deals::List::new()).await.items.len(), 4);
    let found = run.execute(deals::Search::new().filter(Deal::DEALNAME.eq("First"))).await;
    assert_eq!(found.total, Some(1));

    let several = run
        .execute(deals::BatchCreate::new([
            deals::DealCreateInput::new("Second", "closedwon"),
            deals::DealCreateInput::new("Third", "closedlost"),
        ]))
        .await;
    let ids: Vec<_> = several.results.iter().map(|deal| deal.id.clone()).collect();
    assert_eq!(ids.len(), 2);
    let read = run.execute(deals::BatchRead::new(ids.iter().map(deals::DealReadInput::new))).await;
    assert_eq!(read.results.len(), 2);
    let change = deals::DealUpdateInput::new(&ids[0]).amount(7);
    let changed = run.execute(deals::BatchUpdate::new([change])).await;
    assert!(changed.is_complete());
    run.bench.define_unique("deals", "order_number").await;
    let upsert = deals::DealUpsertInput::new("A-1", "order_number").dealname("Fourth").dealstage("closedwon");
    let upserted = run.execute(deals::BatchUpsert::new([upsert])).await;
    assert_eq!(upserted.results[0].is_new, Some(true));
    let merged = run.execute(deals::Merge::new(&ids[0], &ids[1])).await;
    run.execute(deals::BatchArchive::new([deals::DealArchiveInput::new(&merged.id)])).await;
    run.execute(deals::Delete::new(&made.id)).await;
    let rest: Filter<Deal> = Deal::DEALNAME.has_value();
    assert_eq!(
        run.execute(deals::Search::new().filter(rest)).await.total,
        Some(4),
        "three seeded and the fourth"
    );
}

async fn of_contacts(run: &mut Run) {
    let made = run.execute(contacts::Create::new().email("ida@example.com").firstname("Ida")).await;
    assert_eq!(run.execute(contacts::Get::new(&made.id)).await.email.as_deref(), Some("ida@example.com"));
    let read = run.execute(contacts::GetByEmail::new("ida@example.com")).await;
    assert_eq!(read.id, made.id);
    run.execute(contacts::Update::new(&made.id).lastname("Rhodes")).await;
    run.execute(contacts::UpdateByEmail::new("ida@example.com").jobtitle("Buyer")).await;
    assert_eq!(run.execute(contacts::List::new()).await.items.len(), 4);
    let found = run.execute(contacts::Search::new().filter(Contact::JOBTITLE.eq("Buyer"))).await;
    assert_eq!(found.items[0].lastname.as_deref(), Some("Rhodes"));

    let inputs = ["x@example.com", "y@example.com", "z@example.com"]
        .map(|email| contacts::ContactCreateInput::new().email(email));
    let several = run.execute(contacts::BatchCreate::new(inputs)).await;
    let ids: Vec<_> = several.results.iter().map(|contact| contact.id.clone()).collect();
    let read = run.execute(contacts::BatchRead::new(ids.iter().map(contacts::ContactReadInput::new))).await;
    assert_eq!(read.results.len(), 3);
    let change = contacts::ContactUpdateInput::new(&ids[0]).city("Turin");
    run.execute(contacts::BatchUpdate::new([change])).await;
    let upsert = contacts::ContactUpsertInput::new("x@example.com").id_property("email").city("Milan");
    let upserted = run.execute(contacts::BatchUpsert::new([upsert])).await;
    assert_eq!(upserted.results[0].is_new, Some(false));
    let merged = run.execute(contacts::Merge::new(&ids[0], &ids[1])).await;
    run.execute(contacts::BatchArchive::new([contacts::ContactArchiveInput::new(&merged.id)])).await;
    run.execute(contacts::GdprDelete::new(ids[2].as_str())).await;
    run.execute(contacts::Delete::new(&made.id)).await;
    assert_eq!(run.execute(contacts::List::new()).await.items.len(), 3, "the seeded ones");
}
