//! Profiles: kept, listed, shown, edited, selected, deleted; and how a secret comes in.

use super::bench::{Bench, files_hold};

#[tokio::test]
async fn a_profile_from_add_to_remove() {
    let bench = Bench::start().await;
    let secret = bench.sandbox.app().client_secret;
    let run = bench.run("profile list hubspot").await;
    assert!(run.out.contains("There is no profile yet"), "{run:?}");
    let run = bench.run("authorize hubspot").await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("error: there is no authorization profile for HubSpot yet"), "{run:?}");
    assert!(run.err.contains("help: make one with `connector auth profile add hubspot`"), "{run:?}");

    let run = bench.add_profile("--profile mine").await;
    assert!(run.out.contains("It is the selected one now."), "{run:?}");
    assert!(run.out.contains("http://localhost:8765/callback"), "{run:?}");
    let other = "--profile other --callback-url https://you.example/cb --scopes crm.objects.deals.read --pkce true --json";
    let run = bench.add_profile(other).await;
    assert_eq!((run.json()["selected"].as_bool(), run.json()["pkce"].as_bool()), (Some(false), Some(true)));

    let list = bench.run("profile list hubspot --json").await.json();
    let names: Vec<_> = list.as_array().expect("a list").iter().map(|one| one["name"].as_str()).collect();
    assert_eq!(names, [Some("mine"), Some("other")]);

    assert_eq!(bench.run("profile select hubspot --profile other").await.code, 0);
    let shown = bench.run("profile show hubspot").await;
    for text in ["other (selected)", "https://you.example/cb", "kept, never shown", &bench.sandbox.url()] {
        assert!(shown.out.contains(text), "{text} in {shown:?}");
    }
    let run = bench
        .run("profile edit hubspot --profile other --client-id new-id --optional-scopes a,b --authorize-param x=1 --authorize-param y=2 --json")
        .await;
    assert_eq!(run.json()["client_id"], "new-id");
    assert_eq!(run.json()["optional_scopes"].as_array().map(Vec::len), Some(2));
    assert_eq!(run.json()["authorize_params"], serde_json::json!({ "x": "1", "y": "2" }));
    assert!(run.err.contains("warning: the spec does not know the scope `a`"), "{run:?}");
    let run = bench
        .run("profile edit hubspot --profile other --optional-scopes= --authorize-param x=3 --authorize-param y=")
        .await;
    assert!(
        !run.seen().contains("Optional scopes") && run.out.contains("Extra parameters        x=3\n"),
        "{run:?}"
    );
    let run = bench.run("profile edit hubspot --profile other").await;
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("nothing was given that could be changed"), "{run:?}");
    let run = bench
        .run_with("profile edit hubspot --profile other --client-secret-stdin", "another-secret\n")
        .await;
    assert_eq!(run.code, 0, "{run:?}");

    for text in [&shown.seen(), &run.seen(), &bench.run("profile list hubspot --json").await.seen()] {
        assert!(!text.contains(&secret) && !text.contains("another-secret"), "{text}");
    }
    assert!(!files_hold(&bench.folder(), secret.as_bytes()), "the secret is in a file");
    assert!(!files_hold(&bench.folder(), b"another-secret"), "the secret is in a file");

    assert_eq!(bench.run("profile remove hubspot --profile other").await.code, 0);
    let run = bench.run("profile show hubspot --profile other").await;
    assert_eq!(run.code, 1);
    assert!(run.err.contains("there is no authorization profile `other`"), "{run:?}");
    assert!(run.err.contains("help: `connector auth profile list hubspot` shows which there are"), "{run:?}");
}

