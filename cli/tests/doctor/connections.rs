//! Profiles, connections, tokens and scopes.

use std::time::Duration;

use serde_json::json;
use typed_connector_sandbox::{Fault, Sandbox};

use super::Machine;
use super::bench::Bench;

#[tokio::test]
async fn a_machine_that_is_well() {
    let machine = Machine::connected().await;
    machine.bench.sandbox.clear_requests();
    let told = machine.hubspot("--strict").await;
    told.only_these_are_wrong(&[]);
    println!(
        "FIGURE doctor: {} requests to look at a healthy connection",
        machine.bench.sandbox.requests().len()
    );
    assert!(
        machine
            .bench
            .sandbox
            .requests()
            .iter()
            .all(|request| request.method != "PATCH" && request.method != "DELETE")
    );
    let (text, _) = told.only("connection", "ok");
    assert!(text.starts_with("`default` (account 12345678): the provider takes it, expires in"), "{text}");
    told.only("scopes", "ok");
    let (text, _) = told.only("token", "ok");
    assert!(text.contains("the API takes the connection `default`"), "{text}");

    // The same for people: what is configured is found by itself.
    let run = Bench::end(machine.connector("doctor --offline")).await;
    assert_eq!(run.code, 0, "{run:?}");
    for line in [
        "This machine",
        "HubSpot (hubspot)",
        "  ok       connection  `default`",
        "Nothing is wrong. No server was asked.",
    ] {
        assert!(run.out.contains(line), "{line} in {}", run.out);
    }
    // Nothing but words: no colours where nobody looks.
    assert!(!run.out.contains('\u{1b}'), "{}", run.out);
}

#[tokio::test]
async fn nothing_is_connected_yet() {
    let machine = Machine::start().await;
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["connection"]);
    let (text, fix) = told.only("connection", "warning");
    assert!(text.contains("no profile to connect one with"), "{text}");
    assert_eq!(fix, "connector auth profile add hubspot");
    machine.bench.add_profile("").await;
    let (text, fix) = machine.hubspot("").await.only("connection", "warning");
    assert!(text.contains("no account is connected as `default` yet"), "{text}");
    assert_eq!(fix, format!("connector auth authorize hubspot --base-url {}", machine.url()));
    assert_eq!(machine.hubspot("--strict").await.0.code, 6);
}

#[tokio::test]
async fn an_expired_token_is_refreshed_or_needs_a_person() {
    // Long enough to be asked about before it ends again, also where the machine is busy.
    let machine = Machine::with(Sandbox::builder().token_lifetime(Duration::from_secs(3))).await;
    machine.connect("").await;
    tokio::time::sleep(Duration::from_millis(3100)).await;
    let told = machine.hubspot("--offline").await;
    told.only_these_are_wrong(&[]);
    let (text, _) = told.only("connection", "ok");
    assert!(text.ends_with("expired, refreshed when used"), "{text}");
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&[]);
    let (text, _) = told.only("connection", "ok");
    assert!(text.ends_with("it had expired and was refreshed"), "{text}");

    // The provider takes it back.
    tokio::time::sleep(Duration::from_millis(3100)).await;
    let dead = json!({ "error": "invalid_grant", "error_description": "the app was uninstalled" });
    machine.bench.sandbox.inject(Fault::status(400).json(&dead).path("/oauth/2026-03/token"));
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["connection"]);
    let (text, fix) = told.only("connection", "problem");
    assert!(text.contains("does not take its tokens any more; a person has to authorize again"), "{text}");
    assert_eq!(fix, format!("connector auth authorize hubspot --base-url {}", machine.url()));
    // That is known from now on.
    let (text, _) = machine.hubspot("--offline").await.only("connection", "problem");
    assert!(text.contains("took the authorization back"), "{text}");
}

