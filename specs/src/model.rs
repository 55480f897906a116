//! The checked model: what a connector *is* once its files were read and every check passed.
//!
//! Names are decided here and nowhere later: every `ident` is a valid Rust identifier that clashes with nothing in
//! its scope. References are resolved: a type is an index into [`Connector::types`]. Whoever holds a [`Connector`]
//! (the macro, the command line, the docs) can emit from it without checking again.

use crate::source::Location;

/// A whole connector: its `connector.json` and all its action files.
#[derive(Debug, Clone, PartialEq)]
pub struct Connector {
    /// Machine name, `hubspot`.
    pub name: String,
    /// Name for people, `HubSpot`.
    pub title: String,
    /// What the API is, in Markdown.
    pub description: Option<String>,
    /// Where the API's own documentation starts.
    pub docs_url: Option<String>,
    /// Scheme, host and optional path prefix, without a trailing slash: `https://api.hubapi.com`.
    pub base_url: String,
    /// The API's versions, where paths differ between them.
    pub api_versions: Option<ApiVersions>,
    /// Headers that every call has: name and value.
    pub headers: Vec<(String, String)>,
    /// How calls are authorized.
    pub auth: Auth,
    /// Every scope that `connector.json` describes, in its order.
    pub scopes: Vec<Scope>,
    /// Where an error body keeps what.
    pub errors: ErrorMapping,
    /// How a typed filter is written in a request, where the API has filters.
    pub filters: Option<FilterDialect>,
    /// Rate limits by name.
    pub rate_limits: Vec<RateLimit>,
    /// Statuses that prove that the API has not carried the request out; 429 always does.
    pub retries: Vec<RetryRule>,
    /// All types of all files; [`TypeRef`] indexes it.
    pub types: Vec<Type>,
    /// One module per action file, sorted by name.
    pub modules: Vec<Module>,
}

/// Index into [`Connector::types`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeRef(pub usize);

/// `api_version`: the versions of an API and the base paths that differ between them.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersions {
    /// Index of the version that is used unless another is chosen.
    pub default: usize,
    /// Names of the base paths, `objects`; every version gives each of them a value.
    pub bases: Vec<String>,
    /// The versions that can be chosen, in the order of the file.
    pub versions: Vec<ApiVersion>,
    /// A header that carries the name of the version.
    pub header: Option<String>,
}

/// One version of an API.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiVersion {
    /// Its name on the wire, `2026-09`.
    pub name: String,
    /// Values of the base paths, parallel to [`ApiVersions::bases`]: `/crm/objects/2026-09`.
    pub paths: Vec<String>,
    /// The day on which the provider ends support, `2027-09-01`.
    pub sunset: Option<String>,
}

/// `auth`: the ways in which a call can be authorized.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Auth {
    /// OAuth 2.0 authorization code flow (RFC 6749 §4.1).
    pub oauth2: Option<OAuth2>,
    /// A token that the developer holds already (RFC 6750), such as a private app's.
    pub bearer: Option<Bearer>,
    /// A key that the developer holds already, in a place of its own.
    pub api_key: Option<ApiKey>,
}

/// `auth.oauth2`.
#[derive(Debug, Clone, PartialEq)]
pub struct OAuth2 {
    /// RFC 6749 §3.1.
    pub authorization_url: String,
    /// RFC 6749 §3.2.
    pub token_url: String,
    /// Where it differs from `token_url`.
    pub refresh_url: Option<String>,
    /// RFC 7662.
    pub introspection_url: Option<String>,
    /// RFC 7009.
    pub revocation_url: Option<String>,
    /// What separates scopes in the authorize link; a space by RFC 6749 §3.3.
    pub scope_separator: String,
    /// Where the client's id and secret travel.
    pub client_credentials_in: ClientCredentialsIn,
    /// Whether the provider takes PKCE (RFC 7636).
    pub pkce: bool,
    /// Fixed extra parameters of the authorize link.
    pub authorize_params: Vec<(String, String)>,
    /// Error codes of the token endpoint after which only a new authorization helps.
    pub dead_grant: Vec<String>,
    /// JSON pointer into the token response: the account the token belongs to.
    pub account_id_path: Option<String>,
    /// JSON pointer into the token response: the scopes that were granted.
    pub granted_scopes_path: Option<String>,
    /// Whether redirect URIs may name an IP address.
    pub redirect_to_ip: bool,
    /// Addresses that the provider will shut off.
    pub sunset_urls: Vec<SunsetUrl>,
}

