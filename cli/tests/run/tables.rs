//! CSV as input: inputs of a batch, and a call for each row.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use typed_connector_sandbox::Fault;

use super::bench::{Bench, Run};

impl Bench {
    fn table(&self, text: &str) {
        std::fs::write(self.path().join("in.csv"), text).expect("written");
    }

    /// All deals, by their names.
    async fn deals(&self) -> Vec<String> {
        let all = self.run("deals.list --all --json").await.json();
        let name = |deal: &Value| deal["dealname"].as_str().unwrap_or_default().to_owned();
        let mut names: Vec<_> = all.as_array().expect("a list").iter().map(name).collect();
        names.sort();
        names
    }
}

/// What is on standard error, without what the bar draws.
fn told(run: &Run) -> Vec<&str> {
    run.err.lines().collect()
}

#[tokio::test]
async fn rows_are_inputs_of_a_batch() {
    let bench = Bench::seeded(0).await;
    bench.table("email,firstname,city\nada@example.com,Ada,London\n,,\n\ngrace@example.com,Grace,\n");
    let run = bench.run("contacts.batch_create --csv-in in.csv --json").await;
    let outcomes = run.json()["outcomes"].clone();
    let rows: Vec<_> =
        outcomes.as_array().expect("a list").iter().map(|one| (&one["row"], &one["outcome"])).collect();
    // Counted as a spreadsheet does, with the empty ones.
    assert_eq!(rows, [(&json!(2), &json!("done")), (&json!(5), &json!("done"))]);
    assert_eq!(outcomes[0]["result"]["city"], "London");
    // An empty cell gave nothing.
    let sent = bench.sandbox.requests();
    let inputs = sent.last().expect("a request").json()["inputs"].clone();
    assert_eq!(inputs[1]["properties"], json!({ "email": "grace@example.com", "firstname": "Grace" }));

    // One of them is there already.
    let input = "email\nada@example.com\nlinus@example.com\n";
    let run = bench.run_with(&["contacts.batch_create", "--csv-in", "-"], input).await;
    assert_eq!(run.code, 4, "{run:?}");
    let lines = told(&run);
    assert!(lines[0].starts_with("row 2: refused: "), "{run:?}");
    assert_eq!(lines[lines.len() - 1], "1 of 2 done.");
    let run = bench.run_with(&["contacts.create", "--csv-in", "-"], input).await;
    assert!(run.err.ends_with("done: none\nnot done: rows 2-3\n0 of 2 done.\n"), "{run:?}");

    // What one command writes, another reads.
    let list = bench.run("contacts.list --all --csv --columns id,city").await;
    let run = bench.run_with(&["contacts.batch_update", "--csv-in", "-"], &list.out).await;
    assert!(run.code == 0 && run.err.ends_with("3 of 3 done.\n"), "{run:?}");
}

#[tokio::test]
async fn many_rows_are_few_requests() {
    let bench = Bench::seeded(0).await;
    let rows = (0..250).map(|number| format!("Row {number},qualifiedtobuy,{number}.50")).collect::<Vec<_>>();
    bench.table(&format!("dealname,dealstage,amount\n{}\n", rows.join("\n")));
    let before = bench.requests();
    let run = bench.run("deals.batch_create --csv-in in.csv --json").await;
    println!("FIGURE csv: 250 rows in {} requests", bench.requests() - before);
    assert_eq!(bench.requests() - before, 3, "{run:?}");
    let outcomes = run.json()["outcomes"].clone();
    assert!(outcomes.as_array().expect("a list").iter().enumerate().all(|(place, one)| {
        one["row"] == place + 2 && one["result"]["dealname"] == format!("Row {place}")
    }));
    assert_eq!(bench.deals().await.len(), 250);
}

