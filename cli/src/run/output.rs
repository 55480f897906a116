//! What an answer looks like: a table for people, JSON and CSV for programs.

use std::io::{IsTerminal as _, Write as _};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{Connector, Field, FieldType, Object, Output};
use typed_connector::dynamic::{Action, Item};

use super::{Common, shown};
use crate::{Failure, misuse, wrap};

/// Where there is no terminal, a table may be as wide as it is.
const UNBOUNDED: u16 = u16::MAX;
/// As many properties that the spec does not declare are shown; an answer may hold dozens that nobody asked for.
const MOST_UNDECLARED: usize = 6;
/// A column narrower than this reads badly.
const NARROWEST: usize = 14;

/// The records of an action's answers, and how they are shown.
pub(crate) struct Shape {
    connector: &'static Connector,
    item: Option<&'static FieldType>,
    /// Of records.
    object: Option<&'static Object>,
    /// Keys that were asked for.
    columns: Vec<String>,
}

impl Shape {
    pub(crate) fn of(action: Action, common: &Common) -> Result<Self, Failure> {
        let connector = action.connector().model();
        let item = match &action.model().output {
            Output::Nothing | Output::Batch { item: None, .. } => None,
            Output::Value(item)
            | Output::Optional(item)
            | Output::Page { item, .. }
            | Output::Batch { item: Some(item), .. } => Some(item),
        };
        // A list in an answer is one of its elements each.
        let element = match item {
            Some(FieldType::Array(element)) => Some(&**element),
            other => other,
        };
        let object = match element {
            Some(FieldType::Named(of)) => connector.object(*of),
            _ => None,
        };
        let shape = Self { connector, item, object, columns: common.columns.clone() };
        shape.check_columns()?;
        Ok(shape)
    }

    fn check_columns(&self) -> Result<(), Failure> {
        let (Some(object), false) = (self.object, self.columns.is_empty()) else { return Ok(()) };
        let keys = || object.fields.iter().map(|field| field.key.as_str());
        // Another name may be one of a property of the account's own; what nearly is a declared one is a mistake.
        for column in &self.columns {
            if !keys().any(|key| key == column)
                && let Some(near) = typed_connector_specs::text::nearest(column, keys())
            {
                return Err(misuse(format!("there is no field `{column}`; did you mean `{near}`?")));
            }
        }
        Ok(())
    }

