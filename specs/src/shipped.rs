//! The connectors that come with this crate, embedded so that they work from a published crate.

/// A connector's name and its files.
type Shipped = (&'static str, &'static [(&'static str, &'static str)]);

macro_rules! connectors {
    ($($name:literal: [$($file:literal),* $(,)?])*) => {
        const SHIPPED: &[Shipped] = &[
            $(($name, &[$(($file, include_str!(concat!("../", $name, "/", $file)))),*])),*
        ];
    };
}

// Every shipped file, by name; a test compares this table with the folders.
connectors! {
    "hubspot": ["connector.json", "contacts.json", "deal_pipelines.json", "deals.json"]
    "stripe": ["connector.json", "customers.json", "payment_intents.json", "subscriptions.json"]
    "github": ["comments.json", "connector.json", "issues.json", "pulls.json", "repos.json", "search.json"]
}

/// Names of the shipped connectors.
pub fn shipped() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().filter(|(_, files)| !files.is_empty()).map(|(name, _)| *name)
}

/// Names and texts of a shipped connector's files.
pub(crate) fn files(name: &str) -> Option<&'static [(&'static str, &'static str)]> {
    SHIPPED.iter().find(|(shipped, files)| *shipped == name && !files.is_empty()).map(|(_, files)| *files)
}
