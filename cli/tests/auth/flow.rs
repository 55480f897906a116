//! From the link to a connection, and to its end.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;

use typed_connector_sandbox::{Fault, Sandbox};

use super::bench::{Bench, decide, files_hold, free_port};

#[tokio::test]
async fn authorize_status_token_revoke() {
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let run = bench.authorize("", "approve").await;
    assert_eq!(run.code, 0, "{run:?}");
    for text in
        ["HubSpot is connected as `default`", "12345678", "crm.objects.deals.write", "expires in 30 min"]
    {
        assert!(run.out.contains(text), "{text} in {run:?}");
    }
    let run = bench.authorize("--connection ada --json --scopes crm.objects.deals.read", "approve").await;
    assert_eq!(run.json()["connection"], "ada");
    assert_eq!(run.json()["scopes"].as_array().map(Vec::len), Some(1), "{run:?}");

    let list = bench.run("list --json").await.json();
    let keys: Vec<_> =
        list.as_array().expect("a list").iter().map(|one| one["connection"].as_str()).collect();
    assert_eq!(keys, [Some("ada"), Some("default")]);
    assert!(bench.run("list other").await.out.contains("No account is connected yet"));

    let run = bench.run("status hubspot --json").await;
    assert_eq!(run.code, 0, "{run:?}");
    let status = run.json();
    assert_eq!((&status["state"], &status["introspection"]["active"]), (&"active".into(), &true.into()));
    assert_eq!(status["introspection"]["account_id"], "12345678");
    let run = bench.run("status hubspot").await;
    assert!(run.out.contains("HubSpot       the access token is valid for 30 min"), "{run:?}");

    let run = bench.run("token hubspot").await;
    assert_eq!((run.code, run.out.as_str()), (2, ""), "{run:?}");
    let token = bench.run("token hubspot --print").await.out.trim().to_owned();
    assert!(token.starts_with("CN"), "{token}");
    assert!(!files_hold(&bench.folder(), token.as_bytes()), "the token is in a file");

    bench.sandbox.expire_tokens();
    let run = bench.run("status hubspot --json").await;
    assert_eq!(run.json()["introspection"]["active"], true, "{run:?}");
    assert!(run.json()["refreshed_at"].is_string(), "{run:?}");

    let run = bench.run("revoke hubspot").await;
    assert!(run.out.contains("HubSpot has revoked the connection `default`"), "{run:?}");
    let run = bench.run("status hubspot").await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("there is no connection `default`"), "{run:?}");
    assert!(run.err.contains("help: connect the account with `connector auth authorize hubspot`"), "{run:?}");

    let run = bench.run("profile remove hubspot --profile default").await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("1 connection made with it would be lost: `ada`"), "{run:?}");
    assert_eq!(bench.run("disconnect hubspot --connection ada").await.code, 0);
    let run = bench.run("disconnect hubspot --connection ada").await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(
        run.err
            .contains("help: connect the account with `connector auth authorize hubspot --connection ada`"),
        "{run:?}"
    );
    assert_eq!(bench.run("profile remove hubspot --profile default").await.code, 0);
}

#[tokio::test]
async fn a_connection_that_was_taken_back_needs_a_person() {
    let bench = Bench::with(Sandbox::builder().token_lifetime(Duration::from_secs(1))).await;
    bench.add_profile("").await;
    assert_eq!(bench.authorize("", "approve").await.code, 0);
    let dead =
        serde_json::json!({ "error": "invalid_grant", "error_description": "the app was uninstalled" });
    tokio::time::sleep(Duration::from_millis(1100)).await;
    bench.sandbox.inject(Fault::status(400).json(&dead).path("/oauth/2026-03/token"));
    let run = bench.run("status hubspot").await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.out.contains("needs authorization"), "{run:?}");
    let run = bench.run("token hubspot --print").await;
    assert_eq!((run.code, run.out.as_str()), (3, ""), "{run:?}");
    assert_eq!(bench.authorize("", "approve").await.code, 0);
    assert_eq!(bench.run("status hubspot --offline").await.code, 0);
}

#[tokio::test]
async fn a_refusal_is_told_in_both_places() {
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let run = bench.authorize("", "cancel").await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("error: the authorization was refused: access_denied"), "{run:?}");
    assert!(bench.run("list --json").await.json().as_array().expect("a list").is_empty());
}

#[tokio::test]
async fn nobody_comes_back() {
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let words = format!("authorize hubspot --no-browser --timeout 1 --port {}", free_port());
    let run = bench.run(&words).await;
    assert_eq!(run.code, 3, "{run:?}");
    assert!(run.err.contains("error: nobody came back from the provider within 1 s"), "{run:?}");
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port();
    let run = bench.run(&format!("authorize hubspot --no-browser --port {port}")).await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains(&format!("cannot listen on port {port}")), "{run:?}");
    assert!(run.err.contains("`--port`"), "{run:?}");
}