/// One entry of `auth.oauth2.sunset_urls`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SunsetUrl {
    /// How the addresses start.
    pub prefix: String,
    /// The day, `2027-02-16`.
    pub sunset: String,
    /// What to use instead.
    pub replaced_by: String,
}

/// RFC 6749 §2.3.1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientCredentialsIn {
    /// `client_id` and `client_secret` in the form body.
    Body,
    /// HTTP Basic.
    Basic,
}

/// `auth.bearer`.
#[derive(Debug, Clone, PartialEq)]
pub struct Bearer {
    /// What the token is called there, `Private app access token`.
    pub title: String,
    /// Where a person gets one, in Markdown.
    pub description: Option<String>,
}

/// `auth.api_key`.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKey {
    /// What it is called there, `API key`.
    pub title: String,
    /// Where a person gets one, in Markdown.
    pub description: Option<String>,
    /// Where it travels.
    pub place: KeyPlace,
}

/// Where an API key travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    /// In the header of this name.
    Header(String),
    /// In the query, under this name.
    Query(String),
    /// As user name and password, `user:password` (RFC 7617).
    Basic,
}

/// One scope of `scopes`.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// `crm.objects.deals.read`.
    pub name: String,
    /// Name of its Rust marker, `CrmObjectsDealsRead`.
    pub ident: String,
    /// `Read deals`.
    pub title: String,
    /// What it allows.
    pub description: Option<String>,
    /// Where it is declared.
    pub location: Location,
}

/// `errors`: JSON pointers into an error body. Every one may point to nothing in a given body.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ErrorMapping {
    /// A sentence for people.
    pub message: Option<String>,
    /// A machine-readable kind.
    pub category: Option<String>,
    /// A finer kind.
    pub sub_category: Option<String>,
    /// The provider's id of this call, for its support.
    pub correlation_id: Option<String>,
    /// A response header with the same.
    pub correlation_header: Option<String>,
    /// Pointers to arrays of scope names that the token lacks.
    pub missing_scopes: Vec<String>,
    /// The array of single problems.
    pub details: Option<ErrorDetails>,
}

/// `errors.details`; all pointers but `at` are relative to one element.
#[derive(Debug, Clone, PartialEq)]
pub struct ErrorDetails {
    /// Pointer to the array, or to a single problem.
    pub at: String,
    /// A sentence for people.
    pub message: Option<String>,
    /// A machine-readable code.
    pub code: Option<String>,
    /// The field that it is about.
    pub field: Option<String>,
}

/// `filters`: keys and operators of a filter on the wire. Groups are joined by OR, filters within one by AND.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterDialect {
    /// Key of the list of filters inside a group, `filters`.
    pub filters: String,
    /// Key of the property's name.
    pub property: String,
    /// Key of the operator.
    pub operator: String,
    /// Key of the single value (or the lower bound).
    pub value: String,
    /// Key of the upper bound.
    pub high_value: String,
    /// Key of the list of values.
    pub values: String,
    /// Wire names of the operators, in the order of [`FilterOperator::ALL`]; `None` where the API lacks it.
    pub operators: Vec<Option<String>>,
    /// Most groups in one request.
    pub max_groups: Option<u32>,
    /// Most filters in one group.
    pub max_filters_per_group: Option<u32>,
    /// Most filters in one request.
    pub max_filters: Option<u32>,
}

/// The operators that typed filters know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterOperator {
    /// Equal.
    Eq,
    /// Not equal.
    Neq,
    /// Less than.
    Lt,
    /// Less than or equal.
    Lte,
    /// Greater than.
    Gt,
    /// Greater than or equal.
    Gte,
    /// Between two values, both included.
    Between,
    /// One of a list.
    In,
    /// None of a list.
    NotIn,
    /// Has any value.
    Has,
    /// Has no value.
    NotHas,
    /// Contains a word.
    ContainsToken,
    /// Does not contain a word.
    NotContainsToken,
}