#[tokio::test]
async fn a_secret_is_never_an_argument() {
    let bench = Bench::start().await;
    for words in ["--client-secret hush", "--client-secret=hush", "--client-secret"] {
        let run = bench.run(&format!("profile add hubspot --client-id id {words}")).await;
        assert_eq!(run.code, 2, "{run:?}");
        assert!(
            run.err.contains("not taken as an argument") && run.err.contains("--client-secret-stdin"),
            "{run:?}"
        );
        assert!(!run.seen().contains("hush"), "{run:?}");
    }
    let run = bench.run("profile add hubspot --client-id id").await;
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.err.contains("no terminal to ask for the client secret"), "{run:?}");
    let mut command = bench.command("profile add hubspot --client-id id");
    let run = Bench::end({
        command.env("CONNECTOR_CLIENT_SECRET", "from-the-environment");
        command
    })
    .await;
    assert_eq!(run.code, 0, "{run:?}");
}

#[tokio::test]
async fn what_is_wrong_with_a_profile_is_said() {
    let bench = Bench::start().await;
    let add = "profile add hubspot --client-id id --client-secret-stdin";
    for (words, text) in [
        (
            "--callback-url http://127.0.0.1:8765/callback",
            "names an IP address, which HubSpot refuses; write `localhost`",
        ),
        ("--callback-url http://you.example/callback", "must be https, or http on localhost"),
        ("--scopes crm.object.deals.read", "did you mean `crm.objects.deals.read`?"),
        ("--authorize-param state=mine", "`state` cannot be an extra parameter of the authorize link"),
        (
            "--token-url https://me:hush@api.example/token",
            "`https://…@api.example/token` must not hold a user name or password",
        ),
        ("--profile a/b", "must start with a letter or digit"),
        ("--profile system", "is the operator's profile"),
        ("--base-url api.example", "must start with https://"),
    ] {
        let run = bench.run_with(&format!("{add} {words}"), "hush").await;
        assert_eq!(run.code, 1, "{words}: {run:?}");
        assert!(run.err.contains(text) && !run.err.contains("hush"), "{words}: {run:?}");
    }
    let words = format!("{add} --token-url https://api.hubapi.com/oauth/v1/token");
    let run = bench.run_with(&words, "hush").await;
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.err.starts_with("warning: ") && run.err.contains("2027-02-16"), "{run:?}");
    let run = bench.run_with(add, "hush").await;
    assert!(run.err.contains("there is an authorization profile `default` already"), "{run:?}");
    assert!(run.err.contains("`connector auth profile edit hubspot --profile default`"), "{run:?}");
    let run = bench.run("profile list nosuch").await;
    assert_eq!(run.code, 1, "{run:?}");
}

#[tokio::test]
async fn the_operators_profile_comes_from_the_environment() {
    let bench = Bench::start().await;
    let mut command = bench.command("profile list hubspot --json");
    command.env("HUBSPOT_CLIENT_ID", "operator").env("HUBSPOT_CLIENT_SECRET", "hush");
    let run = Bench::end(command).await;
    assert!(run.err.contains("the environment variable `HUBSPOT_CALLBACK_URL` is not set"), "{run:?}");
    let file = bench.home.path().join("hubspot.json");
    let json =
        r#"{"client_id": "in-a-file", "client_secret": "hush", "callback_url": "https://you.example/cb"}"#;
    std::fs::write(&file, json).expect("written");
    let mut command = bench.command("profile list hubspot --json");
    command.env("HUBSPOT_PROFILE_FILE", &file);
    let run = Bench::end(command).await;
    assert_eq!(run.json()[0]["name"], "system");
    assert_eq!(run.json()[0]["client_id"], "in-a-file");
    assert!(!run.seen().contains("hush"), "{run:?}");
    // It is the operator's.
    for words in ["remove hubspot --profile system --with-connections", "edit hubspot --pkce true"] {
        let mut command = bench.command(&format!("profile {words}"));
        command.env("HUBSPOT_PROFILE_FILE", &file);
        let run = Bench::end(command).await;
        assert_eq!(run.code, 1, "{run:?}");
        assert!(run.err.contains("the operator's profile is set in the environment"), "{run:?}");
    }
}

