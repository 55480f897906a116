//! What is wrong with what a form gives, and the control that it is about.

use maud::{Markup, html};
use typed_connector::ArgumentProblem;
use typed_connector::dynamic::Action;
use typed_connector::dynamic::model::{Connector, FieldType};

use super::shape::{Members, Shape, shape, variant};
use super::{Pairs, at, filter, of_action, read};
use crate::console::pages::inline;

/// What is wrong with one argument, or one setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::console) struct Problem {
    /// The name of its control in the form; empty for all of them together.
    pub(in crate::console) at: String,
    /// Its place in the arguments, as the library has it.
    pub(in crate::console) argument: String,
    pub(in crate::console) text: String,
}

impl Problem {
    /// One of the control of this name; of all together where that is empty.
    pub(in crate::console) fn new(at: impl Into<String>, text: impl Into<String>) -> Self {
        let at = at.into();
        Self { argument: at.clone(), at, text: text.into() }
    }

    /// As the library tells it.
    pub(in crate::console) fn told(action: Action, pairs: &Pairs, problem: &ArgumentProblem) -> Self {
        // The form says by itself what it is, and shows its choices.
        let text = match problem.message.starts_with("is required: ") {
            true => "is required".to_owned(),
            false => problem.message.clone(),
        };
        Self { at: place(action, pairs, &problem.argument), argument: problem.argument.clone(), text }
    }

    /// What is between the name of the argument and the text: some texts go on from it.
    pub(in crate::console) fn joint(&self) -> &'static str {
        if self.text.starts_with("is ") || self.text.starts_with("cannot ") { " " } else { ": " }
    }
}

/// How a control shows that something is wrong with it.
pub(in crate::console) struct Marks<'p>(pub(in crate::console) &'p [Problem]);

impl<'p> Marks<'p> {
    fn of(&self, name: &str) -> impl Iterator<Item = &'p Problem> {
        self.0.iter().filter(move |problem| problem.at == name)
    }

    /// For `aria-invalid`.
    pub(in crate::console) fn invalid(&self, name: &str) -> Option<&'static str> {
        self.of(name).next().is_some().then_some("true")
    }

    /// For `aria-describedby`: what is wrong, and the help where there is one.
    pub(in crate::console) fn described(&self, name: &str, has_help: bool) -> Option<String> {
        let problem = self.invalid(name).map(|_| format!("{name}-problem"));
        let help = has_help.then(|| format!("{name}-help"));
        let ids: Vec<_> = problem.into_iter().chain(help).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }

    /// Whether anything is wrong with the controls whose names start so.
    pub(in crate::console) fn any(&self, prefix: &str) -> bool {
        self.0.iter().any(|problem| problem.at.starts_with(prefix))
    }

    /// What is wrong, beside the control; as something of this label, or as sentences of their own.
    pub(in crate::console) fn message(&self, name: &str, label: Option<&str>) -> Markup {
        html! {
            @if self.invalid(name).is_some() {
                span.problem id={ (name) "-problem" } {
                    @for problem in self.of(name) {
                        @match label {
                            Some(label) => { (label) (problem.joint()) (problem.text) ". " }
                            None => { (inline(&problem.text)) " " }
                        }
                    }
                }
            }
        }
    }
}

/// The control of a place in the arguments; that of the nearest one around it where it has none.
fn place(action: Action, pairs: &Pairs, argument: &str) -> String {
    Places { model: action.connector().model(), pairs }.group(&of_action(action), "", argument, 0)
}

struct Places<'p> {
    model: &'static Connector,
    pairs: &'p Pairs,
}

