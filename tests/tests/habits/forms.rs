//! Forms with brackets, byte by byte.

use std::collections::BTreeMap;

use typed_connector::Decimal;
use typed_connector_tests::wire::{Reply, Server};

use crate::habits::payments::{Address, Create, Item};
use crate::{PAYMENT, client};

async fn sent(create: Create) -> String {
    let server = Server::start(|_| Reply::new(200, &[], PAYMENT)).await;
    client(&server).execute(create).await.unwrap();
    let request = server.last();
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    request.text()
}

/// The pairs of a form, decoded.
fn pairs(form: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(form.as_bytes()).into_owned().collect()
}

#[tokio::test]
async fn what_lies_deeper_stands_in_brackets() {
    let form = sent(
        Create::new(1099)
            .fee("0.123456789012345678".parse::<Decimal>().unwrap())
            .is_late(false)
            .due("2025-10-21T07:28:00Z".parse::<typed_connector::Timestamp>().unwrap())
            .metadata(BTreeMap::from([
                ("order".to_owned(), "6&7 [ü]".to_owned()),
                ("a b".to_owned(), String::new()),
            ]))
            .address(Address::new().city("Köln").lines(["1", "2"]))
            .items([Item::new("p_1").quantity(2), Item::new("p_2").tags(["x"])])
            .plan("gold"),
    )
    .await;
    let expected = [
        ("address[city]", "Köln"),
        ("address[lines][0]", "1"),
        ("address[lines][1]", "2"),
        ("amount", "1099"),
        ("due", "1761031680"),
        ("fee", "0.123456789012345678"),
        ("is_late", "false"),
        ("items[0][price]", "p_1"),
        ("items[0][quantity]", "2"),
        ("items[1][price]", "p_2"),
        ("items[1][tags][0]", "x"),
        ("metadata[a b]", ""),
        ("metadata[order]", "6&7 [ü]"),
        ("options[plan][name]", "gold"),
    ];
    let expected: Vec<_> = expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    assert_eq!(pairs(&form), expected);
    assert!(form.contains("metadata%5Border%5D=6%267+%5B%C3%BC%5D"), "{form}");
}

#[tokio::test]
async fn what_is_cleared_or_empty_is_an_empty_value_and_what_was_not_set_is_not_there() {
    assert_eq!(sent(Create::new(1)).await, "amount=1");
    let form = sent(Create::new(1).clear_note().metadata(BTreeMap::new()).items(Vec::<Item>::new())).await;
    assert_eq!(form, "amount=1&items=&metadata=&note=");
}
