//! Property definitions: the standard ones from `definitions.txt`, custom ones as the properties API makes them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::kinds::{KINDS, Kind};

const STANDARD: &str = include_str!("definitions.txt");

/// A property's definition, in the shape of HubSpot's properties API.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the shape is HubSpot's")]
pub(crate) struct Property {
    pub(crate) updated_at: String,
    pub(crate) created_at: String,
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) value_type: String,
    pub(crate) field_type: String,
    pub(crate) description: String,
    pub(crate) group_name: String,
    pub(crate) options: Vec<Choice>,
    pub(crate) display_order: i64,
    pub(crate) calculated: bool,
    pub(crate) external_options: bool,
    pub(crate) has_unique_value: bool,
    pub(crate) hidden: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) hubspot_defined: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) referenced_object_type: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) show_currency_symbol: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) calculation_formula: Option<String>,
    pub(crate) modification_metadata: Modification,
    pub(crate) form_field: bool,
    pub(crate) data_sensitivity: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_at: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) archived: bool,
}

/// One option of an enumeration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Choice {
    pub(crate) label: String,
    pub(crate) value: String,
    #[serde(default)]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) display_order: i64,
    #[serde(default)]
    pub(crate) hidden: bool,
}

/// What may be changed about a property.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Modification {
    pub(crate) archivable: bool,
    pub(crate) read_only_definition: bool,
    pub(crate) read_only_value: bool,
}

impl Property {
    pub(crate) fn is_date(&self) -> bool {
        matches!(self.value_type.as_str(), "date" | "datetime")
    }

    pub(crate) fn is_enumeration(&self) -> bool {
        matches!(self.value_type.as_str(), "enumeration" | "bool")
    }
}

/// All definitions, by object type and name.
pub(crate) struct Catalog(BTreeMap<&'static str, BTreeMap<String, Property>>);

impl Catalog {
    pub(crate) fn standard() -> Self {
        let mut all = BTreeMap::<&'static str, BTreeMap<String, Property>>::new();
        let mut kind = KINDS[0].name;
        for line in STANDARD.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            if let Some(found) = KINDS.iter().find(|kind| line == format!("[{}]", kind.name)) {
                kind = found.name;
            } else if let Some(property) = parse(line) {
                all.entry(kind).or_default().insert(property.name.clone(), property);
            }
        }
        Self(all)
    }

    /// A property that is in use.
    pub(crate) fn get(&self, kind: &Kind, name: &str) -> Option<&Property> {
        self.any(kind, name).filter(|property| !property.archived)
    }

    /// A property, be it archived.
    pub(crate) fn any(&self, kind: &Kind, name: &str) -> Option<&Property> {
        self.0.get(kind.name)?.get(name)
    }

    pub(crate) fn all(&self, kind: &Kind) -> impl Iterator<Item = &Property> {
        self.0.get(kind.name).into_iter().flat_map(BTreeMap::values)
    }

    pub(crate) fn put(&mut self, kind: &Kind, property: Property) {
        self.0.entry(kind.name).or_default().insert(property.name.clone(), property);
    }
}

/// Reads one line of the table.
fn parse(line: &str) -> Option<Property> {
    let columns: Vec<&str> = line.split('|').map(str::trim).collect();
    let [name, label, types, group, flags, rest @ ..] = columns.as_slice() else { return None };
    let (value_type, field_type) = types.split_once('/')?;
    let flag = |flag: &str| flags.split_whitespace().any(|word| word == flag);
    let choices = rest.first().copied().unwrap_or_default();
    let options = choices
        .split(',')
        .map(str::trim)
        .filter(|choice| !choice.is_empty())
        .zip(0..)
        .map(|(choice, display_order)| {
            let (value, label) = choice.split_once('=').unwrap_or((choice, choice));
            Choice {
                label: label.to_owned(),
                value: value.to_owned(),
                description: String::new(),
                display_order,
                hidden: false,
            }
        })
        .collect();
    Some(Property {
        updated_at: "2024-09-05T17:14:04.747Z".into(),
        created_at: "2020-06-30T15:57:38.293Z".into(),
        name: (*name).to_owned(),
        label: (*label).to_owned(),
        value_type: value_type.to_owned(),
        field_type: field_type.to_owned(),
        description: String::new(),
        group_name: (*group).to_owned(),
        options,
        display_order: -1,
        calculated: flag("calc"),
        external_options: flag("ext"),
        has_unique_value: flag("uniq"),
        hidden: flag("hidden"),
        hubspot_defined: true,
        referenced_object_type: (*name == "hubspot_owner_id").then(|| "OWNER".to_owned()),
        show_currency_symbol: (value_type == "number" && *group == "deal_revenue").then_some(true),
        calculation_formula: None,
        modification_metadata: Modification {
            archivable: !flag("own"),
            read_only_definition: !flag("own"),
            read_only_value: flag("ro") || flag("calc"),
        },
        form_field: false,
        data_sensitivity: "non_sensitive".into(),
        archived_at: None,
        archived: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = STANDARD.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '['])).count();
        let catalog = Catalog::standard();
        assert_eq!(KINDS.iter().map(|kind| catalog.all(kind).count()).sum::<usize>(), lines);
    }

    #[test]
    fn every_property_that_a_type_names_is_defined() {
        let catalog = Catalog::standard();
        for kind in &KINDS {
            let constants = kind.constants.iter().map(|(name, _)| name);
            for name in constants.chain(kind.defaults).chain(kind.echoed).chain(kind.searchable) {
                assert!(catalog.get(kind, name).is_some(), "{}.{name}", kind.name);
            }
        }
    }
}
