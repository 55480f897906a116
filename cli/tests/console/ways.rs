//! Other ways than OAuth with a way back to the console; folders of one's own; listening.

use std::time::Duration;

use typed_connector_sandbox::{App, Fault, Sandbox};

use super::bench::{Bench, configure};

#[tokio::test]
async fn a_callback_elsewhere_is_brought_back_by_hand() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let app = bench.sandbox.register_app(App::new("Theirs").redirect_uri("https://you.example/oauth/done"));
    let of_the_app = [
        ("callback_url", "https://you.example/oauth/done"),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
    ];
    let page = configure(&mut visitor, &bench, &of_the_app).await;
    let page = visitor.send(&page, "/connectors/hubspot/authorize", &[]).await;
    assert!(page.text().contains("https://you.example/oauth/done"), "{}", page.text());
    let link =
        page.html.split("href=\"").find(|rest| rest.starts_with(&bench.sandbox.url())).expect("a link");
    let link = link.split('"').next().unwrap_or_default().replace("&amp;", "&");
    let back = visitor.decide(&link, "approve").await;
    assert!(back.starts_with("https://you.example/oauth/done?"), "{back}");
    let wrong = visitor
        .send(
            &page,
            "/connectors/hubspot/paste",
            &[("address", "https://you.example/oauth/done?code=x&state=y")],
        )
        .await;
    assert!(wrong.text().contains("HubSpot was not connected"), "{}", wrong.text());
    let done = visitor.send(&page, "/connectors/hubspot/paste", &[("address", &back)]).await;
    assert!(done.text().contains("Authorization completed successfully"), "{}", done.text());
}

/// What the command line leaves: a profile and connections, and nothing that is configured for the console.
#[tokio::test]
async fn what_the_command_line_has_connected_is_shown_as_that() {
    for (user, who) in [(None, "everybody"), (Some("ada"), "a user")] {
        let bench = Bench::start().await;
        let mut visitor = bench.visitor().await;
        let mode = if user.is_some() { "users" } else { "pre" };
        let page = configure(&mut visitor, &bench, &[("mode", mode)]).await;
        let values: Vec<_> = user.map(|user| ("connection", user)).into_iter().collect();
        let back = visitor.way_back(&page, &values, "approve").await;
        assert_eq!(visitor.returning().open(&back).await.status, 200);
        std::fs::remove_file(bench.data().join("connectors.json")).expect("removed");

        let home = visitor.open("/").await;
        assert!(home.lists("Connected on the command line", "HubSpot"), "{who}: {}", home.text());
        assert!(!home.lists("Available", "HubSpot") && home.lists("Available", "Stripe"), "{}", home.text());
        assert!(home.text().contains("Account 12345678"), "{}", home.text());
        let page = visitor.open("/connectors/hubspot").await;
        for text in ["HubSpot Connected", "Account 12345678", "crm.objects.deals.read", "Made with the app"] {
            assert!(page.text().contains(text), "{who}: {text} in {}", page.text());
        }
        // The configuration starts with what is there: it only has to be saved.
        let page = visitor.open("/connectors/hubspot/configure").await;
        let page = visitor.send(&page, "/connectors/hubspot/configure", &[]).await;
        let access = &bench.configured()["connectors"][0]["access"]["profile"];
        assert_eq!(access["name"], "default", "{}", page.text());
        assert_eq!(access["mode"], if user.is_some() { "users" } else { "pre_authorized" });
        let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
        assert!(page.text().contains("It is enabled"), "{who}: {}", page.text());
    }
}

