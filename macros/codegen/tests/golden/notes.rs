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
    /// `notes.read`: Read notes.
    #[diagnostic::on_unimplemented(
        message = "this action needs the OAuth scope `notes.read`, which `{Self}` does not request",
        label = "needs `notes.read`",
        note = "`notes` requests it with #[connector(path = \"golden\", scopes = [\"notes.read\"])]; a client of another connector cannot execute it",
        note = "tests/golden/notes/notes.json:34:5 is where the spec asks for it, for `Get`, `Search`"
    )]
    pub trait NotesRead {}
    impl NotesRead for super::Connector {}
    /// `notes.write`: Write notes.
    ///
    /// Create, change and delete notes.
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
}
#[doc(hidden)]
#[allow(
    dead_code,
    deprecated,
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
/// Notes.
///
/// Short texts with a colour.
#[allow(
    dead_code,
    deprecated,
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
    /// `Colour`.
    #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::Hash)]
    pub enum Colour {
        /// Red.
        Red,
        /// Blue.
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
    /// `Mode`.
    #[derive(rt::Debug, rt::Clone, rt::PartialEq, rt::Eq, rt::Hash)]
    #[non_exhaustive]
    pub enum Mode {
        /// Fast.
        Fast,
        /// Slow.
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
    #[derive(rt::Clone, rt::PartialEq, rt::Default)]
    #[non_exhaustive]
    pub struct Note {
        /// `id`.
        ///
        /// Set by the server.
        pub id: NoteId,
        /// Text.
        ///
        /// Example: `"Buy milk"`.
        pub text: rt::Option<rt::String>,
        /// `colour`.
        pub colour: rt::Option<Colour>,
        /// Price.
        pub price: rt::Option<rt::Decimal>,
        /// `dueDate`.
        pub due_date: rt::Option<rt::Timestamp>,
        /// `tags`.
        pub tags: rt::Vec<rt::String>,
        /// `secret`.
        pub secret: rt::Option<rt::String>,
        /// `words`.
        ///
        /// Set by the server.
        pub words: rt::Option<rt::i64>,
        /// What the answer held beyond these fields, and values that did not fit their type.
        pub extra: rt::Extra,
    }
    #[allow(deprecated)]
    impl Note {
        /// Text.
        ///
        /// Example: `"Buy milk"`.
        pub const TEXT: rt::Property<Note, rt::String> = rt::Property::with_format(
            "text",
            rt::Format::TEXT,
        );
        /// `colour`.
        pub const COLOUR: rt::Property<Note, Colour> = rt::Property::with_format(
            "colour",
            rt::Format::TEXT,
        );
        /// Price.
        pub const PRICE: rt::Property<Note, rt::Decimal> = rt::Property::with_format(
            "price",
            rt::Format::TEXT,
        );
        /// `dueDate`.
        pub const DUE_DATE: rt::Property<Note, rt::Timestamp> = rt::Property::with_format(
            "dueDate",
            rt::Format::TEXT.unit(rt::Unit::Millis),
        );
        /// `tags`.
        pub const TAGS: rt::Property<Note, rt::String> = rt::Property::with_format(
            "tags",
            rt::Format::separated(";"),
        );
        /// `secret`.
        pub const SECRET: rt::Property<Note, rt::String> = rt::Property::with_format(
            "secret",
            rt::Format::TEXT,
        );
        /// `words`.
        ///
        /// Set by the server.
        pub const WORDS: rt::Property<Note, rt::i64> = rt::Property::with_format(
            "words",
            rt::Format::TEXT,
        );
    }
    impl rt::Record for Note {
        fn shape(&self) -> &'static rt::Shape {
            &Note_SHAPE
        }
        fn slot(&mut self, index: rt::u16) -> rt::Option<&mut dyn rt::Slot> {
            let slot: &mut dyn rt::Slot = match index {
                0u16 => &mut self.id,
                1u16 => &mut self.text,
                2u16 => &mut self.colour,
                3u16 => &mut self.price,
                4u16 => &mut self.due_date,
                5u16 => &mut self.tags,
                6u16 => &mut self.secret,
                7u16 => &mut self.words,
                _ => return rt::None,
            };
            rt::Some(slot)
        }
        fn value(&self, index: rt::u16) -> rt::Option<&dyn rt::Slot> {
            let slot: &dyn rt::Slot = match index {
                0u16 => &self.id,
                1u16 => &self.text,
                2u16 => &self.colour,
                3u16 => &self.price,
                4u16 => &self.due_date,
                5u16 => &self.tags,
                6u16 => &self.secret,
                7u16 => &self.words,
                _ => return rt::None,
            };
            rt::Some(slot)
        }
        fn extra_mut(&mut self) -> &mut rt::Extra {
            &mut self.extra
        }
        fn extra(&self) -> &rt::Extra {
            &self.extra
        }
    }
    rt::record!(Note);
    pub(super) static Note_SHAPE: rt::Shape = rt::Shape {
        name: "Note",
        fields: &[
            rt::Field::new("id", rt::Format::PLAIN),
            rt::Field::new("text", rt::Format::TEXT),
            rt::Field::new("colour", rt::Format::TEXT),
            rt::Field::new("price", rt::Format::TEXT),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
            rt::Field::new("words", rt::Format::TEXT),
        ],
        tree: &[
            rt::Node::Field("id", 0u16),
            rt::Node::Properties(
                "properties",
                &[
                    rt::Node::Field("colour", 2u16),
                    rt::Node::Field("dueDate", 4u16),
                    rt::Node::Field("price", 3u16),
                    rt::Node::Field("secret", 6u16),
                    rt::Node::Field("tags", 5u16),
                    rt::Node::Field("text", 1u16),
                    rt::Node::Field("words", 7u16),
                ],
            ),
        ],
        required: &[0u16],
        clear: rt::Some(""),
    };
    /// `Thread`.
    #[derive(rt::Clone, rt::PartialEq, rt::Default)]
    #[non_exhaustive]
    pub struct Thread {
        /// `title`.
        pub title: rt::Option<rt::String>,
        /// `parent`.
        pub parent: rt::Option<rt::Box<Thread>>,
        /// `replies`.
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
        /// `title`.
        #[must_use]
        pub fn title(mut self, title: impl rt::Into<rt::String>) -> Self {
            self.title = rt::Some(rt::Into::<rt::String>::into(title));
            self
        }
        /// `parent`.
        #[must_use]
        pub fn parent(mut self, parent: impl rt::Into<Thread>) -> Self {
            self.parent = rt::Some(rt::Box::new(rt::Into::<Thread>::into(parent)));
            self
        }
        /// `replies`.
        #[must_use]
        pub fn replies(
            mut self,
            replies: impl rt::IntoIterator<Item = impl rt::Into<Thread>>,
        ) -> Self {
            self.replies = rt::list::<_, Thread>(replies);
            self
        }
    }
    impl rt::Record for Thread {
        fn shape(&self) -> &'static rt::Shape {
            &Thread_SHAPE
        }
        fn slot(&mut self, index: rt::u16) -> rt::Option<&mut dyn rt::Slot> {
            let slot: &mut dyn rt::Slot = match index {
                0u16 => &mut self.title,
                1u16 => &mut self.parent,
                2u16 => &mut self.replies,
                _ => return rt::None,
            };
            rt::Some(slot)
        }
        fn value(&self, index: rt::u16) -> rt::Option<&dyn rt::Slot> {
            let slot: &dyn rt::Slot = match index {
                0u16 => &self.title,
                1u16 => &self.parent,
                2u16 => &self.replies,
                _ => return rt::None,
            };
            rt::Some(slot)
        }
        fn extra_mut(&mut self) -> &mut rt::Extra {
            &mut self.extra
        }
        fn extra(&self) -> &rt::Extra {
            &self.extra
        }
    }
    rt::record!(Thread);
    pub(super) static Thread_SHAPE: rt::Shape = rt::Shape {
        name: "Thread",
        fields: &[
            rt::Field::new("title", rt::Format::PLAIN),
            rt::Field::new("parent", rt::Format::PLAIN),
            rt::Field::new("replies", rt::Format::PLAIN),
        ],
        tree: &[
            rt::Node::Field("parent", 1u16),
            rt::Node::Field("replies", 2u16),
            rt::Node::Field("title", 0u16),
        ],
        required: &[],
        clear: rt::None,
    };
    /// `NoteInput`.
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an input does nothing until it is sent"]
    pub struct NoteInput {
        args: rt::Args,
    }
    impl NoteInput {
        /// One with everything that is required:
        ///
        /// - `text`: Text
        pub fn new(text: impl rt::Into<rt::String>) -> Self {
            let mut __args = rt::Args::new(&NoteInput_SHAPE);
            __args.set(0u16, rt::Into::<rt::String>::into(text));
            Self { args: __args }
        }
        /// `colour`.
        pub fn colour(mut self, colour: impl rt::Into<Colour>) -> Self {
            self.args.set(1u16, rt::Into::<Colour>::into(colour));
            self
        }
        /// Price.
        pub fn price(mut self, price: impl rt::Into<rt::Decimal>) -> Self {
            self.args.set(2u16, rt::Into::<rt::Decimal>::into(price));
            self
        }
        /// `dueDate`.
        pub fn due_date(mut self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            self.args.set(3u16, rt::Into::<rt::Timestamp>::into(due_date));
            self
        }
        /// `tags`.
        pub fn tags(
            mut self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            self.args.set(4u16, rt::list::<_, rt::String>(tags));
            self
        }
        /// `secret`.
        pub fn secret(mut self, secret: impl rt::Into<rt::String>) -> Self {
            self.args.set(5u16, rt::Into::<rt::String>::into(secret));
            self
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            mut self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            self.args.set_property(rt::Into::into(name), rt::Into::into(value));
            self
        }
    }
    rt::input!(NoteInput);
    pub(super) static NoteInput_SHAPE: rt::Shape = rt::Shape {
        name: "NoteInput",
        fields: &[
            rt::Field::new("text", rt::Format::TEXT),
            rt::Field::new("colour", rt::Format::TEXT),
            rt::Field::new("price", rt::Format::TEXT),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
        ],
        tree: &[
            rt::Node::Properties(
                "properties",
                &[
                    rt::Node::Field("colour", 1u16),
                    rt::Node::Field("dueDate", 3u16),
                    rt::Node::Field("price", 2u16),
                    rt::Node::Field("secret", 5u16),
                    rt::Node::Field("tags", 4u16),
                    rt::Node::Field("text", 0u16),
                ],
            ),
        ],
        required: &[],
        clear: rt::Some(""),
    };
    /// Create a note.
    ///
    /// `POST /v2/notes`, scope `notes.write`
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Create {
        args: rt::Args,
    }
    impl Create {
        /// One with everything that is required:
        ///
        /// - `text`: Text
        pub fn new(text: impl rt::Into<rt::String>) -> Self {
            let mut __args = rt::Args::new(&Create_ARGS);
            __args.set(0u16, rt::Into::<rt::String>::into(text));
            Self { args: __args }
        }
        /// `colour`.
        pub fn colour(mut self, colour: impl rt::Into<Colour>) -> Self {
            self.args.set(1u16, rt::Into::<Colour>::into(colour));
            self
        }
        /// Price.
        pub fn price(mut self, price: impl rt::Into<rt::Decimal>) -> Self {
            self.args.set(2u16, rt::Into::<rt::Decimal>::into(price));
            self
        }
        /// `dueDate`.
        pub fn due_date(mut self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            self.args.set(3u16, rt::Into::<rt::Timestamp>::into(due_date));
            self
        }
        /// `tags`.
        pub fn tags(
            mut self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            self.args.set(4u16, rt::list::<_, rt::String>(tags));
            self
        }
        /// `secret`.
        pub fn secret(mut self, secret: impl rt::Into<rt::String>) -> Self {
            self.args.set(5u16, rt::Into::<rt::String>::into(secret));
            self
        }
        /// `mode`.
        pub fn mode(mut self, mode: impl rt::Into<Mode>) -> Self {
            self.args.set(6u16, rt::Into::<Mode>::into(mode));
            self
        }
        /// `notify`.
        pub fn notify(mut self, notify: impl rt::Into<rt::bool>) -> Self {
            self.args.set(7u16, rt::Into::<rt::bool>::into(notify));
            self
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            mut self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            self.args.set_property(rt::Into::into(name), rt::Into::into(value));
            self
        }
    }
    rt::input!(Create);
    impl rt::Action for Create {
        type Output = Note;
        const META: &'static rt::ActionMeta = &Create_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            rt::read_value(answer)
        }
    }
    impl<__C: super::scopes::NotesWrite> rt::PermittedBy<__C> for Create {}
    pub(super) static Create_ARGS: rt::Shape = rt::Shape {
        name: "Create",
        fields: &[
            rt::Field::new("text", rt::Format::TEXT),
            rt::Field::new("colour", rt::Format::TEXT),
            rt::Field::new("price", rt::Format::TEXT),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
            rt::Field::new("mode", rt::Format::PLAIN),
            rt::Field::new("notify", rt::Format::PLAIN),
        ],
        tree: &[
            rt::Node::Field("mode", 6u16),
            rt::Node::Group("options", &[rt::Node::Field("notify", 7u16)]),
            rt::Node::Properties(
                "properties",
                &[
                    rt::Node::Field("colour", 1u16),
                    rt::Node::Field("dueDate", 3u16),
                    rt::Node::Field("price", 2u16),
                    rt::Node::Field("secret", 5u16),
                    rt::Node::Field("tags", 4u16),
                    rt::Node::Field("text", 0u16),
                ],
            ),
        ],
        required: &[],
        clear: rt::Some(""),
    };
    pub(super) static Create_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.create",
        title: "Create a note",
        method: "POST",
        path: &[rt::Piece::Base(0usize), rt::Piece::Literal("/notes")],
        effect: rt::Effect::Create,
        idempotent: false,
        idempotency_key: rt::None,
        shown_by: rt::Some("notes.search"),
        scopes: &["notes.write"],
        any_scopes: &[],
        args: &Create_ARGS,
        parameters: &[],
        body: rt::BodyKind::Json,
        raw: false,
        presets: &[],
        rate_limit: rt::Some("default"),
        confirm: rt::None,
        pagination: rt::None,
        batch: rt::None,
    };
    /// Get a note.
    ///
    /// `GET /v2/notes/{id}`, scope `notes.read`
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Get {
        args: rt::Args,
    }
    impl Get {
        /// One with everything that is required:
        ///
        /// - `id`: id
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            let mut __args = rt::Args::new(&Get_ARGS);
            __args.set(0u16, rt::Into::<NoteId>::into(id));
            Self { args: __args }
        }
        /// `properties`.
        pub fn properties(
            mut self,
            properties: impl rt::Into<rt::Selection<Note>>,
        ) -> Self {
            self.args.set(1u16, rt::Into::<rt::Selection<Note>>::into(properties));
            self
        }
        /// `X-Trace`.
        pub fn trace(mut self, trace: impl rt::Into<rt::String>) -> Self {
            self.args.set(2u16, rt::Into::<rt::String>::into(trace));
            self
        }
    }
    rt::input!(Get);
    impl rt::Action for Get {
        type Output = Note;
        const META: &'static rt::ActionMeta = &Get_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            rt::read_value(answer)
        }
    }
    impl<__C: super::scopes::NotesRead> rt::PermittedBy<__C> for Get {}
    pub(super) static Get_ARGS: rt::Shape = rt::Shape {
        name: "Get",
        fields: &[
            rt::Field::new("id", rt::Format::TEXT),
            rt::Field::new("properties", rt::Format::TEXT),
            rt::Field::new("trace", rt::Format::TEXT),
        ],
        tree: &[],
        required: &[],
        clear: rt::None,
    };
    pub(super) static Get_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.get",
        title: "Get a note",
        method: "GET",
        path: &[
            rt::Piece::Base(0usize),
            rt::Piece::Literal("/notes/"),
            rt::Piece::Argument(0u16),
        ],
        effect: rt::Effect::Read,
        idempotent: true,
        idempotency_key: rt::None,
        shown_by: rt::None,
        scopes: &["notes.read"],
        any_scopes: &[],
        args: &Get_ARGS,
        parameters: &[
            rt::Parameter {
                index: 0u16,
                name: "id",
                place: rt::Place::Path,
            },
            rt::Parameter {
                index: 1u16,
                name: "properties",
                place: rt::Place::QueryComma,
            },
            rt::Parameter {
                index: 2u16,
                name: "X-Trace",
                place: rt::Place::Header,
            },
        ],
        body: rt::BodyKind::None,
        raw: false,
        presets: &[
            (1u16, rt::Preset::Names("text,colour,price,dueDate,tags,secret,words")),
        ],
        rate_limit: rt::Some("default"),
        confirm: rt::None,
        pagination: rt::None,
        batch: rt::None,
    };
    /// Change a note.
    ///
    /// `PATCH /v2/notes/{id}`, one of the scopes `notes.write`, `notes.admin`
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Update {
        args: rt::Args,
    }
    impl Update {
        /// One with everything that is required:
        ///
        /// - `id`: id
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            let mut __args = rt::Args::new(&Update_ARGS);
            __args.set(0u16, rt::Into::<NoteId>::into(id));
            Self { args: __args }
        }
        /// Text.
        ///
        /// Example: `"Buy milk"`.
        pub fn text(mut self, text: impl rt::Into<rt::String>) -> Self {
            self.args.set(1u16, rt::Into::<rt::String>::into(text));
            self
        }
        /// `colour`.
        pub fn colour(mut self, colour: impl rt::Into<Colour>) -> Self {
            self.args.set(2u16, rt::Into::<Colour>::into(colour));
            self
        }
        /// Price.
        pub fn price(mut self, price: impl rt::Into<rt::Decimal>) -> Self {
            self.args.set(3u16, rt::Into::<rt::Decimal>::into(price));
            self
        }
        /// `dueDate`.
        pub fn due_date(mut self, due_date: impl rt::Into<rt::Timestamp>) -> Self {
            self.args.set(4u16, rt::Into::<rt::Timestamp>::into(due_date));
            self
        }
        /// `tags`.
        pub fn tags(
            mut self,
            tags: impl rt::IntoIterator<Item = impl rt::Into<rt::String>>,
        ) -> Self {
            self.args.set(5u16, rt::list::<_, rt::String>(tags));
            self
        }
        /// `secret`.
        pub fn secret(mut self, secret: impl rt::Into<rt::String>) -> Self {
            self.args.set(6u16, rt::Into::<rt::String>::into(secret));
            self
        }
        /// Clears «Text»: afterwards it has no value.
        pub fn clear_text(mut self) -> Self {
            self.args.clear(1u16);
            self
        }
        /// Clears «colour»: afterwards it has no value.
        pub fn clear_colour(mut self) -> Self {
            self.args.clear(2u16);
            self
        }
        /// Clears «Price»: afterwards it has no value.
        pub fn clear_price(mut self) -> Self {
            self.args.clear(3u16);
            self
        }
        /// Clears «dueDate»: afterwards it has no value.
        pub fn clear_due_date(mut self) -> Self {
            self.args.clear(4u16);
            self
        }
        /// Clears «tags»: afterwards it has no value.
        pub fn clear_tags(mut self) -> Self {
            self.args.clear(5u16);
            self
        }
        /// Clears «secret»: afterwards it has no value.
        pub fn clear_secret(mut self) -> Self {
            self.args.clear(6u16);
            self
        }
        /// Sets a property by its name on the wire; for those of your account that the spec does not declare.
        pub fn property(
            mut self,
            name: impl rt::Into<rt::String>,
            value: impl rt::Into<rt::Value>,
        ) -> Self {
            self.args.set_property(rt::Into::into(name), rt::Into::into(value));
            self
        }
    }
    rt::input!(Update);
    impl rt::Action for Update {
        type Output = Note;
        const META: &'static rt::ActionMeta = &Update_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            rt::read_value(answer)
        }
    }
    impl<__C: super::scopes::NotesWriteOrNotesAdmin> rt::PermittedBy<__C> for Update {}
    pub(super) static Update_ARGS: rt::Shape = rt::Shape {
        name: "Update",
        fields: &[
            rt::Field::new("id", rt::Format::TEXT),
            rt::Field::new("text", rt::Format::TEXT),
            rt::Field::new("colour", rt::Format::TEXT),
            rt::Field::new("price", rt::Format::TEXT),
            rt::Field::new("due_date", rt::Format::TEXT.unit(rt::Unit::Millis)),
            rt::Field::new("tags", rt::Format::separated(";")),
            rt::Field::sensitive("secret", rt::Format::TEXT),
        ],
        tree: &[
            rt::Node::Properties(
                "properties",
                &[
                    rt::Node::Field("colour", 2u16),
                    rt::Node::Field("dueDate", 4u16),
                    rt::Node::Field("price", 3u16),
                    rt::Node::Field("secret", 6u16),
                    rt::Node::Field("tags", 5u16),
                    rt::Node::Field("text", 1u16),
                ],
            ),
        ],
        required: &[],
        clear: rt::Some(""),
    };
    pub(super) static Update_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.update",
        title: "Change a note",
        method: "PATCH",
        path: &[
            rt::Piece::Base(0usize),
            rt::Piece::Literal("/notes/"),
            rt::Piece::Argument(0u16),
        ],
        effect: rt::Effect::Update,
        idempotent: false,
        idempotency_key: rt::None,
        shown_by: rt::Some("notes.get"),
        scopes: &[],
        any_scopes: &["notes.write", "notes.admin"],
        args: &Update_ARGS,
        parameters: &[
            rt::Parameter {
                index: 0u16,
                name: "id",
                place: rt::Place::Path,
            },
        ],
        body: rt::BodyKind::Json,
        raw: false,
        presets: &[],
        rate_limit: rt::Some("default"),
        confirm: rt::None,
        pagination: rt::None,
        batch: rt::None,
    };
    /// Search notes.
    ///
    /// `POST /v2/notes/search`, scope `notes.read`
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Search {
        args: rt::Args,
    }
    impl Search {
        /// One with nothing set.
        pub fn new() -> Self {
            let __args = rt::Args::new(&Search_ARGS);
            Self { args: __args }
        }
        /// `filter`.
        pub fn filter(mut self, filter: impl rt::Into<rt::Filter<Note>>) -> Self {
            self.args.set(0u16, rt::Into::<rt::Filter<Note>>::into(filter));
            self
        }
        /// `sort`.
        pub fn sort(mut self, sort: impl rt::Into<rt::Sort<Note>>) -> Self {
            self.args.set(1u16, rt::Into::<rt::Sort<Note>>::into(sort));
            self
        }
        /// `limit`.
        pub fn limit(mut self, limit: impl rt::Into<rt::i64>) -> Self {
            self.args.set(2u16, rt::Into::<rt::i64>::into(limit));
            self
        }
        /// `after`.
        pub fn after(mut self, after: impl rt::Into<rt::String>) -> Self {
            self.args.set(3u16, rt::Into::<rt::String>::into(after));
            self
        }
    }
    rt::input!(Search);
    impl rt::Action for Search {
        type Output = rt::Page<Note>;
        const META: &'static rt::ActionMeta = &Search_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            rt::read_page(answer, &Search_ANSWER)
        }
    }
    impl rt::Paginated for Search {
        type Item = Note;
    }
    impl<__C: super::scopes::NotesRead> rt::PermittedBy<__C> for Search {}
    pub(super) static Search_ARGS: rt::Shape = rt::Shape {
        name: "Search",
        fields: &[
            rt::Field::new("filter", rt::Format::PLAIN),
            rt::Field::new("sort", rt::Format::PLAIN),
            rt::Field::new("limit", rt::Format::PLAIN),
            rt::Field::new("after", rt::Format::PLAIN),
        ],
        tree: &[
            rt::Node::Field("after", 3u16),
            rt::Node::Field("filter", 0u16),
            rt::Node::Field("limit", 2u16),
            rt::Node::Field("sort", 1u16),
        ],
        required: &[],
        clear: rt::None,
    };
    static Search_ANSWER: rt::Shape = rt::page_shape(
        &[
            rt::Node::Group(
                "paging",
                &[rt::Node::Group("next", &[rt::Node::Field("after", 1u16)])],
            ),
            rt::Node::Field("results", 0u16),
        ],
    );
    pub(super) static Search_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.search",
        title: "Search notes",
        method: "POST",
        path: &[rt::Piece::Base(0usize), rt::Piece::Literal("/notes/search")],
        effect: rt::Effect::Read,
        idempotent: true,
        idempotency_key: rt::None,
        shown_by: rt::None,
        scopes: &["notes.read"],
        any_scopes: &[],
        args: &Search_ARGS,
        parameters: &[],
        body: rt::BodyKind::Json,
        raw: false,
        presets: &[],
        rate_limit: rt::Some("default"),
        confirm: rt::None,
        pagination: rt::Some(rt::Pagination {
            cursor: 3u16,
            next: rt::NextPage::Cursor,
            limit: rt::Some(2u16),
            max_limit: rt::Some(50u32),
            cap: rt::None,
        }),
        batch: rt::None,
    };
    /// Create several notes.
    ///
    /// `POST /v2/notes/batch`, scope `notes.write`
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct BatchCreate {
        args: rt::Args,
    }
    impl BatchCreate {
        /// One with everything that is required:
        ///
        /// - `inputs`: inputs
        pub fn new(
            inputs: impl rt::IntoIterator<Item = impl rt::Into<NoteInput>>,
        ) -> Self {
            let mut __args = rt::Args::new(&BatchCreate_ARGS);
            __args.set(0u16, rt::list::<_, NoteInput>(inputs));
            Self { args: __args }
        }
        /// `thread`.
        pub fn thread(mut self, thread: impl rt::Into<Thread>) -> Self {
            self.args.set(1u16, rt::Into::<Thread>::into(thread));
            self
        }
    }
    rt::input!(BatchCreate);
    impl rt::Action for BatchCreate {
        type Output = rt::Batch<Note>;
        const META: &'static rt::ActionMeta = &BatchCreate_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            rt::read_batch(answer, &BatchCreate_ANSWER)
        }
    }
    impl rt::Batched for BatchCreate {
        type Item = Note;
    }
    impl<__C: super::scopes::NotesWrite> rt::PermittedBy<__C> for BatchCreate {}
    pub(super) static BatchCreate_ARGS: rt::Shape = rt::Shape {
        name: "BatchCreate",
        fields: &[
            rt::Field::new("inputs", rt::Format::PLAIN),
            rt::Field::new("thread", rt::Format::PLAIN),
        ],
        tree: &[rt::Node::Field("inputs", 0u16), rt::Node::Field("thread", 1u16)],
        required: &[],
        clear: rt::None,
    };
    static BatchCreate_ANSWER: rt::Shape = rt::batch_shape(
        &[rt::Node::Field("errors", 1u16), rt::Node::Field("results", 0u16)],
    );
    pub(super) static BatchCreate_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.batch_create",
        title: "Create several notes",
        method: "POST",
        path: &[rt::Piece::Base(0usize), rt::Piece::Literal("/notes/batch")],
        effect: rt::Effect::Create,
        idempotent: false,
        idempotency_key: rt::None,
        shown_by: rt::Some("notes.search"),
        scopes: &["notes.write"],
        any_scopes: &[],
        args: &BatchCreate_ARGS,
        parameters: &[],
        body: rt::BodyKind::Json,
        raw: false,
        presets: &[],
        rate_limit: rt::Some("default"),
        confirm: rt::None,
        pagination: rt::None,
        batch: rt::Some(rt::BatchMeta {
            inputs: 0u16,
            max: 100u32,
            results: true,
            trace: rt::None,
            id: rt::None,
        }),
    };
    /// Delete a note.
    ///
    /// `DELETE /v2/notes/{id}`
    #[deprecated(note = "archive it instead")]
    #[derive(rt::Clone, rt::PartialEq)]
    #[must_use = "an action does nothing until it is executed"]
    pub struct Delete {
        args: rt::Args,
    }
    impl Delete {
        /// One with everything that is required:
        ///
        /// - `id`: id
        pub fn new(id: impl rt::Into<NoteId>) -> Self {
            let mut __args = rt::Args::new(&Delete_ARGS);
            __args.set(0u16, rt::Into::<NoteId>::into(id));
            Self { args: __args }
        }
    }
    rt::input!(Delete);
    impl rt::Action for Delete {
        type Output = ();
        const META: &'static rt::ActionMeta = &Delete_META;
        fn args(&self) -> &rt::Args {
            &self.args
        }
        fn args_mut(&mut self) -> &mut rt::Args {
            &mut self.args
        }
        fn read(answer: &rt::Answer) -> rt::Result<Self::Output, rt::DecodeError> {
            {
                let _ = answer;
                rt::Result::Ok(())
            }
        }
    }
    #[allow(deprecated)]
    impl rt::PermittedBy<super::Connector> for Delete {}
    pub(super) static Delete_ARGS: rt::Shape = rt::Shape {
        name: "Delete",
        fields: &[rt::Field::new("id", rt::Format::TEXT)],
        tree: &[],
        required: &[],
        clear: rt::None,
    };
    pub(super) static Delete_META: rt::ActionMeta = rt::ActionMeta {
        name: "notes.delete",
        title: "Delete a note",
        method: "DELETE",
        path: &[
            rt::Piece::Base(0usize),
            rt::Piece::Literal("/notes/"),
            rt::Piece::Argument(0u16),
        ],
        effect: rt::Effect::Delete,
        idempotent: true,
        idempotency_key: rt::None,
        shown_by: rt::Some("notes.get"),
        scopes: &[],
        any_scopes: &[],
        args: &Delete_ARGS,
        parameters: &[
            rt::Parameter {
                index: 0u16,
                name: "id",
                place: rt::Place::Path,
            },
        ],
        body: rt::BodyKind::None,
        raw: false,
        presets: &[],
        rate_limit: rt::Some("default"),
        confirm: rt::Some("Delete it?"),
        pagination: rt::None,
        batch: rt::None,
    };
}
