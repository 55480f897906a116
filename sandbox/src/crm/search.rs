//! `POST …/search`: filters, keyword, sorts and HubSpot's limits on them.

use axum::{Json, extract::State, response::IntoResponse};
use rusqlite::types::Value as Sql;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::{self, Selection},
    definitions::{Catalog, Property},
    kinds::Kind,
    values::{Problem, Scalar, invalid},
};
use crate::{
    http::{
        caller::Caller,
        error::{Answer, ApiError},
        extract::{Body, Target},
    },
    state::Shared,
    store::find::{Condition, Order},
    time,
};

const MAX_GROUPS: usize = 5;
const MAX_FILTERS: usize = 6;
const MAX_TOTAL: usize = 18;
const MAX_PAGE: usize = 200;
const MAX_RESULTS: usize = 10_000;
const MAX_QUERY: usize = 3_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    #[serde(default)]
    filter_groups: Vec<Group>,
    /// A shorthand for a single group, which HubSpot takes too.
    #[serde(default)]
    filters: Vec<Filter>,
    #[serde(default)]
    sorts: Vec<Sort>,
    query: Option<String>,
    #[serde(default)]
    properties: Vec<String>,
    limit: Option<Scalar>,
    after: Option<Scalar>,
}

#[derive(Deserialize)]
struct Group {
    filters: Vec<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    property_name: String,
    operator: Operator,
    value: Option<Scalar>,
    high_value: Option<Scalar>,
    values: Option<Vec<Scalar>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Operator {
    Between,
    ContainsToken,
    Eq,
    Gt,
    Gte,
    HasProperty,
    In,
    Lt,
    Lte,
    Neq,
    NotContainsToken,
    NotHasProperty,
    NotIn,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Sort {
    Text(String),
    #[serde(rename_all = "camelCase")]
    Object {
        property_name: String,
        direction: Option<String>,
    },
}

/// `POST …/{type}/search`
pub(crate) async fn search(
    State(state): State<Shared>,
    caller: Caller,
    target: Target,
    Body(request): Body<Request>,
) -> Answer {
    caller.need(&target.kind.read_scopes())?;
    let kind = target.kind;
    let store = state.store();
    let limit = number("limit", request.limit.as_ref(), 10)?;
    let after = number("after", request.after.as_ref(), 0)?;
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(ApiError::validation(format!("limit must be between 1 and {MAX_PAGE}, but was {limit}")));
    }
    if after.saturating_add(limit) > MAX_RESULTS {
        return Err(ApiError::validation(format!(
            "Search results are limited to {MAX_RESULTS}: after ({after}) and limit ({limit}) lead past them"
        )));
    }
    let condition = condition(&store.catalog, kind, &request)?;
    let order = order(&store.catalog, kind, &request.sorts)?;
    let (total, records) = store.find(kind, &condition, order.as_ref(), after, limit)?;
    let selection = Selection::new(&store, kind, &request.properties, &[]);
    let results = records
        .iter()
        .map(|record| answer::selected(&store, record, &selection))
        .collect::<Result<Vec<Value>, _>>()?;
    let next = after + results.len();
    let mut body = json!({"total": total, "results": results});
    if i64::try_from(next).is_ok_and(|next| next < total) {
        body["paging"] = json!({"next": {"after": next.to_string()}});
    }
    Ok(Json(body).into_response())
}

fn number(name: &str, value: Option<&Scalar>, default: usize) -> Result<usize, ApiError> {
    match value.and_then(|Scalar(value)| value.as_deref()).filter(|text| !text.is_empty()) {
        None => Ok(default),
        Some(text) => {
            text.parse().map_err(|_| ApiError::validation(format!("{name} is not a whole number: {text}")))
        }
    }
}

fn condition(catalog: &Catalog, kind: &'static Kind, request: &Request) -> Result<Condition, ApiError> {
    let mut groups: Vec<&[Filter]> =
        request.filter_groups.iter().map(|group| group.filters.as_slice()).collect();
    if !request.filters.is_empty() {
        groups.push(&request.filters);
    }
    if groups.len() > MAX_GROUPS {
        return Err(ApiError::validation(format!(
            "at most {MAX_GROUPS} filterGroups are allowed, but there are {}",
            groups.len()
        )));
    }
    if let Some(group) = groups.iter().find(|group| group.len() > MAX_FILTERS) {
        return Err(ApiError::validation(format!(
            "at most {MAX_FILTERS} filters are allowed in a filterGroup, but one has {}",
            group.len()
        )));
    }
    let total: usize = groups.iter().map(|group| group.len()).sum();
    if total > MAX_TOTAL {
        return Err(ApiError::validation(format!(
            "at most {MAX_TOTAL} filters are allowed in all filterGroups, but there are {total}"
        )));
    }
    let mut any = Vec::new();
    for group in groups.iter().filter(|group| !group.is_empty()) {
        let all =
            group.iter().map(|filter| filter.condition(catalog, kind)).collect::<Result<Vec<_>, _>>()?;
        any.push(Condition::join(all, " AND "));
    }
    let mut all = vec![Condition::new("1", Vec::new())];
    if !any.is_empty() {
        all.push(Condition::join(any, " OR "));
    }
    if let Some(query) = &request.query {
        if query.chars().count() > MAX_QUERY {
            return Err(ApiError::validation(format!(
                "query must not be longer than {MAX_QUERY} characters"
            )));
        }
        for term in query.to_lowercase().split_whitespace() {
            let places = kind.searchable.iter().map(|name| {
                Condition::on_value(kind, name, "has_prefix(v.folded, ?)", vec![Sql::from(term.to_owned())])
            });
            all.push(Condition::join(places.collect(), " OR "));
        }
    }
    Ok(Condition::join(all, " AND "))
}

fn order(catalog: &Catalog, kind: &Kind, sorts: &[Sort]) -> Result<Option<Order>, ApiError> {
    let (name, descending) = match sorts {
        [] => return Ok(None),
        [Sort::Text(text)] => match text.strip_prefix('-') {
            Some(name) => (name, true),
            None => (text.as_str(), false),
        },
        [Sort::Object { property_name, direction }] => {
            let descending = match direction.as_deref() {
                None | Some("ASCENDING") => false,
                Some("DESCENDING") => true,
                Some(other) => {
                    return Err(ApiError::validation(format!(
                        "the direction must be ASCENDING or DESCENDING, not {other}"
                    )));
                }
            };
            (property_name.as_str(), descending)
        }
        _ => return Err(ApiError::validation("only one sort is allowed")),
    };
    let property = catalog.get(kind, name).ok_or_else(|| unknown(name))?;
    let numeric = property.is_date() || property.value_type == "number";
    Ok(Some(Order { property: name.to_owned(), numeric, descending }))
}

fn unknown(name: &str) -> ApiError {
    invalid(&[Problem::new(name, "PROPERTY_DOESNT_EXIST", format!("Property \"{name}\" does not exist"))])
}

impl Filter {
    fn condition(&self, catalog: &Catalog, kind: &'static Kind) -> Result<Condition, ApiError> {
        use Operator as Op;
        if let Some(other) = self.property_name.strip_prefix("associations.") {
            return self.on_links(Kind::find(other)?);
        }
        let property = catalog.get(kind, &self.property_name).ok_or_else(|| unknown(&self.property_name))?;
        let on = |test: &str, values| Condition::on_value(kind, &self.property_name, test, values);
        let column = column(property);
        Ok(match self.operator {
            Op::HasProperty | Op::NotHasProperty => {
                if self.value.is_some() || self.high_value.is_some() || self.values.is_some() {
                    return Err(ApiError::validation(format!("{:?} takes no value", self.operator)));
                }
                let has = on("1", Vec::new());
                if self.operator == Op::HasProperty { has } else { has.negated() }
            }
            Op::Eq => on(&format!("v.{column} = ?"), vec![self.operand(property, self.value.as_ref())?]),
            Op::Neq => {
                on(&format!("v.{column} = ?"), vec![self.operand(property, self.value.as_ref())?]).negated()
            }
            Op::Lt => on(&format!("v.{column} < ?"), vec![self.operand(property, self.value.as_ref())?]),
            Op::Lte => on(&format!("v.{column} <= ?"), vec![self.operand(property, self.value.as_ref())?]),
            Op::Gt => on(&format!("v.{column} > ?"), vec![self.operand(property, self.value.as_ref())?]),
            Op::Gte => on(&format!("v.{column} >= ?"), vec![self.operand(property, self.value.as_ref())?]),
            Op::Between => on(
                &format!("v.{column} BETWEEN ? AND ?"),
                vec![
                    self.operand(property, self.value.as_ref())?,
                    self.operand(property, self.high_value.as_ref())?,
                ],
            ),
            Op::In | Op::NotIn => {
                let values = self.choices(property)?;
                let marks = vec!["?"; values.len()].join(", ");
                let contained = on(&format!("v.{column} IN ({marks})"), values);
                if self.operator == Op::In { contained } else { contained.negated() }
            }
            Op::ContainsToken | Op::NotContainsToken => {
                let pattern = self.text(self.value.as_ref())?.to_lowercase();
                let contained = on("has_token(v.folded, ?)", vec![Sql::from(pattern)]);
                if self.operator == Op::ContainsToken { contained } else { contained.negated() }
            }
        })
    }

