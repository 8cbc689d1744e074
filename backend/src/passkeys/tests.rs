//! An authenticator of the tests' own: a key, a counter, and what a browser puts around its signature.

use super::*;
use crate::testing::*;
use crate::{second_factor, seed_accounts, sessions};
use data_encoding::BASE64URL_NOPAD;
use domain::views::accounts::{AddPasskeyForm, PasskeyForm, PasskeyOffer, RemovePasskeyForm, SecondFactorForm};
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sqlx::PgPool;

const NAME: &str = "beijing-reviewer-1";
const ORIGIN: &str = "http://localhost:3000";
const PRESENT: u8 = 1;
const VERIFIED: u8 = 4;
const KEY_INSIDE: u8 = 64;

struct Authenticator {
    id: [u8; 16],
    key: SigningKey,
    counter: u32,
    flags: u8,
    origin: &'static str,
}

impl Authenticator {
    fn new(seed: u8) -> Self {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        Self { id: [seed; 16], key, counter: 1, flags: PRESENT | VERIFIED, origin: ORIGIN }
    }

    fn client_data(&self, kind: &str, offer: &PasskeyOffer) -> Vec<u8> {
        let options: Value = serde_json::from_str(&offer.options).unwrap();
        let challenge = options["publicKey"]["challenge"].as_str().unwrap();
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        [&Sha256::digest(b"localhost")[..], &[self.flags | flags], &self.counter.to_be_bytes()].concat()
    }

    fn form(&self, response: Value) -> PasskeyForm {
        let id = BASE64URL_NOPAD.encode(&self.id);
        PasskeyForm { credential: json!({ "id": id, "rawId": id, "type": "public-key", "response": response }).to_string() }
    }

    /// What it answers where a passkey is to be made: a map of `fmt`, `attStmt` and `authData` in CBOR.
    fn make(&self, offer: &PasskeyOffer) -> PasskeyForm {
        let point = self.key.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().unwrap(), point.y().unwrap());
        let key = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], x, &[0x22, 0x58, 32], y].concat();
        let data = [&self.data(KEY_INSIDE)[..], &[0; 16], &[0, 16], &self.id, &key].concat();
        let length = u8::try_from(data.len()).unwrap();
        let attested = [b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58", &[length][..], &data].concat();
        self.form(json!({
            "attestationObject": BASE64URL_NOPAD.encode(&attested),
            "clientDataJSON": BASE64URL_NOPAD.encode(&self.client_data("webauthn.create", offer)),
        }))
    }

    /// What it answers where it is to sign.
    fn sign(&self, offer: &PasskeyOffer) -> PasskeyForm {
        let (client, data) = (self.client_data("webauthn.get", offer), self.data(0));
        let signature: Signature = self.key.sign(&[&data[..], &Sha256::digest(&client)].concat());
        self.form(json!({
            "authenticatorData": BASE64URL_NOPAD.encode(&data),
            "clientDataJSON": BASE64URL_NOPAD.encode(&client),
            "signature": BASE64URL_NOPAD.encode(signature.to_der().as_bytes()),
        }))
    }
}

async fn half(ctx: &Ctx, name: &str) -> Session {
    let new = sign_in(ctx, name, seed_accounts::PASSWORD, "bureau").await.unwrap();
    session(ctx, &new).await
}

async fn full(ctx: &Ctx, name: &str) -> Session {
    let half = half(ctx, name).await;
    let (code, _) = second_factor::find_demo_code(ctx, name).await.unwrap().unwrap();
    session(ctx, &second_factor::prove(ctx, &half, &SecondFactorForm { code }).await.unwrap()).await
}

fn form(name: &str, password: &str) -> AddPasskeyForm {
    AddPasskeyForm { name: name.into(), password: password.into() }
}

/// Begins to add one; answers what the browser is to ask for.
async fn asked(ctx: &Ctx, session: &Session) -> PasskeyOffer {
    ask_to_add(ctx, session, &form("办公电脑", seed_accounts::PASSWORD)).await.unwrap();
    waiting(ctx, session).await.unwrap().unwrap().1
}

/// An account with one passkey, signed in.
async fn with_passkey(ctx: &Ctx, authenticator: &Authenticator, name: &str) -> Session {
    let session = full(ctx, name).await;
    let offer = asked(ctx, &session).await;
    add(ctx, &session, &authenticator.make(&offer)).await.unwrap();
    session
}

async fn offered(ctx: &Ctx, session: &Session) -> PasskeyOffer {
    offer(ctx, session).await.unwrap().unwrap()
}

fn wrong() -> Vec<(String, Rule)> {
    vec![("credential".to_owned(), Rule::PasskeyRefused)]
}

