//! A8: 修改密码. The old one is asked for.

use domain::views::accounts::PasswordForm;
use leptos::prelude::*;

use crate::{
    doors::{accounts, sessions},
    parts::{load::load, sign_in::new_password_fields},
    texts::{Lang, light_problems, t, use_lang},
    ui::{FieldProblem, FormAction, FormValues, PageHead, PostForm, SubmitButton, TextField, page_data},
};

/// What is wrong with the form as it stands: judged in the browser while it is filled in.
pub(crate) fn password_problems(l: Lang, values: &FormValues) -> Vec<FieldProblem> {
    values.parse::<PasswordForm>("form").map(|form| light_problems(l, &form.problems())).unwrap_or_default()
}

pub(super) fn password_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    let data = page_data(|| (), |()| sessions::me());
    let form = move |strict: bool| {
        // The browser judges by everybody's figures: a form under others is the server's to judge.
        let id = if strict { "strict-password" } else { "password" };
        view! {
            <section class="card">
                <PostForm id=id action={FormAction::of::<accounts::ChangePassword>()}>
                    <TextField
                        name="form[old_password]"
                        label=a::old_password(l)
                        kind="password"
                        autocomplete="current-password"
                        maxlength=128
                    />
                    {new_password_fields(l, strict)}
                    <SubmitButton label=a::save(l)/>
                </PostForm>
            </section>
        }
        .into_any()
    };
    view! {
        <PageHead title=t::layout::password(l) lead=a::password_lead(l)/>
        {load(data, move |me| form(me.is_some_and(|me| me.strict_password)))}
    }
    .into_any()
}
