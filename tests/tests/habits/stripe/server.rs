//! A server that does as Stripe does, as far as ten actions see it: forms with brackets, idempotency keys, lists that go on after the
//! last id, search, expanded references, its errors.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Map, Value, json};
use tokio::task::JoinHandle;

pub(super) const KEY: &str = "sk_test_of_the_server";

/// What becomes of the next write.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Fault {
    /// It is carried out, and the answer is an error.
    ErrorAfterActing,
    /// It is carried out, and the answer breaks off.
    CutAfterActing,
    /// It is not carried out, since another with its key is under way.
    KeyInUse,
}

/// A request, as far as the tests look at it.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    pub(super) path: String,
    pub(super) query: String,
    pub(super) key: Option<String>,
    pub(super) version: Option<String>,
    pub(super) body: String,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) customers: Vec<Map<String, Value>>,
    pub(super) payments: Vec<Map<String, Value>>,
    charges: Vec<Map<String, Value>>,
    /// The body that came with a key, and what was answered.
    keys: HashMap<String, (String, (StatusCode, Value))>,
    pub(super) faults: VecDeque<Fault>,
    pub(super) seen: Vec<Seen>,
    /// What the clock shows, in seconds since 1970.
    now: i64,
}

type Shared = Arc<Mutex<Store>>;
type Answer = Result<Value, Refusal>;

/// An error body, without its status and all else.
struct Refusal(StatusCode, Value);

pub(super) struct Server {
    pub(super) url: String,
    store: Shared,
    task: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start() -> Self {
        let store = Shared::default();
        store.lock().unwrap().now = 1_721_948_530;
        let router = Router::new()
            .route("/v1/customers", get(list_customers).post(write))
            .route("/v1/customers/search", get(search_customers))
            .route("/v1/customers/{id}", get(get_customer).post(write).delete(write))
            .route("/v1/payment_intents", get(list_payments).post(write))
            .route("/v1/payment_intents/{id}", get(get_payment))
            .route("/v1/subscriptions", post(write))
            .with_state(Arc::clone(&store));
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
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn refuse(status: u16, error: &Value) -> Refusal {
    Refusal(StatusCode::from_u16(status).expect("a status"), json!({ "error": error }))
}

fn invalid(code: &str, param: &str, message: &str) -> Refusal {
    refuse(400, &json!({ "type": "invalid_request_error", "code": code, "param": param, "message": message }))
}

fn answer(answer: &(StatusCode, Value), replayed: bool) -> Response {
    let (status, body) = answer;
    let headers = [
        ("content-type", "application/json"),
        ("request-id", "req_1"),
        ("idempotent-replayed", if replayed { "true" } else { "false" }),
    ];
    (*status, headers, body.to_string()).into_response()
}

/// Notes a request, and refuses it where its key is none.
fn enter(
    store: &mut Store,
    path: &str,
    query: Option<String>,
    headers: &HeaderMap,
    body: &str,
) -> Result<(), Refusal> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    store.seen.push(Seen {
        path: path.to_owned(),
        query: query.unwrap_or_default(),
        key: text("idempotency-key"),
        version: text("stripe-version"),
        body: body.to_owned(),
    });
    if text(header::AUTHORIZATION.as_str()) != Some(format!("Bearer {KEY}")) {
        return Err(refuse(
            401,
            &json!({ "type": "invalid_request_error", "message": "Invalid API Key provided." }),
        ));
    }
    Ok(())
}

/// All writes: by their keys no more than once.
async fn write(
    State(store): State<Shared>,
    method: axum::http::Method,
    uri: axum::http::Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let body = String::from_utf8(body.to_vec()).expect("a form is text");
    let mut store = store.lock().expect("no test panics with it");
    if let Err(Refusal(status, body)) = enter(&mut store, uri.path(), None, &headers, &body) {
        return answer(&(status, body), false);
    }
    let fault = store.faults.pop_front();
    if fault == Some(Fault::KeyInUse) {
        let Refusal(status, body) =
            refuse(409, &json!({ "type": "idempotency_error", "code": "idempotency_key_in_use" }));
        return answer(&(status, body), false);
    }
    let key = headers.get("idempotency-key").map(|key| key.to_str().expect("text").to_owned());
    let known = key.as_ref().and_then(|key| store.keys.get(key)).cloned();
    let replayed = known.is_some();
    let outcome = match known {
        Some((before, _)) if before != body => {
            let why = "Keys for idempotent requests can only be used with the same parameters they were first used with.";
            let Refusal(status, body) = refuse(400, &json!({ "type": "idempotency_error", "message": why }));
            (status, body)
        }
        Some((_, answered)) => answered,
        None => match act(&mut store, method.as_str(), uri.path(), &read_form(&body)) {
            Ok(value) => (StatusCode::OK, value),
            Err(Refusal(status, body)) => (status, body),
        },
    };
    if let Some(key) = key.filter(|_| !replayed) {
        store.keys.insert(key, (body, outcome.clone()));
    }
    match fault {
        Some(Fault::ErrorAfterActing) => {
            let Refusal(status, body) = refuse(500, &json!({ "type": "api_error", "message": "Sorry." }));
            answer(&(status, body), false)
        }
        Some(Fault::CutAfterActing) => {
            let length = outcome.1.to_string().len().to_string();
            let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("cut"))]);
            ([(header::CONTENT_LENGTH, length)], Body::from_stream(broken)).into_response()
        }
        _ => answer(&outcome, replayed),
    }
}

