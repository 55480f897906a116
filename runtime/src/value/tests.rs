//! Reading and writing along a hand-made shape, as generated code has it.

use serde_json::{Value, json};

use crate::__private as rt;

use super::*;
use crate::filter::Property;

static SHAPE: Shape = Shape {
    name: "Deal",
    fields: &[
        Field::new("id", Format::PLAIN),
        Field::new("amount", Format::TEXT),
        Field::new("tags", Format::separated(";")),
        Field::new("lines", Format::PLAIN),
        Field::sensitive("note", Format::TEXT),
    ],
    tree: &[
        Node::Field("id", 0),
        Node::Field("lines", 3),
        Node::Properties(
            "properties",
            &[Node::Field("amount", 1), Node::Field("note", 4), Node::Field("tags", 2)],
        ),
    ],
    required: &[0],
    clear: Some(""),
};

#[derive(Clone, Default)]
struct Deal {
    id: String,
    amount: Option<rust_decimal::Decimal>,
    tags: Vec<String>,
    lines: Vec<i64>,
    note: Option<String>,
    extra: Extra,
}

rt::record!(Deal, SHAPE, extra, { 0 id 1 amount 2 tags 3 lines 4 note });

fn deal(json: &Value) -> Result<Deal, ReadError> {
    let mut deal = Deal::default();
    read(json.to_string().as_bytes(), &mut Orders::default(), &mut deal).map(|()| deal)
}

#[test]
fn what_is_read_is_written_again() {
    let json = json!({
        "id": "1", "lines": [1, 2], "odd": { "a": [null] },
        "properties": { "amount": "12.50", "tags": "a;b", "note": "n", "custom": "x" },
    });
    let deal = deal(&json).unwrap();
    assert_eq!(
        (deal.amount, &*deal.tags),
        (Some(rust_decimal::Decimal::new(1250, 2)), &["a".to_owned(), "b".into()][..])
    );
    assert_eq!(deal.extra.get("custom"), Some(&json!("x")));
    assert_eq!(deal.extra.get("odd"), Some(&json!({ "a": [null] })));
    let written = deal.to_json();
    assert_eq!(written["properties"]["amount"], "12.50");
    assert_eq!(written["properties"]["tags"], "a;b");
    assert_eq!(written["properties"]["custom"], "x");
}

static CART: Shape = Shape {
    fields: &[Field::new("deals", Format::PLAIN)],
    tree: &[Node::Field("deals", 0)],
    ..Shape::of("Cart")
};

#[derive(Clone, Default)]
struct Cart {
    deals: Vec<Deal>,
    extra: Extra,
}

rt::record!(Cart, CART, extra, { 0 deals });

#[test]
fn objects_are_the_same_that_hold_the_same_and_in_which_the_same_did_not_fit() {
    let cart = |amount: Value, beside: Value| {
        let json = json!({ "deals": [{ "id": "1", "properties": { "amount": amount }, "beside": beside }] });
        let mut cart = Cart::default();
        read(json.to_string().as_bytes(), &mut Orders::default(), &mut cart).unwrap();
        cart
    };
    let one = cart(json!("1.50"), json!(1));
    assert_eq!(one, cart(json!("1.50"), json!(1)));
    assert_ne!(one, cart(json!("1.51"), json!(1)));
    assert_ne!(one, cart(json!("1.50"), json!(2)));
    // Neither has an amount that can be read.
    let odd = cart(json!("a;b"), json!(1));
    assert_eq!(odd.deals[0].amount, None);
    assert_eq!(odd, cart(json!("a;b"), json!(1)));
    assert_ne!(odd, cart(json!("a;c"), json!(1)));
}

