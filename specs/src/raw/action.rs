//! Action files and their actions.

use serde_json::json;

use super::keys::{Definitions, Key, Keys, Object, Read, mistyped, wrong_type};
use super::{
    Choice, Count, Field, Flag, IdempotencyKey, InputKeys, Json, List, Map, Shape, Text, Type, spelling,
};
use crate::diagnostics::{Code, Problem, Problems};
use crate::json::{self, Kind};
use crate::names;
use crate::source::Span;

keys! {
    /// An action file: one module of a connector.
    struct ActionFile {
        /// For editors; ignored.
        schema = "$schema": optional Text,
        /// Name for people, `Deals`.
        title: required Text,
        /// What the module is about, in Markdown.
        description: optional Text,
        /// Types that it declares.
        types: or_empty Map<Type>,
        /// Its actions, by name in snake case.
        actions: required Map<Action>,
    }

    /// One action.
    struct Action {
        /// Name for people, `Create a deal`.
        title: required Text,
        /// What it does, in Markdown.
        description: optional Text,
        /// Where the API's documentation tells of it.
        docs_url: optional Text,
        /// Method and path: `POST {+objects}/deals/{dealId}`.
        http: required Text,
        /// What it does to the server's data: `read`, `create`, `update` or `delete`.
        effect: required Choice<EffectWord>,
        /// Whether sending it twice does what sending it once does; default: `read`, `delete` and PUT.
        idempotent: optional Flag,
        /// The header of its idempotency key, or `false` where it takes none; default: the connector's, unless it is idempotent.
        idempotency_key: optional KeyRule,
        /// What the token must allow: an array (all of them), or `all_of` and `any_of`.
        scopes: or_empty ScopeRule,
        /// Arguments that fill the placeholders of the path.
        path: or_empty Map<Field>,
        /// Arguments of the query.
        query: or_empty Map<Field>,
        /// Arguments that travel in headers.
        headers: or_empty Map<Field>,
        /// What is sent: an object, whose fields are arguments, or one value.
        body: optional Body,
        /// Type of the answer; with `pagination` or `batch` that of one element.
        returns: optional Shape,
        /// Whether a success may come without a body, and the action then answers nothing; default: `false`.
        returns_optional: optional Flag,
        /// How to get the next page.
        pagination: optional Pagination,
        /// Where the outcomes of a batch lie.
        batch: optional Batch,
        /// The rate limit that it counts against; default: `default` where declared.
        rate_limit: optional Text,
        /// The question to ask before it is carried out.
        confirm: optional Text,
        /// A message where it should no longer be used.
        deprecated: optional Text,
        /// The day on which the API ends it, `2027-09-01`.
        sunset: optional Text,
        /// The action to use instead: `search`, or `deals.search` in another file.
        replaced_by: optional Text,
        /// Recorded exchanges; each must decode.
        examples: or_empty List<Example>,
    }

    /// Scopes of an action; both must hold.
    struct ScopeSets {
        /// Every one of these.
        all_of: or_empty List<Text>,
        /// At least one of these.
        any_of: or_empty List<Text>,
    }

    /// A body whose fields are arguments of the action.
    struct BodyKeys {
        /// See inputs.
        input: flatten InputKeys,
        /// How it is written: `json` (default), `form` or `multipart`.
        encoding: optional Choice<BodyEncodingWord>,
    }

    /// A body that is one value.
    struct WholeBodyKeys {
        /// How it is written: `json` (default) or `raw`, bytes as they are.
        encoding: optional Choice<BodyEncodingWord>,
        /// Content type of a raw body; default `application/octet-stream`.
        content_type: optional Text,
    }

    /// Where the elements of a list lie, and how to get the next page: by `cursor`, `last` or `link`; a list without comes whole.
    struct Pagination {
        /// JSON pointer to the array of elements; `""` where it is the whole answer.
        items: required Text,
        /// JSON pointer to the next page's cursor.
        cursor: optional Text,
        /// JSON pointer into the last element: what leads to the next page, such as `/id`.
        last: optional Text,
        /// Relation of the response header `Link` (RFC 8288) whose address holds the next page's cursor under the name of `param`: `next`.
        link: optional Text,
        /// For `link`: further arguments that are taken out of that address, where it has them.
        also: or_empty List<Text>,
        /// JSON pointer to a boolean that tells whether there are more pages.
        more: optional Text,
        /// JSON pointer to the total, where the API tells it.
        total: optional Text,
        /// The argument that takes the cursor.
        param: optional Text,
        /// The argument that takes the page size.
        limit_param: optional Text,
        /// The largest page.
        max_limit: optional Count,
        /// The most records that all pages together give, and how to get the others.
        cap: optional Cap,
    }

    /// A list that ends before its end.
    struct Cap {
        /// The most records that all pages together give.
        records: required Count,
        /// How to get the others: `stop` (default) or `keyset`.
        strategy: optional Choice<CapWord>,
        /// For `keyset`: the property with unique values in whose order the list goes on.
        key: optional Text,
        /// For `keyset`: the argument that takes the filter.
        filter: optional Text,
        /// For `keyset`: the argument that takes the order.
        sort: optional Text,
        /// For `keyset`: the argument that selects properties, to which those that are needed are added.
        select: optional Text,
    }

    /// Many elements in one request.
    struct Batch {
        /// The argument that takes the elements.
        inputs: required Text,
        /// Most elements in one request.
        max: required Count,
        /// JSON pointer to the array of results; default `/results`.
        results: optional Text,
        /// JSON pointer to the array of errors; default `/errors`.
        errors: optional Text,
        /// A mark on each input, which comes back with its result or error.
        trace: optional BatchTrace,
        /// The ids by which results and errors name their inputs.
        id: optional BatchId,
    }

    /// A mark on each input of a batch.
    struct BatchTrace {
        /// The field of an input that takes it.
        input: required Text,
        /// JSON pointer into a result: the mark of its input.
        result: required Text,
        /// JSON pointer into an error: the mark of its input, or an array of marks.
        error: required Text,
    }

    /// The ids by which results and errors of a batch name their inputs.
    struct BatchId {
        /// The field of an input that holds its id.
        input: required Text,
        /// JSON pointer into a result: its id.
        result: required Text,
        /// JSON pointer into an error: the id of its input, or an array of ids.
        error: optional Text,
        /// The argument, or the field of an input, that names a property; the ids are then values of that property.
        property: optional Text,
        /// The argument that selects properties, to which that property is added.
        select: optional Text,
    }

    /// A recorded exchange, which is a contract test and documentation.
    struct Example {
        /// What it shows.
        title: optional Text,
        /// Arguments by key.
        request: or_empty Map<Json>,
        /// HTTP's status; default 200.
        status: optional Count,
        /// The answer's body; default `null`.
        response: optional Json,
    }
}

