//! Questions to the person, and what is served where one chooses.

use serde_json::{Value, json};

use crate::bench::{Bench, Plan, step};
use crate::port::free_port;

#[tokio::test]
async fn what_a_person_declines_is_not_sent() {
    let bench = Bench::seeded(1).await;
    let steps = vec![step("deals_delete", json!({ "dealId": "7" }))];
    let plan = Plan { elicit: Some("decline"), steps, ..Plan::default() };
    let mut all = vec![bench.rust(&plan).await];
    all.extend(bench.python(&plan, "auto").await);
    for ran in all {
        let result = ran.result("deals_delete");
        assert_eq!(
            (&result["is_error"], &result["structured"]["error"]["kind"]),
            (&json!(true), &json!("declined")),
            "{result}"
        );
        assert_eq!(ran.0["asked"], json!(["Move this deal to the recycling bin?\n\nDeal: 7"]));
    }
    assert_eq!(bench.sandbox.requests().len(), 0);
    // Who wants no questions gets none.
    let plan = Plan { words: vec!["--no-confirm".to_owned()], ..plan };
    let ran = bench.rust(&plan).await;
    assert_eq!((&ran.result("deals_delete")["is_error"], &ran.0["asked"]), (&json!(false), &json!([])));
}

#[tokio::test]
async fn only_what_was_chosen_is_served() {
    let bench = Bench::seeded(0).await;
    let names = |ran: &crate::bench::Ran| {
        let names = ran.tools().iter().filter_map(|tool| tool["name"].as_str().map(str::to_owned));
        names.collect::<Vec<_>>()
    };
    let words = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let plan = Plan { words: words("--read-only --actions deals.*"), ..Plan::default() };
    let steps = vec![step("deals_create", json!({ "dealname": "x", "dealstage": "y" }))];
    let ran = bench.rust(&Plan { steps, ..plan }).await;
    assert_eq!(names(&ran), ["deals_batch_read", "deals_get", "deals_list", "deals_search"]);
    let refused = ran.result("deals_create")["protocol_error"].as_str().expect("it is not served");
    assert!(refused.contains("there is no tool `deals_create`"), "{refused}");
    let several = Plan { words: words("--actions *.search,deals.get"), ..Plan::default() };
    assert_eq!(names(&bench.rust(&several).await), ["contacts_search", "deals_get", "deals_search"]);

    let unknown = Plan { words: words("--actions deal.*"), ..Plan::default() };
    let output = bench.server(&unknown).stderr(std::process::Stdio::piped()).output().await.expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && told.contains("no action of HubSpot fits `deal.*`"), "{told}");
}

/// A server starts, and lists, before anything is connected; a call then says what a person has to do.
#[tokio::test]
async fn without_a_connection_a_call_tells_what_to_do() {
    let bench = Bench::seeded(0).await;
    let steps = vec![step("deals_list", json!({}))];
    let words = vec!["--profile".to_owned(), "nobody".to_owned()];
    let ran = bench.rust(&Plan { words, steps, ..Plan::default() }).await;
    assert_eq!(ran.tools().len(), 29);
    let error = &ran.result("deals_list")["structured"]["error"];
    assert_eq!(error["kind"], "configuration", "{error}");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("nobody")), "{error}");
}

/// The link of a connection that nobody has authorized leads back to the server, and the next call works.
#[tokio::test]
async fn a_person_authorizes_by_the_link_of_an_error() {
    let bench = Bench::seeded(2).await;
    let app = bench.sandbox.app();
    let port = free_port();
    let mut add = tokio::process::Command::new(env!("CARGO_BIN_EXE_connector"));
    add.envs(bench.environment()).env("CONNECTOR_CLIENT_SECRET", &*app.client_secret).args([
        "auth",
        "profile",
        "add",
        "hubspot",
        "--client-id",
        &app.client_id,
        "--base-url",
        &bench.sandbox.url(),
        "--callback-url",
        &format!("http://localhost:{port}/callback"),
    ]);
    let added = add.output().await.expect("it runs");
    assert!(added.status.success(), "{added:?}");

    let words = vec!["--connection".to_owned(), "team".to_owned()];
    let plan = Plan { words, ..Plan::default() };
    let mut server = bench.server(&plan).spawn().expect("it starts");
    let client = crate::bench::connected(&mut server, None).await;
    let call = || crate::bench::carry_steps(&client, vec![step("deals_list", json!({}))]);
    let first = call().await;
    let error = &first["results"][0]["structured"]["error"];
    assert_eq!(error["kind"], "authorization_required", "{error}");
    let link = error["url"].as_str().expect("a link");
    assert!(first["results"][0]["text"].as_str().is_some_and(|text| text.contains(link)), "{first}");
    drop(rustls::crypto::ring::default_provider().install_default());
    let http = reqwest::Client::new();
    let done = http.post(link).form(&[("decision", "approve")]).send().await.expect("the page at the end");
    assert!(done.status().is_success(), "{}", done.status());
    let second = call().await;
    assert_eq!(second["results"][0]["structured"]["items"].as_array().map(Vec::len), Some(2), "{second}");
    let _: Value = second;
}