#[test]
fn an_odd_value_is_kept_with_a_warning_and_ends_nothing() {
    let deal = deal(&json!({ "id": 7, "lines": [1, "x", { "y": 2 }, 3], "properties": { "amount": "a;b", "tags": { "no": 1 } } })).unwrap();
    assert_eq!((&*deal.id, deal.amount, &*deal.lines), ("7", None, &[1, 3][..]));
    let warned: Vec<_> =
        deal.extra.warnings().iter().map(|w| (w.field.as_str(), w.value.to_string())).collect();
    let expected =
        [("lines[1]", "\"x\""), ("lines[2]", "{\"y\":2}"), ("amount", "\"a;b\""), ("tags", "{\"no\":1}")];
    for (field, value) in expected {
        assert!(warned.contains(&(field, value.to_owned())), "{field} is missing in {warned:?}");
    }
    assert_eq!(deal.extra.get("amount"), Some(&json!("a;b")));
}

#[test]
fn what_is_put_is_what_is_read() {
    fn is_same<T: Element + Default>() {
        for raw in
            [Raw::Null, Raw::Text(""), Raw::Text("7"), Raw::Text("a;b"), Raw::Bool(true), Raw::Integer(7)]
        {
            for format in [Format::PLAIN, Format::TEXT, Format::separated(";")] {
                let mut put = T::default();
                let fits = Element::put(&mut put, raw, &format);
                let read = T::from_raw(raw, &format);
                assert_eq!(fits, read.is_some(), "{raw:?} as {} in {format:?}", T::EXPECTED);
                let is_read = read.is_none_or(|read| read.to_datum() == put.to_datum());
                assert!(is_read, "{raw:?} as {} in {format:?}", T::EXPECTED);
            }
        }
    }
    is_same::<Option<Deal>>();
    is_same::<Option<String>>();
    is_same::<Option<rust_decimal::Decimal>>();
    is_same::<Option<Vec<i64>>>();
    is_same::<Option<Vec<Deal>>>();
    is_same::<Option<Value>>();
    is_same::<Option<std::collections::BTreeMap<String, i64>>>();
}

#[test]
fn only_no_json_and_a_missing_required_field_are_errors() {
    assert!(
        matches!(deal(&json!({ "properties": {} })), Err(ReadError::Missing(fields)) if fields == ["id"])
    );
    assert!(matches!(deal(&json!({ "id": null })), Err(ReadError::Missing(_))));
    assert!(matches!(deal(&json!([])), Err(ReadError::Root(_))));
    assert!(matches!(
        read(b"<html>", &mut Orders::default(), &mut Deal::default()),
        Err(ReadError::Syntax(_))
    ));
    assert!(matches!(
        read(b"{\"id\":\"1\"} x", &mut Orders::default(), &mut Deal::default()),
        Err(ReadError::Syntax(_))
    ));
    assert!(deal(&json!({ "id": "1", "properties": null })).is_ok());
    assert_eq!(deal(&json!({ "id": "1", "properties": "none" })).unwrap().extra.warnings().len(), 1);
}

/// What is JSON is `serde_json`'s to say: each of some thousand damaged bodies is refused by both or by none.
#[test]
fn json_is_what_serde_json_says() {
    let sound = "{ \"id\" : \"\\u00e9\\n1\", \"lines\":[1,-2 , 0,\"3\",4e1], \"odd\":{\"a\":[null,true,{}], \"b\":[ ]},\n\
                 \"new\":[[1.5],\"\\\"]\"],\"properties\":{\"amount\":-0.5,\"tags\":\"a;b\",\"note\":null,\"é\":false}}\t";
    let mut damaged = vec![sound.to_owned(), format!("{sound}x"), format!("\u{feff}{sound}")];
    let places: Vec<_> = sound.char_indices().collect();
    for (at, char) in places {
        let (before, after) = (&sound[..at], &sound[at + char.len_utf8()..]);
        damaged.push(before.to_owned());
        damaged.push(format!("{before}{after}"));
        damaged.push(format!("{before}{char}{char}{after}"));
        for other in "{}[]:,\"\\ 0-1.eEtnu+/x".chars() {
            damaged.push(format!("{before}{other}{after}"));
        }
    }
    let (mut sound, mut refused) = (0, 0);
    for body in &damaged {
        let expected = serde_json::from_str::<Value>(body);
        let read = read(body.as_bytes(), &mut Orders::default(), &mut Deal::default());
        match (&expected, &read) {
            (Ok(_), Ok(()) | Err(ReadError::Missing(_) | ReadError::Root(_))) => sound += 1,
            (Err(error), Err(ReadError::Syntax(said))) if *said == error.to_string() => refused += 1,
            _ => panic!("{expected:?} and {read:?} of {body}"),
        }
    }
    println!("{} bodies: {sound} sound, {refused} refused", damaged.len());
    assert!(sound > 500 && refused > 1000, "{sound} {refused}");
}

