//! One's own password in the place of the first one, or another in the place of one that is too old, before anything else.

use domain::views::accounts::Stage;
use leptos::prelude::*;

use super::sign_in::queried;
use crate::{
    doors::{offices, sessions},
    parts::{load::load, sign_in::new_password_fields},
    paths,
    texts::{t, use_lang},
    ui::{Empty, FormAction, LinkButton, PageHead, PostForm, SubmitButton, page_data},
};

pub(super) fn first_password_page() -> AnyView {
    use t::sign_in::{expired, factor, first};
    let l = use_lang();
    let next = queried("next");
    let data = page_data(|| (), |()| sessions::me());
    load(data, move |me| {
        let Some(me) = me.filter(|me| me.stage.wants_password()) else {
            return view! {
                <PageHead title=first::title(l)/>
                <Empty title=factor::start_again(l)>
                    <LinkButton href=paths::sign_in() label=t::sign_in::title(l)/>
                </Empty>
            }
            .into_any();
        };
        let (title, lead, button) = match me.stage {
            Stage::ExpiredPassword => (expired::title(l), expired::lead(l), expired::button(l)),
            _ => (first::title(l), first::lead(l), first::button(l)),
        };
        let next = next.clone();
        view! {
            <PageHead title=title lead=lead/>
            <PostForm id="first-password" action={FormAction::of::<offices::ChoosePassword>()}>
                <input type="hidden" name="next" value=next/>
                {new_password_fields(l, me.strict_password)}
                <SubmitButton label=button/>
            </PostForm>
        }
        .into_any()
    })
}