words! {
    /// How to get the records behind a cap.
    enum CapWord {
        /// Not at all: the list ends there, and says so.
        Stop = "stop",
        /// By asking for what comes after the last, in the order of a key.
        Keyset = "keyset",
    }

    /// What an action does to the server's data.
    enum EffectWord {
        /// Changes nothing.
        Read = "read",
        /// Makes something new.
        Create = "create",
        /// Changes what exists.
        Update = "update",
        /// Removes something.
        Delete = "delete",
    }

    /// How a body is written.
    enum BodyEncodingWord {
        /// `application/json`
        Json = "json",
        /// `application/x-www-form-urlencoded`
        Form = "form",
        /// `multipart/form-data`
        Multipart = "multipart",
        /// Bytes as they are.
        Raw = "raw",
    }
}

/// `scopes` of an action.
#[derive(Debug, Clone)]
pub(crate) struct ScopeRule {
    pub(crate) all_of: Vec<Text>,
    pub(crate) any_of: Vec<Text>,
}

impl Read for ScopeRule {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::Array(_) => Self { all_of: List::read(value, problems).items, any_of: Vec::new() },
            Kind::Object(_) => {
                let sets = ScopeSets::read(value, problems);
                Self { all_of: sets.all_of.items, any_of: sets.any_of.items }
            }
            _ => {
                wrong_type(value, "an array of scopes, or an object with `all_of` and `any_of`", problems);
                Self::missing(value.span)
            }
        }
    }

    fn missing(_: Span) -> Self {
        Self { all_of: Vec::new(), any_of: Vec::new() }
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "anyOf": [List::<Text>::schema(definitions), ScopeSets::schema(definitions)] })
    }
}

/// `idempotency_key` of an action.
#[derive(Debug, Clone)]
pub(crate) enum KeyRule {
    /// One in this header.
    Header(IdempotencyKey),
    /// `false`: none.
    None(Span),
}

