//! Questions on a terminal, in the spec's words.

use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, Password};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{Connector, Effect, Field, FieldType, TypeKind};
use typed_connector::dynamic::{self, Action, Client};

use super::access::{Access, Authorized, Spec};
use super::choices::{self, Choice, Question};
use super::find::{Finder, Found, Takes};
use super::{line, shown, text};
use crate::Failure;

/// Asks for everything that must be given and was not, and puts it among the arguments. Where nothing at all was given to an action that
/// writes, asks which of its fields to fill. Nobody is asked for what cannot be sent then, unless nothing shall be sent.
pub(crate) async fn missing(
    action: Action,
    spec: &Spec,
    access: &Access,
    is_sent: bool,
    arguments: &mut Map<String, Value>,
) -> Result<(), Failure> {
    let mut asker = Asker { action, spec, access, authorized: None, has_failed: false };
    let nothing_given = arguments.is_empty();
    let fields: Vec<&'static Field> = action.model().arguments().collect();
    let wanted: Vec<_> = fields
        .iter()
        .copied()
        .filter(|field| field.must_be_given() && !arguments.contains_key(&field.key))
        .collect();
    let is_bare = nothing_given && wanted.is_empty() && action.model().effect != Effect::Read;
    let asked = async {
        if is_sent && (is_bare || !wanted.is_empty()) {
            asker.client().await?;
        }
        for field in wanted {
            asker.ask(field, &fields, arguments, "").await?;
        }
        if is_bare {
            asker.optional(&action.model().title, &fields, arguments, "").await?;
        }
        Ok(())
    }
    .await;
    // Also where somebody did not want to answer.
    let settled = match &asker.authorized {
        Some(authorized) => authorized.settle().await,
        None => Ok(()),
    };
    asked.and(settled)
}

/// Whether a person agrees.
pub(crate) fn confirmed(question: &str, about: &str) -> Result<bool, Failure> {
    if !about.is_empty() {
        anstream::eprintln!("{about}\n");
    }
    let answer = Confirm::with_theme(&theme()).with_prompt(question).default(false).interact_opt();
    Ok(answered(answer)?.unwrap_or(false))
}

fn theme() -> ColorfulTheme {
    ColorfulTheme::default()
}

/// An answer, or why there is none. The cursor, which choosing hides, comes back.
fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|dialoguer::Error::IO(error)| {
        // The terminal is gone, or somebody left by Ctrl-C; there is nobody to tell that the cursor stays hidden.
        drop(console::Term::stderr().show_cursor());
        match error.kind() {
            std::io::ErrorKind::Interrupted => "cancelled; nothing was sent".into(),
            _ => Failure::from(error),
        }
    })
}

