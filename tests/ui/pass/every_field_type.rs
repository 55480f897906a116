//! Every type of field, sent and received.

use std::collections::BTreeMap;

use serde_json::json;
use typed_connector::{Bytes, Date, Decimal, Record as _, SignedDuration, Timestamp, Url, connector};

#[connector(path = "../specs/everything")]
pub mod api {}

use api::Colour;
use api::things::{self, Part, Thing, ThingId, ThingMood};

fn main() {
    let instant: Timestamp = "2027-03-31T10:00:00Z".parse().unwrap();
    let part = Part::new("wheel").weight(Decimal::new(25, 1));
    let action = things::Create::new()
        .text("t")
        .whole(1)
        .money(Decimal::new(1250, 2))
        .real(0.5)
        .flag(true)
        .day("2027-03-31".parse::<Date>().unwrap())
        .instant(instant)
        .millis(instant)
        .span(SignedDuration::from_secs(90))
        .link(Url::parse("https://example.com/a?b").unwrap())
        .mail("a@example.com")
        .blob(Bytes(vec![1, 2, 3]))
        .anything(json!({ "a": [1, null] }))
        .colour(Colour::DarkBlue)
        .mood("odd")
        .tags(["x", "y"])
        .joined([1, 2])
        .parts([part.clone()])
        .counts(BTreeMap::from([("a".to_owned(), 1)]))
        .groups(BTreeMap::from([("g".to_owned(), vec![part.clone()])]))
        .main_part(part)
        .type_("keyword")
        .self_("keyword")
        .fn_(3)
        .async_(false);
    let _ = format!("{action:?}");

    let mut thing = Thing::default();
    thing.parent = Some(Box::new(Thing::default()));
    thing.children = vec![Thing::default()];
    thing.colour = Some(Colour::Red);
    thing.mood = Some(ThingMood::Other("odd".to_owned()));
    thing.id = ThingId::from("7");
    assert_eq!(thing.to_json()["colour"], "red");
    assert_eq!("dark-blue".parse::<Colour>(), Ok(Colour::DarkBlue));
    let error = "green".parse::<Colour>().unwrap_err();
    assert_eq!(error.to_string(), "`green` is not one of red, dark-blue");
}
