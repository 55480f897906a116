//! The pages, in Markdown.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;

use typed_connector::dynamic;
use typed_connector_specs::model::{
    Action, Connector, Effect, FieldType, KeyPlace, Module, Output, RateLimit, ScopeRule, TypeKind, TypeRef,
};

use super::{example, fields};
use crate::Failure;
use crate::run::flags::path;

/// The connector as people name it.
pub(super) struct Source {
    pub(super) connector: String,
    pub(super) extend: Option<PathBuf>,
}

impl Source {
    /// As words of `connector run`.
    pub(super) fn words(&self) -> String {
        let shell = |path: &str| crate::run::line::shell(path);
        let mut words = shell(&self.connector);
        if let Some(folder) = &self.extend {
            words.push_str(&format!(" --extend {}", shell(&folder.display().to_string())));
        }
        words
    }
}

/// One page.
pub(super) struct Page {
    /// The module's name; `None` for the page about all of it.
    pub(super) module: Option<String>,
    pub(super) title: String,
    /// Its text in Markdown.
    pub(super) text: String,
}

impl Page {
    pub(super) fn file(&self, first: &str, extension: &str) -> String {
        let stem = self.module.as_deref().map_or_else(|| first.to_owned(), stem);
        format!("{stem}.{extension}")
    }
}

/// The name of a module's page, without its extension. Some file systems take `readme.md` for the first page; no module is called by a
/// name with a hyphen.
pub(super) fn stem(module: &str) -> String {
    match module {
        "index" | "readme" => format!("module-{module}"),
        module => module.to_owned(),
    }
}

/// The page of the connector, and one for each module.
pub(super) fn all(connector: Connector, source: &Source) -> Result<Vec<Page>, Failure> {
    let dynamic = dynamic::Connector::from_model(connector);
    let model = dynamic.model();
    let mut pages = vec![Page { module: None, title: model.title.clone(), text: overview(model, source) }];
    for (index, module) in model.modules.iter().enumerate() {
        let text = self::module(dynamic, source, index, module)?;
        pages.push(Page { module: Some(module.name.clone()), title: module.title.clone(), text });
    }
    Ok(pages)
}

fn overview(connector: &Connector, source: &Source) -> String {
    let mut text = format!("# {}\n", connector.title);
    paragraph(&mut text, connector.description.as_deref());
    if let Some(url) = &connector.docs_url {
        let _ = write!(text, "\n[Documentation of the API]({url})\n");
    }
    let attribute = match &source.extend {
        Some(folder) => {
            format!("#[connector({:?}, extend = {:?})]", source.connector, folder.display().to_string())
        }
        None if typed_connector_specs::shipped().any(|name| name == source.connector) => {
            format!("#[connector({:?})]", source.connector)
        }
        None => format!("#[connector(path = {:?})]", source.connector),
    };
    let name = &connector.name;
    let _ =
        write!(text, "\n```rust\nuse typed_connector::connector;\n\n{attribute}\npub mod {name} {{}}\n```\n");
    authorization(&mut text, connector);
    text.push_str("\n## Actions\n");
    for module in &connector.modules {
        let _ = write!(text, "\n### [{}]({}.md)\n", module.title, stem(&module.name));
        paragraph(&mut text, module.description.as_deref());
        text.push_str("\n| action | what it does | request |\n| --- | --- | --- |\n");
        for action in &module.actions {
            let _ = writeln!(
                text,
                "| [`{0}.{1}`]({5}.md#{1}) | {2} | `{3} {4}` |",
                module.name,
                action.name,
                fields::cell(&action.title),
                action.method,
                path(connector, action),
                stem(&module.name)
            );
        }
    }
    limits(&mut text, connector);
    versions(&mut text, connector);
    text
}

fn authorization(text: &mut String, connector: &Connector) {
    let auth = &connector.auth;
    text.push_str("\n## Authorization\n");
    if let Some(bearer) = &auth.bearer {
        let about = bearer.description.as_deref().unwrap_or_default();
        let _ = write!(text, "\n**{}**: {about} It is given to `access_token`.\n", bearer.title);
    }
    if let Some(key) = &auth.api_key {
        let place = match &key.place {
            KeyPlace::Header(name) => format!("in the header `{name}`"),
            KeyPlace::Query(name) => format!("in the query as `{name}`"),
            KeyPlace::Basic => "as user name and password (RFC 7617)".to_owned(),
        };
        let about = key.description.as_deref().unwrap_or_default();
        let _ =
            write!(text, "\n**{}**: {about} It is given to `access_token` and travels {place}.\n", key.title);
    }
    if let Some(oauth2) = &auth.oauth2 {
        let pkce = if oauth2.pkce { ", with PKCE (RFC 7636)" } else { "" };
        let _ = write!(
            text,
            "\n**OAuth 2.0**, authorization code flow (RFC 6749 §4.1){pkce}: people authorize at <{}>, tokens come from <{}>.\n",
            oauth2.authorization_url, oauth2.token_url
        );
    }
    if auth.bearer.is_none() && auth.api_key.is_none() && auth.oauth2.is_none() {
        text.push_str("\nNone is needed.\n");
    }
    if connector.scopes.is_empty() {
        return;
    }
    text.push_str("\n| scope | allows |\n| --- | --- |\n");
    for scope in &connector.scopes {
        let about = scope.description.as_deref().map(|about| format!(": {about}")).unwrap_or_default();
        let _ = writeln!(text, "| `{}` | {} |", scope.name, fields::cell(&format!("{}{about}", scope.title)));
    }
}

