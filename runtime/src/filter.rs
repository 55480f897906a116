//! Typed filters, sort orders and selections over an object's properties.
//!
//! ```
//! # use typed_connector::{Filter, Property, Decimal};
//! # struct Deal; impl Deal {
//! #   const AMOUNT: Property<Deal, Decimal> = Property::new("amount");
//! #   const DEALNAME: Property<Deal, String> = Property::new("dealname"); }
//! let large: Filter<Deal> = Deal::AMOUNT.gte(Decimal::from(1000));
//! let wanted = large.and(Deal::DEALNAME.contains_token("renewal")).or(Deal::AMOUNT.has_no_value());
//! ```

use std::borrow::Cow;
use std::marker::PhantomData;

use jiff::{SignedDuration, Timestamp, civil::Date};
use rust_decimal::Decimal;

use crate::value::{Datum, Element, Format, Record, text};

/// A property of the object `R` with values of type `V`.
pub struct Property<R, V> {
    name: Cow<'static, str>,
    format: Format,
    of: PhantomData<fn() -> (R, V)>,
}

impl<R, V> Property<R, V> {
    /// A property by its name on the wire; also for custom ones that the spec does not declare.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self::with_format(name, Format::TEXT)
    }

    /// The same with another way of writing its values.
    #[must_use]
    pub const fn with_format(name: &'static str, format: Format) -> Self {
        Self { name: Cow::Borrowed(name), format, of: PhantomData }
    }

    /// A property whose name is known at run time only.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: Cow::Owned(name.into()), format: Format::TEXT, of: PhantomData }
    }

    /// Its name on the wire.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Has any value.
    #[must_use]
    pub fn has_value(&self) -> Filter<R> {
        self.condition(Operator::Has, None, None, Vec::new())
    }

    /// Has no value.
    #[must_use]
    pub fn has_no_value(&self) -> Filter<R> {
        self.condition(Operator::NotHas, None, None, Vec::new())
    }

    /// Smallest first.
    #[must_use]
    pub fn ascending(&self) -> Sort<R> {
        Sort { name: self.name.to_string(), descending: false, of: PhantomData }
    }

    /// Largest first.
    #[must_use]
    pub fn descending(&self) -> Sort<R> {
        Sort { name: self.name.to_string(), descending: true, of: PhantomData }
    }

    fn condition(
        &self,
        operator: Operator,
        value: Option<String>,
        high_value: Option<String>,
        values: Vec<String>,
    ) -> Filter<R> {
        let condition = Condition { property: self.name.to_string(), operator, value, high_value, values };
        Filter { groups: vec![vec![condition]], of: PhantomData }
    }
}

impl<R, V: Element> Property<R, V> {
    fn text(&self, value: impl Into<V>) -> String {
        value.into().into_datum().map(|datum| text(&datum, &self.format)).unwrap_or_default()
    }

    fn compare(&self, operator: Operator, value: impl Into<V>) -> Filter<R> {
        self.condition(operator, Some(self.text(value)), None, Vec::new())
    }

    /// Equal to the value.
    #[must_use]
    pub fn eq(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Eq, value)
    }

    /// Not equal to the value.
    #[must_use]
    pub fn neq(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Neq, value)
    }

    /// One of the values.
    #[must_use]
    pub fn is_in(&self, values: impl IntoIterator<Item = impl Into<V>>) -> Filter<R> {
        let values = values.into_iter().map(|value| self.text(value)).collect();
        self.condition(Operator::In, None, None, values)
    }

    /// None of the values.
    #[must_use]
    pub fn not_in(&self, values: impl IntoIterator<Item = impl Into<V>>) -> Filter<R> {
        let values = values.into_iter().map(|value| self.text(value)).collect();
        self.condition(Operator::NotIn, None, None, values)
    }
}

/// Values that have an order: numbers and times.
pub trait Ordered: Element {}
impl Ordered for i64 {}
impl Ordered for f64 {}
impl Ordered for Decimal {}
impl Ordered for Date {}
impl Ordered for Timestamp {}
impl Ordered for SignedDuration {}

