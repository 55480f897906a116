//! A real Chromium without a window, driven over its debugging protocol through a pipe: no driver program, no socket, no port.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// Set where a missing browser is a failure: in CI.
const REQUIRED: &str = "REQUIRE_BROWSER";
/// A folder to put screenshots in.
const SCREENSHOTS: &str = "BROWSER_SCREENSHOTS";
/// How long a page may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Chromium {
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    session: String,
    last_id: u64,
    /// What the browser complained about, such as a style that the page's own policy forbids.
    pub(crate) complaints: Vec<String>,
    /// Its name and version.
    pub(crate) version: String,
    child: Child,
    profile: tempfile::TempDir,
}

impl Drop for Chromium {
    /// Ends all of its processes, and only then removes their folder: one that still writes would leave a part of it.
    fn drop(&mut self) {
        if let Some(id) = self.child.id() {
            drop(std::process::Command::new("kill").args(["-KILL", "--", &format!("-{id}")]).status());
        }
        let until = Instant::now() + Duration::from_secs(5);
        while self.profile.path().exists() && Instant::now() < until {
            drop(std::fs::remove_dir_all(self.profile.path()));
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Chromium {
    /// A fresh one, or `None` where none is installed.
    pub(crate) async fn start() -> Option<Self> {
        let Some(program) = installed() else {
            let required = std::env::var(REQUIRED).is_ok_and(|value| value == "1");
            assert!(!required, "{REQUIRED}=1, and no chromium is installed");
            // Not `println!`, which the test harness shows for failed tests only.
            drop(writeln!(
                std::io::stderr(),
                "SKIPPED: no chromium is installed, so nothing was tested in a browser"
            ));
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let temporary = profile.path().join("tmp");
        std::fs::create_dir(&temporary).expect("made");
        // The protocol is spoken over the descriptors 3 and 4; a shell puts our pipes there.
        let mut child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null"])
            .arg(program)
            .arg("--remote-debugging-pipe")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args([
                "--no-sandbox", // root, as in a container, has no sandbox
                "--headless",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--window-size=900,900",
                "about:blank",
            ])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // What it makes there, a socket for one, it only removes when it is asked to end.
            .env("TMPDIR", &temporary)
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .expect("chromium starts");
        let (stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let mut browser = Self {
            stdin,
            stdout: BufReader::new(stdout),
            session: String::new(),
            last_id: 0,
            complaints: Vec::new(),
            version: String::new(),
            child,
            profile,
        };
        let version = browser.command("Browser.getVersion", json!({})).await;
        browser.version = version["product"].as_str().expect("a name").to_owned();
        let target = browser.command("Target.createTarget", json!({ "url": "about:blank" })).await;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.command("Target.attachToTarget", attach).await;
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log"] {
            browser.command(&format!("{domain}.enable"), json!({})).await;
        }
        Some(browser)
    }

    /// All that it keeps on this machine, which is gone when it is.
    #[allow(dead_code, reason = "one of the tests that share this looks")]
    pub(crate) fn folder(&self) -> PathBuf {
        self.profile.path().to_owned()
    }

    pub(crate) async fn open(&mut self, url: &str) {
        let answer = self.command("Page.navigate", json!({ "url": url })).await;
        assert!(answer.get("errorText").is_none(), "{answer}");
    }

    pub(crate) async fn reload(&mut self) {
        self.command("Page.reload", json!({})).await;
    }

    /// Waits until the page's text holds this.
    pub(crate) async fn see(&mut self, text: &str) -> String {
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                let page =
                    self.evaluate("document.readyState === 'complete' ? document.body.innerText : ''").await;
                let page = page.as_str().unwrap_or_default().to_owned();
                if page.contains(text) {
                    return page;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        if let Ok(page) = seen.await {
            return page;
        }
        panic!("`{text}` does not appear; the page is {}", self.evaluate("document.body.innerText").await)
    }

    /// Presses the mouse on an element.
    pub(crate) async fn click(&mut self, selector: &str) {
        let script = format!(
            "(() => {{ const e = document.querySelector({}); e.scrollIntoView({{block: 'center'}}); \
             const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; }})()",
            json!(selector)
        );
        let at = self.evaluate(&script).await;
        assert!(at[0].is_number(), "there is no {selector}");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.command("Input.dispatchMouseEvent", event).await;
        }
    }

    /// The value of an expression in the page; null while it is changing.
    pub(crate) async fn evaluate(&mut self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true });
        let answer = self.answer("Runtime.evaluate", parameters).await;
        match answer["error"]["message"].as_str() {
            None => answer["result"]["result"]["value"].clone(),
            // The page led on meanwhile.
            Some(text) if text.contains("navigated") || text.contains("context") => Value::Null,
            Some(text) => panic!("{expression}: {text}"),
        }
    }

    /// Light and dark, wide and narrow, where somebody wants to look at them.
    pub(crate) async fn photograph(&mut self, name: &str) {
        let Some(folder) = std::env::var_os(SCREENSHOTS) else { return };
        for (suffix, scheme, width) in
            [("light", "light", 900), ("dark", "dark", 900), ("phone", "light", 360)]
        {
            let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            self.command("Emulation.setEmulatedMedia", json!({ "features": feature })).await;
            let metrics =
                json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
            self.command("Emulation.setDeviceMetricsOverride", metrics).await;
            let size = self.command("Page.getLayoutMetrics", json!({})).await["cssContentSize"].take();
            let clip = json!({ "x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1 });
            let whole = json!({ "captureBeyondViewport": true, "clip": clip });
            let picture = self.command("Page.captureScreenshot", whole).await;
            let picture = base64::engine::general_purpose::STANDARD
                .decode(picture["data"].as_str().expect("a picture"));
            let file = PathBuf::from(&folder).join(format!("{name}-{suffix}.png"));
            std::fs::write(file, picture.expect("base64")).expect("written");
        }
        self.command("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.command("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
    }

    /// One command and its result.
    pub(crate) async fn command(&mut self, method: &str, parameters: Value) -> Value {
        let mut answer = self.answer(method, parameters).await;
        assert!(answer.get("error").is_none(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    /// One command and its answer; messages end with a zero byte.
    async fn answer(&mut self, method: &str, parameters: Value) -> Value {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = self.session.as_str().into();
        }
        let bytes = format!("{message}\0");
        self.stdin.write_all(bytes.as_bytes()).await.expect("chromium listens");
        loop {
            let mut bytes = Vec::new();
            let read = tokio::time::timeout(PATIENCE, self.stdout.read_until(0, &mut bytes)).await;
            let read =
                read.unwrap_or_else(|_| panic!("chromium does not answer {method}")).expect("readable");
            assert!(read > 0, "chromium ended during {method}");
            bytes.pop();
            let message: Value = serde_json::from_slice(&bytes).expect("chromium speaks JSON");
            if message["method"] == "Log.entryAdded" && message["params"]["entry"]["level"] == "error" {
                self.complaints.push(message["params"]["entry"]["text"].to_string());
            }
            if message["id"] == self.last_id {
                return message;
            }
        }
    }
}

fn installed() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let candidates = std::env::split_paths(&path).flat_map(|folder| names.map(|name| folder.join(name)));
    candidates.into_iter().find(|program| program.is_file())
}
