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

/// A page while it is read: which keys hold what is the action's to say.
pub(crate) struct Reading<L> {
    shape: &'static Shape,
    items: L,
    next: Option<String>,
    total: Option<i64>,
    /// Whether the answer says that there are more.
    more: Option<bool>,
    extra: Extra,
}

impl<L: Slot> Reading<L> {
    /// One whose elements go into this list.
    pub(crate) const fn new(shape: &'static Shape, items: L) -> Self {
        Self { shape, items, next: None, total: None, more: None, extra: Extra::EMPTY }
    }

    /// A page of these elements, without anything beside them.
    pub(crate) fn of(items: L) -> Self {
        static NOTHING: Shape = page_shape(&[]);
        Self::new(&NOTHING, items)
    }

    /// The page, with what leads to the next one.
    pub(crate) fn finish<T: Element>(
        self,
        answer: &Answer,
        items: impl FnOnce(L) -> Vec<T>,
    ) -> Result<Page<T>, DecodeError> {
        let Self { next, total, more, extra, .. } = self;
        let mut items = items(self.items);
        let last = items.last_mut().and_then(|last| Element::record(last)).map(|record| &*record);
        let leads = next::leads(answer, next, more, last)?;
        let next = leads.first().map(|(_, cursor)| cursor.clone());
        Ok(Page { items, next, total, extra, leads })
    }
}

impl<L: Slot> Record for Reading<L> {
    fn shape(&self) -> &'static Shape {
        self.shape
    }

    fn slot(&mut self, index: u16) -> Option<&mut dyn Slot> {
        match index {
            0 => Some(&mut self.items),
            1 => Some(&mut self.next),
            2 => Some(&mut self.total),
            3 => Some(&mut self.more),
            _ => None,
        }
    }

    fn value(&self, index: u16) -> Option<&dyn Slot> {
        match index {
            0 => Some(&self.items),
            1 => Some(&self.next),
            2 => Some(&self.total),
            3 => Some(&self.more),
            _ => None,
        }
    }

    fn extra_mut(&mut self) -> &mut Extra {
        &mut self.extra
    }

    fn extra(&self) -> &Extra {
        &self.extra
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