    fn field(&self, key: &str) -> Option<&'static Field> {
        self.object?.fields.iter().find(|field| field.key == key)
    }

    /// One record below the other, or one value.
    pub(crate) fn one(&self, item: &Value) -> String {
        match (item, self.object) {
            (Value::Object(record), Some(object)) if self.columns.is_empty() => {
                let mut rows = shown::declared(self.connector, &object.fields, record);
                let others = shown::undeclared(&object.fields, record);
                let count = others.len();
                match count {
                    0..=MOST_UNDECLARED => {
                        rows.extend(others);
                        form(&rows)
                    }
                    _ => {
                        let more = format!(
                            "{count} more that the spec does not declare; name them in `--columns`, or take `--json`."
                        );
                        format!("{}\n\n{}", form(&rows), wrap::shown(&more))
                    }
                }
            }
            (Value::Object(record), Some(_)) => {
                let row = |key: &String| (self.title(key), self.cell(record, key));
                form(&self.columns.iter().map(row).collect::<Vec<_>>())
            }
            (Value::Array(items), Some(_)) => self.many(items),
            (Value::Object(record), None) => form(&shown::undeclared(&[], record)),
            (value, _) => shown::value(self.connector, self.item.unwrap_or(&FieldType::Json), value),
        }
    }

    /// A row for each record.
    pub(crate) fn many(&self, items: &[Value]) -> String {
        let records: Option<Vec<_>> = items.iter().map(Value::as_object).collect();
        let Some(records) = records.filter(|records| !records.is_empty()) else {
            let ty = self.item.unwrap_or(&FieldType::Json);
            let element = if let FieldType::Array(element) = ty { element } else { ty };
            return items
                .iter()
                .map(|one| shown::value(self.connector, element, one))
                .collect::<Vec<_>>()
                .join("\n");
        };
        let (columns, others) = match self.columns.as_slice() {
            [] => self.telling(&records),
            columns => (columns.to_vec(), 0),
        };
        let mut table = table();
        table.set_header(columns.iter().map(|key| self.title(key)));
        for (index, key) in columns.iter().enumerate() {
            let is_number = self.field(key).is_some_and(|field| {
                matches!(field.ty, FieldType::Integer | FieldType::Decimal | FieldType::Float)
            });
            if is_number && let Some(column) = table.column_mut(index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for record in records {
            table.add_row(columns.iter().map(|key| self.cell(record, key)));
        }
        let more = match others {
            0 => return table.to_string(),
            1 => "1 more field has values; name it in `--columns`, or take `--json`.".to_owned(),
            _ => format!("{others} more fields have values; name them in `--columns`, or take `--json`."),
        };
        format!("{table}\n{}", wrap::shown(&more))
    }

    /// The columns that say most and fit, and how many others have values: what identifies a record, what people fill in, the rest.
    fn telling(&self, records: &[&Map<String, Value>]) -> (Vec<String>, usize) {
        let has_value = |key: &str| records.iter().any(|record| !self.cell(record, key).is_empty());
        let mut keys: Vec<(u8, String)> = Vec::new();
        match self.object {
            Some(object) => {
                for field in object.fields.iter().filter(|field| has_value(&field.key)) {
                    let compound = match &field.ty {
                        FieldType::Map(_) | FieldType::Json => true,
                        FieldType::Array(inner) => {
                            matches!(**inner, FieldType::Named(of) if self.connector.object(of).is_some())
                        }
                        FieldType::Named(of) => self.connector.object(*of).is_some(),
                        _ => false,
                    };
                    let rank = match field {
                        field if field.required => 0,
                        _ if compound => 4,
                        field if !field.read_only && field.prompt.is_some() => 1,
                        field if !field.read_only => 2,
                        _ => 3,
                    };
                    keys.push((rank, field.key.clone()));
                }
                let extra = records.iter().filter_map(|record| record.get("extra")?.as_object());
                for name in extra.flat_map(Map::keys) {
                    if !keys.iter().any(|(_, key)| key == name) {
                        keys.push((1, name.clone()));
                    }
                }
            }
            None => {
                for name in records.iter().flat_map(|record| record.keys()) {
                    if !keys.iter().any(|(_, key)| key == name) {
                        keys.push((0, name.clone()));
                    }
                }
            }
        }
        keys.sort_by_key(|(rank, _)| *rank);
        let room = usize::from(width().min(240)) / NARROWEST;
        let count = keys.len();
        let columns: Vec<_> = keys.into_iter().map(|(_, key)| key).take(room.clamp(2, 8)).collect();
        let others = count - columns.len();
        (columns, others)
    }

    fn title(&self, key: &str) -> String {
        self.field(key).map_or_else(|| key.to_owned(), shown::title)
    }

    fn cell(&self, record: &Map<String, Value>, key: &str) -> String {
        match self.field(key) {
            Some(field) if field.sensitive => super::mask::MASKED.to_owned(),
            Some(field) => record
                .get(key)
                .map_or_else(String::new, |value| shown::value(self.connector, &field.ty, value)),
            None => {
                let value = record.get(key).or_else(|| record.get("extra")?.get(key));
                value.map_or_else(String::new, |value| shown::value(self.connector, &FieldType::Json, value))
            }
        }
    }

    /// The columns of CSV: those that were asked for, or all that the spec declares.
    fn csv_columns(&self, first: &Value) -> Vec<String> {
        match (self.columns.as_slice(), self.object, first) {
            ([], Some(object), _) => object.fields.iter().map(|field| field.key.clone()).collect(),
            ([], None, Value::Object(record)) => record.keys().cloned().collect(),
            ([], None, _) => vec!["value".to_owned()],
            (columns, ..) => columns.to_vec(),
        }
    }

    /// The first line of CSV.
    pub(crate) fn csv_head(&self, first: &Value) -> String {
        csv_line(self.csv_columns(first).iter().map(String::as_str))
    }

    /// A record's line of CSV: texts, numbers and times by themselves, what holds further values as JSON.
    pub(crate) fn csv_row(&self, item: &Value) -> String {
        let text = |value: Option<&Value>| match value {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let cells: Vec<_> = match item {
            Value::Object(record) => {
                let cell = |key: &String| text(record.get(key).or_else(|| record.get("extra")?.get(key)));
                self.csv_columns(item).iter().map(cell).collect()
            }
            value => vec![text(Some(value))],
        };
        csv_line(cells.iter().map(String::as_str))
    }
}

/// RFC 4180.
fn csv_line<'c>(cells: impl Iterator<Item = &'c str>) -> String {
    let quoted = |cell: &str| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    };
    cells.map(quoted).collect::<Vec<_>>().join(",")
}