#[test]
fn numbers_keep_their_digits_and_strings_their_halves() {
    let body = r#"{"id":"a\ud83d","properties":{"amount":12345678901234567.89,"note":123456789012345678901234567890}}"#;
    let mut deal = Deal::default();
    read(body.as_bytes(), &mut Orders::default(), &mut deal).unwrap();
    assert_eq!(deal.amount.map(|amount| amount.to_string()), Some("12345678901234567.89".into()));
    assert_eq!(deal.note.as_deref(), Some("123456789012345678901234567890"));
    assert!(deal.id.starts_with('a') && deal.id.ends_with('\u{fffd}'), "{}", deal.id);
}

#[test]
fn nesting_ends_before_the_stack_does() {
    let deep = format!("{{\"id\":\"1\",\"x\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(matches!(
        read(deep.as_bytes(), &mut Orders::default(), &mut Deal::default()),
        Err(ReadError::Syntax(_))
    ));
}

#[test]
fn a_body_holds_what_was_set_and_nothing_else() {
    let body = |args: &Args| serde_json::to_value(Body { args, dialect: None }).unwrap();
    let mut args = Args::new(&SHAPE);
    assert_eq!(body(&args), json!({ "properties": {} }));
    args.set(1, rust_decimal::Decimal::new(5, 0));
    args.clear(4);
    args.set_property("custom".into(), json!(5));
    args.set_property("tags".into(), json!("a"));
    args.set(3, vec![1i64]);
    assert_eq!(
        body(&args),
        json!({ "lines": [1], "properties": { "amount": "5", "note": "", "custom": 5, "tags": "a" } })
    );
}

#[test]
fn debug_shows_what_was_set_but_no_secret() {
    let deal = Deal { id: "1".into(), note: Some("hush".into()), ..Deal::default() };
    let text = format!("{deal:?}");
    assert!(text.contains("id: \"1\"") && !text.contains("hush"), "{text}");
    let filter = Property::<Deal, String>::new("note").eq("x");
    assert!(format!("{filter:?}").contains("note"));
}

/// The compiler may keep the equal keys of two types in one place.
#[test]
fn types_with_the_same_keys_differ_in_what_they_require() {
    static KEYS: &[Node] = &[Node::Field("id", 0)];
    static FIELDS: &[Field] = &[Field::new("id", Format::PLAIN)];
    static LOOSE: Shape = Shape { name: "Loose", fields: FIELDS, tree: KEYS, required: &[], clear: None };
    static STRICT: Shape = Shape { name: "Strict", required: &[0], ..LOOSE };

    struct Thing(&'static Shape, Option<String>, Extra);

    impl Record for Thing {
        fn shape(&self) -> &'static Shape {
            self.0
        }

        fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
            (index == 0).then_some(&mut self.1 as &mut dyn Slot)
        }

        fn value(&self, index: u16) -> Option<&dyn Slot> {
            (index == 0).then_some(&self.1 as &dyn Slot)
        }

        fn extra_mut(&mut self) -> &mut Extra {
            &mut self.2
        }

        fn extra(&self) -> &Extra {
            &self.2
        }
    }

    let mut orders = Orders::default();
    let mut read = |shape, body: &[u8]| read_record(body, &mut orders, &mut Thing(shape, None, Extra::EMPTY));
    assert!(read(&LOOSE, b"{}").is_ok());
    assert!(read(&STRICT, br#"{"id":"1"}"#).is_ok());
    assert!(matches!(read(&STRICT, b"{}"), Err(ReadError::Missing(fields)) if fields == ["id"]));
}
