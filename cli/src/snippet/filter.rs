//! Filters, orders and selections as the typed expressions that make them.

use serde_json::Value;
use typed_connector_specs::model::{FieldType, FilterOperator, TypeRef};

use super::Writer;
use super::value::unfit;

impl Writer<'_> {
    /// An object of conditions that must all hold, or an array of such, of which one must hold.
    pub(super) fn filter(&mut self, of: TypeRef, value: &Value) -> Result<String, String> {
        let groups = match value {
            Value::Array(groups) => groups.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut alternatives = Vec::new();
        for group in groups {
            let mut conditions = Vec::new();
            for (name, wanted) in group.as_object().ok_or_else(|| unfit(group))? {
                let all = match wanted {
                    Value::Array(all) => all.as_slice(),
                    one => std::slice::from_ref(one),
                };
                for wanted in all {
                    self.conditions(of, name, wanted, &mut conditions)?;
                }
            }
            alternatives.push(joined(conditions, "and").ok_or_else(|| unfit(group))?);
        }
        joined(alternatives, "or").ok_or_else(|| unfit(value))
    }

    /// A value that the property must have, or operators.
    fn conditions(
        &mut self,
        of: TypeRef,
        name: &str,
        wanted: &Value,
        conditions: &mut Vec<String>,
    ) -> Result<(), String> {
        let (property, ty) = self.property(of, name);
        match wanted {
            Value::Null => conditions.push(format!("{property}.has_no_value()")),
            Value::Object(operators) => {
                for (called, operand) in operators {
                    let known = FilterOperator::ALL.iter().find(|(_, name)| name == called);
                    let (operator, _) = known.ok_or_else(|| format!("there is no operator `{called}`"))?;
                    conditions.push(self.condition(&property, &ty, *operator, operand)?);
                }
            }
            value => conditions.push(format!("{property}.eq({})", self.value(&ty, value)?)),
        }
        Ok(())
    }

    fn condition(
        &mut self,
        property: &str,
        ty: &FieldType,
        operator: FilterOperator,
        operand: &Value,
    ) -> Result<String, String> {
        let method = match operator {
            FilterOperator::Eq => "eq",
            FilterOperator::Neq => "neq",
            FilterOperator::Lt => "lt",
            FilterOperator::Lte => "lte",
            FilterOperator::Gt => "gt",
            FilterOperator::Gte => "gte",
            FilterOperator::ContainsToken => "contains_token",
            FilterOperator::NotContainsToken => "not_contains_token",
            FilterOperator::Between => {
                let [low, high] = operand.as_array().map_or(&[][..], Vec::as_slice) else {
                    return Err(unfit(operand));
                };
                return Ok(format!(
                    "{property}.between({}, {})",
                    self.value(ty, low)?,
                    self.value(ty, high)?
                ));
            }
            FilterOperator::In | FilterOperator::NotIn => {
                let values = self.value(&FieldType::Array(Box::new(ty.clone())), operand)?;
                let method = if operator == FilterOperator::In { "is_in" } else { "not_in" };
                return Ok(format!("{property}.{method}({values})"));
            }
            FilterOperator::Has | FilterOperator::NotHas => {
                let wanted = operand.as_bool().ok_or_else(|| unfit(operand))?;
                let has = (operator == FilterOperator::Has) == wanted;
                return Ok(format!("{property}.{}()", if has { "has_value" } else { "has_no_value" }));
            }
        };
        Ok(format!("{property}.{method}({})", self.value(ty, operand)?))
    }

    /// A property's name, with a minus before it for largest first.
    pub(super) fn sort(&mut self, of: TypeRef, value: &Value) -> Result<String, String> {
        let order = match value {
            Value::String(order) => order.as_str(),
            Value::Array(orders) if orders.len() == 1 => orders[0].as_str().ok_or_else(|| unfit(value))?,
            other => return Err(unfit(other)),
        };
        let (name, direction) =
            order.strip_prefix('-').map_or((order, "ascending"), |name| (name, "descending"));
        let (property, _) = self.property(of, name);
        Ok(format!("{property}.{direction}()"))
    }

    pub(super) fn selection(&mut self, of: TypeRef, value: &Value) -> Result<String, String> {
        match value {
            Value::String(all) if all == "*" => {
                Ok(format!("typed_connector::Selection::<{}>::all()", self.name(of)))
            }
            Value::Array(names) if names.is_empty() => {
                Ok(format!("typed_connector::Selection::<{}>::none()", self.name(of)))
            }
            Value::Array(names) => {
                let names: Vec<_> = names
                    .iter()
                    .map(|name| name.as_str().map(|name| format!("{name:?}")).ok_or_else(|| unfit(name)))
                    .collect::<Result<_, _>>()?;
                Ok(format!("[{}]", names.join(", ")))
            }
            other => Err(unfit(other)),
        }
    }

    /// `Deal::AMOUNT` and the type of its values; one that the spec does not declare is text.
    fn property(&mut self, of: TypeRef, name: &str) -> (String, FieldType) {
        let owner = self.name(of);
        let declared = self.connector.object(of).and_then(|object| {
            let mut fields = object.fields.iter().filter(|field| object.is_property(field));
            fields
                .find(|field| field.wire_name == name || field.key == name)
                .map(|field| (field.ident.clone(), field.ty.clone()))
        });
        match declared {
            Some((ident, ty)) => {
                let constant = heck::ToShoutySnakeCase::to_shouty_snake_case(ident.trim_end_matches('_'));
                // A condition on a list compares with one of its elements.
                let ty = match ty {
                    FieldType::Array(item) => *item,
                    other => other,
                };
                (format!("{owner}::{constant}"), ty)
            }
            None => {
                (format!("typed_connector::Property::<{owner}, String>::named({name:?})"), FieldType::String)
            }
        }
    }
}

fn joined(parts: Vec<String>, by: &str) -> Option<String> {
    parts.into_iter().reduce(|left, right| format!("{left}.{by}({right})"))
}