#[tokio::test]
async fn rows_are_calls_of_other_actions() {
    let bench = Bench::seeded(0).await;
    bench.table("dealname,dealstage,amount\nOne,Closed won,1\nTwo,qualifiedtobuy,\nThree,closedlost,3\nFour,closedwon,4\n");
    let refused = json!({ "status": "error", "message": "no \u{1b}[31mmore\u{1b}[0m deals", "category": "VALIDATION_ERROR" });
    // The third call is refused; the others are made.
    bench.sandbox.inject(Fault::latency(Duration::ZERO).times(2).path("/crm/"));
    bench.sandbox.inject(Fault::status(400).json(&refused).path("/crm/"));
    let run = bench.run("deals.create --csv-in in.csv --description same").await;
    assert_eq!(run.code, 4, "{run:?}");
    assert!(!run.err.contains('\u{1b}') && run.err.contains("row 4: "), "{run:?}");
    assert!(run.err.contains("no \u{fffd}[31mmore"), "{run:?}");
    assert!(run.err.ends_with("done: rows 2-3, 5\nnot done: rows 4\n3 of 4 done.\n"), "{run:?}");
    assert_eq!(bench.deals().await, ["Four", "One", "Two"]);
    let first =
        bench.sandbox.requests().iter().find(|request| request.method == "POST").expect("a call").json();
    assert_eq!(
        first["properties"],
        json!({ "dealname": "One", "dealstage": "closedwon", "amount": "1", "description": "same" })
    );
}

#[tokio::test]
async fn what_nobody_knows_and_what_was_not_tried_is_told() {
    let bench = Bench::seeded(0).await;
    bench.table("dealname,dealstage\nOne,closedwon\nTwo,closedwon\nThree,closedwon\n");
    bench.sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    bench.sandbox.inject(Fault::cut().after_acting().path("/crm/"));
    let run = bench.run("deals.create --csv-in in.csv --json").await;
    assert_eq!(run.code, 5, "{run:?}");
    let json: Value = serde_json::from_str(&run.out).expect("JSON");
    let outcomes: Vec<_> =
        json.as_array().expect("a list").iter().map(|row| (&row["row"], &row["outcome"])).collect();
    assert_eq!(
        outcomes,
        [(&json!(2), &json!("done")), (&json!(3), &json!("unknown")), (&json!(4), &json!("done"))]
    );

    // A token that ends: the rows behind it would only be refused too.
    bench.sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    bench.sandbox.inject(Fault::status(401).path("/crm/"));
    let before = bench.requests();
    let run = bench.run("deals.create --csv-in in.csv").await;
    assert_eq!((run.code, bench.requests() - before), (4, 2), "{run:?}");
    assert!(
        run.err.ends_with("done: rows 2\nnot done: rows 3-4\nnot tried: rows 4\n1 of 3 done.\n"),
        "{run:?}"
    );
    // Where nothing at all was done, that error is the command's.
    bench.sandbox.inject(Fault::status(401).path("/crm/"));
    let run = bench.run("deals.create --csv-in in.csv").await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.err.contains("not tried: rows 3-4") && run.err.contains("help: the API did not take the token"),
        "{run:?}"
    );
}

#[tokio::test]
async fn mistakes_name_row_column_and_field_and_nothing_is_sent() {
    let bench = Bench::seeded(0).await;
    bench.table("dealname,dealstage,amount,closedate\nOne,closedwon,a lot,2027-03-31\nTwo,closedwon,2,soon\n,closedwon,3,\n");
    for action in ["deals.create", "deals.batch_create"] {
        let run = bench.run(&format!("{action} --csv-in in.csv")).await;
        assert_eq!((run.code, bench.requests()), (2, 0), "{run:?}");
        assert!(run.err.contains("row 2, column `amount`: expected a decimal"), "{run:?}");
        assert!(run.err.contains("found \"a lot\""), "{run:?}");
        assert!(run.err.contains("row 3, column `closedate`: "), "{run:?}");
        println!("{}", run.err);
    }
    let run = bench.run("deals.create --csv-in in.csv --from in.json").await;
    assert_eq!(run.code, 2, "{run:?}");
    bench.table("dealname,dealstage\nOne,closedwon\n");
    let run = bench.run("deals.batch_create --csv-in in.csv --inputs [] --dry-run").await;
    assert!(run.code == 2 && run.err.contains("of `--inputs` and `--csv-in`, one can be given"), "{run:?}");
    bench.table("dealname,stage\nOne,closedwon\n");
    let run = bench.run("deals.create --csv-in in.csv").await;
    assert!(run.code == 2 && run.err.contains("in.csv: column `stage` is no field"), "{run:?}");
    bench.table("dealname;dealstage\nOne;closedwon\n");
    let run = bench.run("deals.create --csv-in in.csv").await;
    assert!(run.code == 2 && run.err.contains("separated by semicolons; save"), "{run:?}");
}

