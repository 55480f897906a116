//! The shipped GitHub connector against a server that does as GitHub does.

mod server;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use typed_connector::auth::{AuthError, AuthorizationProfile};
use typed_connector::{Conditional, Error, RetryPolicy, connector};
use typed_connector_tests::api_error;

use self::api::issues::{self, Issue, StateReason};
use self::api::{IssueState, StateFilter, comments, pulls, repos, search};
use self::server::Server;

/// The connector.
#[connector("github")]
pub mod api {}

fn client(server: &Server) -> api::Client {
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(5);
    api::Client::builder().base_url(&server.url).access_token("ghp_all").retry(policy).build().unwrap()
}

fn hello<T>(new: fn(String, String) -> T) -> T {
    new("octocat".to_owned(), "hello-world".to_owned())
}

fn list() -> issues::List {
    hello(issues::List::new)
}

fn get() -> repos::Get {
    hello(repos::Get::new)
}

#[tokio::test]
async fn the_life_of_an_issue() {
    let server = Server::start(2).await;
    let client = client(&server);
    let create = hello(|owner, repo| issues::Create::new(owner, repo, "Found a bug"));
    let made: Issue = client.execute(create.body("It does not work.").labels(["bug", "ui"])).await.unwrap();
    assert_eq!((made.number, made.title.as_str(), made.state), (3, "Found a bug", Some(IssueState::Open)));
    assert_eq!(
        made.labels.iter().map(|label| label.name.as_deref()).collect::<Vec<_>>(),
        [Some("bug"), Some("ui")]
    );
    let headers = server.last().headers;
    assert_eq!(headers["accept"], "application/vnd.github+json");
    assert_eq!(headers["x-github-api-version"], "2022-11-28");
    assert!(headers["user-agent"].to_str().unwrap().starts_with("typed-connector/"));

    let say = comments::Create::new("octocat", "hello-world", made.number, "Me too");
    client.execute(say).await.unwrap();
    let said = client.execute(comments::List::new("octocat", "hello-world", made.number)).await.unwrap();
    assert_eq!((said.items.len(), said.items[0].body.as_deref(), said.next), (1, Some("Me too"), None));

    let close = issues::Update::new("octocat", "hello-world", made.number)
        .state(IssueState::Closed)
        .state_reason(StateReason::Completed)
        .labels(Vec::<String>::new())
        .clear_body();
    let closed = client.execute(close).await.unwrap();
    assert_eq!((closed.state, closed.state_reason), (Some(IssueState::Closed), Some(StateReason::Completed)));
    assert!(closed.labels.is_empty() && closed.body.is_none());
    let read = client.execute(issues::Get::new("octocat", "hello-world", made.number)).await.unwrap();
    assert_eq!(
        (read.state, read.user.map(|user| user.login)),
        (Some(IssueState::Closed), Some("octocat".to_owned()))
    );
    assert_eq!(client.execute(list()).await.unwrap().items.len(), 2, "only open ones");
    assert_eq!(client.execute(list().state(StateFilter::All)).await.unwrap().items.len(), 3);
    let pulls = client.execute(hello(pulls::List::new)).await.unwrap().items;
    assert_eq!(pulls[0].head.as_ref().unwrap().branch.as_deref(), Some("new-logo"));
    assert_eq!(client.execute(repos::List::new()).await.unwrap().items[0].full_name, "octocat/hello-world");
}

async fn numbers(client: &api::Client, list: issues::List) -> Vec<i64> {
    let (mut stream, mut numbers) = (client.stream(list), Vec::new());
    while let Some(issue) = stream.try_next().await.unwrap() {
        numbers.push(issue.number);
    }
    numbers
}

#[tokio::test]
async fn every_issue_once_by_links_that_name_another_host() {
    let server = Server::start(230).await;
    let found = numbers(&client(&server), list().labels(["bug", "a b"])).await;
    assert_eq!((found.len(), found.iter().collect::<BTreeSet<_>>().len()), (230, 230));
    assert_eq!(
        server.targets(),
        ["", "&page=2", "&page=3"]
            .map(|page| format!("/repos/octocat/hello-world/issues?labels=bug,a+b&per_page=100{page}"))
    );
}

