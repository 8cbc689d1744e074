//! The configuration: a file (BEIAN_CONFIG, TOML), and over it the environment. A value that is wrong or missing stops the
//! start with a sentence that says what to set.

mod store;

use backend::files::StorePlace;
use backend::settings::{AccountSettings, CaptchaUse, Profile, Settings, SmsGateway, Smtp, Tls};
use config::{Config as Sources, File, FileFormat, Source};
use ipnet::IpNet;
use secrecy::SecretString;
use std::{
    collections::HashMap,
    fmt,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

/// Every setting: its name in the environment, its key in the file, what it is.
pub const SETTINGS: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "database_url", "the database; absent: the private Postgres of BEIAN_DATA"),
    ("BEIAN_ADDR", "addr", "the address to listen on; 127.0.0.1:3000"),
    ("BEIAN_DATA", "data", "the folder of materials and of the demo's keys; ./data, as root /var/lib/beian"),
    ("BEIAN_SITE", "site", "the folder of the pages' files, as `cargo xtask build` leaves it; target/site"),
    ("BEIAN_KEYS_FILE", "keys_file", "the file of the keys that personal data is sealed with; needed outside the demo"),
    (
        "BEIAN_PUBLIC_URL",
        "public_url",
        "where people reach the service, such as https://beian.example.org; needed outside the demo",
    ),
    ("BEIAN_SMTP_URL", "smtp_url", "the mail server: smtps://name:password@host:465, or smtp:// with STARTTLS"),
    ("BEIAN_SMTP_FROM", "smtp_from", "the sender of mail, such as no-reply@beian.example.org"),
    ("BEIAN_SMS_URL", "sms_url", "the gateway that short messages are posted to"),
    ("BEIAN_SMS_SECRET", "sms_secret", "signs what is posted to the gateway"),
    (
        "BEIAN_STORE_URL",
        "store_url",
        "where materials are kept: file:///srv/beian/files, or s3://bucket/folder; absent: a folder in BEIAN_DATA",
    ),
    ("BEIAN_S3_ENDPOINT", "s3_endpoint", "the address of the store of buckets, such as https://s3.example.org; absent: Amazon's"),
    ("BEIAN_S3_REGION", "s3_region", "the region of the bucket; us-east-1"),
    ("BEIAN_S3_KEY_ID", "s3_key_id", "the name of the key to the bucket"),
    ("BEIAN_S3_SECRET", "s3_secret", "that key"),
    (
        "BEIAN_SCANNER",
        "scanner",
        "the virus scanner that materials are given to: unix:/run/clamav/clamd.ctl or tcp:host:port; absent: none",
    ),
    (
        "BEIAN_TRUSTED_PROXIES",
        "trusted_proxies",
        "networks whose X-Forwarded-For is believed, such as 10.0.0.0/8, with commas between",
    ),
    ("BEIAN_METRICS_ADDR", "metrics_addr", "the address of the metrics, another than BEIAN_ADDR; absent: none"),
    ("BEIAN_LIMIT_FACTOR", "limit_factor", "multiplies what one address may ask; 1, in the demo 20"),
    (
        "BEIAN_CAPTCHA",
        "captcha",
        "before sign-in, registration and recovery: risk (after failures), or always; risk. The confirmation by SMS always has one",
    ),
    (
        "BEIAN_PROFILE",
        "profile",
        "mlps3: passwords and sessions of staff by the customary figures of 等保 level 3; absent: those of NIST SP 800-63B for everybody",
    ),
    (
        "BEIAN_LINGER",
        "linger",
        "seconds to go on serving after SIGTERM while /readyz says no, for a load balancer to turn away; 0, at most 60",
    ),
    ("BEIAN_LOG", "log", "what is logged, such as info or info,backend=debug; info"),
];

/// A sentence that says what to set.
#[derive(Debug)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

fn wrong<T>(sentence: impl Into<String>) -> Result<T, ConfigError> {
    Err(ConfigError(sentence.into()))
}

