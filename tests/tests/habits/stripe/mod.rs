//! The shipped Stripe connector against a server that does as Stripe does.

mod server;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use typed_connector::{CallOptions, Decimal, Error, Observer, RetryPolicy, Timestamp, connector};
use typed_connector_tests::api_error;

use self::api::customers::{self, Customer, CustomerId, CustomerOrId};
use self::api::payment_intents::{self, AutomaticPaymentMethods, ChargeOrId, PaymentIntentStatus};
use self::api::subscriptions::{self, NewSubscriptionItem, SubscriptionStatus};
use self::api::{Address, Shipping};
use self::server::{Fault, Server};

/// The connector.
#[connector("stripe")]
pub mod api {}

fn client(server: &Server) -> api::Client {
    let mut policy = RetryPolicy::default();
    policy.base = Duration::from_millis(5);
    api::Client::builder().base_url(&server.url).access_token(server::KEY).retry(policy).build().unwrap()
}

fn metadata<const N: usize>(pairs: [(&str, &str); N]) -> BTreeMap<String, String> {
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
}

#[tokio::test]
async fn the_life_of_a_customer() {
    let server = Server::start().await;
    let client = client(&server);
    let address = Address::new().line1("Chausseestr. 1").city("Berlin").postal_code("10115").country("DE");
    let create = customers::Create::new()
        .name("Ada Lovelace")
        .email("ada@example.com")
        .phone("+49 30 1")
        .shipping(Shipping::new("Ada", address.clone()))
        .address(address)
        .metadata(metadata([("order", "6735"), ("tier", "gold")]))
        .preferred_locales(["de", "en"])
        .balance(-500);
    let made = client.execute(create).await.unwrap();
    assert_eq!(
        (made.id.as_str(), made.balance, made.name.as_deref()),
        ("cus_0001", Some(-500), Some("Ada Lovelace"))
    );
    assert_eq!(made.created, Some(Timestamp::from_second(1_721_948_531).unwrap()));
    assert_eq!(made.preferred_locales, ["de", "en"]);
    let seen = server.last();
    assert_eq!(seen.version.as_deref(), Some("2026-09-30.endive"));
    assert!(seen.body.contains("shipping%5Baddress%5D%5Bpostal_code%5D=10115"), "{}", seen.body);

    // What is given changes, what is cleared goes, the rest stays; of metadata only the given keys.
    let update = customers::Update::new(&made.id)
        .email("countess@example.com")
        .clear_phone()
        .preferred_locales(Vec::<String>::new())
        .metadata(metadata([("tier", ""), ("since", "2024")]));
    let changed = client.execute(update).await.unwrap();
    assert_eq!(
        server.last().body,
        "email=countess%40example.com&metadata%5Bsince%5D=2024&metadata%5Btier%5D=&phone=&preferred_locales="
    );
    assert_eq!((changed.email.as_deref(), changed.phone.as_deref()), (Some("countess@example.com"), None));
    assert_eq!(changed.metadata, metadata([("order", "6735"), ("since", "2024")]));
    assert!(changed.preferred_locales.is_empty() && changed.address == made.address);
    let changed =
        client.execute(customers::Update::new(&made.id).clear_metadata().clear_address()).await.unwrap();
    assert!(changed.metadata.is_empty() && changed.address.is_none());

    let gone = client.execute(customers::Delete::new(&made.id)).await.unwrap();
    assert!(gone.deleted && gone.id == made.id);
    let read = client.execute(customers::Get::new(&made.id)).await.unwrap();
    assert_eq!((read.deleted, read.name), (Some(true), None));
    let error = api_error(client.execute(customers::Get::new("cus_nobody")).await);
    assert_eq!((error.status.as_u16(), error.sub_category.as_deref()), (404, Some("resource_missing")));
    assert_eq!(error.correlation_id.as_deref(), Some("req_1"));
}