impl FilterOperator {
    /// All operators with their key in the format, in the order of [`FilterDialect::operators`].
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Eq, "eq"),
        (Self::Neq, "neq"),
        (Self::Lt, "lt"),
        (Self::Lte, "lte"),
        (Self::Gt, "gt"),
        (Self::Gte, "gte"),
        (Self::Between, "between"),
        (Self::In, "in"),
        (Self::NotIn, "not_in"),
        (Self::Has, "has"),
        (Self::NotHas, "not_has"),
        (Self::ContainsToken, "contains_token"),
        (Self::NotContainsToken, "not_contains_token"),
    ];
}

/// One entry of `rate_limits`.
#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    /// Its name, which actions refer to; `default` is for those that name none.
    pub name: String,
    /// So many requests in the time below; none where only the headers tell, which are both there then.
    pub requests: Option<u32>,
    /// In so many milliseconds.
    pub per_millis: u64,
    /// Whether every action counts against it, beside the one that the action names.
    pub every_action: bool,
    /// A response header that tells the number of requests in a window.
    pub max_header: Option<String>,
    /// A response header that tells how many of them are left.
    pub remaining_header: Option<String>,
    /// A response header that tells when the window ends: seconds since 1970, or from now where they are less than a year.
    pub reset_header: Option<String>,
}

/// One entry of `retries`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryRule {
    /// HTTP's status, 423.
    pub status: u16,
    /// The least wait before the request is sent again, in milliseconds; 0 for none.
    pub wait_millis: u64,
    /// Whether it proves so only where the answer has the header `Retry-After`.
    pub needs_retry_after: bool,
    /// Whether it says that a rate limit is exceeded, as 429 does.
    pub rate_limited: bool,
}

/// One action file.
#[derive(Debug, Clone, PartialEq)]
pub struct Module {
    /// The file's stem, `deals`.
    pub name: String,
    /// Name of its Rust module.
    pub ident: String,
    /// `Deals`.
    pub title: String,
    /// Markdown.
    pub description: Option<String>,
    /// Its actions, in the order of the file.
    pub actions: Vec<Action>,
}

/// A named type.
#[derive(Debug, Clone, PartialEq)]
pub struct Type {
    /// Its name in the spec and in Rust, `Deal`.
    pub ident: String,
    /// Index of the module that declares it; `None` for `connector.json`, whose types live beside the modules.
    pub module: Option<usize>,
    /// For people.
    pub title: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// A message where it should no longer be used.
    pub deprecated: Option<String>,
    /// What it is.
    pub kind: TypeKind,
    /// Which circle it is in: objects that contain each other without a list or a map between have the same number.
    pub circle: usize,
    /// Where it is declared.
    pub location: Location,
}

/// What a named type is.
#[derive(Debug, Clone, PartialEq)]
pub enum TypeKind {
    /// A JSON object with known fields (unknown ones are kept).
    Object(Object),
    /// A string with known values.
    Enum(Enum),
    /// A string that names a record of one kind.
    Id,
    /// What can be written of an object, as the input of an action.
    Input(Input),
    /// An object that is one of several.
    Union(Union),
}

/// `"type": "union"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Union {
    /// The field whose value tells which it is; without it the fields that are there tell.
    pub tag: Option<String>,
    /// The objects that it can be, in the order of the file.
    pub variants: Vec<Variant>,
    /// An id that can stand in their place, of a record that was not sent along.
    pub id: Option<Variant>,
}

/// One type of a union.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// The tag's value, or its name where there is no tag.
    pub key: String,
    /// Its Rust variant, `Circle`.
    pub ident: String,
    /// The object type, or that of an id.
    pub ty: TypeRef,
}

/// `"type": "object"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    /// Keys that lead from the object to its `fields` (`at`), outermost first; empty where they lie at the root.
    pub at: Vec<String>,
    /// How values at `at` are written.
    pub encoding: Encoding,
    /// What clears a field on the wire: `null` where `None`, else this string.
    pub clear: Option<String>,
    /// Fields of `envelope` (at the root) and then of `fields` (below `at`), each in the order of the file.
    pub fields: Vec<Field>,
    /// Whether fields below `at` can be filtered, sorted and selected by name.
    pub properties: bool,
}

