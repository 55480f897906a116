//! Creating and changing records: the part that single calls and batches share.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use serde::Deserialize;

use super::{
    computed,
    kinds::{KINDS, Kind},
    link_types,
    values::{self, Changes, Input, Scalar},
};
use crate::{
    http::error::{Answer, ApiError},
    store::{Store, records::Record},
    time,
};

/// An association in the body of a create.
#[derive(Deserialize)]
pub(crate) struct NewLink {
    to: LinkTo,
    #[serde(default)]
    types: Vec<LinkSpec>,
}

#[derive(Deserialize)]
struct LinkTo {
    id: Scalar,
}

/// A type of association.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkSpec {
    pub(crate) association_category: String,
    pub(crate) association_type_id: i64,
}

/// Checks everything, then makes the record and its associations.
pub(crate) fn create(store: &Store, kind: &'static Kind, input: &Input, links: &[NewLink]) -> Answer<Record> {
    let changes = values::check(&store.catalog, kind, input)?;
    check_unique(store, kind, &changes, None)?;
    let links = links.iter().map(|link| resolve(store, kind, link)).collect::<Answer<Vec<_>>>()?;
    let record = insert(store, kind, &changes, time::now())?;
    for (to, to_id, specs) in links {
        for spec in specs {
            associate(
                store,
                (kind, record.id),
                (to, to_id),
                &spec.association_category,
                spec.association_type_id,
            )?;
        }
    }
    Ok(store.record(kind, record.id, false)?.unwrap_or(record))
}

/// Makes a record of checked values.
pub(crate) fn insert(
    store: &Store,
    kind: &'static Kind,
    changes: &Changes,
    created: time::Millis,
) -> rusqlite::Result<Record> {
    let mut record = store.new_record(kind, created)?;
    record.values = changes.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect();
    computed::apply(&mut record, &BTreeMap::new());
    store.save(&record, &BTreeMap::new(), &changes.keys().cloned().collect())?;
    Ok(record)
}

/// Changes a record; also answers the names of what was sent or became different.
pub(crate) fn update(store: &Store, record: &Record, input: &Input) -> Answer<(Record, BTreeSet<String>)> {
    let changes = values::check(&store.catalog, record.kind, input)?;
    check_unique(store, record.kind, &changes, Some(record.id))?;
    let mut after = record.clone();
    after.updated = time::now();
    for (name, value) in &changes {
        match value {
            Some(value) => after.values.insert(name.clone(), value.clone()),
            None => after.values.remove(name),
        };
    }
    computed::apply(&mut after, &record.values);
    let sent: BTreeSet<String> = changes.into_keys().collect();
    store.save(&after, &record.values, &sent)?;
    let mut touched = sent;
    let names = after.values.keys().chain(record.values.keys());
    touched.extend(names.filter(|name| after.values.get(*name) != record.values.get(*name)).cloned());
    Ok((after, touched))
}

/// No two records may share the value of a unique property.
fn check_unique(store: &Store, kind: &'static Kind, changes: &Changes, own: Option<i64>) -> Answer<()> {
    for (name, value) in changes {
        let Some(value) = value else { continue };
        if !store.catalog.get(kind, name).is_some_and(|property| property.has_unique_value) {
            continue;
        }
        let Some(other) = store.record_by(kind, name, value, false)? else { continue };
        if Some(other.id) == own {
            continue;
        }
        if kind.name == "contacts" && name == "email" {
            return Err(ApiError::new(
                StatusCode::CONFLICT,
                "CONFLICT",
                format!("Contact already exists. Existing ID: {}", other.id),
            ));
        }
        return Err(values::invalid(&[values::Problem::new(
            name,
            "CONFLICTING_UNIQUE_VALUE",
            format!("{} already has the value {value} of the unique property {name}", other.id),
        )]));
    }
    Ok(())
}

/// The other record of an association: HubSpot finds its type by the association's.
fn resolve<'a>(
    store: &Store,
    from: &'static Kind,
    link: &'a NewLink,
) -> Answer<(&'static Kind, i64, &'a [LinkSpec])> {
    let id = link.to.id.0.as_deref().unwrap_or_default();
    let fits =
        |to: &&Kind| link.types.iter().any(|spec| link_types::is_defined(from, to, spec.association_type_id));
    let to = KINDS.iter().find(fits).ok_or_else(|| {
        ApiError::validation(format!("the association with {id} names no type that {} have", from.name))
    })?;
    let record = id.parse().map_or(Ok(None), |id| store.record(to, id, false))?.ok_or_else(|| {
        ApiError::validation(format!("no {} has the id {id} to associate with", to.singular))
    })?;
    Ok((to, record.id, &link.types))
}

/// Associates two records. A label comes on top of the association without one.
pub(crate) fn associate(
    store: &Store,
    from: (&'static Kind, i64),
    to: (&'static Kind, i64),
    category: &str,
    type_id: i64,
) -> rusqlite::Result<()> {
    let plain = link_types::default(from.0, to.0);
    if plain != 0 && plain != type_id {
        store.link(from, to, "HUBSPOT_DEFINED", plain)?;
    }
    store.link(from, to, category, type_id)?;
    count_links(store, from)?;
    count_links(store, to)
}

/// Brings the properties up to date that count associations.
pub(crate) fn count_links(store: &Store, (kind, id): (&'static Kind, i64)) -> rusqlite::Result<()> {
    let (property, other) = match kind.name {
        "contacts" => ("num_associated_deals", &KINDS[1]),
        _ => ("num_associated_contacts", &KINDS[0]),
    };
    if let Some(record) = store.record(kind, id, false)? {
        let count = store.links(id, other)?.iter().map(|link| link.to).collect::<BTreeSet<_>>().len();
        let mut after = record.clone();
        after.values.insert(property.to_owned(), count.to_string());
        store.save(&after, &record.values, &BTreeSet::new())?;
    }
    Ok(())
}
