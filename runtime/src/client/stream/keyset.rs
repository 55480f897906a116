//! A search that goes on behind the most that the API gives: by asking for what comes after the last record.
//!
//! Without an order of the user's own, records come in the order of a key with unique values, and each page asks for keys greater
//! than the last. Pages are then exact also while records come and go: no offset shifts.
//!
//! With an order by a property `s`, whose values may be those of many records, a value's records must come as a whole, for nobody
//! promises an order among them. The last value of a page may have more records on the next one, so these are held back:
//!
//! ```text
//! s from the start   1 1 2 2 3 3 3 3 ·   gives the 1s and 2s; there may be more 3s
//! s >= 3             3 3 3 3 3 3 3 3 ·   nothing but 3s: too many for one page
//! s = 3, by key      3 3 3 3 3 3 3 3 …   all of them, page by page
//! s > 3              4 5 5 6             the last page
//! s without value    – – –               by key
//! ```

use std::cmp::Ordering;

use rust_decimal::prelude::ToPrimitive as _;

use super::walk::{Keep, Row, Seen, Sorted};
use crate::client::select;
use crate::filter::{Condition, Dialect, Operator};
use crate::meta::{self, ActionMeta};
use crate::value::{Args, Datum, Format, Node, Record, text};

pub(super) struct Keyset {
    meta: meta::Keyset,
    /// The user's filter.
    groups: Vec<Vec<Condition>>,
    /// The property that the user sorts by, unless that is the key.
    sort: String,
    descending: bool,
    at: At,
    /// How key and `sort` are written; known from the first record on.
    formats: (Format, Format),
}

enum At {
    /// All records by key, after this one.
    Key(Option<Datum>),
    /// Records by the user's order.
    Sorted(Bound),
    /// Records with this value, by key.
    Ties(Datum, Option<Datum>),
    /// Records without a value, by key.
    Without(Option<Datum>),
}

#[derive(Clone)]
enum Bound {
    Start,
    /// With any value, since some have none.
    Any,
    /// This value and those behind it.
    From(Datum),
    /// Those behind this value.
    After(Datum),
}

/// What a page has come to.
pub(super) enum Turn {
    Go(super::walk::Turn),
    /// The list has to be walked from cursor to cursor: from the start (`again`), or from this page on.
    Impossible {
        why: String,
        again: bool,
    },
    Broken(String),
}

impl Keyset {
    /// The way, or why there is none.
    pub(super) fn new(
        action: &ActionMeta,
        args: &mut Args,
        cursor: u16,
        meta: meta::Keyset,
        dialect: Option<&'static Dialect>,
    ) -> Result<Self, String> {
        if args.get(cursor).is_some() {
            return Err("it begins at a cursor; leave the cursor away".to_owned());
        }
        let groups = match args.get(meta.filter) {
            None => Vec::new(),
            Some(Datum::Filter(groups)) => groups.clone(),
            Some(_) => return Err("its filter is not one that conditions can be added to".to_owned()),
        };
        let (sort, descending) = match args.get(meta.sort) {
            None => (meta.key.to_owned(), false),
            Some(order) => order_of(order).ok_or("it is not sorted by one property")?,
        };
        let by_key = sort == meta.key;
        let at = if by_key { At::Key(None) } else { At::Sorted(Bound::Start) };
        let formats = (Format::TEXT, Format::TEXT);
        let keyset = Self { meta, groups, sort, descending, at, formats };
        // The largest filters that will be sent.
        let key = condition(meta.key, keyset.behind(), Some(String::new()));
        let mut largest = vec![key];
        if !by_key {
            largest.push(condition(&keyset.sort, Operator::Eq, Some(String::new())));
            let operators = [keyset.behind(), keyset.from(), Operator::Gt, Operator::Has, Operator::NotHas];
            let missing = |operator: &Operator| dialect.is_none_or(|d| d.operator_name(*operator).is_none());
            if operators.iter().any(missing) {
                return Err("the API's filters lack an operator that is needed".to_owned());
            }
        }
        if let Some(refusal) = dialect.and_then(|dialect| dialect.refusal(&keyset.with(&largest))) {
            let count = largest.len();
            return Err(format!(
                "its filter leaves no room for {count} more conditions in each group ({refusal}); make it smaller"
            ));
        }
        if let Some(select) = meta.select {
            select::also(action, args, select, meta.key);
            select::also(action, args, select, &keyset.sort);
        }
        Ok(keyset)
    }