/// How scalar values are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As JSON's own types.
    Json,
    /// Every value is a string: `"true"`, `"12.50"`.
    Strings,
}

/// A field of an object, or an argument of an action.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its key in the spec, `closedate`.
    pub key: String,
    /// Its Rust name in snake case, `closedate`.
    pub ident: String,
    /// Its name on the wire.
    pub wire_name: String,
    /// Keys that lead to it from the root of its object or body, its own included: `["properties", "closedate"]`.
    pub path: Vec<String>,
    /// Its type.
    pub ty: FieldType,
    /// How this value is written, where the type allows several ways.
    pub wire: Wire,
    /// Always present (objects), or must be given (arguments).
    pub required: bool,
    /// The server sets it.
    pub read_only: bool,
    /// Holds a secret or personal data that must not be shown.
    pub sensitive: bool,
    /// A value that is used or sent when nothing was given, as JSON.
    pub default: Option<serde_json::Value>,
    /// A value that is always sent and never asked for, as JSON.
    pub constant: Option<serde_json::Value>,
    /// `Close date`.
    pub title: Option<String>,
    /// Markdown.
    pub description: Option<String>,
    /// The question that asks a person for it.
    pub prompt: Option<String>,
    /// An example, as JSON.
    pub example: Option<serde_json::Value>,
    /// A message where it should no longer be used.
    pub deprecated: Option<String>,
    /// The action that tells what can be chosen.
    pub options_from: Option<OptionsFrom>,
    /// Where it is declared.
    pub location: Location,
}

/// `options_from`: choices that another action tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionsFrom {
    /// That action, `deal_pipelines.list_stages`; it answers a list.
    pub action: String,
    /// JSON pointer into one element: the value that is sent.
    pub value: String,
    /// JSON pointer into one element: what people read; the value where `None`.
    pub label: Option<String>,
    /// Arguments of that action, by key, each with the key of the field or argument beside this one whose value it takes.
    pub depends_on: Vec<(String, String)>,
}

/// The closed set of field types. Each has one mapping to Rust, given in `FORMAT.md`.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldType {
    /// `String`.
    String,
    /// `i64`.
    Integer,
    /// `Decimal`.
    Decimal,
    /// `f64`.
    Float,
    /// `bool`.
    Boolean,
    /// A calendar day.
    Date,
    /// An instant.
    DateTime,
    /// A span of time.
    Duration,
    /// `Url`.
    Url,
    /// An e-mail address, `String` in Rust.
    Email,
    /// Base64 on the wire, `Vec<u8>` in Rust.
    Bytes,
    /// Any JSON.
    Json,
    /// A file: name, content type and bytes, in a multipart body.
    File,
    /// `Vec<T>`.
    Array(Box<FieldType>),
    /// `BTreeMap<String, T>`.
    Map(Box<FieldType>),
    /// A named type.
    Named(TypeRef),
    /// A typed filter over an object's properties.
    Filter(TypeRef),
    /// A sort order over an object's properties.
    Sort(TypeRef),
    /// A choice of an object's properties by name.
    Selection(TypeRef),
}

/// How one value is written.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Wire {
    /// As the type says: RFC 3339 for times, decimal numbers as JSON numbers or strings by [`Encoding`].
    #[default]
    Plain,
    /// A date or time as milliseconds since 1970, or a duration in milliseconds.
    Millis,
    /// A date or time as seconds since 1970, or a duration in seconds.
    Seconds,
    /// A decimal or integer as a string, whatever the encoding.
    Text,
    /// A list as one string with this separator: `a;b`.
    Separated(String),
    /// A list in a form, with a style of its own.
    Listed(QueryStyle),
}

/// `"type": "enum"`.
#[derive(Debug, Clone, PartialEq)]
pub struct Enum {
    /// Whether values that are not listed are kept (`Other`) or refused.
    pub open: bool,
    /// Its values, in the order of the file.
    pub values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Debug, Clone, PartialEq)]
