//! What is wrong in a form is told at its control, and what was entered is kept.

use super::bench::{Bench, configure};
use super::forms::{labelled, opened, with_own, with_shapes};

#[tokio::test]
async fn what_does_not_fit_is_told_at_its_field_and_nothing_is_sent() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.batch_create").await;
    // What asks for choices only reads.
    let posted = || bench.sandbox.requests().iter().filter(|request| request.method == "POST").count();
    let before = posted();
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
    page.marks(&["inputs[1].amount", "inputs[1].closedate"]);
    assert!(page.fields(&address).contains(&("inputs[1].amount".to_owned(), "much".to_owned())), "{page:?}");
    assert_eq!(posted(), before);
    let page = visitor
        .send(&page, &address, &[("inputs[1].amount", "7"), ("inputs[1].closedate", "2027-01-01T00:00")])
        .await;
    assert!(page.text().contains("2 results, 0 errors"), "{}", page.text());
}

#[tokio::test]
async fn what_is_missing_is_told_as_its_label_has_it() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    let (address, page) = opened(&mut visitor, "deals.create").await;
    let page = visitor.send(&page, &address, &[("amount", "5")]).await;
    assert_eq!(page.status, 422, "{page:?}");
    // In the list above the form, with a link to the field, and beside the field; its choices are in its list, not in the text.
    assert_eq!(page.text().matches("Deal stage is required.").count(), 2, "{}", page.text());
    page.marks(&["dealname", "dealstage"]);
    assert!(page.fields(&address).contains(&("amount".to_owned(), "5".to_owned())), "{page:?}");
    assert!(page.html.contains("<a href=\"#dealstage\">Deal stage</a>"), "{page:?}");
    assert!(!page.text().contains("`appointmentscheduled`"), "{}", page.text());
}

/// Not every control has the name of its argument.
#[tokio::test]
async fn whatever_kind_of_control_is_wrong_is_marked() {
    let (_bench, mut visitor, _folder) = with_shapes().await;
    let draw = "/connectors/own/actions/shapes.draw";
    let page = visitor.open(draw).await;
    let values = [
        ("shape#kind", "square"),
        ("shape#square.side", "long"),
        ("shape#square.colour", "green"),
        ("more[0]#kind", "circle"),
        ("more[0]#circle.note", "round"),
        ("sizes[0]#name", "small"),
        ("sizes[0]", "1"),
        ("sizes[1]#name", "large"),
        ("sizes[1]", "huge"),
        ("anything", "{ oops"),
        ("password", "hush-hush"),
    ];
    let page = visitor.send(&page, draw, &values).await;
    assert_eq!(page.status, 422, "{page:?}");
    page.marks(&[
        "shape#square.side",
        "shape#square.colour",
        "more[0]#circle.radius",
        "sizes[1]",
        "anything",
        "bold",
    ]);
    labelled(&page);
    let fields = page.fields(draw);
    for (name, value) in
        values.into_iter().filter(|(name, _)| !matches!(*name, "password" | "shape#square.colour"))
    {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name} in {fields:?}");
    }
    assert!(!page.html.contains("hush") && page.text().contains("Enter it again"), "{}", page.text());
}

#[tokio::test]
async fn conditions_and_users_are_marked_too() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let page = configure(&mut visitor, &bench, &[("mode", "users")]).await;
    visitor.send(&page, "/connectors/hubspot/enable", &[]).await;
    let (address, page) = opened(&mut visitor, "deals.search").await;
    let values = [
        ("filterGroups[0].c[1].property", "amount"),
        ("filterGroups[0].c[1].operator", "between"),
        ("filterGroups[0].c[1].value", "5"),
        ("filterGroups[0].c[1].high", "much"),
        ("filterGroups[1].c[0].property", "closedate"),
        ("filterGroups[1].c[0].operator", "gt"),
        ("filterGroups[1].c[0].value", "soon"),
        ("limit", "5"),
        ("#user", "#other"),
        ("#user#other", ""),
    ];
    let page = visitor.send(&page, &address, &values).await;
    assert_eq!(page.status, 422, "{page:?}");
    page.marks(&["#user", "filterGroups[0].c[1].high", "filterGroups[1].c[0].value"]);
    assert!(page.text().contains("As user is required."), "{}", page.text());
    let fields = page.fields(&address);
    for (name, value) in values {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name} in {fields:?}");
    }
    assert!(bench.sandbox.requests().iter().all(|request| !request.path.ends_with("/search")));
}

