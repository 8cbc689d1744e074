//! Every URL of a page, as a function. Doors have their own: the server functions' `PATH`.

pub mod filing;

use domain::{
    actor::Category,
    id::{ProviderId, UserId},
};

use crate::texts::Lang;

/// Home page 首页.
#[must_use]
pub fn home() -> String {
    "/".to_owned()
}

/// Switches the language and comes back to this page.
#[must_use]
pub fn lang(lang: Lang, path: &str, search: &str) -> String {
    let back = if search.is_empty() { path.to_owned() } else { format!("{path}?{}", search.trim_start_matches('?')) };
    format!("/lang/{}?back={}", lang.code(), encoded(&back))
}

/// Whether this is a path of this site, and not a way out of it: two slashes, or a backslash, would lead a browser to another
/// host.
#[must_use]
pub fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Text as a value in a query or a segment of a path.
#[must_use]
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    out.push(char::from_digit(u32::from(half), 16).unwrap_or('0').to_ascii_uppercase());
                }
            }
        }
    }
    out
}

macro_rules! fixed {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)*) => {
        $($(#[$doc])* #[must_use] pub fn $name() -> String { $path.to_owned() })*
    };
}

fixed! {
    /// Public query 公共查询.
    query = "/query";
    /// Certificate check 证书核验.
    certificates = "/certificates";
    /// 公告: all of them.
    announcements = "/announcements";
    /// 法规: all of them.
    laws = "/laws";
    /// 帮助: the questions.
    help = "/help";
    /// 备案流程图.
    flow_chart = "/help/flow";
    /// 数据接口说明.
    api_help = "/help/api";
    /// «找回备案密码», explained.
    filing_password = "/help/filing-password";
    /// 政务公开.
    open_information = "/open-information";
    /// 意见反馈.
    feedback = "/feedback";
    /// 短信核验.
    sms = "/sms";
    /// 短信核验: done, and who is still due.
    sms_done = "/sms/done";
    /// 短信重发.
    sms_resend = "/sms/resend";
    /// Registration: 使用声明.
    register = "/register";
    /// Registration: 备案流程图, to be accepted.
    register_flow = "/register/flow";
    /// Registration: the form.
    register_form = "/register/form";
    /// Registration: the codes sent to mobile and e-mail.
    register_confirm = "/register/confirm";
    /// Registration: codes lost 重新找回验证码.
    register_codes = "/register/codes";
    /// Registration: a wrong contact put right.
    register_correct = "/register/correct";
    /// Sign-in.
    sign_in = "/sign-in";
    /// Second factor of staff.
    second_factor = "/sign-in/second-factor";
    /// One's own password in the place of the first one.
    first_password = "/sign-in/first-password";
    /// 找回密码.
    lost_password = "/lost-password";

    /// Code tables.
    code_tables = "/code-tables";

    /// One's own account.
    account = "/account";
    /// 修改密码.
    account_password = "/account/password";
    /// 修改个人信息: mobile and e-mail.
    account_contacts = "/account/contacts";
    /// Where one is signed in.
    account_sessions = "/account/sessions";
    /// Signing out, for whoever comes from a page without a program.
    account_sign_out = "/account/sign-out";
    /// Passkeys of staff.
    account_passkeys = "/account/passkeys";
    /// Where the browser makes another one.
    account_passkeys_new = "/account/passkeys/new";
    /// Notices.
    inbox = "/account/inbox";

    /// A registrant's filings.
    filings = "/filings";
    /// A provider's desk.
    provider = "/provider";
    /// A bureau's desk.
    bureau = "/bureau";

    /// 机构管理: what an office keeps by itself.
    office = "/office";
    /// Its staff.
    office_staff = "/office/staff";
    /// A new account of its staff.
    office_staff_new = "/office/staff/new";
    /// A provider's ranges.
    office_ranges = "/office/ranges";
    /// A provider's services.
    office_services = "/office/services";
    /// The providers of a province.
    office_providers = "/office/providers";
    /// A new provider.
    office_providers_new = "/office/providers/new";
    /// A province's policies.
    office_policies = "/office/policies";
    /// A policy to be.
    office_policy_new = "/office/policies/new";
    /// What it would change.
    office_policy_preview = "/office/policies/preview";

    /// What the demo is made of.
    demo = "/demo";
    /// Every SMS and e-mail that the demo sent.
    demo_messages = "/demo/messages";
}

/// The answer to a public query.
#[must_use]
pub fn query_for(text: &str) -> String {
    format!("/query?q={}", encoded(text))
}

/// One record of the register, by its site number 网站备案号.
#[must_use]
pub fn record(number: &str) -> String {
    format!("/records/{}", encoded(number).replace('/', "%2F"))
}

/// How the certificate of this number and code stands.
#[must_use]
pub fn certificate_check(number: &str, code: &str) -> String {
    format!("{}?number={}&code={}", certificates(), encoded(number), encoded(code))
}

/// The paper of the electronic certificate of one's own site.
#[must_use]
pub fn certificate_paper(number: &str) -> String {
    format!("{}/{}/paper", certificates(), encoded(number).replace('/', "%2F"))
}

/// The signed file of the electronic certificate of one's own site.
#[must_use]
pub fn certificate_file(number: &str) -> String {
    format!("{}/{}/file", certificates(), encoded(number).replace('/', "%2F"))
}

/// Who is still due after a confirmation.
#[must_use]
pub fn sms_done_with(receipt: &str) -> String {
    format!("{}?receipt={receipt}", sms_done())
}

/// One code table.
#[must_use]
pub fn code_table(id: &str) -> String {
    format!("{}/{id}", code_tables())
}

/// One announcement.
#[must_use]
pub fn announcement(key: &str) -> String {
    format!("/announcements/{key}")
}

/// Sign-in that leads back to a page.
#[must_use]
pub fn sign_in_then(next: &str) -> String {
    format!("/sign-in?next={}", encoded(next))
}

/// Sign-in with a category chosen beforehand, that leads back to a page; either may be missing.
#[must_use]
pub fn sign_in_as(category: Option<Category>, next: &str) -> String {
    with_category(sign_in(), category, next)
}

/// The page that signs out and leads to [`sign_in_as`].
#[must_use]
pub fn sign_out_as(category: Option<Category>, next: &str) -> String {
    with_category(account_sign_out(), category, next)
}

fn with_category(path: String, category: Option<Category>, next: &str) -> String {
    let path = match category {
        Some(category) => with(&path, "category", category.name()),
        None => path,
    };
    if next.is_empty() { path } else { with(&path, "next", next) }
}

/// One passkey of one's own.
#[must_use]
pub fn account_passkey(id: uuid::Uuid) -> String {
    format!("{}/{id}", account_passkeys())
}

/// The second factor, which leads on to a page.
#[must_use]
pub fn second_factor_then(next: &str) -> String {
    format!("{}?next={}", second_factor(), encoded(next))
}

/// The codes of one registration.
#[must_use]
pub fn register_confirm_of(user_name: &str) -> String {
    format!("{}?user_name={}", register_confirm(), encoded(user_name))
}

/// 重新找回验证码 of one registration.
#[must_use]
pub fn register_codes_of(user_name: &str) -> String {
    format!("{}?user_name={}", register_codes(), encoded(user_name))
}

/// A wrong contact of one registration.
#[must_use]
pub fn register_correct_of(user_name: &str) -> String {
    format!("{}?user_name={}", register_correct(), encoded(user_name))
}

/// A one-time link to a new password.
#[must_use]
pub fn new_password(token: &str) -> String {
    format!("{}/{}", lost_password(), encoded(token))
}

/// One account of an office's staff.
#[must_use]
pub fn staff_member(id: UserId) -> String {
    format!("{}/{id}", office_staff())
}

/// One service of a provider.
#[must_use]
pub fn office_service(id: uuid::Uuid) -> String {
    format!("{}/{id}", office_services())
}

/// One provider of a province.
#[must_use]
pub fn office_provider(id: ProviderId) -> String {
    format!("{}/{id}", office_providers())
}

/// A page that says what has just been done there.
#[must_use]
pub fn done(path: &str, what: &str) -> String {
    with(path, "done", what)
}

/// A path with one value more in its query.
#[must_use]
pub fn with(path: &str, name: &str, value: &str) -> String {
    format!("{path}{}{name}={}", if path.contains('?') { '&' } else { '?' }, encoded(value))
}

/// The page of a form that is drawn again with another picture, or with `wait` without one; at its challenge.
#[must_use]
pub fn captcha_way(back: &str, way: &str, form_id: &str) -> String {
    let (path, query) = back.split_once('?').unwrap_or((back, ""));
    let query: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("captcha=")).collect();
    let path = if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) };
    let path = if way == "wait" { with(&path, "captcha", "wait") } else { path };
    format!("{path}#{}-captcha", encoded(form_id))
}