fn limits(text: &mut String, connector: &Connector) {
    if connector.rate_limits.is_empty() {
        return;
    }
    text.push_str("\n## Rate limits\n\nKept by the client, and corrected by what answers tell.\n\n| limit | requests |\n| --- | --- |\n");
    for limit in &connector.rate_limits {
        let _ = writeln!(text, "| `{}` | {} |", limit.name, limit_words(limit));
    }
}

fn limit_words(limit: &RateLimit) -> String {
    let time = match limit.per_millis {
        86_400_000 => "a day".to_owned(),
        3_600_000 => "an hour".to_owned(),
        60_000 => "a minute".to_owned(),
        1_000 => "a second".to_owned(),
        millis if millis % 1_000 == 0 => format!("{} seconds", millis / 1_000),
        millis => format!("{millis} ms"),
    };
    match limit.requests {
        Some(requests) if time.starts_with('a') => format!("{requests} {time}"),
        Some(requests) => format!("{requests} in {time}"),
        None => format!("as answers tell, for {time}"),
    }
}

fn versions(text: &mut String, connector: &Connector) {
    let Some(versions) = &connector.api_versions else { return };
    text.push_str("\n## Versions of the API\n\n| version | support |\n| --- | --- |\n");
    for (index, version) in versions.versions.iter().enumerate() {
        let used = (index == versions.default).then(|| "used unless another is chosen".to_owned());
        let ends = version.sunset.as_ref().map(|day| format!("ends on {day}"));
        let words: Vec<_> = used.into_iter().chain(ends).collect();
        let _ = writeln!(text, "| `{}` | {} |", version.name, words.join("; "));
    }
}

fn module(
    dynamic: dynamic::Connector,
    source: &Source,
    index: usize,
    module: &Module,
) -> Result<String, Failure> {
    let connector = dynamic.model();
    let mut text = format!("# {}\n", module.title);
    paragraph(&mut text, module.description.as_deref());
    let _ = write!(
        text,
        "\nPart of [{}](README.md), `{}::{}` in Rust.\n",
        connector.title, connector.name, module.ident
    );
    for action in &module.actions {
        self::action(&mut text, connector, (index, module), action);
        example::examples(&mut text, dynamic, source, (index, module, action))?;
    }
    let types = shown(connector, index, module);
    if !types.is_empty() {
        text.push_str("\n## Types\n");
    }
    for reference in types {
        let ty = &connector.types[reference.0];
        let _ = write!(text, "\n### {}\n", ty.ident);
        if let Some(title) = ty.title.as_deref().filter(|title| *title != ty.ident) {
            let _ = write!(text, "\n{title}.\n");
        }
        paragraph(&mut text, ty.description.as_deref());
        warning(&mut text, ty.deprecated.as_deref());
        match &ty.kind {
            TypeKind::Object(object) => fields::object(&mut text, connector, index, object),
            TypeKind::Input(input) => fields::input(&mut text, connector, index, input),
            TypeKind::Enum(values) => fields::choices(&mut text, values),
            TypeKind::Union(union) => fields::variants(&mut text, connector, index, union),
            TypeKind::Id => text.push_str("\nThe id of a record, as text.\n"),
        }
    }
    Ok(text)
}

