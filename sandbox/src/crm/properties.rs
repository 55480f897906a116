//! The properties API: an account's property definitions.
//!
//! What is sensitive is told apart in the definitions and nowhere else: values of such properties are as open as all others.
//! Formulas are kept, and not computed.

use axum::{Json, extract::State, http::StatusCode, http::header::LOCATION, response::IntoResponse};
use serde::Deserialize;
use serde_json::json;

use super::definitions::{Choice, Modification, Property};
use crate::{
    http::{
        caller::Caller,
        error::{Answer, ApiError},
        extract::{Body, Query, Target},
    },
    state::Shared,
    time,
};

const TYPES: [(&str, &[&str]); 7] = [
    ("string", &["text", "textarea", "html", "file", "phonenumber", CALCULATED]),
    ("phone_number", &["phonenumber"]),
    ("number", &["number", CALCULATED]),
    ("date", &["date"]),
    ("datetime", &["date"]),
    ("bool", &["booleancheckbox", CALCULATED]),
    ("enumeration", &["select", "radio", "checkbox", "booleancheckbox", CALCULATED]),
];

/// The field type of what HubSpot computes.
const CALCULATED: &str = "calculation_equation";

const SENSITIVITIES: [&str; 3] = ["non_sensitive", "sensitive", "highly_sensitive"];

/// `GET …/properties/{type}`: those of one sensitivity.
pub(crate) async fn list(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    query: Query,
) -> Answer {
    caller.need(&readers(&target))?;
    let archived = query.flag("archived")?;
    let sensitivity = query.first("dataSensitivity").unwrap_or(SENSITIVITIES[0]);
    check_sensitivity(sensitivity)?;
    let store = state.store();
    let is_meant =
        |property: &&Property| property.archived == archived && property.data_sensitivity == sensitivity;
    let results: Vec<_> = store.catalog.all(target.kind).filter(is_meant).collect();
    Ok(Json(json!({"results": results})).into_response())
}

/// `GET …/properties/{type}/{name}`, of whatever sensitivity where none is named.
pub(crate) async fn get(State(state): State<Shared>, caller: Caller, target: Target, query: Query) -> Answer {
    caller.need(&readers(&target))?;
    let archived = query.flag("archived")?;
    let store = state.store();
    let name = target.part("name");
    let sensitivity = query.first("dataSensitivity");
    let is_meant = |property: &&Property| {
        property.archived == archived && sensitivity.is_none_or(|kind| property.data_sensitivity == kind)
    };
    let property = store.catalog.any(target.kind, name).filter(is_meant);
    property.map(|property| Json(property).into_response()).ok_or_else(|| unknown(name))
}

fn readers(target: &Target) -> Vec<String> {
    let mut scopes = target.kind.read_scopes();
    scopes.extend(target.kind.schema_scopes());
    scopes
}