/// The register for programs.
pub const API_REGISTER: &str = "/api/v1/register";
/// The public keys of certificate files.
pub const API_KEYS: &str = "/api/v1/certificate-keys";
/// What the public API has, for programs.
pub const API_DOCUMENT: &str = "/api/v1/openapi.json";

/// The register's answer to a question, for programs.
#[must_use]
pub fn api_register(text: &str) -> String {
    format!("{API_REGISTER}?q={}", encoded(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_away_is_no_path_of_ours() {
        for path in ["/", "/filings/1?step=2", "/a/b#c"] {
            assert!(is_local(path), "{path}");
        }
        for path in ["", "https://evil.example", "//evil.example", "/\\evil.example", "/a\r\nSet-Cookie: b", "javascript:0"] {
            assert!(!is_local(path), "{path}");
        }
    }

    #[test]
    fn another_challenge_leads_back_to_the_same_page() {
        assert_eq!(captcha_way("/sms", "wait", "sms"), "/sms?captcha=wait#sms-captcha");
        assert_eq!(captcha_way("/sms?captcha=wait&done=sent", "picture", "sms"), "/sms?done=sent#sms-captcha");
        assert_eq!(captcha_way("/?next=/a", "wait", "x y"), "/?next=/a&captcha=wait#x%20y-captcha");
    }

    #[test]
    fn a_query_is_encoded_once_and_whole() {
        assert_eq!(query_for("京ICP备1号-1&x=#"), "/query?q=%E4%BA%ACICP%E5%A4%871%E5%8F%B7-1%26x%3D%23");
        let next = "/demo?a=1#sample";
        let expected = "/sign-in?category=registrant&next=/demo%3Fa%3D1%23sample";
        assert_eq!(sign_in_as(Some(Category::Registrant), next), expected);
        assert_eq!(sign_in_as(None, next), sign_in_then(next));
        assert_eq!(done(&sign_in_as(None, ""), "signed_out"), "/sign-in?done=signed_out");
        assert_eq!(lang(Lang::En, "/query", "?q=a&b"), "/lang/en?back=/query%3Fq%3Da%26b");
    }
}