fn act(store: &mut Store, method: &str, path: &str, form: &Map<String, Value>) -> Answer {
    match (method, path.trim_start_matches("/v1/").split('/').collect::<Vec<_>>().as_slice()) {
        ("POST", ["customers"]) => {
            store.now += 1;
            let mut customer = blank_customer(&format!("cus_{:04}", store.customers.len() + 1), store.now);
            set(&mut customer, form);
            store.customers.push(customer.clone());
            Ok(customer.into())
        }
        ("POST", ["customers", id]) => {
            let customer = find(&mut store.customers, id, "customer")?;
            set(customer, form);
            Ok(customer.clone().into())
        }
        ("DELETE", ["customers", id]) => {
            let customer = find(&mut store.customers, id, "customer")?;
            let gone = json!({ "id": id, "object": "customer", "deleted": true });
            gone.as_object().expect("an object").clone_into(customer);
            Ok(gone)
        }
        ("POST", ["payment_intents"]) => create_payment(store, form),
        ("POST", ["subscriptions"]) => create_subscription(store, form),
        _ => Err(refuse(
            404,
            &json!({ "type": "invalid_request_error", "message": "Unrecognized request URL" }),
        )),
    }
}

fn blank_customer(id: &str, now: i64) -> Map<String, Value> {
    let blank = json!({
        "id": id, "object": "customer", "address": null, "balance": 0, "created": now, "currency": null, "default_source": null,
        "delinquent": false, "description": null, "email": null, "livemode": false, "metadata": {}, "name": null, "phone": null,
        "preferred_locales": [], "shipping": null, "tax_exempt": "none", "test_clock": null,
    });
    blank.as_object().expect("an object").clone()
}

/// Sets what a form has: an empty text clears, and of metadata only the given keys change.
fn set(object: &mut Map<String, Value>, form: &Map<String, Value>) {
    for (name, value) in form.iter().filter(|(name, _)| *name != "expand") {
        let value = match (name.as_str(), value) {
            ("metadata", Value::Object(changes)) => {
                let mut metadata =
                    object.get("metadata").and_then(Value::as_object).cloned().unwrap_or_default();
                metadata.extend(changes.clone());
                metadata.retain(|_, text| text != "");
                metadata.into()
            }
            ("metadata", _) => json!({}),
            ("preferred_locales", Value::String(text)) if text.is_empty() => json!([]),
            ("balance" | "next_invoice_sequence", Value::String(text)) => {
                text.parse::<i64>().expect("a number").into()
            }
            (_, Value::String(text)) if text.is_empty() => Value::Null,
            (_, value) => value.clone(),
        };
        object.insert(name.clone(), value);
    }
}

