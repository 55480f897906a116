//! Forms of every kind of argument, and what is sent for them.

use serde_json::{Value, json};

use super::bench::{Bench, Page, Visitor};

async fn opened(visitor: &mut Visitor, action: &str) -> (String, Page) {
    let address = format!("/connectors/hubspot/actions/{action}");
    let page = visitor.open(&address).await;
    assert_eq!(page.status, 200, "{page:?}");
    (address, page)
}

/// The body of the last request to a path that ends so.
fn sent(bench: &Bench, path: &str) -> Value {
    let requests = bench.sandbox.requests();
    requests.iter().rev().find(|request| request.path.ends_with(path)).expect("a request").json()
}

#[tokio::test]
async fn every_action_has_a_form_and_its_examples_fill_it() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let list = visitor.open("/connectors/hubspot/actions").await;
    let mut names: Vec<_> = list
        .html
        .split("href=\"/connectors/hubspot/actions/")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect();
    names.sort();
    let mut examples = 0;
    for name in &names {
        let (address, page) = opened(&mut visitor, name).await;
        // Each control has a name for people, and each label a control.
        labelled(&page);
        for index in 0..8 {
            if !page.html.contains(&format!("?example={index}\"")) {
                continue;
            }
            examples += 1;
            let filled = visitor.open(&format!("{address}?example={index}")).await;
            labelled(&filled);
            // It is sent as it is: whatever the API says of it, the form gives what the library takes.
            let answer = visitor.send(&filled, &address, &[]).await;
            assert!(
                answer.address.contains("/runs/") || answer.address.contains("/confirm/"),
                "{name}: {}",
                answer.text()
            );
        }
    }
    assert_eq!(names.len(), 29, "{names:?}");
    println!("FIGURE {} forms, {examples} examples filled in and sent", names.len());
}

/// Every control has a label, and ids are there once.
fn labelled(page: &Page) {
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let tags: Vec<_> =
        page.html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect();
    let labels: Vec<_> =
        tags.iter().filter(|tag| tag.starts_with("label")).filter_map(|tag| attribute(tag, "for")).collect();
    let ids: Vec<_> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
    for id in &ids {
        assert_eq!(ids.iter().filter(|other| *other == id).count(), 1, "{id} in {}", page.address);
    }
    for target in labels
        .iter()
        .chain(&tags.iter().filter_map(|tag| attribute(tag, "aria-labelledby")).collect::<Vec<_>>())
    {
        assert!(ids.contains(target), "{target} in {}", page.address);
    }
    for (at, tag) in tags.iter().enumerate() {
        let is_control = tag.starts_with("input") || tag.starts_with("select") || tag.starts_with("textarea");
        if !is_control || tag.contains("type=\"hidden\"") {
            continue;
        }
        let inside_label = at > 0 && tags[at - 1].starts_with("label");
        let named = inside_label
            || tag.contains(" aria-label=\"")
            || attribute(tag, "id").is_some_and(|id| labels.contains(&id));
        assert!(named, "<{tag}> in {}", page.address);
    }
    assert_eq!(tags.iter().filter(|tag| tag.starts_with("h1")).count(), 1, "{}", page.address);
}

#[tokio::test]
async fn values_go_as_the_spec_has_them() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.create").await;
    let values = [
        ("dealname", "Lines\r\nand <b>marks</b>"),
        ("dealstage", "#other"),
        ("dealstage#other", "closedwon"),
        ("closedate", "2027-03-31T09:30"),
        ("hs_forecast_probability", "0.75"),
        ("hs_all_collaborator_owner_ids[0]", ""),
        ("hs_all_collaborator_owner_ids[1]", "81550217"),
        ("hs_all_collaborator_owner_ids[2]", "81550344"),
    ];
    let answer = visitor.send(&page, &address, &values).await;
    assert!(answer.text().contains("Done · HTTP 201"), "{}", answer.text());
    assert!(answer.text().contains("<b>marks</b>") && !answer.html.contains("<b>marks"), "{}", answer.text());
    let properties = &sent(&bench, "/deals")["properties"];
    for (name, value) in [
        ("dealname", "Lines\nand <b>marks</b>"),
        ("dealstage", "closedwon"),
        ("closedate", "2027-03-31T09:30:00Z"),
        ("hs_forecast_probability", "0.75"),
        ("hs_all_collaborator_owner_ids", "81550217;81550344"),
    ] {
        assert_eq!(properties[name], value, "{properties}");
    }
    assert_eq!(
        properties.as_object().map(serde_json::Map::len),
        Some(5),
        "only what was given: {properties}"
    );

    // An update has three states: set, clear, leave.
    let id = answer
        .text()
        .split("Record id ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next())
        .expect("an id")
        .to_owned();
    let (address, page) = opened(&mut visitor, "deals.update").await;
    let values = [("dealId", id.as_str()), ("amount", "12.50"), ("closedate#clear", "yes")];
    let answer = visitor.send(&page, &address, &values).await;
    assert!(
        answer.text().contains("Done · HTTP 200") && answer.text().contains(".clear_closedate()"),
        "{}",
        answer.text()
    );
    assert_eq!(
        sent(&bench, &format!("/deals/{id}")),
        json!({ "properties": { "amount": "12.50", "closedate": "" } })
    );
}

