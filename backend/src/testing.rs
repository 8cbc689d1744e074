//! What tests of several modules share: people who register and sign in, and what arrived at their phones.

use crate::audit::Origin;
use crate::outbox::{self, MessageTexts, ShownMessage};
use crate::sessions::{self, Entered, NewSession, Session};
use crate::{Ctx, Error, Result, accounts, seed_accounts};
use domain::id::{ProviderId, UserId};
use domain::problem::Rule;
use domain::views::accounts::{ConfirmationForm, RegistrationForm, SignInForm};
use serde_json::Value;
use std::time::Duration;
use uuid::Uuid;

/// Sentences that show their template.
pub(crate) struct PlainTexts;

impl MessageTexts for PlainTexts {
    fn render(&self, template: &str, lang: &str, params: &Value) -> (String, String) {
        (format!("{lang} {template}"), params.to_string())
    }
}

pub(crate) const PASSWORD: &str = "purple-teapot-walks-9";

pub(crate) fn registration(user_name: &str, number: u32) -> RegistrationForm {
    RegistrationForm {
        terms: "accepted".into(),
        user_name: user_name.into(),
        contact_name: "林雨晴".into(),
        mobile: format!("139{number:08}"),
        email: format!("person{number}@post.example"),
        password: PASSWORD.into(),
        password_repeat: PASSWORD.into(),
        lang: "zh".into(),
        ..RegistrationForm::default()
    }
}

/// The newest message to a contact.
pub(crate) async fn newest_to(ctx: &Ctx, recipient: &str) -> Option<ShownMessage> {
    let all = outbox::list_shown(ctx, &PlainTexts, 1000).await.unwrap();
    all.into_iter().find(|m| m.recipient == recipient)
}

/// The code in the newest message to a contact.
pub(crate) async fn code_to(ctx: &Ctx, recipient: &str) -> String {
    let message = newest_to(ctx, recipient).await.expect("a message");
    message.params["code"].as_str().expect("a code").to_owned()
}

/// Both codes of a registration.
pub(crate) async fn codes_of(ctx: &Ctx, form: &RegistrationForm) -> ConfirmationForm {
    ConfirmationForm {
        user_name: form.user_name.clone(),
        mobile_code: code_to(ctx, &form.mobile).await,
        email_code: code_to(ctx, &form.email).await,
    }
}

/// A registrant whose registration is confirmed.
pub(crate) async fn registrant(ctx: &Ctx, user_name: &str, number: u32) -> UserId {
    let form = registration(user_name, number);
    accounts::register(ctx, &form).await.unwrap();
    accounts::confirm(ctx, &codes_of(ctx, &form).await).await.unwrap()
}

/// The demo's accounts and the providers they work for.
pub(crate) async fn seed_demo(ctx: &Ctx) -> [ProviderId; 2] {
    let providers = [Uuid::from_u128(1), Uuid::from_u128(2)];
    for (number, id) in providers.iter().enumerate() {
        sqlx::query!(
            "insert into providers (id, name, licence_number, province) values ($1, $2, $2, 110000) on conflict do nothing",
            id,
            format!("provider {number}"),
        )
        .execute(&ctx.pool)
        .await
        .unwrap();
    }
    let providers = providers.map(ProviderId);
    seed_accounts::seed(ctx, providers).await.unwrap();
    providers
}

pub(crate) fn sign_in_form(user_name: &str, password: &str, category: &str) -> SignInForm {
    SignInForm { user_name: user_name.into(), password: password.into(), category: category.into(), ..SignInForm::default() }
}

pub(crate) async fn sign_in(ctx: &Ctx, user_name: &str, password: &str, category: &str) -> Result<NewSession> {
    match sessions::sign_in(ctx, &sign_in_form(user_name, password, category), None).await? {
        Entered::Opened(session) => Ok(session),
        Entered::Unconfirmed { .. } => panic!("not confirmed"),
    }
}

pub(crate) async fn session(ctx: &Ctx, new: &NewSession) -> Session {
    sessions::find(ctx, new.cookie_value()).await.unwrap().expect("an open session")
}

/// A registrant who is signed in.
pub(crate) async fn signed_in(ctx: &Ctx, user_name: &str, number: u32) -> Session {
    registrant(ctx, user_name, number).await;
    let new = sign_in(ctx, user_name, PASSWORD, "registrant").await.unwrap();
    session(ctx, &new).await
}

/// Field and rule of each problem.
pub(crate) fn problems<T: std::fmt::Debug>(result: Result<T>) -> Vec<(String, Rule)> {
    match result {
        Err(Error::Invalid(problems)) => problems.into_iter().map(|p| (p.field.into_owned(), p.rule)).collect(),
        other => panic!("no problems but {other:?}"),
    }
}

/// How long one has to wait.
pub(crate) fn retry_after<T: std::fmt::Debug>(result: Result<T>) -> Duration {
    match result {
        Err(Error::Limited { retry_after }) => retry_after,
        other => panic!("not limited but {other:?}"),
    }
}

/// The same service asked from another address.
pub(crate) fn from_address(ctx: &Ctx, address: &str) -> Ctx {
    ctx.from_origin(Origin { address: Some(address.parse().unwrap()), agent: "test".into(), request: None })
}

/// What the audit says about a verb, oldest first.
pub(crate) async fn audited(ctx: &Ctx, verb: &str) -> Vec<String> {
    sqlx::query_scalar!("select result from audit where verb = $1 order by id", verb).fetch_all(&ctx.pool).await.unwrap()
}
