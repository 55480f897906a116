//! From an action and its arguments to a request: the only place where arguments become URL, headers and body.

use form_urlencoded::byte_serialize;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::{Core, multipart};
use crate::auth::AccessToken;
use crate::error::Error;
use crate::meta::{ActionMeta, BodyKind, Piece, Place, Preset, TokenPlace};
use crate::value::{Args, Body, Datum, Format, ListStyle, Node, text, texts};

/// Everything but RFC 3986's unreserved characters: what is left can neither end a segment nor start a query.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn request(
    core: &Core,
    action: &'static ActionMeta,
    args: &Args,
    token: Option<&AccessToken>,
) -> Result<reqwest::Request, Error> {
    let call = Call { core, action, args };
    call.check_values()?;
    let method = Method::from_bytes(action.method.as_bytes()).map_err(|_| {
        Error::Configuration(format!("{}: `{}` is no HTTP method", action.name, action.method))
    })?;
    let mut request = reqwest::Request::new(method, call.url()?);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static(if action.raw { "*/*" } else { "application/json" }));
    for (name, value) in fixed_headers(core) {
        let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        else {
            return Err(Error::Configuration(format!("`{name}: {value}` of the spec is no header")));
        };
        headers.insert(name, value);
    }
    if let Some(token) = token {
        match core.connector.token {
            TokenPlace::Bearer => drop(headers.insert(AUTHORIZATION, token.header()?)),
            TokenPlace::Basic => drop(headers.insert(AUTHORIZATION, token.basic_header()?)),
            TokenPlace::Header(name) => {
                let name = HeaderName::from_bytes(name.as_bytes())
                    .map_err(|_| Error::Configuration(format!("`{name}` is no header name")))?;
                headers.insert(name, token.plain_header()?);
            }
            TokenPlace::Query(name) => {
                request.url_mut().query_pairs_mut().append_pair(name, token.expose());
            }
        }
    }
    for parameter in action.parameters.iter().filter(|parameter| parameter.place == Place::Header) {
        if let Some((datum, format)) = call.argument(parameter.index) {
            let name = HeaderName::from_bytes(parameter.name.as_bytes())
                .map_err(|_| call.invalid(parameter.index, "is no header name"))?;
            // Refuses line breaks and other control characters, so that a value cannot become a header of its own.
            let mut value = HeaderValue::try_from(text(datum, &format)).map_err(|_| {
                call.invalid(
                    parameter.index,
                    "holds a character that no header can carry, such as a line break",
                )
            })?;
            value.set_sensitive(call.is_sensitive(parameter.index));
            request.headers_mut().insert(name, value);
        }
    }
    let fixed = HeaderValue::from_static;
    let (content_type, body) = match action.body {
        BodyKind::None => return Ok(request),
        BodyKind::Json => (fixed("application/json"), call.json()?),
        BodyKind::Whole(index) => (fixed("application/json"), call.whole(index)?),
        BodyKind::Form => (fixed("application/x-www-form-urlencoded"), call.form()?),
        BodyKind::Raw(index, content_type) => {
            let value = HeaderValue::try_from(content_type).map_err(|_| {
                Error::Configuration(format!("{}: `{content_type}` is no content type", action.name))
            })?;
            (value, call.bytes(index))
        }
        BodyKind::Multipart => multipart::body(args, core.connector.filters)
            .map_err(|why| Error::Configuration(format!("{}: {why}", action.name)))?,
    };
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// The headers that every call has, that of the API version among them.
fn fixed_headers(core: &Core) -> impl Iterator<Item = (&'static str, &'static str)> {
    let version = core.connector.api_versions.get(core.version);
    let of_version = core.connector.version_header.zip(version.map(|version| version.name));
    core.connector.headers.iter().copied().chain(of_version)
}

/// Adds the arguments that the spec presets and nobody set.
pub(super) fn add_presets(action: &'static ActionMeta, args: &mut Args) -> Result<(), Error> {
    for (index, preset) in action.presets {
        if args.get(*index).is_some() {
            continue;
        }
        let datum = match preset {
            Preset::Json(json) => Datum::Json(serde_json::from_str(json).map_err(|error| {
                Error::Configuration(format!("{}: a preset of the spec is no JSON: {error}", action.name))
            })?),
            Preset::Names(names) => Datum::Static(names),
            Preset::AllProperties(shape) => Datum::List(shape.property_names().map(Datum::Static).collect()),
        };
        args.put(*index, Some(datum));
    }
    Ok(())
}

