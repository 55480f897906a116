//! Forms of every kind of argument, and what is sent for them.

use serde_json::{Value, json};
use typed_connector_sandbox::Fault;

use super::bench::{Bench, Page, Visitor};

pub(crate) async fn opened(visitor: &mut Visitor, action: &str) -> (String, Page) {
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
pub(crate) fn labelled(page: &Page) {
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

/// Each row by what is chosen in it, and the account is asked once for all that choose the same.
#[tokio::test]
async fn rows_of_a_batch_have_the_accounts_choices_too() {
    let bench = Bench::start().await;
    let mut visitor = bench.visitor().await;
    visitor.set_up(&bench).await;
    bench.sandbox.clear_requests();
    let (address, page) = opened(&mut visitor, "deals.batch_create").await;
    let asked =
        |path: &str| bench.sandbox.requests().iter().filter(|request| request.path.ends_with(path)).count();
    let pipeline = |row: usize| format!("<select id=\"inputs[{row}].pipeline\"");
    assert!(page.html.contains(&pipeline(0)) && page.html.contains(">Sales Pipeline</option>"), "{page:?}");
    let values = [
        ("inputs[0].pipeline", "default"),
        ("inputs[1].pipeline", "default"),
        ("inputs[2].pipeline", "4711"),
        ("inputs[2].dealname", "Kept"),
        ("#do", "refresh:"),
    ];
    bench.sandbox.clear_requests();
    let page = visitor.send(&page, &address, &values).await;
    assert!((0..3).all(|row| page.html.contains(&pipeline(row))), "{page:?}");
    assert_eq!(
        page.html.matches(">Qualified To Buy</option>").count(),
        2,
        "as the account calls it: {page:?}"
    );
    assert_eq!((asked("/deals"), asked("/deals/default/stages"), asked("/deals/4711/stages")), (1, 1, 1));
    assert!(
        page.fields(&address).contains(&("inputs[2].dealname".to_owned(), "Kept".to_owned())),
        "{page:?}"
    );
    labelled(&page);
}

const SHAPES: &str = r#"{
  "title": "Shapes",
  "types": {
    "Circle": { "type": "object", "fields": { "radius": { "type": "decimal", "required": true }, "note": "string" } },
    "Square": { "type": "object", "fields": { "side": { "type": "integer", "required": true }, "colour": "Colour" } },
    "Colour": { "type": "enum", "open": false, "values": { "red": "Bright red", "blue": "Deep blue" } },
    "Shade": { "type": "object", "at": "/shade", "fields": { "code": { "type": "string", "required": true }, "name": "string" } },
    "Shape": { "type": "union", "tag": "kind", "variants": { "circle": "Circle", "square": "Square" } }
  },
  "actions": {
    "draw": {
      "title": "Draw", "http": "POST /shapes", "effect": "create", "returns": "json",
      "body": { "fields": {
        "shape": { "type": "Shape", "required": true },
        "more": { "type": "array", "items": "Shape" },
        "sizes": { "type": "map", "values": "integer" },
        "anything": "json",
        "bold": { "type": "boolean", "required": true },
        "password": { "type": "string", "sensitive": true }
      } }
    },
    "colours": { "title": "Colours", "http": "GET /colours", "effect": "read", "returns": { "type": "array", "items": "Shade" } },
    "paint": {
      "title": "Paint", "http": "POST /paint", "effect": "create", "returns": "json",
      "body": { "fields": { "colour": {
        "type": "string", "required": true,
        "options_from": { "action": "shapes.colours", "value": "/shade/code", "label": "/shade/name" }
      } } }
    },
    "upload": {
      "title": "Upload", "http": "POST /files", "effect": "create", "returns": "json",
      "body": { "encoding": "multipart", "fields": { "file": { "type": "file", "required": true }, "title": "string" } }
    }
  }
}"#;

/// A console with a connector of one's own, enabled, whose requests the sandbox writes down and does not know.
pub(crate) async fn with_shapes() -> (Bench, Visitor, tempfile::TempDir) {
    let settings = r#"{ "spec_version": 1, "name": "own", "title": "Own", "base_url": "https://api.own.example", "auth": {} }"#;
    with_own(settings, SHAPES).await
}

/// A connector of somebody's own, `own`, with one module, `shapes`.
pub(crate) async fn with_own(settings: &str, shapes: &str) -> (Bench, Visitor, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("connector.json"), settings).expect("written");
    std::fs::write(folder.path().join("shapes.json"), shapes).expect("written");
    let path = folder.path().display().to_string();
    let bench = Bench::with(typed_connector_sandbox::Sandbox::builder(), &["--path", &path], &[]).await;
    let mut visitor = bench.visitor().await;
    let page = visitor.open("/connectors/own/configure").await;
    let page = visitor.send(&page, "/connectors/own/configure", &[]).await;
    visitor.send(&page, "/connectors/own/enable", &[]).await;
    (bench, visitor, folder)
}

