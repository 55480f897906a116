//! Written by a macro of the user's own.

macro_rules! declare {
    ($name:ident) => {
        #[typed_connector::connector("hubspot")]
        pub mod $name {}
    };
}

declare!(crm);

fn main() {
    let _ = crm::deals::Create::new("x", "closedwon");
}