/// What the server was told.
#[derive(Debug)]
pub struct Config {
    /// The database.
    pub database_url: SecretString,
    /// The address to listen on.
    pub addr: SocketAddr,
    /// The folder of what lasts.
    pub data: PathBuf,
    /// The folder of the pages' files.
    pub site: PathBuf,
    /// The file of the keys, where one was named.
    pub keys_file: Option<PathBuf>,
    /// Where materials are kept.
    pub store: StorePlace,
    /// Networks whose word about the client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// The address of the metrics.
    pub metrics_addr: Option<SocketAddr>,
    /// Multiplies what one address may ask.
    pub limit_factor: u32,
    /// How long a node that was asked to end serves on, for others to notice.
    pub linger: Duration,
    /// What is logged.
    pub log: String,
    /// What the use-cases need to know.
    pub settings: Settings,
}

/// Values by the setting's name in the environment.
struct Values(HashMap<&'static str, String>);

impl Values {
    fn read() -> Result<Self, ConfigError> {
        let mut values = HashMap::new();
        if let Some(path) = std::env::var_os("BEIAN_CONFIG") {
            let path = Path::new(&path);
            let sources = Sources::builder().add_source(File::from(path).format(FileFormat::Toml));
            let file = sources
                .build()
                .map_err(|error| ConfigError(format!("BEIAN_CONFIG: {} cannot be read: {error}.", path.display())))?;
            let entries = file.collect().map_err(|error| ConfigError(format!("BEIAN_CONFIG: {error}.")))?;
            for (key, value) in entries {
                let Some((name, _, _)) = SETTINGS.iter().find(|(_, known, _)| *known == key) else {
                    return wrong(format!(
                        "BEIAN_CONFIG: {} sets {key:?}, which is no setting; `beian --help` lists them.",
                        path.display()
                    ));
                };
                let text =
                    value.into_string().map_err(|_| ConfigError(format!("BEIAN_CONFIG: {key} is not a text or a number.")))?;
                values.insert(*name, text);
            }
        }
        for (name, _, _) in SETTINGS {
            match std::env::var(name) {
                Ok(value) => {
                    values.insert(*name, value);
                }
                Err(std::env::VarError::NotPresent) => {}
                Err(std::env::VarError::NotUnicode(_)) => return wrong(format!("{name} is not valid UTF-8.")),
            }
        }
        Ok(Self(values))
    }

    /// A value that is there and not empty.
    fn find(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    fn parse<T: std::str::FromStr>(&self, name: &'static str, like: &str) -> Result<Option<T>, ConfigError> {
        let Some(text) = self.find(name) else { return Ok(None) };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(_) => wrong(format!("{name} is {text:?}: set it to a value such as {like}.")),
        }
    }
}

/// Reads the database's address alone: for `migrate`.
pub fn database_url() -> Result<SecretString, ConfigError> {
    let values = Values::read()?;
    find_database(&values, &data_folder(&values))
}

/// What lasts, and where: all that `backup` and `restore` need to know.
#[derive(Debug)]
pub struct Stored {
    /// The database.
    pub database_url: SecretString,
    /// The folder of what lasts.
    pub data: PathBuf,
    /// Where materials are kept.
    pub store: StorePlace,
    /// The file of the keys, where one was named.
    pub keys_file: Option<PathBuf>,
}

/// Reads where what lasts is.
pub fn stored() -> Result<Stored, ConfigError> {
    let values = Values::read()?;
    let data = data_folder(&values);
    Ok(Stored {
        database_url: find_database(&values, &data)?,
        store: store::find(&values, &data)?,
        keys_file: values.find("BEIAN_KEYS_FILE").map(PathBuf::from),
        data,
    })
}

/// Reads everything. `demo` is the flag of the command line.
pub fn read(demo: bool) -> Result<Config, ConfigError> {
    let values = Values::read()?;
    let addr: SocketAddr = values.parse("BEIAN_ADDR", "127.0.0.1:3000")?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
    if demo && !addr.ip().is_loopback() {
        return wrong(format!(
            "--demo serves this machine alone, but BEIAN_ADDR is {addr}: set it to 127.0.0.1:3000, or leave --demo out."
        ));
    }
    let data = data_folder(&values);
    let database_url = find_database(&values, &data)?;
    let keys_file = values.find("BEIAN_KEYS_FILE").map(PathBuf::from);
    if !demo && keys_file.is_none() {
        return wrong(
            "BEIAN_KEYS_FILE is not set: make a file with `beian keys > beian.keys`, keep it safe, and set BEIAN_KEYS_FILE to it.",
        );
    }
    let metrics_addr: Option<SocketAddr> = values.parse("BEIAN_METRICS_ADDR", "127.0.0.1:9464")?;
    if metrics_addr == Some(addr) {
        return wrong("BEIAN_METRICS_ADDR is the same as BEIAN_ADDR: give the metrics another port.");
    }
    let site = PathBuf::from(values.find("BEIAN_SITE").unwrap_or("target/site"));
    if !site.join("assets.json").is_file() {
        return wrong(format!(
            "BEIAN_SITE: there is no assets.json in {}: run `cargo xtask build`, or set BEIAN_SITE to where it left its files.",
            site.display()
        ));
    }
    let limit_factor: u16 = values.parse("BEIAN_LIMIT_FACTOR", "1")?.unwrap_or(if demo { 20 } else { 1 });
    if limit_factor == 0 {
        return wrong("BEIAN_LIMIT_FACTOR is 0, and nobody could ask anything: set it to 1 or more.");
    }
    let linger: u64 = values.parse("BEIAN_LINGER", "10")?.unwrap_or_default();
    if linger > 60 {
        return wrong(format!("BEIAN_LINGER is {linger}: set it to 60 or fewer seconds."));
    }
    Ok(Config {
        addr,
        linger: Duration::from_secs(linger),
        store: store::find(&values, &data)?,
        trusted_proxies: find_proxies(&values)?,
        metrics_addr,
        limit_factor: limit_factor.into(),
        log: values.find("BEIAN_LOG").unwrap_or("info").to_owned(),
        settings: Settings {
            demo,
            base_url: find_public_url(&values, demo, addr)?,
            smtp: find_smtp(&values)?,
            sms: find_sms(&values)?,
            scanner: values.parse("BEIAN_SCANNER", "unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310")?,
            accounts: AccountSettings {
                address_allowance: limit_factor.into(),
                captcha: find_captcha(&values)?,
                ..AccountSettings::default()
            }
            .under(find_profile(&values)?),
        },
        database_url,
        data,
        site,
        keys_file,
    })
}

fn data_folder(values: &Values) -> PathBuf {
    match values.find("BEIAN_DATA") {
        Some(folder) => folder.into(),
        None if is_root() => "/var/lib/beian".into(),
        None => "data".into(),
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|entry| std::os::unix::fs::MetadataExt::uid(&entry) == 0)
}

fn find_database(values: &Values, data: &Path) -> Result<SecretString, ConfigError> {
    let url = match values.find("DATABASE_URL") {
        Some(url) => url.to_owned(),
        None => match std::fs::read_to_string(data.join("database_url")) {
            Ok(url) => url.trim().to_owned(),
            Err(_) => {
                return wrong(
                    "DATABASE_URL is not set and there is no private Postgres: set it to postgres://user:password@host/database, or start one with `cargo xtask db`.",
                );
            }
        },
    };
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return wrong("DATABASE_URL does not start with postgres://: set it to postgres://user:password@host/database.");
    }
    Ok(url.into())
}

