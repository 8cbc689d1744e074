//! Everything that can be reached from outside: server functions, uploads, downloads, streams, the public API, pages.
//!
//! [`DOORS`] is the one table. The server's guard reads roles and limits from it, the permission matrix is written from it,
//! and a server function without a row fails a test. A door's body is at most six lines: context, one use-case, one error
//! mapping.

pub mod accounts;
pub mod apart;
pub mod captchas;
pub mod clock;
pub mod confirmations;
pub mod demo;
pub mod desk;
pub mod e_certificates;
pub mod filings;
pub mod footers;
#[cfg(feature = "ssr")]
pub mod live;
pub mod materials;
pub mod notices;
pub mod offices;
pub mod passkeys;
pub mod register;
pub mod second_factor;
pub mod sessions;
#[cfg(feature = "ssr")]
pub mod ssr;

use crate::paths;
use domain::actor::Role;
use std::{collections::HashMap, sync::LazyLock};

/// What kind of thing a door is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A server function that changes something (POST).
    Write,
    /// A server function that only reads (GET).
    Read,
    /// Takes a file (POST, multipart).
    Upload,
    /// Gives a file.
    Download,
    /// Server-sent events.
    Stream,
    /// The public API.
    Api,
    /// A page, or an area of pages ending in `/*`.
    Page,
}

impl Kind {
    /// The HTTP method that opens the door.
    pub fn method(self) -> &'static str {
        match self {
            Self::Write | Self::Upload => "POST",
            Self::Read | Self::Download | Self::Stream | Self::Api | Self::Page => "GET",
        }
    }
}

/// Who may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Anyone,
    /// These roles.
    Roles(&'static [Role]),
    /// Everybody, and only in the demo.
    Demo,
}

impl Who {
    /// Whether an account of this role (none: nobody signed in) may come in.
    pub fn admits(self, role: Option<Role>) -> bool {
        match self {
            Self::Anyone | Self::Demo => true,
            Self::Roles(roles) => role.is_some_and(|role| roles.contains(&role)),
        }
    }
}

/// Whose things are behind the door; the use-case enforces it in its WHERE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Nobody's, or everybody's.
    None,
    /// The account's own.
    Own,
    /// The provider's own cases.
    Provider,
    /// The cases of the bureau's province.
    Province,
    /// Whatever the account's side of a case is: own, provider's or province's.
    House,
    /// A secret in the request opens it (a code by SMS, a link by e-mail).
    Bearer,
}

/// How often one address may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// As pages are: 20 a second.
    Usual,
    /// What sends messages or tries secrets: 30 a minute.
    Strict,
    /// The public look-up: 60 a minute.
    Lookup,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Door {
    /// What kind of thing it is.
    pub kind: Kind,
    /// Its path; `{name}` stands for one segment, a `*` at the end for any rest.
    pub path: &'static str,
    /// Who may come in.
    pub who: Who,
    /// Whose things are behind it.
    pub owner: Owner,
    /// How often one address may come.
    pub limit: Limit,
}

impl Door {
    /// Whether more paths than one come to this door.
    fn is_pattern(&self) -> bool {
        self.path.ends_with('*') || self.path.contains('{')
    }

    /// Whether a request for `path` comes to this door.
    pub fn matches(&self, path: &str) -> bool {
        let mut given = path.split('/');
        for segment in self.path.split('/') {
            match (segment, given.next()) {
                ("*", _) => return true,
                (segment, Some(value)) if segment.starts_with('{') && !value.is_empty() => {}
                (segment, Some(value)) if segment == value => {}
                _ => return false,
            }
        }
        given.next().is_none()
    }
}

/// The door a request comes to; exact paths go before areas.
pub fn find(method: &str, path: &str) -> Option<&'static Door> {
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let method = if method == "HEAD" { "GET" } else { method };
    EXACT.get(&(method, path)).copied().or_else(|| {
        PATTERNS
            .iter()
            .copied()
            .filter(|door| door.kind.method() == method && door.matches(path))
            .max_by_key(|door| (!door.path.ends_with('*'), !door.path.contains('{'), door.path.len()))
    })
}