/// Adds `name=a,b`, or nothing where there are no values. Commas between values stay as they are and those inside of one are escaped, so
/// that they can be told apart (`style: form`, `explode: false` of OpenAPI).
fn append<'v>(query: &mut String, name: &str, values: impl IntoIterator<Item = &'v str>) {
    for (index, value) in values.into_iter().enumerate() {
        match index {
            0 => {
                query.push_str(if query.is_empty() { "" } else { "&" });
                query.extend(byte_serialize(name.as_bytes()));
                query.push('=');
            }
            _ => query.push(','),
        }
        query.extend(byte_serialize(value.as_bytes()));
    }
}

struct Call<'a> {
    core: &'a Core,
    action: &'static ActionMeta,
    args: &'a Args,
}

impl Call<'_> {
    fn argument(&self, index: u16) -> Option<(&Datum, Format)> {
        let format = self.action.args.fields.get(usize::from(index))?.format;
        self.args.get(index).map(|datum| (datum, format))
    }

    fn is_sensitive(&self, index: u16) -> bool {
        self.action.args.fields.get(usize::from(index)).is_some_and(|field| field.sensitive)
    }

    fn invalid(&self, index: u16, message: impl Into<String>) -> Error {
        let argument = self.action.args.fields.get(usize::from(index)).map_or("?", |field| field.name);
        Error::InvalidArgument { action: self.action.name, argument, message: message.into() }
    }

    fn url(&self) -> Result<Url, Error> {
        let mut url = self.address()?;
        let query = self.query();
        if !query.is_empty() {
            url.set_query(Some(&query));
        }
        Ok(url)
    }

    /// The address without its query.
    fn address(&self) -> Result<Url, Error> {
        if self.action.path.iter().any(|piece| matches!(piece, Piece::Argument(_))) {
            return self.parsed_address();
        }
        let known = self.core.urls.lock().ok().and_then(|urls| urls.get(self.action.name).cloned());
        if let Some(url) = known {
            return Ok(url);
        }
        let url = self.parsed_address()?;
        if let Ok(mut urls) = self.core.urls.lock() {
            urls.insert(self.action.name, url.clone());
        }
        Ok(url)
    }

    fn parsed_address(&self) -> Result<Url, Error> {
        let mut path = self.core.base_url.path().trim_end_matches('/').to_owned();
        for piece in self.action.path {
            match piece {
                Piece::Literal(literal) => path.push_str(literal),
                Piece::Base(index) => path.push_str(self.base(*index)?),
                Piece::Argument(index) => path.extend(utf8_percent_encode(&self.segment(*index)?, RESERVED)),
            }
        }
        let mut url = self.core.base_url.clone();
        url.set_path(&path);
        Ok(url)
    }

    fn base(&self, index: usize) -> Result<&'static str, Error> {
        let version = self.core.connector.api_versions.get(self.core.version);
        version.and_then(|version| version.paths.get(index).copied()).ok_or_else(|| {
            Error::Configuration(format!("{}: the API version in use has no path for it", self.action.name))
        })
    }

    /// A path segment. Percent-encoding keeps it from breaking out with `/` or `?`, but an empty one would address the
    /// whole collection, and `.` and `..` are taken away by URL normalization even when encoded (WHATWG URL §4.4).
    fn segment(&self, index: u16) -> Result<String, Error> {
        let segment = self.argument(index).map(|(datum, format)| text(datum, &format)).unwrap_or_default();
        match segment.as_str() {
            "" => Err(self.invalid(index, "is empty, and the address would mean something else without it")),
            "." | ".." => Err(self.invalid(index, format!("`{segment}` cannot be a part of a path"))),
            _ => Ok(segment),
        }
    }

    fn query(&self) -> String {
        let mut query = String::new();
        for parameter in self.action.parameters {
            let Some((datum, format)) = self.argument(parameter.index) else { continue };
            let name = parameter.name;
            match (parameter.place, datum) {
                (Place::Path | Place::Header, _) => {}
                // What the spec presets: names with commas between them already.
                (Place::QueryComma, Datum::Static(names)) => append(&mut query, name, names.split(',')),
                (Place::QueryComma, _) => {
                    append(&mut query, name, texts(datum, &format).iter().map(String::as_str));
                }
                (Place::Query, Datum::List(items)) if format.separator.is_some() && !items.is_empty() => {
                    append(&mut query, name, [text(datum, &format).as_str()]);
                }
                (Place::Query, _) => {
                    for value in texts(datum, &format) {
                        append(&mut query, name, [value.as_str()]);
                    }
                }
                (Place::QueryBrackets, _) => {
                    for value in texts(datum, &format) {
                        append(&mut query, &format!("{name}[]"), [value.as_str()]);
                    }
                }
            }
        }
        query
    }

    fn json(&self) -> Result<Vec<u8>, Error> {
        self.encoded(&Body { args: self.args, dialect: self.core.connector.filters })
    }

    fn whole(&self, index: u16) -> Result<Vec<u8>, Error> {
        match self.args.get(index) {
            Some(Datum::Object(args)) => self.encoded(&Body { args, dialect: self.core.connector.filters }),
            Some(datum) => self.encoded(&crate::value::written(datum, self.core.connector.filters)),
            None => Ok(Vec::new()),
        }
    }

    /// Bytes and text as they are.
    fn bytes(&self, index: u16) -> Vec<u8> {
        match self.argument(index) {
            Some((Datum::Bytes(bytes), _)) => bytes.clone(),
            Some((datum, format)) => text(datum, &format).into_bytes(),
            None => Vec::new(),
        }
    }

    fn encoded(&self, body: &impl serde::Serialize) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(body).map_err(|error| {
            Error::Configuration(format!("{}: cannot write the body: {error}", self.action.name))
        })
    }

    /// `a[b]=1&a[c]=2`: nested objects and lists in brackets, as the APIs that take forms have it.
    fn form(&self) -> Result<Vec<u8>, Error> {
        fn flatten(key: &str, value: &serde_json::Value, out: &mut form_urlencoded::Serializer<'_, String>) {
            match value {
                // What is empty would be nothing at all; this is how such APIs clear it.
                serde_json::Value::Object(map) if map.is_empty() => drop(out.append_pair(key, "")),
                serde_json::Value::Array(items) if items.is_empty() => drop(out.append_pair(key, "")),
                serde_json::Value::Object(map) => {
                    for (name, value) in map {
                        flatten(&format!("{key}[{name}]"), value, out);
                    }
                }
                serde_json::Value::Array(items) => {
                    for (index, value) in items.iter().enumerate() {
                        flatten(&format!("{key}[{index}]"), value, out);
                    }
                }
                single => drop(out.append_pair(key, &plain(single))),
            }
        }
        fn plain(value: &serde_json::Value) -> String {
            match value {
                serde_json::Value::Null => String::new(),
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            }
        }
        let body = serde_json::to_value(Body { args: self.args, dialect: self.core.connector.filters })
            .map_err(|error| {
                Error::Configuration(format!("{}: cannot write the body: {error}", self.action.name))
            })?;
        let mut out = form_urlencoded::Serializer::new(String::new());
        for (key, value) in body.as_object().into_iter().flatten() {
            match (self.list_style(key), value) {
                (ListStyle::Repeat, serde_json::Value::Array(items)) => {
                    for item in items {
                        flatten(key, item, &mut out);
                    }
                }
                (ListStyle::Brackets, serde_json::Value::Array(items)) => {
                    for item in items {
                        flatten(&format!("{key}[]"), item, &mut out);
                    }
                }
                (ListStyle::Comma, serde_json::Value::Array(items)) => {
                    let texts: Vec<_> = items.iter().map(plain).collect();
                    out.append_pair(key, &texts.join(","));
                }
                _ => flatten(key, value, &mut out),
            }
        }
        Ok(out.finish().into_bytes())
    }

    /// How the list with this key is written in a form.
    fn list_style(&self, key: &str) -> ListStyle {
        let shape = self.action.args;
        let index = shape.tree.iter().find_map(|node| match node {
            Node::Field(name, index) if *name == key => Some(usize::from(*index)),
            _ => None,
        });
        index.and_then(|index| shape.fields.get(index)).map_or(ListStyle::Numbered, |field| field.format.list)
    }

    /// Values that cannot be written, and filters that the API would refuse, are refused here, with the reason.
    fn check_values(&self) -> Result<(), Error> {
        for (index, datum) in self.args.values() {
            if datum.is_unwritable() {
                return Err(
                    self.invalid(index, "is or holds a number that JSON cannot write (NaN or infinity)")
                );
            }
            if let (Some(dialect), Datum::Filter(groups)) = (self.core.connector.filters, datum)
                && let Some(refusal) = dialect.refusal(groups)
            {
                return Err(self.invalid(index, refusal));
            }
        }
        Ok(())
    }
}