#[tokio::test]
async fn what_a_sensitive_property_is_compared_with_is_not_shown_again() {
    let settings = r#"{
      "spec_version": 1, "name": "own", "title": "Own", "base_url": "https://api.own.example", "auth": {},
      "filters": { "filters": "filters", "property": "property", "operator": "operator", "value": "value", "high_value": "high",
        "values": "values", "operators": { "eq": "EQ" } }
    }"#;
    let shapes = r#"{
      "title": "Shapes",
      "types": { "Shape": { "type": "object", "at": "/properties", "fields": {
        "name": "string", "code": { "type": "string", "sensitive": true }
      } } },
      "actions": { "find": { "title": "Find", "http": "POST /shapes/find", "effect": "read", "body": { "fields": {
        "where": { "type": "filter", "of": "Shape" }, "most": "integer"
      } } } }
    }"#;
    let (_bench, mut visitor, _folder) = with_own(settings, shapes).await;
    let find = "/connectors/own/actions/shapes.find";
    let values = [
        ("where[0].c[0].property", "code"),
        ("where[0].c[0].operator", "eq"),
        ("where[0].c[0].value", "hush-hush"),
        ("where[0].c[1].property", "name"),
        ("where[0].c[1].operator", "eq"),
        ("where[0].c[1].value", "round"),
    ];
    let page = visitor.open(find).await;
    let wrong = visitor.send(&page, find, &[values.as_slice(), &[("most", "many")]].concat()).await;
    assert_eq!(wrong.status, 422, "{wrong:?}");
    assert!(!wrong.html.contains("hush") && wrong.text().contains("Enter it again"), "{}", wrong.text());
    let answer = visitor.send(&page, find, &values).await;
    assert!(answer.html.contains("•••") && !answer.html.contains("hush"), "{answer:?}");
    let from = format!("{find}?from={}", answer.address.rsplit('/').next().unwrap_or_default());
    let again = visitor.open(&from).await;
    assert!(!again.html.contains("hush"), "{}", again.text());
    for page in [wrong, again] {
        let fields = page.fields(find);
        for name in ["where[0].c[0].value", "where[0].c[1].value"] {
            // The rows of a filter that is filled in are in the order of its properties.
            let value = fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
            assert!(matches!(value, Some("" | "round")), "{name} in {fields:?}");
        }
        assert!(fields.iter().any(|(_, value)| value == "round"), "{fields:?}");
    }
}

/// Each setting that can be wrong, at its field; what was entered is still there, other than secrets.
#[tokio::test]
async fn settings_that_are_wrong_are_marked() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    let address = "/connectors/hubspot/configure";
    let sound = [("access", "new"), ("client_id", "an-id"), ("client_secret", "hush-hush")];
    for (field, value) in [
        ("client_id", ""),
        ("client_secret", ""),
        ("callback_url", "http://you.example/callback"),
        ("authorization_url", "http://you.example/authorize"),
        ("token_url", "nonsense"),
        ("refresh_url", "http://you.example/refresh"),
        ("scopes", "crm.objects.deals.reed"),
        ("optional_scopes", "crm.objects.deals.read"),
        ("authorize_params", "state=mine"),
        ("profile_name", "a/b"),
    ] {
        let page = visitor.open(address).await;
        let values: Vec<_> =
            sound.into_iter().filter(|(name, _)| *name != field).chain([(field, value)]).collect();
        let page = visitor.send(&page, address, &values).await;
        assert_eq!(page.status, 422, "{field}: {page:?}");
        page.marks(&[field]);
        let fields = page.fields(address);
        for (name, value) in values.into_iter().filter(|(name, _)| *name != "client_secret") {
            assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{field}: {name} in {fields:?}");
        }
        assert!(!page.html.contains("hush-hush"), "{field}");
        assert_eq!(page.text().contains("Enter it again"), field != "client_secret", "{field}");
    }
    let page = visitor.open(address).await;
    visitor.send(&page, address, &[("access", "token")]).await.marks(&["token"]);
    visitor.send(&page, address, &[("access", "")]).await.marks(&["access"]);
    // One that is kept already, when it is new and when it is changed.
    let page = configure(&mut visitor, &bench, &[]).await;
    let again = visitor.open(address).await;
    let values = [sound.as_slice(), &[("profile_name", "default")]].concat();
    visitor.send(&again, address, &values).await.marks(&["profile_name"]);
    let edit = "/connectors/hubspot/profiles/default";
    let form = visitor.open(edit).await;
    visitor.send(&form, edit, &[("token_url", "http://you.example/token")]).await.marks(&["token_url"]);
    assert!(page.text().contains("The configuration is saved"), "{}", page.text());
}
