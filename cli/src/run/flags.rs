//! An action as a command: an option for each of its arguments, with the spec's words as help.

use clap::builder::{PossibleValue, PossibleValuesParser, StyledStr, TypedValueParser as _};
use clap::{Arg, ArgAction, ArgMatches, Args as _, Command};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{self, Field, FieldType, Output, TypeKind};
use typed_connector::dynamic::{Action, Connector};

use super::{Common, line, text};

/// Sets a property that the spec does not declare.
pub(super) const PROPERTY: &str = "property";
/// Clears a field.
pub(super) const CLEAR: &str = "clear";

/// One option, and the argument that it gives.
pub(crate) struct Flag {
    /// Without the hyphens.
    pub(crate) name: String,
    /// The key in the spec, where it is another name and no other option's.
    alias: Option<&'static str>,
    pub(crate) field: &'static Field,
    pub(crate) clearable: bool,
}

/// The options of an action, without those that every action has.
pub(crate) fn flags(action: Action) -> Vec<Flag> {
    let model = action.model();
    let common: Vec<String> = {
        let command = Common::augment_args(Command::new(""));
        let names = command.get_arguments().filter_map(Arg::get_long).map(str::to_owned);
        names.chain(["help", CLEAR, PROPERTY].map(str::to_owned)).collect()
    };
    let page_size = match &model.output {
        Output::Page { pagination, .. } => pagination.limit_param.as_deref(),
        _ => None,
    };
    let given = model.arguments().zip(model.clearable()).filter(|(field, _)| field.constant.is_none());
    let mut flags: Vec<_> = given
        .map(|(field, clearable)| {
            let mut name = field.ident.trim_end_matches('_').replace('_', "-");
            // The number of records is `--limit`, of however many pages.
            if page_size == Some(field.ident.as_str()) {
                "page-size".clone_into(&mut name);
            }
            if common.contains(&name) {
                name.insert_str(0, "arg-");
            }
            Flag { name, alias: None, field, clearable }
        })
        .collect();
    let names: Vec<_> = flags.iter().map(|flag| flag.name.clone()).chain(common).collect();
    for flag in &mut flags {
        flag.alias = Some(flag.field.key.as_str()).filter(|key| !names.iter().any(|name| name == key));
    }
    flags
}

/// What clap calls the option of an argument.
fn id(field: &Field) -> String {
    format!("argument {}", field.key)
}

/// The command, for its help and to read the options that were given.
pub(crate) fn command(action: Action, words: &str) -> Command {
    let model = action.model();
    let connector = action.connector();
    let mut about = model.title.clone();
    if let Some(description) = &model.description {
        about.push_str(&format!("\n\n{}", plain(description)));
    }
    let flags = flags(action);
    let name = format!("connector run {words} {}", action.name());
    let mut usage = format!("{name} ");
    for flag in flags.iter().filter(|flag| flag.field.must_be_given()) {
        usage.push_str(&format!("--{} <{}> ", flag.name, value_name(connector.model(), &flag.field.ty)));
    }
    let mut command = Command::new(action.name())
        .no_binary_name(true)
        .override_usage(usage + "[OPTIONS]")
        .max_term_width(100)
        .after_help(StyledStr::from(request(action)))
        .after_long_help(after_long(action, words));
    for flag in &flags {
        command = command.arg(option(connector, action, flag));
    }
    if flags.iter().any(|flag| flag.clearable) {
        let fields = flags.iter().filter(|flag| flag.clearable).map(|flag| flag.name.clone());
        let parser = PossibleValuesParser::new(fields.map(|name| PossibleValue::new(name).hide(true)));
        let help = "Clear these fields: afterwards they have no value";
        let clear =
            Arg::new(CLEAR).long(CLEAR).value_name("FIELD,…").value_delimiter(',').action(ArgAction::Append);
        command = command
            .arg(clear.value_parser(parser).hide_possible_values(true).help(help).help_heading("Fields"));
    }
    if takes_others(action) {
        let help = "Set a property of the account's own, which the spec does not declare";
        let property = Arg::new(PROPERTY).long(PROPERTY).value_name("NAME=VALUE").action(ArgAction::Append);
        command = command.arg(property.help(help).help_heading("Fields"));
    }
    // Last, since what flattens options in gives a command their words.
    Common::augment_args(command).about(model.title.clone()).long_about(about)
}

pub(super) fn takes_others(action: Action) -> bool {
    match &action.model().body {
        Some(model::Body::Fields { input, .. }) => action.connector().model().takes_others(input),
        _ => false,
    }
}

