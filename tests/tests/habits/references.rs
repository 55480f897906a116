//! References that are ids, or on request the records themselves.

use typed_connector_tests::wire::{Reply, Server};

use crate::client;
use crate::habits::payments::{Create, Customer, CustomerId, CustomerOrId, Get, Payment};

async fn read(customer: &str) -> Payment {
    let body = format!(r#"{{ "id": "p1", "customer": {customer} }}"#);
    let server = Server::start(move |_| Reply::new(200, &[], &body)).await;
    client(&server).execute(Get::new("p1")).await.unwrap()
}

#[tokio::test]
async fn a_reference_is_an_id_or_one_of_the_objects() {
    let payment = read(r#""cus_1""#).await;
    assert_eq!(payment.customer, Some(CustomerOrId::Id(CustomerId::from("cus_1"))));
    assert_eq!(read("7").await.customer, Some(CustomerId::from("7").into()));
    assert_eq!(read("null").await.customer, None);
    let Some(CustomerOrId::Customer(customer)) = read(r#"{ "id": "cus_1", "name": "Ada" }"#).await.customer
    else {
        panic!()
    };
    assert_eq!((customer.id.as_str(), customer.name.as_deref()), ("cus_1", Some("Ada")));
    let gone = read(r#"{ "id": "cus_1", "deleted": true }"#).await.customer;
    assert!(matches!(&gone, Some(CustomerOrId::Gone(gone)) if gone.deleted), "{gone:?}");
    // What is none of these is kept.
    let other = read("[1]").await.customer;
    assert!(matches!(&other, Some(CustomerOrId::Other(json)) if json[0] == 1), "{other:?}");
}

#[tokio::test]
async fn both_can_be_sent() {
    let server = Server::start(|_| Reply::new(200, &[], r#"{ "id": "p1" }"#)).await;
    let client = client(&server);
    client.execute(Create::new(1).customer(CustomerId::from("cus_1"))).await.unwrap();
    assert_eq!(server.last().text(), "amount=1&customer=cus_1");
    client.execute(Create::new(1).customer(Customer::new("cus_1").name("Ada"))).await.unwrap();
    assert_eq!(server.last().text(), "amount=1&customer%5Bid%5D=cus_1&customer%5Bname%5D=Ada");
}
