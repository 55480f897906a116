//! The association types that HubSpot defines between the sandbox's object types.

use super::kinds::Kind;

struct LinkType {
    from: &'static str,
    to: &'static str,
    id: i64,
    inverse: i64,
    /// The name in `associations`, as in `deal_to_contact`.
    name: &'static str,
    label: Option<&'static str>,
}

const fn link(
    from: &'static str,
    to: &'static str,
    id: i64,
    inverse: i64,
    name: &'static str,
    label: Option<&'static str>,
) -> LinkType {
    LinkType { from, to, id, inverse, name, label }
}

/// The first one of a pair is its default.
static TYPES: [LinkType; 13] = [
    link("deals", "contacts", 3, 4, "deal_to_contact", None),
    link("contacts", "deals", 4, 3, "contact_to_deal", None),
    link("deals", "companies", 341, 342, "deal_to_company_unlabeled", None),
    link("deals", "companies", 5, 6, "deal_to_company", Some("Primary")),
    link("companies", "deals", 342, 341, "company_to_deal_unlabeled", None),
    link("companies", "deals", 6, 5, "company_to_deal", Some("Primary")),
    link("contacts", "companies", 279, 280, "contact_to_company_unlabeled", None),
    link("contacts", "companies", 1, 2, "contact_to_company", Some("Primary")),
    link("companies", "contacts", 280, 279, "company_to_contact_unlabeled", None),
    link("companies", "contacts", 2, 1, "company_to_contact", Some("Primary")),
    link("contacts", "contacts", 449, 449, "contact_to_contact", None),
    link("companies", "companies", 450, 450, "company_to_company", None),
    link("deals", "deals", 451, 451, "deal_to_deal", None),
];

fn between<'a>(from: &'a Kind, to: &'a Kind) -> impl Iterator<Item = &'static LinkType> + 'a {
    TYPES.iter().filter(|link| link.from == from.name && link.to == to.name)
}

/// The type of an association without a label.
pub(crate) fn default(from: &Kind, to: &Kind) -> i64 {
    between(from, to).next().map_or(0, |link| link.id)
}

/// The same association seen from the other side; a custom type keeps its number.
pub(crate) fn inverse(from: &Kind, to: &Kind, id: i64) -> i64 {
    between(from, to).find(|link| link.id == id).map_or(id, |link| link.inverse)
}

/// Reads `3` or `deal_to_contact`.
pub(crate) fn parse(from: &Kind, to: &Kind, text: &str) -> Option<i64> {
    text.parse().ok().or_else(|| between(from, to).find(|link| link.name == text).map(|link| link.id))
}

/// Whether HubSpot defines this type between these two.
pub(crate) fn is_defined(from: &Kind, to: &Kind, id: i64) -> bool {
    between(from, to).any(|link| link.id == id)
}

/// `deal_to_contact`
pub(crate) fn name(from: &Kind, to: &Kind, id: i64) -> String {
    between(from, to)
        .find(|link| link.id == id)
        .map_or_else(|| format!("{}_to_{}", from.singular, to.singular), |link| link.name.to_owned())
}

pub(crate) fn label(from: &Kind, to: &Kind, id: i64) -> Option<&'static str> {
    between(from, to).find(|link| link.id == id)?.label
}
