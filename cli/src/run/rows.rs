//! Rows of CSV (RFC 4180) as arguments: a column for each field, a row for each input of a batch, or for each call.

use std::io::Read as _;

use csv::{ErrorKind, ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value};
use typed_connector::dynamic::model::{Connector, Field, FieldType, Output, TypeKind};
use typed_connector::dynamic::{Action, others_key};
use typed_connector_specs::text::nearest;

use super::{flags, text};

/// More problems than these are not told at once.
const MOST_PROBLEMS: usize = 20;

/// One row that has anything in it.
pub(super) struct Row {
    /// As a spreadsheet counts: the names are in the first.
    pub(super) number: usize,
    pub(super) given: Map<String, Value>,
}

/// A file's rows.
pub(super) struct Rows {
    /// For people.
    pub(super) file: String,
    pub(super) all: Vec<Row>,
    /// The argument that takes them all, where they are inputs of a batch.
    pub(super) inputs: Option<&'static Field>,
}

/// What a column gives.
#[derive(Clone, Copy)]
enum Column {
    Field(&'static Field),
    /// A property that the spec does not declare.
    Other,
}

/// What can be given in a row.
struct Columns {
    connector: &'static Connector,
    fields: Vec<&'static Field>,
    /// The key of properties that the spec does not declare, where there can be any.
    others: Option<&'static str>,
}

impl Columns {
    fn of(action: Action, inputs: Option<&'static Field>) -> Result<Self, String> {
        let connector = action.connector().model();
        let Some(inputs) = inputs else {
            let fields: Vec<_> = action.model().arguments().collect();
            return Ok(Self {
                connector,
                fields,
                others: flags::takes_others(action).then(|| action.others_key()),
            });
        };
        let element = match &inputs.ty {
            FieldType::Array(element) => &**element,
            other => other,
        };
        let FieldType::Named(of) = element else {
            return Err(format!(
                "the inputs of {} have no fields, so that no column can name one",
                action.name()
            ));
        };
        match &connector.ty(*of).kind {
            TypeKind::Input(input) => Ok(Self {
                connector,
                fields: input.fields.iter().collect(),
                others: connector.takes_others(input).then(|| others_key(input.fields.iter())),
            }),
            TypeKind::Object(object) => {
                Ok(Self { connector, fields: object.fields.iter().collect(), others: None })
            }
            _ => {
                Err(format!("the inputs of {} have no fields, so that no column can name one", action.name()))
            }
        }
    }

    /// What a name at the head of a column means, with the name of the property where it is none of the spec's.
    fn named<'n>(&self, name: &'n str) -> Result<(Column, &'n str), String> {
        if let Some(field) = self.fields.iter().find(|field| field.key == name) {
            return match (field.read_only, &field.constant) {
                (true, _) => Err(format!("column `{name}`: it is set by the server and cannot be given")),
                (_, Some(_)) => {
                    Err(format!("column `{name}`: it is the same in every call and cannot be given"))
                }
                _ => Ok((Column::Field(field), name)),
            };
        }
        let own = self.others.and_then(|others| name.strip_prefix(others)?.strip_prefix('.'));
        if let Some(own) = own.filter(|own| !own.is_empty()) {
            return Ok((Column::Other, own));
        }
        let given = || self.fields.iter().filter(|field| !field.read_only && field.constant.is_none());
        let keys = || given().map(|field| field.key.as_str());
        let help = match nearest(name, keys()) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => format!("; there are {}", keys().take(12).collect::<Vec<_>>().join(", ")),
        };
        let own = self
            .others
            .map(|others| format!(" (a property of the account's own is headed `{others}.{name}`)"))
            .unwrap_or_default();
        Err(format!("column `{name}` is no field{help}{own}"))
    }

    /// What a row gives; an empty cell gives nothing.
    fn row(
        &self,
        head: &[(Column, &str)],
        record: &StringRecord,
        number: usize,
        problems: &mut Vec<String>,
    ) -> Map<String, Value> {
        let (mut given, mut others) = (Map::new(), Map::new());
        for ((column, name), cell) in head.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
            match column {
                Column::Other => drop(others.insert((*name).to_owned(), cell.into())),
                Column::Field(field) => match self.value(field, cell) {
                    Ok(value) => drop(given.insert(field.key.clone(), value)),
                    Err(problem) => {
                        problems.push(format!("row {number}, column `{name}`{}: {problem}", titled(field)));
                    }
                },
            }
        }
        if let Some(key) = self.others.filter(|_| !others.is_empty()) {
            given.insert(key.to_owned(), others.into());
        }
        given
    }

    fn value(&self, field: &Field, cell: &str) -> Result<Value, String> {
        let hidden =
            |problem| if field.sensitive { "is not a value of its type".to_owned() } else { problem };
        text::cell(self.connector, &field.ty, cell).map_err(hidden)
    }
}