fn find<'s>(
    list: &'s mut [Map<String, Value>],
    id: &str,
    what: &str,
) -> Result<&'s mut Map<String, Value>, Refusal> {
    list.iter_mut().find(|one| one["id"] == id).ok_or_else(|| {
        let message = format!("No such {what}: '{id}'");
        refuse(404, &json!({ "type": "invalid_request_error", "code": "resource_missing", "param": "id", "message": message }))
    })
}

fn create_payment(store: &mut Store, form: &Map<String, Value>) -> Answer {
    let text = |name: &str| form.get(name).and_then(Value::as_str);
    let missing =
        |name: &str| invalid("parameter_missing", name, &format!("Missing required param: {name}."));
    let amount: i64 = text("amount")
        .ok_or_else(|| missing("amount"))?
        .parse()
        .map_err(|_| invalid("parameter_invalid_integer", "amount", "Invalid integer"))?;
    let currency = text("currency").ok_or_else(|| missing("currency"))?;
    if amount < 50 {
        return Err(invalid("amount_too_small", "amount", "Amount must be at least 50 cents."));
    }
    let confirmed = text("confirm") == Some("true");
    if confirmed && text("payment_method") == Some("pm_card_chargeDeclinedInsufficientFunds") {
        return Err(refuse(
            402,
            &json!({
                "type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds", "message": "Your card has insufficient funds.",
            }),
        ));
    }
    store.now += 1;
    let number = store.payments.len() + 1;
    let mut payment = json!({
        "id": format!("pi_{number:04}"), "object": "payment_intent", "amount": amount, "currency": currency, "created": store.now,
        "amount_received": if confirmed { amount } else { 0 }, "client_secret": format!("pi_{number:04}_secret_hush"), "livemode": false,
        "customer": form.get("customer"), "description": form.get("description"), "metadata": form.get("metadata").unwrap_or(&json!({})),
        "payment_method": form.get("payment_method"), "payment_method_types": form.get("payment_method_types").unwrap_or(&json!(["card"])),
        "status": if confirmed { "succeeded" } else { "requires_payment_method" }, "latest_charge": null,
    });
    if confirmed {
        let charge = json!({
            "id": format!("ch_{number:04}"), "object": "charge", "amount": amount, "currency": currency, "paid": true, "status": "succeeded", "created": store.now,
        });
        payment["latest_charge"] = charge["id"].clone();
        store.charges.push(charge.as_object().expect("an object").clone());
    }
    let payment = payment.as_object().expect("an object").clone();
    store.payments.push(payment.clone());
    let wanted = list_of(form.get("expand"));
    Ok(expanded(store, payment, &wanted).into())
}

fn create_subscription(store: &mut Store, form: &Map<String, Value>) -> Answer {
    let customer = form.get("customer").and_then(Value::as_str).unwrap_or_default();
    find(&mut store.customers, customer, "customer")?;
    let Some(Value::Array(items)) = form.get("items") else {
        return Err(invalid("parameter_missing", "items", "Missing required param: items."));
    };
    store.now += 1;
    let data: Vec<_> = items
        .iter()
        .enumerate()
        .map(|(index, item)| {
            let quantity: i64 = item["quantity"].as_str().map_or(1, |text| text.parse().expect("a number"));
            json!({
                "id": format!("si_{index}"), "object": "subscription_item", "quantity": quantity, "created": store.now,
                "price": { "id": item["price"], "object": "price", "unit_amount": 2000, "unit_amount_decimal": "2000", "currency": "eur" },
                "metadata": item.get("metadata").unwrap_or(&json!({})),
            })
        })
        .collect();
    Ok(json!({
        "id": "sub_1", "object": "subscription", "customer": customer, "status": "active", "created": store.now,
        "trial_end": form.get("trial_end").and_then(Value::as_str).and_then(|text| text.parse::<i64>().ok()),
        "cancel_at_period_end": form.get("cancel_at_period_end").is_some_and(|text| text == "true"),
        "latest_invoice": "in_1", "items": { "object": "list", "data": data, "has_more": false, "url": "/v1/subscription_items" },
    }))
}

