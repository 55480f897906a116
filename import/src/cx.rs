//! What every step of an import needs: the documents, where it is in them, and what it has to say.

use std::collections::HashSet;

use typed_connector_specs::text::{Problem, Problems, Span, Value, nearest};
use typed_connector_specs::{Code, Location};

use crate::read::Document;
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
    told: HashSet<(Span, String)>,
    quiet: bool,
}

impl<'d> Cx<'d> {
    pub(crate) fn new(documents: &'d [Document], problems: Problems) -> Self {
        Self {
            documents,
            at: 0,
            problems,
            warnings: Vec::new(),
            types: Types::default(),
            operation: None,
            broken: false,
            dangling: HashSet::new(),
            lost: 0,
            nesting: 0,
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

    /// Follows `$ref` as far as it leads; the second part is the last pointer followed, from the root of the document.
    /// `None` where it leads nowhere, which is reported.
    pub(crate) fn deref(&mut self, value: &'d Value) -> Option<(&'d Value, Option<&'d str>)> {
        let (mut value, mut pointer) = (value, None);
        for _ in 0..32 {
            let Some(reference) = value.get("$ref") else { return Some((value, pointer)) };
            let Some(target) = reference.as_str() else {
                let message = self.told("`$ref` is a text; it becomes `json`");
                self.mistake(Problem::new(Code::WrongType, reference.span, message));
                return None;
            };
            let Some(local) = target.strip_prefix('#') else {
                self.json(reference.span, "a reference into another file is not followed");
                return None;
            };
            let Some(found) = find(&self.document().root, local) else {
                self.dangling(reference, target, local);
                return None;
            };
            (value, pointer) = (found, Some(local));
        }
        self.json(value.span.first(), "references that lead in a circle");
        None
    }

    fn dangling(&mut self, reference: &Value, target: &str, local: &str) {
        let (parent, name) = local.rsplit_once('/').unwrap_or(("", local));
        let root = &self.document().root;
        let siblings = find(root, parent).and_then(Value::members).unwrap_or_default();
        let near = nearest(name, siblings.iter().map(|member| member.key.as_str()));
        let near = near.map(|near| format!("#{parent}/{near}"));
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

/// What a JSON pointer (RFC 6901), as the fragment of an address, points to.
pub(crate) fn find<'d>(root: &'d Value, pointer: &str) -> Option<&'d Value> {
    if pointer.is_empty() {
        return Some(root);
    }
    pointer.strip_prefix('/')?.split('/').try_fold(root, |value, key| {
        let key = percent_encoding::percent_decode_str(key).decode_utf8().ok()?;
        let key = key.replace("~1", "/").replace("~0", "~");
        match &value.kind {
            typed_connector_specs::text::Kind::Array(items) => items.get(key.parse::<usize>().ok()?),
            _ => value.get(&key),
        }
    })
}
