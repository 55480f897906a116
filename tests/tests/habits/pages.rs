//! Ways to the next page.

use serde_json::json;
use typed_connector::{Error, Paginated, PermittedBy};
use typed_connector_tests::wire::{Received, Reply, Server};

use crate::client;
use crate::habits::pages::{self, Entry};
use crate::habits::{Client, Connector};

/// The value of an argument of the query.
fn query(request: &Received, name: &str) -> Option<String> {
    let (_, query) = request.target().split_once('?')?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn entries(ids: impl IntoIterator<Item = u32>) -> serde_json::Value {
    ids.into_iter().map(|id| json!({ "id": id.to_string() })).collect()
}

async fn all<A: Paginated<Item = Entry> + PermittedBy<Connector>>(
    client: &Client,
    action: A,
) -> Result<Vec<String>, Error> {
    let (mut stream, mut ids) = (client.stream(action), Vec::new());
    while let Some(entry) = stream.try_next().await? {
        ids.push(entry.id.to_string());
    }
    Ok(ids)
}

fn targets(server: &Server) -> Vec<String> {
    server.received().iter().map(|request| request.target().to_owned()).collect()
}

#[tokio::test]
async fn the_last_element_leads_to_the_next_page() {
    let server = Server::start(|request| {
        let after: u32 = query(request, "after").map_or(0, |after| after.parse().unwrap());
        let data = entries(after + 1..=(after + 2).min(5));
        Reply::json(200, &json!({ "data": data, "has_more": after + 2 < 5 }))
    })
    .await;
    let client = client(&server);
    assert_eq!(all(&client, pages::ByLast::new()).await.unwrap(), ["1", "2", "3", "4", "5"]);
    assert_eq!(
        targets(&server),
        ["/by-last?limit=100", "/by-last?after=2&limit=100", "/by-last?after=4&limit=100"]
    );
    let page = client.execute(pages::ByLast::new().after(2).limit(2)).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("4"));
    assert_eq!(client.execute(pages::ByLast::new().after("4")).await.unwrap().next, None);
}