pub struct EnumValue {
    /// As it is written, `qualifiedtobuy`.
    pub wire: String,
    /// Its Rust variant, `QualifiedToBuy`.
    pub ident: String,
    /// For people, `Qualified to buy`.
    pub title: String,
    /// Markdown.
    pub description: Option<String>,
    /// A message where it should no longer be used.
    pub deprecated: Option<String>,
}

/// `"type": "input"`: what can be written, a body or one element of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// The object that most fields are taken from.
    pub of: Option<TypeRef>,
    /// Fields in the order of their Rust arguments; those with `required` come first.
    pub fields: Vec<Field>,
    /// Encoding of the fields that come from `of`, parallel to `fields`.
    pub encodings: Vec<Encoding>,
    /// Which fields have the third state «clear», parallel to `fields`.
    pub clearable: Vec<bool>,
    /// What clears a field on the wire: `null` where `None`, else this string.
    pub clear: Option<String>,
}

/// One action.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its key, `create`.
    pub name: String,
    /// Its Rust struct, `Create`.
    pub ident: String,
    /// `Create a deal`.
    pub title: String,
    /// Markdown.
    pub description: Option<String>,
    /// Where the API's documentation tells of it.
    pub docs_url: Option<String>,
    /// HTTP's method, upper case.
    pub method: String,
    /// Its path, piece by piece.
    pub path: Vec<PathPiece>,
    /// What it does to the server's data.
    pub effect: Effect,
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// The header that carries a key by which the API knows that it has carried the request out before.
    pub idempotency_key: Option<String>,
    /// What the token must allow.
    pub scopes: ScopeRule,
    /// Arguments of path, query and headers, in this order; the path's in the order of the path.
    pub parameters: Vec<Parameter>,
    /// What is sent in the body.
    pub body: Option<Body>,
    /// What a successful answer holds.
    pub output: Output,
    /// The rate limit that it counts against.
    pub rate_limit: Option<String>,
    /// The question to ask before it is carried out.
    pub confirm: Option<String>,
    /// A message where it should no longer be used.
    pub deprecated: Option<String>,
    /// The day on which the API ends it, `2027-09-01`.
    pub sunset: Option<String>,
    /// The action to use instead, with its module: `deals.search`.
    pub replaced_by: Option<String>,
    /// Recorded exchanges, which must decode.
    pub examples: Vec<Example>,
    /// Where it is declared.
    pub location: Location,
}

/// A piece of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathPiece {
    /// Sent as it stands: `/search`.
    Literal(String),
    /// `{+objects}`: the base path with this index in [`ApiVersions::bases`], sent as it stands (RFC 6570 §3.2.3).
    Base(usize),
    /// `{dealId}`: the parameter with this index, percent-encoded (RFC 6570 §3.2.2).
    Parameter(usize),
}

/// What an action does to the server's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Makes something new.
    Create,
    /// Changes what exists.
    Update,
    /// Removes something.
    Delete,
}

/// Scopes of an action. Both lists index [`Connector::scopes`]; both must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScopeRule {
    /// Every one of these.
    pub all_of: Vec<usize>,
    /// At least one of these, unless empty.
    pub any_of: Vec<usize>,
}

/// An argument that does not travel in the body.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Where it travels.
    pub place: Place,
    /// What it is.
    pub field: Field,
}

/// Where an argument travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query(QueryStyle),
    /// In a header.
    Header,
}

/// How a list is written in the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryStyle {
    /// `a=1,2`.
    Comma,
    /// `a=1&a=2`.
    Repeat,
    /// `a[]=1&a[]=2`.
    Brackets,
}

/// What is sent in the body.
#[allow(clippy::large_enum_variant, reason = "one per action, most of them the large one")]
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// An object; its fields are arguments of the action.
    Fields {
        /// The content type.
        encoding: BodyEncoding,
        /// The fields.
        input: Input,
    },
    /// One value is the whole body; it is the argument `body`.
    Whole {
        /// How it is written.
        encoding: BodyEncoding,
        /// The content type of a raw body.
        content_type: Option<String>,
        /// The value.
        field: Field,
    },
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyEncoding {
    /// `application/json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/form-data`.
    Multipart,
    /// Bytes as they are.
    Raw,
}