/// Values of several records as they come, in JSON or CSV.
pub(crate) struct Written<'s> {
    shape: &'s Shape,
    csv: bool,
    is_first: bool,
    out: std::io::BufWriter<std::io::Stdout>,
}

impl<'s> Written<'s> {
    pub(crate) fn new(shape: &'s Shape, csv: bool) -> Self {
        Self { shape, csv, is_first: true, out: std::io::BufWriter::new(std::io::stdout()) }
    }

    pub(crate) fn item(&mut self, item: &Value) -> Result<(), Failure> {
        if self.csv {
            if self.is_first {
                writeln!(self.out, "{}", self.shape.csv_head(item))?;
            }
            writeln!(self.out, "{}", self.shape.csv_row(item))?;
        } else {
            let start = if self.is_first { "[" } else { "," };
            let text = serde_json::to_string_pretty(item)?.replace('\n', "\n  ");
            write!(self.out, "{start}\n  {text}")?;
        }
        self.is_first = false;
        Ok(())
    }

    /// Gives on what was written so far.
    pub(crate) fn flush(&mut self) -> Result<(), Failure> {
        Ok(self.out.flush()?)
    }

    /// Closes the list; after an error it stays open, so that nobody takes it for a whole one.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        match (self.csv, self.is_first) {
            (true, true) => writeln!(self.out, "{}", self.shape.csv_head(&Value::Null))?,
            (true, false) => {}
            (false, true) => writeln!(self.out, "[]")?,
            (false, false) => writeln!(self.out, "\n]")?,
        }
        Ok(self.out.flush()?)
    }
}

/// Names and values below each other. Lines are broken between words; a word, such as a link, stays whole.
fn form(rows: &[(String, String)]) -> String {
    let widest = rows.iter().map(|(title, _)| console::measure_text_width(title)).max().unwrap_or(0);
    let room = usize::from(width()).saturating_sub(widest + 2).max(20);
    let mut out = Vec::new();
    for (title, value) in rows {
        let padding = " ".repeat(widest - console::measure_text_width(title) + 2);
        let lines: Vec<_> = value.lines().flat_map(|line| wrapped(line, room)).collect();
        out.push(format!("{title}{padding}{}", lines.join(&format!("\n{}", " ".repeat(widest + 2)))));
    }
    out.join("\n")
}

fn wrapped(line: &str, room: usize) -> Vec<String> {
    if console::measure_text_width(line) <= room {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.len() - 1;
        let space = console::measure_text_width(&lines[last]) + 1 + console::measure_text_width(word);
        match lines[last].is_empty() {
            false if space > room => lines.push(word.to_owned()),
            is_empty => lines[last] += &format!("{}{word}", if is_empty { "" } else { " " }),
        }
    }
    lines
}

/// A table as wide as the terminal; text is broken into lines, never cut.
fn table() -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED);
    match width() {
        UNBOUNDED => table.set_content_arrangement(ContentArrangement::Disabled),
        width => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
    };
    table
}

fn width() -> u16 {
    match std::io::stdout().is_terminal() {
        true => console::Term::stdout().size().1.max(40),
        false => UNBOUNDED,
    }
}

/// All items as JSON values.
pub(crate) fn json(items: &[Item]) -> Vec<Value> {
    items.iter().map(Item::json).collect()
}