#[sqlx::test(migrations = "../migrations")]
async fn a_passkey_is_added_named_used_and_removed_and_its_owner_hears_of_it(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let mut key = Authenticator::new(7);
    let owner = with_passkey(&ctx, &key, NAME).await;
    let contacts = crate::accounts::get_contacts(&ctx, owner.user).await.unwrap();
    for contact in [&contacts.mobile, &contacts.email] {
        assert_eq!(newest_to(&ctx, contact).await.unwrap().template, "passkey_added");
    }
    let [one] = &list(&ctx, &owner).await.unwrap().passkeys[..] else { panic!("one passkey") };
    assert_eq!((one.name.as_str(), one.used_at), ("办公电脑", None));
    // What was begun was answered, and is over.
    assert!(waiting(&ctx, &owner).await.unwrap().is_none());

    let waits = half(&ctx, NAME).await;
    key.counter += 1;
    let signed = key.sign(&offered(&ctx, &waits).await);
    let signed_in = session(&ctx, &prove(&ctx, &waits, &signed).await.unwrap()).await;
    assert_eq!((signed_in.id, signed_in.stage), (waits.id, Stage::Full));
    assert_eq!(list(&ctx, &owner).await.unwrap().passkeys[0].used_at, Some(ctx.clock.now()));
    assert_eq!(crate::accounts::profile(&ctx, &owner).await.unwrap().passkeys, Some(1));

    let removal = |password: &str| RemovePasskeyForm { id: one.id, password: password.into() };
    assert_eq!(problems(remove(&ctx, &owner, &removal("wrong")).await), [("password".to_owned(), Rule::OldPasswordWrong)]);
    remove(&ctx, &owner, &removal(seed_accounts::PASSWORD)).await.unwrap();
    assert_eq!(newest_to(&ctx, &contacts.mobile).await.unwrap().template, "passkey_removed");
    for (verb, results) in [("add_passkey", ["done"]), ("prove_passkey", ["done"]), ("remove_passkey", ["done"])] {
        assert_eq!(audited(&ctx, verb).await, results, "{verb}");
    }
    let later = half(&ctx, NAME).await;
    assert!(offer(&ctx, &later).await.unwrap().is_none());
}

#[sqlx::test(migrations = "../migrations")]
async fn an_answer_passes_once_for_its_own_session_in_its_own_time_and_no_other(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let mut key = Authenticator::new(7);
    with_passkey(&ctx, &key, NAME).await;
    let (a, b) = (half(&ctx, NAME).await, half(&ctx, NAME).await);
    let (for_a, for_b) = (offered(&ctx, &a).await, offered(&ctx, &b).await);
    assert_ne!(for_a, for_b);

    // Another session's challenge, and after it one's own: that is gone with the first answer.
    key.counter = 2;
    assert_eq!(problems(prove(&ctx, &a, &key.sign(&for_b)).await), wrong());
    assert_eq!(problems(prove(&ctx, &a, &key.sign(&for_a)).await), wrong());

    // The same answer again, at the session that it opened and at another one.
    key.counter = 3;
    let signed = key.sign(&for_b);
    prove(&ctx, &b, &signed).await.unwrap();
    assert!(prove(&ctx, &b, &signed).await.is_err());
    assert_eq!(problems(prove(&ctx, &a, &signed).await), wrong());

    // Too late.
    let late = offered(&ctx, &a).await;
    key.counter = 4;
    ctx.clock.wind(HOLDS);
    assert_eq!(problems(prove(&ctx, &a, &key.sign(&late)).await), wrong());
    // What nobody answered is swept up.
    offered(&ctx, &a).await;
    ctx.clock.wind(HOLDS);
    crate::retention::sweep(&ctx).await.unwrap();
    assert_eq!(sqlx::query_scalar!("select count(*) from passkey_challenges").fetch_one(&ctx.pool).await.unwrap(), Some(0));
}

