#[allow(unused_imports)]
use ::typed_connector::__private as rt;
/// The Notes connector; see the crate's documentation for how to use it.
#[derive(rt::Debug, rt::Clone, rt::Copy, rt::PartialEq, rt::Eq)]
#[allow(dead_code, unreachable_pub, clippy::all, clippy::pedantic)]
pub struct Connector;
/// Executes the actions of Notes.
#[allow(dead_code, unreachable_pub)]
pub type Client = rt::Client<Connector>;
/// Settings of a [`Client`] of Notes.
#[allow(dead_code, unreachable_pub)]
pub type ClientBuilder = rt::ClientBuilder<Connector>;
/// Every action, with what the pipeline executes.
#[allow(dead_code, unreachable_pub)]
pub static ACTIONS: &[&rt::ActionMeta] = &[
    &notes::Create_META,
    &notes::Get_META,
    &notes::Update_META,
    &notes::Search_META,
    &notes::BatchCreate_META,
    &notes::Delete_META,
];
/// The OAuth scopes that this connector requests.
#[allow(dead_code, unreachable_pub)]
pub const SCOPES: &[&rt::str] = &["notes.read"];
/// The OAuth scopes that it requests too, and that may be refused.
#[allow(dead_code, unreachable_pub)]
pub const OPTIONAL_SCOPES: &[&rt::str] = &[];
#[allow(clippy::all, clippy::pedantic)]
impl rt::Connector for Connector {
    const META: &'static rt::ConnectorMeta = &CONNECTOR_META;
}
#[allow(clippy::all, clippy::pedantic)]
static CONNECTOR_META: rt::ConnectorMeta = rt::ConnectorMeta {
    name: "notes",
    title: "Notes",
    base_url: "https://api.notes.example",
    api_versions: &[
        rt::ApiVersion {
            name: "v1",
            paths: &["/v1"],
            sunset: rt::Some("2027-06-30"),
        },
        rt::ApiVersion {
            name: "v2",
            paths: &["/v2"],
            sunset: rt::None,
        },
    ],
    default_version: 1usize,
    version_header: rt::None,
    headers: &[],
    bearer: rt::None,
    token: rt::TokenPlace::Bearer,
    oauth2: rt::Some(
        &rt::OAuth2Meta {
            authorization_url: "https://notes.example/oauth/authorize",
            token_url: "https://api.notes.example/oauth/token",
            refresh_url: rt::None,
            introspection_url: rt::None,
            revocation_url: rt::None,
            scope_separator: " ",
            credentials_in_body: false,
            pkce: true,
            authorize_params: &[],
            dead_grant: &["invalid_grant"],
            account_id_path: rt::None,
            granted_scopes_path: rt::None,
            redirect_to_ip: true,
            sunset_urls: &[],
        },
    ),
    scopes: SCOPES,
    optional_scopes: OPTIONAL_SCOPES,
    known_scopes: &["notes.read", "notes.write", "notes.admin"],
    errors: rt::ErrorMeta {
        message: rt::Some("/message"),
        category: rt::None,
        sub_category: rt::None,
        correlation_id: rt::None,
        correlation_header: rt::None,
        missing_scopes: &[],
        details: rt::Some(rt::ErrorDetailMeta {
            at: "/errors",
            message: rt::Some("/message"),
            code: rt::None,
            field: rt::Some("/field"),
        }),
    },
    filters: rt::Some(
        &rt::Dialect {
            filters: "filters",
            property: "name",
            operator: "op",
            value: "value",
            high_value: "high",
            values: "values",
            operators: ["EQ", "", "", "", "", "GTE", "", "", "", "", "", "", ""],
            max_groups: rt::Some(3u32),
            max_filters_per_group: rt::None,
            max_filters: rt::None,
        },
    ),
    rate_limits: &[
        rt::RateLimitMeta {
            name: "default",
            requests: rt::Some(10u32),
            per_millis: 1000u64,
            every_action: false,
            max_header: rt::None,
            remaining_header: rt::None,
            reset_header: rt::None,
        },
    ],
    retries: &[],
};
/// One marker per OAuth scope; `Connector` has those that it requests.
#[allow(
    dead_code,
    deprecated,
    missing_docs,
    unreachable_code,
    unreachable_pub,
    unused_qualifications,
    non_upper_case_globals,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    rustdoc::all
)]
pub mod scopes {
    #[allow(unused_imports)]
    use super::rt;
    /// `notes.read`: Read notes.
    #[diagnostic::on_unimplemented(
        message = "this action needs the OAuth scope `notes.read`, which `{Self}` does not request",
        label = "needs `notes.read`",
        note = "`notes` requests it with #[connector(path = \"golden\", scopes = [\"notes.read\"])]; a client of another connector cannot execute it",
        note = "tests/golden/notes/notes.json:34:5 is where the spec asks for it, for `Get`, `Search`"
    )]
    pub trait NotesRead {}
    impl NotesRead for super::Connector {}
    /** `notes.write`: Write notes.

 Create, change and delete notes.*/
    #[diagnostic::on_unimplemented(
        message = "this action needs the OAuth scope `notes.write`, which `{Self}` does not request",
        label = "needs `notes.write`",
        note = "`notes` requests it with #[connector(path = \"golden\", scopes = [\"notes.read\", \"notes.write\"])]; a client of another connector cannot execute it",
        note = "tests/golden/notes/notes.json:29:5 is where the spec asks for it, for `Create`, `BatchCreate`"
    )]
    pub trait NotesWrite {}
    /// One of `notes.write`, `notes.admin`.
    #[diagnostic::on_unimplemented(
        message = "this action needs one of the OAuth scopes `notes.write`, `notes.admin`, which `{Self}` does not request",
        label = "needs `notes.write` or `notes.admin`",
        note = "`notes` requests it with #[connector(path = \"golden\", scopes = [\"notes.read\", \"notes.write\"])]; a client of another connector cannot execute it",
        note = "tests/golden/notes/notes.json:41:5 is where the spec asks for it, for `Update`"
    )]
    pub trait NotesWriteOrNotesAdmin {}
    pub(super) const NotesWriteOrNotesAdmin_NAMES: &[&rt::str] = &[
        "notes.write",
        "notes.admin",
    ];
}
#[doc(hidden)]
#[allow(
    dead_code,
    deprecated,
    missing_docs,
    unreachable_code,
    unreachable_pub,
    unused_qualifications,
    non_upper_case_globals,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    rustdoc::all
)]
mod shared {
    #[allow(unused_imports)]
    use super::rt;
}
#[allow(unused_imports, unreachable_pub)]
pub use shared::*;
/** Notes.

 Short texts with a colour.*/