impl Read for KeyRule {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        match value.kind {
            Kind::Bool(false) => Self::None(value.span),
            Kind::Object(_) => Self::Header(IdempotencyKey::read(value, problems)),
            _ => {
                wrong_type(value, "an object or `false`", problems);
                Self::None(value.span)
            }
        }
    }

    fn missing(span: Span) -> Self {
        Self::None(span)
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        json!({ "anyOf": [{ "const": false }, IdempotencyKey::schema(definitions)] })
    }
}

/// `body` of an action.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// One value is the whole body.
    Whole {
        span: Span,
        field: Box<Field>,
        encoding: Option<Choice<BodyEncodingWord>>,
        content_type: Option<Text>,
    },
    /// Its fields are arguments.
    Fields(Box<BodyKeys>),
}

impl Body {
    pub(crate) fn span(&self) -> Span {
        match self {
            Self::Whole { span, .. } => *span,
            Self::Fields(keys) => keys.span.first(),
        }
    }
}

impl Body {
    /// Tells of one that holds its fields without `fields`, or a list as elsewhere.
    fn is_written_otherwise(value: &json::Value, problems: &mut Problems) -> bool {
        let mut known = Vec::new();
        BodyKeys::names(&mut known);
        let members = value.members().unwrap_or_default();
        if value.get("type").is_some() || members.iter().any(|member| known.contains(&member.key.as_str())) {
            return false;
        }
        let (span, key, help) = match (spelling::of_object(value), members.first()) {
            (Some((member, written)), _) => (member.key_span, &member.key, written.help()),
            (None, Some(first)) => match spelling::of_fields(value, &known) {
                Some(fields) => (first.key_span, &first.key, format!("write {{ \"fields\": {fields} }}")),
                None => return false,
            },
            _ => return false,
        };
        problems.report(Problem::new(Code::UnknownKey, span, format!("unknown key `{key}`")).help(help));
        true
    }
}

/// Whether an object describes one value: it has `type`, or nothing but a misspelt one could be meant.
fn is_one_value(object: &json::Value) -> bool {
    let mut of_fields = Vec::new();
    BodyKeys::names(&mut of_fields);
    let keys = || object.members().into_iter().flatten().map(|member| member.key.as_str());
    object.get("type").is_some()
        || !keys().any(|key| of_fields.contains(&key) && key != "encoding")
            && keys().any(|key| names::nearest(key, ["type"]).is_some())
}

impl Read for Body {
    fn read(value: &json::Value, problems: &mut Problems) -> Self {
        if let Kind::String(_) = value.kind {
            let field = Box::new(Field::named(value, problems));
            return Self::Whole { span: value.span, field, encoding: None, content_type: None };
        }
        if Self::is_written_otherwise(value, problems) {
            return Self::missing(value.span.first());
        }
        if value.members().is_some() && !is_one_value(value) {
            return Self::Fields(Box::new(BodyKeys::read(value, problems)));
        }
        if value.members().is_none() {
            match spelling::names_of_fields(value) {
                Some(fields) => {
                    let problem = mistyped(value, "a type name or an object", problems);
                    problems.report(problem.help(format!("write {{ \"fields\": {fields} }}")));
                }
                None => Shape::no_type(value, problems),
            }
            return Self::missing(value.span.first());
        }
        let names = |names: &mut Vec<&'static str>| {
            Field::names(value, names);
            WholeBodyKeys::names(names);
        };
        let Some(mut object) = Object::open(value, problems, names) else {
            return Self::missing(value.span.first());
        };
        let field = Box::new(Field::take(&mut object));
        let WholeBodyKeys { encoding, content_type, .. } = WholeBodyKeys::take(&mut object);
        object.finish();
        Self::Whole { span: field.shape.span, field, encoding, content_type }
    }

    fn missing(span: Span) -> Self {
        Self::Fields(Box::new(BodyKeys::missing(span)))
    }

    fn schema(definitions: &mut Definitions) -> serde_json::Value {
        definitions.reference("Body", |definitions| {
            let mut schema = Shape::schema_with(definitions, |definitions, keys: &mut Vec<Key>| {
                super::FieldKeys::keys(definitions, keys);
                WholeBodyKeys::keys(definitions, keys);
            });
            let fields = BodyKeys::schema(definitions);
            if let Some(variants) = schema["anyOf"].as_array_mut() {
                variants.insert(0, fields);
            }
            schema
        })
    }
}