/// Puts objects in the place of their ids, where that was asked for.
fn expanded(store: &Store, mut payment: Map<String, Value>, wanted: &[String]) -> Map<String, Value> {
    for name in wanted {
        let list = match name.as_str() {
            "customer" => &store.customers,
            "latest_charge" => &store.charges,
            _ => continue,
        };
        if let Some(found) = list.iter().find(|one| Some(&one["id"]) == payment.get(name)) {
            payment.insert(name.clone(), found.clone().into());
        }
    }
    payment
}

fn list_of(value: Option<&Value>) -> Vec<String> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().map(str::to_owned)).collect()
}

fn reading(
    store: &Shared,
    path: &str,
    query: Option<String>,
    headers: &HeaderMap,
    read: impl FnOnce(&mut Store, &Map<String, Value>) -> Answer,
) -> Response {
    let mut store = store.lock().expect("no test panics with it");
    let arguments = read_form(query.as_deref().unwrap_or_default());
    let outcome = enter(&mut store, path, query, headers, "").and_then(|()| read(&mut store, &arguments));
    match outcome {
        Ok(value) => answer(&(StatusCode::OK, value), false),
        Err(Refusal(status, body)) => answer(&(status, body), false),
    }
}

async fn get_customer(
    State(store): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    reading(&store, "/v1/customers/{id}", query, &headers, |store, _| {
        Ok(find(&mut store.customers, &id, "customer")?.clone().into())
    })
}

async fn get_payment(
    State(store): State<Shared>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    reading(&store, "/v1/payment_intents/{id}", query, &headers, |store, arguments| {
        let payment = find(&mut store.payments, &id, "payment_intent")?.clone();
        Ok(expanded(store, payment, &list_of(arguments.get("expand"))).into())
    })
}

async fn list_customers(
    State(store): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    reading(&store, "/v1/customers", query, &headers, |store, arguments| {
        let list =
            store.customers.iter().filter(|customer| customer.get("deleted").is_none()).cloned().collect();
        page(list, arguments, "/v1/customers")
    })
}

async fn list_payments(
    State(store): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    reading(&store, "/v1/payment_intents", query, &headers, |store, arguments| {
        let wanted: Vec<_> = list_of(arguments.get("expand"))
            .iter()
            .filter_map(|name| name.strip_prefix("data.").map(str::to_owned))
            .collect();
        let list = store.payments.iter().map(|payment| expanded(store, payment.clone(), &wanted)).collect();
        page(list, arguments, "/v1/payment_intents")
    })
}

fn number(arguments: &Map<String, Value>, name: &str) -> Option<i64> {
    arguments.get(name)?.as_str()?.parse().ok()
}

