//! A PostgreSQL server for the tests that run now: on a free port, with its data in a folder that is removed.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where Debian keeps the programs that are not in the path.
const DEBIAN: &str = "/usr/lib/postgresql";
pub(crate) const PASSWORD: &str = "hunter2-postgres-password";

static RUNNING: Mutex<Weak<PostgresServer>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// A running server; it stops when the last test that uses it ends.
pub(crate) struct PostgresServer {
    programs: PathBuf,
    child: Mutex<Child>,
    port: u16,
    folder: TempDir,
}

/// The server that tests share, or none, which is told, where the machine has no PostgreSQL. With `REQUIRE_POSTGRES=1` that fails.
pub(crate) fn shared() -> Option<Arc<PostgresServer>> {
    let programs = programs()?;
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    Some(running.upgrade().unwrap_or_else(|| {
        let server = Arc::new(PostgresServer::start(programs));
        *running = Arc::downgrade(&server);
        server
    }))
}

/// A server that one test has for itself, to do with it as it likes.
pub(crate) fn own() -> Option<PostgresServer> {
    Some(PostgresServer::start(programs()?))
}

fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut debian: Vec<PathBuf> = std::fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    debian.sort();
    folders.extend(debian.into_iter().rev());
    let found = folders
        .into_iter()
        .find(|folder| ["initdb", "postgres"].iter().all(|name| folder.join(name).is_file()));
    if found.is_none() {
        let required = std::env::var("REQUIRE_POSTGRES").is_ok_and(|value| value == "1");
        assert!(!required, "REQUIRE_POSTGRES=1, and there is no PostgreSQL server here (initdb, postgres)");
        println!(
            "SKIPPED: no PostgreSQL server on this machine (initdb and postgres in PATH or {DEBIAN}/*/bin)"
        );
    }
    found
}

impl PostgresServer {
    fn start(programs: PathBuf) -> Self {
        let folder = tempfile::Builder::new().prefix("pg-").tempdir_in("/tmp").expect("a folder");
        let password = folder.path().join("password");
        std::fs::write(&password, PASSWORD).expect("written");
        if is_root() {
            // The server refuses to run as root.
            run(Command::new("chown").args(["-R", "postgres"]).arg(folder.path()));
        }
        let data = folder.path().join("data");
        run(as_user(&programs.join("initdb")).arg("-D").arg(&data).args([
            "-U",
            "app",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
            &format!("--pwfile={}", password.display()),
        ]));
        let server =
            Self { child: Mutex::new(launch(&programs, &data, free_port())), port: 0, programs, folder };
        server.wait_until_ready()
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The port is in the file that the server writes when it is up.
    fn wait_until_ready(mut self) -> Self {
        self.port = self.ready();
        self
    }

    fn ready(&self) -> u16 {
        let started = Instant::now();
        loop {
            let text = std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            let lines: Vec<&str> = text.lines().collect();
            if lines.get(7).is_some_and(|status| status.trim() == "ready") {
                return lines[3].parse().expect("a port");
            }
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(status) = child.try_wait().expect("asked") {
                let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
                panic!("the server ended: {status}\n{log}");
            }
            assert!(started.elapsed() < Duration::from_secs(60), "the server does not start");
            drop(child);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// A new, empty database.
    pub(crate) async fn database(&self) -> String {
        let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        self.execute("postgres", &format!("CREATE DATABASE {name}")).await;
        self.url(&name)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://app:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// Runs statements as its administrator, without the store; answers the first column as text.
    pub(crate) async fn execute(&self, database: &str, sql: &str) -> Vec<String> {
        let connected = tokio_postgres::connect(&self.url(database), tokio_postgres::NoTls).await;
        let (client, connection) = connected.expect("connected");
        tokio::spawn(connection);
        let messages = client.simple_query(sql).await.expect("executed");
        let rows = messages.iter().filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or_default().to_owned()),
            _ => None,
        });
        rows.collect()
    }

    /// Stops it at once, as a crash does, and starts it again on the same port and data.
    pub(crate) fn crash_and_restart(&self, down: Duration) {
        signal("QUIT", &self.child.lock().unwrap_or_else(PoisonError::into_inner));
        self.child.lock().unwrap_or_else(PoisonError::into_inner).wait().expect("ended");
        std::thread::sleep(down);
        *self.child.lock().unwrap_or_else(PoisonError::into_inner) =
            launch(&self.programs, &self.data(), self.port);
        self.ready();
    }

    /// Gives it a certificate for `localhost` and 127.0.0.1; answers the file of who signed it.
    pub(crate) async fn enable_tls(&self) -> PathBuf {
        let authority_key = rcgen::KeyPair::generate().expect("a key");
        let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
        authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let authority_certificate = authority.self_signed(&authority_key).expect("signed");
        let issuer = rcgen::Issuer::new(authority, authority_key);
        let key = rcgen::KeyPair::generate().expect("a key");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = rcgen::CertificateParams::new(names).expect("parameters").signed_by(&key, &issuer);
        let (key_file, certificate_file) = (self.data().join("server.key"), self.data().join("server.crt"));
        std::fs::write(&key_file, key.serialize_pem()).expect("written");
        std::fs::write(&certificate_file, certificate.expect("signed").pem()).expect("written");
        run(Command::new("chmod").arg("600").arg(&key_file));
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&key_file).arg(&certificate_file));
        }
        self.execute("postgres", "ALTER SYSTEM SET ssl = on").await;
        self.execute("postgres", "SELECT pg_reload_conf()").await;
        let root = self.folder.path().join("root.pem");
        std::fs::write(&root, authority_certificate.pem()).expect("written");
        let started = Instant::now();
        while self.execute("postgres", "SHOW ssl").await != ["on"] {
            assert!(started.elapsed() < Duration::from_secs(10), "TLS does not come up");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        root
    }

    /// Every byte that the server has written, the log of changes included.
    pub(crate) fn holds(&self, secret: &[u8]) -> bool {
        fn any(path: &Path, secret: &[u8]) -> bool {
            if path.is_dir() {
                let mut entries = std::fs::read_dir(path).expect("read").flatten();
                return entries.any(|entry| any(&entry.path(), secret));
            }
            // A file that is gone meanwhile holds nothing.
            std::fs::read(path).is_ok_and(|bytes| memchr::memmem::find(&bytes, secret).is_some())
        }
        any(&self.data(), secret)
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        signal("INT", child); // fast: connections are cut, data is written
        child.wait().ok();
    }
}

fn launch(programs: &Path, data: &Path, port: u16) -> Child {
    let settings =
        ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "max_connections=60"];
    let mut command = as_user(&programs.join("postgres"));
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    for setting in settings {
        command.args(["-c", setting]);
    }
    let log = std::fs::File::create(data.with_file_name("log")).expect("a log");
    command.stdout(log.try_clone().expect("a log")).stderr(log).spawn().expect("the server starts")
}

fn signal(name: &str, child: &Child) {
    run(Command::new("kill").args(["-s", name, &child.id().to_string()]));
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).expect("a free port").port()
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("id");
    id.stdout.trim_ascii() == b"0"
}

/// A command as a user that the server takes. `setpriv` becomes the command, so that signals reach it.
fn as_user(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program).current_dir("/tmp");
    command
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
