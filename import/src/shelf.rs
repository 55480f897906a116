//! Trees that are added while others hold on to those that are there.

use std::cell::OnceCell;

use typed_connector_specs::text::Value;

/// A list that only grows, so that what is in it stays where it is.
#[derive(Debug, Default)]
pub(crate) struct Shelf(OnceCell<Box<Kept>>);

#[derive(Debug)]
struct Kept {
    tree: Value,
    next: Shelf,
}

/// Its end, where the next goes.
#[derive(Debug)]
pub(crate) struct Place<'d>(&'d Shelf);

impl Shelf {
    pub(crate) fn place(&self) -> Place<'_> {
        Place(self)
    }
}

impl<'d> Place<'d> {
    pub(crate) fn put(&mut self, tree: Value) -> &'d Value {
        let kept = self.0.0.get_or_init(|| Box::new(Kept { tree, next: Shelf::default() }));
        self.0 = &kept.next;
        &kept.tree
    }
}

/// One after the other: dropped as they are built, a long list would be a deep recursion.
impl Drop for Shelf {
    fn drop(&mut self) {
        let mut next = self.0.take();
        while let Some(mut kept) = next {
            next = kept.next.0.take();
        }
    }
}
