//! The passwords and sessions of staff under 等保 2.0, level 3 (GB/T 22239-2019, 8.1.4.1 身份鉴别).
//!
//! The standard asks that secrets are complex and changed regularly (a), that failed sign-ins are limited and idle sessions
//! end (b). It names no figures; these are the ones that are customary when it is assessed (GB/T 28448-2019, 8.1.4.1).
//! NIST SP 800-63B-4, 3.1.1.2 and ASVS 5.0, 6.2.5 and 6.2.10 advise against kinds of characters and against changing a
//! password that nobody else knows: what follows holds only where an installation says that it must, and for staff alone.

use crate::problem::Rule;

/// The fewest characters.
pub const PASSWORD_MIN: usize = 10;
/// Of capital letters, small letters, figures and all else a password has so many.
pub const KINDS_MIN: usize = 3;
/// A password is changed after so many days.
pub const PASSWORD_DAYS: i64 = 90;
/// A new password is none of so many last ones, the present one among them.
pub const REMEMBERED: usize = 5;
/// So many failures lock a name.
pub const FAILURES: i32 = 5;
/// For so many minutes.
pub const LOCK_MINUTES: u64 = 30;
/// A session of staff ends after so many minutes without a request.
pub const IDLE_MINUTES: u64 = 15;

/// What is wrong with a new password of staff, beyond what holds for everybody.
pub fn password_problem(password: &str) -> Option<(Rule, String)> {
    if password.chars().count() < PASSWORD_MIN {
        return Some((Rule::PasswordShort, PASSWORD_MIN.to_string()));
    }
    let kinds: [fn(char) -> bool; 4] = [char::is_uppercase, char::is_lowercase, char::is_numeric, |sign| {
        !(sign.is_uppercase() || sign.is_lowercase() || sign.is_numeric())
    }];
    let found = kinds.iter().filter(|is_kind| password.chars().any(**is_kind)).count();
    (found < KINDS_MIN).then(|| (Rule::PasswordKinds, KINDS_MIN.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_staff_has_ten_characters_of_three_kinds() {
        for good in ["Beian-Demo-2026", "green-lantern-7", "关关雎鸠在河之洲Aa", "Aa345678901"] {
            assert_eq!(password_problem(good), None, "{good}");
        }
        let short = Some((Rule::PasswordShort, "10".to_owned()));
        let kinds = Some((Rule::PasswordKinds, "3".to_owned()));
        for (bad, problem) in [
            ("Aa3-5678", &short),
            ("Aa3-56789", &short),
            ("green-lantern-sails", &kinds),
            ("GREENLANTERN77", &kinds),
            ("关关雎鸠在河之洲关关雎鸠", &kinds),
        ] {
            assert_eq!(&password_problem(bad), problem, "{bad}");
        }
    }
}