#[tokio::test]
async fn every_customer_once_in_pages_as_large_as_may_be() {
    let server = Server::start().await;
    let client = client(&server);
    for number in 0..250 {
        let email = if number % 5 == 0 { "five@example.com" } else { "other@example.com" };
        client.execute(customers::Create::new().email(email)).await.unwrap();
    }
    server.store().seen.clear();
    let (mut stream, mut ids) = (client.stream(customers::List::new()), Vec::new());
    while let Some(customer) = stream.try_next().await.unwrap() {
        ids.push(customer.id.to_string());
    }
    assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (250, 250));
    assert_eq!((ids[0].as_str(), ids[249].as_str()), ("cus_0250", "cus_0001"), "the newest first");
    let asked: Vec<_> = server.store().seen.iter().map(|seen| seen.query.clone()).collect();
    assert_eq!(
        asked,
        ["limit=100", "limit=100&starting_after=cus_0151", "limit=100&starting_after=cus_0051"]
    );

    let from = Timestamp::from_second(1_721_948_530 + 201).unwrap();
    let list = customers::List::new().email("five@example.com").created_gte(from).limit(4);
    let (mut stream, mut count) = (client.stream(list), 0);
    while let Some(customer) = stream.try_next().await.unwrap() {
        assert_eq!(customer.email.as_deref(), Some("five@example.com"));
        count += 1;
    }
    assert_eq!(count, 10);
    assert!(server.last().query.contains("created%5Bgte%5D=1721948731"), "{}", server.last().query);
}

#[tokio::test]
async fn a_search_by_cursor_with_its_total() {
    let server = Server::start().await;
    let client = client(&server);
    for number in 0..7 {
        let tier = if number < 5 { "gold" } else { "lead" };
        client
            .execute(customers::Create::new().name("Ada").metadata(metadata([("tier", tier)])))
            .await
            .unwrap();
    }
    let query = "name:'Ada' AND metadata['tier']:'gold'";
    let search = customers::Search::new(query).limit(2).expand(["total_count"]);
    let (mut stream, mut count) = (client.stream(search), 0);
    while let Some(page) = stream.next_page().await.unwrap() {
        count += page.len();
    }
    assert_eq!((count, stream.total()), (5, Some(5)));
    assert!(
        server.last().query.contains("expand%5B%5D=total_count")
            && server.last().query.contains("page=page%3A4")
    );
    let error = api_error(client.execute(customers::Search::new("nonsense")).await);
    assert_eq!(error.details[0].field.as_deref(), Some("query"));
}

#[tokio::test]
async fn what_is_lost_is_sent_again_and_done_once() {
    let server = Server::start().await;
    let client = client(&server);
    for fault in [Fault::ErrorAfterActing, Fault::CutAfterActing, Fault::KeyInUse] {
        server.store().faults.extend([fault, fault]);
        let before = server.store().payments.len();
        let made = client.execute(payment_intents::Create::new(1099, "eur")).await.unwrap();
        let store = server.store();
        assert_eq!(store.payments.len(), before + 1, "{fault:?}");
        assert_eq!(made.id.as_str(), store.payments[before]["id"], "{fault:?}");
        let keys: BTreeSet<_> = store.seen.iter().rev().take(3).map(|seen| seen.key.clone()).collect();
        assert!(keys.len() == 1 && !keys.contains(&None), "{fault:?}: {keys:?}");
    }
    let keys: BTreeSet<_> = server.store().seen.iter().map(|seen| seen.key.clone()).collect();
    assert_eq!(keys.len(), 3, "another call has another key");
    client.execute(customers::List::new()).await.unwrap();
    assert_eq!(server.last().key, None, "a read needs none");
}

