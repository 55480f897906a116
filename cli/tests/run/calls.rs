//! Actions with everything given.

use serde_json::{Value, json};
use typed_connector_sandbox::{Fault, Sandbox};

use crate::bench::{Bench, Run};

#[tokio::test]
async fn options_are_the_specs_and_answers_are_tables_json_and_csv() {
    let bench = Bench::seeded(15).await;
    let words =
        ["deals.create", "--dealname", "Acme, \"renewal\"", "--dealstage", "closed won", "--amount", "12.50"];
    let made = bench.run_with(&[&words[..], &["--closedate", "2027-03-31"]].concat(), "").await;
    assert_eq!(made.code, 0, "{made:?}");
    for line in ["Deal name ", "Acme, \"renewal\"", "Closed won", "12.50", "2027-03-31\n"] {
        assert!(made.out.contains(line), "{line} in {}", made.out);
    }
    assert!(!made.out.contains(['{', '[']), "no JSON for people: {}", made.out);

    let found = bench.run("deals.search --filter amount<13 --json").await.json();
    assert_eq!((&found["total"], &found["items"][0]["amount"]), (&json!(1), &json!("12.50")), "{found}");
    let id = found["items"][0]["id"].as_str().expect("an id").to_owned();

    let page = bench.run("contacts.list --page-size 4").await;
    assert!(page.out.contains("4 records; `--all` for all of them"), "{}", page.out);
    let all = bench.run("contacts.list --page-size 4 --all --csv --columns id,email").await;
    assert_eq!(all.out.lines().count(), 16, "{}", all.out);
    assert_eq!(all.out.lines().next(), Some("id,email"));
    let some = bench.run("contacts.list --limit 7 --json").await.json();
    assert_eq!(some.as_array().map(Vec::len), Some(7));

    let csv = bench.run(&format!("deals.get --deal-id {id} --csv --columns dealname,amount")).await;
    assert_eq!(csv.out, "dealname,amount\n\"Acme, \"\"renewal\"\"\",12.50\n");

    let changed = bench
        .run(&format!("deals.update --deal-id {id} --clear amount --property closed_won_reason=Price"))
        .await;
    assert_eq!(changed.code, 0, "{changed:?}");
    let deal = bench
        .run(&format!("deals.get --dealId {id} --json --properties amount,closed_won_reason"))
        .await
        .json();
    assert_eq!((&deal["amount"], &deal["closed_won_reason"]), (&Value::Null, &json!("Price")), "{deal}");
}

#[tokio::test]
async fn arguments_come_from_a_file_or_standard_input_and_options_win() {
    let bench = Bench::seeded(0).await;
    let given = json!({ "dealname": "From a file", "dealstage": "closedwon" }).to_string();
    let made =
        bench.run_with(&["deals.create", "--from", "-", "--dealname", "Mine", "--json"], &given).await.json();
    assert_eq!((&made["dealname"], &made["dealstage"]), (&json!("Mine"), &json!("closedwon")));

    let inputs: Vec<Value> = (0..230)
        .map(|number| json!({ "id": format!("p{number}@example.com"), "idProperty": "email" }))
        .collect();
    std::fs::write(bench.path().join("people.json"), Value::from(inputs).to_string()).expect("written");
    let report = bench.run("contacts.batch_upsert --from people.json --json").await.json();
    let outcomes = report["outcomes"].as_array().expect("a list");
    assert_eq!(outcomes.iter().filter(|one| one["outcome"] == "done").count(), 230);

    let inputs =
        json!([{ "id": "p1@example.com", "idProperty": "email" }, { "id": "x", "idProperty": "nope" }])
            .to_string();
    let partly = bench.run_with(&["contacts.batch_upsert", "--inputs", &inputs], "").await;
    assert_eq!(partly.code, 4, "{partly:?}");
    assert!(
        partly.err.contains("input 2: refused: ") && partly.err.contains("1 of 2 done."),
        "{}",
        partly.err
    );
    let broken = bench.run_with(&["deals.create", "--from", "-"], "{").await;
    assert!(broken.code == 2 && broken.err.contains("standard input holds no JSON"), "{broken:?}");
}