#[tokio::test]
async fn filters_and_orders_are_built() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.search").await;
    // Rows are added by the server, and what was entered stays.
    let page = visitor
        .send(
            &page,
            &address,
            &[("filterGroups[0].c[0].property", "amount"), ("#do", "add:filterGroups[0].c")],
        )
        .await;
    let fields = page.fields(&address);
    assert!(
        fields.contains(&("filterGroups[0].c[0].property".to_owned(), "amount".to_owned())),
        "{fields:?}"
    );
    assert!(fields.iter().any(|(name, _)| name == "filterGroups[0].c[1].property"), "{fields:?}");
    let values = [
        ("filterGroups[0].c[0].operator", "between"),
        ("filterGroups[0].c[0].value", "500"),
        ("filterGroups[0].c[0].high", "1500"),
        ("filterGroups[0].c[1].property", "hs_is_closed"),
        ("filterGroups[0].c[1].operator", "eq"),
        ("filterGroups[0].c[1].value", "No"),
        ("sorts", "amount"),
        ("sorts#direction", "down"),
        ("limit", "3"),
    ];
    let answer = visitor.send(&page, &address, &values).await;
    assert!(answer.text().contains("Done · HTTP 200"), "{}", answer.text());
    let body = sent(&bench, "/deals/search");
    let filters = json!([
        { "propertyName": "amount", "operator": "BETWEEN", "value": "500", "highValue": "1500" },
        { "propertyName": "hs_is_closed", "operator": "EQ", "value": "false" }
    ]);
    assert_eq!(body["filterGroups"], json!([{ "filters": filters }]), "{body}");
    assert_eq!((&body["sorts"], &body["limit"]), (&json!(["-amount"]), &json!(3)), "{body}");
    assert!(
        answer.text().contains("Deal::AMOUNT") && answer.text().contains(".sort(Deal::AMOUNT.descending())"),
        "{}",
        answer.text()
    );
}

#[tokio::test]
async fn choices_come_from_another_action() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.create").await;
    assert!(
        page.html.contains("<option value=\"default\">Sales Pipeline</option>"),
        "as the account calls it: {page:?}"
    );
    let asked = || {
        bench
            .sandbox
            .requests()
            .iter()
            .filter(|request| request.path.ends_with("/deals/default/stages"))
            .count()
    };
    assert_eq!(asked(), 0);
    let page = visitor
        .send(&page, &address, &[("pipeline", "default"), ("dealname", "Kept"), ("#do", "refresh:")])
        .await;
    assert_eq!(asked(), 1);
    assert!(page.html.contains(">Qualified To Buy</option>"), "as the account calls it: {page:?}");
    assert!(page.fields(&address).contains(&("dealname".to_owned(), "Kept".to_owned())), "{page:?}");
}

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_field_and_nothing_is_sent() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.batch_create").await;
    let before = bench.sandbox.requests().len();
    let values = [
        ("inputs[0].dealname", "First"),
        ("inputs[0].dealstage", "closedwon"),
        ("inputs[2].dealname", "Third"),
        ("inputs[2].dealstage", "closedwon"),
        ("inputs[2].amount", "much"),
        ("inputs[2].closedate", "tomorrow"),
    ];
    let page = visitor.send(&page, &address, &values).await;
    assert_eq!(page.status, 422, "{page:?}");
    // The row that was left empty is not counted.
    for text in [
        "inputs[1].amount : expected a decimal number",
        "found \"much\"",
        "inputs[1].closedate : expected a time",
    ] {
        assert!(page.text().contains(text), "{text} in {}", page.text());
    }
    assert!(
        page.html.contains("href=\"#inputs[1].amount\"")
            && page.html.contains("id=\"inputs[1].amount-problem\""),
        "{page:?}"
    );
    assert!(page.fields(&address).contains(&("inputs[1].amount".to_owned(), "much".to_owned())), "{page:?}");
    assert_eq!(bench.sandbox.requests().len(), before);
    let page = visitor
        .send(&page, &address, &[("inputs[1].amount", "7"), ("inputs[1].closedate", "2027-01-01T00:00")])
        .await;
    assert!(page.text().contains("2 results, 0 errors"), "{}", page.text());
}
