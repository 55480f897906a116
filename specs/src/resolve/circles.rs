//! Which objects contain each other.

use crate::model::{FieldType, Type, TypeKind, TypeRef};

/// Numbers every type so that two have the same number when each contains the other without a list or a map between them.
///
/// These are the strongly connected components of the graph of fields, by Tarjan's algorithm: linear, and without recursion, since
/// there may be many types in a row.
pub(super) fn number(types: &mut [Type]) {
    let circles = of(&types.iter().map(|ty| Some(&ty.kind)).collect::<Vec<_>>());
    for (ty, circle) in types.iter_mut().zip(circles) {
        ty.circle = circle;
    }
}

/// The numbers themselves, where some types may not be known.
pub(crate) fn of(kinds: &[Option<&TypeKind>]) -> Vec<usize> {
    let mut search = Search {
        seen: vec![None; kinds.len()],
        lowest: vec![0; kinds.len()],
        open: Vec::new(),
        is_open: vec![false; kinds.len()],
        next: 0,
    };
    let held: Vec<_> = kinds.iter().map(|kind| kind.map(held).unwrap_or_default()).collect();
    let mut circles = vec![0; kinds.len()];
    for start in 0..kinds.len() {
        if search.seen[start].is_none() {
            search.from(start, &held, &mut circles);
        }
    }
    circles
}

struct Search {
    /// The order in which types were met.
    seen: Vec<Option<usize>>,
    /// The earliest open type that each one leads back to.
    lowest: Vec<usize>,
    /// Types whose circle is not known yet.
    open: Vec<usize>,
    is_open: Vec<bool>,
    next: usize,
}

impl Search {
    fn from(&mut self, start: usize, held: &[Vec<usize>], circles: &mut [usize]) {
        let mut way = vec![(self.enter(start), 0)];
        while let Some((ty, at)) = way.pop() {
            if let Some(&inner) = held[ty].get(at) {
                way.push((ty, at + 1));
                match self.seen[inner] {
                    None => way.push((self.enter(inner), 0)),
                    Some(met) if self.is_open[inner] => self.lowest[ty] = self.lowest[ty].min(met),
                    Some(_) => {}
                }
                continue;
            }
            if let Some((outer, _)) = way.last() {
                self.lowest[*outer] = self.lowest[*outer].min(self.lowest[ty]);
            }
            if self.seen[ty] == Some(self.lowest[ty]) {
                while let Some(member) = self.open.pop() {
                    self.is_open[member] = false;
                    circles[member] = ty;
                    if member == ty {
                        break;
                    }
                }
            }
        }
    }

    fn enter(&mut self, ty: usize) -> usize {
        self.seen[ty] = Some(self.next);
        self.lowest[ty] = self.next;
        self.next += 1;
        self.open.push(ty);
        self.is_open[ty] = true;
        ty
    }
}

/// The types that an object holds in its fields.
fn held(kind: &TypeKind) -> Vec<usize> {
    let TypeKind::Object(object) = kind else { return Vec::new() };
    let held = object.fields.iter().filter_map(|field| match field.ty {
        FieldType::Named(TypeRef(inner)) => Some(inner),
        _ => None,
    });
    held.collect()
}
