//! Who is let in, and what others can do: nothing.

use super::bench::{Bench, Page, Visitor, configure};

/// Every address that a form is sent to.
const POSTS: [&str; 13] = [
    "/connectors/hubspot/configure",
    "/connectors/hubspot/profiles/default",
    "/connectors/hubspot/authorize",
    "/connectors/hubspot/paste",
    "/connectors/hubspot/enable",
    "/connectors/hubspot/disable",
    "/connectors/hubspot/disconnect",
    "/connectors/hubspot/delete",
    "/connectors/hubspot/test",
    "/connectors/hubspot/install",
    "/connectors/hubspot/actions/deals.create",
    "/confirm/0",
    "/runs/0/next",
];

/// Addresses that are read.
const GETS: [&str; 7] = [
    "/",
    "/connectors/hubspot",
    "/connectors/hubspot/configure",
    "/connectors/hubspot/actions",
    "/connectors/hubspot/actions/deals.create",
    "/callback?code=c&state=s",
    "/nowhere",
];

fn refused(page: &Page) {
    assert_eq!(page.status, 403, "{page:?}");
    assert!(!page.html.contains("#csrf") && !page.html.contains("HubSpot"), "{page:?}");
    hardened(page);
}

/// What every answer has.
fn hardened(page: &Page) {
    let header =
        |name: &str| page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = header("content-security-policy");
    for part in ["default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{page:?}");
    }
    assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
    for (name, value) in [
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(name), value, "{page:?}");
    }
}