#[tokio::test]
async fn every_issue_of_a_list_that_is_too_large_for_page_numbers() {
    let server = Server::start(1250).await;
    let found = numbers(&client(&server), list()).await;
    assert_eq!((found.len(), found.iter().collect::<BTreeSet<_>>().len()), (1250, 1250));
    assert_eq!(
        server.targets()[12],
        "/repos/octocat/hello-world/issues?per_page=100&page=13&after=Y3Vyc29yOnYyOpK1200%3D%3D"
    );
    // As a program does that knows pages alone.
    let error = api_error(client(&server).execute(list().page(2)).await);
    assert_eq!(error.status.as_u16(), 422);
}

#[tokio::test]
async fn a_search_gives_a_thousand_and_says_how_many_there_are() {
    let server = Server::start(1500).await;
    let mut stream = client(&server).stream(search::Issues::new("repo:octocat/hello-world"));
    let mut count = 0;
    while let Some(page) = stream.next_page().await.unwrap() {
        count += page.len();
    }
    let truncated = stream.truncated().expect("there are more");
    assert_eq!((count, truncated.cap, truncated.total), (1000, 1000, Some(1500)));
    assert_eq!(server.targets().len(), 10);
}

#[tokio::test]
async fn what_has_not_changed_costs_nothing() {
    let server = Server::start(1).await;
    let client = client(&server);
    let Conditional::Changed { output, etag } = client.execute_if_changed(get(), None).await.unwrap() else {
        panic!()
    };
    assert_eq!(output.stargazers_count, Some(80));
    let used = server.store().used;
    for _ in 0..5 {
        assert_eq!(client.execute_if_changed(get(), etag.as_ref()).await.unwrap(), Conditional::NotModified);
    }
    assert_eq!((server.last().status, server.store().used), (304, used));

    // A list too: until there is one more.
    let Conditional::Changed { output, etag } = client.execute_if_changed(list(), None).await.unwrap() else {
        panic!()
    };
    assert_eq!(output.items.len(), 1);
    assert_eq!(client.execute_if_changed(list(), etag.as_ref()).await.unwrap(), Conditional::NotModified);
    client.execute(hello(|owner, repo| issues::Create::new(owner, repo, "Another"))).await.unwrap();
    let changed = client.execute_if_changed(list(), etag.as_ref()).await.unwrap().changed();
    assert_eq!(changed.map(|page| page.items.len()), Some(2));
}

#[tokio::test]
async fn a_limit_that_is_used_up_is_waited_for_and_nothing_is_refused() {
    let server = Server::start(1).await;
    (server.store().limit, server.store().window) = (5, Duration::from_secs(1));
    let client = client(&server);
    let start = Instant::now();
    for _ in 0..12 {
        client.execute(get()).await.unwrap();
    }
    let refused = server.store().seen.iter().filter(|seen| seen.status == 403).count();
    println!("12 calls, 5 in a window of 1 to 2 s: {:?}, refused {refused}", start.elapsed());
    assert!(refused == 0 && start.elapsed() >= Duration::from_secs(2), "{refused} {:?}", start.elapsed());
}