#[sqlx::test(migrations = "../migrations")]
async fn anothers_passkey_a_touch_alone_another_site_and_a_counter_that_goes_back_are_refused(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let mut key = Authenticator::new(7);
    with_passkey(&ctx, &key, NAME).await;
    let others = Authenticator { counter: 9, ..Authenticator::new(8) };
    with_passkey(&ctx, &others, "beijing-reviewer-2").await;
    let session = half(&ctx, NAME).await;
    key.counter = 5;

    let signed = others.sign(&offered(&ctx, &session).await);
    assert_eq!(problems(prove(&ctx, &session, &signed).await), wrong(), "another's");
    // Another's key under this one's name.
    let forged = Authenticator { key: others.key.clone(), counter: 9, ..Authenticator::new(7) };
    assert_eq!(problems(prove(&ctx, &session, &forged.sign(&offered(&ctx, &session).await)).await), wrong(), "forged");
    let touched = Authenticator { flags: PRESENT, counter: 9, ..Authenticator::new(7) };
    assert_eq!(problems(prove(&ctx, &session, &touched.sign(&offered(&ctx, &session).await)).await), wrong(), "touched");
    let phished = Authenticator { origin: "http://localhost.evil.example", counter: 9, ..Authenticator::new(7) };
    assert_eq!(problems(prove(&ctx, &session, &phished.sign(&offered(&ctx, &session).await)).await), wrong(), "phished");
    let nonsense = PasskeyForm { credential: "{}".into() };
    assert_eq!(problems(prove(&ctx, &session, &nonsense).await), wrong(), "nonsense");

    // Two sessions at once, as both began before either ended: a copy of the key signs beside the key.
    let beside = half(&ctx, NAME).await;
    let (first, second) = (offered(&ctx, &session).await, offered(&ctx, &beside).await);
    prove(&ctx, &session, &key.sign(&first)).await.unwrap();
    assert_eq!(problems(prove(&ctx, &beside, &key.sign(&second)).await), wrong(), "copied");
    key.counter = 4;
    assert_eq!(problems(prove(&ctx, &beside, &key.sign(&offered(&ctx, &beside).await)).await), wrong(), "back");
    key.counter = 6;
    prove(&ctx, &beside, &key.sign(&offered(&ctx, &beside).await)).await.unwrap();
    assert_eq!(audited(&ctx, "prove_passkey").await.iter().filter(|result| *result == "refused").count(), 7);
}

#[sqlx::test(migrations = "../migrations")]
async fn wrong_passkeys_count_with_wrong_digits_and_lock_both(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let key = Authenticator { counter: 2, ..Authenticator::new(7) };
    with_passkey(&ctx, &Authenticator::new(7), NAME).await;
    let session = half(&ctx, NAME).await;
    let digits = |code: &str| SecondFactorForm { code: code.into() };
    for _ in 0..5 {
        assert!(second_factor::prove(&ctx, &session, &digits("000000")).await.is_err());
        assert_eq!(problems(prove(&ctx, &session, &PasskeyForm::default()).await), wrong());
    }
    retry_after(prove(&ctx, &session, &key.sign(&offered(&ctx, &session).await)).await);
    retry_after(second_factor::prove(&ctx, &session, &digits("000000")).await);
}

#[sqlx::test(migrations = "../migrations")]
async fn one_is_added_with_the_password_to_one_account_only_and_never_by_registrants(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let key = Authenticator::new(7);
    let owner = with_passkey(&ctx, &key, NAME).await;
    assert_eq!(
        problems(ask_to_add(&ctx, &owner, &form(" ", "")).await),
        [("name".to_owned(), Rule::Required), ("password".to_owned(), Rule::Required)]
    );
    assert_eq!(
        problems(ask_to_add(&ctx, &owner, &form("手机", "wrong")).await),
        [("password".to_owned(), Rule::OldPasswordWrong)]
    );
    // The same credential for somebody else, and for its owner.
    let other = full(&ctx, "beijing-reviewer-2").await;
    let offer_to_other = asked(&ctx, &other).await;
    assert_eq!(problems(add(&ctx, &other, &key.make(&offer_to_other)).await), wrong());
    let again = asked(&ctx, &owner).await;
    assert_eq!(problems(add(&ctx, &owner, &key.make(&again)).await), wrong());
    // A touch alone, and what was made for somebody else's asking.
    let touched = Authenticator { flags: PRESENT, ..Authenticator::new(9) };
    assert_eq!(problems(add(&ctx, &owner, &touched.make(&asked(&ctx, &owner).await)).await), wrong());
    let for_other = asked(&ctx, &other).await;
    asked(&ctx, &owner).await;
    assert_eq!(problems(add(&ctx, &owner, &Authenticator::new(9).make(&for_other)).await), wrong());
    assert_eq!(list(&ctx, &other).await.unwrap().passkeys, []);
    let theirs = list(&ctx, &owner).await.unwrap().passkeys[0].id;
    let removal = RemovePasskeyForm { id: theirs, password: seed_accounts::PASSWORD.into() };
    assert!(matches!(remove(&ctx, &other, &removal).await, Err(Error::NotFound)));

    let registrant = signed_in(&ctx, "lin-test", 77).await;
    assert!(matches!(list(&ctx, &registrant).await, Err(Error::NotFound)));
    assert!(matches!(ask_to_add(&ctx, &registrant, &form("手机", PASSWORD)).await, Err(Error::NotFound)));
    let half = half(&ctx, NAME).await;
    assert!(matches!(list(&ctx, &half).await, Err(Error::NotFound)), "nobody yet");
}