    /// `associations.contact`: records that are associated with a given one.
    fn on_links(&self, to: &Kind) -> Result<Condition, ApiError> {
        let base = "EXISTS (SELECT 1 FROM links WHERE from_id = r.id AND to_kind = ?";
        let kind = Sql::from(to.name.to_owned());
        let id = |text: &str| text.parse::<i64>().map_err(|_| ApiError::object_not_found(text));
        match self.operator {
            Operator::HasProperty => Ok(Condition::new(format!("{base})"), vec![kind])),
            Operator::NotHasProperty => Ok(Condition::new(format!("{base})"), vec![kind]).negated()),
            Operator::Eq => {
                let id = id(self.text(self.value.as_ref())?)?;
                Ok(Condition::new(format!("{base} AND to_id = ?)"), vec![kind, Sql::from(id)]))
            }
            Operator::In => {
                let mut values = vec![kind];
                for one in self.values.iter().flatten() {
                    values.push(Sql::from(id(one.0.as_deref().unwrap_or_default())?));
                }
                let marks = vec!["?"; values.len() - 1].join(", ");
                Ok(Condition::new(format!("{base} AND to_id IN ({marks}))"), values))
            }
            other => Err(ApiError::validation(format!("{other:?} does not apply to associations"))),
        }
    }

