//! A server as people start it, and a client that keeps cookies as a browser on localhost does.

use backend::{
    Ctx, clock::Clock, database, files::Files, keys::Keys, second_factor, seed_accounts, sessions, settings::Settings,
};
use domain::{
    actor::Category,
    views::accounts::{SecondFactorForm, SignInForm, Stage},
};
use reqwest::{Method, RequestBuilder, Response, header, redirect::Policy};
use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// The program under test, with an environment that knows nothing of this machine.
pub fn beian(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_beian"));
    command.args(args).env_clear().stdin(Stdio::null());
    command
}

/// Runs the program to its end: success or not, and what it said.
pub fn run(command: &mut Command) -> (bool, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// Folders and a database for one server.
pub struct Place {
    pub folder: PathBuf,
    pub database_url: String,
    /// Another server's, which removes it.
    lent: bool,
}

impl Place {
    /// Empty.
    pub fn new() -> Self {
        Self::over(&make_database(None))
    }

    /// With tables, and with the demo in them: a copy of one that was filled by `migrate` and `seed`.
    pub fn demo() -> Self {
        let template = template();
        let place = Self::over(&make_database(Some(&template.database)));
        copy(&template.folder.join("data"), &place.folder.join("data"));
        place
    }

    fn over(database: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("beian-http-{}", Uuid::new_v4().simple()));
        std::fs::create_dir_all(folder.join("site/pkg/x")).unwrap();
        std::fs::write(folder.join("site/assets.json"), r#"{"base":"/pkg/x","parts":{}}"#).unwrap();
        std::fs::write(folder.join("site/pkg/x/app.css"), "body{}").unwrap();
        Self { folder, database_url: url_of(database), lent: false }
    }

    /// The same place, for one server more.
    pub fn lend(&self) -> Self {
        Self { folder: self.folder.clone(), database_url: self.database_url.clone(), lent: true }
    }

    /// What the database answers, a line a row.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        let said = Command::new("psql").args(["-XAt", &self.database_url, "-c", sql]).output().unwrap();
        assert!(said.status.success(), "{sql}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8(said.stdout).unwrap().lines().map(str::to_owned).collect()
    }

    /// A transaction of somebody else's, which holds what this statement locks until it is dropped.
    pub fn lock(&self, sql: &str) -> Lock {
        let psql = Command::new("psql").args(["-XAtq", &self.database_url]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = psql.unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "begin; {sql}; select 'locked';").unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap() == "locked"), "{sql}");
        Lock(child)
    }

    /// The context of a server there: its database, its keys.
    pub async fn ctx(&self) -> Ctx {
        let pool = database::connect(&self.database_url.clone().into()).await.unwrap();
        let keys = Keys::load(&self.folder.join("data/demo.keys")).unwrap();
        Ctx::new(pool, Clock::system(Duration::ZERO), keys, Files::in_memory(), Settings::demo())
    }

    /// The program, told of this place.
    pub fn beian(&self, args: &[&str]) -> Command {
        let mut command = beian(args);
        command
            .env("DATABASE_URL", &self.database_url)
            .env("BEIAN_DATA", self.folder.join("data"))
            .env("BEIAN_SITE", self.folder.join("site"))
            .env("BEIAN_ADDR", "127.0.0.1:0")
            .env("BEIAN_LIMIT_FACTOR", "1000");
        command
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.lent {
            return;
        }
        let _ = std::fs::remove_dir_all(&self.folder);
        if let Some(name) = self.database_url.split('?').next().and_then(|url| url.rsplit('/').next())
            && name.starts_with("beian_http_")
        {
            psql(&format!("drop database if exists {name} with (force)"));
        }
    }
}

/// A filled demo to copy from: filling one takes long.
struct Template {
    folder: PathBuf,
    database: String,
}