#[tokio::test]
async fn unions_maps_and_secrets() {
    let (bench, mut visitor, _folder) = with_shapes().await;
    let draw = "/connectors/own/actions/shapes.draw";
    let page = visitor.open(draw).await;
    labelled(&page);
    let page = visitor.send(&page, draw, &[("#do", "add:more")]).await;
    labelled(&page);
    let values = [
        ("shape#kind", "square"),
        ("shape#square.side", "3"),
        ("shape#square.colour", "blue"),
        // Of what is not chosen nothing is sent.
        ("shape#circle.radius", "9"),
        ("more[0]#kind", "circle"),
        ("more[0]#circle.radius", "1.50"),
        ("sizes[0]#name", "small"),
        ("sizes[0]", "1"),
        ("anything", "[1, {\"a\": null}]"),
        ("bold", "false"),
        ("password", "hush-hush"),
    ];
    let answer = visitor.send(&page, draw, &values).await;
    let expected = json!({
        "shape": { "kind": "square", "side": 3, "colour": "blue" },
        "more": [{ "kind": "circle", "radius": 1.50 }],
        "sizes": { "small": 1 },
        "anything": [1, { "a": null }],
        "bold": false,
        "password": "hush-hush",
    });
    assert_eq!(sent(&bench, "/shapes"), expected, "{}", answer.text());
    assert!(answer.html.contains("•••") && !answer.html.contains("hush"), "{answer:?}");
    // To run it again, the secret is given again.
    let from = format!("{draw}?from={}", answer.address.rsplit('/').next().unwrap_or_default());
    let page = visitor.open(&from).await;
    let fields = page.fields(draw);
    for (name, value) in
        [("shape#kind", "square"), ("shape#square.side", "3"), ("more[0]#kind", "circle"), ("password", "")]
    {
        assert!(fields.contains(&(name.to_owned(), value.to_owned())), "{name} in {fields:?}");
    }
    // What is no JSON is told.
    let wrong = visitor.send(&page, draw, &[("anything", "{ oops"), ("password", "hush-hush")]).await;
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text().contains("Anything is no JSON: ") && !wrong.html.contains("hush"),
        "{}",
        wrong.text()
    );
}

#[tokio::test]
async fn choices_come_from_an_array_too() {
    let (bench, mut visitor, _folder) = with_shapes().await;
    let paint = "/connectors/own/actions/shapes.paint";
    // Where nobody tells the choices, they are typed.
    let page = visitor.open(paint).await;
    assert!(page.html.contains("<input type=\"text\" id=\"colour\""), "{page:?}");
    let colours = json!([{ "shade": { "code": "b1", "name": "Sky <blue>" } }, { "shade": { "code": "r9" } }]);
    bench.sandbox.inject(Fault::status(200).json(&colours).path("/colours"));
    let page = visitor.open(paint).await;
    assert!(page.html.contains("<option value=\"b1\">Sky &lt;blue&gt;</option>"), "{page:?}");
    assert!(page.html.contains("<option value=\"r9\">r9</option>"), "{page:?}");
}

#[tokio::test]
async fn files_go_as_they_are() {
    let (bench, mut visitor, _folder) = with_shapes().await;
    let upload = "/connectors/own/actions/shapes.upload";
    let page = visitor.open(upload).await;
    assert!(
        page.html.contains("enctype=\"multipart/form-data\"") && page.html.contains("type=\"file\""),
        "{page:?}"
    );
    let mut body = String::new();
    for (name, value) in page.fields(upload).iter().filter(|(name, _)| name.starts_with('#')) {
        body.push_str(&format!(
            "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        ));
    }
    let part = "--edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a b.csv\"\r\ncontent-type: text/csv\r\n\r\n1;2\n3;4\r\n";
    let title = "--edge\r\ncontent-disposition: form-data; name=\"title\"\r\n\r\nNumbers\r\n--edge--\r\n";
    let kind = "multipart/form-data; boundary=edge";
    // Without the token nothing is sent here either.
    let refused = visitor.post_raw(upload, kind, format!("{part}{title}")).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(!bench.sandbox.requests().iter().any(|request| request.path == "/files"));
    let answer = visitor.post_raw(upload, kind, format!("{body}{part}{title}")).await;
    assert!(answer.address.contains("/runs/"), "{}", answer.text());
    let requests = bench.sandbox.requests();
    let request = requests.iter().find(|request| request.path == "/files").expect("a request");
    for text in ["filename=\"a b.csv\"", "text/csv", "1;2\n3;4", "Numbers"] {
        assert!(request.body.contains(text), "{text} in {}", request.body);
    }
    // What is larger than it may be is refused.
    let large = format!("{body}{}{}", "x".repeat(33 * 1024 * 1024), title);
    assert!(matches!(visitor.post_raw(upload, kind, large).await.status, 400 | 413));
}
