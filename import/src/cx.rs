//! What every step of an import needs: the documents, where it is in them, and what it has to say.

use std::collections::HashSet;

use typed_connector_specs::text::{Kind, Problem, Problems, Span, Value, nearest};
use typed_connector_specs::{Code, Location};

use crate::read::Document;
use crate::references::{Led, Lost, Trees};
use crate::types::Types;

/// Something that the import could not carry over as it stands.
#[derive(Debug, Clone)]
pub struct Warning {
    /// Where.
    pub location: Location,
    /// In which operation, `POST /deals`, if it is known.
    pub operation: Option<String>,
    /// What it became.
    pub message: String,
    /// Whether a value became `json`, any JSON, for want of a better type.
    pub became_json: bool,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: ", self.location)?;
        if let Some(operation) = &self.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&self.message)
    }
}

pub(crate) struct Cx<'d> {
    pub(crate) documents: &'d [Document],
    /// The document at hand.
    pub(crate) at: usize,
    pub(crate) problems: Problems,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) types: Types<'d>,
    /// The address that was asked for, in place of the documents' own.
    pub(crate) base_url: Option<String>,
    /// The operation at hand, `POST /deals`, and where it starts.
    pub(crate) operation: Option<(String, Span)>,
    /// Whether the operation at hand cannot be used.
    pub(crate) broken: bool,
    /// References that lead nowhere.
    pub(crate) dangling: HashSet<Span>,
    /// How many operations were lost before they could be read.
    pub(crate) lost: usize,
    /// How many lists and maps are around the value at hand.
    pub(crate) nesting: usize,
    trees: Trees<'d>,
    told: HashSet<(Span, String)>,
    quiet: bool,
}

impl<'d> Cx<'d> {
    pub(crate) fn new(documents: &'d [Document], trees: Trees<'d>, problems: Problems) -> Self {
        Self {
            documents,
            at: 0,
            problems,
            warnings: Vec::new(),
            types: Types::default(),
            base_url: None,
            operation: None,
            broken: false,
            dangling: HashSet::new(),
            lost: 0,
            nesting: 0,
            trees,
            told: HashSet::new(),
            quiet: false,
        }
    }