fn titled(field: &Field) -> String {
    field
        .title
        .as_ref()
        .filter(|title| **title != field.key)
        .map(|title| format!(" ({title})"))
        .unwrap_or_default()
}

impl Rows {
    /// Reads all of a file, `-` is standard input, and tells everything that is wrong with it.
    pub(super) fn read(action: Action, path: &str) -> Result<Self, String> {
        let inputs = match &action.model().output {
            Output::Batch { batch, .. } => {
                action.model().arguments().find(|field| field.ident == batch.inputs)
            }
            _ => None,
        };
        let file = if path == "-" { "standard input" } else { path }.to_owned();
        let mut bytes = Vec::new();
        match path {
            "-" => std::io::stdin().lock().read_to_end(&mut bytes).map(drop),
            path => std::fs::read(path).map(|read| bytes = read),
        }
        .map_err(|error| format!("cannot read {file}: {error}"))?;
        let columns = Columns::of(action, inputs)?;
        let rows = columns.all(&file, &bytes)?;
        if rows.is_empty() {
            return Err(format!("{file} has no rows below the names of the columns"));
        }
        Ok(Self { file, all: rows, inputs })
    }

    /// As the inputs of a batch, under the name of their argument.
    pub(super) fn as_inputs(&self) -> Option<(String, Value)> {
        let inputs = self.all.iter().map(|row| Value::Object(row.given.clone())).collect();
        Some((self.inputs?.key.clone(), inputs))
    }

    /// What is said of an argument of a batch, by row and column where it is about one.
    pub(super) fn placed(&self, argument: &str, text: &str) -> Option<String> {
        let rest = argument.strip_prefix(&self.inputs?.key)?.strip_prefix('[')?;
        let (index, column) = rest.split_once(']')?;
        let row = self.all.get(index.parse::<usize>().ok()?)?;
        Some(in_row(row.number, column.trim_start_matches('.'), text))
    }
}

/// What is wrong with a field of a row.
pub(super) fn in_row(number: usize, column: &str, message: &str) -> String {
    match column {
        "" => format!("row {number}: {message}"),
        column => format!("row {number}, column `{column}`: {message}"),
    }
}

impl Columns {
    fn all(&self, file: &str, bytes: &[u8]) -> Result<Vec<Row>, String> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = ReaderBuilder::new().has_headers(false).trim(Trim::Headers).from_reader(bytes);
        let mut records = reader.records();
        let head =
            records.next().ok_or_else(|| format!("{file} is empty; its first row names the columns"))?;
        let head = head.map_err(|error| broken(file, &error))?;
        if let Some(separator) = other_separator(&head) {
            return Err(format!(
                "{file}: the columns are separated by {separator}; save the table with commas between them"
            ));
        }
        let mut problems = Vec::new();
        let mut named: Vec<(Column, &str)> = Vec::new();
        for (place, name) in head.iter().map(str::trim).enumerate() {
            match self.named(name) {
                _ if name.is_empty() => {
                    problems.push(format!("column {} has no name in the first row", place + 1));
                }
                Ok((_, name)) if named.iter().any(|(_, before)| *before == name) => {
                    problems.push(format!("two columns are named `{name}`"));
                }
                Ok(column) => named.push(column),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(told(file, &problems));
        }
        let mut rows = Vec::new();
        let mut number = 1 + blank_lines(bytes, &head);
        for record in records {
            let record = record.map_err(|error| broken(file, &error))?;
            number += 1 + blank_lines(bytes, &record);
            let given = self.row(&named, &record, number, &mut problems);
            if record.iter().any(|cell| !cell.is_empty()) {
                rows.push(Row { number, given });
            }
        }
        match problems.as_slice() {
            [] => Ok(rows),
            problems => Err(told(file, problems)),
        }
    }
}

/// Lines without anything before a record: the reader passes over them, a spreadsheet counts them.
fn blank_lines(bytes: &[u8], record: &StringRecord) -> usize {
    let at = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(0).min(bytes.len());
    let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let start = bytes[..at].iter().rposition(|byte| !is_end(byte)).map_or(0, |last| last + 1);
    let ends: Vec<u8> = bytes[start..].iter().copied().take_while(is_end).collect();
    let pairs = ends.windows(2).filter(|pair| pair == b"\r\n").count();
    // The first of them ends the record before.
    (ends.len() - pairs).saturating_sub(usize::from(start > 0))
}

/// What stands where commas belong: spreadsheets of many languages write semicolons.
fn other_separator(head: &StringRecord) -> Option<&'static str> {
    let only = head.get(0).filter(|_| head.len() == 1)?;
    [(';', "semicolons"), ('\t', "tabs")].into_iter().find(|(c, _)| only.contains(*c)).map(|(_, name)| name)
}

