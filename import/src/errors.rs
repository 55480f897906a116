//! Where an error body keeps what, from the schema that answers of errors have.

use typed_connector_specs::text::Value;

use crate::cx::Cx;
use crate::out::{Json, Object};
use crate::schema::{Parts, gather, peek};
use crate::text::snake;

/// `errors` of `connector.json`, from the first operation that describes its errors.
pub(crate) fn recognize<'d>(cx: &mut Cx<'d>, operation: &'d Value) -> Option<Json> {
    let responses = cx.quietly(|cx| cx.get(operation, "responses"))?.members()?;
    let error =
        responses.iter().find(|response| response.key == "default" || response.key.starts_with('4'))?;
    cx.quietly(|cx| {
        let (response, _) = cx.deref(&error.value)?;
        let content = crate::body::choose(cx, response)?;
        let schema = content.node.get("schema")?;
        let root = fields(cx, schema);
        // `{ "error": { "message": … } }`
        let inner = ["error", "meta", "fault"].iter().find_map(|key| {
            let (name, schema) = root.iter().find(|(name, _)| name == key)?;
            let fields = fields(cx, schema);
            (!fields.is_empty()).then(|| (format!("/{name}"), fields))
        });
        let (at, fields) = inner.unwrap_or((String::new(), root));
        let find = |names: &[&str]| {
            names.iter().find_map(|wanted| fields.iter().find(|(name, _)| snake(name) == *wanted))
        };
        let mut out = Object::default();
        let mut set = |key: &str, names: &[&str]| {
            if let Some((name, _)) = find(names) {
                out.text(key, format!("{at}/{name}"));
            }
        };
        set(
            "message",
            &[
                "message",
                "error_description",
                "detail",
                "description",
                "error_message",
                "msg",
                "title",
                "error",
            ],
        );
        set("category", &["category", "code", "type", "error_code", "kind", "status", "reason"]);
        set("sub_category", &["sub_category", "sub_code", "subtype"]);
        set("correlation_id", &["correlation_id", "request_id", "trace_id", "incident_id"]);
        if let Some((name, list)) = find(&["errors", "details", "violations", "invalid_params"])
            && let Some(items) = peek(cx, list).get("items")
        {
            let inner = self::fields(cx, items);
            let find = |names: &[&str]| {
                names.iter().find_map(|wanted| inner.iter().find(|(name, _)| snake(name) == *wanted))
            };
            let mut details = Object::default();
            details.text("at", format!("{at}/{name}"));
            for (key, names) in [
                ("message", &["message", "detail", "description", "reason"][..]),
                ("code", &["code", "type", "error_code"][..]),
                ("field", &["field", "in", "param", "property", "path", "name", "pointer"][..]),
            ] {
                if let Some((name, _)) = find(names) {
                    details.text(key, format!("/{name}"));
                }
            }
            out.object("details", details);
        }
        (!out.is_empty()).then(|| out.done())
    })
}

fn fields<'d>(cx: &mut Cx<'d>, schema: &'d Value) -> Vec<(&'d str, &'d Value)> {
    let mut parts = Parts::default();
    gather(cx, schema, &mut parts);
    parts
        .fields
        .into_iter()
        .map(|(name, schema, _)| (name, schema))
        .filter(|(name, _)| !name.contains(['/', '~']))
        .collect()
}
