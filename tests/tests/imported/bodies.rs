//! Files, forms and bytes.

use serde_json::json;
use typed_connector::{Bytes, File};
use typed_connector_tests::wire::{Reply, Server};

use crate::files::file_store::{
    CreateToken, DownloadContent, FileStoreUploadFileOptions, GetReport, UpdateContent, UploadFile,
};
use crate::{client, files};

#[tokio::test]
async fn files_travel_in_parts() {
    let server = Server::start(|_| Reply::json(201, &json!({ "id": "f1", "size": 3 }))).await;
    let client = client(files::Client::builder(), &server);
    let upload = UploadFile::new(File::new("a.csv", "a;b").content_type("text/csv"), "/reports")
        .attachments([File::new("b.bin", [0_u8, 255])])
        .labels(["x", "y"])
        .options(FileStoreUploadFileOptions::new().overwrite(true));
    let file = client.execute(upload).await.expect("a file");
    assert_eq!((file.id.as_str(), file.size), ("f1", Some(3)));
    let request = server.last();
    let kind = request.header("content-type").expect("a content type");
    let boundary = kind.strip_prefix("multipart/form-data; boundary=").expect("parts");
    let text = request.text();
    let mut parts: Vec<&str> =
        text.split(&format!("--{boundary}")).map(|part| part.trim_matches(['\r', '\n'])).collect();
    assert_eq!(parts.pop(), Some("--"));
    assert_eq!(parts.remove(0), "");
    parts.sort_unstable();
    assert_eq!(
        parts,
        [
            "Content-Disposition: form-data; name=\"attachments\"; filename=\"b.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n\0\u{fffd}",
            "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\na;b",
            "Content-Disposition: form-data; name=\"folder\"\r\n\r\n/reports",
            "Content-Disposition: form-data; name=\"labels\"\r\n\r\nx",
            "Content-Disposition: form-data; name=\"labels\"\r\n\r\ny",
            "Content-Disposition: form-data; name=\"options\"\r\nContent-Type: application/json\r\n\r\n{\"overwrite\":true}",
        ]
    );
    assert_eq!(request.header("x-api-key"), Some("the-token"));
    assert_eq!(request.header("authorization"), None);
}

#[tokio::test]
async fn bytes_go_out_and_come_in_as_they_are() {
    let png = [0x89, b'P', b'N', b'G', 0, 255];
    let server = Server::start(move |request| match request.line.split(' ').next() {
        Some("GET") => Reply::new(200, &[("content-type", "application/octet-stream")], png),
        _ => Reply::new(204, &[], ""),
    })
    .await;
    let client = client(files::Client::builder(), &server);
    let Bytes(content) = client.execute(DownloadContent::new("f1")).await.expect("bytes");
    assert_eq!(content, png);
    client.execute(UpdateContent::new("f1", Bytes(png.into()))).await.expect("done");
    assert_eq!(server.last().header("content-type"), Some("image/png"));
    assert_eq!(server.last().body, png);
    assert_eq!(client.execute(GetReport::new("f1")).await.expect("a report").0, png);
}

#[tokio::test]
async fn a_form_is_a_form() {
    let server =
        Server::start(|_| Reply::json(200, &json!({ "access_token": "s3cret", "expires_in": 60 }))).await;
    let client = client(files::Client::builder(), &server);
    let token = client
        .execute(CreateToken::new("s&=ü").scopes(["a", "b c"]).audience(["x", "y"]))
        .await
        .expect("a token");
    assert_eq!(token.expires_in, Some(60));
    assert!(!format!("{token:?}").contains("s3cret"), "what is secret is not shown");
    let request = server.last();
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    let pairs: Vec<_> = form_urlencoded::parse(&request.body).into_owned().collect();
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        pairs,
        [
            pair("audience", "x,y"),
            pair("client_secret", "s&=ü"),
            pair("grant_type", "client_credentials"),
            pair("scopes", "a"),
            pair("scopes", "b c"),
        ]
    );
}