#[tokio::test]
async fn a_list_that_does_not_tell_its_end_ends_with_an_empty_page() {
    let server = Server::start(|request| match query(request, "after").as_deref() {
        None => Reply::json(200, &entries([1, 2])),
        Some("2") => Reply::json(200, &entries([3])),
        _ => Reply::json(200, &json!([])),
    })
    .await;
    assert_eq!(all(&client(&server), pages::UntilEmpty::new()).await.unwrap(), ["1", "2", "3"]);
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn a_flag_ends_a_list_whose_last_page_has_a_cursor_too() {
    let server = Server::start(|request| {
        let first = query(request, "cursor").is_none();
        let data = entries([if first { 1 } else { 2 }]);
        Reply::json(200, &json!({ "data": data, "cursor": "c", "has_more": first }))
    })
    .await;
    assert_eq!(all(&client(&server), pages::ByFlag::new()).await.unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn an_empty_cursor_is_none() {
    let server = Server::start(|request| {
        let first = query(request, "cursor").is_none();
        Reply::json(200, &json!({ "data": entries([1]), "cursor": if first { "c" } else { "" } }))
    })
    .await;
    assert_eq!(all(&client(&server), pages::ByFlag::new()).await.unwrap(), ["1", "1"]);
    assert_eq!(targets(&server), ["/by-flag", "/by-flag?cursor=c"]);
}

#[tokio::test]
async fn a_page_that_says_that_there_are_more_and_not_where_is_an_error_and_not_the_end() {
    let server = Server::start(|_| Reply::json(200, &json!({ "data": [], "has_more": true }))).await;
    let error = all(&client(&server), pages::ByLast::new()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Decode(error) if error.problem.contains("the page is empty and is not the last")),
        "{error}"
    );
    let server = Server::start(|_| Reply::json(200, &json!({ "data": [], "has_more": true }))).await;
    let error = all(&client(&server), pages::ByFlag::new()).await.unwrap_err();
    assert!(error.to_string().ends_with("it is not the last, and has no cursor"), "{error}");
    let server = Server::start(|_| Reply::new(200, &[("link", "</x?p=2>; rel=next")], "[]")).await;
    let error = all(&client(&server), pages::ByLink::new("a")).await.unwrap_err();
    assert!(error.to_string().ends_with("its link to the next page has no `page` and no `after`"), "{error}");
}

#[tokio::test]
async fn of_a_link_only_the_cursor_is_used_and_no_other_server_is_asked() {
    let elsewhere = Server::start(|_| Reply::json(200, &json!([{ "id": "stolen" }]))).await;
    let url = elsewhere.url();
    let server = Server::start(move |request| {
        let page: u32 = query(request, "page").map_or(1, |page| page.parse().unwrap());
        // Another server, another path, another size, and a login.
        let next =
            format!("<{}/x?per_page=1&page={}&q=evil>; rel=\"next\"", url.replace("//", "//u:p@"), page + 1);
        let prev = "<https://else.example/?page=0>; rel=\"prev\"";
        let link = if page < 3 { format!("{prev}, {next}") } else { prev.to_owned() };
        Reply::new(200, &[("link", &link)], entries([page]).to_string())
    })
    .await;
    let action = pages::ByLink::new("a/b").q("x y");
    assert_eq!(all(&client(&server), action).await.unwrap(), ["1", "2", "3"]);
    let asked: Vec<_> = targets(&server);
    assert_eq!(asked[0], "/by-link/a%2Fb?per_page=100&q=x+y");
    assert_eq!(asked[2], "/by-link/a%2Fb?page=3&per_page=100&q=x+y");
    assert_eq!(elsewhere.received().len(), 0);
}

#[tokio::test]
async fn links_in_a_circle_end_the_stream() {
    let server =
        Server::start(|_| Reply::new(200, &[("link", "<?page=2>; rel=next")], r#"[{ "id": 1 }]"#)).await;
    let error = all(&client(&server), pages::ByLink::new("a")).await.unwrap_err();
    assert!(matches!(error, Error::Pagination { .. }), "{error:?}");
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn a_list_that_ends_early_without_a_word_is_told_to_be_truncated() {
    let with_total = |total: u32| {
        Server::start(move |request| {
            let page: u32 = query(request, "page").map_or(1, |page| page.parse().unwrap());
            let link = if page < 2 { "<?page=2>; rel=next" } else { "" };
            let body = json!({ "items": entries([page * 2 - 1, page * 2]), "total": total });
            Reply::new(200, &[("link", link)], body.to_string())
        })
    };
    for (total, is_truncated) in [(9, true), (4, false)] {
        let server = with_total(total).await;
        let mut stream = client(&server).stream(pages::Capped::new());
        let mut count = 0;
        while stream.try_next().await.unwrap().is_some() {
            count += 1;
        }
        assert_eq!((count, stream.truncated().is_some()), (4, is_truncated));
    }
}

#[tokio::test]
async fn a_list_that_comes_whole_is_a_stream_too() {
    let server =
        Server::start(|_| Reply::json(200, &json!({ "data": { "entries": entries([1, 2]) } }))).await;
    assert_eq!(all(&client(&server), pages::Whole::new()).await.unwrap(), ["1", "2"]);
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn a_link_may_change_from_page_numbers_to_cursors() {
    let server = Server::start(|request| {
        let link = match (query(request, "page").as_deref(), query(request, "after").as_deref()) {
            (Some("7"), None) => "<?page=8&after=x%3D%3D>; rel=next",
            (Some("8"), Some("x==")) => "<?after=y>; rel=next",
            (None, Some("y")) => "",
            other => panic!("{other:?}"),
        };
        Reply::new(200, &[("link", link)], r#"[{ "id": 1 }]"#)
    })
    .await;
    assert_eq!(all(&client(&server), pages::ByLink::new("a").page(7)).await.unwrap().len(), 3);
    assert_eq!(targets(&server)[1], "/by-link/a?page=8&per_page=100&after=x%3D%3D");
}
