//! Modules named like the runtime, like what is generated, like a keyword.

mod outer {
    #[typed_connector::connector(path = "../specs/notes")]
    pub mod typed_connector_ {}

    #[typed_connector::connector(path = "../specs/notes")]
    pub(crate) mod r#type {}

    #[typed_connector::connector(path = "../specs/notes")]
    pub(super) mod rt {}

    #[typed_connector::connector(path = "../specs/notes")]
    pub mod notes {}
}

fn main() {
    let _ = outer::typed_connector_::notes::Create::new("a");
    let _ = outer::r#type::notes::Create::new("b");
    let _ = outer::rt::notes::Create::new("c");
    let _ = outer::notes::notes::Create::new("d");
}