fn find_public_url(values: &Values, demo: bool, addr: SocketAddr) -> Result<String, ConfigError> {
    let Some(text) = values.find("BEIAN_PUBLIC_URL") else {
        if demo {
            // The browser keeps `__Host-` cookies without TLS for this name alone.
            return Ok(format!("http://localhost:{}", addr.port()));
        }
        return wrong("BEIAN_PUBLIC_URL is not set: set it to the address people use, such as https://beian.example.org.");
    };
    let like = "set it to an address such as https://beian.example.org.";
    let Ok(url) = Url::parse(text) else { return wrong(format!("BEIAN_PUBLIC_URL is {text:?}: {like}")) };
    if url.scheme() != "https" && !demo {
        return wrong(format!("BEIAN_PUBLIC_URL is {text:?}, and cookies go over https only: {like}"));
    }
    if url.host().is_none() || url.path() != "/" || url.query().is_some() {
        return wrong(format!("BEIAN_PUBLIC_URL is {text:?}, more or less than a scheme and a host: {like}"));
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn find_captcha(values: &Values) -> Result<CaptchaUse, ConfigError> {
    match values.find("BEIAN_CAPTCHA") {
        None | Some("risk") => Ok(CaptchaUse::ByRisk),
        Some("always") => Ok(CaptchaUse::Always),
        Some(other) => wrong(format!("BEIAN_CAPTCHA is {other:?}: set it to risk or always.")),
    }
}

fn find_profile(values: &Values) -> Result<Profile, ConfigError> {
    match values.find("BEIAN_PROFILE") {
        None => Ok(Profile::Usual),
        Some("mlps3") => Ok(Profile::Mlps3),
        Some(other) => wrong(format!("BEIAN_PROFILE is {other:?}: set it to mlps3, or leave it out.")),
    }
}

fn find_smtp(values: &Values) -> Result<Option<Smtp>, ConfigError> {
    let Some(text) = values.find("BEIAN_SMTP_URL") else { return Ok(None) };
    let like = "set it to smtps://name:password@host:465, to smtp://name:password@host:587, or leave it out.";
    // The value is never printed: it holds a password.
    let Ok(url) = Url::parse(text) else { return wrong(format!("BEIAN_SMTP_URL is not an address: {like}")) };
    let host = url.host_str().unwrap_or_default().to_owned();
    if host.is_empty() {
        return wrong(format!("BEIAN_SMTP_URL names no host: {like}"));
    }
    let local = matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]");
    let (tls, port) = match url.scheme() {
        "smtps" => (Tls::Wrapped, 465),
        // Nothing leaves the machine, and mail servers there seldom have a certificate.
        "smtp" if local => (Tls::None, 25),
        "smtp" => (Tls::Required, 587),
        _ => return wrong(format!("BEIAN_SMTP_URL starts neither with smtps:// nor with smtp://: {like}")),
    };
    let Some(from) = values.find("BEIAN_SMTP_FROM") else {
        return wrong(
            "BEIAN_SMTP_FROM is not set, but BEIAN_SMTP_URL is: set it to the sender, such as no-reply@beian.example.org.",
        );
    };
    let decoded = |text: &str| {
        url::form_urlencoded::parse(text.replace('+', "%2B").as_bytes())
            .map(|(key, _)| key.into_owned())
            .next()
            .unwrap_or_default()
    };
    let credentials = (!url.username().is_empty())
        .then(|| (decoded(url.username()), SecretString::from(decoded(url.password().unwrap_or_default()))));
    Ok(Some(Smtp { host, port: url.port().unwrap_or(port), tls, credentials, from: from.to_owned() }))
}

fn find_sms(values: &Values) -> Result<Option<SmsGateway>, ConfigError> {
    let Some(text) = values.find("BEIAN_SMS_URL") else { return Ok(None) };
    if !Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some()) {
        return wrong(
            "BEIAN_SMS_URL is not an address: set it to the gateway's, such as https://sms.example.org/send, or leave it out.",
        );
    }
    let Some(secret) = values.find("BEIAN_SMS_SECRET") else {
        return wrong("BEIAN_SMS_SECRET is not set, but BEIAN_SMS_URL is: set it to the secret shared with the gateway.");
    };
    Ok(Some(SmsGateway { url: text.to_owned(), secret: SecretString::from(secret), daily_cap: 20 }))
}

fn find_proxies(values: &Values) -> Result<Vec<IpNet>, ConfigError> {
    let mut networks = Vec::new();
    for text in values.find("BEIAN_TRUSTED_PROXIES").unwrap_or_default().split(',').map(str::trim).filter(|text| !text.is_empty())
    {
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
        match network {
            Ok(network) => networks.push(network),
            Err(_) => {
                return wrong(format!("BEIAN_TRUSTED_PROXIES has {text:?}: set it to networks such as 10.0.0.0/8,192.0.2.1."));
            }
        }
    }
    Ok(networks)
}