/// The doors of one path each, by method and path: every request asks, and most are for one of these.
static EXACT: LazyLock<HashMap<(&str, &str), &Door>> = LazyLock::new(|| {
    DOORS.iter().filter(|door| !door.is_pattern()).map(|door| ((door.kind.method(), door.path), door)).collect()
});

/// All others.
static PATTERNS: LazyLock<Vec<&Door>> = LazyLock::new(|| DOORS.iter().filter(|door| door.is_pattern()).collect());

const fn door(kind: Kind, path: &'static str, who: Who, owner: Owner, limit: Limit) -> Door {
    Door { kind, path, who, owner, limit }
}

const SIGNED_IN: Who =
    Who::Roles(&[Role::Registrant, Role::ProviderClerk, Role::ProviderAdmin, Role::Reviewer, Role::BureauAdmin]);
const REGISTRANT: Who = Who::Roles(&[Role::Registrant]);
const PROVIDER: Who = Who::Roles(&[Role::ProviderClerk, Role::ProviderAdmin]);
const STAFF: Who = Who::Roles(&[Role::ProviderClerk, Role::ProviderAdmin, Role::Reviewer, Role::BureauAdmin]);
const ADMINISTRATORS: Who = Who::Roles(&[Role::ProviderAdmin, Role::BureauAdmin]);
const PROVIDER_ADMIN: Who = Who::Roles(&[Role::ProviderAdmin]);
const BUREAU_ADMIN: Who = Who::Roles(&[Role::BureauAdmin]);
const BUREAU: Who = Who::Roles(&[Role::Reviewer, Role::BureauAdmin]);

