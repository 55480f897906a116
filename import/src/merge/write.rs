//! A merged value as text: what did not change stays as it was written, down to its blanks.

use typed_connector_specs::text::{Member, Span, Value};

use crate::out::Json;

/// The text of a file, from what it holds now and what it held.
pub(super) fn file(json: &Json, was: &Value, source: &str) -> String {
    let (start, end) = (was.span.start as usize, was.span.end as usize);
    let (before, after) = (slice(source, 0, start), slice(source, end, source.len()));
    format!("{before}{}{after}", node(json, was, source, 0, 0))
}

fn slice(source: &str, start: usize, end: usize) -> &str {
    source.get(start..end).unwrap_or_default()
}

fn of(source: &str, span: Span) -> &str {
    slice(source, span.start as usize, span.end as usize)
}

fn node(json: &Json, was: &Value, source: &str, indent: usize, before: usize) -> String {
    let text = of(source, was.span);
    if json.is_same(&Json::from(was)) {
        return text.to_owned();
    }
    match (json, was.members()) {
        (Json::Object(members), Some(old))
            if !members.is_empty() && !old.is_empty() && text.contains('\n') =>
        {
            object(members, old, was.span, source, indent)
        }
        _ => written(json, indent, before),
    }
}

fn written(json: &Json, indent: usize, before: usize) -> String {
    let mut text = String::new();
    json.write(indent, before, &mut text);
    text
}

fn object(members: &[(String, Json)], old: &[Member], span: Span, source: &str, indent: usize) -> String {
    let inner =
        old.first().and_then(|first| column(source, first.key_span.start as usize)).unwrap_or(indent + 2);
    let outer = column(source, (span.end as usize).saturating_sub(1)).unwrap_or(indent);
    let gap =
        |last: usize| slice(source, old[last].value.span.end as usize, old[last + 1].key_span.start as usize);
    // Where some stand on one line and some do not, each gets a line of its own.
    let keeps_gaps = (1..old.len()).all(|next| gap(next - 1).contains('\n'));
    let mut out = String::from("{");
    let mut last: Option<usize> = None;
    for (number, (key, value)) in members.iter().enumerate() {
        let place = old.iter().position(|member| member.key == *key);
        // Two neighbours that stay neighbours keep what was between them.
        out.push_str(&match (last, place) {
            (Some(last), Some(place)) if place == last + 1 && keeps_gaps => gap(last).to_owned(),
            _ => format!("{}\n{}", if number == 0 { "" } else { "," }, " ".repeat(inner)),
        });
        match place {
            Some(place) => {
                let member = &old[place];
                let between = slice(source, member.key_span.end as usize, member.value.span.start as usize);
                let name = of(source, member.key_span);
                out.push_str(name);
                out.push_str(between);
                let before = name.chars().count() + between.chars().count();
                out.push_str(&node(value, &member.value, source, inner, before));
            }
            None => {
                let name = Json::text(key.as_str()).flat();
                out.push_str(&format!("{name}: {}", written(value, inner, name.chars().count() + 2)));
            }
        }
        last = place;
    }
    out.push_str(&format!("\n{}}}", " ".repeat(outer)));
    out
}

/// How many blanks stand before a place that is the first of its line.
fn column(source: &str, at: usize) -> Option<usize> {
    let before = slice(source, 0, at);
    let line = &before[before.rfind('\n').map_or(0, |newline| newline + 1)..];
    (before.len() != line.len() && line.chars().all(|c| c == ' ')).then_some(line.len())
}