/// What a successful answer holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Nothing that is read.
    Nothing,
    /// One value.
    Value(FieldType),
    /// One value, or nothing where a success has no body.
    Optional(FieldType),
    /// One page of a list.
    Page {
        /// Type of one element.
        item: FieldType,
        /// How to get the next.
        pagination: Pagination,
    },
    /// The outcomes of a batch, each its own.
    Batch {
        /// Type of one result; `None` where the API answers none.
        item: Option<FieldType>,
        /// Where they lie.
        batch: Batch,
    },
}

/// `pagination`.
#[derive(Debug, Clone, PartialEq)]
pub struct Pagination {
    /// Keys that lead to the array of elements; none where it is the whole answer.
    pub items: Vec<String>,
    /// Where the next page's cursor comes from; `None` where the list comes whole.
    pub next: Option<NextPage>,
    /// Keys that lead to a boolean that tells whether there are more pages.
    pub more: Option<Vec<String>>,
    /// Keys that lead to the total, where the API tells it.
    pub total: Option<Vec<String>>,
    /// The argument (its `ident`, in the query or the body) that takes the cursor; there where `next` is.
    pub param: Option<String>,
    /// The argument (its `ident`) that takes the page size.
    pub limit_param: Option<String>,
    /// The largest page.
    pub max_limit: Option<u32>,
    /// Where the list ends before its end.
    pub cap: Option<Cap>,
}

/// Where the cursor of the next page comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextPage {
    /// Keys that lead to it in the answer.
    Cursor(Vec<String>),
    /// Index of the field of the elements that holds it in the last one.
    Last(usize),
    /// In the header `Link` (RFC 8288): the address has it under the name of the argument that takes it.
    Link {
        /// The address of this relation, `next`.
        relation: String,
        /// Further arguments (their `ident`s) that are taken out of the address, where it has them.
        also: Vec<String>,
    },
}

/// `pagination.cap`.
#[derive(Debug, Clone, PartialEq)]
pub struct Cap {
    /// The most records that all pages together give.
    pub records: u64,
    /// How to get the others; `None` where there is no way.
    pub keyset: Option<Keyset>,
}

/// `pagination.cap` with the strategy `keyset`.
#[derive(Debug, Clone, PartialEq)]
pub struct Keyset {
    /// The property (its name on the wire) with unique values in whose order the list goes on; it has an order.
    pub key: String,
    /// The argument (its `ident`) that takes the filter.
    pub filter: String,
    /// The argument (its `ident`) that takes the order.
    pub sort: String,
    /// The argument (its `ident`) that selects properties.
    pub select: Option<String>,
}

/// `batch`.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// The argument (its `ident`) that takes the elements.
    pub inputs: String,
    /// Most elements in one request.
    pub max: u32,
    /// Keys that lead to the array of results.
    pub results: Vec<String>,
    /// Keys that lead to the array of errors.
    pub errors: Vec<String>,
    /// A mark on each input, which comes back with its result or error.
    pub trace: Option<BatchTrace>,
    /// The ids by which results and errors name their inputs.
    pub id: Option<BatchId>,
}

/// `batch.trace`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchTrace {
    /// Index of the input's field that takes it, a string.
    pub input: usize,
    /// Index of the result's field that holds it.
    pub result: usize,
    /// JSON pointer into an error.
    pub error: String,
}

/// `batch.id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchId {
    /// Index of the input's field that holds its id.
    pub input: usize,
    /// Index of the result's field that holds it.
    pub result: usize,
    /// JSON pointer into an error.
    pub error: Option<String>,
    /// What names the property of which the ids are values, where it was given.
    pub property: Option<BatchProperty>,
    /// The argument (its `ident`) that selects properties.
    pub select: Option<String>,
}

/// `batch.id.property`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchProperty {
    /// An argument of the action (its `ident`), for all inputs.
    Argument(String),
    /// Index of a field of the input.
    Input(usize),
}

/// A recorded exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// What it shows.
    pub title: Option<String>,
    /// Arguments by key.
    pub request: serde_json::Map<String, serde_json::Value>,
    /// HTTP's status.
    pub status: u16,
    /// The answer's body.
    pub response: serde_json::Value,
    /// Where it stands.
    pub location: Location,
}
