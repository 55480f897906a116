//! The kinds of mistakes.

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $word:literal,)*) => {
        /// Which kind of mistake a diagnostic is about. Programs may rely on the words of [`as_str`](Code::as_str).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])* $variant,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// Its stable name, `unknown-key`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word),* }
            }

            /// What it means, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),*).trim_ascii()),* }
            }
        }
    };
}

codes! {
    /// A folder cannot be read, or has no `connector.json`.
    Folder = "folder",
    /// No connector of this name is shipped.
    UnknownConnector = "unknown-connector",
    /// A file cannot be read: not UTF-8, too large, not a file.
    Unreadable = "unreadable",
    /// The text is not JSON.
    Syntax = "syntax",
    /// Objects and arrays are nested too deep.
    TooDeep = "too-deep",
    /// The connector has more arguments in all than anything real.
    TooLarge = "too-large",
    /// An object has the same key twice.
    DuplicateKey = "duplicate-key",
    /// A key that the format does not have at this place.
    UnknownKey = "unknown-key",
    /// A key that must be given.
    MissingKey = "missing-key",
    /// A JSON value of the wrong type.
    WrongType = "wrong-type",
    /// A word that is none of those allowed here.
    UnknownWord = "unknown-word",
    /// A number that is out of range.
    OutOfRange = "out-of-range",
    /// A format version that this crate does not read.
    SpecVersion = "spec-version",
    /// An extension sets what the base has set already.
    ExtendClash = "extend-clash",
    /// An extension sets what only the base can set.
    ExtendForbidden = "extend-forbidden",
    /// A key, file or type name that makes no Rust name.
    InvalidName = "invalid-name",
    /// A name that generated code needs for itself.
    ReservedName = "reserved-name",
    /// Two names are the same Rust name.
    NameClash = "name-clash",
    /// A type that nobody declares.
    UnknownType = "unknown-type",
    /// A type of the wrong kind for this place.
    WrongKind = "wrong-kind",
    /// An object that contains itself without a way out.
    InfiniteType = "infinite-type",
    /// A scope that `connector.json` does not declare.
    UnknownScope = "unknown-scope",
    /// A scope that an action names twice.
    RepeatedScope = "repeated-scope",
    /// An `http` line that is not a method and a path.
    BadHttp = "bad-http",
    /// A placeholder of the path that no argument fills.
    UnfilledPlaceholder = "unfilled-placeholder",
    /// An argument of the path that the path does not have.
    UnusedPathArgument = "unused-path-argument",
    /// A base path that `api_version` does not define.
    UnknownBasePath = "unknown-base-path",
    /// Versions of the API that define different base paths.
    VersionPaths = "version-paths",
    /// A version of the API that does not exist.
    UnknownVersion = "unknown-version",
    /// A rate limit that `connector.json` does not define.
    UnknownRateLimit = "unknown-rate-limit",
    /// A span of time that cannot be read.
    BadDuration = "bad-duration",
    /// An action that no file declares.
    UnknownAction = "unknown-action",
    /// An argument that the action does not have.
    UnknownArgument = "unknown-argument",
    /// An argument that must be given to an action that tells choices, and that nothing fills.
    UnfilledArgument = "unfilled-argument",
    /// A field that the object does not have.
    UnknownField = "unknown-field",
    /// A field that only the server sets, used as if it could be written.
    ReadOnlyField = "read-only-field",
    /// A body on a method that has none.
    UnexpectedBody = "unexpected-body",
    /// An effect that contradicts the method.
    EffectMismatch = "effect-mismatch",
    /// An action with both `pagination` and `batch`, or with `pagination` and without `returns`.
    OutputMismatch = "output-mismatch",
    /// A key that says nothing for this type or place.
    UselessKey = "useless-key",
    /// A filter in a connector whose `connector.json` has no `filters`.
    NoFilterDialect = "no-filter-dialect",
    /// An address that is not https (or http on this machine).
    BadUrl = "bad-url",
    /// A JSON pointer that is none (RFC 6901).
    BadPointer = "bad-pointer",
    /// A day that is not a date.
    BadDate = "bad-date",
    /// A `default`, `const` or `example` that does not fit its type.
    ValueMismatch = "value-mismatch",
    /// An example whose response does not fit the type that the action returns.
    ExampleMismatch = "example-mismatch",
}