#[tokio::test]
async fn without_a_refresh_token_it_ends() {
    let machine = Machine::start().await;
    let scopes = [
        "crm.objects.deals.read",
        "crm.objects.deals.write",
        "crm.objects.contacts.read",
        "crm.objects.contacts.write",
    ];
    let answer = |expires_in: u32| {
        json!({
            "access_token": machine.bench.sandbox.access_token(), "token_type": "bearer", "expires_in": expires_in,
            "hub_id": 7, "scopes": scopes,
        })
    };
    machine.bench.sandbox.inject(Fault::status(200).json(&answer(1800)).path("/oauth/2026-03/token"));
    machine.connect("").await;
    let told = machine.hubspot("--offline").await;
    told.only_these_are_wrong(&["connection"]);
    let (text, _) = told.only("connection", "warning");
    assert!(text.contains("expires in 30 min, and there is no refresh token"), "{text}");
    machine.bench.sandbox.inject(Fault::status(200).json(&answer(1)).path("/oauth/2026-03/token"));
    assert_eq!(machine.bench.authorize("", "approve").await.code, 0);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let told = machine.hubspot("--offline").await;
    told.only_these_are_wrong(&["connection"]);
    let (text, _) = told.only("connection", "problem");
    assert!(
        text.contains("the access token expired on 2") && text.contains("there is no refresh token"),
        "{text}"
    );
}

#[tokio::test]
async fn scopes_that_lack_or_are_of_no_use() {
    let machine = Machine::start().await;
    machine
        .connect("--scopes crm.objects.deals.read,crm.objects.deals.write,crm.objects.contacts.read")
        .await;
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["scopes"]);
    let (text, fix) = told.only("scopes", "problem");
    assert!(text.contains("lacks crm.objects.contacts.write: contacts."), "{text}");
    assert!(text.contains(" would fail") && text.contains("contacts.create"), "{text}");

    // Only what is used has to work, and then one of them is too many.
    let told = machine.hubspot("--actions deals.*,contacts.get").await;
    told.only_these_are_wrong(&[]);
    let told = machine.hubspot("--actions deals.*").await;
    told.only_these_are_wrong(&["scopes"]);
    let (text, fewer) = told.only("scopes", "warning");
    assert!(text.ends_with("may do what no action needs: crm.objects.contacts.read"), "{text}");
    assert!(fewer.ends_with("--scopes crm.objects.deals.read,crm.objects.deals.write"), "{fewer}");

    // For people, one command for all that it mends.
    assert_eq!(
        machine.bench.authorize("--connection few --scopes crm.objects.deals.read", "approve").await.code,
        0
    );
    let run = Bench::end(machine.connector("doctor hubspot --offline --connection few")).await;
    assert_eq!(
        (run.out.matches("  problem").count(), run.out.matches("$ connector").count()),
        (3, 1),
        "{}",
        run.out
    );

    assert_eq!(machine.bench.run("disconnect hubspot --connection few").await.code, 0);

    // What it says mends it.
    let words = fix.strip_prefix("connector auth authorize hubspot").expect("a command");
    let run = machine.bench.authorize(words, "approve").await;
    assert_eq!(run.code, 0, "{run:?}");
    machine.hubspot("").await.only_these_are_wrong(&[]);
}