impl Places<'_> {
    fn group(&self, members: &Members, prefix: &str, rest: &str, depth: usize) -> String {
        let Some((key, rest)) = key(rest) else { return prefix.to_owned() };
        let path = at(prefix, key);
        if let Some((field, _)) = members.fields.iter().find(|(field, _)| field.key == key) {
            return self.value(&field.ty, &path, rest, depth);
        }
        match members.others {
            Some(others) if others == key => self.row(&path, rest).map_or(path, |(row, _)| row),
            _ => prefix.to_owned(),
        }
    }

    fn value(&self, ty: &'static FieldType, path: &str, rest: &str, depth: usize) -> String {
        let found = match shape(self.model, ty, depth) {
            _ if rest.is_empty() => None,
            Shape::List(inner) => {
                index(rest).map(|(row, rest)| self.value(inner, &format!("{path}[{row}]"), rest, depth + 1))
            }
            Shape::Map(inner) => {
                self.row(path, rest).map(|(row, rest)| self.value(inner, &row, rest, depth + 1))
            }
            Shape::Group(members) => Some(self.group(&members, path, rest, depth + 1)),
            Shape::Union(union) => {
                let kind = self.pairs.given(&format!("{path}#kind"));
                let chosen = union.variants.iter().find(|one| Some(one.key.as_str()) == kind);
                chosen.and_then(|chosen| match variant(self.model, chosen, depth) {
                    Shape::Group(members) => {
                        Some(self.group(&members, &format!("{path}#{}", chosen.key), rest, depth + 1))
                    }
                    _ => None,
                })
            }
            Shape::Filter(_) => filter::place(path, rest, self.pairs),
            _ => None,
        };
        found.unwrap_or_else(|| path.to_owned())
    }

    /// The row of a map whose name comes next.
    fn row<'r>(&self, path: &str, rest: &'r str) -> Option<(String, &'r str)> {
        let rest = rest.strip_prefix('.').unwrap_or(rest);
        read::map_rows(self.pairs, path).find_map(|(name, row)| {
            let after = rest.strip_prefix(name)?;
            (after.is_empty() || after.starts_with(['.', '['])).then_some((row, after))
        })
    }
}

/// The key that comes next in a place, and what comes then.
pub(super) fn key(rest: &str) -> Option<(&str, &str)> {
    let rest = rest.strip_prefix('.').unwrap_or(rest);
    let end = rest.find(['.', '[']).unwrap_or(rest.len());
    (end > 0).then(|| rest.split_at(end))
}

/// The same of an index.
pub(super) fn index(rest: &str) -> Option<(usize, &str)> {
    let (index, rest) = rest.strip_prefix('[')?.split_once(']')?;
    Some((index.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use typed_connector::dynamic;

    #[test]
    fn places_are_those_of_the_controls() {
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let action = |name: &str| hubspot.action(name).expect("it has one");
        // The first group and its first row are empty.
        let filter = b"filterGroups[0].c[0].property=&filterGroups[1].c[1].property=amount&filterGroups[1].c[2].property=amount\
            &filterGroups[1].c[3].property=closedate&filterGroups[1].c[3].operator=between&filterGroups[2].c[0].property=amount";
        for (name, pairs, argument, at) in [
            ("deals.create", &b""[..], "amount", "amount"),
            ("deals.create", b"property[1]%23name=segment", "property.segment", "property[1]"),
            ("deals.batch_create", b"", "inputs[3].amount", "inputs[3].amount"),
            ("deals.batch_create", b"", "inputs[3]", "inputs[3]"),
            ("deals.batch_create", b"", "inputs", "inputs"),
            ("deals.search", filter, "filterGroups[0].amount[1].gte", "filterGroups[1].c[2].value"),
            ("deals.search", filter, "filterGroups[0].closedate.between[1]", "filterGroups[1].c[3].high"),
            ("deals.search", filter, "filterGroups[1].amount.eq", "filterGroups[2].c[0].value"),
            ("deals.search", filter, "filterGroups[7].amount.eq", "filterGroups"),
            ("deals.search", b"", "properties[2]", "properties"),
            ("deals.search", b"", "nothing", ""),
        ] {
            assert_eq!(place(action(name), &Pairs::parse(pairs), argument), at, "{name} {argument}");
        }
    }
}