    /// Sets filter and order of the next page.
    pub(super) fn request(&self, args: &mut Args) {
        let sorted = |operator, value: Option<&Datum>| {
            condition(&self.sort, operator, value.map(|value| text(value, &self.formats.1)))
        };
        let mut conditions = Vec::new();
        let (mut by, mut descending) = (self.meta.key, false);
        let mut last = None;
        match &self.at {
            At::Key(key) => (last, descending) = (key.as_ref(), self.descending),
            At::Ties(value, key) => {
                conditions.push(sorted(Operator::Eq, Some(value)));
                last = key.as_ref();
            }
            At::Without(key) => {
                conditions.push(sorted(Operator::NotHas, None));
                last = key.as_ref();
            }
            At::Sorted(bound) => {
                (by, descending) = (&self.sort, self.descending);
                match bound {
                    Bound::Start => {}
                    Bound::Any => conditions.push(sorted(Operator::Has, None)),
                    Bound::From(value) => conditions.push(sorted(self.from(), Some(value))),
                    Bound::After(value) => conditions.push(sorted(self.behind(), Some(value))),
                }
            }
        }
        if let Some(last) = last {
            let behind = if descending { Operator::Lt } else { Operator::Gt };
            conditions.push(condition(self.meta.key, behind, Some(text(last, &self.formats.0))));
        }
        if !conditions.is_empty() {
            args.put(self.meta.filter, Some(Datum::Filter(self.with(&conditions))));
        }
        let sign = if descending { "-" } else { "" };
        args.put(self.meta.sort, Some(Datum::List(vec![Datum::Text(format!("{sign}{by}"))])));
    }

    /// What decides of an element.
    pub(super) fn row(&mut self, element: Option<&dyn Record>) -> Row {
        let Some(record) = element else { return Row { key: None, sort: Sorted::Odd } };
        let key = property(record, self.meta.key, &mut self.formats.0);
        if !matches!(self.at, At::Sorted(_)) {
            return Row { key, sort: Sorted::None };
        }
        let sort = match property(record, &self.sort, &mut self.formats.1) {
            Some(value) => Sorted::Is(value),
            None => match record.extra().get(&self.sort) {
                None | Some(serde_json::Value::Null) => Sorted::None,
                Some(raw) if raw == "" => Sorted::None,
                Some(_) => Sorted::Odd,
            },
        };
        Row { key, sort }
    }

    /// Takes a page in.
    pub(super) fn turn(&mut self, seen: &Seen) -> Turn {
        match std::mem::replace(&mut self.at, At::Key(None)) {
            At::Sorted(bound) => self.sorted(&bound, seen),
            At::Key(last) => self.keyed(last, self.descending, seen, At::Key, None),
            At::Ties(value, last) => {
                let then = At::Sorted(Bound::After(value.clone()));
                self.keyed(last, false, seen, |last| At::Ties(value, last), Some(then))
            }
            At::Without(last) => self.keyed(last, false, seen, At::Without, None),
        }
    }

    /// A page by key; `then` comes after its last one.
    fn keyed(
        &mut self,
        mut last: Option<Datum>,
        descending: bool,
        seen: &Seen,
        at: impl FnOnce(Option<Datum>) -> At,
        then: Option<At>,
    ) -> Turn {
        for row in &seen.rows {
            let Some(key) = &row.key else {
                return Turn::Broken(format!(
                    "a record has no `{}`, by which the list goes on",
                    self.meta.key
                ));
            };
            // What a server repeats, or gives out of order, would be given twice or never.
            if last.as_ref().is_some_and(|last| compare(last, key, descending) != Some(Ordering::Less)) {
                return Turn::Broken(format!("the server does not keep the order by `{}`", self.meta.key));
            }
            last = Some(key.clone());
        }
        let keep = Keep::All;
        match (&seen.next, then) {
            (Some(_), _) if seen.count == 0 => Turn::Broken("an empty page is not the last".to_owned()),
            (Some(_), _) => {
                self.at = at(last);
                Turn::Go(super::walk::Turn::on(keep))
            }
            (None, Some(then)) => {
                self.at = then;
                Turn::Go(super::walk::Turn::on(keep))
            }
            (None, None) => Turn::Go(super::walk::Turn::end(keep)),
        }
    }

