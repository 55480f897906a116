//! Which objects contain each other.

use crate::model::{FieldType, Type, TypeKind, TypeRef};

/// Numbers every type so that two have the same number when each contains the other without a list or a map between them.
///
/// These are the strongly connected components of the graph of fields, by Tarjan's algorithm: linear, and without recursion, since
/// there may be many types in a row.
pub(super) fn number(types: &mut [Type]) {
    let mut search = Search {
        seen: vec![None; types.len()],
        lowest: vec![0; types.len()],
        open: Vec::new(),
        is_open: vec![false; types.len()],
        next: 0,
    };
    let mut circles = vec![0; types.len()];
    for start in 0..types.len() {
        if search.seen[start].is_none() {
            search.from(start, types, &mut circles);
        }
    }
    for (ty, circle) in types.iter_mut().zip(circles) {
        ty.circle = circle;
    }
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
    fn from(&mut self, start: usize, types: &[Type], circles: &mut [usize]) {
        let mut way = vec![(self.enter(start), 0)];
        while let Some((ty, field)) = way.pop() {
            if let Some(inner) = inner(types, ty, field) {
                way.push((ty, field + 1));
                match inner.map(|TypeRef(inner)| (inner, self.seen[inner])) {
                    Some((inner, None)) => way.push((self.enter(inner), 0)),
                    Some((inner, Some(met))) if self.is_open[inner] => {
                        self.lowest[ty] = self.lowest[ty].min(met);
                    }
                    _ => {}
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

/// The type that a field of an object holds itself, if it does; `None` behind its last field.
fn inner(types: &[Type], ty: usize, field: usize) -> Option<Option<TypeRef>> {
    let TypeKind::Object(object) = &types[ty].kind else { return None };
    Some(match object.fields.get(field)?.ty {
        FieldType::Named(inner) => Some(inner),
        _ => None,
    })
}