#[tokio::test]
async fn one_of_several_profiles_has_to_be_chosen() {
    let bench = Bench::start().await;
    for name in ["first", "second"] {
        bench.add_profile(&format!("--profile {name}")).await;
    }
    assert_eq!(bench.run("profile remove hubspot --profile first").await.code, 0);
    assert_eq!(bench.run("profile show hubspot --json").await.json()["name"], "second", "the only one");
    bench.add_profile("--profile third").await;
    assert_eq!(bench.run("profile remove hubspot --profile third").await.code, 0);
    bench.add_profile("--profile fourth --json").await;
    bench.add_profile("--profile fifth --json").await;
    assert_eq!(bench.run("profile remove hubspot --profile fourth").await.code, 0);
    let run = bench.run("status hubspot").await;
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.err.contains("none is selected; name one of fifth, second, or select one"), "{run:?}");
    assert!(
        run.err.contains(
            "help: add `--profile NAME`, or select one with `connector auth profile select hubspot"
        ),
        "{run:?}"
    );
}

#[tokio::test]
async fn a_connector_in_a_folder_has_profiles_too() {
    let bench = Bench::start().await;
    let folder = bench.home.path().join("acme");
    std::fs::create_dir(&folder).expect("made");
    let connector = r#"{ "spec_version": 1, "name": "acme", "title": "Acme", "base_url": "https://api.acme.example",
        "auth": { "oauth2": { "authorization_url": "https://acme.example/authorize", "token_url": "https://acme.example/token" } } }"#;
    let notes = r#"{ "title": "Notes", "actions": { "ping": { "title": "Ping", "http": "GET /ping", "effect": "read" } } }"#;
    std::fs::write(folder.join("connector.json"), connector).expect("written");
    std::fs::write(folder.join("notes.json"), notes).expect("written");
    let words = format!("profile add {} --client-id id --client-secret-stdin --json", folder.display());
    let run = bench.run_with(&words, "hush").await;
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(run.json()["connector"], "acme");
    assert_eq!(run.json()["token_url"], "https://acme.example/token");
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_kept_is_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::start().await;
    bench.add_profile("").await;
    let mode = |path: &std::path::Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(mode(&bench.folder()), 0o700);
    for entry in std::fs::read_dir(bench.folder()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn where_a_token_goes_that_nobody_authorizes() {
    let bench = Bench::start().await;
    for words in
        ["authorize stripe", "profile add stripe --client-id x", "profile list stripe", "status stripe"]
    {
        let run = bench.run(words).await;
        assert_eq!(run.code, 1, "{words}: {run:?}");
        let told = "error: Stripe has no OAuth 2.0, so that there is nothing to authorize here\nhelp: put its token (Secret key) into the \
                    environment variable `STRIPE_ACCESS_TOKEN`";
        assert!(run.err.starts_with(told), "{words}: {}", run.err);
    }
}

/// What a sandbox gives out is no token of the real API, which need not see it.
#[tokio::test]
async fn tokens_of_this_machine_stay_here() {
    let bench = Bench::start().await;
    let url = bench.sandbox.url();
    let words = format!("profile add hubspot --client-id id --client-secret-stdin --base-url {url}");
    let run = bench.run_with(&words, "a-secret\n").await;
    assert_eq!(run.code, 0, "{run:?}");
    let told = format!(
        "the tokens of the profile `default` come from {url}, and this would send one to https://api.hubapi.com"
    );
    for words in ["run hubspot deals.list", "pull hubspot --check"] {
        let mut command = bench.connector();
        command.args(words.split(' '));
        let run = Bench::end(command).await;
        assert!(run.code == 2 && run.err.replace("\n       ", " ").contains(&told), "{words}: {run:?}");
        assert!(run.err.contains(&format!("`--base-url {url}`")), "{words}: {run:?}");
    }
}