/// Every door.
pub const DOORS: &[Door] = &[
    // Pages.
    door(Kind::Page, "/", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/query", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Page, "/records/{number}", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Page, "/certificates", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Page, "/announcements", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/announcements/{key}", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/laws", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/help", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/help/*", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/open-information", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/feedback", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/code-tables", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/code-tables/{table}", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/sms", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/sms/*", Who::Anyone, Owner::Bearer, Limit::Usual),
    door(Kind::Page, "/account", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Page, "/account/*", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Page, "/filings", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Page, "/filings/*", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Page, "/provider", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Page, "/provider/*", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Page, "/bureau", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Page, "/bureau/*", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Page, "/office", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Page, "/office/*", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Page, "/demo", Who::Demo, Owner::None, Limit::Usual),
    door(Kind::Page, "/demo/*", Who::Demo, Owner::None, Limit::Usual),
    door(Kind::Page, "/lang/{code}", Who::Anyone, Owner::None, Limit::Usual),
    // The register for programs.
    door(Kind::Api, paths::API_REGISTER, Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Api, paths::API_KEYS, Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Api, paths::API_DOCUMENT, Who::Anyone, Owner::None, Limit::Lookup),
    // Registration and sign-in.
    door(Kind::Page, "/register", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/register/*", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/sign-in", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/sign-in/*", Who::Anyone, Owner::Own, Limit::Usual),
    door(Kind::Page, "/lost-password", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Page, "/lost-password/{token}", Who::Anyone, Owner::Bearer, Limit::Strict),
    // Sessions.
    door(Kind::Write, "/api/sessions/sign_in", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/sessions/sign_out", Who::Anyone, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/sessions/me", Who::Anyone, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/sessions/list", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/sessions/revoke", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/sessions/revoke_others", SIGNED_IN, Owner::Own, Limit::Usual),
    // The second factor: the session has begun and stands for nobody yet.
    door(Kind::Write, "/api/second_factor/enrolment", Who::Anyone, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/second_factor/enrol", Who::Anyone, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/second_factor/prove", Who::Anyone, Owner::Own, Limit::Strict),
    // The staff of an office. The first password is replaced by a session that stands for nobody yet.
    door(Kind::Write, "/api/staff/choose_password", Who::Anyone, Owner::Own, Limit::Strict),
    door(Kind::Read, "/api/staff/list", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/hand_over", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/handed_over", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/create", ADMINISTRATORS, Owner::House, Limit::Strict),
    door(Kind::Write, "/api/staff/create_administrator", BUREAU_ADMIN, Owner::Province, Limit::Strict),
    door(Kind::Write, "/api/staff/change_role", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/suspend", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/resume", ADMINISTRATORS, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/staff/reissue", ADMINISTRATORS, Owner::House, Limit::Strict),
    // What a provider holds.
    door(Kind::Read, "/api/ranges/list", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/ranges/add", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/ranges/remove", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Read, "/api/services/list", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Read, "/api/services/get", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/services/create", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/services/change", PROVIDER_ADMIN, Owner::Provider, Limit::Usual),
    // The providers of a province, and its policies.
    door(Kind::Read, "/api/providers/list", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Read, "/api/providers/file", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/providers/create", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/providers/change", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Read, "/api/policies/list", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/policies/prepare", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/policies/drop_draft", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/policies/enact", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/policies/withdraw", BUREAU_ADMIN, Owner::Province, Limit::Usual),
    // Accounts.
    door(Kind::Read, "/api/accounts/check_name", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/accounts/register", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/accounts/confirm", Who::Anyone, Owner::Bearer, Limit::Strict),
    door(Kind::Write, "/api/accounts/resend_codes", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/accounts/correct_contacts", Who::Anyone, Owner::Bearer, Limit::Strict),
    door(Kind::Read, "/api/accounts/profile", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/accounts/change_password", SIGNED_IN, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/accounts/ask_contact_change", SIGNED_IN, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/accounts/confirm_contact_change", SIGNED_IN, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/accounts/drop_contact_change", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/accounts/ask_recovery", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/accounts/is_recovery_open", Who::Anyone, Owner::Bearer, Limit::Strict),
    door(Kind::Write, "/api/accounts/finish_recovery", Who::Anyone, Owner::Bearer, Limit::Strict),
    // Passkeys of staff.
    door(Kind::Read, "/api/passkeys/list", STAFF, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/passkeys/waiting", STAFF, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/passkeys/ask_to_add", STAFF, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/passkeys/add", STAFF, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/passkeys/remove", STAFF, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/passkeys/offer", Who::Anyone, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/passkeys/prove", Who::Anyone, Owner::Own, Limit::Strict),
    // Desks of provider and bureau.
    door(Kind::Read, "/api/reviews/desk", STAFF, Owner::House, Limit::Usual),
    door(Kind::Read, "/api/reviews/case", STAFF, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/reviews/reveal", STAFF, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/reviews/claim", STAFF, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/reviews/release", STAFF, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/reviews/hand_over", STAFF, Owner::House, Limit::Usual),
    door(Kind::Write, "/api/reviews/return", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/reviews/correct", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/reviews/resubmit", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/reviews/pass", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/reviews/record_identity_check", PROVIDER, Owner::Provider, Limit::Usual),
    door(Kind::Write, "/api/reviews/hold", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/resume", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/approve", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/send_back", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/retract", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/refuse", BUREAU, Owner::Province, Limit::Usual),
    door(Kind::Write, "/api/reviews/stop", BUREAU, Owner::Province, Limit::Usual),
    // Live hints: of one filing, or of one's desk.
    door(Kind::Stream, "/live", SIGNED_IN, Owner::House, Limit::Usual),
    // Filings.
    door(Kind::Read, "/api/filings/list_own", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/filings/draft", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/filings/progress", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/filings/divisions", REGISTRANT, Owner::None, Limit::Usual),
    door(Kind::Read, "/api/filings/division", REGISTRANT, Owner::None, Limit::Usual),
    door(Kind::Write, "/api/filings/kind", REGISTRANT, Owner::Own, Limit::Strict),
    door(Kind::Write, "/api/filings/create", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/begin_again", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/continue_draft", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/save_sponsor", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/save_site", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/save_access", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/add_site", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/remove_site", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/add_access", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/remove_access", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/submit", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/resubmit", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/withdraw", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/filings/discard", REGISTRANT, Owner::Own, Limit::Usual),
    // What a site shows at the bottom of its home page.
    door(Kind::Write, "/api/footers/check", REGISTRANT, Owner::Own, Limit::Strict),
    // Electronic certificates.
    door(Kind::Download, "/certificates/{number}/paper", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Download, "/certificates/{number}/file", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/e_certificates/check", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Upload, "/api/e_certificates/check_file", Who::Anyone, Owner::None, Limit::Lookup),
    // Materials.
    door(Kind::Write, "/api/materials/remove", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Upload, "/api/materials/upload", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Download, "/materials/{id}", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Download, "/materials/{id}/thumbnail", SIGNED_IN, Owner::Own, Limit::Usual),
    // The inbox.
    door(Kind::Read, "/api/notices/list", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Read, "/api/notices/unread", SIGNED_IN, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/notices/read", SIGNED_IN, Owner::Own, Limit::Usual),
    // For everybody.
    door(Kind::Read, "/api/clock/now", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Write, "/api/captchas/make", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Write, "/api/captchas/another", Who::Anyone, Owner::None, Limit::Strict),
    door(Kind::Read, "/api/register/find", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Read, "/api/register/record", Who::Anyone, Owner::None, Limit::Lookup),
    door(Kind::Write, "/api/confirmations/confirm", Who::Anyone, Owner::Bearer, Limit::Strict),
    door(Kind::Read, "/api/confirmations/receipt", Who::Anyone, Owner::Bearer, Limit::Usual),
    door(Kind::Write, "/api/confirmations/resend", Who::Anyone, Owner::Bearer, Limit::Strict),
    // The demo.
    door(Kind::Read, "/api/demo/is_on", Who::Anyone, Owner::None, Limit::Usual),
    door(Kind::Read, "/api/demo/view", Who::Demo, Owner::None, Limit::Usual),
    door(Kind::Read, "/api/demo/messages", Who::Demo, Owner::None, Limit::Usual),
    door(Kind::Write, "/api/demo/begin", REGISTRANT, Owner::Own, Limit::Usual),
    door(Kind::Write, "/api/demo/wind", Who::Demo, Owner::None, Limit::Usual),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_path_goes_before_its_area_and_a_stranger_finds_no_door() {
        assert_eq!(find("GET", "/account").map(|door| door.path), Some("/account"));
        assert_eq!(find("GET", "/account/sessions").map(|door| door.path), Some("/account/*"));
        assert_eq!(find("HEAD", "/").map(|door| door.path), Some("/"));
        assert_eq!(find("POST", "/api/sessions/sign_out/").map(|door| door.path), Some("/api/sessions/sign_out"));
        assert!(find("GET", "/api/sessions/sign_out").is_none());
        assert!(find("GET", "/accounts").is_none());
    }

    #[test]
    fn no_door_stands_twice_in_the_table() {
        for (i, door) in DOORS.iter().enumerate() {
            for other in &DOORS[i + 1..] {
                assert!(!(door.path == other.path && door.kind.method() == other.kind.method()), "{}", door.path);
            }
        }
    }

    #[test]
    fn roles_are_admitted_only_where_the_table_names_them() {
        assert!(Who::Anyone.admits(None));
        assert!(!SIGNED_IN.admits(None));
        assert!(!BUREAU.admits(Some(Role::ProviderAdmin)));
        assert!(BUREAU.admits(Some(Role::Reviewer)));
    }
}