/// Every attempt has the same key, whoever adds headers.
#[tokio::test]
async fn nobody_takes_the_key_away() {
    struct Keys;
    impl Observer for Keys {
        fn before(
            &self,
            _: &'static typed_connector::meta::ActionMeta,
            attempt: u32,
            headers: &mut http::HeaderMap,
        ) {
            headers.insert("idempotency-key", http::HeaderValue::from(attempt));
        }
    }
    let server = Server::start().await;
    let client = api::Client::builder().base_url(&server.url).access_token(server::KEY).observer(Keys);
    let client = client.build().unwrap();
    server.store().faults.push_back(Fault::ErrorAfterActing);
    client.execute(payment_intents::Create::new(1099, "eur")).await.unwrap();
    assert_eq!(server.store().payments.len(), 1);
    assert!(server.last().key.is_some_and(|key| key.len() == 36));
    let name = http::HeaderName::from_static("idempotency-key");
    let options = CallOptions::new().header(name, http::HeaderValue::from_static("mine"));
    let error = client.execute_with(payment_intents::Create::new(1099, "eur"), options).await.unwrap_err();
    assert!(error.to_string().contains("CallOptions::idempotency_key"), "{error}");
    assert_eq!(server.store().payments.len(), 1);
}

#[tokio::test]
async fn a_program_that_ends_in_between_goes_on_with_its_own_key() {
    let server = Server::start().await;
    let client = client(&server);
    let order = || CallOptions::new().idempotency_key("order-6735");
    server.store().faults.extend([Fault::ErrorAfterActing; 4]);
    let error = client.execute_with(payment_intents::Create::new(1099, "eur"), order()).await.unwrap_err();
    assert!(
        matches!(&error, Error::OutcomeUnknown { idempotency_key: Some(key), .. } if key == "order-6735"),
        "{error:?}"
    );
    // Later, perhaps in another process.
    let made = client.execute_with(payment_intents::Create::new(1099, "eur"), order()).await.unwrap();
    assert_eq!((made.id.as_str(), server.store().payments.len()), ("pi_0001", 1));
    // With the key of another order nothing is done.
    let error = api_error(client.execute_with(payment_intents::Create::new(2000, "eur"), order()).await);
    assert_eq!((error.category.as_deref(), server.store().payments.len()), (Some("idempotency_error"), 1));
}

#[tokio::test]
async fn a_payment_with_what_it_refers_to() {
    let server = Server::start().await;
    let client = client(&server);
    let ada = client.execute(customers::Create::new().name("Ada")).await.unwrap();
    let create = payment_intents::Create::new(1099, "eur")
        .customer(&ada.id)
        .description("Order 6735")
        .automatic_payment_methods(AutomaticPaymentMethods::new(true).allow_redirects("never"));
    let waiting = client.execute(create).await.unwrap();
    assert_eq!(waiting.status, Some(PaymentIntentStatus::RequiresPaymentMethod));
    assert_eq!(waiting.customer, Some(CustomerOrId::Id(ada.id.clone())));
    assert!(!format!("{waiting:?}").contains("hush") && waiting.client_secret.unwrap().ends_with("hush"));

    let pay = payment_intents::Create::new(2500, "eur")
        .customer(&ada.id)
        .payment_method("pm_card_visa")
        .confirm(true);
    let paid = client.execute(pay.expand(["latest_charge"])).await.unwrap();
    let Some(ChargeOrId::Charge(charge)) = &paid.latest_charge else { panic!("{:?}", paid.latest_charge) };
    assert_eq!((charge.amount, charge.paid, paid.amount_received), (Some(2500), Some(true), Some(2500)));

    let read = client
        .execute(payment_intents::Get::new(&paid.id).expand(["customer", "latest_charge"]))
        .await
        .unwrap();
    assert!(
        matches!(&read.customer, Some(CustomerOrId::Customer(customer)) if customer.name.as_deref() == Some("Ada"))
    );
    let list = payment_intents::List::new().customer(&ada.id).expand(["data.customer"]);
    let listed = client.execute(list).await.unwrap();
    let names = listed.items.iter().map(|payment| match &payment.customer {
        Some(CustomerOrId::Customer(customer)) => customer.name.clone(),
        other => panic!("{other:?}"),
    });
    assert_eq!(names.collect::<Vec<_>>(), vec![Some("Ada".to_owned()); 2]);
}

