//! The whole story: from available to an answer, and back.

use super::bench::{Bench, Visitor, configure};
use super::port::free_port;

const CREATE: &str = "/connectors/hubspot/actions/deals.create";

/// Calls that made a deal.
fn created(bench: &Bench) -> usize {
    let requests = bench.sandbox.requests();
    requests.iter().filter(|request| request.method == "POST" && request.path.ends_with("/deals")).count()
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, step by step")]
async fn from_available_to_an_answer() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let home = visitor.open("/").await;
    assert!(home.lists("Available", "HubSpot") && !home.lists("Configured", "HubSpot"), "{}", home.text());

    // Nothing can be run yet, but everything can be looked at.
    let page = visitor.open(CREATE).await;
    assert!(page.text().contains("To run it, configure HubSpot first"), "{}", page.text());
    assert!(page.html.contains("disabled"), "{page:?}");
    let refused = visitor.send(&page, CREATE, &[("dealname", "Early"), ("dealstage", "closedwon")]).await;
    assert!(refused.text().contains("HubSpot is not enabled"), "{}", refused.text());

    // Configure: what is wrong is told, and what was entered stays.
    let page = visitor.open("/connectors/hubspot/configure").await;
    let app = bench.sandbox.app();
    let values = [
        ("access", "new"),
        ("client_id", app.client_id.as_str()),
        ("callback_url", "http://127.0.0.1:1/callback"),
    ];
    let page = visitor.send(&page, "/connectors/hubspot/configure", &values).await;
    assert_eq!(page.status, 422);
    for text in ["Nothing was saved", "The client secret is empty", "names an IP address"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    assert!(
        page.fields("/connectors/hubspot/configure")
            .contains(&("client_id".to_owned(), app.client_id.clone()))
    );
    assert!(bench.configured().is_null());

    let page = configure(&mut visitor, &bench, &[]).await;
    assert!(
        page.text().contains("Custom authorization profile default, pre-authorized integration"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("Client secret kept, never shown"), "{}", page.text());
    let one = &bench.configured()["connectors"][0];
    assert_eq!((&one["connector"], &one["status"]), (&"hubspot".into(), &"saved".into()));
    assert_eq!(one["access"]["profile"]["mode"], "pre_authorized");

    // Enabling without an account does not go.
    let refused = visitor.send(&page, "/connectors/hubspot/authorize", &[]).await;
    assert!(refused.leads_to().starts_with(&bench.sandbox.url()), "{refused:?}");
    let early =
        visitor.post("/connectors/hubspot/enable", &page.fields("/connectors/hubspot/authorize")).await;
    assert!(early.text().contains("Authorize it first"), "{}", early.text());

    // Authorize, with a refusal first.
    let back = visitor.way_back(&page, &[], "cancel").await;
    let page = visitor.returning().open(&back).await;
    assert!(page.text().contains("HubSpot was not connected") && page.status == 403, "{page:?}");
    let page = visitor.open("/connectors/hubspot").await;
    let back = visitor.way_back(&page, &[], "approve").await;
    let done = visitor.returning().open(&back).await;
    for text in
        ["Authorization completed successfully", "12345678", "crm.objects.deals.write", "Continue to HubSpot"]
    {
        assert!(done.text().contains(text), "{text} in {}", done.text());
    }

    let page = visitor.open("/connectors/hubspot").await;
    assert!(page.text().contains("Authorized Account 12345678, 4 scopes granted"), "{}", page.text());
    let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    assert!(page.text().contains("HubSpot Enabled"), "{}", page.text());
    assert_eq!(bench.configured()["connectors"][0]["status"], "enabled");
    let home = visitor.open("/").await;
    assert!(home.lists("Configured", "HubSpot") && !home.lists("Available", "HubSpot"), "{}", home.text());

    // Run it.
    let form = visitor.open(CREATE).await;
    let values = [
        ("dealname", "Acme \"renewal\""),
        ("dealstage", "qualifiedtobuy"),
        ("amount", "4800.00"),
        ("closedate", "2027-03-31T09:30"),
    ];
    let answer = visitor.send(&form, CREATE, &values).await;
    let text = answer.text();
    for part in [
        "Done · HTTP 201",
        "Deal name Acme \"renewal\"",
        "Deal stage Qualified to buy",
        "Close date 2027-03-31 09:30:00 UTC",
        "authorization: Bearer •••",
        "\"amount\": \"4800.00\"",
        "deals::Create::new(\"Acme \\\"renewal\\\"\", DealStage::QualifiedToBuy)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // The same form once more, as by a double click or a way back: it is not sent again.
    let again = visitor.send(&form, CREATE, &values).await;
    assert_eq!((again.address.as_str(), created(&bench)), (answer.address.as_str(), 1));
    let fresh = visitor.open(&answer.address).await;
    assert!(fresh.text().contains("Done · HTTP 201") && created(&bench) == 1);

    // The line for the command line sends the same, with the same connection.
    let before = bench.sandbox.requests().len();
    let out = bench.shell(&answer.code("On the command line")).await;
    assert!(out.contains("Acme \"renewal\""), "{out}");
    let requests = bench.sandbox.requests();
    let bodies: Vec<_> = requests
        .iter()
        .filter(|request| request.method == "POST" && request.path.ends_with("/deals"))
        .map(typed_connector_sandbox::LoggedRequest::json)
        .collect();
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]), "{before} requests before");
    let list = bench.shell("connector list").await;
    assert!(
        list.contains("hubspot, one account for everybody, profile `default`, enabled")
            && list.contains("12345678"),
        "{list}"
    );

    // To run it again with a change, the form has what was given.
    let from = format!("{CREATE}?from={}", answer.address.rsplit('/').next().unwrap_or_default());
    let fields = visitor.open(&from).await.fields(CREATE);
    for (name, value) in
        [("dealname", "Acme \"renewal\""), ("amount", "4800.00"), ("closedate", "2027-03-31T09:30:00")]
    {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name} in {fields:?}");
    }
}

