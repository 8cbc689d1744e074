//! 退出系统, for whoever comes from a page without a program: what the browser keeps of the account goes with the session, and only
//! the program of this area can delete it.

use domain::actor::Category;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::sessions,
    paths,
    texts::{t, use_lang},
    ui::{ButtonRow, FormAction, LinkButton, PageHead, PostForm, SubmitButton},
};

pub(super) fn sign_out_page() -> AnyView {
    let l = use_lang();
    let query = use_location().query.get_untracked();
    let asked = |name: &str| query.get(name).unwrap_or_default();
    let sign_in = paths::sign_in_as(Category::find(&asked("category")), &asked("next"));
    view! {
        <PageHead title=t::layout::sign_out(l) lead=t::sign_in::sign_out_lead(l)/>
        <section class="card">
            <PostForm id="sign-out-to" action={FormAction::of::<sessions::SignOut>()}>
                <input type="hidden" name="next" value=paths::done(&sign_in, "signed_out")/>
                <ButtonRow>
                    <SubmitButton label=t::sign_in::sign_out_button(l)/>
                    <LinkButton href=paths::account() label=t::sign_in::stay(l) secondary=true/>
                </ButtonRow>
            </PostForm>
        </section>
    }
    .into_any()
}