impl<R, V: Ordered> Property<R, V> {
    /// Less than the value.
    #[must_use]
    pub fn lt(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Lt, value)
    }

    /// Less than or equal to the value.
    #[must_use]
    pub fn lte(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Lte, value)
    }

    /// Greater than the value.
    #[must_use]
    pub fn gt(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Gt, value)
    }

    /// Greater than or equal to the value.
    #[must_use]
    pub fn gte(&self, value: impl Into<V>) -> Filter<R> {
        self.compare(Operator::Gte, value)
    }

    /// From `low` to `high`, both included.
    #[must_use]
    pub fn between(&self, low: impl Into<V>, high: impl Into<V>) -> Filter<R> {
        self.condition(Operator::Between, Some(self.text(low)), Some(self.text(high)), Vec::new())
    }
}

impl<R> Property<R, String> {
    /// Contains the word; `*` stands for any characters.
    #[must_use]
    pub fn contains_token(&self, token: impl Into<String>) -> Filter<R> {
        self.compare(Operator::ContainsToken, token)
    }

    /// Does not contain the word; `*` stands for any characters.
    #[must_use]
    pub fn not_contains_token(&self, token: impl Into<String>) -> Filter<R> {
        self.compare(Operator::NotContainsToken, token)
    }
}

impl<R, V> Clone for Property<R, V> {
    fn clone(&self) -> Self {
        Self { name: self.name.clone(), format: self.format, of: PhantomData }
    }
}

impl<R, V> std::fmt::Debug for Property<R, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Property({:?})", self.name)
    }
}

/// The operators of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
#[allow(missing_docs)] // named as the methods of `Property` that make them
pub enum Operator {
    Eq,
    Neq,
    Lt,
    Lte,
    Gt,
    Gte,
    Between,
    In,
    NotIn,
    Has,
    NotHas,
    ContainsToken,
    NotContainsToken,
}

/// One condition on one property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    pub(crate) property: String,
    pub(crate) operator: Operator,
    pub(crate) value: Option<String>,
    pub(crate) high_value: Option<String>,
    pub(crate) values: Vec<String>,
}

/// Conditions on records of the type `R`, joined by AND and OR.
///
/// Kept as the APIs of this field take it: groups that are joined by OR, of conditions that are joined by AND.
pub struct Filter<R> {
    groups: Vec<Vec<Condition>>,
    of: PhantomData<fn() -> R>,
}

impl<R> Filter<R> {
    /// Both must hold. An OR on either side is multiplied out: `(a or b) and c` becomes `(a and c) or (b and c)`.
    #[must_use]
    pub fn and(self, other: impl Into<Self>) -> Self {
        let other = other.into();
        let groups = self
            .groups
            .iter()
            .flat_map(|left| {
                other.groups.iter().map(move |right| left.iter().chain(right).cloned().collect())
            })
            .collect();
        Self { groups, of: PhantomData }
    }

    /// One of both must hold.
    #[must_use]
    pub fn or(mut self, other: impl Into<Self>) -> Self {
        self.groups.extend(other.into().groups);
        self
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        Self { groups: self.groups.clone(), of: PhantomData }
    }
}

impl<R> PartialEq for Filter<R> {
    fn eq(&self, other: &Self) -> bool {
        self.groups == other.groups
    }
}

impl<R> std::fmt::Debug for Filter<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Filter").field(&self.groups).finish()
    }
}

impl<R: 'static> Element for Filter<R> {
    const EXPECTED: &'static str = "a filter";

    fn from_raw(_: crate::value::Raw<'_>, _: &Format) -> Option<Self> {
        None // only sent, never answered
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::Filter(self.groups))
    }

    fn to_datum(&self) -> Option<Datum> {
        Some(Datum::Filter(self.groups.clone()))
    }
}

/// An order of records of the type `R`; made by [`Property::ascending`] and [`Property::descending`].
pub struct Sort<R> {
    name: String,
    descending: bool,
    of: PhantomData<fn() -> R>,
}

impl<R: 'static> Element for Sort<R> {
    const EXPECTED: &'static str = "a sort order";

    fn from_raw(_: crate::value::Raw<'_>, _: &Format) -> Option<Self> {
        None // only sent, never answered
    }

    fn into_datum(self) -> Option<Datum> {
        self.to_datum()
    }

    fn to_datum(&self) -> Option<Datum> {
        let sign = if self.descending { "-" } else { "" };
        Some(Datum::List(vec![Datum::Text(format!("{sign}{}", self.name))]))
    }
}