fn option(connector: Connector, action: Action, flag: &Flag) -> Arg {
    let Flag { name, field, .. } = flag;
    let in_body = !action.model().parameters.iter().any(|parameter| parameter.field.key == field.key);
    let heading = match (field.must_be_given(), in_body) {
        (true, _) => "Required",
        (false, true) => "Fields",
        (false, false) => "Options of the request",
    };
    let title = field.title.clone().unwrap_or_else(|| field.key.clone());
    let mut arg = Arg::new(id(field))
        .long(name.clone())
        .value_name(value_name(connector.model(), &field.ty))
        .allow_hyphen_values(true)
        .action(ArgAction::Append)
        .help_heading(heading)
        .help(match &field.deprecated {
            Some(instead) => format!("{title} (deprecated: {instead})"),
            None => title.clone(),
        })
        .long_help(long_help(connector.model(), field, &title));
    if let Some(key) = flag.alias {
        arg = arg.alias(key);
    }
    match &field.ty {
        FieldType::Boolean => {
            arg = arg
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true")
                .hide_possible_values(true);
        }
        FieldType::Named(of) => {
            if let TypeKind::Enum(known) = &connector.model().ty(*of).kind
                && !known.open
            {
                let values =
                    known.values.iter().map(|value| PossibleValue::new(&value.wire).help(&value.title));
                arg = arg
                    .value_parser(PossibleValuesParser::new(values).map(|text: String| text))
                    .ignore_case(true);
            }
        }
        _ => {}
    }
    arg
}

fn value_name(model: &model::Connector, ty: &FieldType) -> &'static str {
    match ty {
        FieldType::String => "TEXT",
        FieldType::Email => "EMAIL",
        FieldType::Integer | FieldType::Decimal | FieldType::Float => "NUMBER",
        FieldType::Boolean => "yes|no",
        FieldType::Date => "DAY",
        FieldType::DateTime => "TIME",
        FieldType::Duration => "DURATION",
        FieldType::Url => "URL",
        FieldType::Bytes => "BASE64|@FILE",
        FieldType::File => "FILE",
        FieldType::Json | FieldType::Map(_) => "JSON|@FILE",
        FieldType::Filter(_) => "CONDITION",
        FieldType::Sort(_) => "PROPERTY",
        FieldType::Selection(_) => "PROPERTY,…",
        FieldType::Array(item) => match value_name(model, item) {
            "TEXT" => "TEXT,…",
            "ID" => "ID,…",
            "NUMBER" => "NUMBER,…",
            "VALUE" => "VALUE,…",
            "FILE" => "FILE",
            _ => "JSON|@FILE",
        },
        FieldType::Named(of) => match &model.ty(*of).kind {
            TypeKind::Id => "ID",
            TypeKind::Enum(_) => "VALUE",
            TypeKind::Object(_) | TypeKind::Input(_) | TypeKind::Union(_) => "JSON|@FILE",
        },
    }
}