    /// A page by the user's order.
    fn sorted(&mut self, bound: &Bound, seen: &Seen) -> Turn {
        if seen.next.is_none() {
            if matches!(bound, Bound::Start) {
                return Turn::Go(super::walk::Turn::end(Keep::All));
            }
            self.at = At::Without(None);
            return Turn::Go(super::walk::Turn::on(Keep::All));
        }
        let nothing_given = matches!(bound, Bound::Start | Bound::Any);
        // From this page on, or from the start where this page was not the user's own.
        let fail = |why: String| match nothing_given {
            true => Turn::Impossible { why, again: !matches!(bound, Bound::Start) },
            false => Turn::Broken(why),
        };
        if seen.count == 0 {
            return fail("an empty page is not the last".to_owned());
        }
        if seen.rows.iter().any(|row| row.key.is_none()) {
            return fail(format!("a record has no `{}`, by which the list goes on", self.meta.key));
        }
        if matches!(bound, Bound::Start) && seen.rows.iter().any(|row| matches!(row.sort, Sorted::None)) {
            self.at = At::Sorted(Bound::Any);
            return Turn::Go(super::walk::Turn::on(Keep::Nothing));
        }
        let mut last = match bound {
            Bound::From(value) | Bound::After(value) => Some(value),
            Bound::Start | Bound::Any => None,
        };
        let mut is_ordered = false;
        for row in &seen.rows {
            let Sorted::Is(value) = &row.sort else { continue };
            match compare(last.unwrap_or(value), value, self.descending) {
                Some(Ordering::Greater) if last.is_some_and(|last| !is_same(last, value)) => {
                    return fail(format!("the server does not keep the order by `{}`", self.sort));
                }
                Some(_) => (last, is_ordered) = (Some(value), true),
                None => break,
            }
        }
        let Some(last) = last.filter(|_| is_ordered) else {
            let sort = &self.sort;
            return fail(format!(
                "it is sorted by `{sort}`, whose values have no order that is known; sort by a number or a time, or leave the order away"
            ));
        };
        let is_last = |row: &&Row| match &row.sort {
            Sorted::Is(value) => is_same(value, last),
            Sorted::None | Sorted::Odd => true,
        };
        let whole = seen.count - seen.rows.iter().rev().take_while(is_last).count();
        // The first of them: where two values are one to us and not to the server, it is the one that comes first there.
        let first = seen.rows[whole..].iter().find_map(|row| match &row.sort {
            Sorted::Is(value) => Some(value),
            Sorted::None | Sorted::Odd => None,
        });
        let first = first.unwrap_or(last).clone();
        let (at, keep) = match whole {
            0 => (At::Ties(first, None), Keep::Nothing),
            _ => (At::Sorted(Bound::From(first)), Keep::First(whole)),
        };
        self.at = at;
        Turn::Go(super::walk::Turn::on(keep))
    }

    /// Greater, or less where the order is descending.
    const fn behind(&self) -> Operator {
        if self.descending { Operator::Lt } else { Operator::Gt }
    }

    const fn from(&self) -> Operator {
        if self.descending { Operator::Lte } else { Operator::Gte }
    }

    /// The user's filter and these conditions.
    fn with(&self, conditions: &[Condition]) -> Vec<Vec<Condition>> {
        if self.groups.is_empty() {
            return vec![conditions.to_vec()];
        }
        self.groups.iter().map(|group| group.iter().chain(conditions).cloned().collect()).collect()
    }
}

fn condition(property: &str, operator: Operator, value: Option<String>) -> Condition {
    Condition { property: property.to_owned(), operator, value, high_value: None, values: Vec::new() }
}

/// `["-amount"]`: the property, and whether it is descending.
fn order_of(order: &Datum) -> Option<(String, bool)> {
    let Datum::List(names) = order else { return None };
    let [name] = names.as_slice() else { return None };
    let name = text(name, &Format::PLAIN);
    Some(match name.strip_prefix('-') {
        Some(name) => (name.to_owned(), true),
        None => (name, false),
    })
}

/// Which comes first; `None` where values have no order that is known.
fn compare(left: &Datum, right: &Datum, descending: bool) -> Option<Ordering> {
    let order = match (left, right) {
        (Datum::Integer(left), Datum::Integer(right)) => left.cmp(right),
        (Datum::Decimal(left), Datum::Decimal(right)) => left.cmp(right),
        (Datum::Float(left), Datum::Float(right)) => left.partial_cmp(right)?,
        (Datum::Time(left), Datum::Time(right)) => left.cmp(right),
        (Datum::Date(left), Datum::Date(right)) => left.cmp(right),
        _ => return None,
    };
    Some(if descending { order.reverse() } else { order })
}

/// Whether two values may be one to the server, which compares numbers as floating point ones.
fn is_same(left: &Datum, right: &Datum) -> bool {
    match (left, right) {
        (Datum::Decimal(left), Datum::Decimal(right)) => left == right || left.to_f64() == right.to_f64(),
        _ => left == right,
    }
}

/// A record's value of a property, and how it is written.
fn property(record: &dyn Record, name: &str, format: &mut Format) -> Option<Datum> {
    let shape = record.shape();
    let Node::Field(_, index) = Node::find(shape.properties(), name)? else { return None };
    *format = shape.fields.get(usize::from(*index))?.format;
    record.value(*index)?.datum()
}