#[tokio::test]
async fn nothing_is_sent_where_something_is_wrong_or_nobody_confirms() {
    let bench = Bench::seeded(1).await;
    for (words, told) in [
        ("deals.create --amount much", "--amount: expected a decimal number"),
        ("deals.create --dealname x", "--dealstage: is required"),
        ("deals.create --dealnam x", "a similar argument exists: '--dealname'"),
        ("deals.crate", "did you mean `deals.create`?"),
        ("deals.search --filter amount", "write one like `amount>=1000`"),
        ("deals.get --deal-id 7 --all", "is no list"),
        ("contacts.list --columns firstnam", "did you mean `firstname`?"),
        ("deals.delete --deal-id 7", "add `--yes` where nobody can be asked"),
        ("--dealname", "no action was named"),
    ] {
        let run = bench.run(words).await;
        assert!(run.code == 2 && run.err.contains(told), "{words}: {run:?}");
    }
    let dry = bench.run("deals.create --dealname Acme --dealstage closedwon --amount 5 --dry-run").await;
    assert!(dry.code == 0 && dry.out.contains("authorization: Bearer •••"), "{dry:?}");
    assert!(dry.out.contains("\"amount\": \"5\"") && dry.err.contains("Nothing was sent."), "{dry:?}");
    assert_eq!(bench.requests(), 0);
    let deleted = bench.run("deals.delete --deal-id 7 --yes").await;
    assert_eq!((deleted.code, deleted.out.as_str()), (0, "Done.\n"), "{deleted:?}");
}

#[tokio::test]
async fn a_value_near_a_known_one_is_sent_and_told_of() {
    let bench = Bench::seeded(0).await;
    let hint = "`closedwom` is not among the known values; did you mean `closedwon`?";
    let words = "deals.create --dealname Acme --dealstage closedwom";
    let run = bench.run(words).await;
    assert!(run.err.starts_with(&format!("note: --dealstage: {hint} sent as it is\n")), "{run:?}");
    let sent = bench.sandbox.requests().pop().expect("a request").json();
    assert_eq!(sent["properties"]["dealstage"], "closedwom", "{sent}");
    let dry = bench.run(&format!("{words} --dry-run")).await;
    assert!(dry.err.contains(&format!("{hint} would be sent as it is")), "{dry:?}");
    // Programs are told nothing.
    assert!(!bench.run(&format!("{words} --json")).await.err.contains("note: "));
    let run = bench.run("deals.search --filter dealstage=closedwom").await;
    assert!(run.err.contains(&format!("note: --filter (dealstage): {hint}")), "{run:?}");
    // In a table by row and column, whether a row is a call or an input.
    let table = "dealname,dealstage\nA,closedwon\nB,closedwom\n";
    for action in ["deals.create", "deals.batch_create"] {
        let run = bench.run_with(&[action, "--csv-in", "-"], table).await;
        assert!(run.err.contains(&format!("note: row 3, column `dealstage`: {hint} sent")), "{run:?}");
        assert_eq!(run.err.matches("note: ").count(), 1, "{run:?}");
    }
}

#[tokio::test]
async fn exit_codes_tell_programs_what_happened() {
    let bench = Bench::with(Sandbox::builder().seed(1)).await;
    let missing = bench.run("deals.get --deal-id 999").await;
    assert!(missing.code == 1 && missing.err.contains("404"), "{missing:?}");
    let refused = bench.run("deals.list --token-env NO_SUCH_VARIABLE").await;
    assert!(refused.code == 2 && refused.err.contains("NO_SUCH_VARIABLE"), "{refused:?}");
    let profile = bench.run("deals.list --profile nobody").await;
    assert!(profile.code == 1 && profile.err.contains("nobody"), "{profile:?}");
    bench.sandbox.inject("cut-acted".parse::<Fault>().expect("a fault"));
    let unknown = bench.run("deals.create --dealname Acme --dealstage closedwon").await;
    assert!(unknown.code == 5 && unknown.err.contains("look with `deals.search`"), "{unknown:?}");
    let mut command = bench.command(env!("CARGO_BIN_EXE_connector"));
    command.env("HUBSPOT_ACCESS_TOKEN", "pat-na1-wrong").args(["run", "--base-url", &bench.sandbox.url()]);
    let wrong = command.args(["hubspot", "deals.list"]).output().await.expect("it runs");
    assert_eq!(wrong.status.code(), Some(3), "{wrong:?}");
}