#[tokio::test]
async fn a_token_is_kept_sealed() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let token = bench.sandbox.access_token();
    let page = visitor.open("/connectors/hubspot/configure").await;
    let empty = visitor.send(&page, "/connectors/hubspot/configure", &[("access", "token")]).await;
    assert!(empty.text().contains("The token is empty"), "{}", empty.text());
    let page =
        visitor.send(&page, "/connectors/hubspot/configure", &[("access", "token"), ("token", &token)]).await;
    assert!(page.text().contains("With a token that is kept sealed"), "{}", page.text());
    let page = visitor.send(&page, "/connectors/hubspot/test", &[]).await;
    assert!(page.text().contains("Done · HTTP 200") && !page.html.contains(&token), "{}", page.text());
    for entry in std::fs::read_dir(bench.data()).expect("a folder") {
        let content = std::fs::read(entry.expect("an entry").path()).unwrap_or_default(); // there is a folder too
        assert!(
            !content.windows(token.len()).any(|window| window == token.as_bytes()),
            "the token is in a file"
        );
    }
    // Commands use it too, as soon as it is saved; only what somebody has disabled is refused.
    let line =
        format!("connector run --base-url {} hubspot deals.list --limit 2 --json", bench.sandbox.url());
    assert_eq!(bench.shell(&line).await.matches("\"dealname\"").count(), 2);
    assert!(bench.shell("connector list").await.contains("sealed, not enabled yet"));
    let page = visitor.open("/connectors/hubspot").await;
    assert!(
        page.text().contains("Until then no action is run here. connector run uses what is saved."),
        "{}",
        page.text()
    );
    let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    let page = visitor.send(&page, "/connectors/hubspot/disable", &[]).await;
    assert!(page.text().contains("HubSpot Disabled"), "{}", page.text());
    let refused = bench.shell(&format!("{line} 2>&1; test $? = 1")).await;
    assert!(refused.contains("error: HubSpot is disabled on this machine"), "{refused}");
    // Saved once more, it stays so.
    let page = visitor.open("/connectors/hubspot/configure").await;
    let page = visitor.send(&page, "/connectors/hubspot/configure", &[("access", "token")]).await;
    assert!(page.text().contains("HubSpot Disabled"), "{}", page.text());
    let page = visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    assert!(page.text().contains("It is enabled"), "{}", page.text());
    let page = visitor.open("/connectors/hubspot/actions/deals.list").await;
    let page = visitor.send(&page, "/connectors/hubspot/actions/deals.list", &[("limit", "2")]).await;
    let out = bench.shell(&format!("{} --json", page.code("On the command line"))).await;
    assert_eq!(out.matches("\"dealname\"").count(), 2, "{out}");
    // Left empty, it stays; deleted, it is gone.
    let page = visitor.open("/connectors/hubspot/configure").await;
    assert!(page.html.contains("placeholder=\"kept\""), "{page:?}");
    let page = visitor.send(&page, "/connectors/hubspot/configure", &[("access", "token")]).await;
    assert!(page.text().contains("The configuration is saved"), "{}", page.text());
    let page = visitor.open("/connectors/hubspot/delete").await;
    assert!(page.text().contains("the token that is kept"), "{}", page.text());
    visitor.send(&page, "/connectors/hubspot/delete", &[]).await;
    let page = visitor.open("/connectors/hubspot/configure").await;
    assert!(!page.html.contains("placeholder=\"kept\""), "{page:?}");
}

#[tokio::test]
async fn folders_of_ones_own_are_read_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("written");
    write(
        "connector.json",
        r#"{ "spec_version": 1, "name": "acme", "title": "Acme <Notes>", "base_url": "https://api.acme.example", "auth": {} }"#,
    );
    write(
        "notes.json",
        r#"{ "title": "Notes", "actions": { "list": { "title": "List notes", "http": "GET /notes", "effect": "read", "returns": "json" } } }"#,
    );
    let path = folder.path().display().to_string();
    let bench = Bench::with(Sandbox::builder(), &["--path", &path], &[]).await;
    let mut visitor = bench.visitor().await;
    let home = visitor.open("/").await;
    assert!(home.lists("Available", "Acme <Notes>") && !home.html.contains("<Notes>"), "{}", home.text());
    let page = visitor.open("/connectors/acme/configure").await;
    let page = visitor.send(&page, "/connectors/acme/configure", &[]).await;
    assert!(page.text().contains("Without authorization"), "{}", page.text());
    assert_eq!(bench.configured()["connectors"][0]["folder"], path.as_str());
    visitor.send(&page, "/connectors/acme/enable", &[]).await;
    write(
        "notes.json",
        r#"{ "title": "Notes", "actions": { "get": { "title": "Get a note", "http": "GET /notes/{id}", "effect": "read",
            "path": { "id": "string" }, "returns": "json" } } }"#,
    );
    let page = visitor.open("/connectors/acme/actions").await;
    assert!(page.text().contains("notes.get") && !page.text().contains("notes.list"), "{}", page.text());
    write("notes.json", "{ \"title\": 1 }");
    let home = visitor.open("/").await;
    assert!(
        home.text().contains("cannot be used: ") && home.text().contains("notes.json:1:"),
        "{}",
        home.text()
    );
    assert_eq!(visitor.open("/connectors/acme").await.status, 404);
}

