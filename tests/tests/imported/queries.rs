//! Paths, queries, headers, lists.

use serde_json::json;
use typed_connector::Date;
use typed_connector_tests::wire::{Received, Reply, Server};

use crate::library::books::{self, Genre, State};
use crate::library::shelves;
use crate::shop::{items, orders};
use crate::{client, desk, library, lists, shop};

#[tokio::test]
async fn arrays_and_objects_travel_in_the_query_as_their_style_has_it() {
    let server = Server::start(|_| Reply::json(200, &json!({ "results": [], "total": 0 }))).await;
    let client = client(library::Client::builder(), &server);
    let list = books::List::new()
        .branch("north")
        .genre([Genre::NonFiction, Genre::Other("essay".to_owned())])
        .ids(["1", "2"])
        .tags(["a b", "c"])
        .sizes([5, 6])
        .published_from(Date::constant(2020, 1, 31))
        .limit(10);
    let page = client.execute(list).await.expect("a page");
    assert_eq!(page.total, Some(0));
    let request = server.last();
    let (path, query) = request.target().split_once('?').expect("a query");
    assert_eq!(path, "/v2/books");
    let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let expected = [
        ("branch", "north"),
        ("limit", "10"),
        ("genre", "NON_FICTION"),
        ("genre", "essay"),
        ("ids", "1,2"),
        ("tags[]", "a b"),
        ("tags[]", "c"),
        ("sizes", "5|6"),
        ("published[from]", "2020-01-31"),
    ];
    let expected: Vec<_> = expected.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    assert_eq!(pairs, expected, "{query}");
    assert_eq!(request.header("authorization"), Some("Bearer the-token"));
}

#[tokio::test]
async fn a_list_goes_on_to_its_next_page() {
    let server = Server::start(|request| {
        let next =
            if request.text().contains("after") { json!({}) } else { json!({ "next": { "after": "2" } }) };
        let book = json!({ "id": "1", "title": "Emma", "createdAt": "2026-01-01T00:00:00Z", "state": null });
        Reply::json(200, &json!({ "results": [book], "paging": next }))
    })
    .await;
    let client = client(library::Client::builder(), &server);
    let mut found = client.stream(books::Search::new("austen").clear_shelf());
    let mut titles = Vec::new();
    while let Some(book) = found.try_next().await.expect("a book") {
        assert_eq!(book.state, None);
        titles.push(book.title);
    }
    assert_eq!(titles, ["Emma", "Emma"]);
    let bodies: Vec<_> = server.received().iter().map(Received::json).collect();
    assert_eq!(bodies[0], json!({ "query": "austen", "shelf": null }));
    assert_eq!(bodies[1], json!({ "query": "austen", "shelf": null, "after": "2" }));
}

#[tokio::test]
async fn each_way_to_the_next_page_ends() {
    let server = Server::start(|request| {
        let (first, entry) = (!request.target().contains('?'), json!([{ "id": "7" }]));
        match request.target().split('?').next() {
            Some("/link") if first => Reply::new(
                200,
                &[("link", "<https://elsewhere.example/link?page=2>; rel=\"next\"")],
                entry.to_string(),
            ),
            Some("/link") => Reply::json(200, &entry),
            Some("/last") => Reply::json(200, &json!({ "data": entry, "has_more": first })),
            _ => Reply::json(
                200,
                &json!({ "data": entry, "has_more": first, "response_metadata": { "next_cursor": "n" } }),
            ),
        }
    })
    .await;
    let client = client(lists::Client::builder(), &server);
    let (mut by_cursor, mut by_last, mut by_link) = (
        client.stream(lists::lists::ListCursor::new()),
        client.stream(lists::lists::ListLast::new()),
        client.stream(lists::lists::ListLink::new()),
    );
    let mut ids = Vec::new();
    while let Some(entry) = by_cursor.try_next().await.expect("an entry") {
        ids.push(entry.id);
    }
    while let Some(entry) = by_last.try_next().await.expect("an entry") {
        ids.push(entry.id);
    }
    while let Some(entry) = by_link.try_next().await.expect("an entry") {
        ids.push(entry.id);
    }
    assert_eq!(ids.len(), 6);
    let targets: Vec<_> = server.received().iter().map(|request| request.target().to_owned()).collect();
    assert_eq!(
        targets,
        ["/cursor", "/cursor?cursor=n", "/last", "/last?starting_after=7", "/link", "/link?page=2"]
    );
}

