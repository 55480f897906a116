//! *Allow users to authorize* in a web application: each end user gets a link, the callback finishes it, the same call succeeds.

mod attacks;
mod endpoint;
mod flow;
mod links;

use axum::Router;
use axum::http::request::Parts;
use tokio::net::TcpListener;
use typed_connector::Error;
use typed_connector::auth::{
    AuthorizationProfile, Authorizer, AuthorizerBuilder, Keyring, Kind, SqliteStore, Store as _,
    axum as auth_axum,
};
use typed_connector_sandbox::{App, Sandbox};
use typed_connector_tests::hubspot::{Client, Connector, deals};
use typed_connector_tests::watch::Kept;
use typed_connector_tests::{http, start, watch};

const TOKEN_PATH: &str = "/oauth/2026-03/token";

/// A web application with end users, and a HubSpot for it.
struct Web {
    sandbox: Sandbox,
    app: App,
    profile: AuthorizationProfile,
    kept: Kept,
    running: Running,
}

/// What ends when the application ends.
struct Running {
    store: SqliteStore,
    authorizer: Authorizer,
    client: Client,
    server: tokio::task::JoinHandle<()>,
}

/// What a browser was answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    location: Option<String>,
    headers: String,
    body: String,
}

impl Web {
    async fn start() -> Self {
        Self::with(|builder| builder).await
    }

    async fn with(settings: impl FnOnce(AuthorizerBuilder) -> AuthorizerBuilder) -> Self {
        let sandbox = start(Sandbox::builder().seed(3)).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let callback_url =
            format!("http://localhost:{}/oauth/callback", listener.local_addr().expect("bound").port());
        let app = sandbox.register_app(App::new("Their app").redirect_uri(&callback_url));
        let profile =
            AuthorizationProfile::new::<Connector>(&app.client_id, &app.client_secret, callback_url)
                .expect("HubSpot has OAuth 2.0")
                .host(&sandbox.url())
                .pkce(true);
        let kept = Kept::new();
        let builder = Authorizer::builder(profile.clone(), kept.store.clone());
        let authorizer = settings(builder).build().expect("a sound profile");
        let running = Running::new(&sandbox, kept.store.clone(), authorizer, listener);
        Self { sandbox, app, profile, kept, running }
    }

    /// The application ends and starts again, with nothing but its files.
    async fn restart(&mut self) {
        self.running.server.abort();
        let port = self.profile.callback_url().rsplit_once(':').expect("a port").1;
        let port: u16 = port.split('/').next().expect("digits").parse().expect("a port");
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", port)).await {
                Ok(listener) => break listener,
                // The former one is about to close it.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
        };
        let store = SqliteStore::open(&self.kept.path, Keyring::new(self.kept.key.clone())).expect("opened");
        let authorizer = Authorizer::new(self.profile.clone(), store.clone()).expect("a sound profile");
        self.kept.store = store.clone();
        self.running = Running::new(&self.sandbox, store, authorizer, listener);
    }

    fn running_client(sandbox: &Sandbox, authorizer: &Authorizer) -> Client {
        let builder = Client::builder().base_url(sandbox.url()).observer(watch::Errors).rate_limits(false);
        builder.authorizer(authorizer, "nobody").build().expect("sound settings")
    }

    fn store(&self) -> &SqliteStore {
        &self.running.store
    }

    fn authorizer(&self) -> &Authorizer {
        &self.running.authorizer
    }

    fn client(&self, user: &str) -> Client {
        self.running.client.for_connection(user)
    }

    /// What a call for this user ends in, who has not authorized yet: the link.
    async fn link(&self, user: &str) -> String {
        match self.client(user).execute(deals::List::new()).await {
            Err(Error::AuthorizationRequired(required)) => {
                assert_eq!((required.connection.as_str(), required.provider.as_str()), (user, "HubSpot"));
                assert!(!format!("{required:?}").contains("state"), "{required:?}");
                required.url.clone()
            }
            other => panic!("a link was expected, not {other:?}"),
        }
    }

    /// A link that no call has ended in before.
    async fn new_link(&self, user: &str) -> String {
        self.authorizer().authorize(user).await.expect("a link").url
    }

    /// The redirect that a link leads to, after a look at the page and a press on its button.
    async fn decide(&self, link: &str, decision: &str, account: &str) -> String {
        let page = http().get(link).send().await.expect("the consent page");
        assert!(page.status().is_success());
        let form = [("decision", decision), ("account", account)];
        let answer = http().post(link).form(&form).send().await.expect("a redirect");
        answer.headers().get("location").expect("where to").to_str().expect("text").to_owned()
    }

    async fn approve(&self, user: &str) -> String {
        self.decide(&self.link(user).await, "approve", "12345678").await
    }

    async fn nothing_is_kept(&self) {
        assert_eq!(self.store().keys(Kind::Connection).await.expect("readable"), Vec::<String>::new());
    }
}

impl Running {
    fn new(sandbox: &Sandbox, store: SqliteStore, authorizer: Authorizer, listener: TcpListener) -> Self {
        let client = Web::running_client(sandbox, &authorizer);
        let callback = auth_axum::callback(&authorizer).user(signed_in).on_success("/settings?connected");
        let router: Router = Router::new().route("/oauth/callback", callback.into_route());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.expect("it serves") });
        Self { store, authorizer, client, server }
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.running.server.abort();
        let Running { store, authorizer, client, .. } = &self.running;
        watch::shown(&format!("{store:?} {authorizer:#?} {client:#?} {:?}", self.profile));
    }
}

fn signed_in(request: &Parts) -> Option<String> {
    let cookie = request.headers.get("cookie")?.to_str().ok()?;
    cookie.strip_prefix("session=").map(str::to_owned)
}

/// A signed-in user's browser goes there.
async fn browse(method: http::Method, address: &str, user: Option<&str>) -> Answer {
    let mut request = http().request(method, address);
    if let Some(user) = user {
        request = request.header("cookie", format!("session={user}"));
    }
    let answer = request.send().await.expect("the application answers");
    let location = answer.headers().get("location").map(|to| to.to_str().expect("text").to_owned());
    let headers = format!("{:?}", answer.headers());
    let status = answer.status().as_u16();
    let answer = Answer { status, location, headers, body: answer.text().await.expect("text") };
    watch::shown(&format!("{answer:?}"));
    answer
}

async fn visit(address: &str, user: &str) -> Answer {
    browse(http::Method::GET, address, Some(user)).await
}

fn parameter(address: &str, name: &str) -> String {
    let url = typed_connector::Url::parse(address).expect("an address");
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}