#[tokio::test]
async fn a_client_that_begins_when_nothing_is_left_waits_too_and_one_without_time_is_told() {
    let server = Server::start(1).await;
    (server.store().limit, server.store().window) = (1, Duration::from_secs(1));
    client(&server).execute(get()).await.unwrap();
    // Another process: it knows nothing, is refused, waits as long as the answer says, and is carried out.
    let create = hello(|owner, repo| issues::Create::new(owner, repo, "Found a bug"));
    client(&server).execute(create).await.unwrap();
    assert_eq!((server.targets().len(), server.store().issues.len()), (3, 2));

    server.store().window = Duration::from_secs(3600);
    tokio::time::sleep(Duration::from_secs(2)).await;
    client(&server).execute(get()).await.unwrap();
    let error = client(&server).execute(get()).await.unwrap_err();
    assert!(
        error.is_rate_limited() && error.api().unwrap().retry_after > Some(Duration::from_secs(3000)),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_secondary_limit_is_waited_for_also_with_a_create() {
    let server = Server::start(0).await;
    server.store().secondary = Some(1);
    let start = Instant::now();
    let create = hello(|owner, repo| issues::Create::new(owner, repo, "Found a bug"));
    client(&server).execute(create).await.unwrap();
    assert!(
        start.elapsed() >= Duration::from_secs(1) && server.store().issues.len() == 1,
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let server = Server::start(0).await;
    let client = client(&server);
    let error = api_error(client.execute(hello(|owner, repo| issues::Create::new(owner, repo, ""))).await);
    assert_eq!((error.status.as_u16(), error.message.as_deref()), (422, Some("Validation Failed")));
    assert_eq!(
        (error.details[0].field.as_deref(), error.details[0].code.as_deref()),
        (Some("title"), Some("missing_field"))
    );
    assert_eq!(error.details[1].message.as_deref(), Some("and more"));
    assert_eq!(error.correlation_id.as_deref(), Some("C0DE:1"));
    let error = client.execute(repos::Get::new("octocat", "a/../b?c")).await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(server.last().target, "/repos/octocat/a%2F..%2Fb%3Fc");

    let anybody = api::Client::builder().base_url(&server.url).unauthenticated().build().unwrap();
    anybody.execute(get()).await.unwrap();
    assert!(anybody.execute(repos::List::new()).await.unwrap_err().is_unauthorized());
    let error = api::Client::builder().build().unwrap_err().to_string();
    assert!(error.contains("(Personal access token) or `authorizer(…)` (OAuth 2.0)"), "{error}");
}

#[tokio::test]
async fn from_an_oauth_apps_link_to_a_call() {
    let server = Server::start(0).await;
    assert_eq!(api::SCOPES, ["public_repo"], "what writing needs at least");
    let profile = |secret: &str| {
        let profile =
            AuthorizationProfile::new::<api::Connector>("app", secret, "http://127.0.0.1:8765/callback")
                .unwrap();
        profile.token_url(format!("{}/login/oauth/access_token", server.url))
    };
    let request = profile("hush").authorize().unwrap();
    assert!(request.url.starts_with("https://github.com/login/oauth/authorize?"), "{}", request.url);
    assert!(
        request.url.contains("scope=public_repo") && request.url.contains("code_challenge_method=S256"),
        "{}",
        request.url
    );
    let back = |code: &str| format!("http://127.0.0.1:8765/callback?code={code}&state={}", request.state);
    let token = profile("hush").exchange(&request, &back("good")).await.unwrap();
    assert_eq!(token.scopes.as_deref(), Some(&["public_repo".to_owned(), "repo".to_owned()][..]));
    let client =
        api::Client::builder().base_url(&server.url).access_token(token.access_token).build().unwrap();
    client.execute(repos::List::new()).await.unwrap();

    // GitHub refuses with the status 200.
    for (secret, code, expected) in
        [("hush", "old", "bad_verification_code"), ("other", "good", "incorrect_client_credentials")]
    {
        let error = profile(secret).exchange(&request, &back(code)).await.unwrap_err();
        assert!(matches!(&error, AuthError::Token { error, .. } if error == expected), "{error:?}");
    }
}

#[tokio::test]
async fn a_version_that_the_server_does_not_know_is_its_error_and_the_other_known_one_works() {
    let server = Server::start(0).await;
    let builder = || api::Client::builder().base_url(&server.url).access_token("ghp_all");
    builder().api_version("2026-03-10").build().unwrap().execute(get()).await.unwrap();
    assert_eq!(server.last().headers["x-github-api-version"], "2026-03-10");
    let error = builder().api_version("2020-01-01").build().unwrap_err();
    assert!(
        matches!(&error, Error::Configuration(why) if why.contains("it has 2022-11-28, 2026-03-10")),
        "{error}"
    );
}