    pub(crate) fn document(&self) -> &'d Document {
        &self.documents[self.at]
    }

    /// The message with the operation that it is about.
    pub(crate) fn told(&self, message: &str) -> String {
        match &self.operation {
            Some((name, _)) => format!("{name}: {message}"),
            None => message.to_owned(),
        }
    }

    /// A mistake of the document. What it is found in cannot be used.
    pub(crate) fn error(&mut self, problem: Problem) {
        if self.quiet {
            return;
        }
        match self.types.open.last() {
            Some(&id) => self.types.list[id].broken = true,
            None => self.broken = true,
        }
        self.mistake(problem);
    }

    /// A mistake of the document that costs no more than a type.
    pub(crate) fn mistake(&mut self, problem: Problem) {
        if self.quiet {
            return;
        }
        let problem = match &self.operation {
            Some((_, span)) => problem.also(*span, "in this operation"),
            None => problem,
        };
        self.problems.report(problem);
    }

    pub(crate) fn warn(&mut self, span: Span, message: impl Into<String>) {
        self.keep(span, message.into(), false);
    }

    /// A value that becomes any JSON.
    pub(crate) fn json(&mut self, span: Span, why: &str) {
        self.keep(span, format!("{why}; it becomes `json`"), true);
    }

    /// Looks at something again that was told of before.
    pub(crate) fn quietly<T>(&mut self, look: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.quiet, true);
        let seen = look(self);
        self.quiet = before;
        seen
    }

    /// Counts what becomes any JSON for a mistake that is told of by itself.
    fn unknown_json(&mut self, span: Span) {
        if !self.quiet {
            self.dangling.insert(span);
        }
    }

    fn keep(&mut self, span: Span, message: String, became_json: bool) {
        if self.quiet || !self.told.insert((span, message.clone())) {
            return;
        }
        let location = self.problems.location(span);
        let operation = self.operation.as_ref().map(|(name, _)| name.clone());
        self.warnings.push(Warning { location, operation, message, became_json });
    }

    /// Follows `$ref` as far as it leads; the second part is the last step. `None` where it leads nowhere, which is reported.
    pub(crate) fn deref(&mut self, value: &'d Value) -> Option<(&'d Value, Option<Led<'d>>)> {
        let before = self.problems.count();
        let followed = self.trees.follow(value, &mut self.problems);
        // What is wrong with a file that was read on the way costs the operation that needs it.
        if let Some((operation, _)) = &self.operation {
            self.problems.prefix_since(before, |_| Some(operation.clone()));
        }
        match followed {
            Ok(found) => Some(found),
            Err((reference, lost)) => {
                self.lost(reference, lost);
                None
            }
        }
    }

    /// The value of a key. Where a list or a map of something should stand there may be a reference to one: OpenAPI does not have it,
    /// and those who keep a document in many files do.
    pub(crate) fn get(&mut self, value: &'d Value, key: &str) -> Option<&'d Value> {
        let value = value.get(key)?;
        match value.get("$ref").map(|reference| &reference.kind) {
            Some(Kind::String(_)) => self.deref(value).map(|(found, _)| found),
            _ => Some(value),
        }
    }

    /// What a text that is a reference leads to, without a word where it leads nowhere.
    pub(crate) fn target(&mut self, reference: &'d Value) -> Option<&'d Value> {
        let text = reference.as_str()?;
        let (found, _) = self.trees.step(reference, text, &mut 1, &mut self.problems).ok()?;
        self.trees.follow(found, &mut self.problems).ok().map(|(found, _)| found)
    }

    /// The name that a schema has where it is declared.
    pub(crate) fn declared_name(&self, led: Led<'_>) -> Option<String> {
        self.trees.declared_name(led)
    }

    fn lost(&mut self, reference: &'d Value, lost: Lost<'d>) {
        match lost {
            Lost::NoText => {
                let message = self.told("`$ref` is a text; it becomes `json`");
                self.mistake(Problem::new(Code::WrongType, reference.span, message));
            }
            Lost::Circle => self.json(reference.span, "references that lead in a circle"),
            Lost::NotRead => self.json(reference.span, "a reference into another file is not followed"),
            Lost::Nothing { file, pointer } => self.dangling(reference, file, pointer),
            // What is wrong with it was told where it was read.
            Lost::File => self.unknown_json(reference.span),
            Lost::Refused(refusal) => {
                self.unknown_json(reference.span);
                if !self.quiet && !self.trees.is_told(&refusal) {
                    let message = self.told(&refusal.why);
                    let problem = Problem::new(Code::UnknownType, reference.span, message)
                        .label("this reference is not followed")
                        .help(format!("{}; what needs it becomes `json` or is left out", refusal.help));
                    self.mistake(problem);
                }
            }
        }
    }

    fn dangling(&mut self, reference: &Value, file: usize, pointer: &'d str) {
        let target = reference.as_str().unwrap_or_default();
        let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        let siblings = self.trees.siblings(file, parent, &mut self.problems);
        let before = target.split_once('#').map_or(target, |(before, _)| before);
        let near = nearest(name, siblings);
        let near =
            near.map(|near| format!("{before}#{parent}/{}", near.replace('~', "~0").replace('/', "~1")));
        let message = self.told(&format!("nothing is at `{target}`"));
        self.unknown_json(reference.span);
        let problem = Problem::new(Code::UnknownType, reference.span, message);
        let problem = match &near {
            Some(near) => problem.did_you_mean(Some(near)),
            None => problem.label("this reference leads nowhere"),
        };
        self.mistake(problem.help("what refers to it is imported as `json`, any JSON"));
    }
}