    fn text<'a>(&self, value: Option<&'a Scalar>) -> Result<&'a str, ApiError> {
        value.and_then(|Scalar(value)| value.as_deref()).filter(|text| !text.is_empty()).ok_or_else(|| {
            ApiError::validation(format!("the filter on {} needs a value", self.property_name))
        })
    }

    fn operand(&self, property: &Property, value: Option<&Scalar>) -> Result<Sql, ApiError> {
        operand(property, self.text(value)?)
    }

    /// The values of `IN`. Texts are compared in lower case with what was sent, so upper case never matches.
    fn choices(&self, property: &Property) -> Result<Vec<Sql>, ApiError> {
        let values = self.values.as_deref().unwrap_or_default();
        if values.is_empty() {
            return Err(ApiError::validation(format!("the filter on {} needs values", self.property_name)));
        }
        let texts = values.iter().map(|value| value.0.as_deref().unwrap_or_default());
        if column(property) == "folded" {
            Ok(texts.map(|text| Sql::from(text.to_owned())).collect())
        } else {
            texts.map(|text| operand(property, text)).collect()
        }
    }
}

/// What a property is compared by.
fn column(property: &Property) -> &'static str {
    if property.is_date() || property.value_type == "number" {
        "number"
    } else if property.is_enumeration() {
        "value"
    } else {
        "folded"
    }
}

fn operand(property: &Property, text: &str) -> Result<Sql, ApiError> {
    let wrong =
        |what: &str| ApiError::validation(format!("{text} is not {what}, as {} needs", property.name));
    if property.is_date() {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53 until the year 287396")]
        time::parse(text).map(|at| Sql::from(at as f64)).ok_or_else(|| wrong("a date"))
    } else if property.value_type == "number" {
        text.trim().parse::<f64>().map(Sql::from).map_err(|_| wrong("a number"))
    } else if property.is_enumeration() {
        Ok(Sql::from(text.to_owned()))
    } else {
        Ok(Sql::from(text.to_lowercase()))
    }
}
