//! What the tests share: a sandbox, a console in a process of its own, and a browser without a window or a script: cookies, forms, links.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Stdio;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use typed_connector_sandbox::{Builder, Sandbox};

/// A console over a sandbox.
pub(crate) struct Bench {
    pub(crate) sandbox: Sandbox,
    pub(crate) home: tempfile::TempDir,
    /// The start link.
    pub(crate) link: String,
    pub(crate) port: u16,
    child: Child,
}

impl Bench {
    pub(crate) async fn start() -> Self {
        Self::with(Sandbox::builder().seed(12), &[], &[]).await
    }

    /// With more options, and with these variables.
    pub(crate) async fn with(sandbox: Builder, options: &[&str], variables: &[(&str, String)]) -> Self {
        let sandbox = sandbox.start().await.expect("the sandbox starts");
        let home = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_connector"));
        command
            .args(["console", "--port", "0", "--no-browser", "--base-url", &sandbox.url()])
            .args(options)
            .env("CONNECTOR_HOME", home.path().join("data"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        for name in
            ["TYPED_CONNECTOR_KEY", "HUBSPOT_CLIENT_ID", "HUBSPOT_CLIENT_SECRET", "HUBSPOT_CALLBACK_URL"]
        {
            command.env_remove(name);
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        let mut child = command.spawn().expect("the console starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
        let link = loop {
            let line = lines.next_line().await.expect("text").expect("the link before the end");
            if line.trim().starts_with("http://") {
                break line.trim().to_owned();
            }
        };
        // Whoever writes to a closed pipe ends.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let port = reqwest::Url::parse(&link).expect("a link").port().expect("a port");
        Self { sandbox, home, link, port, child }
    }

    /// Where the console keeps its data.
    pub(crate) fn data(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// What is configured.
    pub(crate) fn configured(&self) -> Value {
        let text = std::fs::read_to_string(self.data().join("connectors.json")).unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// Runs a line in a shell where `connector` is the command, with the same home; what it writes.
    pub(crate) async fn shell(&self, line: &str) -> String {
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_connector")).parent().expect("a folder");
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("sh")
            .args(["-c", line])
            .env("PATH", format!("{}:{path}", program.display()))
            .env("CONNECTOR_HOME", self.data())
            .env_remove("HUBSPOT_ACCESS_TOKEN")
            .env_remove("TYPED_CONNECTOR_KEY")
            .stdin(Stdio::null())
            .output();
        let output = output.await.expect("it runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
        text(&output.stdout)
    }

    /// Presses Ctrl-C, and waits until the console has ended.
    #[cfg(unix)]
    pub(crate) async fn stop(&mut self) {
        let id = self.child.id().expect("it runs").to_string();
        Command::new("kill").args(["-INT", &id]).status().await.expect("it is there");
        assert!(self.child.wait().await.expect("it ends").success());
    }

    pub(crate) fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A visitor who has opened the start link.
    pub(crate) async fn visitor(&self) -> Visitor {
        let mut visitor = Visitor::stranger(self);
        let page = visitor.open(&self.link).await;
        assert_eq!(page.status, 200, "{page:?}");
        visitor
    }
}

/// Somebody with a browser.
#[derive(Clone)]
pub(crate) struct Visitor {
    http: reqwest::Client,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// More headers, such as those that only somebody up to no good sends.
    pub(crate) headers: HeaderMap,
}

/// A page, and where it is.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) address: String,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Visitor {
    /// One without any cookie.
    pub(crate) fn stranger(bench: &Bench) -> Self {
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { http, origin: bench.origin(), cookies: BTreeMap::new(), headers: HeaderMap::new() }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = HeaderValue::from_str(value).expect("a value");
        self.headers.insert(HeaderName::from_static(name), value);
        self
    }

    fn address(&self, address: &str) -> String {
        if address.starts_with('/') { format!("{}{address}", self.origin) } else { address.to_owned() }
    }

    pub(crate) async fn open(&mut self, address: &str) -> Page {
        let request = self.http.get(self.address(address));
        self.follow(request).await
    }

    /// Sends a form of the page, as a browser does: with its hidden fields, its values, and these in their place.
    pub(crate) async fn send(&mut self, page: &Page, action: &str, values: &[(&str, &str)]) -> Page {
        let mut fields = page.fields(action);
        for (name, value) in values {
            fields.retain(|(known, _)| known != name);
            fields.push(((*name).to_owned(), (*value).to_owned()));
        }
        self.post(action, &fields).await
    }

    /// Sends these fields, whatever any page has.
    pub(crate) async fn post(&mut self, action: &str, fields: &[(String, String)]) -> Page {
        let mut request = self.http.post(self.address(action)).form(fields);
        for (name, value) in [("sec-fetch-site", "same-origin"), ("origin", "null")] {
            if !self.headers.contains_key(name) {
                request = request.header(name, value);
            }
        }
        self.follow(request).await
    }

    /// Sends a body as it is.
    pub(crate) async fn post_raw(&mut self, action: &str, kind: &str, body: String) -> Page {
        let request = self.http.post(self.address(action)).header("content-type", kind).body(body);
        self.follow(request.header("sec-fetch-site", "same-origin")).await
    }

    async fn follow(&mut self, mut request: reqwest::RequestBuilder) -> Page {
        for _ in 0..5 {
            let sent = request.headers(self.headers.clone()).header("cookie", self.cookie());
            let response = sent.send().await.expect("an answer");
            let ours = response.url().as_str().starts_with(&self.origin);
            for cookie in response.headers().get_all("set-cookie").iter().filter(|_| ours) {
                let cookie = cookie.to_str().expect("text");
                let (name, rest) = cookie.split_once('=').expect("a cookie");
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
            }
            let next = response.headers().get("location").map(|next| next.to_str().expect("text").to_owned());
            let Some(next) = next.filter(|_| response.status().is_redirection()) else {
                return Page {
                    status: response.status().as_u16(),
                    address: response.url().to_string(),
                    headers: response.headers().clone(),
                    html: response.text().await.expect("text"),
                };
            };
            request = self.http.get(self.address(&next));
        }
        panic!("it goes round in circles");
    }

    fn cookie(&self) -> String {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// The same person's browser after a way over another site: only what is not strict comes along.
    pub(crate) fn returning(&self) -> Self {
        let mut visitor = self.clone();
        visitor.cookies.retain(|name, _| name.ends_with("-return"));
        visitor
    }

    /// From «Authorize» to the way back: the address at which the provider's redirect ends.
    pub(crate) async fn way_back(&mut self, page: &Page, values: &[(&str, &str)], decision: &str) -> String {
        let page = self.send(page, "/connectors/hubspot/authorize", values).await;
        assert_eq!(page.status, 200, "{page:?}");
        self.decide(&page.leads_to(), decision).await
    }

    /// Presses a button of the provider's consent page.
    pub(crate) async fn decide(&self, link: &str, decision: &str) -> String {
        let request = self.http.post(link).form(&[("decision", decision)]);
        let answer = request.send().await.expect("an answer");
        let back = answer.headers().get("location").expect("a redirect").to_str().expect("text");
        back.to_owned()
    }

    /// Everything up to «Enabled», with a new custom profile by the name `default`.
    pub(crate) async fn set_up(&mut self, bench: &Bench) {
        let page = configure(self, bench, &[]).await;
        let back = self.way_back(&page, &[], "approve").await;
        let done = self.returning().open(&back).await;
        assert!(done.text().contains("Authorization completed successfully"), "{done:?}");
        let page = self.open("/connectors/hubspot").await;
        let page = self.send(&page, "/connectors/hubspot/enable", &[]).await;
        assert!(page.text().contains("It is enabled"), "{page:?}");
    }
}

/// Saves a new custom profile for the sandbox's app; the connector's page.
pub(crate) async fn configure(visitor: &mut Visitor, bench: &Bench, more: &[(&str, &str)]) -> Page {
    let app = bench.sandbox.app();
    let page = visitor.open("/connectors/hubspot/configure").await;
    let mut values = vec![
        ("access", "new"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.as_str()),
    ];
    values.extend(more);
    let page = visitor.send(&page, "/connectors/hubspot/configure", &values).await;
    assert!(page.text().contains("The configuration is saved"), "{page:?}");
    page
}

impl Page {
    /// What a person reads of it: without tags, scripts and styles are not there anyway.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for c in self.html.chars() {
            match c {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                c if !inside => text.push(c),
                _ => {}
            }
        }
        let text = unescaped(&text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The names and values of the form with this address, as far as they are sent where nobody touches anything.
    pub(crate) fn fields(&self, action: &str) -> Vec<(String, String)> {
        let form = self.form(action);
        let mut fields = Vec::new();
        for tag in form.split('<').skip(1) {
            let attribute = |name: &str| {
                let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
                Some(unescaped(rest.split('"').next()?))
            };
            let Some(name) = attribute("name") else { continue };
            let value = attribute("value").unwrap_or_default();
            let kind = attribute("type").unwrap_or_default();
            if tag.starts_with("input")
                && (!matches!(&*kind, "checkbox" | "radio") || tag.contains(" checked"))
            {
                fields.push((name, value));
            } else if tag.starts_with("textarea") {
                let text = tag.split_once('>').map(|(_, text)| unescaped(text)).unwrap_or_default();
                fields.push((name, text));
            } else if tag.starts_with("select") {
                let rest = form.split_once(&format!("<{tag}")).map(|(_, rest)| rest).unwrap_or_default();
                let options = rest.split("</select>").next().unwrap_or_default();
                let chosen = options.split("<option").skip(1).find(|option| option.contains(" selected"));
                let first = options.split("<option").nth(1);
                let value =
                    chosen.or(first).and_then(|option| option.split_once("value=\"")?.1.split('"').next());
                fields.push((name, unescaped(value.unwrap_or_default())));
            }
        }
        fields
    }

    /// The form with this address, or the one without any, which goes to the page's own.
    fn form(&self, action: &str) -> &str {
        let mut forms =
            self.html.split("<form").skip(1).map(|form| form.split("</form>").next().unwrap_or_default());
        let wanted = format!(" action=\"{action}\"");
        let own = self.address.ends_with(action);
        let is_it = |form: &&str| {
            let tag = form.split('>').next().unwrap_or_default();
            tag.contains(&wanted) || own && !tag.contains(" action=")
        };
        forms.find(is_it).unwrap_or_else(|| panic!("there is no form for {action} in {self:?}"))
    }

    /// That these controls are marked as wrong and no others, each with its message beside it, and a way to it from the head of the form.
    #[track_caller]
    pub(crate) fn marks(&self, names: &[&str]) {
        let tags: Vec<_> =
            self.html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()).collect();
        let attribute = |tag: &str, name: &str| {
            let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
            Some(unescaped(rest.split('"').next()?))
        };
        let has_id = |id: &str| tags.iter().any(|tag| attribute(tag, "id").as_deref() == Some(id));
        let wrong = tags.iter().filter(|tag| attribute(tag, "aria-invalid").as_deref() == Some("true"));
        let mut wrong: Vec<_> = wrong
            .map(|tag| {
                let id = attribute(tag, "id").unwrap_or_else(|| panic!("no id: <{tag}>"));
                let described = attribute(tag, "aria-describedby").unwrap_or_default();
                let ids: Vec<_> = described.split(' ').collect();
                assert!(
                    ids.contains(&&*format!("{id}-problem")) && ids.iter().all(|id| has_id(id)),
                    "<{tag}>"
                );
                assert!(self.html.contains(&format!("href=\"#{id}\"")), "no way to {id} in {}", self.text());
                id
            })
            .collect();
        let mut names = names.to_vec();
        wrong.sort();
        names.sort_unstable();
        assert_eq!(wrong, names, "{}", self.text());
    }

    /// Whether a section of the first page has this connector.
    pub(crate) fn lists(&self, heading: &str, title: &str) -> bool {
        let section = self.html.split_once(&format!(">{heading}</h2>")).map(|(_, rest)| rest);
        let section = section.and_then(|rest| rest.split("</section>").next()).unwrap_or_default();
        unescaped(section).contains(&format!(">{title}</a></h3>"))
    }

    /// The code below a heading.
    pub(crate) fn code(&self, heading: &str) -> String {
        let (_, rest) = self
            .html
            .split_once(&format!(">{heading}</h2>"))
            .unwrap_or_else(|| panic!("no {heading} in {self:?}"));
        let code = rest.split_once("<code>").and_then(|(_, rest)| rest.split_once("</code>"));
        unescaped(code.expect("some code").0)
    }

    /// The address that the page leads to by itself.
    pub(crate) fn leads_to(&self) -> String {
        let (_, rest) =
            self.html.split_once("content=\"0; url=").unwrap_or_else(|| panic!("it leads nowhere: {self:?}"));
        unescaped(rest.split('"').next().unwrap_or_default())
    }
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}
