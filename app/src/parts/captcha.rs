//! The picture that tells people from programs, another one, and the way without it: to wait.
//!
//! All of it works without scripts: its buttons send the form to be drawn again, with all that was typed but passwords.

use domain::views::accounts::ChallengeView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::captchas,
    texts::{Lang, t, use_lang},
    ui::{TextField, here},
};

/// Whether this page's address asks for the way without a picture.
#[must_use]
pub fn waits() -> bool {
    use_location().query.with_untracked(|query| query.get("captcha")).as_deref() == Some("wait")
}

/// The challenge as part of a form: stands within it, before its button.
#[component]
pub fn Captcha(
    /// What has to be passed; nothing where nothing is due.
    challenge: Option<ChallengeView>,
    /// The form asks for passwords, which do not come back.
    #[prop(optional)]
    passwords: bool,
) -> AnyView {
    let l = use_lang();
    let Some(challenge) = challenge else { return ().into_any() };
    let token = view! { <input type="hidden" name="form[challenge]" value=challenge.id.to_string()/> };
    match challenge.picture {
        Some(picture) => view! {
            {token}
            <TextField
                name="form[captcha]"
                label=t::captcha::label(l)
                hint=t::captcha::hint(l)
                maxlength=12
                fresh=true
                beside=view! {
                    <span class="captcha">
                        <img src=format!("data:image/png;base64,{picture}") width="188" height="75" alt=t::captcha::picture(l)/>
                    </span>
                }
                .into_any()
            />
            {ways(l, &[("picture", t::captcha::another(l)), ("wait", t::captcha::to_wait(l))], passwords)}
        }
        .into_any(),
        None => view! {
            {token}
            <input type="hidden" name="form[captcha]" value=""/>
            <p class="notice" role="note" id=here("form[captcha]") tabindex="-1">
                {t::captcha::wait(l, &challenge.wait_seconds.to_string())}
            </p>
            {ways(l, &[("picture", t::captcha::to_picture(l))], passwords)}
        }
        .into_any(),
    }
}

/// The buttons that draw the form again. Enter sends the form, not the first of them: an unseen button stands before.
fn ways(l: Lang, ways: &[(&'static str, &'static str)], passwords: bool) -> AnyView {
    let buttons = ways
        .iter()
        .map(|(way, words)| {
            view! {
                <button type="submit" class="button button-plain" name="way" value=*way formaction=captchas::ANOTHER>{*words}</button>
            }
        })
        .collect_view();
    let kept = if passwords { t::captcha::kept_but_passwords(l) } else { t::captcha::kept(l) };
    view! {
        <button type="submit" class="visually-hidden" tabindex="-1" aria-hidden="true"></button>
        <div class="captcha-ways">{buttons} <span class="hint">{kept}</span></div>
    }
    .into_any()
}
