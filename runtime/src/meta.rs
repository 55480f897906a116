//! What generated code says about itself: static tables that the pipeline executes and that programs can list.

use crate::filter::Dialect;
use crate::value::Shape;

/// A connector.
#[derive(Debug)]
#[allow(clippy::struct_field_names)]
pub struct ConnectorMeta {
    /// Machine name, `hubspot`.
    pub name: &'static str,
    /// Name for people, `HubSpot`.
    pub title: &'static str,
    /// Scheme and host, without a trailing slash.
    pub base_url: &'static str,
    /// The API's versions; empty where it has none.
    pub api_versions: &'static [ApiVersion],
    /// Index of the default one.
    pub default_version: usize,
    /// The header that carries the name of the version.
    pub version_header: Option<&'static str>,
    /// Headers that every call has.
    pub headers: &'static [(&'static str, &'static str)],
    /// What a token or key is called that a developer holds (`auth.bearer`, `auth.api_key`).
    pub bearer: Option<&'static str>,
    /// Where a call's token travels.
    pub token: TokenPlace,
    /// OAuth 2.0 endpoints and habits.
    pub oauth2: Option<&'static OAuth2Meta>,
    /// The scopes that this connector requests: what its actions need, or what `scopes = […]` named.
    pub scopes: &'static [&'static str],
    /// The scopes that it requests too, and that may be refused: what `optional_scopes = […]` named.
    pub optional_scopes: &'static [&'static str],
    /// All scopes that the spec describes.
    pub known_scopes: &'static [&'static str],
    /// Where an error body keeps what.
    pub errors: ErrorMeta,
    /// How filters are written.
    pub filters: Option<&'static Dialect>,
    /// Rate limits by name.
    pub rate_limits: &'static [RateLimitMeta],
    /// Statuses that prove that the API has not carried the request out; 429 always does.
    pub retries: &'static [RetryMeta],
}

/// Where the token of a call travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenPlace {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer,
    /// In a header of its own.
    Header(&'static str),
    /// In the query, under this name.
    Query(&'static str),
    /// `Authorization: Basic …` (RFC 7617); the token is `user:password`.
    Basic,
}

/// One version of an API.
#[derive(Debug)]
pub struct ApiVersion {
    /// `2026-09`.
    pub name: &'static str,
    /// Values of the base paths.
    pub paths: &'static [&'static str],
    /// The day on which the provider ends support, `2027-09-01`.
    pub sunset: Option<&'static str>,
}

/// An OAuth 2.0 provider, from the spec.
#[derive(Debug)]
#[allow(missing_docs)] // the keys of `auth.oauth2`, explained in the format's reference
pub struct OAuth2Meta {
    pub authorization_url: &'static str,
    pub token_url: &'static str,
    pub refresh_url: Option<&'static str>,
    pub introspection_url: Option<&'static str>,
    pub revocation_url: Option<&'static str>,
    pub scope_separator: &'static str,
    pub credentials_in_body: bool,
    pub pkce: bool,
    pub authorize_params: &'static [(&'static str, &'static str)],
    pub dead_grant: &'static [&'static str],
    pub account_id_path: Option<&'static str>,
    pub granted_scopes_path: Option<&'static str>,
    pub redirect_to_ip: bool,
    /// How the addresses start, the day of their end, what to use instead.
    pub sunset_urls: &'static [(&'static str, &'static str, &'static str)],
}

/// JSON pointers into an error body.
#[derive(Debug)]
#[allow(missing_docs)] // the keys of `errors`, explained in the format's reference
pub struct ErrorMeta {
    pub message: Option<&'static str>,
    pub category: Option<&'static str>,
    pub sub_category: Option<&'static str>,
    pub correlation_id: Option<&'static str>,
    pub correlation_header: Option<&'static str>,
    pub missing_scopes: &'static [&'static str],
    pub details: Option<ErrorDetailMeta>,
}

/// JSON pointers into one detail of an error body.
#[derive(Debug)]
#[allow(missing_docs)] // the keys of `errors.details`, explained in the format's reference
pub struct ErrorDetailMeta {
    pub at: &'static str,
    pub message: Option<&'static str>,
    pub code: Option<&'static str>,
    pub field: Option<&'static str>,
}