/// Made by the first test that comes; the others wait for it. A program that was compiled anew makes another.
fn template() -> Template {
    let program = std::fs::metadata(env!("CARGO_BIN_EXE_beian")).unwrap();
    let mut hash = DefaultHasher::new();
    (program.modified().unwrap(), program.len(), postgres()).hash(&mut hash);
    let name = format!("beian_template_{:016x}", hash.finish());
    let folder = std::env::temp_dir().join(&name);
    std::fs::create_dir_all(&folder).unwrap();
    let lock = std::fs::File::create(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    if !folder.join("filled").exists() {
        psql(&format!("drop database if exists {name} with (force)"));
        psql(&format!("create database {name}"));
        let place = Place { folder: folder.join("place"), database_url: url_of(&name), lent: false };
        for task in ["migrate", "seed"] {
            std::fs::create_dir_all(place.folder.join("site")).unwrap();
            std::fs::write(place.folder.join("site/assets.json"), "{}").unwrap();
            let (done, said) = run(place.beian(&[task]).env("BEIAN_DATA", folder.join("data")));
            assert!(done, "{task}: {said}");
        }
        std::fs::write(folder.join("filled"), "").unwrap();
    }
    Template { folder, database: name }
}

/// The Postgres to make databases in.
fn postgres() -> String {
    std::env::var("BEIAN_SQLX_URL").expect("BEIAN_SQLX_URL names a Postgres to make databases in")
}

fn make_database(template: Option<&str>) -> String {
    let name = format!("beian_http_{}", Uuid::new_v4().simple());
    psql(&format!("create database {name} template {}", template.unwrap_or("template1")));
    name
}

/// The address of a database there.
pub fn url_of(database: &str) -> String {
    let url = postgres();
    let (server, parameters) =
        url.split_once('?').map_or((url.as_str(), String::new()), |(server, rest)| (server, format!("?{rest}")));
    format!("{}/{database}{parameters}", server.rsplit_once('/').unwrap().0)
}

/// Tells Postgres itself something.
pub fn psql(statement: &str) {
    let done = Command::new("psql").args(["-Xq", &url_of("postgres"), "-c", statement]).output().unwrap();
    assert!(done.status.success(), "{statement}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Copies a folder.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// How many wait for a lock.
pub const WAITING: &str = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";

/// A transaction that keeps what it locked until it is dropped.
pub struct Lock(Child);

impl Drop for Lock {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

/// A server that listens.
pub struct Server {
    pub place: Place,
    pub url: String,
    pub process: Mutex<Child>,
    log_file: PathBuf,
}

impl Server {
    /// The demo's, on a free port.
    pub async fn demo() -> Self {
        Self::start(Place::demo(), &["serve", "--demo"], &[]).await
    }

    /// One with further settings.
    pub async fn start(place: Place, args: &[&str], settings: &[(&str, &str)]) -> Self {
        let log_file = place.folder.join(format!("log-{}", Uuid::new_v4().simple()));
        let log = std::fs::File::create(&log_file).unwrap();
        let process =
            place.beian(args).envs(settings.iter().copied()).stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let process = Mutex::new(process);
        let url = address(&log_file, &process).await;
        Self { place, url, process, log_file }
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log_file).unwrap()
    }

    /// The server's own context: its database, its keys.
    pub async fn ctx(&self) -> Ctx {
        self.place.ctx().await
    }

    /// A client that nobody has signed in with.
    pub fn client(&self) -> Client {
        backend::settings::choose_ciphers();
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Client { http, url: self.url.clone(), cookies: Mutex::default() }
    }

    /// A client in which this account of the demo is signed in.
    pub async fn signed_in(&self, user_name: &str) -> Client {
        let ctx = self.ctx().await;
        let account = seed_accounts::ACCOUNTS.iter().find(|account| account.user_name == user_name).unwrap();
        let category = account.role.category();
        let form = SignInForm {
            user_name: user_name.into(),
            password: seed_accounts::PASSWORD.into(),
            category: category.name().into(),
            ..SignInForm::default()
        };
        let sessions::Entered::Opened(opened) = sessions::sign_in(&ctx, &form, None).await.unwrap() else {
            panic!("{user_name}")
        };
        let mut token = opened.cookie_value().to_owned();
        if category != Category::Registrant {
            assert_eq!(opened.stage, Stage::SecondFactor);
            let session = sessions::find(&ctx, &token).await.unwrap().unwrap();
            let (code, _) = second_factor::find_demo_code(&ctx, user_name).await.unwrap().unwrap();
            let full = second_factor::prove(&ctx, &session, &SecondFactorForm { code }).await.unwrap();
            token = full.cookie_value().to_owned();
        }
        let client = self.client();
        client.cookies.lock().unwrap().insert("__Host-session".into(), token);
        client
    }

    /// Ends it; its place stays.
    pub fn stop(mut self) -> Place {
        self.kill();
        let lent = self.place.lend();
        std::mem::replace(&mut self.place, lent)
    }

    /// `kill -9`.
    pub fn kill(&self) {
        let mut process = self.process.lock().unwrap();
        let _ = process.kill();
        let _ = process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The port is the system's choice; the log says which.
async fn address(log_file: &Path, process: &Mutex<Child>) -> String {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        let log = std::fs::read_to_string(log_file).unwrap_or_default();
        let line = log
            .lines()
            .find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok().filter(|line| line["message"] == "serving"));
        if let Some(line) = line {
            return format!("http://{}", line["address"].as_str().unwrap());
        }
        assert!(process.lock().unwrap().try_wait().unwrap().is_none(), "the server ended: {log}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the server does not serve");
}

/// Keeps cookies, `Secure` ones too: the server is on this machine.
pub struct Client {
    pub http: reqwest::Client,
    pub url: String,
    pub cookies: Mutex<BTreeMap<String, String>>,
}

impl Client {
    /// The same browser, at another server.
    pub fn at(&self, server: &Server) -> Self {
        Self { http: self.http.clone(), url: server.url.clone(), cookies: Mutex::new(self.cookies.lock().unwrap().clone()) }
    }

    /// Another browser, at the same server.
    pub fn stranger(&self) -> Self {
        Self { http: self.http.clone(), url: self.url.clone(), cookies: Mutex::default() }
    }

    /// A request as a page of ours makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.request(method.clone(), format!("{}{path}", self.url)).header(header::COOKIE, cookies.join("; "));
        if method == Method::GET { request } else { request.header("sec-fetch-site", "same-origin") }
    }

    /// Sends, and keeps the cookies that come back.
    pub async fn send(&self, request: RequestBuilder) -> Response {
        let response = request.send().await.unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        for line in response.headers().get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
        drop(cookies);
        response
    }

    /// Opens a page as a person does.
    pub async fn open(&self, path: &str) -> Response {
        self.send(self.request(Method::GET, path).header(header::ACCEPT, "text/html")).await
    }

    /// Posts a form as a browser without scripts does.
    pub async fn post_form(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.send(self.request(Method::POST, path).header(header::ACCEPT, "text/html").form(form)).await
    }

    /// Calls a door as the page's scripts do.
    pub async fn call(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.send(self.request(Method::POST, path).header(header::ACCEPT, "application/json").form(form)).await
    }
}

/// A header's value, empty when it is missing.
pub fn header_of(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}
