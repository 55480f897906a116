//! A server that answers as fast as it can, so that what is measured is the client.

use std::fmt::Write as _;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

/// What HubSpot answers to a create, with the eight properties that it shows by default.
const DEAL: &str = r#"{"id":"493561802994","properties":{"amount":"1200","closedate":"2027-03-31T00:00:00Z","createdate":"2026-03-12T07:34:03.846Z","dealname":"Acme renewal","dealstage":"qualifiedtobuy","hs_lastmodifieddate":"2026-03-12T07:34:03.846Z","hs_object_id":"493561802994","pipeline":"default"},"createdAt":"2026-03-12T07:34:03.846Z","updatedAt":"2026-03-12T07:34:03.846Z","archived":false,"url":"https://app.hubspot.com/contacts/12345678/record/0-3/493561802994"}"#;

/// Prints its address and serves until it is stopped.
pub(crate) async fn serve() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    loop {
        let (stream, _) = listener.accept().await?;
        // A client that goes away is the normal end of a connection.
        tokio::spawn(async move { drop(connection(stream).await) });
    }
}

async fn connection(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let deal = answer("201 Created", DEAL);
    let mut pages = Pages::default();
    let (mut buffer, mut filled) = (vec![0; 64 * 1024], 0);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        while let Some(length) = request_length(&buffer[..filled]) {
            let request = &buffer[..length];
            stream.write_all(if request.starts_with(b"GET") { pages.next(request) } else { &deal }).await?;
            buffer.copy_within(length..filled, 0);
            filled -= length;
        }
    }
}

/// Pages of contacts. A number at the start of the path says how many a list has; without, it has no end.
#[derive(Default)]
struct Pages {
    given: u64,
    made: Vec<u8>,
}

impl Pages {
    fn next(&mut self, request: &[u8]) -> &[u8] {
        let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        let first = path.split(|byte| *byte == b'/').nth(1).unwrap_or_default();
        let count: u64 = String::from_utf8_lossy(first).parse().unwrap_or(u64::MAX);
        self.given += 1;
        let next = (self.given < count).then_some(self.given);
        self.made = answer("200 OK", &page(next));
        &self.made
    }
}

/// The length of the first whole request, if it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= head + body).then_some(head + body)
}

pub(crate) fn answer(status: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// A page of a hundred contacts.
pub(crate) fn page(next: Option<u64>) -> String {
    let mut page = r#"{"results":["#.to_owned();
    for n in 0..100 {
        let (id, comma) = (734_931_097_788_u64 + n, if n == 0 { "" } else { "," });
        let _ = write!(
            page,
            r#"{comma}{{"id":"{id}","properties":{{"annualrevenue":"12{n}.50","company":"Example {n}","createdate":"2026-03-12T07:33:46.615Z","email":"person{n}@example.com","firstname":"Ada","hs_custom_flag":"x{n}","hs_lead_status":null,"hs_object_id":"{id}","jobtitle":"Analyst","lastmodifieddate":"2026-03-12T07:33:46.615Z","lastname":"Byron","lifecyclestage":"lead","phone":"+1 555-01{n:02}"}},"createdAt":"2026-03-12T07:33:46.615Z","updatedAt":"2026-03-12T07:33:46.615Z","archived":false,"url":"https://app.hubspot.com/contacts/12345678/record/0-1/{id}"}}"#
        );
    }
    match next {
        Some(next) => page + &format!(r#"],"paging":{{"next":{{"after":"{next}"}}}}}}"#),
        None => page + "]}",
    }
}