#[tokio::test]
async fn what_would_be_sent_and_what_is_asked() {
    let bench = Bench::seeded(3).await;
    let ids = bench.run("deals.list --all --csv --columns id").await.out.replacen("id", "dealId", 1);
    bench.table(&ids);
    let count = bench.deals().await.len();
    let before = bench.requests();
    let run = bench.run("deals.delete --csv-in in.csv --dry-run").await;
    assert_eq!((run.code, run.out.matches("DELETE ").count()), (0, count), "{run:?}");
    let run = bench.run("deals.delete --csv-in in.csv").await;
    assert!(run.code == 2 && run.err.contains("add `--yes`"), "{run:?}");
    assert_eq!(bench.requests(), before);
    let run = bench.run("deals.delete --csv-in in.csv --yes").await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(bench.deals().await.is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn where_nobody_reads_it_ends_and_tells_what_was_done() {
    let bench = Bench::seeded(0).await;
    let url = bench.sandbox.url();
    let unread = async |words: &[&str]| {
        let mut command = bench.command(env!("CARGO_BIN_EXE_connector"));
        command.args(["run", "--base-url", &url, "hubspot"]).args(words);
        let mut child = command.stdin(Stdio::null()).spawn().expect("it starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().await.expect("it ends");
        Run::of(output.status.code(), &output.stdout, &output.stderr)
    };
    bench.table("dealname,dealstage\nOne,closedwon\nTwo,closedwon\nThree,closedwon\n");
    for format in ["--json", "--csv"] {
        let run = unread(&["deals.create", "--csv-in", "in.csv", format]).await;
        assert_eq!(run.code, 4, "{run:?}");
        assert!(
            run.err.ends_with("done: rows 2\nnot done: rows 3-4\nnot tried: rows 3-4\n1 of 3 done.\n"),
            "{run:?}"
        );
    }
    assert_eq!(bench.deals().await, ["One", "One"]);
    // Inputs of a batch are done by then, or not; what became of them is the exit code.
    bench.table("email\nada@example.com\n");
    assert_eq!(unread(&["contacts.batch_create", "--csv-in", "in.csv", "--csv"]).await.code, 0);
    let run = unread(&["contacts.batch_create", "--csv-in", "in.csv", "--csv"]).await;
    assert!(run.code == 4 && run.err.ends_with("0 of 1 done.\n"), "{run:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn it_ends_after_the_row_that_is_under_way() {
    for signal in ["-INT", "-TERM"] {
        ended_by(signal).await;
    }
}

#[cfg(unix)]
async fn ended_by(signal: &str) {
    let bench = Bench::seeded(0).await;
    bench.table("dealname,dealstage\nOne,closedwon\nTwo,closedwon\nThree,closedwon\n");
    bench.sandbox.inject(Fault::latency(Duration::ZERO).path("/crm/"));
    bench.sandbox.inject(Fault::latency(Duration::from_secs(2)).path("/crm/"));
    let url = bench.sandbox.url();
    let mut command = bench.command(env!("CARGO_BIN_EXE_connector"));
    command.args(["run", "--base-url", &url, "hubspot", "deals.create", "--csv-in", "in.csv"]);
    let child = command.stdin(Stdio::null()).spawn().expect("it starts");
    // The second row is under way as long as its answer takes.
    while bench.requests() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let id = child.id().expect("it runs").to_string();
    std::process::Command::new("kill").args([signal, &id]).status().expect("it is there");
    let output = child.wait_with_output().await.expect("it ends");
    let run = Run::of(output.status.code(), &output.stdout, &output.stderr);
    assert_eq!(run.code, 4, "{run:?}");
    assert!(
        run.err.contains("Ending after this row …") && run.err.contains("not tried: rows 4\n2 of 3 done."),
        "{run:?}"
    );
    assert_eq!(bench.deals().await, ["One", "Two"]);
}