/// A form that would do something: a new profile, and a deal.
fn fields(bench: &Bench, page: &Page, action: &str) -> Vec<(String, String)> {
    let app = bench.sandbox.app();
    let mut fields = page.fields(action);
    for (name, value) in [
        ("access", "new"),
        ("profile_name", "evil"),
        ("client_id", &app.client_id),
        ("client_secret", &app.client_secret),
        ("dealname", "Evil"),
        ("dealstage", "qualifiedtobuy"),
        ("revoke", "yes"),
    ] {
        fields.retain(|(known, _)| known != name);
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

/// What is kept and what the API has seen, to compare.
fn state(bench: &Bench) -> (serde_json::Value, usize) {
    (bench.configured(), bench.sandbox.requests().len())
}

#[tokio::test]
async fn whoever_may_not_does_nothing() {
    let bench = Bench::start().await;
    let mut owner = bench.visitor().await;
    owner.set_up(&bench).await;
    let form = owner.open("/connectors/hubspot/actions/deals.create").await;
    let fields = fields(&bench, &form, "/connectors/hubspot/actions/deals.create");
    let without = |what: &str| fields.iter().filter(|(name, _)| name != what).cloned().collect::<Vec<_>>();
    let before = state(&bench);
    let ours = bench.origin();
    let mut refusals = 0;

    // DNS rebinding: all that a browser has is right, but the name.
    for host in [
        "evil.example",
        &format!("evil.example:{}", bench.port),
        "localhost",
        &format!("127.0.0.1:{}", bench.port),
    ] {
        let mut visitor = owner.clone().header("host", host);
        for address in GETS {
            refused(&visitor.open(address).await);
        }
        refused(&visitor.open(&bench.link.replace(&ours, "")).await);
        for address in POSTS {
            refused(&visitor.post(address, &fields).await);
            refusals += 1;
        }
    }
    // Another program or user of this machine, without the cookie.
    let mut stranger = Visitor::stranger(&bench);
    for address in GETS {
        refused(&stranger.open(address).await);
    }
    for address in POSTS {
        refused(&stranger.post(address, &fields).await);
        refusals += 1;
    }
    // A page elsewhere, with the person's own cookie, and even with the token.
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://localhost:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("sec-fetch-site", "none"),
    ] {
        let mut visitor = owner.clone().header(name, value);
        for address in POSTS {
            refused(&visitor.post(address, &fields).await);
            refusals += 1;
        }
    }
    // A form without the token, or with another one.
    for address in POSTS {
        refused(&owner.post(address, &without("#csrf")).await);
        let mut wrong = without("#csrf");
        wrong.push(("#csrf".to_owned(), "0".repeat(64)));
        refused(&owner.post(address, &wrong).await);
        refusals += 2;
    }
    let elsewhere = owner.post_raw("/connectors/hubspot/disable", "application/json", "{}".to_owned()).await;
    assert_eq!(elsewhere.status, 415, "{elsewhere:?}");

    assert_eq!(state(&bench), before, "something was done");
    // The same form from where it belongs does its work.
    let page = owner.post("/connectors/hubspot/actions/deals.create", &fields).await;
    assert!(page.text().contains("Done · HTTP 201"), "{page:?}");
    println!("FIGURE {refusals} forms were refused over {} addresses, and nothing was done", POSTS.len());
}

#[tokio::test]
async fn pages_are_hardened_and_hold_no_secret() {
    let bench = Bench::start().await;
    let mut owner = bench.visitor().await;
    owner.set_up(&bench).await;
    let secrets = {
        let app = bench.sandbox.app();
        let token = bench.sandbox.access_token();
        let used = bench.sandbox.requests();
        let body = used
            .iter()
            .find(|request| request.path.ends_with("/token"))
            .expect("a token request")
            .body
            .clone();
        let code = body.split('&').find_map(|pair| pair.strip_prefix("code=")).expect("a code").to_owned();
        [app.client_secret, token, code]
    };
    let mut pages = 0;
    let mut look = |page: Page| {
        hardened(&page);
        for secret in &secrets {
            assert!(!page.html.contains(secret), "a secret is in {}", page.address);
        }
        assert!(
            !page.html.contains("<script")
                && !page.html.contains(" style=")
                && !page.html.contains(" onclick"),
            "{page:?}"
        );
        pages += 1;
    };
    for address in GETS.iter().chain(&[
        "/connectors/hubspot/profiles/default",
        "/connectors/hubspot/delete",
        "/style.css",
    ]) {
        look(owner.open(address).await);
    }
    let page = owner.open("/connectors/hubspot").await;
    look(owner.send(&page, "/connectors/hubspot/test", &[]).await);
    // A problem in the form does not bring the secret back either.
    let page = owner.open("/connectors/hubspot/profiles/default").await;
    let values = [("client_secret", secrets[0].as_str()), ("token_url", "http://api.hubapi.com/")];
    let page = owner.send(&page, "/connectors/hubspot/profiles/default", &values).await;
    assert_eq!(page.status, 422, "{page:?}");
    look(page);
    println!("FIGURE {pages} pages without any of {} secrets", secrets.len());
}

#[tokio::test]
async fn the_way_back_is_for_the_browser_that_began() {
    let bench = Bench::start().await;
    let mut owner = bench.visitor().await;
    let page = configure(&mut owner, &bench, &[]).await;
    let back = owner.way_back(&page, &[], "approve").await;
    // Somebody else opens it first, or a link checker does: nothing is used up.
    let other = Visitor::stranger(&bench).open(&back).await;
    assert_eq!(other.status, 403, "{other:?}");
    assert!(other.text().contains("Nothing was connected"), "{other:?}");
    let other = Visitor::stranger(&bench).header("host", "evil.example").open(&back).await;
    assert_eq!(other.status, 403, "{other:?}");
    // Another state, or another path.
    let mut back_again = owner.returning();
    let forged = back.replace("state=", "state=0");
    assert_eq!(back_again.open(&forged).await.status, 403);
    assert_eq!(back_again.open(&back.replace("/callback", "/")).await.status, 403);

    let done = back_again.open(&back).await;
    assert!(done.text().contains("Authorization completed successfully"), "{done:?}");
    let again = back_again.open(&back).await;
    assert!(again.text().contains("This way back was used already"), "{again:?}");
    // The cookie of the way back opens no page.
    assert_eq!(back_again.open("/connectors/hubspot").await.status, 403);
}

#[tokio::test]
async fn the_start_link_gives_two_cookies_and_a_wrong_one_none() {
    let bench = Bench::start().await;
    let page = Visitor::stranger(&bench).open(&bench.link).await;
    let cookies: Vec<_> = page
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|cookie| cookie.to_str().expect("text").to_owned())
        .collect();
    assert_eq!(cookies.len(), 2, "{cookies:?}");
    assert!(cookies.iter().all(|cookie| cookie.contains("; HttpOnly; SameSite=")), "{cookies:?}");
    assert!(cookies[0].ends_with("SameSite=Strict") && cookies[1].ends_with("SameSite=Lax"), "{cookies:?}");
    assert_eq!(page.leads_to(), "/");
    let token = bench.link.split_once("token=").expect("a token").1.to_owned();
    for wrong in ["", "x", &token[..63], &format!("{token}0")] {
        let page = Visitor::stranger(&bench).open(&format!("/start?token={wrong}")).await;
        assert_eq!(page.status, 403, "{page:?}");
        assert!(page.headers.get("set-cookie").is_none(), "{page:?}");
    }
}