/// The next of these fields to fill, found by typing a part of its name; `None` when that is all.
fn pick(title: &str, fields: &[&'static Field]) -> Result<Option<&'static Field>, Failure> {
    if fields.is_empty() {
        return Ok(None);
    }
    let names = fields.iter().map(|field| format!("{} ({})", shown::title(field), field.key));
    let lines: Vec<_> = std::iter::once("that is all".to_owned()).chain(names).collect();
    let prompt = format!("{title}: which field?");
    let found = found(&Finder { prompt: &prompt, lines: &lines, none: "no field", takes: None })?;
    let Found::Line(line) = found else { return Ok(None) };
    Ok(line.checked_sub(1).and_then(|line| fields.get(line).copied()))
}

/// What a person finds; an error where nobody wants to.
fn found(finder: &Finder<'_>) -> Result<Found, Failure> {
    let found = answered(finder.ask(&theme()).map_err(dialoguer::Error::IO))?;
    found.ok_or_else(|| "cancelled; nothing was sent".into())
}

struct Asker<'a> {
    action: Action,
    spec: &'a Spec,
    access: &'a Access,
    /// Made where choices of the account are asked for.
    authorized: Option<Authorized>,
    /// Whether the account could not be asked, which is told once.
    has_failed: bool,
}

impl Asker<'_> {
    fn connector(&self) -> &'static Connector {
        self.action.connector().model()
    }

    /// Asks for one field, and before it for what its choices depend on. `of` says in which element of a list this is.
    async fn ask(
        &mut self,
        field: &'static Field,
        beside: &[&'static Field],
        arguments: &mut Map<String, Value>,
        of: &str,
    ) -> Result<(), Failure> {
        while let Some(first) = choices::needed(field, arguments) {
            let Some(first) = beside.iter().copied().find(|other| other.key == first) else { break };
            let value = Box::pin(self.value(first, beside, arguments, of, true)).await?;
            match value {
                Some(value) => drop(arguments.insert(first.key.clone(), value)),
                // Left out: then the spec's own choices have to do.
                None => break,
            }
        }
        if let Some(value) = Box::pin(self.value(field, beside, arguments, of, false)).await? {
            arguments.insert(field.key.clone(), value);
        }
        Ok(())
    }

    async fn value(
        &mut self,
        field: &'static Field,
        beside: &[&'static Field],
        arguments: &Map<String, Value>,
        of: &str,
        may_be_left_out: bool,
    ) -> Result<Option<Value>, Failure> {
        let connector = self.connector();
        let question = format!("{of}{}", question(field));
        match &field.ty {
            FieldType::Boolean => {
                let answer =
                    Confirm::with_theme(&theme()).with_prompt(question).default(false).interact_opt();
                return Ok(answered(answer)?.map(Value::from));
            }
            FieldType::Array(item) => {
                if let Some(fields) = members(connector, item) {
                    return self.elements(field, &fields, &question).await.map(Some);
                }
            }
            FieldType::Named(_) => {
                if let Some(fields) = members(connector, &field.ty) {
                    anstream::eprintln!("{question}");
                    return self.record(&fields, "  ").await.map(Some);
                }
            }
            _ => {}
        }
        let listed = choices::listed(connector, &field.ty);
        let told = match choices::needed(field, arguments) {
            None => self.told(field, arguments).await,
            Some(_) => None,
        };
        let _ = beside;
        let (choices, open) = match (told, listed) {
            (Some(told), _) => (told, true),
            (None, Some((listed, open))) => (listed, open),
            (None, None) => return self.typed(field, &question).map(Some),
        };
        let takes = |text: &str| self.made(field, text).map(drop);
        let takes = open.then_some(&takes as Takes<'_>);
        match choose(&question, &choices, takes, may_be_left_out)? {
            Chosen::Value(value) => Ok(Some(value.into())),
            Chosen::LeftOut => Ok(None),
            Chosen::Another => self.typed(field, &question).map(Some),
            Chosen::AsItIs(text) => Ok(Some(self.made(field, &text)?)),
        }
    }

    /// The choices that the account has; without them a person types.
    async fn told(&mut self, field: &'static Field, arguments: &Map<String, Value>) -> Option<Vec<Choice>> {
        let question = Question::of(field, arguments)?;
        if self.has_failed {
            return None;
        }
        let told = match self.client().await {
            Ok(client) => question.ask(&client).await.map_err(Failure::from),
            Err(error) => Err(error),
        };
        match told {
            Ok(choices) => (!choices.is_empty()).then_some(choices),
            Err(error) => {
                self.has_failed = true;
                let error = shown::printable(&error.to_string());
                let note = format!("(the account could not be asked for its own choices: {error})");
                anstream::eprintln!("{}", crate::wrap::told(&note));
                None
            }
        }
    }

    async fn client(&mut self) -> Result<Client, Failure> {
        if self.authorized.is_none() {
            let connector = self.action.connector();
            self.authorized = Some(self.access.authorized(connector, self.spec, |builder| builder).await?);
        }
        let made = self.authorized.as_ref().ok_or("there is no client")?;
        Ok(made.client.clone())
    }

    /// A text that becomes a value; it is asked for again until it does.
    fn typed(&self, field: &'static Field, question: &str) -> Result<Value, Failure> {
        let made = |text: &str| self.made(field, text);
        let answer = match field.sensitive {
            true => Password::with_theme(&theme())
                .with_prompt(question)
                .validate_with(|text: &String| made(text).map(drop))
                .interact(),
            false => Input::<String>::with_theme(&theme())
                .with_prompt(question)
                .validate_with(|text: &String| made(text).map(drop))
                .interact_text(),
        };
        made(&answered(answer)?).map_err(Failure::from)
    }

    /// A text as a value of the field.
    fn made(&self, field: &'static Field, text: &str) -> Result<Value, String> {
        let value = text::value(self.connector(), &field.ty, text)?;
        fits(self.action.connector(), field, &value)?;
        Ok(value)
    }

    /// Records of a list, one after the other.
    async fn elements(
        &mut self,
        field: &'static Field,
        fields: &[&'static Field],
        question: &str,
    ) -> Result<Value, Failure> {
        anstream::eprintln!("{question}");
        let mut elements = Vec::new();
        loop {
            let number = elements.len() + 1;
            let record = self.record(fields, &format!("  {} {number}: ", shown::title(field))).await?;
            elements.push(record);
            let more =
                Confirm::with_theme(&theme()).with_prompt("  Another one?").default(false).interact_opt();
            if answered(more)? != Some(true) {
                return Ok(elements.into());
            }
        }
    }

    async fn record(&mut self, fields: &[&'static Field], of: &str) -> Result<Value, Failure> {
        let mut record = Map::new();
        for field in fields.iter().copied().filter(|field| field.must_be_given()) {
            Box::pin(self.ask(field, fields, &mut record, of)).await?;
        }
        self.optional(of.trim().trim_end_matches(':'), fields, &mut record, of).await?;
        Ok(record.into())
    }

    /// Fields that need not be given, as many as a person likes to.
    async fn optional(
        &mut self,
        title: &str,
        fields: &[&'static Field],
        arguments: &mut Map<String, Value>,
        of: &str,
    ) -> Result<(), Failure> {
        loop {
            let left = fields.iter().copied().filter(|field| {
                field.constant.is_none() && !field.must_be_given() && !arguments.contains_key(&field.key)
            });
            let Some(field) = pick(title, &left.collect::<Vec<_>>())? else { return Ok(()) };
            Box::pin(self.ask(field, fields, arguments, of)).await?;
            if !arguments.contains_key(&field.key) {
                return Ok(());
            }
        }
    }
}

/// The fields of a record that can be given.
fn members(connector: &'static Connector, ty: &FieldType) -> Option<Vec<&'static Field>> {
    let FieldType::Named(of) = ty else { return None };
    match &connector.ty(*of).kind {
        TypeKind::Input(input) => Some(input.fields.iter().collect()),
        TypeKind::Object(object) => Some(object.fields.iter().filter(|field| !field.read_only).collect()),
        _ => None,
    }
}

/// The spec's question, with an example.
fn question(field: &Field) -> String {
    let question = field.prompt.as_deref().map_or_else(|| shown::title(field), shown::line);
    let is_typed = !matches!(field.ty, FieldType::Boolean) && field.options_from.is_none();
    match (&field.example, &field.ty) {
        (Some(example), ty) if is_typed && !example.is_object() => {
            format!("{question} ({})", line::given(ty, example))
        }
        (None, FieldType::DateTime) => format!("{question} (2026-12-31T12:00:00Z)"),
        (None, FieldType::Date) => format!("{question} (2026-12-31)"),
        (None, FieldType::Filter(_)) => format!("{question} (amount>=1000)"),
        _ => question,
    }
}

/// Whether a value is one of the field's type, asked of the runtime.
fn fits(connector: dynamic::Connector, field: &'static Field, value: &Value) -> Result<(), String> {
    if let Value::String(text) = value
        && text.is_empty()
        && field.required
    {
        return Err("it must be given".to_owned());
    }
    connector.fits(&field.ty, value)
}

enum Chosen {
    Value(String),
    Another,
    /// A text that is none of the choices.
    AsItIs(String),
    LeftOut,
}

/// A choice from a list, which is searched by typing; another text where one says what it takes.
fn choose(
    question: &str,
    choices: &[Choice],
    takes: Option<Takes<'_>>,
    may_be_left_out: bool,
) -> Result<Chosen, Failure> {
    let mut lines: Vec<String> = choices
        .iter()
        .map(|choice| match choice.label == choice.value {
            true => shown::line(&choice.value),
            false => format!("{} ({})", shown::line(&choice.label), shown::line(&choice.value)),
        })
        .collect();
    let another = takes.is_some().then(|| {
        lines.push("another value …".to_owned());
        lines.len() - 1
    });
    let left_out = may_be_left_out.then(|| {
        lines.push("leave it out".to_owned());
        lines.len() - 1
    });
    let index = match found(&Finder { prompt: question, lines: &lines, none: "no choice", takes })? {
        Found::Line(line) => line,
        Found::Typed(text) => return Ok(Chosen::AsItIs(text)),
    };
    Ok(match choices.get(index) {
        Some(choice) => Chosen::Value(choice.value.clone()),
        None if Some(index) == another => Chosen::Another,
        None if Some(index) == left_out => Chosen::LeftOut,
        None => Chosen::LeftOut,
    })
}
