//! Registration, one's own account, a lost password.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::accounts;
use domain::views::accounts::{
    ConfirmationForm, ContactCodesForm, ContactForm, CorrectionForm, NameCheck, NewPasswordForm, PasswordForm, ProfileView,
    RecoveryForm, RegistrationForm,
};
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Whether a user name is free.
#[server(endpoint = "accounts/check_name", prefix = "/api", input = GetUrl)]
pub async fn check_name(user_name: String) -> Result<NameCheck, Fault> {
    Ok(accounts::check_name(&ssr::ctx()?, &user_name).await?)
}

/// Registers, and sends both codes.
#[server(endpoint = "accounts/register", prefix = "/api")]
pub async fn register(form: RegistrationForm) -> Result<Done, Fault> {
    accounts::register(&ssr::ctx()?, &form).await?;
    Ok(Done::to(paths::register_confirm_of(form.user_name.trim())))
}

/// Ends a registration by both codes.
#[server(endpoint = "accounts/confirm", prefix = "/api")]
pub async fn confirm(form: ConfirmationForm) -> Result<Done, Fault> {
    accounts::confirm(&ssr::ctx()?, &form).await?;
    Ok(Done::to(paths::done(&paths::sign_in(), "registered")))
}

/// Sends new codes to the stored contacts; the answer is the same for every name.
#[server(endpoint = "accounts/resend_codes", prefix = "/api")]
pub async fn resend_codes(user_name: String) -> Result<Done, Fault> {
    accounts::resend_codes(&ssr::ctx()?, &user_name).await?;
    Ok(Done::to(paths::done(&paths::register_confirm_of(user_name.trim()), "sent")))
}

/// Puts wrong contacts of a registration right, and sends new codes.
#[server(endpoint = "accounts/correct_contacts", prefix = "/api")]
pub async fn correct_contacts(form: CorrectionForm) -> Result<Done, Fault> {
    accounts::correct_contacts(&ssr::ctx()?, &form).await?;
    Ok(Done::to(paths::done(&paths::register_confirm_of(form.user_name.trim()), "corrected")))
}

/// One's own account.
#[server(endpoint = "accounts/profile", prefix = "/api", input = GetUrl)]
pub async fn profile() -> Result<ProfileView, Fault> {
    Ok(accounts::profile(&ssr::ctx()?, &ssr::session().await?).await?)
}

/// Changes the password.
#[server(endpoint = "accounts/change_password", prefix = "/api")]
pub async fn change_password(form: PasswordForm) -> Result<Done, Fault> {
    let session = accounts::change_password(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    ssr::keep_session(session.cookie_value());
    Ok(Done::to(paths::done(&paths::account(), "password")))
}

/// Changes the contact's name, and sends codes to new contacts.
#[server(endpoint = "accounts/ask_contact_change", prefix = "/api")]
pub async fn ask_contact_change(form: ContactForm) -> Result<Done, Fault> {
    let codes_sent = accounts::ask_contact_change(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    let (page, done) = if codes_sent { (paths::account_contacts(), "sent") } else { (paths::account(), "contacts") };
    Ok(Done::to(paths::done(&page, done)))
}

/// Takes over the new contacts whose codes are right.
#[server(endpoint = "accounts/confirm_contact_change", prefix = "/api")]
pub async fn confirm_contact_change(form: ContactCodesForm) -> Result<Done, Fault> {
    accounts::confirm_contact_change(&ssr::ctx()?, &ssr::session().await?, &form).await?;
    Ok(Done::to(paths::done(&paths::account(), "contacts")))
}

/// Forgets the new contacts that wait for their codes.
#[server(endpoint = "accounts/drop_contact_change", prefix = "/api")]
pub async fn drop_contact_change() -> Result<Done, Fault> {
    accounts::drop_contact_change(&ssr::ctx()?, &ssr::session().await?).await?;
    Ok(Done::to(paths::account_contacts()))
}

/// Sends a one-time link if everything fits; the answer is the same whatever is true.
#[server(endpoint = "accounts/ask_recovery", prefix = "/api")]
pub async fn ask_recovery(form: RecoveryForm) -> Result<Done, Fault> {
    accounts::ask_recovery(&ssr::ctx()?, &form).await?;
    Ok(Done::to(paths::done(&paths::lost_password(), "sent")))
}

/// Whether a one-time link still leads to a new password.
#[server(endpoint = "accounts/is_recovery_open", prefix = "/api")]
pub async fn is_recovery_open(token: String) -> Result<bool, Fault> {
    Ok(accounts::is_recovery_open(&ssr::ctx()?, &token).await?)
}

/// Sets a new password by a one-time link.
#[server(endpoint = "accounts/finish_recovery", prefix = "/api")]
pub async fn finish_recovery(form: NewPasswordForm) -> Result<Done, Fault> {
    accounts::finish_recovery(&ssr::ctx()?, &form).await?;
    ssr::forget_session();
    Ok(Done::to(paths::done(&paths::sign_in(), "password")))
}