/// A rate limit.
#[derive(Debug)]
pub struct RateLimitMeta {
    /// Its name.
    pub name: &'static str,
    /// So many requests in the time below; none where only the headers tell.
    pub requests: Option<u32>,
    /// In so many milliseconds.
    pub per_millis: u64,
    /// Whether every action counts against it, beside the one that the action names.
    pub every_action: bool,
    /// A response header that tells the number of requests in a window.
    pub max_header: Option<&'static str>,
    /// A response header that tells how many of them are left.
    pub remaining_header: Option<&'static str>,
    /// A response header that tells when the window ends: seconds since 1970, or from now where they are less than a year.
    pub reset_header: Option<&'static str>,
}

/// A status that proves that the API has not carried the request out.
#[derive(Debug)]
pub struct RetryMeta {
    /// HTTP's status.
    pub status: u16,
    /// The least wait before the request is sent again, in milliseconds.
    pub wait_millis: u64,
    /// Whether it proves so only where the answer has the header `Retry-After`.
    pub needs_retry_after: bool,
    /// Whether it says that a rate limit is exceeded, as 429 does.
    pub rate_limited: bool,
}

/// An action.
#[derive(Debug)]
pub struct ActionMeta {
    /// `deals.create`.
    pub name: &'static str,
    /// `Create a deal`.
    pub title: &'static str,
    /// HTTP's method.
    pub method: &'static str,
    /// Its path, piece by piece.
    pub path: &'static [Piece],
    /// What it does to the server's data.
    pub effect: Effect,
    /// Whether sending it twice does what sending it once does.
    pub idempotent: bool,
    /// The header that carries a key by which the API knows that it has carried the request out before.
    pub idempotency_key: Option<&'static str>,
    /// The action that shows whether this write was carried out, where nobody knows: `deals.search`.
    pub shown_by: Option<&'static str>,
    /// Scopes that the token must have.
    pub scopes: &'static [&'static str],
    /// Scopes of which the token must have one, unless empty.
    pub any_scopes: &'static [&'static str],
    /// Its arguments; the tree is the body.
    pub args: &'static Shape,
    /// Arguments that do not travel in the body.
    pub parameters: &'static [Parameter],
    /// How the body is written.
    pub body: BodyKind,
    /// Whether the answer is bytes as they come, of whatever content type.
    pub raw: bool,
    /// Whether an answer may have no body.
    pub bodiless: bool,
    /// Values of arguments that were not set.
    pub presets: &'static [(u16, Preset)],
    /// The rate limit that it counts against.
    pub rate_limit: Option<&'static str>,
    /// The question to ask a person before it is carried out.
    pub confirm: Option<&'static str>,
    /// Its pages, where it answers a list.
    pub pagination: Option<Pagination>,
    /// Its elements, where it is a batch.
    pub batch: Option<BatchMeta>,
    /// Where a page or batch holds what; none where the answer is the value itself.
    pub answer: Option<&'static Shape>,
}

impl ActionMeta {
    /// One without arguments and all else that most have not, that generated tables start from.
    #[must_use]
    pub const fn of(
        name: &'static str,
        title: &'static str,
        effect: Effect,
        method: &'static str,
        path: &'static [Piece],
    ) -> Self {
        Self {
            name,
            title,
            method,
            path,
            effect,
            idempotent: false,
            idempotency_key: None,
            shown_by: None,
            scopes: &[],
            any_scopes: &[],
            args: &Shape::NOTHING,
            parameters: &[],
            body: BodyKind::None,
            raw: false,
            bodiless: false,
            presets: &[],
            rate_limit: None,
            confirm: None,
            pagination: None,
            batch: None,
            answer: None,
        }
    }
}

