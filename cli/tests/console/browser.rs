//! The whole story in a real browser, pressed and typed as a person does.

use std::time::{Duration, Instant};

use serde_json::json;

use super::bench::Bench;
use super::chromium::Chromium;

/// Types into a field, in place of what is there.
async fn enter(browser: &mut Chromium, selector: &str, text: &str) {
    browser.click(selector).await;
    browser.evaluate("document.activeElement.select()").await;
    browser.command("Input.insertText", json!({ "text": text })).await;
    let value = browser.evaluate(&format!("document.querySelector({}).value", json!(selector))).await;
    assert_eq!(value, text, "{selector}");
}

/// Chooses in a list or enters a time, for which a browser has a window of its own.
async fn choose(browser: &mut Chromium, selector: &str, value: &str) {
    let set = format!("document.querySelector({}).value = {}", json!(selector), json!(value));
    browser.evaluate(&set).await;
    let found = browser.evaluate(&format!("document.querySelector({}).value", json!(selector))).await;
    assert_eq!(found, value, "{selector}");
}

/// Waits until this has the focus.
async fn focused(browser: &mut Chromium, id: &str) {
    let until = Instant::now() + Duration::from_secs(20);
    while browser.evaluate("document.activeElement.id").await != id {
        assert!(Instant::now() < until, "{id} has no focus");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The page is in order: nothing wider than the window, one heading, and nothing that its own policy forbids.
async fn in_order(browser: &mut Chromium, name: &str) {
    for width in [360, 900] {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        browser.command("Emulation.setDeviceMetricsOverride", metrics).await;
        let wide = browser
            .evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            .await;
        assert_eq!(wide, 0, "{name} is wider than {width}");
    }
    browser.command("Emulation.clearDeviceMetricsOverride", json!({})).await;
    assert_eq!(browser.evaluate("document.querySelectorAll('h1').length").await, 1, "{name}");
    assert_eq!(
        browser.evaluate("getComputedStyle(document.body).margin").await,
        "0px",
        "{name} has its style"
    );
    browser.photograph(&format!("console-{name}")).await;
}

#[tokio::test]
async fn from_configure_to_an_answer() {
    let Some(mut browser) = Chromium::start().await else { return };
    let started = Instant::now();
    let bench = Bench::start().await;
    let app = bench.sandbox.app();

    browser.open(&bench.link).await;
    browser.see("Available").await;
    in_order(&mut browser, "home").await;
    assert_eq!(browser.evaluate("location.search").await, "", "the link's token stays in no address");
    browser.click("a[href='/connectors/hubspot/configure']").await;
    browser.see("Who authorizes").await;
    // A token's field is there where a token is chosen, a profile's where that is.
    let shown = "[...document.querySelectorAll('#client_id, #token')].map(e => e.checkVisibility())";
    browser.click("input[value=token]").await;
    assert_eq!(browser.evaluate(shown).await, json!([false, true]));
    browser.click("input[value=new]").await;
    assert_eq!(browser.evaluate(shown).await, json!([true, false]));
    enter(&mut browser, "#client_id", &app.client_id).await;
    enter(&mut browser, "#client_secret", &app.client_secret).await;
    browser.click("input[value=pre]").await;
    in_order(&mut browser, "configure").await;
    browser.click("main button.main").await;
    browser.see("The configuration is saved").await;
    in_order(&mut browser, "configured").await;

    browser.click("form[action$=authorize] button").await;
    browser.see("Sign in to the HubSpot sandbox").await;
    browser.click("button[value=sign-in]").await;
    browser.see("wants to connect to your account").await;
    browser.click("input[value='87654321']").await;
    browser.click("button[value=approve]").await;
    let page = browser.see("Authorization completed successfully").await;
    assert!(page.contains("87654321"), "{page}");
    in_order(&mut browser, "authorized").await;
    browser.click("main a.button").await;
    browser.see("Account 87654321").await;
    browser.click("form[action$=enable] button").await;
    browser.see("It is enabled").await;
    in_order(&mut browser, "enabled").await;

    browser.click("main a.button.main").await;
    browser.see("Actions of HubSpot").await;
    in_order(&mut browser, "actions").await;
    enter(&mut browser, "#q", "create deal").await;
    // The Enter key sends a form.
    for kind in ["keyDown", "keyUp"] {
        let key = json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        browser.command("Input.dispatchKeyEvent", key).await;
    }
    browser.see("actions of 29").await;
    browser.click("a[href$='deals.create']").await;
    browser.see("What is the deal called?").await;
    in_order(&mut browser, "form").await;
    // What is required is asked for by the browser itself.
    browser.click("form button.main").await;
    focused(&mut browser, "dealname").await;
    enter(&mut browser, "[id=dealname]", "Acme renewal").await;
    choose(&mut browser, "[id=dealstage]", "qualifiedtobuy").await;
    enter(&mut browser, "[id=amount]", "4800.00").await;
    choose(&mut browser, "[id=closedate]", "2027-03-31T09:30").await;
    browser.click("form button.main:not(.hidden)").await;
    let page = browser.see("Done · HTTP 201").await;
    for text in [
        "Acme renewal",
        "Qualified to buy",
        "4800.00",
        "2027-03-31 09:30:00 UTC",
        "Bearer •••",
        "deals::Create::new(",
    ] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(
        !page.contains("\"properties\": {\n    \"dealname\": \"Acme renewal\",\n    \"id\""),
        "no JSON of the answer before it is asked for"
    );
    in_order(&mut browser, "answer").await;
    // Loading again sends nothing again.
    browser.reload().await;
    browser.see("Done · HTTP 201").await;
    let made = bench.sandbox.requests();
    let made =
        made.iter().filter(|request| request.method == "POST" && request.path.ends_with("/deals")).count();
    assert_eq!(made, 1);

    // A delete is asked first.
    browser.open(&format!("{}/connectors/hubspot/actions/deals.delete", bench.origin())).await;
    browser.see("Which deal shall be deleted?").await;
    enter(&mut browser, "[id=dealId]", "1").await;
    browser.click("form button.main:not(.hidden)").await;
    browser.see("Move this deal to the recycling bin?").await;
    in_order(&mut browser, "confirm").await;

    // A table has room on a phone too: nothing of it has to be looked for at the side.
    browser.open(&format!("{}/connectors/hubspot/actions/contacts.list", bench.origin())).await;
    browser.see("List contacts").await;
    browser.click("form button.main:not(.hidden)").await;
    browser.see("there are more").await;
    in_order(&mut browser, "list").await;
    let phone = json!({ "width": 360, "height": 900, "deviceScaleFactor": 1, "mobile": true });
    browser.command("Emulation.setDeviceMetricsOverride", phone).await;
    let hidden =
        "(() => { const e = document.querySelector('.scroll'); return e.scrollWidth - e.clientWidth; })()";
    assert_eq!(browser.evaluate(hidden).await, 0);
    browser.command("Emulation.clearDeviceMetricsOverride", json!({})).await;

    assert!(browser.complaints.is_empty(), "{:?}", browser.complaints);
    println!(
        "FIGURE {}: configure → custom profile → pre-authorize → authorize → consent → enable → deals.create by the form → answer; {:.1} s",
        browser.version,
        started.elapsed().as_secs_f64()
    );
}
