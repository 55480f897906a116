//! The network: reachable or not, and whose clock is right.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use typed_connector_sandbox::Fault;

use super::Machine;
use super::bench::free_port;

#[tokio::test]
async fn a_clock_that_is_wrong() {
    let machine = Machine::connected().await;
    for (ahead, level, words) in [
        (0, "ok", "as the server's"),
        (-30, "ok", "as the server's"),
        (-150, "warning", "2 min 30 s ahead of the server's"),
        (600, "problem", "9 min 59 s behind the server's"),
    ] {
        let there = Timestamp::now() + SignedDuration::from_secs(ahead);
        let date =
            jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&there).expect("a date");
        machine.bench.sandbox.inject(Fault::status(401).header("date", &date).path("/crm/"));
        let told = machine.hubspot("").await;
        told.only_these_are_wrong(&["clock"]);
        let (text, fix) = told.only("clock", level);
        // A second more or less passes on the way.
        let near = words.replace("2 min 30", "2 min 31").replace("9 min 59", "9 min 58");
        let fits = text.contains(words)
            || text.contains(&near)
            || text.contains("2 min 29")
            || text.contains("10 min 0");
        assert!(fits, "{ahead}: {text}");
        assert_eq!(fix.is_empty(), level == "ok");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there() {
    let machine = Machine::connected().await;
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let began = Instant::now();
    let told = machine.told(machine.connector(&format!("doctor hubspot --json --base-url {nowhere}"))).await;
    told.only_these_are_wrong(&["server"]);
    let (text, fix) = told.only("server", "problem");
    assert!(text.starts_with(&format!("{nowhere} cannot be reached")), "{text}");
    assert_eq!(fix, format!("curl -sSI {nowhere}"));
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    // What can be told from here is told all the same.
    told.only("connection", "ok");

    // One that takes the connection and never says a word.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", silent.local_addr().expect("bound"));
    let told = machine.told(machine.connector(&format!("doctor hubspot --json --base-url {url}"))).await;
    told.only_these_are_wrong(&["server"]);
    println!(
        "FIGURE doctor: {:.1} s for a server that is not there and one that is silent",
        began.elapsed().as_secs_f64()
    );
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_does_not_work_now() {
    let machine = Machine::connected().await;
    machine.bench.sandbox.inject(Fault::status(503).path("/crm/"));
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["server"]);
    let (text, _) = told.only("server", "warning");
    assert!(text.ends_with("answers with HTTP 503"), "{text}");

    // Only the provider's endpoints.
    machine.bench.sandbox.inject(Fault::status(500).path("/oauth/").times(20));
    let told = machine.hubspot("").await;
    told.only_these_are_wrong(&["connection"]);
    let found = told.of("connection");
    assert!(found[0].0 == "problem" && found[0].1.contains("the provider could not be asked"), "{found:?}");
    assert!(found[0].2.starts_with("connector auth status hubspot"), "{found:?}");
}

#[tokio::test]
async fn offline_nothing_is_sent() {
    let machine = Machine::connected().await;
    machine.bench.sandbox.clear_requests();
    let told = machine.hubspot("--offline").await;
    told.only_these_are_wrong(&[]);
    assert_eq!(told.0.json()["offline"], true);
    assert!(machine.bench.sandbox.requests().is_empty(), "{:?}", machine.bench.sandbox.requests());
    assert!(told.of("clock").is_empty() && told.of("token").is_empty());
}