fn unknown(name: &str) -> ApiError {
    ApiError::not_found(format!("Property {name} does not exist"))
        .with("context", json!({"propertyName": [name]}))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the shape is HubSpot's")]
pub(crate) struct NewProperty {
    name: String,
    label: String,
    #[serde(rename = "type")]
    value_type: String,
    field_type: String,
    group_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    options: Vec<Choice>,
    display_order: Option<i64>,
    #[serde(default)]
    has_unique_value: bool,
    #[serde(default)]
    hidden: bool,
    #[serde(default)]
    form_field: bool,
    #[serde(default)]
    external_options: bool,
    referenced_object_type: Option<String>,
    show_currency_symbol: Option<bool>,
    data_sensitivity: Option<String>,
    calculation_formula: Option<String>,
}

/// `POST …/properties/{type}`
pub(crate) async fn create(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(new): Body<NewProperty>,
) -> Answer {
    caller.need(&target.kind.schema_scopes())?;
    let sensitivity = new.data_sensitivity.unwrap_or_else(|| SENSITIVITIES[0].to_owned());
    check_sensitivity(&sensitivity)?;
    if sensitivity != SENSITIVITIES[0] {
        caller.need(&[format!("crm.objects.{}.{sensitivity}.write.v2", target.kind.name)])?;
    }
    check_name(&new.name)?;
    check_type(&new.value_type, &new.field_type)?;
    let calculated = new.field_type == CALCULATED;
    if calculated != new.calculation_formula.is_some() {
        return Err(ApiError::validation(format!(
            "calculationFormula and the field type {CALCULATED} go together"
        )));
    }
    let mut store = state.store();
    if store.catalog.get(target.kind, &new.name).is_some() {
        return Err(ApiError::new(
            StatusCode::CONFLICT,
            "OBJECT_ALREADY_EXISTS",
            format!("A property named '{}' already exists.", new.name),
        )
        .with("subCategory", "Properties.PROPERTY_WITH_NAME_EXISTS".into()));
    }
    let now = time::to_iso(time::now());
    let name = new.name.clone();
    let property = Property {
        updated_at: now.clone(),
        created_at: now,
        name: new.name,
        label: new.label,
        value_type: new.value_type,
        field_type: new.field_type,
        description: new.description,
        group_name: new.group_name,
        options: new.options,
        display_order: new.display_order.unwrap_or(-1),
        calculated,
        external_options: new.external_options,
        has_unique_value: new.has_unique_value,
        hidden: new.hidden,
        hubspot_defined: false,
        referenced_object_type: new.referenced_object_type,
        show_currency_symbol: new.show_currency_symbol,
        calculation_formula: new.calculation_formula,
        modification_metadata: Modification {
            archivable: true,
            read_only_definition: false,
            read_only_value: calculated,
        },
        form_field: new.form_field,
        data_sensitivity: sensitivity,
        archived_at: None,
        archived: false,
    };
    let body = Json(&property).into_response();
    store.define(target.kind, property)?;
    let location = format!("{}/crm/v3/properties/{}/{name}", state.url, target.kind.name);
    Ok((StatusCode::CREATED, [(LOCATION, location)], body).into_response())
}

fn check_name(name: &str) -> Answer<()> {
    let fits = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= 100
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if fits {
        return Ok(());
    }
    Err(ApiError::validation(format!(
        "the property name \"{name}\" must begin with a lower-case letter and hold only lower-case letters, \
         digits and underscores, at most 100 of them"
    )))
}

fn check_sensitivity(sensitivity: &str) -> Answer<()> {
    if SENSITIVITIES.contains(&sensitivity) {
        return Ok(());
    }
    Err(ApiError::validation(format!(
        "dataSensitivity must be one of {}, not \"{sensitivity}\"",
        SENSITIVITIES.join(", ")
    )))
}

fn check_type(value_type: &str, field_type: &str) -> Answer<()> {
    match TYPES.iter().find(|(name, _)| *name == value_type) {
        Some((_, fields)) if fields.contains(&field_type) => Ok(()),
        Some((_, fields)) => Err(ApiError::validation(format!(
            "the type {value_type} takes the field types {}, not {field_type}",
            fields.join(", ")
        ))),
        None => Err(ApiError::validation(format!("{value_type} is no property type"))),
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    label: Option<String>,
    #[serde(rename = "type")]
    value_type: Option<String>,
    field_type: Option<String>,
    group_name: Option<String>,
    description: Option<String>,
    options: Option<Vec<Choice>>,
    display_order: Option<i64>,
    hidden: Option<bool>,
    form_field: Option<bool>,
}

/// `PATCH …/properties/{type}/{name}`
pub(crate) async fn update(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(change): Body<Change>,
) -> Answer {
    caller.need(&target.kind.schema_scopes())?;
    let mut store = state.store();
    let mut property = changeable(store.catalog.get(target.kind, target.part("name")), target.part("name"))?;
    put(&mut property.label, change.label);
    put(&mut property.value_type, change.value_type);
    put(&mut property.field_type, change.field_type);
    put(&mut property.group_name, change.group_name);
    put(&mut property.description, change.description);
    put(&mut property.options, change.options);
    put(&mut property.display_order, change.display_order);
    put(&mut property.hidden, change.hidden);
    put(&mut property.form_field, change.form_field);
    check_type(&property.value_type, &property.field_type)?;
    property.updated_at = time::to_iso(time::now());
    let body = Json(&property).into_response();
    store.define(target.kind, property)?;
    Ok(body)
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

/// `DELETE …/properties/{type}/{name}`
pub(crate) async fn archive(State(state): State<Shared>, caller: Caller, target: Target) -> Answer {
    caller.need(&target.kind.schema_scopes())?;
    let mut store = state.store();
    let mut property = changeable(store.catalog.get(target.kind, target.part("name")), target.part("name"))?;
    if !property.modification_metadata.archivable {
        return Err(ApiError::validation(format!("{} cannot be archived", property.name)));
    }
    property.archived = true;
    property.archived_at = Some(time::to_iso(time::now()));
    store.define(target.kind, property)?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn changeable(property: Option<&Property>, name: &str) -> Answer<Property> {
    let property = property.ok_or_else(|| unknown(name))?;
    if property.modification_metadata.read_only_definition {
        return Err(ApiError::validation(format!(
            "the definition of {name} is HubSpot's and cannot be changed"
        )));
    }
    Ok(property.clone())
}