/// A choice of properties of the object `R` that an answer should hold.
pub struct Selection<R> {
    names: Vec<String>,
    of: PhantomData<fn() -> R>,
}

impl<R> Selection<R> {
    /// No property beyond those that the API always answers.
    #[must_use]
    pub const fn none() -> Self {
        Self { names: Vec::new(), of: PhantomData }
    }

    /// These properties, by their names on the wire.
    #[must_use]
    pub fn names(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { names: names.into_iter().map(Into::into).collect(), of: PhantomData }
    }

    /// One more.
    #[must_use]
    pub fn and<V>(mut self, property: &Property<R, V>) -> Self {
        self.names.push(property.name().to_owned());
        self
    }
}

impl<R: Record + Default> Selection<R> {
    /// Every property that the spec declares.
    #[must_use]
    pub fn all() -> Self {
        Self::names(R::default().shape().property_names())
    }
}

impl<R, S: Into<String>, const N: usize> From<[S; N]> for Selection<R> {
    fn from(names: [S; N]) -> Self {
        Self::names(names)
    }
}

impl<R, S: Into<String>> From<Vec<S>> for Selection<R> {
    fn from(names: Vec<S>) -> Self {
        Self::names(names)
    }
}

impl<R: 'static> Element for Selection<R> {
    const EXPECTED: &'static str = "a selection of properties";

    fn from_raw(_: crate::value::Raw<'_>, _: &Format) -> Option<Self> {
        None // only sent, never answered
    }

    fn into_datum(self) -> Option<Datum> {
        Some(Datum::List(self.names.into_iter().map(Datum::Text).collect()))
    }

    fn to_datum(&self) -> Option<Datum> {
        Some(Datum::List(self.names.iter().cloned().map(Datum::Text).collect()))
    }
}

/// How an API writes filters: the keys of a condition and the names of the operators.
#[derive(Debug)]
pub struct Dialect {
    /// Key of the list of conditions in a group.
    pub filters: &'static str,
    /// Key of the property's name.
    pub property: &'static str,
    /// Key of the operator.
    pub operator: &'static str,
    /// Key of the value, or of the lower bound.
    pub value: &'static str,
    /// Key of the upper bound.
    pub high_value: &'static str,
    /// Key of the list of values.
    pub values: &'static str,
    /// Names of the operators in the order of [`Operator`]; empty where the API lacks one.
    pub operators: [&'static str; 13],
    /// Most groups in one request.
    pub max_groups: Option<u32>,
    /// Most conditions in one group.
    pub max_filters_per_group: Option<u32>,
    /// Most conditions in one request.
    pub max_filters: Option<u32>,
}

impl Dialect {
    pub(crate) fn operator_name(&self, operator: Operator) -> Option<&'static str> {
        self.operators.get(operator as usize).copied().filter(|name| !name.is_empty())
    }

    /// Why the API would refuse these groups, if it would.
    pub(crate) fn refusal(&self, groups: &[Vec<Condition>]) -> Option<String> {
        let conditions = groups.iter().map(Vec::len).sum::<usize>();
        let largest = groups.iter().map(Vec::len).max().unwrap_or(0);
        let over = |count: usize, limit: Option<u32>, what: &str| {
            limit
                .filter(|limit| count as u64 > u64::from(*limit))
                .map(|limit| format!("{count} {what}, the API takes {limit} at most"))
        };
        over(groups.len(), self.max_groups, "groups joined by OR")
            .or_else(|| over(largest, self.max_filters_per_group, "conditions joined by AND in one group"))
            .or_else(|| over(conditions, self.max_filters, "conditions in all"))
            .or_else(|| {
                let unknown =
                    groups.iter().flatten().find(|one| self.operator_name(one.operator).is_none())?;
                Some(format!("the API has no operator {:?} (on `{}`)", unknown.operator, unknown.property))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Deal;
    const AMOUNT: Property<Deal, Decimal> = Property::new("amount");
    const NAME: Property<Deal, String> = Property::new("dealname");

    #[test]
    fn and_multiplies_out_or() {
        let filter = AMOUNT.gte(1).or(NAME.eq("a")).and(NAME.has_value());
        assert_eq!(filter.groups.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(filter.groups[1][0].property, "dealname");
    }
}
