//! The kinds of mistakes.

use std::fmt;

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

            /// Its stable name, `spec::unknown_key`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word),* }
            }

            /// What it means, in a sentence.
            pub fn about(self) -> &'static str {
                match self { $(Code::$variant => concat!($($doc),*).trim_ascii()),* }
            }
        }

        impl fmt::Display for Code {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// Whether a connector can be used in spite of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Severity {
    /// No: it must be mended.
    Error,
    /// Yes: it is probably not what was meant, or will be wrong one day.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Code {
    /// How bad it is.
    pub fn severity(self) -> Severity {
        match self {
            Self::UnusedScope | Self::SunsetPassed | Self::DeepType => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

codes! {
    /// A folder cannot be read, or has no `connector.json`.
    Folder = "spec::folder",
    /// No connector of this name is shipped.
    UnknownConnector = "spec::unknown_connector",
    /// A file cannot be read: not UTF-8, too large, not a file.
    Unreadable = "spec::unreadable",
    /// A file that is a link to somewhere outside of its folder.
    OutsideFolder = "spec::outside_folder",
    /// The text is not JSON.
    Syntax = "spec::syntax",
    /// Objects and arrays are nested too deep.
    TooDeep = "spec::too_deep",
    /// The connector has more arguments in all than anything real.
    TooLarge = "spec::too_large",
    /// An object has the same key twice.
    DuplicateKey = "spec::duplicate_key",
    /// A key that the format does not have at this place.
    UnknownKey = "spec::unknown_key",
    /// A key that must be given.
    MissingKey = "spec::missing_key",
    /// A JSON value of the wrong type.
    WrongType = "spec::wrong_type",
    /// A word that is none of those allowed here.
    UnknownWord = "spec::unknown_word",
    /// A number that is out of range.
    OutOfRange = "spec::out_of_range",
    /// A format version that this crate does not read.
    SpecVersion = "spec::spec_version",
    /// An extension sets what the base has set already.
    ExtendClash = "spec::extend_clash",
    /// An extension sets what only the base can set.
    ExtendForbidden = "spec::extend_forbidden",
    /// A file of an extension that would add to one which is not there.
    WrongFile = "spec::wrong_file",
    /// A key, file or type name that makes no Rust name.
    InvalidName = "spec::invalid_name",
    /// A name that generated code needs for itself.
    ReservedName = "spec::reserved_name",
    /// Two names are the same Rust name.
    NameClash = "spec::name_clash",
    /// A type that nobody declares.
    UnknownType = "spec::unknown_type",
    /// A type of the wrong kind for this place.
    WrongKind = "spec::wrong_kind",
    /// An object that contains itself without a way out.
    InfiniteType = "spec::infinite_type",
    /// Types that hold each other in a longer chain than the compiler follows by itself.
    DeepType = "spec::deep_type",
    /// A scope that `connector.json` does not declare.
    UnknownScope = "spec::unknown_scope",
    /// A scope that an action names twice.
    RepeatedScope = "spec::repeated_scope",
    /// A scope that `connector.json` declares and no action needs.
    UnusedScope = "spec::unused_scope",
    /// An `http` line that is not a method and a path.
    BadHttp = "spec::bad_http",
    /// A placeholder of the path that no argument fills.
    UnfilledPlaceholder = "spec::unfilled_placeholder",
    /// An argument of the path that the path does not have.
    UnusedPathArgument = "spec::unused_path_argument",
    /// A base path that `api_version` does not define.
    UnknownBasePath = "spec::unknown_base_path",
    /// Versions of the API that define different base paths.
    VersionPaths = "spec::version_paths",
    /// A version of the API that does not exist.
    UnknownVersion = "spec::unknown_version",
    /// A rate limit that `connector.json` does not define.
    UnknownRateLimit = "spec::unknown_rate_limit",
    /// A span of time that cannot be read.
    BadDuration = "spec::bad_duration",
    /// An action that no file declares.
    UnknownAction = "spec::unknown_action",
    /// An argument that the action does not have.
    UnknownArgument = "spec::unknown_argument",
    /// An argument that must be given to an action that tells choices, and that nothing fills.
    UnfilledArgument = "spec::unfilled_argument",
    /// A field that the object does not have.
    UnknownField = "spec::unknown_field",
    /// A field that only the server sets, used as if it could be written.
    ReadOnlyField = "spec::read_only_field",
    /// A body on a method that has none.
    UnexpectedBody = "spec::unexpected_body",
    /// An effect that contradicts the method.
    EffectMismatch = "spec::effect_mismatch",
    /// An action with both `pagination` and `batch`, or with `pagination` and without `returns`.
    OutputMismatch = "spec::output_mismatch",
    /// A key that says nothing for this type or place.
    UselessKey = "spec::useless_key",
    /// A filter in a connector whose `connector.json` has no `filters`.
    NoFilterDialect = "spec::no_filter_dialect",
    /// An address that is not https (or http on this machine).
    BadUrl = "spec::bad_url",
    /// A JSON pointer that is none (RFC 6901).
    BadPointer = "spec::bad_pointer",
    /// JSON pointers that cannot all lead to what they should.
    PointerClash = "spec::pointer_clash",
    /// A day that is not a date.
    BadDate = "spec::bad_date",
    /// A day of sunset that lies in the past.
    SunsetPassed = "spec::sunset_passed",
    /// A value that looks like a real secret.
    RealSecret = "spec::real_secret",
    /// A `default`, `const` or `example` that does not fit its type.
    ValueMismatch = "spec::value_mismatch",
    /// An example whose response does not fit the type that the action returns.
    ExampleMismatch = "spec::example_mismatch",
}