#[tokio::test]
async fn types_hold_themselves_and_others_by_name() {
    let server = Server::start(|request| match request.target() {
        "/v2/shelves" => {
            let inner = json!({ "name": "b", "above": { "name": "a" }, "anything": [1, "x"] });
            Reply::json(200, &json!([{ "name": "a", "shelves": [inner] }]))
        }
        _ => Reply::json(
            200,
            &json!({
                "id": "1", "title": "Emma", "createdAt": "2026-01-01T00:00:00Z", "state": "lent", "price": "12.50",
                "extras": { "notes": ["signed"] },
                "translations": { "de": { "id": "2", "title": "Emma", "createdAt": "2026-01-01T00:00:00Z" } },
            }),
        ),
    })
    .await;
    let client = client(library::Client::builder(), &server);
    let shelves = client.execute(shelves::List::new()).await.expect("shelves");
    let inner = &shelves[0].shelves[0];
    assert_eq!(inner.above.as_ref().map(|above| above.name.as_str()), Some("a"));
    let book = client.execute(books::Get::new("a/b").if_none_match("\"x\"")).await.expect("a book");
    assert_eq!(book.state, Some(State::Lent));
    assert_eq!(book.price.map(|price| price.to_string()).as_deref(), Some("12.50"));
    assert_eq!(book.extras["notes"], ["signed"]);
    assert_eq!(book.translations["de"].id, "2");
    assert_eq!(server.last().target(), "/v2/books/a%2Fb");
    assert_eq!(server.last().header("if-none-match"), Some("\"x\""));
}

#[tokio::test]
async fn a_success_without_a_body_is_none() {
    let server = Server::start(|request| match request.text().contains("slowly") {
        true => Reply::new(202, &[], ""),
        false => {
            Reply::json(201, &json!({ "id": "1", "title": "Emma", "createdAt": "2026-01-01T00:00:00Z" }))
        }
    })
    .await;
    let client = client(library::Client::builder(), &server);
    let book = client.execute(books::Create::new("Emma")).await.expect("a book");
    assert_eq!(book.map(|book| book.id).as_deref(), Some("1"));
    assert_eq!(client.execute(books::Create::new("slowly")).await.expect("accepted"), None);
}

#[tokio::test]
async fn an_error_tells_what_the_default_answer_describes() {
    let server = Server::start(|_| {
        let details = json!([{ "message": "too long", "in": "title", "code": "LENGTH" }]);
        Reply::json(
            400,
            &json!({ "message": "it is wrong", "category": "VALIDATION", "correlationId": "c-1", "errors": details }),
        )
    })
    .await;
    let client = client(library::Client::builder(), &server);
    #[expect(deprecated, reason = "the document says so")]
    let error = client.execute(books::Delete::new("1")).await.expect_err("an error");
    let typed_connector::Error::Api(error) = error else { panic!("{error:?}") };
    assert_eq!(error.message.as_deref(), Some("it is wrong"));
    assert_eq!(error.category.as_deref(), Some("VALIDATION"));
    assert_eq!(error.correlation_id.as_deref(), Some("c-1"));
    assert_eq!(error.details[0].field.as_deref(), Some("title"));
}

#[tokio::test]
async fn documents_of_one_api_share_their_types() {
    let server = Server::start(|_| {
        Reply::json(200, &json!({ "id": "1", "name": "n", "total": { "amount": 1.10, "currency": "EUR" } }))
    })
    .await;
    let client = client(shop::Client::builder(), &server);
    let order = client.execute(orders::Get::new("1")).await.expect("an order");
    let total: shop::Money = order.total.expect("money");
    let item = items::Create::new("n").price(total);
    client.execute(item).await.expect("an item");
    assert_eq!(server.last().json()["price"], json!({ "amount": 1.10, "currency": "EUR" }));
    client.execute(orders::GetV2::new("1")).await.expect("an order");
    assert_eq!(server.last().target(), "/shop/v2/orders/1");
}

#[tokio::test]
async fn lists_of_deep_objects_have_brackets_and_bodies_that_hold_nothing_are_none() {
    let server = Server::start(|_| Reply::json(200, &json!({ "id": "7" }))).await;
    let client = client(desk::Client::builder(), &server);
    let list = desk::reserved_vpcs::List::new().expand(["owner", "a&b"]);
    client.execute(list).await.expect("it is sent");
    assert_eq!(server.last().target(), "/vpcs?expand%5B%5D=owner&expand%5B%5D=a%26b");
    client.execute(desk::reserved_vpcs::Delete::new("7")).await.expect("it is sent");
    assert_eq!((server.last().text().as_ref(), server.last().header("content-type")), ("", None));
}
