//! The button behind which the browser asks for a passkey: see `frontend/passkeys.js`.

use leptos::prelude::*;

use crate::{
    shell::passkeys_script,
    texts::{t, use_lang},
    ui::{FormAction, Notice, PostForm, here},
};

/// What the browser does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Has an authenticator make one.
    Make,
    /// Has it sign with one that there is.
    Use,
}

/// A form that sends what an authenticator answers. Where there are no scripts, or the browser knows no passkeys, a sentence
/// stands in its place.
#[must_use]
pub fn passkey_form(id: &'static str, action: FormAction, ask: Ask, options: String, next: Option<String>) -> AnyView {
    use t::account::passkeys as p;
    let l = use_lang();
    let (does, label) = match ask {
        Ask::Make => ("make", p::make(l)),
        Ask::Use => ("use", p::use_one(l)),
    };
    view! {
        <div class="with-passkeys">
            <PostForm id=id action=action>
                {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                <input type="hidden" name="form[credential]"/>
                <div class="error-summary" role="alert" hidden data-passkey-failed>
                    <p>{p::failed(l)}</p>
                </div>
                <button type="button" class="button" id=here("form[credential]") data-passkey=does data-options=options>
                    {label}
                </button>
            </PostForm>
        </div>
        <div class="without-passkeys">
            <Notice><p>{p::no_browser(l)}</p></Notice>
        </div>
        {passkeys_script()}
    }
    .into_any()
}