#[sqlx::test(migrations = "../migrations")]
async fn an_account_has_ten_passkeys_at_most_and_none_after_its_factors_were_taken(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let owner = with_passkey(&ctx, &Authenticator::new(1), NAME).await;
    for seed in 2..=10 {
        let offer = asked(&ctx, &owner).await;
        add(&ctx, &owner, &Authenticator::new(seed).make(&offer)).await.unwrap();
    }
    assert!(!list(&ctx, &owner).await.unwrap().more);
    let beyond = ask_to_add(&ctx, &owner, &form("第十一个", seed_accounts::PASSWORD)).await;
    assert!(matches!(beyond, Err(Error::Forbidden)));
    let waits = half(&ctx, NAME).await;
    let offer_before = offered(&ctx, &waits).await;
    let admin = full(&ctx, "beijing-admin").await.actor();
    crate::staff::reissue(&ctx, &admin, owner.user, true).await.unwrap();
    assert_eq!(count(&ctx, owner.user).await.unwrap(), 0);
    let late = Authenticator { counter: 2, ..Authenticator::new(1) };
    assert_eq!(problems(prove(&ctx, &waits, &late.sign(&offer_before)).await), wrong());
}

/// Does this while an administrator's reset of the account's factors is under way, so that it waits for it.
async fn during_a_reset<T>(ctx: &Ctx, owner: &Session, act: impl Future<Output = Result<T>>) -> Result<T> {
    let mut tx = ctx.begin().await.unwrap();
    sqlx::query("select from users where id = $1 for update").bind(owner.user.0).execute(&mut *tx).await.unwrap();
    second_factor::forget(&mut tx, owner.user).await.unwrap();
    let reset = async {
        let waits = "select exists (select from pg_locks where not granted)";
        while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&ctx.pool).await.unwrap() {
            tokio::task::yield_now().await;
        }
        sessions::end_all(ctx, &mut tx, owner.user, None, sessions::EndedBy::Administrator).await.unwrap();
        tx.commit().await.unwrap();
    };
    tokio::join!(act, reset).0
}

#[sqlx::test(migrations = "../migrations")]
async fn what_waited_for_a_reset_of_the_factors_changes_nothing_after_it(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let owner = full(&ctx, NAME).await;
    let made = Authenticator::new(1).make(&asked(&ctx, &owner).await);
    let added = during_a_reset(&ctx, &owner, add(&ctx, &owner, &made)).await;
    assert!(matches!(added, Err(Error::SignedOut)), "{added:?}");
    assert_eq!(count(&ctx, owner.user).await.unwrap(), 0);
}

#[sqlx::test(migrations = "../migrations")]
async fn a_session_that_ended_meanwhile_removes_no_passkey(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let owner = with_passkey(&ctx, &Authenticator::new(1), NAME).await;
    let id = list(&ctx, &owner).await.unwrap().passkeys[0].id;
    let form = RemovePasskeyForm { id, password: seed_accounts::PASSWORD.into() };
    let mut tx = ctx.begin().await.unwrap();
    sessions::end_all(&ctx, &mut tx, owner.user, None, sessions::EndedBy::Revoked).await.unwrap();
    tx.commit().await.unwrap();
    assert!(matches!(remove(&ctx, &owner, &form).await, Err(Error::SignedOut)));
    assert_eq!(count(&ctx, owner.user).await.unwrap(), 1);
}

#[sqlx::test(migrations = "../migrations")]
async fn who_is_suspended_between_password_and_passkey_does_not_come_in(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    seed_demo(&ctx).await;
    let key = Authenticator { counter: 2, ..Authenticator::new(7) };
    with_passkey(&ctx, &Authenticator::new(7), NAME).await;
    let waits = half(&ctx, NAME).await;
    let offer = offered(&ctx, &waits).await;
    let admin = full(&ctx, "beijing-admin").await.actor();
    crate::staff::suspend(&ctx, &admin, waits.user).await.unwrap();
    assert!(matches!(prove(&ctx, &waits, &key.sign(&offer)).await, Err(Error::SignedOut)));
}

#[test]
fn where_the_address_is_a_number_there_are_no_passkeys() {
    let site_at = |base_url: &str| site(&Settings { base_url: base_url.into(), ..Settings::demo() }).unwrap();
    for numbers in ["http://127.0.0.1:3000", "https://192.0.2.7", "https://[2001:db8::1]"] {
        assert!(site_at(numbers).is_none(), "{numbers}");
    }
    for names in [ORIGIN, "https://beian.example.org", "https://beian.example.org:8443"] {
        assert!(site_at(names).is_some(), "{names}");
    }
}