#[tokio::test]
async fn the_address_can_be_pasted_where_the_browser_is_elsewhere() {
    let bench = Bench::start().await;
    let port = free_port();
    bench.add_profile(&format!("--callback-url http://localhost:{port}/callback")).await;
    let mut child = bench
        .command("authorize hubspot --paste")
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("the command starts");
    let mut stdin = child.stdin.take().expect("piped");
    let mut err = tokio::io::BufReader::new(child.stderr.take().expect("piped"));
    let link = loop {
        let mut line = String::new();
        tokio::io::AsyncBufReadExt::read_line(&mut err, &mut line).await.expect("text");
        if line.trim().starts_with("http") {
            break line.trim().to_owned();
        }
    };
    // Nothing listens there: the browser shows an error, and the address is in its bar.
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = http.post(&link).form(&[("decision", "approve")]).send().await.expect("a redirect");
    let location = answer.headers().get("location").expect("where to").to_str().expect("text").to_owned();
    stdin.write_all(format!("{location}\n").as_bytes()).await.expect("it reads");
    let output = child.wait_with_output().await.expect("it ends");
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("HubSpot is connected"), "{output:?}");
}

#[tokio::test]
async fn what_to_paste_is_said_where_nothing_is() {
    let bench = Bench::start().await;
    bench.add_profile("--callback-url https://you.example/callback").await;
    let run = bench.run("authorize hubspot").await;
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("https://you.example/callback"), "{run:?}");
    assert!(
        run.err.contains("error: nothing was pasted") && run.err.contains("the whole address"),
        "{run:?}"
    );
    // Who waits for input that does not come ends when the time is over.
    let mut child = bench.command("authorize hubspot --timeout 1");
    let mut child = child.stdin(std::process::Stdio::piped()).spawn().expect("the command starts");
    let _silent = child.stdin.take();
    let output = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await;
    let output = output.expect("it ends by itself").expect("it ran");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
}

#[tokio::test]
async fn the_state_is_in_no_process_arguments() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let bench = Bench::start().await;
    bench.add_profile("").await;
    // A browser that tells what it was started with.
    let folder = bench.home.path().join("bin");
    std::fs::create_dir(&folder).expect("made");
    let told = bench.home.path().join("told");
    let script = format!("#!/bin/sh\necho \"$@\" > {0}.new && mv {0}.new {0}\n", told.display());
    let browser = folder.join("xdg-open");
    std::fs::write(&browser, script).expect("written");
    #[cfg(unix)]
    std::fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("set");
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    let mut command = bench.command(&format!("authorize hubspot --port {}", free_port()));
    let child = command.env("PATH", path).spawn().expect("the command starts");
    let address = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            match std::fs::read_to_string(&told) {
                Ok(text) => break text.trim().to_owned(),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    })
    .await
    .expect("a browser is started");
    assert!(address.starts_with("http://localhost:") && !address.contains("state"), "{address}");
    // It leads on to the link, once.
    drop(rustls::crypto::ring::default_provider().install_default());
    let http =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let answer = http.get(&address).send().await.expect("an answer");
    let link = answer.headers().get("location").expect("where to").to_str().expect("text").to_owned();
    assert!(link.contains("state="), "{link}");
    assert_eq!(http.get(&address).send().await.expect("an answer").status().as_u16(), 404);
    let (status, page) = decide(&link, "approve").await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("Authorization completed") && page.contains("12345678"), "{page}");
    assert!(child.wait_with_output().await.expect("it ends").status.success());
}

#[tokio::test]
async fn a_refresh_that_is_under_way_is_not_cut() {
    // In the second half of its life, and with more than ten seconds left, a token is used and refreshed meanwhile.
    let lifetime = Duration::from_secs(32);
    let bench = Bench::with(Sandbox::builder().token_lifetime(lifetime).rotate_refresh_tokens(true)).await;
    bench.add_profile("").await;
    assert_eq!(bench.authorize("", "approve").await.code, 0);
    tokio::time::sleep(Duration::from_secs(14)).await;
    let rows = bench.home.path().join("in.csv");
    std::fs::write(&rows, "dealname,dealstage\nOne,closedwon\nTwo,closedwon\n").expect("written");
    // The first call is made with a fresh token, and answered when that is fresh no more; the refresh takes longer than the second.
    bench.sandbox.inject(Fault::latency(Duration::from_secs(4)).path("/crm/"));
    bench.sandbox.inject(Fault::latency(Duration::from_secs(2)).path("/oauth/2026-03/token"));
    let mut run = bench.connector();
    run.args(["run", "--base-url", &bench.sandbox.url(), "hubspot", "deals.create", "--csv-in"]).arg(&rows);
    let run = Bench::end(run).await;
    assert_eq!(run.code, 0, "{run:?}");
    let asked =
        bench.sandbox.requests().iter().filter(|request| request.path == "/oauth/2026-03/token").count();
    assert_eq!(asked, 2, "a refresh was under way when the last row was answered");
    // What the provider gave is kept: it may have ended the tokens before it.
    let kept = bench.run("status hubspot --offline --json").await.json();
    assert!(kept["refreshed_at"].is_string(), "{kept}");
}