/// The types of a page: those of the module, and those of the connector that they lead to.
fn shown(connector: &Connector, index: usize, module: &Module) -> Vec<TypeRef> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<TypeRef> = (0..connector.types.len())
        .map(TypeRef)
        .filter(|reference| connector.types[reference.0].module == Some(index))
        .collect();
    for action in &module.actions {
        waiting.extend(action.arguments().filter_map(|field| named(&field.ty)));
        match &action.output {
            Output::Value(ty)
            | Output::Optional(ty)
            | Output::Page { item: ty, .. }
            | Output::Batch { item: Some(ty), .. } => {
                waiting.extend(named(ty));
            }
            Output::Batch { .. } | Output::Nothing => {}
        }
    }
    while let Some(reference) = waiting.pop() {
        let ty = &connector.types[reference.0];
        if ty.module.is_some_and(|home| home != index) || !found.insert(reference) {
            continue;
        }
        match &ty.kind {
            TypeKind::Object(object) => {
                waiting.extend(object.fields.iter().filter_map(|field| named(&field.ty)));
            }
            TypeKind::Input(input) => {
                waiting.extend(input.fields.iter().filter_map(|field| named(&field.ty)));
            }
            TypeKind::Union(union) => waiting.extend(union.variants.iter().map(|variant| variant.ty)),
            TypeKind::Enum(_) | TypeKind::Id => {}
        }
    }
    found.into_iter().collect()
}

fn named(ty: &FieldType) -> Option<TypeRef> {
    match ty {
        FieldType::Array(inner) | FieldType::Map(inner) => named(inner),
        FieldType::Named(of) | FieldType::Filter(of) | FieldType::Sort(of) | FieldType::Selection(of) => {
            Some(*of)
        }
        _ => None,
    }
}

fn action(text: &mut String, connector: &Connector, (index, module): (usize, &Module), action: &Action) {
    let _ = write!(text, "\n## {}\n\n**{}**\n", action.name, action.title);
    paragraph(text, action.description.as_deref());
    warning(text, action.deprecated.as_deref());
    let _ = write!(text, "\n```http\n{} {}\n```\n\n", action.method, path(connector, action));
    let _ = writeln!(text, "- In Rust: `{}::{}::{}`", connector.name, module.ident, action.ident);
    let does = match action.effect {
        Effect::Read => "reads",
        Effect::Create => "creates",
        Effect::Update => "changes",
        Effect::Delete => "deletes",
    };
    let again = match &action.idempotency_key {
        Some(header) => format!("sent again with the same `{header}` where an answer is lost"),
        None if action.idempotent => "sent again where an answer is lost".to_owned(),
        None => "never sent again where the first may have arrived".to_owned(),
    };
    let _ = writeln!(text, "- Effect: {does}; {again}");
    if let Some(words) = scopes(connector, &action.scopes) {
        let _ = writeln!(text, "- Scopes: {words}");
    }
    if let Some(limit) = &action.rate_limit {
        let _ = writeln!(text, "- Rate limit: `{limit}`");
    }
    if let Some(question) = &action.confirm {
        let _ = writeln!(text, "- Asked before: {question}");
    }
    let _ = writeln!(text, "- Answer: {}", answer(connector, index, action));
    if let Some(url) = &action.docs_url {
        let _ = writeln!(text, "- [Documentation of the API]({url})");
    }
    fields::arguments(text, connector, index, action);
}

fn answer(connector: &Connector, index: usize, action: &Action) -> String {
    let words = |ty: &FieldType| fields::words(connector, index, ty);
    match &action.output {
        Output::Nothing => "nothing that is read".to_owned(),
        Output::Value(ty) => words(ty),
        Output::Optional(ty) => format!("{}, or nothing", words(ty)),
        Output::Page { item, pagination } => {
            let most =
                pagination.max_limit.map(|most| format!(", at most {most} on one")).unwrap_or_default();
            let cap = pagination.cap.as_ref().map(|cap| match &cap.keyset {
                Some(_) => format!(
                    "; the API ends a list after {} records, and a stream goes on behind them",
                    cap.records
                ),
                None => format!("; the API ends a list after {} records", cap.records),
            });
            format!("pages of {}{most}{}", words(item), cap.unwrap_or_default())
        }
        Output::Batch { item, batch } => {
            let what = item.as_ref().map_or_else(|| "no result".to_owned(), words);
            format!("an outcome for each input ({what}); at most {} inputs in one request", batch.max)
        }
    }
}

fn scopes(connector: &Connector, rule: &ScopeRule) -> Option<String> {
    let names = |list: &[usize]| {
        list.iter().map(|scope| format!("`{}`", connector.scopes[*scope].name)).collect::<Vec<_>>()
    };
    let any = (!rule.any_of.is_empty()).then(|| format!("one of {}", names(&rule.any_of).join(", ")));
    let words: Vec<_> = names(&rule.all_of).into_iter().chain(any).collect();
    (!words.is_empty()).then(|| words.join(", "))
}

pub(super) fn paragraph(text: &mut String, words: Option<&str>) {
    if let Some(words) = words {
        let _ = write!(text, "\n{}\n", words.trim());
    }
}

fn warning(text: &mut String, deprecated: Option<&str>) {
    if let Some(instead) = deprecated {
        let _ = write!(text, "\n> **Deprecated**: {instead}\n");
    }
}
