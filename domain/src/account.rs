//! What an account's answers must be like, before anybody looks whether a name is taken or a code is right.
//!
//! Sources: provider notice 2007 (registration), provider manual 2008 1.2 and 1.11 (sign-in, change of password),
//! NIST SP 800-63B-4 (passwords). The same in browser and server.

use crate::actor::Category;
use crate::email::Email;
use crate::phone::Mobile;
use crate::problem::{Fault, Problem, Rule, Section};
use crate::text;
use crate::views::accounts::{
    AddPasskeyForm, ContactForm, CorrectionForm, NewPasswordForm, PasswordForm, RecoveryForm, RegistrationForm, SignInForm,
};

/// The fewest characters of a password.
pub const PASSWORD_MIN: usize = 8;
/// The most characters of a password.
pub const PASSWORD_MAX: usize = 128;
/// The most characters of a contact's name, and of what a passkey is called.
pub const NAME_MAX: usize = 60;
/// The most passkeys of one account.
pub const PASSKEYS_MAX: usize = 10;

/// A problem of an account's field.
pub fn problem(field: &'static str, rule: Rule) -> Problem {
    Problem::new(Section::Account, field, rule)
}

/// What is wrong with a user name: 4 to 32 letters, digits, `_` or `-`, beginning with a letter.
pub fn user_name_problem(name: &str) -> Option<Rule> {
    let name = name.trim();
    let first = name.chars().next();
    if first.is_none() {
        return Some(Rule::Required);
    }
    let letters = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let right = (4..=32).contains(&name.len()) && letters && first.is_some_and(|c| c.is_ascii_alphabetic());
    (!right).then_some(Rule::UserNameFormat)
}

/// What is wrong with a new password by itself; whether it is known or easy to guess only the server can say.
pub fn password_problem(password: &str) -> Option<(Rule, String)> {
    let length = password.chars().count();
    if password.is_empty() {
        Some((Rule::Required, String::new()))
    } else if length < PASSWORD_MIN {
        Some((Rule::PasswordShort, PASSWORD_MIN.to_string()))
    } else if length > PASSWORD_MAX {
        Some((Rule::PasswordLong, PASSWORD_MAX.to_string()))
    } else if password.chars().all(|c| c.is_ascii_digit()) {
        Some((Rule::PasswordDigits, String::new()))
    } else {
        None
    }
}

/// A mobile in its one writing. No prefix is denied: the confirmation of filings has its own list.
pub fn parse_mobile(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Rule::Required.into());
    }
    Mobile::parse(text, &[], &[]).map(|mobile| mobile.as_str().to_owned())
}

/// A mail address in its one writing.
pub fn parse_email(text: &str) -> Result<String, Fault> {
    if text.trim().is_empty() {
        return Err(Rule::Required.into());
    }
    Email::parse(text).map(|email| email.as_str().to_owned())
}

fn name_problem(name: &str) -> Option<(Rule, String)> {
    let name = name.trim();
    if name.is_empty() {
        Some((Rule::Required, String::new()))
    } else if name.chars().count() > NAME_MAX {
        Some((Rule::TooLong, NAME_MAX.to_string()))
    } else if text::find_unprintable(name).is_some() {
        Some((Rule::Unprintable, String::new()))
    } else {
        None
    }
}

/// Gathers problems of one form.
#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn rule(&mut self, field: &'static str, rule: Option<Rule>) {
        self.0.extend(rule.map(|r| problem(field, r)));
    }

    fn given(&mut self, field: &'static str, rule: Option<(Rule, String)>) {
        self.0.extend(rule.map(|(r, given)| Problem::with(Section::Account, field, r, given)));
    }

    fn required(&mut self, field: &'static str, value: &str) {
        self.rule(field, value.trim().is_empty().then_some(Rule::Required));
    }

    fn contacts(&mut self, mobile: &str, email: &str) {
        self.given("mobile", parse_mobile(mobile).err().map(|f| (f.rule, f.given)));
        self.given("email", parse_email(email).err().map(|f| (f.rule, f.given)));
    }

    fn new_password(&mut self, field: &'static str, password: &str, repeat_field: &'static str, repeat: &str) {
        let problem = password_problem(password);
        let differ = problem.is_none() && password != repeat;
        self.given(field, problem);
        self.rule(repeat_field, differ.then_some(Rule::PasswordsDiffer));
    }

    fn category(&mut self, category: &str) {
        let rule = match category {
            "" => Some(Rule::Required),
            c => Category::find(c).is_none().then_some(Rule::UnknownCode),
        };
        self.rule("category", rule);
    }
}

