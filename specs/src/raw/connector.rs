//! `connector.json`.

use super::keys::Read;
use super::{Choice, Count, Flag, FromTitle, List, Map, Text, Titled, Type};
use crate::model::FilterOperator;

keys! {
    /// `connector.json`: what all modules of a connector share.
    struct ConnectorFile {
        /// For editors; ignored.
        schema = "$schema": optional Text,
        /// Version of this format: 1.
        spec_version: required Count,
        /// Machine name in snake case, `hubspot`.
        name: required Text,
        /// Name for people, `HubSpot`.
        title: required Text,
        /// What the API is, in Markdown.
        description: optional Text,
        /// Where the API's own documentation starts.
        docs_url: optional Text,
        /// Scheme, host and optional path prefix; https, or http on loopback.
        base_url: required Text,
        /// The API's versions, where paths differ between them.
        api_version: optional ApiVersions,
        /// Headers that every call has: name → value.
        headers: or_empty Map<Text>,
        /// The header by which the API knows that it has carried a request out before.
        idempotency_key: optional IdempotencyKey,
        /// How calls are authorized; may be `{}`.
        auth: required Auth,
        /// The scopes that actions may ask for: name → title, or an object.
        scopes: or_empty Map<Titled<Scope>>,
        /// Where an error body keeps what.
        errors: optional Errors,
        /// How a typed filter is written in a request.
        filters: optional Filters,
        /// Rate limits by name; `default` is for actions that name none.
        rate_limits: or_empty Map<RateLimit>,
        /// Statuses that prove that the API has not carried the request out, so that anything may be sent again.
        retries: or_empty Map<Retry>,
        /// Types shared by all modules.
        types: or_empty Map<Type>,
    }

    /// Versions of the API.
    struct ApiVersions {
        /// The version that is used unless another is chosen.
        default: required Text,
        /// The versions by name; all have the same `paths`.
        versions: required Map<ApiVersion>,
        /// A header that carries the name of the version.
        header: optional Text,
    }

    /// A key that the client makes for each call and repeats when it sends the request again.
    struct IdempotencyKey {
        /// The header that carries it: `Idempotency-Key`.
        header: required Text,
    }

    /// One version of the API.
    struct ApiVersion {
        /// Base paths by name, for `{+name}` in `http`.
        paths: or_empty Map<Text>,
        /// The day on which the provider ends support, `2027-09-01`.
        sunset: optional Text,
    }

    /// The ways in which a call can be authorized.
    struct Auth {
        /// OAuth 2.0 authorization code flow (RFC 6749 §4.1).
        oauth2: optional OAuth2,
        /// A token that the developer holds already (RFC 6750).
        bearer: optional Bearer,
        /// A key that travels in a header, in the query or as HTTP Basic.
        api_key: optional ApiKey,
    }

    /// OAuth 2.0.
    struct OAuth2 {
        /// Where a person authorizes (RFC 6749 §3.1).
        authorization_url: required Text,
        /// Where codes become tokens (RFC 6749 §3.2).
        token_url: required Text,
        /// Where tokens are refreshed, if not at `token_url`.
        refresh_url: optional Text,
        /// RFC 7662.
        introspection_url: optional Text,
        /// RFC 7009.
        revocation_url: optional Text,
        /// What separates scopes in the authorize link; default a space.
        scope_separator: optional Text,
        /// Where the client's id and secret travel: `body` or `basic` (default).
        client_credentials_in: optional Choice<CredentialsWord>,
        /// Whether the provider takes PKCE (RFC 7636); default `true`.
        pkce: optional Flag,
        /// Fixed extra parameters of the authorize link.
        authorize_params: or_empty Map<Text>,
        /// Errors of the token endpoint after which only a new authorization helps; default `["invalid_grant"]`.
        dead_grant: optional List<Text>,
        /// JSON pointer into the token response: the account.
        account_id_path: optional Text,
        /// JSON pointer into the token response: the granted scopes.
        granted_scopes_path: optional Text,
        /// Whether redirect URIs may name an IP address; default `true`.
        redirect_to_ip: optional Flag,
        /// Addresses that the provider will shut off, by how they start.
        sunset_urls: or_empty Map<SunsetUrl>,
    }

    /// Addresses that the provider will shut off.
    struct SunsetUrl {
        /// The day, `2027-02-16`.
        sunset: required Text,
        /// What to use instead.
        replaced_by: required Text,
    }

    /// A token that the developer holds already.
    struct Bearer {
        /// What it is called there, `Private app access token`.
        title: required Text,
        /// Where a person gets one, in Markdown.
        description: optional Text,
    }

    /// A key that the developer holds already.
    struct ApiKey {
        /// What it is called there, `API key`.
        title: required Text,
        /// Where a person gets one, in Markdown.
        description: optional Text,
        /// Where it travels: `header`, `query`, or `basic` (`user:password`, RFC 7617).
        place = "in": required Choice<KeyPlaceWord>,
        /// Name of the header or of the query's argument.
        name: optional Text,
    }

    /// A scope.
    struct Scope {
        /// Name for people, `Read deals`.
        title: required Text,
        /// What it allows, in Markdown.
        description: optional Text,
    }

    /// JSON pointers into an error body.
    struct Errors {
        /// A sentence for people.
        message: optional Text,
        /// A machine-readable kind.
        category: optional Text,
        /// A finer kind.
        sub_category: optional Text,
        /// The provider's id of this call.
        correlation_id: optional Text,
        /// A response header with the same.
        correlation_header: optional Text,
        /// Pointers to arrays of scopes that the token lacks.
        missing_scopes: or_empty List<Text>,
        /// The array of single problems.
        details: optional ErrorDetails,
    }

    /// Single problems in an error body; all pointers but `at` start at one element.
    struct ErrorDetails {
        /// JSON pointer to the array, or to a single problem.
        at: required Text,
        /// A sentence for people.
        message: optional Text,
        /// A machine-readable code.
        code: optional Text,
        /// The field that it is about.
        field: optional Text,
    }

    /// Keys and operators of a filter on the wire.
    struct Filters {
        /// Key of the list of filters inside a group.
        filters: required Text,
        /// Key of the property's name.
        property: required Text,
        /// Key of the operator.
        operator: required Text,
        /// Key of the single value, or the lower bound.
        value: required Text,
        /// Key of the upper bound.
        high_value: required Text,
        /// Key of the list of values.
        values: required Text,
        /// The operators that the API has, each with its wire name.
        operators: required Operators,
        /// Most groups in one request.
        max_groups: optional Count,
        /// Most filters in one group.
        max_filters_per_group: optional Count,
        /// Most filters in one request.
        max_filters: optional Count,
    }

    /// Wire names of the operators.
    struct Operators {
        /// Equal.
        eq: optional Text,
        /// Not equal.
        neq: optional Text,
        /// Less than.
        lt: optional Text,
        /// Less than or equal.
        lte: optional Text,
        /// Greater than.
        gt: optional Text,
        /// Greater than or equal.
        gte: optional Text,
        /// Between two values, both included.
        between: optional Text,
        /// One of a list.
        in_ = "in": optional Text,
        /// None of a list.
        not_in: optional Text,
        /// Has any value.
        has: optional Text,
        /// Has no value.
        not_has: optional Text,
        /// Contains a word.
        contains_token: optional Text,
        /// Does not contain a word.
        not_contains_token: optional Text,
    }

    /// A rate limit.
    struct RateLimit {
        /// So many requests; where it is left out, as many as the response headers tell, from the first answer that tells it.
        requests: optional Count,
        /// In this time: `500ms`, `1s`, `10s`, `1m`, `1h`, `1d`.
        per: required Text,
        /// Whether every action counts against it, beside the limit that the action names; default `false`.
        every_action: optional Flag,
        /// A response header that tells the number of requests in a window.
        max_header: optional Text,
        /// A response header that tells how many of them are left.
        remaining_header: optional Text,
        /// A response header that tells when the window ends: seconds since 1970, or seconds from now where it is less than a year.
        reset_header: optional Text,
    }

    /// A status that proves that the API has not carried the request out.
    struct Retry {
        /// The least time to wait before the request is sent again: `2s`; none unless given.
        wait: optional Text,
        /// Whether it proves so only where the answer has the header `Retry-After`; default `false`.
        needs_retry_after: optional Flag,
        /// Whether it says that a rate limit is exceeded, as 429 does; default `false`.
        rate_limited: optional Flag,
    }
}

words! {
    /// Where a key travels.
    enum KeyPlaceWord {
        /// In a header of its own.
        Header = "header",
        /// In the query.
        Query = "query",
        /// As user name and password (RFC 7617).
        Basic = "basic",
    }

    /// Where the client's id and secret travel.
    enum CredentialsWord {
        /// In the form body.
        Body = "body",
        /// As HTTP Basic.
        Basic = "basic",
    }
}

impl FromTitle for Scope {
    fn from_title(title: Text) -> Self {
        Self { title: title.clone(), ..Self::missing(title.span) }
    }
}

impl Operators {
    /// In the order of [`FilterOperator::ALL`].
    pub(crate) fn in_order(&self) -> [&Option<Text>; FilterOperator::ALL.len()] {
        [
            &self.eq,
            &self.neq,
            &self.lt,
            &self.lte,
            &self.gt,
            &self.gte,
            &self.between,
            &self.in_,
            &self.not_in,
            &self.has,
            &self.not_has,
            &self.contains_token,
            &self.not_contains_token,
        ]
    }
}