/// The newest first; a page begins after an id.
fn page(mut list: Vec<Map<String, Value>>, arguments: &Map<String, Value>, url: &str) -> Answer {
    let limit = number(arguments, "limit").unwrap_or(10);
    if !(1..=100).contains(&limit) {
        return Err(invalid("parameter_invalid_integer", "limit", "This value must be between 1 and 100."));
    }
    list.reverse();
    for name in ["email", "customer"] {
        if let Some(wanted) = arguments.get(name) {
            list.retain(|one| one.get(name).is_some_and(|value| value == wanted || value["id"] == *wanted));
        }
    }
    if let Some(created) = arguments.get("created").and_then(Value::as_object) {
        let at = |one: &Map<String, Value>| one["created"].as_i64().expect("a time");
        list.retain(|one| {
            number(created, "gte").is_none_or(|from| at(one) >= from)
                && number(created, "lt").is_none_or(|to| at(one) < to)
        });
    }
    if let Some(after) = arguments.get("starting_after") {
        let Some(place) = list.iter().position(|one| one["id"] == *after) else {
            return Err(invalid("resource_missing", "starting_after", "No such object"));
        };
        list.drain(..=place);
    }
    let limit = usize::try_from(limit).expect("a small number");
    let has_more = list.len() > limit;
    list.truncate(limit);
    Ok(json!({ "object": "list", "url": url, "has_more": has_more, "data": list }))
}

/// `email:'x'`, `name:'x'`, `metadata['key']:'x'`, joined by AND.
async fn search_customers(
    State(store): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    reading(&store, "/v1/customers/search", query, &headers, |store, arguments| {
        let query = arguments
            .get("query")
            .and_then(Value::as_str)
            .ok_or_else(|| invalid("parameter_missing", "query", "Missing required param: query."))?;
        let mut found: Vec<_> =
            store.customers.iter().filter(|customer| customer.get("deleted").is_none()).collect();
        for term in query.split(" AND ") {
            let (field, value) = term.split_once(":'").ok_or_else(|| {
                invalid("search_query_invalid", "query", "We were unable to parse your search query.")
            })?;
            let value = value.trim_end_matches('\'');
            found.retain(|customer| {
                match field.strip_prefix("metadata['").and_then(|key| key.strip_suffix("']")) {
                    Some(key) => customer["metadata"][key] == value,
                    None => customer.get(field).is_some_and(|text| text == value),
                }
            });
        }
        let (total, limit) =
            (found.len(), usize::try_from(number(arguments, "limit").unwrap_or(10)).expect("a small number"));
        let start = arguments
            .get("page")
            .and_then(Value::as_str)
            .map_or(0, |page| page.trim_start_matches("page:").parse::<usize>().expect("one of ours"));
        let data: Vec<_> = found.into_iter().skip(start).take(limit).collect();
        let next = start + data.len();
        let mut answer = json!({ "object": "search_result", "url": "/v1/customers/search", "data": data, "has_more": next < total, "next_page": null });
        if next < total {
            answer["next_page"] = format!("page:{next}").into();
        }
        if list_of(arguments.get("expand")).iter().any(|name| name == "total_count") {
            answer["total_count"] = total.into();
        }
        Ok(answer)
    })
}

/// `a[b]=1&c[0][d]=2&e[]=3` as JSON, as servers that take such forms read it.
fn read_form(form: &str) -> Map<String, Value> {
    let mut root = Value::Object(Map::new());
    for (key, value) in form_urlencoded::parse(form.as_bytes()) {
        let (first, rest) = key.split_once('[').unwrap_or((&key, ""));
        let mut keys = vec![first];
        keys.extend(rest.split('[').map(|part| part.trim_end_matches(']')).filter(|_| !rest.is_empty()));
        let mut place = &mut root;
        for key in keys {
            let is_list = key.is_empty() || key.bytes().all(|byte| byte.is_ascii_digit());
            if place.is_null() {
                *place = if is_list { json!([]) } else { json!({}) };
            }
            place = match place {
                Value::Array(list) => {
                    let index = key.parse().unwrap_or(list.len());
                    assert!(index <= list.len(), "indexes have no gaps: {form}");
                    if index == list.len() {
                        list.push(Value::Null);
                    }
                    &mut list[index]
                }
                Value::Object(map) => map.entry(key).or_insert(Value::Null),
                other => panic!("{other} is no place for {key} in {form}"),
            };
        }
        assert!(place.is_null(), "{key} is there once: {form}");
        *place = Value::String(value.into_owned());
    }
    match root {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