impl RegistrationForm {
    /// What is wrong with it (features R1).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.rule("terms", (self.terms != "accepted").then_some(Rule::TermsNotAccepted));
        found.rule("user_name", user_name_problem(&self.user_name));
        found.given("contact_name", name_problem(&self.contact_name));
        found.contacts(&self.mobile, &self.email);
        found.new_password("password", &self.password, "password_repeat", &self.password_repeat);
        found.0
    }
}

impl CorrectionForm {
    /// What is wrong with it (features R1).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.rule("user_name", user_name_problem(&self.user_name));
        found.required("password", &self.password);
        found.contacts(&self.mobile, &self.email);
        found.0
    }
}

impl SignInForm {
    /// Each field left empty (features A9).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.required("user_name", &self.user_name);
        found.rule("password", self.password.is_empty().then_some(Rule::Required));
        found.category(&self.category);
        found.0
    }
}

impl PasswordForm {
    /// What is wrong with it (features A8).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.rule("old_password", self.old_password.is_empty().then_some(Rule::Required));
        found.new_password("new_password", &self.new_password, "repeat_password", &self.repeat_password);
        found.0
    }
}

impl NewPasswordForm {
    /// What is wrong with it (features R13).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.new_password("new_password", &self.new_password, "repeat_password", &self.repeat_password);
        found.0
    }
}

impl ContactForm {
    /// What is wrong with it (features A8).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.given("contact_name", name_problem(&self.contact_name));
        // An empty mobile or mail address stays as it is.
        if !self.mobile.trim().is_empty() {
            found.given("mobile", parse_mobile(&self.mobile).err().map(|f| (f.rule, f.given)));
        }
        if !self.email.trim().is_empty() {
            found.given("email", parse_email(&self.email).err().map(|f| (f.rule, f.given)));
        }
        found.rule("password", self.password.is_empty().then_some(Rule::Required));
        found.0
    }
}

impl AddPasskeyForm {
    /// What is wrong with it: what it is called must be told from others in a list.
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.given("name", name_problem(&self.name));
        found.rule("password", self.password.is_empty().then_some(Rule::Required));
        found.0
    }
}

impl RecoveryForm {
    /// What is wrong with it (features R13).
    pub fn problems(&self) -> Vec<Problem> {
        let mut found = Found::default();
        found.required("user_name", &self.user_name);
        found.required("contact_name", &self.contact_name);
        found.required("email", &self.email);
        found.category(&self.category);
        found.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_name_is_4_to_32_letters_digits_and_two_signs_from_a_letter_on() {
        for name in ["abcd", "Zhang_wei-2", &"a".repeat(32)] {
            assert_eq!(user_name_problem(name), None, "{name}");
        }
        for name in ["abc", "1abc", "_abcd", "zhāng", "张伟张伟", "ab cd", "a@b.c", &"a".repeat(33)] {
            assert_eq!(user_name_problem(name), Some(Rule::UserNameFormat), "{name}");
        }
        assert_eq!(user_name_problem("  "), Some(Rule::Required));
    }

    #[test]
    fn a_password_has_8_to_128_characters_and_not_only_digits() {
        assert_eq!(password_problem("关关雎鸠在河之洲"), None);
        assert_eq!(password_problem(&"a".repeat(128)), None);
        assert_eq!(password_problem("1234567").unwrap().0, Rule::PasswordShort);
        assert_eq!(password_problem("1234567890").unwrap().0, Rule::PasswordDigits);
        assert_eq!(password_problem(&"a".repeat(129)).unwrap(), (Rule::PasswordLong, "128".to_owned()));
    }

    #[test]
    fn every_empty_field_of_the_sign_in_form_has_its_message() {
        let problems = SignInForm::default().problems();
        let fields: Vec<_> = problems.iter().map(|p| (&*p.field, p.rule)).collect();
        assert_eq!(fields, [("user_name", Rule::Required), ("password", Rule::Required), ("category", Rule::Required)]);
    }

    #[test]
    fn an_empty_registration_names_every_field() {
        let problems = RegistrationForm::default().problems();
        let fields: Vec<_> = problems.iter().map(|p| &*p.field).collect();
        assert_eq!(fields, ["terms", "user_name", "contact_name", "mobile", "email", "password"]);
    }
}
