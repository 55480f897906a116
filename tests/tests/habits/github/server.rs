//! A server that does as GitHub does, as far as ten actions see it: links to the next page (to a host of its own), entity tags, a rate
//! limit that begins anew, a secondary one, versions, scopes, its errors, and the token endpoint of its OAuth apps.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

/// Of a list longer than this, pages are no longer counted.
const LARGE: usize = 1000;

/// A request, as far as the tests look at it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    pub(super) status: u16,
}

#[derive(Debug)]
pub(super) struct Store {
    pub(super) issues: Vec<Value>,
    comments: Vec<Value>,
    pub(super) seen: Vec<Seen>,
    /// Requests in a window, those of the present one, and when it ends.
    pub(super) limit: u32,
    pub(super) used: u32,
    pub(super) window: Duration,
    resets: Option<SystemTime>,
    /// How many seconds a secondary limit asks for, once.
    pub(super) secondary: Option<u32>,
}

type Shared = Arc<Mutex<Store>>;

pub(super) struct Server {
    pub(super) url: String,
    store: Shared,
    task: JoinHandle<()>,
}

impl Server {
    /// One whose repository `octocat/hello-world` has so many issues.
    pub(super) async fn start(issues: usize) -> Self {
        let issues = (1..=issues)
            .map(|number| issue(number, &json!({ "title": format!("Issue {number}") })))
            .collect();
        let store = Store {
            issues,
            comments: Vec::new(),
            seen: Vec::new(),
            limit: 5000,
            used: 0,
            window: Duration::from_secs(3600),
            resets: None,
            secondary: None,
        };
        let store = Arc::new(Mutex::new(store));
        let router = Router::new().fallback(handle).with_state(Arc::clone(&store));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.expect("it runs") });
        Self { url, store, task }
    }

    pub(super) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().expect("no test panics with it")
    }

    pub(super) fn last(&self) -> Seen {
        self.store().seen.last().cloned().expect("a request was made")
    }

    pub(super) fn targets(&self) -> Vec<String> {
        self.store().seen.iter().map(|seen| seen.target.clone()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn account(login: &str) -> Value {
    json!({ "login": login, "id": 1, "type": "User", "site_admin": false, "html_url": format!("https://github.com/{login}") })
}

fn issue(number: usize, given: &Value) -> Value {
    let labels: Vec<_> = given["labels"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| json!({ "name": name, "color": "f29513" }))
        .collect();
    json!({
        "number": number, "id": 1000 + number, "title": given["title"], "body": given["body"], "state": "open", "state_reason": null,
        "labels": labels, "assignees": [], "user": account("octocat"), "milestone": null, "comments": 0, "locked": false,
        "created_at": "2011-04-22T13:33:48Z", "updated_at": "2011-04-22T13:33:48Z", "closed_at": null,
        "html_url": format!("https://github.com/octocat/hello-world/issues/{number}"),
    })
}

/// Status, body, and the relations of the header `Link`.
struct Answer(u16, Value, Option<String>);

fn refuse(status: u16, message: &str) -> Answer {
    Answer(
        status,
        json!({ "message": message, "documentation_url": "https://docs.github.com/rest", "status": status.to_string() }),
        None,
    )
}

async fn handle(
    State(store): State<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut store = store.lock().expect("no test panics with it");
    let target = uri.to_string();
    if uri.path() == "/login/oauth/access_token" {
        return token(&body);
    }
    let mut out = HeaderMap::new();
    let Answer(status, body, link) = match limited(&mut store, &headers, &mut out) {
        Some(refusal) => refusal,
        None => act(&mut store, &method, &uri, &headers, &body),
    };
    let text = body.to_string();
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let tag = format!("W/\"{:016x}\"", hasher.finish());
    if let Some(link) = link {
        out.insert(header::LINK, link.parse().expect("a header"));
    }
    out.insert("x-github-request-id", "C0DE:1".parse().expect("a header"));
    let is_known =
        method == Method::GET && headers.get(header::IF_NONE_MATCH).is_some_and(|known| *known == *tag);
    let (status, text) = if status == 200 && is_known { (304, String::new()) } else { (status, text) };
    if method == Method::GET && status < 400 {
        out.insert(header::ETAG, tag.parse().expect("a header"));
    }
    if status == 304 {
        store.used -= 1; // these are free
    }
    let (limit, used) = (store.limit, store.used);
    out.insert("x-ratelimit-limit", limit.into());
    out.insert("x-ratelimit-remaining", limit.saturating_sub(used).into());
    store.seen.push(Seen { target, headers, status });
    let status = axum::http::StatusCode::from_u16(status).expect("a status");
    (status, out, [("content-type", "application/json; charset=utf-8")], text).into_response()
}

/// Counts a request, and refuses it where there were too many.
fn limited(store: &mut Store, headers: &HeaderMap, out: &mut HeaderMap) -> Option<Answer> {
    let now = SystemTime::now();
    if store.resets.is_none_or(|resets| resets <= now) {
        // In whole seconds, as it is told.
        let resets = now.duration_since(UNIX_EPOCH).expect("after 1970") + store.window;
        store.resets = Some(UNIX_EPOCH + Duration::from_secs(resets.as_secs() + 1));
        store.used = 0;
    }
    let resets = store.resets.and_then(|at| at.duration_since(UNIX_EPOCH).ok()).unwrap_or_default();
    out.insert("x-ratelimit-reset", resets.as_secs().into());
    if !headers.contains_key(header::USER_AGENT) {
        return Some(refuse(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    if let Some(seconds) = store.secondary.take() {
        out.insert(header::RETRY_AFTER, seconds.into());
        return Some(refuse(
            403,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
        ));
    }
    store.used += 1;
    (store.used > store.limit).then(|| refuse(403, "API rate limit exceeded for user ID 1."))
}

/// `POST /login/oauth/access_token`: its refusals have the status 200.
fn token(body: &[u8]) -> Response {
    let form: std::collections::BTreeMap<String, String> =
        form_urlencoded::parse(body).into_owned().collect();
    let is_app = form.get("client_id").is_some_and(|id| id == "app")
        && form.get("client_secret").is_some_and(|secret| secret == "hush");
    let answer = match form.get("code").map(String::as_str) {
        _ if !is_app => {
            json!({ "error": "incorrect_client_credentials", "error_description": "The client_id and/or client_secret passed are incorrect." })
        }
        Some("good") => {
            json!({ "access_token": "gho_of_a_user", "token_type": "bearer", "scope": "public_repo,repo" })
        }
        _ => {
            json!({ "error": "bad_verification_code", "error_description": "The code passed is incorrect or expired." })
        }
    };
    ([("content-type", "application/json")], answer.to_string()).into_response()
}

fn act(store: &mut Store, method: &Method, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Answer {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !["2022-11-28", "2026-03-10"].contains(&text("x-github-api-version")) {
        return refuse(400, "API version is not supported");
    }
    let token = text("authorization").strip_prefix("Bearer ");
    if token.is_some_and(|token| !["ghp_all", "gho_of_a_user"].contains(&token)) {
        return refuse(401, "Bad credentials");
    }
    let query: Map<String, Value> = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .map(|(key, value)| (key.into_owned(), value.into_owned().into()))
        .collect();
    let given: Value = serde_json::from_slice(body).unwrap_or_default();
    let path = uri.path().trim_start_matches('/');
    if token.is_none() && (method != Method::GET || path == "user/repos") {
        return refuse(401, "Requires authentication");
    }
    let parts: Vec<_> = path.split('/').collect();
    match (method.as_str(), parts.as_slice()) {
        ("GET", ["search", "issues"]) => search(store, &query),
        ("GET", ["user", "repos"]) => page("user/repos", &[repository()], &query, false),
        (_, ["repos", "octocat", "hello-world", rest @ ..]) => {
            in_repository(store, method, rest, &query, &given)
        }
        _ => refuse(404, "Not Found"),
    }
}

fn repository() -> Value {
    json!({ "id": 1_296_269, "name": "hello-world", "full_name": "octocat/hello-world", "owner": account("octocat"), "private": false, "visibility": "public", "stargazers_count": 80 })
}

fn in_repository(
    store: &mut Store,
    method: &Method,
    rest: &[&str],
    query: &Map<String, Value>,
    given: &Value,
) -> Answer {
    let by_number = |number: &str| number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    match (method.as_str(), rest) {
        ("GET", []) => Answer(200, repository(), None),
        ("GET", ["issues"]) => {
            let state = query.get("state").and_then(Value::as_str).unwrap_or("open");
            let list: Vec<_> = store
                .issues
                .iter()
                .rev()
                .filter(|issue| state == "all" || issue["state"] == state)
                .cloned()
                .collect();
            page("repositories/1296269/issues", &list, query, true)
        }
        ("POST", ["issues"]) => {
            if given["title"].as_str().is_none_or(str::is_empty) {
                let Answer(status, mut body, link) = refuse(422, "Validation Failed");
                body["errors"] =
                    json!([{ "resource": "Issue", "field": "title", "code": "missing_field" }, "and more"]);
                return Answer(status, body, link);
            }
            let made = issue(store.issues.len() + 1, given);
            store.issues.push(made.clone());
            Answer(201, made, None)
        }
        ("GET", ["pulls"]) => {
            let branch = |label: &str| json!({ "label": label, "ref": label.split(':').nth(1), "sha": "6dcb09b", "user": account("octocat"), "repo": repository() });
            let pull = json!({ "number": 9, "title": "New logo", "state": "open", "draft": true, "head": branch("octocat:new-logo"), "base": branch("octocat:main") });
            page("repositories/1296269/pulls", &[pull], query, true)
        }
        ("GET", ["issues", number, "comments"]) => {
            let on = format!("https://api.github.com/repos/octocat/hello-world/issues/{number}");
            let list: Vec<_> =
                store.comments.iter().filter(|comment| comment["issue_url"] == on).cloned().collect();
            page(&format!("repositories/1296269/issues/{number}/comments"), &list, query, false)
        }
        ("POST", ["issues", number, "comments"]) => {
            let url = format!("https://api.github.com/repos/octocat/hello-world/issues/{number}");
            let made = json!({ "id": store.comments.len() + 1, "body": given["body"], "user": account("octocat"), "issue_url": url, "created_at": "2011-04-14T16:00:49Z" });
            store.comments.push(made.clone());
            Answer(201, made, None)
        }
        (method, ["issues", number]) => {
            let Some(issue) = by_number(number).and_then(|index| store.issues.get_mut(index)) else {
                return refuse(404, "Not Found");
            };
            if method == "PATCH" {
                for (name, value) in given.as_object().into_iter().flatten() {
                    issue[name] = match name.as_str() {
                        "labels" => value
                            .as_array()
                            .into_iter()
                            .flatten()
                            .map(|name| json!({ "name": name }))
                            .collect(),
                        _ => value.clone(),
                    };
                }
            }
            Answer(200, issue.clone(), None)
        }
        _ => refuse(404, "Not Found"),
    }
}

/// A page of a list; in a large one the address of the next has a cursor, without which no further page is given.
fn page(path: &str, list: &[Value], query: &Map<String, Value>, has_cursors: bool) -> Answer {
    let number =
        |name: &str| query.get(name).and_then(Value::as_str).and_then(|text| text.parse::<usize>().ok());
    let (size, page) = (number("per_page").unwrap_or(30).min(100), number("page").unwrap_or(1));
    let is_large = has_cursors && list.len() > LARGE;
    let after = query.get("after").and_then(Value::as_str).and_then(|cursor| {
        cursor.strip_prefix("Y3Vyc29yOnYyOpK")?.trim_end_matches('=').parse::<usize>().ok()
    });
    if is_large && page > 1 && after.is_none() {
        let why = "Pagination with the page parameter is not supported for large datasets, please use cursor based pagination (after/before)";
        return refuse(422, why);
    }
    let start = after.unwrap_or((page - 1) * size);
    let items: Vec<_> = list.iter().skip(start).take(size).cloned().collect();
    let end = start + items.len();
    let link = (end < list.len()).then(|| {
        let cursor = if is_large { format!("&after=Y3Vyc29yOnYyOpK{end}%3D%3D") } else { String::new() };
        let address = format!("https://api.github.com/{path}?per_page={size}{cursor}&page={}", page + 1);
        format!("<{address}>; rel=\"next\", <https://api.github.com/{path}?page=99>; rel=\"last\"")
    });
    Answer(200, items.into(), link)
}

/// Counts all that is found and gives the first thousand.
fn search(store: &Store, query: &Map<String, Value>) -> Answer {
    let given: Vec<_> = store.issues.iter().take(1000).cloned().collect();
    let Answer(status, items, link) = page("search/issues", &given, query, false);
    Answer(
        status,
        json!({ "total_count": store.issues.len(), "incomplete_results": false, "items": items }),
        link,
    )
}
