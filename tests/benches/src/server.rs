//! A server that answers as fast as it can, so that what is measured is the client.

use std::fmt::Write as _;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::Failure;

/// What HubSpot answers to a create, with the eight properties that it shows by default.
pub(crate) const DEAL: &str = r#"{"id":"493561802994","properties":{"amount":"1200","closedate":"2027-03-31T00:00:00Z","createdate":"2026-03-12T07:34:03.846Z","dealname":"Acme renewal","dealstage":"qualifiedtobuy","hs_lastmodifieddate":"2026-03-12T07:34:03.846Z","hs_object_id":"493561802994","pipeline":"default"},"createdAt":"2026-03-12T07:34:03.846Z","updatedAt":"2026-03-12T07:34:03.846Z","archived":false,"url":"https://app.hubspot.com/contacts/12345678/record/0-3/493561802994"}"#;

/// Prints its address and serves until it is stopped.
pub(crate) async fn serve() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    accept(&listener, Duration::ZERO).await
}

/// Serves what is asked for, each answer after this time.
pub(crate) async fn accept(listener: &TcpListener, latency: Duration) -> Result<(), Failure> {
    loop {
        let (stream, _) = listener.accept().await?;
        // A client that goes away is the normal end of a connection.
        tokio::spawn(async move { drop(connection(stream, latency).await) });
    }
}

async fn connection(mut stream: TcpStream, latency: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let deal = answer("201 Created", DEAL);
    let (mut buffer, mut filled) = (vec![0; 64 * 1024], 0);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        if read == 0 {
            return Ok(());
        }
        filled += read;
        while let Some(length) = request_length(&buffer[..filled]) {
            let page = buffer.starts_with(b"GET").then(|| answer("200 OK", &page(next(&buffer[..length]))));
            if !latency.is_zero() {
                tokio::time::sleep(latency).await;
            }
            stream.write_all(page.as_ref().unwrap_or(&deal)).await?;
            buffer.copy_within(length..filled, 0);
            filled -= length;
        }
    }
}

/// The cursor behind the page that is asked for. A number at the start of the path says how many pages a list has; without, it has no
/// end.
fn next(request: &[u8]) -> Option<u64> {
    let number = |bytes: &[u8]| {
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).copied().collect();
        String::from_utf8(digits).ok()?.parse::<u64>().ok()
    };
    let path = request.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
    let count = number(path.get(1..).unwrap_or_default()).unwrap_or(u64::MAX);
    let after = path.windows(6).position(|six| six == b"after=").and_then(|at| number(&path[at + 6..]));
    let next = after.unwrap_or(0) + 1;
    (next < count).then_some(next)
}

/// The length of the first whole request, if it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let body =
        text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0);
    (bytes.len() >= head + body).then_some(head + body)
}

fn answer(status: &str, body: &str) -> Vec<u8> {
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
