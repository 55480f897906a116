//! Fields whose choices another action tells, wherever they are in a form.

use serde_json::{Map, Value};
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, Field, FieldType};

use super::shape::{Members, Shape, any_field, shape, variant};
use super::{Pairs, at, of_action, read};

/// A control whose choices are asked for.
pub(in crate::console) struct Asked {
    /// Its name in the form.
    pub(in crate::console) at: String,
    pub(in crate::console) field: &'static Field,
    /// What is given beside it: on that the choices can depend.
    pub(in crate::console) given: Map<String, Value>,
}

/// Whether other actions tell the choices of any field.
pub(in crate::console) fn has_offers(action: Action) -> bool {
    any_field(action.connector().model(), &of_action(action), 0, &|field| field.options_from.is_some())
}

/// All such controls that the form shows, those of rows included.
pub(in crate::console) fn asked(action: Action, pairs: &Pairs) -> Vec<Asked> {
    let mut search = Search { model: action.connector().model(), pairs, asked: Vec::new() };
    search.group(&of_action(action), "", 0);
    search.asked
}

struct Search<'p> {
    model: &'static Connector,
    pairs: &'p Pairs,
    asked: Vec<Asked>,
}

impl Search<'_> {
    fn group(&mut self, members: &Members, prefix: &str, depth: usize) {
        let is_asked = members.fields.iter().any(|(field, _)| field.options_from.is_some());
        let given = match is_asked {
            true => read::given(self.model, members, prefix, self.pairs, depth),
            false => Map::new(),
        };
        for (field, _) in &members.fields {
            let path = at(prefix, &field.key);
            if field.options_from.is_some() {
                let places = match shape(self.model, &field.ty, depth) {
                    Shape::List(_) => {
                        (0..self.pairs.rows(&path).max(1)).map(|row| format!("{path}[{row}]")).collect()
                    }
                    _ => vec![path.clone()],
                };
                self.asked.extend(places.into_iter().map(|at| Asked { at, field, given: given.clone() }));
            }
            self.inside(&field.ty, &path, depth, usize::from(field.must_be_given()));
        }
    }

    /// What is inside of a field; of a list so many rows are shown at least.
    fn inside(&mut self, ty: &'static FieldType, path: &str, depth: usize, least: usize) {
        match shape(self.model, ty, depth) {
            Shape::List(inner) => {
                for row in 0..self.pairs.rows(path).max(least) {
                    self.inside(inner, &format!("{path}[{row}]"), depth + 1, 0);
                }
            }
            Shape::Group(members) => self.group(&members, path, depth + 1),
            Shape::Union(union) => {
                let kind = self.pairs.text(&format!("{path}#kind"));
                let chosen = union.variants.iter().find(|one| Some(one.key.as_str()) == kind);
                if let Some(chosen) = chosen
                    && let Shape::Group(members) = variant(self.model, chosen, depth)
                {
                    self.group(&members, &format!("{path}#{}", chosen.key), depth + 1);
                }
            }
            _ => {}
        }
    }
}