#[tokio::test]
async fn disabled_is_kept_and_deleted_is_gone() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let form = visitor.open(CREATE).await;

    let page = visitor.open("/connectors/hubspot").await;
    let page = visitor.send(&page, "/connectors/hubspot/disable", &[]).await;
    assert!(page.text().contains("Its authorization profile and connections are kept"), "{}", page.text());
    assert!(
        page.text().contains("Client secret kept") && page.text().contains("Account 12345678"),
        "{}",
        page.text()
    );
    let refused = visitor.send(&form, CREATE, &[("dealname", "x"), ("dealstage", "closedwon")]).await;
    assert!(refused.text().contains("HubSpot is not enabled"), "{}", refused.text());
    assert_eq!(created(&bench), 0);
    let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    assert!(page.text().contains("It is enabled"), "{}", page.text());

    // Another choice has to be enabled anew.
    let page = visitor.open("/connectors/hubspot/configure").await;
    visitor.send(&page, "/connectors/hubspot/configure", &[("mode", "users")]).await;
    assert_eq!(bench.configured()["connectors"][0]["status"], "saved");

    let page = visitor.open("/connectors/hubspot/delete").await;
    for text in ["its configuration", "the authorization profile default", "1 connection: default"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    let page = visitor.send(&page, "/connectors/hubspot/delete", &[("revoke", "yes")]).await;
    assert!(page.text().contains("It is deleted") && page.lists("Available", "HubSpot"), "{}", page.text());
    assert_eq!(bench.configured()["connectors"].as_array().map(Vec::len), Some(0));
    assert!(bench.sandbox.requests().iter().any(|request| request.path.ends_with("/token/revoke")));
    let page = visitor.open("/connectors/hubspot/profiles/default").await;
    assert!(page.text().contains("There is no authorization profile default"), "{}", page.text());
}

#[tokio::test]
async fn deleting_is_asked_first_and_carried_out_once() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let list = visitor.open("/connectors/hubspot/actions/deals.list").await;
    let list = visitor.send(&list, "/connectors/hubspot/actions/deals.list", &[("limit", "2")]).await;
    assert!(list.text().contains("2 records; there are more"), "{}", list.text());
    let id = list
        .html
        .split("<tbody>")
        .nth(1)
        .and_then(|body| body.split("<td ").nth(1)?.split(['>', '<']).nth(1))
        .expect("an id")
        .to_owned();

    let delete = "/connectors/hubspot/actions/deals.delete";
    let deleted = || bench.sandbox.requests().iter().filter(|request| request.method == "DELETE").count();
    let form = visitor.open(delete).await;
    let question = visitor.send(&form, delete, &[("dealId", &id)]).await;
    let text = question.text();
    assert!(
        text.contains("Move this deal to the recycling bin?") && text.contains(&format!("/deals/{id}")),
        "{text}"
    );
    assert_eq!(deleted(), 0);
    let path = question.address.strip_prefix(&bench.origin()).expect("ours").to_owned();
    let done = visitor.send(&question, &path, &[]).await;
    assert!(done.text().contains("Done · HTTP 204"), "{}", done.text());
    let again = visitor.send(&question, &path, &[]).await;
    assert_eq!((again.address, deleted()), (done.address, 1));

    // The next page goes on where the first one ended.
    let next = format!("{}/next", list.address.strip_prefix(&bench.origin()).expect("ours"));
    let page = visitor.send(&list, &next, &[]).await;
    assert!(
        page.text().contains("2 records") && !page.html.contains(&format!("<td>{id}</td>")),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn what_the_api_refuses_is_told() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let get = "/connectors/hubspot/actions/deals.get";
    let form = visitor.open(get).await;
    let page = visitor.send(&form, get, &[("dealId", "1")]).await;
    for text in ["It did not work · HTTP 404", "OBJECT_NOT_FOUND", "Id of the call"] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    bench.sandbox.expire_tokens();
    let page = visitor.open("/connectors/hubspot").await;
    let page = visitor.send(&page, "/connectors/hubspot/test", &[]).await;
    assert!(
        page.text().contains("Test of HubSpot") && page.text().contains("Done · HTTP 200"),
        "{}",
        page.text()
    );
}

