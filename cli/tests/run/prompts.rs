//! Questions on a terminal. `script` (util-linux) makes one; where there is none, this is not tested.

use std::path::Path;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::bench::{Bench, Run};

/// Runs an action on a terminal, and answers each of these questions when it is asked.
async fn on_a_terminal(bench: &Bench, words: &str, answers: &[(&str, &str)]) -> Option<Run> {
    if !Path::new("/usr/bin/script").exists() {
        println!("NOT TESTED: questions, since there is no `script` to make a terminal");
        return None;
    }
    let url = bench.sandbox.url();
    let line = format!("{} run --base-url {url} hubspot {words}", env!("CARGO_BIN_EXE_connector"));
    let mut command = bench.command("/usr/bin/script");
    command.args(["-qefc", &line, "/dev/null"]).env("TERM", "xterm").stdin(std::process::Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let (mut stdin, mut stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
    let talk = async {
        let (mut seen, mut from) = (Vec::new(), 0);
        for (question, answer) in answers {
            loop {
                let text = String::from_utf8_lossy(&seen).into_owned();
                if let Some(at) = text.get(from..).and_then(|rest| rest.find(question)) {
                    from += at + question.len();
                    break;
                }
                let more = stdout.read_buf(&mut seen).await.expect("text");
                assert!(more > 0, "`{question}` was not asked: {text}");
            }
            if answer.contains('\u{3}') {
                // Before the command reads keys, the terminal makes a signal of it, which ends the command at once.
                tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            }
            stdin.write_all(answer.as_bytes()).await.expect("it reads");
        }
        stdout.read_to_end(&mut seen).await.expect("text");
        seen
    };
    let seen = tokio::time::timeout(std::time::Duration::from_secs(60), talk).await.expect("it ends");
    let status = child.wait().await.expect("it ends");
    Some(Run::of(status.code(), &seen, &[]))
}

const DOWN: &str = "\u{1b}[B";

#[tokio::test]
async fn what_is_missing_is_asked_in_the_specs_words() {
    let bench = Bench::seeded(0).await;
    let answers = [
        ("What is the deal called?", "Asked\r"),
        // From the account: the pipeline first, since the stages depend on it.
        ("Which pipeline is the deal in?", "\r"),
        ("Which stage is the deal in?", &format!("{DOWN}{DOWN}\r")),
    ];
    let Some(run) = on_a_terminal(&bench, "deals.create --amount 5", &answers).await else { return };
    assert_eq!(run.code, 0, "{run:?}");
    let sent = bench.sandbox.requests().pop().expect("a request");
    let paths: Vec<_> = bench.sandbox.requests().iter().map(|request| request.path.clone()).collect();
    assert!(paths.iter().any(|path| path.ends_with("/deals/default/stages")), "{paths:?}");
    assert!(sent.path.ends_with("/deals"), "{paths:?}");
    let found = bench.run("deals.search --filter dealname=Asked --json").await.json();
    let deal = &found["items"][0];
    assert_eq!(
        (&deal["dealstage"], &deal["pipeline"]),
        (&"presentationscheduled".into(), &"default".into()),
        "{deal}"
    );
}

#[tokio::test]
async fn whoever_cannot_be_authorized_is_asked_nothing() {
    let bench = Bench::seeded(0).await;
    let Some(run) = on_a_terminal(&bench, "deals.create --token-env NO_TOKEN", &[]).await else { return };
    assert!(run.code == 2 && run.out.contains("`NO_TOKEN` holds no access token"), "{run:?}");
    let run = on_a_terminal(&bench, "deals.create --connection team", &[]).await.expect("as before");
    assert!(
        run.code == 1 && run.out.contains("there is no authorization profile for HubSpot yet"),
        "{run:?}"
    );
    // Words are not cut at the end of a line.
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        text.contains(
            "make one with `connector auth profile add hubspot`, or put a token into `HUBSPOT_ACCESS_TOKEN`"
        ),
        "{run:?}"
    );
    assert!(!run.out.contains("deal called"), "{run:?}");
}

#[tokio::test]
async fn a_wrong_answer_is_asked_for_again() {
    let bench = Bench::seeded(0).await;
    // Where nothing was given, one chooses what to fill: a field is found by a part of its name.
    let answers = [
        ("Create a contact: which field?", "closedate\r"),
        ("become a customer?", "soon\r"),
        ("expected a time", "\u{8}\u{8}\u{8}\u{8}2027-03-31\r"),
        ("Create a contact: which field?", "first name\r"),
        ("(Ada)", "Grace\r"),
        ("Create a contact: which field?", "\r"),
    ];
    let Some(run) = on_a_terminal(&bench, "contacts.create", &answers).await else { return };
    assert!(run.code == 0 && run.out.contains("Grace") && run.out.contains("2027-03-31"), "{run:?}");
}

#[tokio::test]
async fn what_is_typed_and_fits_no_choice_is_told() {
    let bench = Bench::seeded(0).await;
    let answers = [
        // The account's own choices are open: the text can be used, but is looked at first.
        ("Which pipeline is the deal in?", "zzz"),
        ("no choice fits `zzz`", "\u{8}\u{8}\u{8}\r"),
        ("Which stage is the deal in?", "47-11"),
        ("no choice fits `47-11`", "\r"),
    ];
    let Some(run) = on_a_terminal(&bench, "deals.create --dealname Own --dry-run", &answers).await else {
        return;
    };
    assert!(run.code == 0 && run.out.contains("\"dealstage\": \"47-11\""), "{run:?}");

    // A field is one of those that there are.
    let answers = [
        ("Create a contact: which field?", "zzz\r"),
        ("no field fits `zzz`; Backspace takes letters back", "\u{3}"),
    ];
    let run = on_a_terminal(&bench, "contacts.create", &answers).await.expect("as before");
    assert!(run.code == 1 && run.out.contains("cancelled; nothing was sent"), "{run:?}");
    // The cursor, which is hidden while one chooses, is there again.
    assert!(run.out.rfind("\u{1b}[?25h") > run.out.rfind("\u{1b}[?25l"), "{run:?}");
}

#[tokio::test]
async fn what_cannot_be_undone_is_confirmed() {
    let bench = Bench::seeded(0).await;
    let answers = [
        ("Which contact's values shall be kept?", "1\r"),
        ("Which contact shall be merged into it?", "2\r"),
        ("Merge these two contacts into one? This cannot be undone.", "n"),
    ];
    let Some(run) = on_a_terminal(&bench, "contacts.merge", &answers).await else { return };
    assert!(run.code == 1 && run.out.contains("not confirmed; nothing was sent"), "{run:?}");
    assert_eq!(bench.requests(), 0);
}

#[tokio::test]
async fn a_delete_is_confirmed() {
    let bench = Bench::seeded(1).await;
    let id =
        bench.run("deals.list --json").await.json()["items"][0]["id"].as_str().expect("an id").to_owned();
    let question = "Move this deal to the recycling bin?";
    let words = format!("deals.delete --deal-id {id}");
    let Some(run) = on_a_terminal(&bench, &words, &[(question, "n")]).await else { return };
    assert_eq!(run.code, 1, "{run:?}");
    assert_eq!(bench.run("deals.list --json").await.json()["items"].as_array().map(Vec::len), Some(1));
    let run = on_a_terminal(&bench, &words, &[(question, "y")]).await.expect("as before");
    assert!(run.code == 0 && run.out.contains("Done."), "{run:?}");
    assert_eq!(bench.run("deals.list --json").await.json()["items"].as_array().map(Vec::len), Some(0));
}

#[tokio::test]
async fn what_an_account_calls_its_choices_steers_no_terminal() {
    let bench = Bench::seeded(0).await;
    let stages = serde_json::json!({ "results": [
        { "id": "\u{1b}]0;owned\u{7}", "label": "Due\u{1b}[31m\nnow", "displayOrder": 0, "metadata": {}, "archived": false },
    ] });
    bench.sandbox.inject(
        typed_connector_sandbox::Fault::status(200)
            .json(&stages)
            .path("/crm/pipelines/2026-09/deals/default/stages"),
    );
    let answers = [("Which stage is the deal in?", "\u{3}")];
    let words = "deals.create --dealname x --pipeline default";
    let Some(run) = on_a_terminal(&bench, words, &answers).await else { return };
    // The choice that is marked is written letter by letter, each in colour.
    let shown = run.out.replace("\u{1b}[36m", "").replace("\u{1b}[0m", "");
    assert!(shown.contains("Due\u{fffd}[31m now (\u{fffd}]0;owned\u{fffd})"), "{shown:?}");
    assert!(!shown.contains("\u{1b}[31m") && !shown.contains("\u{1b}]0;"), "{shown:?}");
}
