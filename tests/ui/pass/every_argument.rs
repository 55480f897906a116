//! Arguments in the path, the query, headers, forms and whole bodies; keywords as names.

use typed_connector::{Date, connector};

#[connector(path = "../specs/everything")]
pub mod api {}

use api::things::{self, Thing};

fn main() {
    let action = things::Match::new("a/b", 5, "x = 1")
        .tag(["t", "u"])
        .comma([1, 2])
        .box_([true])
        .day("2027-03-31".parse::<Date>().unwrap())
        .page(2)
        .x_trace("abc");
    let _ = format!("{action:?}");

    let login = things::Login::new("me", "hunter2").remember(true);
    assert!(!format!("{login:?}").contains("hunter2"), "{login:?}");

    let _ = things::Put::new("7", Thing::new().text("t"));
    let _ = things::ReplaceAll::new([Thing::new(), Thing::new().whole(2)]);
    let _ = things::Count::new();
}
