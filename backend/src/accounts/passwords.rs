//! Passwords: Argon2id, and a judgement of how easily they are guessed (NIST SP 800-63B-4).

use crate::{Error, Result, threads};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::problem::{Problem, Rule, Section};
use tokio::sync::Semaphore;
use zxcvbn::Score;

/// Each hash takes 19 MiB and a core for some time; more at once would only wait for each other.
static HASHING: Semaphore = Semaphore::const_new(4);

/// Verified where there is no account, so that a name nobody has takes as long as one that somebody has. No password
/// belongs to it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$pXg0PpXg0PpXg0PpXg0PpXg0PpXg0PpXg0PpXg0PpXg";

fn hasher() -> Result<Argon2<'static>> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| Error::Internal("Argon2 parameters"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash to be stored.
pub(crate) async fn hash(password: &str) -> Result<String> {
    let password = password.to_owned();
    threads::run(&HASHING, move || {
        let hash = hasher()?.hash_password(password.as_bytes()).map_err(|_| Error::Internal("hashing failed"))?;
        Ok(hash.to_string())
    })
    .await?
}

/// Whether the password is the one of the hash; none of an account that is not there.
pub(crate) async fn verify(password: &str, hash: Option<&str>) -> Result<bool> {
    // Nobody's password is longer, and hashing megabytes would be a way to keep a node busy.
    let password: String = password.chars().take(domain::account::PASSWORD_MAX + 1).collect();
    let (known, hash) = (hash.is_some(), hash.unwrap_or(NOBODY).to_owned());
    threads::run(&HASHING, move || {
        // What does not parse is nobody's: whoever asks learns nothing of it, by the answer or by its time.
        let (hash, known) = match PasswordHash::new(&hash) {
            Ok(hash) => (hash, known),
            Err(error) => {
                tracing::warn!(%error, "a stored password hash does not parse");
                (PasswordHash::new(NOBODY).map_err(|_| Error::Internal("nobody's password hash does not parse"))?, false)
            }
        };
        Ok(hasher()?.verify_password(password.as_bytes(), &hash).is_ok() && known)
    })
    .await?
}

/// What is wrong with a new password of somebody with these names and contacts. `field` is where it was typed.
pub(crate) async fn judge(password: &str, field: &'static str, about: &[&str]) -> Result<Option<Problem>> {
    let typed = password.to_owned();
    let words: Vec<String> = about
        .iter()
        .map(|word| word.trim().to_lowercase())
        .chain(about.iter().filter_map(|word| word.split_once('@')).map(|(name, _)| name.trim().to_lowercase()))
        .filter(|word| word.chars().count() >= 4)
        .collect();
    let rule = threads::run(&HASHING, move || {
        let lower = typed.to_lowercase();
        if words.iter().any(|word| lower.contains(word.as_str())) {
            return Some(Rule::PasswordContext);
        }
        let words: Vec<&str> = words.iter().map(String::as_str).chain(["beian", "icp", "备案"]).collect();
        // Knows 30,000 passwords of leaks, words, names, keyboard walks, dates and repeats.
        (zxcvbn::zxcvbn(&typed, &words).score() < Score::Two).then_some(Rule::PasswordCommon)
    })
    .await?;
    Ok(rule.map(|rule| Problem::new(Section::Account, field, rule)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_is_argon2id_of_19_mib_and_verifies_only_its_password() {
        let hash = hash("Linnan-2026 夏").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("Linnan-2026 夏", Some(&hash)).await.unwrap());
        assert!(!verify("Linnan-2026 春", Some(&hash)).await.unwrap());
        assert!(!verify("Linnan-2026 夏", None).await.unwrap());
        for (password, hash) in [("", ""), ("Linnan-2026 夏", "")] {
            assert!(!verify(password, Some(hash)).await.unwrap(), "a hash that does not parse is nobody's");
        }
    }

    #[tokio::test]
    async fn passwords_of_leaks_of_the_keyboard_and_of_the_person_are_refused() {
        let about = ["zhangwei", "13912345678", "zhang.wei@mail.example"];
        for (password, rule) in [
            ("password1", Rule::PasswordCommon),
            ("qwertyuiop", Rule::PasswordCommon),
            ("aaaaaaaaaa", Rule::PasswordCommon),
            ("beianbeian", Rule::PasswordCommon),
            ("my-ZhangWei-!!", Rule::PasswordContext),
            ("a13912345678b", Rule::PasswordContext),
            ("x-zhang.wei-x", Rule::PasswordContext),
        ] {
            let problem = judge(password, "password", &about).await.unwrap();
            assert_eq!(problem.map(|p| p.rule), Some(rule), "{password}");
        }
        assert_eq!(judge("purple-teapot-walks-9", "password", &about).await.unwrap(), None);
        assert_eq!(judge("关关雎鸠在河之洲", "password", &about).await.unwrap(), None);
    }
}
