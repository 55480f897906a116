//! The request of an action, and what is answered.

use std::fmt;

use serde_json::{Value, json};
use typed_connector_specs::layout::{Key, Keys, PARAMETER, Preset};
use typed_connector_specs::model::{
    Action, Auth, Body, BodyEncoding, Connector, Effect, Field, Input, KeyPlace, NextPage, Output, PathPiece,
    Place, QueryStyle,
};

use super::words;

/// What travels, line by line.
pub(super) struct Sent {
    method: String,
    url: String,
    query: Vec<Line>,
    headers: Vec<(String, String)>,
    body: Vec<Line>,
    facts: Vec<(&'static str, String)>,
}

/// A value that travels, or a bracket.
struct Line {
    depth: usize,
    name: String,
    about: String,
}

impl Sent {
    pub(super) fn of(connector: &Connector, action: &Action) -> Self {
        let presets = connector.presets(action);
        let about = |index: usize, field: &Field, encoding| {
            let mut text = words::field(connector, field, encoding);
            match presets.iter().find(|(preset, _)| *preset == index).map(|(_, preset)| preset) {
                Some(Preset::Json(value)) if field.constant.is_some() => text = format!("always {value}"),
                Some(Preset::Json(value)) => text.push_str(&format!("; {value} unless given")),
                Some(Preset::AllProperties(_) | Preset::Names(_)) => {
                    text.push_str("; all of them unless given");
                }
                None if field.must_be_given() => text.push_str("; required"),
                None => {}
            }
            text
        };
        let mut headers = head(connector, action);
        let mut query = Vec::new();
        for (index, parameter) in action.parameters.iter().enumerate() {
            let (field, about) = (&parameter.field, about(index, &parameter.field, PARAMETER));
            match parameter.place {
                Place::Path => {}
                Place::Header => headers.push((field.wire_name.clone(), about)),
                Place::Query(style) => {
                    let brackets = if style == QueryStyle::Brackets { "[]" } else { "" };
                    query.push(Line { depth: 0, name: format!("{}{brackets}", field.wire_name), about });
                }
            }
        }
        let in_path = action.parameters.iter().enumerate().filter(|(_, one)| one.place == Place::Path);
        let facts = in_path
            .map(|(index, one)| {
                ("in the path", format!("{}: {}", one.field.wire_name, about(index, &one.field, PARAMETER)))
            })
            .chain(facts(connector, action))
            .collect();
        Self {
            method: action.method.clone(),
            url: url(connector, action),
            query,
            headers,
            body: body(connector, action, &about),
            facts,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let lines = |lines: &[Line]| -> Vec<Value> {
            lines
                .iter()
                .map(|line| json!({ "depth": line.depth, "name": line.name, "type": line.about }))
                .collect()
        };
        json!({
            "method": self.method,
            "url": self.url,
            "query": lines(&self.query),
            "headers": self.headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
            "body": lines(&self.body),
            "facts": self.facts.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.url)?;
        for (index, line) in self.query.iter().enumerate() {
            writeln!(f, "  {} {}=  {}", if index == 0 { '?' } else { '&' }, line.name, line.about)?;
        }
        for (name, value) in &self.headers {
            writeln!(f, "{name}: {value}")?;
        }
        if !self.body.is_empty() {
            writeln!(f)?;
        }
        let width = |line: &Line| 2 * line.depth + line.name.chars().count();
        let widest = self.body.iter().filter(|line| !line.about.is_empty()).map(width).max().unwrap_or(0);
        for line in &self.body {
            let indent = 2 * line.depth;
            if line.about.is_empty() {
                writeln!(f, "{:indent$}{}", "", line.name)?;
            } else {
                writeln!(f, "{:indent$}{:rest$}  {}", "", line.name, line.about, rest = widest - indent)?;
            }
        }
        writeln!(f)?;
        for (name, value) in &self.facts {
            writeln!(f, "{name}: {value}")?;
        }
        Ok(())
    }
}

/// The address by its template.
fn url(connector: &Connector, action: &Action) -> String {
    let mut url = connector.base_url.clone();
    for piece in &action.path {
        match piece {
            PathPiece::Literal(text) => url.push_str(text),
            PathPiece::Base(index) => {
                let versions = connector.api_versions.as_ref();
                let path = versions.and_then(|all| all.versions.get(all.default)?.paths.get(*index));
                url.push_str(path.map_or("", String::as_str));
            }
            PathPiece::Parameter(index) => {
                url.push_str(&format!("{{{}}}", action.parameters[*index].field.wire_name));
            }
        }
    }
    url
}

/// Headers that no argument sets.
fn head(connector: &Connector, action: &Action) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    match &connector.auth {
        Auth { oauth2: None, bearer: None, api_key: Some(key) } => match &key.place {
            KeyPlace::Header(name) => headers.push((name.clone(), format!("the {}", key.title))),
            KeyPlace::Query(name) => headers.push((format!("?{name}="), format!("the {}", key.title))),
            KeyPlace::Basic => {
                headers.push(("authorization".to_owned(), format!("Basic, the {}", key.title)));
            }
        },
        Auth { oauth2: None, bearer: None, api_key: None } => {}
        _ => headers.push(("authorization".to_owned(), "Bearer, the token".to_owned())),
    }
    headers.extend(connector.headers.iter().cloned());
    if let Some(versions) = &connector.api_versions
        && let (Some(header), Some(version)) = (&versions.header, versions.versions.get(versions.default))
    {
        headers.push((header.clone(), version.name.clone()));
    }
    if let Some(header) = &action.idempotency_key {
        headers.push((
            header.clone(),
            "a key of its own for each call, the same when it is sent again".to_owned(),
        ));
    }
    let content_type = match &action.body {
        None => None,
        Some(Body::Whole { encoding: BodyEncoding::Raw, content_type, .. }) => {
            Some(content_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned()))
        }
        Some(Body::Fields { encoding, .. } | Body::Whole { encoding, .. }) => Some(
            match encoding {
                BodyEncoding::Json => "application/json",
                BodyEncoding::Form => "application/x-www-form-urlencoded",
                BodyEncoding::Multipart => "multipart/form-data",
                BodyEncoding::Raw => "application/octet-stream",
            }
            .to_owned(),
        ),
    };
    headers.extend(content_type.map(|value| ("content-type".to_owned(), value)));
    headers
}

fn body(
    connector: &Connector,
    action: &Action,
    about: &dyn Fn(usize, &Field, typed_connector_specs::model::Encoding) -> String,
) -> Vec<Line> {
    let first = action.parameters.len();
    match &action.body {
        None => Vec::new(),
        Some(Body::Whole { field, .. }) => {
            let about = about(first, field, typed_connector_specs::model::Encoding::Json);
            vec![Line { depth: 0, name: "the body".to_owned(), about }]
        }
        Some(Body::Fields { encoding, input }) => {
            let paths = (0u16..).zip(&input.fields).map(|(index, field)| (index, field.path.as_slice()));
            let keys = Keys::of(paths, connector.properties_at(input));
            let mut lines = Vec::new();
            let of_field = |index: usize| {
                let field = &input.fields[index];
                let mut text = about(first + index, field, input.encodings[index]);
                if input.clearable[index] {
                    text.push_str("; can be cleared");
                }
                text
            };
            if *encoding == BodyEncoding::Json {
                lines.push(Line { depth: 0, name: "{".to_owned(), about: String::new() });
                group(&mut lines, 1, &keys, connector.takes_others(input), &of_field);
                lines.push(Line { depth: 0, name: "}".to_owned(), about: String::new() });
            } else {
                flat(&mut lines, input, &of_field);
            }
            lines
        }
    }
}

/// The keys of an object. What must be given stands first, in the order of the arguments.
fn group(
    lines: &mut Vec<Line>,
    depth: usize,
    keys: &Keys<'_>,
    takes_others: bool,
    of_field: &dyn Fn(usize) -> String,
) {
    let mut fields: Vec<(usize, &str)> = Vec::new();
    for (key, inner) in &keys.keys {
        if let Key::Field(index) = inner {
            fields.push((usize::from(*index), key));
        }
    }
    fields.sort_unstable();
    for (index, key) in fields {
        lines.push(Line { depth, name: format!("{key:?}:"), about: of_field(index) });
    }
    for (key, inner) in &keys.keys {
        if let Key::Group(inner) = inner {
            lines.push(Line { depth, name: format!("{key:?}: {{"), about: String::new() });
            group(lines, depth + 1, inner, takes_others, of_field);
            lines.push(Line { depth, name: "}".to_owned(), about: String::new() });
        }
    }
    if keys.properties && takes_others {
        lines.push(Line {
            depth, name: "…".to_owned(), about: "any other property, by its name".to_owned()
        });
    }
}

fn flat(lines: &mut Vec<Line>, input: &Input, of_field: &dyn Fn(usize) -> String) {
    for (index, field) in input.fields.iter().enumerate() {
        lines.push(Line { depth: 0, name: field.path.join("."), about: of_field(index) });
    }
}

/// What else there is to know.
fn facts(connector: &Connector, action: &Action) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let names = |list: &[usize], between: &str| {
        list.iter().map(|scope| connector.scopes[*scope].name.as_str()).collect::<Vec<_>>().join(between)
    };
    let (all, any) = (names(&action.scopes.all_of, ", "), names(&action.scopes.any_of, " or "));
    match (all.is_empty(), any.is_empty()) {
        (true, true) => {}
        (false, true) => facts.push(("scopes", all)),
        (true, false) => facts.push(("scopes", any)),
        (false, false) => facts.push(("scopes", format!("{all}, and {any}"))),
    }
    let again = match (action.effect, action.idempotent, &action.idempotency_key) {
        (Effect::Read, ..) => "it only reads, and is sent again when it fails",
        (_, true, _) => "sending it twice does what sending it once does, so it is sent again when it fails",
        (.., Some(_)) => "it is sent again when it fails, with the same key",
        _ => "it is sent again only where the API cannot have carried it out",
    };
    facts.push(("effect", format!("{}; {again}", format!("{:?}", action.effect).to_lowercase())));
    if let Some(limit) = &action.rate_limit {
        facts.push(("rate limit", limit.clone()));
    }
    if let Some(question) = &action.confirm {
        facts.push(("asked before", question.clone()));
    }
    facts.push(("answer", answer(connector, action)));
    facts
}

fn answer(connector: &Connector, action: &Action) -> String {
    let pointer = |path: &[String]| {
        if path.is_empty() { "the whole".to_owned() } else { format!("/{}", path.join("/")) }
    };
    match &action.output {
        Output::Nothing => "nothing that is read".to_owned(),
        Output::Value(ty) => words::ty(connector, ty),
        Output::Optional(ty) => format!("{}, or nothing", words::ty(connector, ty)),
        Output::Page { item, pagination } => {
            let next = match &pagination.next {
                Some(NextPage::Cursor(path)) => format!("the next page by {}", pointer(path)),
                Some(NextPage::Last(_)) => "the next page by the last element".to_owned(),
                Some(NextPage::Link { relation, .. }) => format!("the next page by the link `{relation}`"),
                None => "all in one page".to_owned(),
            };
            format!("a page of {} at {}, {next}", words::ty(connector, item), pointer(&pagination.items))
        }
        Output::Batch { item: Some(item), batch } => {
            format!(
                "an outcome for each input, at most {}: {} at {}",
                batch.max,
                words::ty(connector, item),
                pointer(&batch.results)
            )
        }
        Output::Batch { item: None, batch } => format!("an outcome for each input, at most {}", batch.max),
    }
}