/// All of them in one text, or as many as anybody reads.
pub(super) fn told(file: &str, problems: &[String]) -> String {
    let shown: Vec<_> =
        problems.iter().take(MOST_PROBLEMS).map(|problem| format!("{file}: {problem}")).collect();
    let more = match problems.len().saturating_sub(MOST_PROBLEMS) {
        0 => String::new(),
        more => format!("\n       and {more} more"),
    };
    shown.join("\n       ") + &more
}

/// What is wrong with the table itself.
fn broken(file: &str, error: &csv::Error) -> String {
    let line = error.position().map(|at| format!(" line {}:", at.line())).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnequalLengths { expected_len, len, .. } => {
            let cells = crate::check::count(usize::try_from(*len).unwrap_or(usize::MAX), "cell");
            format!(
                "{file}:{line} {cells}, where the first row names {expected_len} columns; is a comma or a quote missing?"
            )
        }
        ErrorKind::Utf8 { .. } => format!("{file}:{line} it is not UTF-8; save it as such"),
        _ => format!("{file}:{line} {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use typed_connector::dynamic;

    fn read(action: &str, text: &[u8]) -> Result<Vec<(usize, Value)>, String> {
        let hubspot = dynamic::Connector::shipped("hubspot").expect("it is shipped");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("in.csv");
        std::fs::write(&file, text).expect("written");
        let rows = Rows::read(hubspot.action(action).expect("it has one"), &file.display().to_string());
        let shown = format!("{}/", folder.path().display());
        Ok(rows
            .map_err(|problem| problem.replace(&shown, ""))?
            .all
            .into_iter()
            .map(|row| (row.number, row.given.into()))
            .collect())
    }

    #[test]
    fn cells_are_of_their_fields_types() {
        let text = "\u{feff}dealname,dealstage,hs_forecast_probability,property.erp_number\r\n\
                    \"Acme, \"\"first\"\"\",Closed won,0.5,E-1\r\n,,,\r\n\"two\nlines\",qualifiedtobuy,,\r\n";
        let first = json!({
            "dealname": "Acme, \"first\"", "dealstage": "closedwon", "hs_forecast_probability": 0.5,
            "property": { "erp_number": "E-1" },
        });
        let second = json!({ "dealname": "two\nlines", "dealstage": "qualifiedtobuy" });
        for action in ["deals.batch_create", "deals.create"] {
            let rows = vec![(2, first.clone()), (4, second.clone())];
            assert_eq!(read(action, text.as_bytes()), Ok(rows), "{action}");
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_does() {
        for end in ["\n", "\r\n", "\r"] {
            for (text, numbers) in [
                ("email|a|b|c|", vec![2, 3, 4]),
                ("email|a||b|||c", vec![2, 4, 7]),
                ("||email||a|", vec![5]),
                ("\u{feff}email|\"a||\"||b|", vec![2, 4]),
            ] {
                let text = text.replace('|', end);
                let rows = read("contacts.batch_create", text.as_bytes()).expect("rows");
                let found: Vec<_> = rows.iter().map(|(number, _)| *number).collect();
                assert_eq!(found, numbers, "{text:?}");
            }
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let of = |text: &[u8]| read("contacts.batch_create", text).expect_err("it is wrong");
        let told = of(b"emial,id,property.\nx,1,2\n");
        assert!(told.contains("in.csv: column `emial` is no field; did you mean `email`?"), "{told}");
        assert!(told.contains("headed `property.emial`"), "{told}");
        assert!(told.contains("column `property.` is no field"), "{told}");
        assert_eq!(of(b""), "in.csv is empty; its first row names the columns");
        assert_eq!(of(b"email\n"), "in.csv has no rows below the names of the columns");
        assert_eq!(of(b"email,email\na,b\n"), "in.csv: two columns are named `email`");
        assert_eq!(of(b"email,\na,b\n"), "in.csv: column 2 has no name in the first row");
        assert!(
            of(b"email,city\na,b\nc\n")
                .starts_with("in.csv: line 3: 1 cell, where the first row names 2 columns")
        );
        assert!(of(b"email\n\xff\n").contains("is not UTF-8"));
        let deals = |text: &[u8]| read("deals.create", text).expect_err("it is wrong");
        assert_eq!(
            deals(b"dealname,hs_forecast_probability\na,1\nb,perhaps\n"),
            "in.csv: row 3, column `hs_forecast_probability` (Forecast probability): `perhaps` is no number"
        );
        let told = deals(b"associations\n@/etc/passwd\n");
        assert!(told.ends_with("a cell cannot name a file"), "{told}");
        let many = format!("hs_forecast_probability\n{}", "perhaps\n".repeat(30));
        let told = deals(many.as_bytes());
        assert_eq!((told.lines().count(), told.ends_with("and 10 more")), (21, true), "{told}");
    }
}