#[allow(
    dead_code,
    deprecated,
    missing_docs,
    unreachable_code,
    unreachable_pub,
    unused_qualifications,
    non_upper_case_globals,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    rustdoc::all
)]
pub mod notes {
    #[allow(unused_imports)]
    use super::rt;
    /// Id of a note.
    #[derive(
        rt::Debug,
        rt::Clone,
        rt::PartialEq,
        rt::Eq,
        rt::PartialOrd,
        rt::Ord,
        rt::Hash,
        rt::Default
    )]
    pub struct NoteId(rt::String);
    rt::id!(NoteId);
    #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::Hash)]
    pub enum Colour {
        Red,
        #[deprecated(note = "use red")]
        Blue,
        /// A value that the spec does not list.
        Other(rt::String),
    }
    impl Colour {
        /// The value as it is written.
        #[must_use]
        pub fn as_str(&self) -> &rt::str {
            match self {
                Self::Red => "red",
                Self::Blue => "b",
                Self::Other(value) => value,
            }
        }
        /// The value's name for people.
        #[must_use]
        pub fn title(&self) -> &rt::str {
            rt::Enumeration::title(self)
        }
    }
    impl rt::Enumeration for Colour {
        const VALUES: &'static [(&'static rt::str, &'static rt::str)] = &[
            ("red", "Red"),
            ("b", "Blue"),
        ];
        const KNOWN: &'static [Self] = &[Self::Red, Self::Blue];
        fn other(wire: &rt::str) -> rt::Option<Self> {
            rt::Some(Self::Other(rt::From::from(wire)))
        }
        fn as_str(&self) -> &rt::str {
            Colour::as_str(self)
        }
    }
    rt::enumeration!(open Colour);
    #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::Hash)]
    #[non_exhaustive]
    pub enum Mode {
        Fast,
        Slow,
    }
    impl Mode {
        /// The value as it is written.
        #[must_use]
        pub fn as_str(&self) -> &rt::str {
            match self {
                Self::Fast => "fast",
                Self::Slow => "slow",
            }
        }
        /// The value's name for people.
        #[must_use]
        pub fn title(&self) -> &rt::str {
            rt::Enumeration::title(self)
        }
    }
    impl rt::Enumeration for Mode {
        const VALUES: &'static [(&'static rt::str, &'static rt::str)] = &[
            ("fast", "Fast"),
            ("slow", "Slow"),
        ];
        const KNOWN: &'static [Self] = &[Self::Fast, Self::Slow];
        fn other(wire: &rt::str) -> rt::Option<Self> {
            {
                let _ = wire;
                rt::None
            }
        }
        fn as_str(&self) -> &rt::str {
            Mode::as_str(self)
        }
    }
    rt::enumeration!(closed Mode);
    /// A note.
    #[derive(rt::Clone)]
    #[non_exhaustive]
    pub struct Note {
        /// Set by the server.
        pub id: NoteId,
        /** Text.

 Example: `"Buy milk"`.*/
        pub text: rt::Option<rt::String>,
        pub colour: rt::Option<Colour>,
        /// Price.
        pub price: rt::Option<rt::Decimal>,
        pub due_date: rt::Option<rt::Timestamp>,
        pub tags: rt::Vec<rt::String>,
        pub secret: rt::Option<rt::String>,
        /// Set by the server.
        pub words: rt::Option<rt::i64>,
        /// What the answer held beyond these fields, and values that did not fit their type.
        pub extra: rt::Extra,
    }
    #[allow(deprecated)]
    impl Note {
        /** Text.

 Example: `"Buy milk"`.*/
        pub const TEXT: rt::Property<Note, rt::String> = rt::Property::with_format(
            "text",
            rt::Format::TEXT,
        );
        pub const COLOUR: rt::Property<Note, Colour> = rt::Property::with_format(
            "colour",
            rt::Format::TEXT,
        );
        /// Price.
        pub const PRICE: rt::Property<Note, rt::Decimal> = rt::Property::with_format(
            "price",
            rt::Format::TEXT,
        );
        pub const DUE_DATE: rt::Property<Note, rt::Timestamp> = rt::Property::with_format(
            "dueDate",
            rt::Format::TEXT.unit(rt::Unit::Millis),
        );
        pub const TAGS: rt::Property<Note, rt::String> = rt::Property::with_format(
            "tags",
            rt::Format::separated(";"),
        );
        pub const SECRET: rt::Property<Note, rt::String> = rt::Property::with_format(
            "secret",
            rt::Format::TEXT,
        );
        /// Set by the server.
        pub const WORDS: rt::Property<Note, rt::i64> = rt::Property::with_format(
            "words",
            rt::Format::TEXT,
        );
    }
    impl rt::Default for Note {
        fn default() -> Self {
            Self {
                id: rt::Default::default(),
                text: rt::None,
                colour: rt::None,
                price: rt::None,
                due_date: rt::None,
                tags: rt::Vec::new(),
                secret: rt::None,
                words: rt::None,
                extra: rt::Extra::EMPTY,
            }
        }
    }
    rt::record!(
        Note, Note_SHAPE, extra, { 0u16 id 1u16 text 2u16 colour 3u16 price 4u16 due_date
        5u16 tags 6u16 secret 7u16 words }
    );
    pub(super) static Note_SHAPE: rt::Shape = rt::Shape {
        fields: &[
            rt::plain("id"),
            rt::text("text"),
            rt::text("colour"),
            rt::text("price"),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
            rt::text("words"),
        ],
        tree: &[
            rt::At("id", 0u16),
            rt::Properties(
                "properties",
                &[
                    rt::At("colour", 2u16),
                    rt::At("dueDate", 4u16),
                    rt::At("price", 3u16),
                    rt::At("secret", 6u16),
                    rt::At("tags", 5u16),
                    rt::At("text", 1u16),
                    rt::At("words", 7u16),
                ],
            ),
        ],
        required: &[0u16],
        clear: rt::Some(""),
        ..rt::Shape::of("Note")
    };
    #[derive(rt::Clone)]
    #[non_exhaustive]
    pub struct Thread {
        pub title: rt::Option<rt::String>,
        pub parent: rt::Option<rt::Box<Thread>>,
        pub replies: rt::Vec<Thread>,
        /// What the answer held beyond these fields, and values that did not fit their type.
        pub extra: rt::Extra,
    }
    impl Thread {
        /// One with everything that is required.
        #[must_use]
        pub fn new() -> Self {
            Self { ..rt::Default::default() }
        }
        #[must_use]
        pub fn title(mut self, title: impl rt::Into<rt::String>) -> Self {
            self.title = rt::Some(rt::Into::<rt::String>::into(title));
            self
        }
        #[must_use]
        pub fn parent(mut self, parent: impl rt::Into<Thread>) -> Self {
            self.parent = rt::Some(rt::Box::new(rt::Into::<Thread>::into(parent)));
            self
        }
        #[must_use]
        pub fn replies(
            mut self,
            replies: impl rt::IntoIterator<Item = impl rt::Into<Thread>>,
        ) -> Self {
            self.replies = rt::list::<_, Thread>(replies);
            self
        }
    }
    impl rt::Default for Thread {
        fn default() -> Self {
            Self {
                title: rt::None,
                parent: rt::None,
                replies: rt::Vec::new(),
                extra: rt::Extra::EMPTY,
            }
        }
    }
    rt::record!(Thread, Thread_SHAPE, extra, { 0u16 title 1u16 parent 2u16 replies });
    pub(super) static Thread_SHAPE: rt::Shape = rt::Shape {
        fields: &[rt::plain("title"), rt::plain("parent"), rt::plain("replies")],
        tree: &[rt::At("parent", 1u16), rt::At("replies", 2u16), rt::At("title", 0u16)],
        ..rt::Shape::of("Thread")
    };
    #[must_use = "an input does nothing until it is sent"]
    pub struct NoteInput(rt::Args);
    impl NoteInput {
        /** One with everything that is required:

 - `text`: Text*/
        pub fn new(text: impl rt::Into<rt::String>) -> Self {
            Self(rt::Args::new(&NoteInput_SHAPE).with::<rt::String>(0u16, text))
        }
        pub fn colour(self, colour: impl rt::Into<Colour>) -> Self {
            Self(self.0.with::<Colour>(1u16, colour))
        }
        /// Price.
        pub fn price(self, price: impl rt::Into<rt::Decimal>) -> Self {
            Self(self.0.with::<rt::Decimal>(2u16, price))
        }
        pub fn due_date(self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            Self(self.0.with::<rt::Timestamp>(3u16, due_date))
        }
        pub fn tags(
            self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            Self(self.0.with_list::<rt::String>(4u16, tags))
        }
        pub fn secret(self, secret: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(5u16, secret))
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            Self(self.0.with_property(name, value))
        }
    }
    rt::input!(NoteInput);
    pub(super) static NoteInput_SHAPE: rt::Shape = rt::Shape {
        fields: &[
            rt::text("text"),
            rt::text("colour"),
            rt::text("price"),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
        ],
        tree: &[
            rt::Properties(
                "properties",
                &[
                    rt::At("colour", 1u16),
                    rt::At("dueDate", 3u16),
                    rt::At("price", 2u16),
                    rt::At("secret", 5u16),
                    rt::At("tags", 4u16),
                    rt::At("text", 0u16),
                ],
            ),
        ],
        clear: rt::Some(""),
        ..rt::Shape::of("NoteInput")
    };
    /** Create a note.

 `POST /v2/notes`, scope `notes.write`*/
    #[must_use = "an action does nothing until it is executed"]
    pub struct Create(rt::Args);
    impl Create {
        /** One with everything that is required:

 - `text`: Text*/
        pub fn new(text: impl rt::Into<rt::String>) -> Self {
            Self(rt::Args::new(Create_META.args).with::<rt::String>(0u16, text))
        }
        pub fn colour(self, colour: impl rt::Into<Colour>) -> Self {
            Self(self.0.with::<Colour>(1u16, colour))
        }
        /// Price.
        pub fn price(self, price: impl rt::Into<rt::Decimal>) -> Self {
            Self(self.0.with::<rt::Decimal>(2u16, price))
        }
        pub fn due_date(self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            Self(self.0.with::<rt::Timestamp>(3u16, due_date))
        }
        pub fn tags(
            self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            Self(self.0.with_list::<rt::String>(4u16, tags))
        }
        pub fn secret(self, secret: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(5u16, secret))
        }
        pub fn mode(self, mode: impl rt::Into<Mode>) -> Self {
            Self(self.0.with::<Mode>(6u16, mode))
        }
        pub fn notify(self, notify: impl rt::Into<rt::bool>) -> Self {
            Self(self.0.with::<rt::bool>(7u16, notify))
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            Self(self.0.with_property(name, value))
        }
    }
    rt::action!(Create, Note, Create_META);
    impl<__C: super::scopes::NotesWrite> rt::PermittedBy<__C> for Create {}
    pub(super) static Create_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[
                rt::text("text"),
                rt::text("colour"),
                rt::text("price"),
                rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
                rt::Field::new("tags", rt::Format::separated(";")),
                rt::Field::sensitive("secret", rt::Format::TEXT),
                rt::plain("mode"),
                rt::plain("notify"),
            ],
            tree: &[
                rt::At("mode", 6u16),
                rt::Group("options", &[rt::At("notify", 7u16)]),
                rt::Properties(
                    "properties",
                    &[
                        rt::At("colour", 1u16),
                        rt::At("dueDate", 3u16),
                        rt::At("price", 2u16),
                        rt::At("secret", 5u16),
                        rt::At("tags", 4u16),
                        rt::At("text", 0u16),
                    ],
                ),
            ],
            clear: rt::Some(""),
            ..rt::Shape::of("Create")
        },
        shown_by: rt::Some("notes.search"),
        scopes: &["notes.write"],
        body: rt::BodyKind::Json,
        rate_limit: rt::Some("default"),
        ..rt::ActionMeta::of(
            "notes.create",
            "Create a note",
            rt::Effect::Create,
            "POST",
            &[rt::Base(0usize), rt::Literal("/notes")],
        )
    };
    /** Get a note.

 `GET /v2/notes/{id}`, scope `notes.read`*/
    #[must_use = "an action does nothing until it is executed"]
    pub struct Get(rt::Args);
    impl Get {
        /// One with everything that is required.
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            Self(rt::Args::new(Get_META.args).with::<NoteId>(0u16, id))
        }
        pub fn properties(self, properties: impl rt::Into<rt::Selection<Note>>) -> Self {
            Self(self.0.with::<rt::Selection<Note>>(1u16, properties))
        }
        /// `X-Trace`.
        pub fn trace(self, trace: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(2u16, trace))
        }
    }
    rt::action!(Get, Note, Get_META);
    impl<__C: super::scopes::NotesRead> rt::PermittedBy<__C> for Get {}
    pub(super) static Get_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[rt::text("id"), rt::text("properties"), rt::text("trace")],
            ..rt::Shape::of("Get")
        },
        idempotent: true,
        scopes: &["notes.read"],
        parameters: &[
            rt::path(0u16, "id"),
            rt::Parameter::new(1u16, "properties", rt::Place::QueryComma),
            rt::Parameter::new(2u16, "X-Trace", rt::Place::Header),
        ],
        presets: &[
            (1u16, rt::Preset::Names("text,colour,price,dueDate,tags,secret,words")),
        ],
        rate_limit: rt::Some("default"),
        ..rt::ActionMeta::of(
            "notes.get",
            "Get a note",
            rt::Effect::Read,
            "GET",
            &[rt::Base(0usize), rt::Literal("/notes/"), rt::Argument(0u16)],
        )
    };
    /** Change a note.

 `PATCH /v2/notes/{id}`, one of the scopes `notes.write`, `notes.admin`*/
    #[must_use = "an action does nothing until it is executed"]
    pub struct Update(rt::Args);
    impl Update {
        /// One with everything that is required.
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            Self(rt::Args::new(Update_META.args).with::<NoteId>(0u16, id))
        }
        /** Text.

 Example: `"Buy milk"`.*/
        pub fn text(self, text: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(1u16, text))
        }
        pub fn colour(self, colour: impl rt::Into<Colour>) -> Self {
            Self(self.0.with::<Colour>(2u16, colour))
        }
        /// Price.
        pub fn price(self, price: impl rt::Into<rt::Decimal>) -> Self {
            Self(self.0.with::<rt::Decimal>(3u16, price))
        }
        pub fn due_date(self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            Self(self.0.with::<rt::Timestamp>(4u16, due_date))
        }
        pub fn tags(
            self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            Self(self.0.with_list::<rt::String>(5u16, tags))
        }
        pub fn secret(self, secret: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(6u16, secret))
        }
        /// Clears «Text»: afterwards it has no value.
        pub fn clear_text(self) -> Self {
            Self(self.0.with_cleared(1u16))
        }
        /// Clears «colour»: afterwards it has no value.
        pub fn clear_colour(self) -> Self {
            Self(self.0.with_cleared(2u16))
        }
        /// Clears «Price»: afterwards it has no value.
        pub fn clear_price(self) -> Self {
            Self(self.0.with_cleared(3u16))
        }
        /// Clears «dueDate»: afterwards it has no value.
        pub fn clear_due_date(self) -> Self {
            Self(self.0.with_cleared(4u16))
        }
        /// Clears «tags»: afterwards it has no value.
        pub fn clear_tags(self) -> Self {
            Self(self.0.with_cleared(5u16))
        }
        /// Clears «secret»: afterwards it has no value.
        pub fn clear_secret(self) -> Self {
            Self(self.0.with_cleared(6u16))
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            Self(self.0.with_property(name, value))
        }
    }
    rt::action!(Update, Note, Update_META);
    impl<__C: super::scopes::NotesWriteOrNotesAdmin> rt::PermittedBy<__C> for Update {}
    pub(super) static Update_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[
                rt::text("id"),
                rt::text("text"),
                rt::text("colour"),
                rt::text("price"),
                rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
                rt::Field::new("tags", rt::Format::separated(";")),
                rt::Field::sensitive("secret", rt::Format::TEXT),
            ],
            tree: &[
                rt::Properties(
                    "properties",
                    &[
                        rt::At("colour", 2u16),
                        rt::At("dueDate", 4u16),
                        rt::At("price", 3u16),
                        rt::At("secret", 6u16),
                        rt::At("tags", 5u16),
                        rt::At("text", 1u16),
                    ],
                ),
            ],
            clear: rt::Some(""),
            ..rt::Shape::of("Update")
        },
        shown_by: rt::Some("notes.get"),
        any_scopes: super::scopes::NotesWriteOrNotesAdmin_NAMES,
        parameters: &[rt::path(0u16, "id")],
        body: rt::BodyKind::Json,
        rate_limit: rt::Some("default"),
        ..rt::ActionMeta::of(
            "notes.update",
            "Change a note",
            rt::Effect::Update,
            "PATCH",
            &[rt::Base(0usize), rt::Literal("/notes/"), rt::Argument(0u16)],
        )
    };
    /** Search notes.

 `POST /v2/notes/search`, scope `notes.read`*/
    #[must_use = "an action does nothing until it is executed"]
    pub struct Search(rt::Args);
    impl Search {
        /// One with nothing set.
        pub fn new() -> Self {
            Self(rt::Args::new(Search_META.args))
        }
        pub fn filter(self, filter: impl rt::Into<rt::Filter<Note>>) -> Self {
            Self(self.0.with::<rt::Filter<Note>>(0u16, filter))
        }
        pub fn sort(self, sort: impl rt::Into<rt::Sort<Note>>) -> Self {
            Self(self.0.with::<rt::Sort<Note>>(1u16, sort))
        }
        pub fn limit(self, limit: impl rt::Into<rt::i64>) -> Self {
            Self(self.0.with::<rt::i64>(2u16, limit))
        }
        pub fn after(self, after: impl rt::Into<rt::String>) -> Self {
            Self(self.0.with::<rt::String>(3u16, after))
        }
    }
    rt::action!(Search, rt::Page < Note >, Search_META);
    impl rt::Paginated for Search {
        type Item = Note;
    }
    impl<__C: super::scopes::NotesRead> rt::PermittedBy<__C> for Search {}
    static Search_ANSWER: rt::Shape = rt::page_shape(
        &[
            rt::Group("paging", &[rt::Group("next", &[rt::At("after", 1u16)])]),
            rt::At("results", 0u16),
        ],
    );
    pub(super) static Search_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[
                rt::plain("filter"),
                rt::plain("sort"),
                rt::plain("limit"),
                rt::plain("after"),
            ],
            tree: &[
                rt::At("after", 3u16),
                rt::At("filter", 0u16),
                rt::At("limit", 2u16),
                rt::At("sort", 1u16),
            ],
            ..rt::Shape::of("Search")
        },
        idempotent: true,
        scopes: &["notes.read"],
        body: rt::BodyKind::Json,
        rate_limit: rt::Some("default"),
        pagination: rt::Some(rt::Pagination {
            limit: rt::Some(2u16),
            max_limit: rt::Some(50u32),
            ..rt::Pagination::by(3u16, rt::NextPage::Cursor)
        }),
        answer: rt::Some(&Search_ANSWER),
        ..rt::ActionMeta::of(
            "notes.search",
            "Search notes",
            rt::Effect::Read,
            "POST",
            &[rt::Base(0usize), rt::Literal("/notes/search")],
        )
    };
    /** Create several notes.

 `POST /v2/notes/batch`, scope `notes.write`*/
    #[must_use = "an action does nothing until it is executed"]
    pub struct BatchCreate(rt::Args);
    impl BatchCreate {
        /// One with everything that is required.
        pub fn new(
            inputs: impl rt::IntoIterator<Item = impl rt::Into<NoteInput>>,
        ) -> Self {
            Self(
                rt::Args::new(BatchCreate_META.args).with_list::<NoteInput>(0u16, inputs),
            )
        }
        pub fn thread(self, thread: impl rt::Into<Thread>) -> Self {
            Self(self.0.with::<Thread>(1u16, thread))
        }
    }
    rt::action!(BatchCreate, rt::Batch < Note >, BatchCreate_META);
    impl rt::Batched for BatchCreate {
        type Item = Note;
    }
    impl<__C: super::scopes::NotesWrite> rt::PermittedBy<__C> for BatchCreate {}
    static BatchCreate_ANSWER: rt::Shape = rt::batch_shape(
        &[rt::At("errors", 1u16), rt::At("results", 0u16)],
    );
    pub(super) static BatchCreate_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[rt::plain("inputs"), rt::plain("thread")],
            tree: &[rt::At("inputs", 0u16), rt::At("thread", 1u16)],
            ..rt::Shape::of("BatchCreate")
        },
        shown_by: rt::Some("notes.search"),
        scopes: &["notes.write"],
        body: rt::BodyKind::Json,
        rate_limit: rt::Some("default"),
        batch: rt::Some(rt::BatchMeta {
            inputs: 0u16,
            max: 100u32,
            results: true,
            trace: rt::None,
            id: rt::None,
        }),
        answer: rt::Some(&BatchCreate_ANSWER),
        ..rt::ActionMeta::of(
            "notes.batch_create",
            "Create several notes",
            rt::Effect::Create,
            "POST",
            &[rt::Base(0usize), rt::Literal("/notes/batch")],
        )
    };
    /** Delete a note.

 `DELETE /v2/notes/{id}`*/
    #[deprecated(note = "archive it instead")]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Delete(rt::Args);
    impl Delete {
        /// One with everything that is required.
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            Self(rt::Args::new(Delete_META.args).with::<NoteId>(0u16, id))
        }
    }
    rt::action!(Delete, (), Delete_META);
    #[allow(deprecated)]
    impl rt::PermittedBy<super::Connector> for Delete {}
    pub(super) static Delete_META: rt::ActionMeta = rt::ActionMeta {
        args: &rt::Shape {
            fields: &[rt::text("id")],
            ..rt::Shape::of("Delete")
        },
        idempotent: true,
        shown_by: rt::Some("notes.get"),
        parameters: &[rt::path(0u16, "id")],
        rate_limit: rt::Some("default"),
        confirm: rt::Some("Delete it?"),
        ..rt::ActionMeta::of(
            "notes.delete",
            "Delete a note",
            rt::Effect::Delete,
            "DELETE",
            &[rt::Base(0usize), rt::Literal("/notes/"), rt::Argument(0u16)],
        )
    };
}