#[tokio::test]
async fn a_token_in_the_environment() {
    let machine = Machine::start().await;
    let doctor = async |token: &str| {
        let mut command = machine.connector(&format!("doctor hubspot --json --base-url {}", machine.url()));
        command.env("HUBSPOT_ACCESS_TOKEN", token);
        let told = machine.told(command).await;
        assert!(!told.0.seen().contains(token), "{:?}", told.0);
        told
    };
    let sandbox = &machine.bench.sandbox;
    let all = sandbox.issue_static_token(&["crm.objects.deals.read", "crm.objects.contacts.read"]);
    let told = doctor(&all).await;
    told.only_these_are_wrong(&[]);
    let (text, _) = told.only("token", "ok");
    assert!(text.contains("`HUBSPOT_ACCESS_TOKEN`") && text.contains("answered"), "{text}");

    let few = sandbox.issue_static_token(&["crm.objects.deals.read"]);
    let told = doctor(&few).await;
    told.only_these_are_wrong(&["scopes"]);
    let (text, fix) = told.only("scopes", "problem");
    assert!(text.contains("lacks crm.objects.contacts.read: contacts."), "{text}");
    assert!(fix.starts_with("export HUBSPOT_ACCESS_TOKEN=…"), "{fix}");

    // One that the spec does not know: the call that was tried needs it.
    let other =
        json!({ "message": "no", "errors": [{ "context": { "requiredGranularScopes": ["tickets"] } }] });
    sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    sandbox.inject(Fault::status(403).json(&other).path("/crm/"));
    let (text, _) = doctor(&all).await.only("scopes", "problem");
    let actions = text.split_once(" lacks tickets: ").and_then(|(_, rest)| rest.strip_suffix(" would fail"));
    assert!(actions.is_some_and(|actions| actions.contains('.')), "{text}");

    // One that names none, as of a token whose permissions were fixed where it was made.
    let no = json!({ "message": "Resource not accessible by personal access token" });
    sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    sandbox.inject(Fault::status(403).json(&no).path("/crm/").times(20));
    let told = doctor(&all).await;
    sandbox.clear_faults();
    told.only_these_are_wrong(&["scopes"]);
    let (text, fix) = told.only("scopes", "problem");
    for part in [
        "the token in `HUBSPOT_ACCESS_TOKEN` may not run ",
        "(HTTP 403: Resource not accessible by personal access token), and",
        "give the token crm.objects.contacts.read, crm.objects.deals.read where it was made",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    assert!(fix.starts_with("export HUBSPOT_ACCESS_TOKEN=…"), "{fix}");

    // Whatever answers like this, it may be another address than the API's.
    sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    sandbox.inject(Fault::status(404).json(&json!({ "message": "nothing is here" })).path("/crm/").times(20));
    let told = doctor(&all).await.of("token");
    sandbox.clear_faults();
    let says = |level: &str, part: &str| told.iter().any(|one| one.0 == level && one.1.contains(part));
    assert!(says("warning", "404") && !says("ok", "deals.list"), "{told:?}");

    let told = doctor("pat-na1-not-one-of-this-account").await;
    told.only_these_are_wrong(&["token"]);
    let (text, _) = told.only("token", "problem");
    assert!(text.contains("does not take the token in `HUBSPOT_ACCESS_TOKEN`"), "{text}");
}

#[tokio::test]
async fn profiles_that_cannot_be_used_or_not_for_long() {
    let machine = Machine::start().await;
    // The operator's, half of it.
    let mut command = machine.connector("doctor hubspot --json --offline");
    command.env("HUBSPOT_CLIENT_ID", "an-id");
    let told = machine.told(command).await;
    told.only_these_are_wrong(&["profile", "connection"]);
    let problems = told.of("profile");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert!(problems[0].1.contains("`HUBSPOT_CLIENT_SECRET` is not set"), "{problems:?}");
    assert_eq!(problems[0].0, "problem");

    // One that names HubSpot's first token endpoint, which ends on 2027-02-16.
    machine.bench.add_profile("--token-url https://api.hubapi.com/oauth/v1/token").await;
    let on = async |seconds: i64| {
        let mut command = machine.connector("doctor hubspot --json --offline");
        command.env("SOURCE_DATE_EPOCH", seconds.to_string());
        machine.told(command).await
    };
    let before = on(1_802_000_000).await; // 2027-02-07
    before.only_these_are_wrong(&["profile", "connection"]);
    let (text, fix) = before.only("profile", "warning");
    assert!(text.contains("oauth/v1/token` is shut off on 2027-02-16"), "{text}");
    assert_eq!(
        fix,
        "connector auth profile edit hubspot --profile default --token-url https://api.hubapi.com/oauth/2026-03/token"
    );
    let after = on(1_803_000_000).await; // 2027-02-19
    after.only("profile", "problem");
    assert_eq!(after.0.code, 6);
    // What it says mends it.
    let run = machine.bench.run(fix.strip_prefix("connector auth ").expect("a command")).await;
    assert_eq!(run.code, 0, "{run:?}");
    on(1_803_000_000).await.only("profile", "ok");
}

#[tokio::test]
async fn a_store_that_cannot_be_read() {
    let machine = Machine::connected().await;
    std::fs::write(machine.bench.folder().join("key"), "not the key").expect("written");
    let told = machine.hubspot("--offline").await;
    let (text, _) = told.only("store", "problem");
    println!("{text}");
    assert!(text.contains("cannot be read"), "{text}");
    assert_eq!(told.0.code, 6);
    // A list of configured connectors that is none.
    machine.write("data/connectors.json", "{");
    let (text, _) = machine.hubspot("--offline").await.only("configured", "problem");
    assert!(text.contains("connectors.json cannot be used"), "{text}");
}

#[tokio::test]
async fn which_profile_calls_use() {
    let machine = Machine::connected().await;
    // A second app, of which nothing is connected.
    let add = "--profile second --callback-url http://localhost:9999/callback --token-url https://api.hubapi.com/oauth/2026-03/token";
    let words = format!("profile add hubspot --client-id other --client-secret-stdin {add}");
    assert_eq!(machine.bench.run_with(&words, "a-secret\n").await.code, 0);
    assert_eq!(machine.bench.run("profile select hubspot --profile second").await.code, 0);
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["connection"]);
    let found = told.of("connection");
    assert_eq!((found.len(), found[0].0.as_str(), found[1].0.as_str()), (2, "ok", "warning"), "{found:?}");
    assert!(found[1].1.contains("no account is connected as `default` yet"), "{found:?}");
    // The other one's connection does not count, and nothing is sent with it.
    assert!(told.of("token").is_empty());
    machine.hubspot("--profile default").await.only_these_are_wrong(&[]);
    let told = machine.hubspot("--profile third").await;
    told.only_these_are_wrong(&["profile"]);
    let (text, fix) = told.only("profile", "problem");
    assert_eq!(
        (text.as_str(), fix.as_str()),
        ("calls use `third`, which is not there", "connector auth profile list hubspot")
    );
    // A profile that is gone leaves connections that nobody can refresh.
    assert_eq!(
        machine.bench.run("profile remove hubspot --profile default --with-connections").await.code,
        0
    );
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["connection"]);
    told.only("connection", "warning");
}

