//! The network: reachable or not, and whose clock is right.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use typed_connector_sandbox::Fault;

use super::Machine;
use super::bench::free_port;

#[tokio::test]
async fn a_clock_that_is_wrong() {
    let machine = Machine::connected().await;
    // How many seconds the answer's clock is ahead of this one, and what is said of that.
    for (ahead, level, which) in [
        (0, "ok", ""),
        (-30, "ok", ""),
        (-150, "warning", " ahead of the server's"),
        (600, "problem", " behind the server's"),
    ] {
        let there = Timestamp::now() + SignedDuration::from_secs(ahead);
        let date =
            jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&there).expect("a date");
        machine.bench.sandbox.inject(Fault::status(401).header("date", &date).path("/crm/"));
        let told = machine.hubspot("").await;
        told.only_these_are_wrong(&["clock"]);
        let (text, fix) = told.only("clock", level);
        assert_eq!(fix.is_empty(), level == "ok");
        if level == "ok" {
            assert!(text.starts_with("as the server's"), "{text}");
            continue;
        }
        let by = text.strip_prefix("this machine's clock is ").and_then(|text| text.strip_suffix(which));
        let (minutes, seconds) =
            by.and_then(|by| by.strip_suffix(" s")?.split_once(" min ")).expect("a time");
        let number = |text: &str| text.parse::<i64>().expect("a number");
        let ahead_here = (number(minutes) * 60 + number(seconds)) * -ahead.signum();
        // What passes until the answer is read makes this clock later: some seconds, where the machine is busy.
        assert!((-1..30).contains(&(ahead_here + ahead)), "{ahead}: {text}");
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
