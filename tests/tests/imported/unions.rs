//! Alternatives, `null`, constants.

#![expect(clippy::field_reassign_with_default, reason = "objects are `non_exhaustive`")]

use serde_json::json;
use typed_connector_tests::wire::{Reply, Server};

use crate::shapes::shapes::{
    Circle, Create, CreateEvent, Drawing, Group, List, Moved, Renamed, Shape, ShapesCreateEventEvent,
    UpdateDrawing,
};
use crate::{client, shapes};

/// An object with these fields, as an answer would have it.
fn circle(radius: f64) -> Circle {
    let mut circle = Circle::default();
    circle.radius = radius;
    circle
}

#[tokio::test]
async fn a_tag_tells_which_one_it_is() {
    let server = Server::start(|request| match request.line.starts_with("GET") {
        true => Reply::json(
            200,
            &json!([
                { "kind": "circle", "radius": 1.5, "label": null },
                { "kind": "Group", "shapes": [{ "kind": "square", "side": 2 }] },
                { "kind": "triangle", "sides": [3, 4, 5] },
            ]),
        ),
        false => Reply::new(200, &[("content-type", "application/json")], &request.body),
    })
    .await;
    let client = client(shapes::Client::builder(), &server);
    let found = client.execute(List::new().x(1.0)).await.expect("shapes");
    assert_eq!(server.last().target(), "/shapes?x=1");
    let [Shape::Circle(one), Shape::Group(group), Shape::Other(other)] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!((one.radius - 1.5).abs() < f64::EPSILON);
    assert!(matches!(group.shapes.as_slice(), [Shape::Square(square)] if square.side > 1.0));
    assert_eq!(other["sides"], json!([3, 4, 5]));

    let mut group = Group::default();
    group.shapes = vec![circle(3.0).into(), other_shape()];
    let back = client.execute(Create::new(group)).await.expect("a shape");
    assert!(matches!(back, Shape::Group(_)));
    let sent =
        json!({ "kind": "Group", "shapes": [{ "kind": "circle", "radius": 3.0 }, { "kind": "blob" }] });
    assert_eq!(server.last().json(), sent);
}

fn other_shape() -> Shape {
    Shape::Other(json!({ "kind": "blob" }))
}

#[tokio::test]
async fn without_a_tag_the_fields_tell_and_constants_are_sent() {
    let server = Server::start(|_| Reply::new(204, &[], "")).await;
    let client = client(shapes::Client::builder(), &server);
    let mut moved = Moved::default();
    (moved.x, moved.y) = (1.0, 2.0);
    client.execute(CreateEvent::new(moved)).await.expect("done");
    assert_eq!(server.last().json(), json!({ "source": "import", "event": { "x": 1.0, "y": 2.0 } }));
    let event: ShapesCreateEventEvent = Renamed::default().into();
    client.execute(CreateEvent::new(event)).await.expect("done");
    assert_eq!(server.last().json()["event"], json!({ "name": "" }));
}

#[tokio::test]
async fn null_is_sent_where_it_means_something_and_read_as_nothing() {
    let server = Server::start(|_| {
        Reply::json(
            200,
            &json!({
                "title": null, "pen": 5, "corner": [1, 2.5], "colour": "green", "owner": null, "changed": 1_700_000_000,
                "preview": "AQI=", "layers": { "l1": { "kind": "circle", "radius": 1 } }, "style": { "dash": true },
                "parent": { "title": "first", "pen": "x" }, "frame": { "inner": {} },
            }),
        )
    })
    .await;
    let client = client(shapes::Client::builder(), &server);
    let update = UpdateDrawing::new(7, "t", 5).clear_owner().corner([1.0, 2.5]);
    client.execute(update).await.expect("a drawing");
    let request = server.last();
    assert_eq!(request.target(), "/drawings/7");
    assert_eq!(request.json(), json!({ "title": "t", "pen": 5, "owner": null, "corner": [1.0, 2.5] }));

    let drawing: Drawing = client.execute(shapes::shapes::GetDrawing::new(7)).await.expect("a drawing");
    assert_eq!((drawing.title, drawing.pen), (None, json!(5)));
    assert_eq!(drawing.colour.map(|colour| colour.as_str().to_owned()).as_deref(), Some("green"));
    assert_eq!(drawing.changed.map(typed_connector::Timestamp::as_second), Some(1_700_000_000));
    assert_eq!(drawing.preview.map(|preview| preview.0), Some(vec![1, 2]));
    assert!(matches!(drawing.layers["l1"], Shape::Circle(_)));
    assert_eq!(drawing.parent.and_then(|parent| parent.title).as_deref(), Some("first"));
    assert!(drawing.frame.and_then(|frame| frame.inner).is_some());
}