#[tokio::test]
async fn what_is_refused_says_why() {
    let server = Server::start().await;
    let client = client(&server);
    let pay = payment_intents::Create::new(1099, "eur")
        .payment_method("pm_card_chargeDeclinedInsufficientFunds")
        .confirm(true);
    let error = api_error(client.execute(pay).await);
    assert_eq!((error.status.as_u16(), error.category.as_deref()), (402, Some("card_error")));
    assert_eq!(
        (error.sub_category.as_deref(), error.details[0].code.as_deref()),
        (Some("card_declined"), Some("insufficient_funds"))
    );
    let error = api_error(client.execute(payment_intents::Create::new(1, "eur")).await);
    assert_eq!(
        (error.sub_category.as_deref(), error.details[0].field.as_deref()),
        (Some("amount_too_small"), Some("amount"))
    );
    assert_eq!(server.store().seen.len(), 2, "neither is tried again");

    let stranger =
        api::Client::builder().base_url(&server.url).access_token("sk_test_other").build().unwrap();
    assert!(stranger.execute(customers::List::new()).await.unwrap_err().is_unauthorized());
    let error = api::Client::builder().base_url(&server.url).build().unwrap_err();
    assert!(error.to_string().contains("`access_token(…)` (Secret key)"), "{error}");
}

#[tokio::test]
async fn a_subscription_to_several_prices() {
    let server = Server::start().await;
    let client = client(&server);
    let ada = client.execute(customers::Create::new().name("Ada")).await.unwrap();
    let items = [
        NewSubscriptionItem::new("price_basic").quantity(2),
        NewSubscriptionItem::new("price_extra").metadata(metadata([("seat", "7")])),
    ];
    let create = subscriptions::Create::new(&ada.id, items)
        .cancel_at_period_end(true)
        .trial_end(Timestamp::from_second(1_730_000_000).unwrap());
    let made = client.execute(create).await.unwrap();
    let form: Vec<_> = form_urlencoded::parse(server.last().body.as_bytes())
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    assert_eq!(
        form,
        [
            "cancel_at_period_end=true",
            "customer=cus_0001",
            "items[0][price]=price_basic",
            "items[0][quantity]=2",
            "items[1][metadata][seat]=7",
            "items[1][price]=price_extra",
            "trial_end=1730000000",
        ]
    );
    assert_eq!(
        (made.status, made.trial_end.unwrap().as_second()),
        (Some(SubscriptionStatus::Active), 1_730_000_000)
    );
    let items = made.items.unwrap().data;
    let price = items[0].price.as_ref().unwrap();
    assert_eq!(
        (items.len(), items[0].quantity, price.unit_amount_decimal),
        (2, Some(2), Some(Decimal::from(2000)))
    );
    assert_eq!(made.latest_invoice, Some("in_1".into()), "as it came: an id, or the invoice");
    assert_eq!(items[1].metadata["seat"], "7");
}

#[tokio::test]
async fn another_version_is_another_header() {
    let server = Server::start().await;
    let builder = api::Client::builder().base_url(&server.url).access_token(server::KEY);
    let client = builder.api_version("2025-12-15.clover").build().unwrap();
    let made: Customer = client.execute(customers::Create::new()).await.unwrap();
    assert_eq!(server.last().version.as_deref(), Some("2025-12-15.clover"));
    assert_eq!(server.last().path, "/v1/customers");
    assert_eq!(made.id, CustomerId::from("cus_0001"));
    let error = api::Client::builder().api_version("2010-01-01").build().unwrap_err();
    assert!(error.to_string().contains("it has 2026-09-30.endive, "), "{error}");
}

#[test]
fn where_its_token_goes_instead_of_a_profile() {
    use typed_connector::auth::{AuthError, AuthorizationProfile, MemoryStore, Profiles};
    let told = "the authorization profile cannot be used: Stripe has no OAuth 2.0; give its token (Secret key) to the client's builder, \
                with `access_token`";
    let profile =
        AuthorizationProfile::new::<api::Connector>("id", "secret", "https://you.example/cb").map(drop);
    let profiles = Profiles::of::<api::Connector>(MemoryStore::new()).map(drop);
    for error in [profile, profiles].map(|outcome: Result<(), AuthError>| outcome.expect_err("it has none")) {
        assert_eq!(error.to_string(), told);
    }
}
