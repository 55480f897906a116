//! `multipart/form-data` (RFC 7578).

use http::HeaderValue;

use crate::filter::Dialect;
use crate::value::{Args, Datum, Format, Node, text, written};

/// The content type, which names the boundary, and the body.
pub(super) fn body(args: &Args, dialect: Option<&'static Dialect>) -> Result<(HeaderValue, Vec<u8>), String> {
    // 128 random bits occur in no file by accident, and nobody can prepare one for them.
    let random = || getrandom::u64().map_err(|error| format!("no random numbers: {error}"));
    let boundary = format!("{:016x}{:016x}", random()?, random()?);
    let mut out = Parts { boundary: &boundary, bytes: Vec::new(), dialect };
    for node in args.shape().tree {
        // A body in parts has no deeper keys.
        let Node::Field(key, index) = node else { continue };
        let Some(datum) = args.get(*index) else { continue };
        let format = args.shape().fields.get(usize::from(*index)).map_or(Format::PLAIN, |field| field.format);
        out.field(key, datum, &format)?;
    }
    out.bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let content_type = HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}"))
        .map_err(|error| error.to_string())?;
    Ok((content_type, out.bytes))
}

struct Parts<'a> {
    boundary: &'a str,
    bytes: Vec<u8>,
    dialect: Option<&'static Dialect>,
}

impl Parts<'_> {
    fn field(&mut self, key: &str, datum: &Datum, format: &Format) -> Result<(), String> {
        match datum {
            Datum::File(file) => {
                let media_type = HeaderValue::try_from(file.media_type())
                    .map_err(|_| format!("the content type of the file in `{key}` is none"))?;
                self.part(key, Some(file.name()), media_type.as_bytes(), file.bytes());
            }
            Datum::Bytes(bytes) => self.part(key, None, b"application/octet-stream", bytes),
            Datum::List(items) if items.iter().all(is_single) && format.separator.is_none() => {
                for item in items {
                    self.field(key, item, format)?;
                }
            }
            Datum::List(_) | Datum::Map(_) | Datum::Object(_) | Datum::Json(_)
                if format.separator.is_none() =>
            {
                let json =
                    serde_json::to_vec(&written(datum, self.dialect)).map_err(|error| error.to_string())?;
                self.part(key, None, b"application/json", &json);
            }
            // What clears a field has no form here; an empty part is the nearest.
            Datum::Cleared => self.part(key, None, b"", b""),
            other => self.part(key, None, b"", text(other, format).as_bytes()),
        }
        Ok(())
    }

    /// Without a content type a part is text (RFC 7578 §4.4).
    fn part(&mut self, key: &str, file: Option<&str>, content_type: &[u8], content: &[u8]) {
        let mut head =
            format!("--{}\r\nContent-Disposition: form-data; name=\"{}\"", self.boundary, quoted(key));
        if let Some(name) = file {
            head.push_str(&format!("; filename=\"{}\"", quoted(name)));
        }
        head.push_str("\r\n");
        self.bytes.extend_from_slice(head.as_bytes());
        if !content_type.is_empty() {
            self.bytes.extend_from_slice(b"Content-Type: ");
            self.bytes.extend_from_slice(content_type);
            self.bytes.extend_from_slice(b"\r\n");
        }
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes.extend_from_slice(content);
        self.bytes.extend_from_slice(b"\r\n");
    }
}

fn is_single(datum: &Datum) -> bool {
    !matches!(datum, Datum::List(_) | Datum::Map(_) | Datum::Object(_) | Datum::Json(_) | Datum::Filter(_))
}

/// What would end a name is escaped as browsers do (HTML §4.10.21.8, «multipart form data»).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Field, File, Shape};

    static SHAPE: Shape = Shape {
        name: "Upload",
        fields: &[
            Field::new("file", Format::PLAIN),
            Field::new("tags", Format::PLAIN),
            Field::new("options", Format::PLAIN),
        ],
        tree: &[Node::Field("file", 0), Node::Field("options", 2), Node::Field("tags", 1)],
        required: &[],
        clear: None,
    };

    #[test]
    fn each_field_is_a_part_and_no_name_breaks_out() {
        let mut args = Args::new(&SHAPE);
        args.set(0, File::new("a\"\r\nX: y.txt", *b"\0\xff").content_type("text/plain"));
        args.set(1, vec!["x".to_owned(), "y".to_owned()]);
        args.set(2, serde_json::json!({ "access": "PRIVATE" }));
        let (content_type, bytes) = body(&args, None).unwrap();
        let boundary = content_type.to_str().unwrap().split("boundary=").nth(1).unwrap().to_owned();
        let text = String::from_utf8_lossy(&bytes).replace(&boundary, "B");
        assert_eq!(
            text,
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22%0D%0AX: y.txt\"\r\n\
             Content-Type: text/plain\r\n\r\n\0\u{fffd}\r\n\
             --B\r\nContent-Disposition: form-data; name=\"options\"\r\nContent-Type: application/json\r\n\r\n\
             {\"access\":\"PRIVATE\"}\r\n\
             --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n\
             --B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\ny\r\n--B--\r\n"
        );
    }

    #[test]
    fn a_content_type_with_a_line_break_is_refused() {
        let mut args = Args::new(&SHAPE);
        args.set(0, File::new("a", "b").content_type("text/plain\r\nX: y"));
        assert!(body(&args, None).is_err());
    }
}