fn long_help(model: &model::Connector, field: &Field, title: &str) -> String {
    let mut help = title.to_owned();
    if let Some(description) = &field.description {
        help.push_str(&format!("\n\n{}", plain(description)));
    }
    let form = match &field.ty {
        FieldType::DateTime => "A time like 2026-12-31T12:00:00Z, or a day.",
        FieldType::Date => "A day like 2026-12-31.",
        FieldType::Duration => "A duration like PT1H30M.",
        FieldType::Filter(_) => {
            "A condition like `amount>=1000`, `dealname~acme`, `stage=a,b`, `amount=100..500`, `owner?` (has a value), `!owner` (has \
             none); given several times, all must hold. Or JSON: an object of conditions, or an array of such, of which one must hold."
        }
        FieldType::Sort(_) => "A property's name, with `-` before it for largest first.",
        FieldType::Selection(_) => "Names of properties, or `*` for all that the spec declares.",
        FieldType::File => "A file's name; its content type can follow: `a.csv;type=text/csv`.",
        _ => "",
    };
    if !form.is_empty() {
        help.push_str(&format!("\n\n{form}"));
    }
    if let Some(members) = members(model, &field.ty) {
        help.push_str(&format!("\n\n{members}"));
    }
    if let Some(choices) = choices(model, &field.ty) {
        help.push_str(&format!("\n\n{choices}"));
    }
    if let Some(from) = &field.options_from {
        help.push_str(&format!("\n\nThe account's own: `{}` lists them.", from.action));
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let default = field.default.as_ref().map(|default| format!("default: {}", text(default)));
    let example = field
        .example
        .as_ref()
        .map(|example| format!("example: {}", line::shell(&line::given(&field.ty, example))));
    let notes: Vec<_> = default.into_iter().chain(example).collect();
    if !notes.is_empty() {
        help.push_str(&format!("\n\n[{}]", notes.join("; ")));
    }
    help
}

/// What an object holds that is given as JSON.
fn members(model: &model::Connector, ty: &FieldType) -> Option<String> {
    let (of, each) = match ty {
        FieldType::Named(of) => (*of, "An object of"),
        FieldType::Array(item) => match **item {
            FieldType::Named(of) => (of, "An array of objects of"),
            _ => return None,
        },
        _ => return None,
    };
    let fields = match &model.ty(of).kind {
        TypeKind::Input(input) => input.fields.as_slice(),
        TypeKind::Object(object) => object.fields.as_slice(),
        TypeKind::Enum(_) | TypeKind::Id | TypeKind::Union(_) => return None,
    };
    let given = fields.iter().filter(|field| !field.read_only && field.constant.is_none());
    let line = |field: &Field| {
        let title = field.title.as_deref().unwrap_or_default();
        let required = if field.must_be_given() { " (required)" } else { "" };
        format!("- {}{required}: {title}", field.key)
    };
    let (required, others): (Vec<_>, Vec<_>) = given.partition(|field| field.must_be_given());
    let lines: Vec<_> = required.into_iter().chain(others).map(line).collect();
    Some(format!("{each}\n{}", lines.join("\n")))
}

/// The values of an open enum, with their titles; a closed one's are shown by themselves.
fn choices(model: &model::Connector, ty: &FieldType) -> Option<String> {
    let of = match ty {
        FieldType::Named(of) => *of,
        FieldType::Array(item) => match **item {
            FieldType::Named(of) => of,
            _ => return None,
        },
        _ => return None,
    };
    let TypeKind::Enum(known) = &model.ty(of).kind else { return None };
    if known.values.is_empty() || (!known.open && matches!(ty, FieldType::Named(_))) {
        return None;
    }
    let values = known.values.iter().map(|value| match value.title.eq_ignore_ascii_case(&value.wire) {
        true => format!("- {}", value.wire),
        false => format!("- {}: {}", value.wire, value.title),
    });
    let more = if known.open { "Known values:" } else { "Values:" };
    Some(format!("{more}\n{}", values.collect::<Vec<_>>().join("\n")))
}

/// Markdown as a terminal shows it: the marks of emphasis and code are left as they are, links become their text.
pub(crate) fn plain(markdown: &str) -> String {
    let mut out = String::new();
    let mut rest = markdown;
    while let Some(at) = rest.find('[') {
        let (before, link) = rest.split_at(at);
        out.push_str(before);
        match link[1..].split_once("](").and_then(|(text, after)| Some((text, after.split_once(')')?))) {
            Some((text, (url, after))) if !text.contains(['[', '\n']) => {
                out.push_str(&format!("{text} ({url})"));
                rest = after;
            }
            _ => {
                out.push('[');
                rest = &link[1..];
            }
        }
    }
    out + rest
}

/// `POST /crm/objects/…`, with its scopes.
fn request(action: Action) -> String {
    let (meta, model) = (action.meta(), action.model());
    let mut text = format!("{} {}", meta.method, path(action.connector().model(), model));
    let scopes = meta.scopes.iter().chain(meta.any_scopes).copied().collect::<Vec<_>>();
    if !scopes.is_empty() {
        text.push_str(&format!("\nScopes: {}", scopes.join(" ")));
    }
    if let Some(url) = &model.docs_url {
        text.push_str(&format!("\nThe API's documentation: {url}"));
    }
    text
}

/// The path as the default version of the API has it, with names in place of arguments.
pub(crate) fn path(connector: &model::Connector, action: &model::Action) -> String {
    let versions = connector.api_versions.as_ref();
    let piece = |piece: &model::PathPiece| match piece {
        model::PathPiece::Literal(text) => text.clone(),
        model::PathPiece::Base(index) => versions
            .and_then(|versions| versions.versions.get(versions.default)?.paths.get(*index).cloned())
            .unwrap_or_default(),
        model::PathPiece::Parameter(index) => {
            action.parameters.get(*index).map_or_else(String::new, |one| format!("{{{}}}", one.field.key))
        }
    };
    action.path.iter().map(piece).collect()
}

fn after_long(action: Action, words: &str) -> String {
    let mut text = request(action);
    let examples: Vec<_> =
        action.model().examples.iter().filter(|example| !example.request.is_empty()).collect();
    if !examples.is_empty() {
        text.push_str("\n\nExamples:");
    }
    for example in examples {
        if let Some(title) = &example.title {
            text.push_str(&format!("\n  # {title}"));
        }
        text.push_str(&format!("\n  {}", line::line(action, words, &example.request, &[])));
    }
    text
}

/// The arguments that options give.
pub(crate) fn arguments(action: Action, matches: &ArgMatches) -> Result<Map<String, Value>, String> {
    let model = action.connector().model();
    let mut arguments = Map::new();
    let flags = flags(action);
    for flag in &flags {
        let Some(texts) = matches.get_many::<String>(&id(flag.field)) else { continue };
        let values = texts.map(|text| text::value(model, &flag.field.ty, text));
        let values: Vec<_> =
            values.collect::<Result<_, _>>().map_err(|problem| format!("--{}: {problem}", flag.name))?;
        arguments.insert(flag.field.key.clone(), text::joined(&flag.field.ty, values));
    }
    if flags.iter().any(|flag| flag.clearable) {
        for name in matches.get_many::<String>(CLEAR).into_iter().flatten() {
            if let Some(flag) = flags.iter().find(|flag| flag.name == *name) {
                arguments.insert(flag.field.key.clone(), Value::Null);
            }
        }
    }
    if takes_others(action) {
        let mut others = Map::new();
        for pair in matches.get_many::<String>(PROPERTY).into_iter().flatten() {
            let form = || format!("--{PROPERTY}: `{pair}` must be like `name=value`");
            let (name, value) = pair.split_once('=').ok_or_else(form)?;
            others.insert(name.to_owned(), value.into());
        }
        if !others.is_empty() {
            arguments.insert(action.others_key().to_owned(), others.into());
        }
    }
    Ok(arguments)
}
