//! Lists, page by page.

mod link;
mod next;

pub(crate) use next::Leads;

use crate::error::DecodeError;
use crate::pipeline::Answer;
use crate::value::{Element, Extra, Field, Format, Node, Record, Shape, Slot};

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// Its elements.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last one.
    pub next: Option<String>,
    /// How many elements all pages hold, where the API tells it.
    pub total: Option<i64>,
    /// What else the answer held.
    pub extra: Extra,
    /// The arguments of the next page's call.
    pub(crate) leads: Leads,
}

impl<T> Page<T> {
    /// One without elements, which is the last.
    #[cfg(feature = "dynamic")]
    pub(crate) const EMPTY: Self =
        Self { items: Vec::new(), next: None, total: None, extra: Extra::EMPTY, leads: Leads::new() };
}

impl<T> IntoIterator for Page<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

/// A page while it is read: which keys hold what is the action's to say. Of what type its elements are is known to the list alone.
struct Reading<'l> {
    shape: &'static Shape,
    items: &'l mut dyn Slot,
    found: Found,
}

/// What a page holds beside its elements.
#[derive(Default)]
struct Found {
    next: Option<String>,
    total: Option<i64>,
    /// Whether the answer says that there are more.
    more: Option<bool>,
    extra: Extra,
}

/// Reads a page whose elements go into this list; `elements` makes of it what they are.
pub(crate) fn read<L: Slot, T: Element>(
    answer: &Answer,
    mut list: L,
    elements: fn(L) -> Vec<T>,
) -> Result<Page<T>, DecodeError> {
    let found = Found::read(answer, &mut list)?;
    let mut items = elements(list);
    let last = match items.last_mut() {
        Some(last) => last.record(),
        None => None,
    };
    let (Found { next, total, extra, .. }, leads) = found.leads(answer, last)?;
    Ok(Page { items, next, total, extra, leads })
}

impl Found {
    fn read(answer: &Answer, items: &mut dyn Slot) -> Result<Self, DecodeError> {
        let Some(shape) = answer.action().answer else {
            // The answer is a list and nothing else.
            answer.read(items)?;
            return Ok(Self::default());
        };
        let mut page = Reading { shape, items, found: Self::default() };
        answer.read_record(&mut page)?;
        Ok(page.found)
    }

    /// With what leads to the next page.
    fn leads(mut self, answer: &Answer, last: Option<&mut dyn Record>) -> Result<(Self, Leads), DecodeError> {
        let last = last.map(|record| &*record);
        let leads = next::leads(answer, self.next, self.more, last)?;
        self.next = leads.first().map(|(_, cursor)| cursor.clone());
        Ok((self, leads))
    }
}

impl Record for Reading<'_> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
        match index {
            0 => Some(&mut *self.items),
            1 => Some(&mut self.found.next),
            2 => Some(&mut self.found.total),
            3 => Some(&mut self.found.more),
            _ => None,
        }
    }

    fn value(&self, index: u16) -> Option<&dyn Slot> {
        match index {
            0 => Some(&*self.items),
            1 => Some(&self.found.next),
            2 => Some(&self.found.total),
            3 => Some(&self.found.more),
            _ => None,
        }
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.found.extra
    }

    fn extra(&self) -> &Extra {
        &self.found.extra
    }
}

/// The shape of a page whose keys lie as `tree` says: elements are field 0, the cursor 1, the total 2, whether there are more 3.
#[must_use]
pub const fn page_shape(tree: &'static [Node]) -> Shape {
    const FIELDS: &[Field] = &[
        Field::new("items", Format::PLAIN),
        Field::new("next", Format::PLAIN),
        Field::new("total", Format::PLAIN),
        Field::new("more", Format::PLAIN),
    ];
    Shape { name: "page", fields: FIELDS, tree, required: &[0], clear: None }
}