#[tokio::test]
async fn each_user_connects_an_account_of_their_own() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let page = configure(&mut visitor, &bench, &[("mode", "users")]).await;
    assert!(page.text().contains("Users authorize"), "{}", page.text());
    let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    assert!(page.text().contains("It is enabled"), "{}", page.text());

    // A user without a connection gets a link.
    let list = "/connectors/hubspot/actions/deals.list";
    let form = visitor.open(list).await;
    let page = visitor.send(&form, list, &[("#user", "#other"), ("#user#other", "ada")]).await;
    assert!(page.text().contains("ada has not connected an account yet"), "{}", page.text());
    let back = visitor.way_back(&page, &[], "approve").await;
    let done = visitor.returning().open(&back).await;
    assert!(done.text().contains("User ada"), "{}", done.text());

    let form = visitor.open(list).await;
    let page = visitor.send(&form, list, &[("#user", "ada")]).await;
    assert!(page.text().contains("Done · HTTP 200") && page.text().contains("· as ada"), "{}", page.text());
    let line = page.code("On the command line");
    assert!(line.contains(" --profile default --connection ada "), "{line}");
    assert!(bench.shell(&line).await.contains("Acme renewal"), "{line}");
    let page = visitor.open("/connectors/hubspot").await;
    assert!(page.text().contains("1 user connected"), "{}", page.text());
    let page = visitor.send(&page, "/connectors/hubspot/disconnect", &[("connection", "ada")]).await;
    assert!(page.text().contains("The connection is forgotten here"), "{}", page.text());
    assert!(page.text().contains("0 users connected"), "{}", page.text());
}

#[tokio::test]
async fn actions_are_searched() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let mut found =
        async |query: &str| visitor.open(&format!("/connectors/hubspot/actions?{query}")).await.text();
    assert!(found("").await.contains("29 actions") && !found("").await.to_lowercase().contains("template"));
    assert!(found("q=merge").await.contains("2 actions of 29"));
    assert!(found("q=DEAL+name").await.contains("Create a deal"));
    let deletes = found("effect=delete&scope=crm.objects.deals.write").await;
    assert!(deletes.contains("2 actions of 29") && deletes.contains("deals.batch_archive"), "{deletes}");
    assert!(found("q=nothing+of+the+kind").await.contains("No action is like that"));
    let odd = found("q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(odd.contains("No action is like that"), "{odd}");
}

#[tokio::test]
async fn the_operators_profile_is_offered_and_not_deleted() {
    let app = typed_connector_sandbox::Sandbox::start().await.expect("the sandbox starts").app();
    let variables = [
        ("HUBSPOT_CLIENT_ID", app.client_id),
        ("HUBSPOT_CLIENT_SECRET", app.client_secret),
        ("HUBSPOT_CALLBACK_URL", format!("http://localhost:{}/oauth/done", free_port())),
    ];
    let bench = Bench::with(typed_connector_sandbox::Sandbox::builder(), &[], &variables).await;
    let mut visitor = bench.visitor().await;
    let page = visitor.open("/connectors/hubspot/configure").await;
    assert!(
        page.fields("/connectors/hubspot/configure")
            .contains(&("access".to_owned(), "profile:system".to_owned()))
    );
    let page = visitor.send(&page, "/connectors/hubspot/configure", &[]).await;
    assert!(page.text().contains("System authorization profile"), "{}", page.text());
    // Its callback URL is at another port of this machine: the console listens there for the time.
    let back = visitor.way_back(&page, &[], "approve").await;
    assert!(back.starts_with(&variables[2].1), "{back}");
    assert_eq!(Visitor::stranger(&bench).open(&back).await.status, 403);
    let done = visitor.returning().open(&back).await;
    assert!(done.text().contains("Authorization completed successfully"), "{}", done.text());

    let page = visitor.open("/connectors/hubspot/delete").await;
    assert!(page.text().contains("nothing of the operator's profile"), "{}", page.text());
    visitor.send(&page, "/connectors/hubspot/delete", &[]).await;
    let page = visitor.open("/connectors/hubspot/configure").await;
    assert!(
        page.fields("/connectors/hubspot/configure")
            .contains(&("access".to_owned(), "profile:system".to_owned()))
    );
}