#[tokio::test]
async fn a_connection_that_is_named_is_there() {
    let machine = Machine::start().await;
    let problem = async |words: &str| {
        let told = machine.hubspot(words).await;
        told.only_these_are_wrong(&["connection", "profile"]);
        assert_eq!(told.0.code, 6, "{:?}", told.0);
        told.only("connection", "problem")
    };
    let at = format!("--base-url {}", machine.url());
    let (text, fix) = problem("--connection teem").await;
    assert_eq!(text, "there is no connection `teem`; none is there yet");
    assert_eq!(fix, format!("connector auth authorize hubspot {at} --connection teem"));
    machine.connect("--connection team").await;
    for offline in ["", " --offline"] {
        let (text, fix) = problem(&format!("--connection teem{offline}")).await;
        assert_eq!(text, "there is no connection `teem`; did you mean `team`?");
        assert_eq!(fix, format!("connector doctor hubspot {at} --connection team"));
    }
    let (text, fix) = problem("--connection somebody-else").await;
    assert_eq!(text, "there is no connection `somebody-else`, but team");
    assert_eq!(fix, "connector auth list");
    let (text, fix) = problem("--connection team --profile other").await;
    assert_eq!(text, "there is no connection `team` of the profile `other`, but of another one");
    assert_eq!(fix, format!("connector doctor hubspot {at} --connection team"));
    machine.hubspot("--connection team").await.only_these_are_wrong(&[]);
    // One of a connector that has none.
    let told = machine.told(machine.connector("doctor stripe --json --offline --connection team")).await;
    assert_eq!(told.0.code, 6, "{:?}", told.0);
    told.only("access", "problem");
}

