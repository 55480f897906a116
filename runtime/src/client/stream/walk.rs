//! Which page is asked for next, and when a list is at its end. Knows nothing of the elements' type.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use super::keyset::{self, Keyset};
use crate::error::Error;
use crate::filter::Dialect;
use crate::meta::{ActionMeta, Cap, NextPage, Pagination};
use crate::page::Leads;
use crate::value::{Args, Datum, Element, Record};

/// So many empty pages in a row are taken for a list without an end.
const MOST_EMPTY_PAGES: u32 = 1000;

/// A list that ended before its end.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Truncated {
    /// The most records that the API gives.
    pub cap: u64,
    /// How many there are, where the API tells it.
    pub total: Option<i64>,
    /// Why there is no way to the others, and what would help.
    pub reason: String,
}

impl std::fmt::Display for Truncated {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the list ends after {} records", self.cap)?;
        if let Some(total) = self.total {
            write!(f, " of {total}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// What came.
pub(super) struct Seen {
    pub(super) count: usize,
    pub(super) next: Option<String>,
    pub(super) leads: Leads,
    pub(super) total: Option<i64>,
    /// One for each element, where [`Walk::rows`] wanted them.
    pub(super) rows: Vec<Row>,
}

/// What of an element decides how the list goes on.
pub(super) struct Row {
    pub(super) key: Option<Datum>,
    pub(super) sort: Sorted,
}

/// A value that a list is sorted by.
pub(super) enum Sorted {
    None,
    /// There is one, but it cannot be read.
    Odd,
    Is(Datum),
}

impl Row {
    /// The element's own side of it.
    pub(super) fn source<T: Element>(item: &mut T) -> Option<&dyn Record> {
        Element::record(item).map(|record| &*record)
    }
}

/// Which of a page's elements are the consumer's.
pub(super) enum Keep {
    All,
    Nothing,
    First(usize),
}

/// What a page has come to.
pub(super) struct Turn {
    pub(super) keep: Keep,
    pub(super) is_last: bool,
    pub(super) truncated: Option<Truncated>,
}

impl Turn {
    pub(super) const fn on(keep: Keep) -> Self {
        Self { keep, is_last: false, truncated: None }
    }

    pub(super) const fn end(keep: Keep) -> Self {
        Self { keep, is_last: true, truncated: None }
    }
}

/// The way through a list.
pub(super) struct Walk {
    action: &'static ActionMeta,
    args: Args,
    pagination: Option<Pagination>,
    mode: Mode,
    /// Why the list cannot go on behind its cap.
    obstacle: String,
    /// Hashes of all cursors so far: 8 bytes a page.
    cursors: HashSet<u64>,
    hasher: RandomState,
    received: u64,
    empty: u32,
    total: Option<i64>,
}

enum Mode {
    /// From cursor to cursor, and whatever else leads on; nothing at the start.
    Cursor(Leads),
    /// From key to key.
    Keyset(Box<Keyset>),
}

impl Walk {
    pub(super) fn new(
        action: &'static ActionMeta,
        dialect: Option<&'static Dialect>,
        mut args: Args,
    ) -> Self {
        let pagination = action.pagination;
        if let Some(Pagination { limit: Some(limit), max_limit: Some(max), .. }) = pagination
            && args.get(limit).is_none()
        {
            args.put(limit, Some(Datum::Integer(max.into())));
        }
        let cap = pagination.and_then(|pagination| pagination.cap);
        let (mut mode, mut obstacle) =
            (Mode::Cursor(Leads::new()), "the API gives no more of any list".to_owned());
        if let (Some(pagination), Some(keyset)) = (pagination, cap.and_then(|cap| cap.keyset)) {
            match Keyset::new(action, &mut args, pagination.cursor, keyset, dialect) {
                Ok(keyset) => mode = Mode::Keyset(Box::new(keyset)),
                Err(why) => obstacle = why,
            }
        }
        let (cursors, hasher) = (HashSet::new(), RandomState::new());
        let mut walk = Self {
            action,
            args,
            pagination,
            mode,
            obstacle,
            cursors,
            hasher,
            received: 0,
            empty: 0,
            total: None,
        };
        if let Some(Datum::Text(start)) =
            pagination.and_then(|pagination| walk.args.get(pagination.cursor)).cloned()
        {
            walk.is_new(&start);
        }
        walk
    }

    pub(super) const fn total(&self) -> Option<i64> {
        self.total
    }

    pub(super) const fn action(&self) -> &'static ActionMeta {
        self.action
    }

    /// The arguments of the next page's call.
    pub(super) fn request(&self) -> Args {
        let mut args = self.args.clone();
        let Some(pagination) = self.pagination else { return args };
        match &self.mode {
            Mode::Keyset(keyset) => keyset.request(&mut args),
            Mode::Cursor(leads) => {
                if let (NextPage::Link(_, also), false) = (pagination.next, leads.is_empty()) {
                    // Those that the link does not have are none of the next page's.
                    for index in std::iter::once(&pagination.cursor).chain(also) {
                        args.put(*index, None);
                    }
                }
                for (index, value) in leads {
                    args.put(*index, Some(Datum::Text(value.clone())));
                }
                // The API refuses a page that leads past its cap.
                if let (Some(cap), Some(limit)) = (pagination.cap, pagination.limit)
                    && let left = cap.records.saturating_sub(self.received).try_into().unwrap_or(i64::MAX)
                    && args
                        .get(limit)
                        .is_some_and(|size| matches!(size, Datum::Integer(size) if *size > left))
                {
                    args.put(limit, Some(Datum::Integer(left)));
                }
            }
        }
        args
    }

    /// What decides of each element, where that is not the cursor alone.
    pub(super) fn rows(&mut self, elements: &mut dyn Iterator<Item = Option<&dyn Record>>) -> Vec<Row> {
        match &mut self.mode {
            Mode::Cursor(_) => Vec::new(),
            Mode::Keyset(keyset) => elements.map(|element| keyset.row(element)).collect(),
        }
    }

    /// Takes a page in.
    pub(super) fn turn(&mut self, seen: Seen) -> Result<Turn, Error> {
        self.total = self.total.or(seen.total);
        if let Mode::Keyset(keyset) = &mut self.mode {
            match keyset.turn(&seen) {
                keyset::Turn::Go(turn) => return Ok(turn),
                keyset::Turn::Broken(why) => return Err(problem(self.action.name, &why)),
                // Nothing was given yet, so that the list can be walked from cursor to cursor instead.
                keyset::Turn::Impossible { why, again } => {
                    self.obstacle = why;
                    self.mode = Mode::Cursor(Leads::new());
                    if again {
                        return Ok(Turn::on(Keep::Nothing));
                    }
                }
            }
        }
        self.follow(seen)
    }

    fn follow(&mut self, seen: Seen) -> Result<Turn, Error> {
        self.received += seen.count as u64;
        self.empty = if seen.count == 0 { self.empty + 1 } else { 0 };
        let cap = self.pagination.and_then(|pagination| pagination.cap);
        let is_capped = cap.filter(|cap| self.received >= cap.records);
        let Some(next) = seen.next else {
            // Some APIs end the list there without a word; the total tells that it is not all.
            let more =
                self.total.is_some_and(|total| u64::try_from(total).is_ok_and(|total| total > self.received));
            return Ok(match is_capped.filter(|_| more) {
                Some(cap) => self.truncated(cap),
                None => Turn::end(Keep::All),
            });
        };
        if let Some(cap) = is_capped {
            return Ok(self.truncated(cap));
        }
        if !self.is_new(&next) {
            let why = format!("the server answered the cursor `{next}` twice, the list would never end");
            return Err(problem(self.action.name, &why));
        }
        if self.empty > MOST_EMPTY_PAGES {
            let why =
                format!("more than {MOST_EMPTY_PAGES} pages in a row were empty, and none was the last");
            return Err(problem(self.action.name, &why));
        }
        self.mode = Mode::Cursor(seen.leads);
        Ok(Turn::on(Keep::All))
    }

    fn truncated(&self, cap: Cap) -> Turn {
        let truncated = Truncated { cap: cap.records, total: self.total, reason: self.obstacle.clone() };
        tracing::warn!(action = self.action.name, "{truncated}");
        Turn { truncated: Some(truncated), ..Turn::end(Keep::All) }
    }

    fn is_new(&mut self, cursor: &str) -> bool {
        self.cursors.insert(self.hasher.hash_one(cursor))
    }
}

pub(super) fn problem(action: &'static str, why: &str) -> Error {
    Error::Pagination { action, problem: why.to_owned() }
}
