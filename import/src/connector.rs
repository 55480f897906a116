//! `connector.json`: address, authorization, scopes.

use typed_connector_specs::Code;
use typed_connector_specs::text::{Problem, Value};

use crate::cx::Cx;
use crate::operation::Operation;
use crate::out::{Json, Object};
use crate::security::Auth;
use crate::text;

/// What `connector.json` says, beside types.
pub(crate) struct Settings {
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) description: Option<String>,
    pub(crate) docs_url: Option<String>,
    pub(crate) base_url: String,
    pub(crate) auth: Auth,
    /// The scopes that actions ask for.
    pub(crate) scopes: Vec<String>,
    pub(crate) errors: Option<Json>,
}

impl Settings {
    pub(crate) fn emit(&self, types: Object) -> Json {
        let mut out = Object::default();
        out.set("spec_version", Json::Number(1.into()));
        out.text("name", self.name.clone());
        out.text("title", self.title.clone());
        out.maybe("description", self.description.as_deref());
        out.maybe("docs_url", self.docs_url.as_deref());
        out.text("base_url", self.base_url.clone());
        out.set("auth", self.auth());
        let mut scopes = Object::default();
        for scope in &self.scopes {
            let known = self.auth.scopes.iter().find(|(name, _)| name == scope);
            let title = known.map(|(_, title)| title.as_str()).filter(|title| !title.is_empty());
            scopes.text(scope, title.unwrap_or(scope));
        }
        out.object("scopes", scopes);
        if let Some(errors) = &self.errors {
            out.set("errors", errors.clone());
        }
        out.object("types", types);
        out.done()
    }

    fn auth(&self) -> Json {
        let mut auth = Object::default();
        if let Some(oauth2) = &self.auth.oauth2 {
            let mut out = Object::default();
            out.text("authorization_url", oauth2.authorization_url.clone());
            out.text("token_url", oauth2.token_url.clone());
            out.maybe("refresh_url", oauth2.refresh_url.as_deref());
            auth.object("oauth2", out);
        }
        if let Some((title, description)) = &self.auth.bearer {
            let mut out = Object::default();
            out.text("title", title.clone());
            out.maybe("description", description.as_deref());
            auth.object("bearer", out);
        }
        // A client sends one token, and OAuth's goes first.
        if let (Some(key), None, None) = (&self.auth.api_key, &self.auth.oauth2, &self.auth.bearer) {
            let mut out = Object::default();
            out.text("title", key.title.clone());
            out.maybe("description", key.description.as_deref());
            out.text("in", key.place.clone());
            out.maybe("name", Some(key.name.as_str()).filter(|name| !name.is_empty()));
            auth.object("api_key", out);
        }
        auth.done()
    }
}

/// The address of the first server, made into one that the format takes.
pub(crate) fn base_url(cx: &mut Cx<'_>) -> Option<String> {
    let root = &cx.document().root;
    let server = crate::operation::items(root.get("servers")).first()?;
    let node = server.get("url")?;
    let mut url = node.as_str()?.trim().to_owned();
    for variable in server.get("variables").and_then(Value::members).unwrap_or_default() {
        let default = variable.value.get("default").and_then(Value::as_str).unwrap_or_default();
        let placeholder = format!("{{{}}}", variable.key);
        if url.contains(&placeholder) {
            cx.warn(
                variable.key_span,
                format!("the address has `{placeholder}`; its default `{default}` is used"),
            );
            url = url.replace(&placeholder, default);
        }
    }
    let url = url.trim_end_matches('/').to_owned();
    let secure = url.strip_prefix("http://").map(|rest| format!("https://{rest}"));
    let url = match secure.filter(|secure| wrong(&url).is_some() && wrong(secure).is_none()) {
        Some(secure) => {
            cx.warn(node.span, "an address that is not encrypted; `https://` is used");
            secure
        }
        None => url,
    };
    match wrong(&url) {
        None => Some(url),
        Some(why) => {
            cx.warn(node.span, format!("`{url}` is no address to call: {why}; give one with --base-url"));
            None
        }
    }
}

/// What is wrong with a base address.
fn wrong(url: &str) -> Option<&'static str> {
    let extra = url.contains(['?', '#']).then_some("it has `?` or `#`");
    typed_connector_specs::text::wrong_address(url).or(extra)
}

/// Two APIs at two addresses are two connectors.
pub(crate) fn same_address(cx: &mut Cx<'_>, first: &str, here: &str) {
    if first != here {
        let node = crate::operation::items(cx.document().root.get("servers"))
            .first()
            .map(|server| server.span.first());
        let span = node.unwrap_or(cx.document().root.span.first());
        let message = format!("this API is at `{here}`, and the documents before it at `{first}`");
        cx.error(Problem::new(Code::BadUrl, span, message).help("import it into a folder of its own"));
    }
}

/// A connector has one address; an operation that is served elsewhere cannot be called there.
pub(crate) fn own_address(cx: &mut Cx<'_>, operation: &Operation<'_>) {
    let url = |node: &Value| Some(crate::operation::items(node.get("servers")).first()?.get("url")?.clone());
    let Some(own) = url(operation.node).or_else(|| url(operation.item)) else { return };
    let bare = |url: &str| url.trim().trim_end_matches('/').to_owned();
    let Some(here) = own.as_str().map(bare) else { return };
    let declared = || url(&cx.document().root)?.as_str().map(bare);
    if cx.base_url.as_deref().map(bare).or_else(declared).as_ref() != Some(&here) {
        let help = "import it into a folder of its own, with --operations and --base-url";
        cx.warn(own.span, format!("it is served at `{here}`, and the connector has one address; {help}"));
    }
}

/// The document's own words about the API.
pub(crate) fn about(cx: &Cx<'_>) -> (Option<String>, Option<String>, Option<String>) {
    let root = &cx.document().root;
    let info = root.get("info");
    let title = info.and_then(|info| text::title(info.get("title")));
    let description = info.and_then(text::about);
    let docs = root.get("externalDocs").and_then(|docs| docs.get("url")?.as_str()).map(str::to_owned);
    let page = |url: &String| url.starts_with("https://") && !url.contains(char::is_whitespace);
    (title, description, docs.filter(page))
}