#[tokio::test]
async fn help_is_the_specs() {
    let bench = Bench::seeded(0).await;
    let help = bench.run("deals.create --help").await;
    assert_eq!(help.code, 0);
    for text in [
        "Create a deal",
        "connector run hubspot deals.create --dealname <TEXT> --dealstage <VALUE> [OPTIONS]",
        "Stages belong to a pipeline; an account's own have generated ids.",
        "- qualifiedtobuy: Qualified to buy",
        "[example: 4800.00]",
        "Scopes: crm.objects.deals.write",
        "# With a contact",
        "--dealname 'Acme renewal' --dealstage qualifiedtobuy",
    ] {
        assert!(help.out.contains(text), "{text} in {}", help.out);
    }
    assert!(help.out.lines().all(|line| line.chars().count() <= 100), "lines are broken at 100");
    let actions = bench.connector(&["run", "hubspot", "--help"]).await;
    assert!(actions.code == 0 && actions.out.contains("deals.batch_upsert "), "{actions:?}");
}

#[tokio::test]
async fn what_an_api_says_steers_no_terminal() {
    let bench = Bench::seeded(0).await;
    let refused = json!({
        "status": "error", "category": "VALIDATION_ERROR", "message": "no\u{1b}]0;owned\u{7} \u{1b}[2Jdeal",
        "errors": [{ "message": "\u{9b}31mred", "code": "X\u{1b}c" }],
    });
    // A message of a single call, and of an input of a batch.
    bench.sandbox.inject(Fault::status(400).json(&refused).path("/crm/"));
    let run = bench.run("deals.create --dealname x --dealstage closedwon").await;
    let is_plain = |run: &Run| !run.seen().chars().any(|c| c.is_control() && c != '\n');
    assert!(run.code == 1 && run.err.contains("no\u{fffd}]0;owned\u{fffd} \u{fffd}[2Jdeal"), "{run:?}");
    assert!(is_plain(&run), "{run:?}");
    let input = r#"[{ "dealname": "x", "dealstage": "closedwon" }]"#;
    bench.sandbox.inject(Fault::status(400).json(&refused).path("/crm/"));
    let run = bench.run_with(&["deals.batch_create", "--from", "-"], input).await;
    assert!(run.code == 4 && run.err.contains("input 1: ") && is_plain(&run), "{run:?}");
    // And what it answers.
    let deal = json!({
        "id": "1", "createdAt": "2027-01-01T00:00:00Z", "updatedAt": "2027-01-01T00:00:00Z", "archived": false,
        "properties": { "dealname": "x\u{1b}[31m", "dealstage": "\u{1b}[2J" },
    });
    bench.sandbox.inject(Fault::status(200).json(&deal).path("/crm/"));
    let run = bench.run("deals.get --deal-id 1").await;
    assert!(run.code == 0 && run.out.contains("x\u{fffd}[31m") && is_plain(&run), "{run:?}");
}

#[tokio::test]
async fn options_may_stand_before_the_action() {
    let bench = Bench::seeded(1).await;
    let run = bench.run("--json --limit 1 deals.list").await;
    assert_eq!(run.json().as_array().map(Vec::len), Some(1), "{run:?}");
    // What decides which actions there are cannot stand behind one.
    for (words, help) in [
        ("hubspot deals.list --extend specs/hubspot", "connector run --extend FOLDER CONNECTOR ACTION …"),
        ("notes.get --path specs/acme --id 7", "connector run --path FOLDER ACTION …"),
    ] {
        let words: Vec<_> = ["run"].into_iter().chain(words.split(' ')).collect();
        let run = bench.connector(&words).await;
        assert!(run.code == 2 && run.err.contains(help), "{run:?}");
    }
    let run = bench.connector(&["run", "hubspot", "--json"]).await;
    assert!(run.code == 2 && run.err.contains("no action was named"), "{run:?}");
}