#[tokio::test]
async fn no_secret_is_shown_whatever_is_wrong() {
    let machine = Machine::start().await;
    let secrets = ["an-access-token-that-nobody-sees", "a-refresh-token-that-nobody-sees"];
    let answer = json!({
        "access_token": secrets[0], "refresh_token": secrets[1], "token_type": "bearer", "expires_in": 1800, "hub_id": 7,
        "scopes": ["crm.objects.deals.read", "tickets"],
    });
    machine.bench.sandbox.inject(Fault::status(200).json(&answer).path("/oauth/2026-03/token"));
    machine.connect("").await;
    // The provider and the API repeat what they were sent.
    let echo =
        |secret: &str| json!({ "error": "invalid_request", "error_description": secret, "message": secret });
    let sandbox = &machine.bench.sandbox;
    let look = async |path: &str, status: u16, secret: &str| {
        for words in ["", "--json", "--offline --json"] {
            // Once for the provider, of which one request has this secret.
            let times = if path == "/oauth/" { 1 } else { 3 };
            sandbox.inject(Fault::status(status).json(&echo(secret)).path(path).times(times));
            let words = format!("doctor hubspot --base-url {} {words}", machine.url());
            let run = Bench::end(machine.connector(&words)).await;
            sandbox.clear_faults();
            assert_eq!(run.code, 6, "{run:?}");
            for secret in [secrets[0], secrets[1], &sandbox.app().client_secret] {
                assert!(!run.seen().contains(secret), "{path} {status} {words}: {run:?}");
            }
        }
    };
    for (path, status) in [("/oauth/", 400), ("/oauth/", 500), ("/crm/", 401), ("/crm/", 403)] {
        look(path, status, secrets[0]).await;
    }
    // The same with one that has to be refreshed.
    let expired = json!({ "access_token": secrets[0], "refresh_token": secrets[1], "token_type": "bearer", "expires_in": 1, "hub_id": 7, "scopes": ["tickets"] });
    sandbox.inject(Fault::status(200).json(&expired).path("/oauth/2026-03/token"));
    assert_eq!(machine.bench.authorize("", "approve").await.code, 0);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    look("/oauth/", 400, secrets[1]).await;
}

#[tokio::test]
async fn what_was_set_up_and_is_missing_is_a_problem() {
    let machine = Machine::start().await;
    let (text, fix) = machine.hubspot("--token-env NO_SUCH_VARIABLE").await.only("access", "problem");
    assert_eq!(text, "the environment variable `NO_SUCH_VARIABLE` holds no access token");
    assert!(fix.starts_with("export NO_SUCH_VARIABLE=…"), "{fix}");
    let configured = |enabled: bool| {
        json!({ "connectors": [{ "connector": "hubspot", "access": "token", "enabled": enabled }] })
            .to_string()
    };
    machine.write("data/connectors.json", &configured(true));
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["access"]);
    let (text, fix) = told.only("access", "problem");
    assert_eq!(
        (text.as_str(), fix.as_str()),
        ("the token of HubSpot is not there any more", "connector console")
    );
    machine.write("data/connectors.json", &configured(false));
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["access"]);
    assert_eq!(told.only("access", "warning").0, "HubSpot is disabled on this machine");
    // Where nothing was ever set up, that is no more than a warning.
    let told = machine.told(machine.connector("doctor stripe --json --offline")).await;
    told.only_these_are_wrong(&["access"]);
    assert!(told.only("access", "warning").1.starts_with("export STRIPE_ACCESS_TOKEN=…"));
}
