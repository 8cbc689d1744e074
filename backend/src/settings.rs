//! What the configuration says, as use-cases need it. The server reads it from a file and the environment.

use crate::scanner::Scanner;
use domain::mlps;
use secrecy::SecretString;
use std::time::Duration;

/// Everything that may differ between installations.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether this is the demo: messages can be read, accounts are known, the clock can be wound.
    pub demo: bool,
    /// The address under which people reach the service, for links in messages; no slash at the end.
    pub base_url: String,
    /// The mail server. None: mail waits in the outbox, and in the demo is only shown.
    pub smtp: Option<Smtp>,
    /// The gateway for short messages. None: as with mail.
    pub sms: Option<SmsGateway>,
    /// The virus scanner that every material is given to before it is kept. None: they are drawn anew, and that is all.
    pub scanner: Option<Scanner>,
    /// Accounts, sessions and codes.
    pub accounts: AccountSettings,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    /// Its name.
    pub host: String,
    /// Its port: 465 with `Tls::Wrapped`, 587 with `Tls::Required`.
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// Name and password, where it asks.
    pub credentials: Option<(String, SecretString)>,
    /// The sender, such as `备案系统 <no-reply@example.org>`.
    pub from: String,
}

/// How a connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte.
    Wrapped,
    /// By STARTTLS, or not at all used.
    Required,
    /// Not: only for a server on the same machine.
    None,
}

/// A gateway for short messages: JSON by POST, signed, repeats known by their key.
#[derive(Clone, Debug)]
pub struct SmsGateway {
    /// Where to post.
    pub url: String,
    /// Signs the body (HMAC-SHA-256, header `X-Signature`).
    pub secret: SecretString,
    /// Short messages to one phone in 24 hours; more wait.
    pub daily_cap: i32,
}

/// When to ask for a captcha at sign-in, registration and recovery (features A9: always, or by risk). The confirmation by SMS
/// always has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaptchaUse {
    /// Every time.
    Always,
    /// After failures for the name or from the address.
    ByRisk,
}

/// Which rules hold for the passwords and sessions of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Those of everybody (NIST SP 800-63B-4).
    Usual,
    /// 等保 2.0, level 3: see `domain::mlps`.
    Mlps3,
}

/// Accounts, sessions and codes.
#[derive(Clone, Debug)]
pub struct AccountSettings {
    /// Which rules hold for staff.
    pub profile: Profile,
    /// A session ends after so long without a request.
    pub session_idle: Duration,
    /// The same for staff.
    pub session_idle_staff: Duration,
    /// A session ends after so long in any case.
    pub session_absolute: Duration,
    /// A session that waits for its second factor ends after so long.
    pub session_half: Duration,
    /// A code holds for so long; ten minutes at most.
    pub code_holds: Duration,
    /// So many wrong tries void a code.
    pub code_tries: i32,
    /// The pause between two codes to one contact.
    pub code_pause: Duration,
    /// An account that was not confirmed frees its name after so long.
    pub unconfirmed_holds: Duration,
    /// Failed sign-ins for one name within `lockout` before it is locked.
    pub failures_to_lockout: i32,
    /// How long failures count and a lock lasts at most.
    pub lockout: Duration,
    /// Failed sign-ins under a name, or forms from an address, before a captcha is asked for.
    pub failures_to_captcha: i32,
    /// When to ask for a captcha.
    pub captcha: CaptchaUse,
    /// How long the way without a picture makes one wait; well below the half minute that a request may take.
    pub captcha_wait: Duration,
    /// A link to a new password holds for so long; thirty minutes at most.
    pub recovery_holds: Duration,
    /// A first password of staff holds for so long.
    pub first_password_holds: Duration,
    /// It is shown for so long to who hands it over.
    pub first_password_shown: Duration,
    /// Multiplies what one network address may do: 1, or more where everybody comes from one address, as in a demo.
    pub address_allowance: i32,
}

impl Default for AccountSettings {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self {
            profile: Profile::Usual,
            session_idle: minutes(30),
            session_idle_staff: minutes(30),
            session_absolute: minutes(12 * 60),
            session_half: minutes(10),
            code_holds: minutes(10),
            code_tries: 5,
            code_pause: minutes(1),
            unconfirmed_holds: minutes(24 * 60),
            failures_to_lockout: 10,
            lockout: minutes(15),
            failures_to_captcha: 3,
            captcha: CaptchaUse::ByRisk,
            captcha_wait: Duration::from_secs(15),
            recovery_holds: minutes(30),
            first_password_holds: minutes(72 * 60),
            first_password_shown: minutes(15),
            address_allowance: 1,
        }
    }
}

impl AccountSettings {
    /// These under a profile. The lock is for every name alike: it must not show whose are staff's.
    #[must_use]
    pub fn under(self, profile: Profile) -> Self {
        match profile {
            Profile::Usual => self,
            Profile::Mlps3 => Self {
                profile,
                session_idle_staff: Duration::from_secs(mlps::IDLE_MINUTES * 60),
                failures_to_lockout: mlps::FAILURES,
                lockout: Duration::from_secs(mlps::LOCK_MINUTES * 60),
                ..self
            },
        }
    }
}

impl Settings {
    /// The demo: nothing leaves the machine.
    pub fn demo() -> Self {
        Self {
            demo: true,
            base_url: "http://localhost:3000".into(),
            smtp: None,
            sms: None,
            scanner: None,
            accounts: AccountSettings { address_allowance: 100, ..AccountSettings::default() },
        }
    }
}

/// The library of ciphers that every client of this process uses; HTTP clients ask for a choice before they are made.
pub fn choose_ciphers() {
    // Only the first choice counts, and each is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
