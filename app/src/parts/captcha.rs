//! The picture that tells people from programs, and the way without it: to wait.

use domain::views::accounts::ChallengeView;
use leptos::prelude::*;

use crate::{
    texts::{t, use_lang},
    ui::TextField,
};

/// The challenge as part of a form.
pub fn captcha(challenge: ChallengeView, token_name: &'static str, answer_name: &'static str, wait_href: String) -> AnyView {
    let l = use_lang();
    let token = view! { <input type="hidden" name=token_name value=challenge.id.to_string()/> };
    match challenge.picture {
        Some(picture) => view! {
            {token}
            <TextField
                name=answer_name
                label=t::captcha::label(l)
                hint=t::captcha::hint(l)
                maxlength=12
                fresh=true
                beside=view! {
                    <span class="captcha">
                        <img src=format!("data:image/png;base64,{picture}") width="165" height="75" alt=t::captcha::picture(l)/>
                    </span>
                }
                .into_any()
            />
            <p class="captcha-wait"><a href=wait_href rel="external nofollow">{t::captcha::to_wait(l)}</a></p>
        }
        .into_any(),
        None => view! {
            {token}
            <input type="hidden" name=answer_name value=""/>
            <p class="notice" role="note">{t::captcha::wait(l, &challenge.wait_seconds.to_string())}</p>
        }
        .into_any(),
    }
}
