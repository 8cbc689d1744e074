//! A8: 修改密码. The old one is asked for.

use domain::views::accounts::PasswordForm;
use leptos::prelude::*;

use crate::{
    doors::accounts,
    texts::{Lang, field_problems, t, use_lang},
    ui::{FieldProblem, FormAction, FormValues, PageHead, PostForm, SubmitButton, TextField},
};

/// What is wrong with the form as it stands: judged in the browser while it is filled in.
pub(crate) fn password_problems(l: Lang, values: &FormValues) -> Vec<FieldProblem> {
    values.parse::<PasswordForm>("form").map(|form| field_problems(l, &form.problems())).unwrap_or_default()
}

pub(super) fn password_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    view! {
        <PageHead title=t::layout::password(l) lead=a::password_lead(l)/>
        <section class="card">
            <PostForm id="password" action={FormAction::of::<accounts::ChangePassword>()}>
                <TextField
                    name="form[old_password]"
                    label=a::old_password(l)
                    kind="password"
                    autocomplete="current-password"
                    maxlength=128
                />
                <TextField
                    name="form[new_password]"
                    label=t::sign_in::lost::new_password(l)
                    hint=t::sign_in::lost::password_hint(l)
                    kind="password"
                    autocomplete="new-password"
                    maxlength=128
                />
                <TextField
                    name="form[repeat_password]"
                    label=t::sign_in::lost::repeat_password(l)
                    kind="password"
                    autocomplete="new-password"
                    maxlength=128
                />
                <SubmitButton label=a::save(l)/>
            </PostForm>
        </section>
    }
    .into_any()
}
