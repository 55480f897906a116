//! In which order keys come: records of one kind have theirs in the same order, in one answer and in the next.

use super::{Node, Shape};

/// For each group of keys that was met, which key came after which.
///
/// A guess only: a wrong one costs a search, never a wrong value. It holds no data of any answer, and no more entries than
/// the spec has groups of keys.
#[derive(Debug, Default)]
pub(crate) struct Orders(Vec<(Group, Order)>);

/// A group of keys. The compiler may keep equal groups of two types in one place, but not the types' shapes, which are statics.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    pub(super) shape: &'static Shape,
    pub(super) nodes: &'static [Node],
}

impl PartialEq for Group {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.shape, other.shape) && std::ptr::eq(self.nodes, other.nodes)
    }
}

impl Orders {
    /// The order of a group, to be given back. Where it was taken already, since types contain each other, it is a new one.
    pub(super) fn take(&mut self, group: Group) -> Order {
        let known = self.0.iter_mut().find(|(known, _)| *known == group);
        let known = known.map(|(_, order)| std::mem::take(order)).filter(|order| !order.0.is_empty());
        known.unwrap_or_else(|| Order::alphabetic(group))
    }

    pub(super) fn give_back(&mut self, group: Group, order: Order) {
        match self.0.iter_mut().find(|(known, _)| *known == group) {
            Some((_, place)) => *place = order,
            None => self.0.push((group, order)),
        }
    }
}

/// The order of the keys of one group: an entry for the start, and one for each key.
#[derive(Debug, Default)]
pub(super) struct Order(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    /// Index of the key that came next; where none did yet, the next in the alphabet.
    next: u16,
    /// The field's bit among the required ones; 0 where it is not required.
    required: u64,
}

impl Order {
    /// The entry before the first key; that of a key is its index plus one.
    pub(super) const START: usize = 0;

    /// What is assumed before the first answer.
    fn alphabetic(Group { shape, nodes }: Group) -> Self {
        let required = |node: &Node| match node {
            Node::Field(_, index) => shape.required.iter().take(64).position(|required| required == index),
            Node::Group(..) | Node::Properties(..) => None,
        };
        let start = Entry { next: 0, required: 0 };
        let keys = (1u16..)
            .zip(nodes)
            .map(|(next, node)| Entry { next, required: required(node).map_or(0, |bit| 1 << bit) });
        Self(std::iter::once(start).chain(keys).collect())
    }

    /// The key that is expected after this entry.
    pub(super) fn after(&self, last: usize) -> u16 {
        self.0[last].next
    }

    pub(super) fn came(&mut self, last: usize, index: u16) {
        self.0[last].next = index;
    }

    pub(super) fn required(&self, entry: usize) -> u64 {
        self.0[entry].required
    }
}