/// A piece of a path.
#[derive(Debug)]
pub enum Piece {
    /// Sent as it stands.
    Literal(&'static str),
    /// The base path with this index, by API version.
    Base(usize),
    /// The argument with this index, percent-encoded.
    Argument(u16),
}

/// What an action does to the server's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// An argument outside the body.
#[derive(Debug)]
pub struct Parameter {
    /// Which argument.
    pub index: u16,
    /// Its name on the wire.
    pub name: &'static str,
    /// Where it travels.
    pub place: Place,
}

impl Parameter {
    /// The argument with this index.
    #[must_use]
    pub const fn new(index: u16, name: &'static str, place: Place) -> Self {
        Self { index, name, place }
    }
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the path, at the piece that names it.
    Path,
    /// In the query; lists as `a=1&a=2`.
    Query,
    /// In the query; lists as `a=1,2`.
    QueryComma,
    /// In the query; lists as `a[]=1&a[]=2`.
    QueryBrackets,
    /// In a header.
    Header,
}

/// How the body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyKind {
    /// There is none.
    None,
    /// An object of arguments, as JSON.
    Json,
    /// An object of arguments, as a form.
    Form,
    /// An object of arguments, as the parts of `multipart/form-data` (RFC 7578).
    Multipart,
    /// One argument is the whole body, as JSON.
    Whole(u16),
    /// One argument is the whole body, bytes or text as they are, of this content type.
    Raw(u16, &'static str),
}

/// The value of an argument that was not set.
#[derive(Debug)]
pub enum Preset {
    /// This JSON.
    Json(&'static str),
    /// The names of all properties of this object.
    AllProperties(&'static Shape),
    /// The same, joined by commas when the code was generated.
    Names(&'static str),
}

/// The pages of an action.
#[derive(Debug, Clone, Copy)]
pub struct Pagination {
    /// The argument that takes the cursor.
    pub cursor: u16,
    /// Where the cursor of the next page comes from.
    pub next: NextPage,
    /// The argument that takes the page's size.
    pub limit: Option<u16>,
    /// The largest page.
    pub max_limit: Option<u32>,
    /// Where the list ends before its end.
    pub cap: Option<Cap>,
}

impl Pagination {
    /// Pages of the API's own size, to the end of the list.
    #[must_use]
    pub const fn by(cursor: u16, next: NextPage) -> Self {
        Self { cursor, next, limit: None, max_limit: None, cap: None }
    }
}

/// Where the cursor of the next page comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPage {
    /// The answer holds it.
    Cursor,
    /// It is the value that the field with this index has in the page's last element.
    Last(u16),
    /// It is a part of the address that has this relation in the header `Link` (RFC 8288), as are these further arguments, where the
    /// address has them.
    Link(&'static str, &'static [u16]),
}

/// Where a list ends before its end.
#[derive(Debug, Clone, Copy)]
pub struct Cap {
    /// The most records that all pages together give.
    pub records: u64,
    /// How to get the others.
    pub keyset: Option<Keyset>,
}

/// A way past a cap: asking for what comes after the last record, in the order of a key.
#[derive(Debug, Clone, Copy)]
pub struct Keyset {
    /// The property with unique values that have an order.
    pub key: &'static str,
    /// The argument that takes the filter.
    pub filter: u16,
    /// The argument that takes the order.
    pub sort: u16,
    /// The argument that selects properties.
    pub select: Option<u16>,
}

/// The elements of a batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchMeta {
    /// The argument that takes them.
    pub inputs: u16,
    /// Most of them in one request.
    pub max: u32,
    /// Whether the API answers results; where not, a success is that of all.
    pub results: bool,
    /// A mark on each, which comes back with its result or error.
    pub trace: Option<BatchTrace>,
    /// The ids by which results and errors name them.
    pub id: Option<BatchId>,
}

/// A mark on each input of a batch, which comes back with its result or error.
#[derive(Debug, Clone, Copy)]
pub struct BatchTrace {
    /// The field of an input that takes it.
    pub input: u16,
    /// The field of a result that holds it.
    pub result: u16,
    /// JSON pointer into an error: it, or a list of such.
    pub error: &'static str,
}

/// The ids by which results and errors of a batch name its inputs.
#[derive(Debug, Clone, Copy)]
pub struct BatchId {
    /// The field of an input that holds its id.
    pub input: u16,
    /// The field of a result that holds its id.
    pub result: u16,
    /// JSON pointer into an error: the id, or a list of such.
    pub error: Option<&'static str>,
    /// What names a property; where it does, ids are values of that property.
    pub property: Option<BatchProperty>,
    /// The argument that selects properties.
    pub select: Option<u16>,
}

/// What names the property of which the ids in a batch are values.
#[derive(Debug, Clone, Copy)]
pub enum BatchProperty {
    /// An argument, for all inputs.
    Argument(u16),
    /// A field of each input.
    Input(u16),
}

/// Choices of an argument or field that another action tells.
#[derive(Debug)]
pub struct OptionsFrom {
    /// That action, `deal_pipelines.list_stages`; it answers a list.
    pub action: &'static str,
    /// JSON pointer into one element: the value that is sent.
    pub value: &'static str,
    /// JSON pointer into one element: what people read; the value where there is none.
    pub label: Option<&'static str>,
    /// Arguments of that action, by index, each with the index of the field beside this one whose value it takes. It needs no others.
    pub depends_on: &'static [(u16, u16)],
}