#[tokio::test]
async fn a_connector_is_installed_in_a_crate() {
    let package = tempfile::tempdir().expect("a folder");
    let file = |name: &str| package.path().join(name);
    std::fs::create_dir(file("src")).expect("made");
    std::fs::write(file("Cargo.toml"), "[package]\nname = \"mine\"\n").expect("written");
    std::fs::write(file("src/lib.rs"), "//! Mine.\n").expect("written");
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let install = "/connectors/hubspot/install";
    let page = visitor.open(install).await;
    let path = package.path().display().to_string();
    for (folder, why) in [("/etc", "is not one in the package"), ("../x", "is not one in the package")] {
        let page = visitor.send(&page, install, &[("package", &path), ("folder", folder)]).await;
        assert!(page.status == 422 && page.text().contains(why), "{}", page.text());
        page.marks(&["folder"]);
    }
    let nowhere = file("src").display().to_string();
    let refused = visitor.send(&page, install, &[("package", &nowhere)]).await;
    assert!(refused.text().contains("has no Cargo.toml"), "{}", refused.text());
    refused.marks(&["package"]);

    let done = visitor.send(&page, install, &[("package", &path)]).await;
    for text in [
        "HubSpot is installed",
        "specs/hubspot/deals.json",
        "hubspot , at the end of src/lib.rs",
        "Still to do",
    ] {
        assert!(done.text().contains(text), "{text} in {}", done.text());
    }
    let module = std::fs::read_to_string(file("src/lib.rs")).expect("there");
    assert!(
        module.contains("#[typed_connector::connector(path = \"specs/hubspot\")]\npub mod hubspot {}"),
        "{module}"
    );
    assert!(file("specs/hubspot/connector.json").is_file());
    // What somebody has changed is not written over unless they say so.
    std::fs::write(file("specs/hubspot/deals.json"), "{}").expect("written");
    let refused = visitor.send(&page, install, &[("package", &path)]).await;
    assert!(
        refused.status == 422 && refused.text().contains("deals.json is there already"),
        "{}",
        refused.text()
    );
    refused.marks(&["force"]);
    assert_eq!(std::fs::read_to_string(file("specs/hubspot/deals.json")).expect("there"), "{}");
    let done = visitor.send(&page, install, &[("package", &path), ("force", "yes")]).await;
    assert!(done.text().contains("is declared in src/lib.rs already"), "{}", done.text());
}

#[tokio::test]
async fn only_this_machine_is_listened_to() {
    let bench = Bench::start().await;
    let listening = |table: &str| {
        let table = std::fs::read_to_string(table).unwrap_or_default();
        let port = format!(":{:04X}", bench.port);
        let lines = table.lines().map(str::to_owned).filter(|line| line.contains(" 0A "));
        let addresses = lines.filter_map(|line| line.split_whitespace().nth(1).map(str::to_owned));
        addresses
            .filter_map(move |address| address.strip_suffix(&port).map(str::to_owned))
            .collect::<Vec<_>>()
    };
    let (four, six) = (listening("/proc/net/tcp"), listening("/proc/net/tcp6"));
    if cfg!(target_os = "linux") {
        assert_eq!(four, ["0100007F"], "127.0.0.1 and nothing else");
    }
    assert!(six.iter().all(|address| address == "00000000000000000000000001000000"), "{six:?}");
    println!("FIGURE listening at {} loopback addresses and no other", four.len() + six.len());
}

/// Stopped while a page waits for tokens that are being refreshed: those before have ended.
#[cfg(unix)]
#[tokio::test]
async fn a_refresh_that_is_under_way_is_kept_when_the_console_stops() {
    const TOKENS: &str = "/oauth/2026-03/token";
    let lifetime = Duration::from_secs(3);
    let sandbox = Sandbox::builder().seed(1).token_lifetime(lifetime).rotate_refresh_tokens(true);
    let mut bench = Bench::with(sandbox, &[], &[]).await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let address = "/connectors/hubspot/actions/contacts.list";
    let page = visitor.open(address).await;
    tokio::time::sleep(lifetime).await;
    let before = bench.shell("connector auth list --json").await;
    bench.sandbox.clear_requests();
    bench.sandbox.inject(Fault::latency(Duration::from_secs(2)).path(TOKENS));
    let waiting = tokio::spawn(async move { visitor.send(&page, address, &[]).await });
    while !bench.sandbox.requests().iter().any(|request| request.path == TOKENS) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // Nobody waits for the page any more.
    waiting.abort();
    bench.stop().await;
    let refreshed = |list: &str| {
        let list: serde_json::Value = serde_json::from_str(list).expect("JSON");
        list[0]["refreshed_at"].as_str().map(str::to_owned)
    };
    let after = refreshed(&bench.shell("connector auth list --json").await);
    assert!(after.is_some() && after != refreshed(&before), "{after:?}, before {before}");
}
