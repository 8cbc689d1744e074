//! 用户登录: the box on the home page and on the sign-in page (A9).

use domain::actor::Category;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::{captcha::captcha, load::load};
use crate::{
    doors::{demo, sessions},
    flash::use_flash,
    paths,
    texts::{Lang, t, use_lang},
    ui::{Choice, FormAction, LinkButton, PostForm, RadioGroup, SubmitButton, TextField, page_data},
};

/// What a category is called.
#[must_use]
pub fn category_text(l: Lang, category: Category) -> &'static str {
    match category {
        Category::Registrant => t::sign_in::registrant(l),
        Category::Provider => t::sign_in::provider(l),
        Category::Bureau => t::sign_in::bureau(l),
    }
}

/// The desk where a category lands.
#[must_use]
pub fn desk_of(category: Category) -> String {
    match category {
        Category::Registrant => paths::filings(),
        Category::Provider => paths::provider(),
        Category::Bureau => paths::bureau(),
    }
}

/// The three categories as choices.
#[must_use]
pub fn categories(l: Lang) -> Vec<Choice> {
    Category::ALL.into_iter().map(|category| Choice::new(category.name(), category_text(l, category))).collect()
}

/// User name, password, category; a challenge where one is due. Who is signed in already is led to the desk.
#[component]
pub fn SignInBox(
    /// The path to go to afterwards; empty for the category's desk.
    #[prop(into)]
    next: String,
) -> AnyView {
    let l = use_lang();
    let name = use_flash().value("form[user_name]").unwrap_or_default().to_owned();
    let wait = use_location().query.with_untracked(|query| query.get("captcha")).as_deref() == Some("wait");
    let data = page_data(
        move || (name.clone(), wait),
        |(name, wait)| async move {
            let me = sessions::me().await?;
            let challenge = sessions::challenge(name, wait).await?;
            Ok((me, challenge, demo::is_on().await?))
        },
    );
    load(data, move |(me, challenge, demo)| match me {
        Some(me) => view! {
            <p>{t::sign_in::signed_in_as(l, &me.user_name)}</p>
            <LinkButton href=desk_of(me.category) label=t::sign_in::to_desk(l) external=true/>
        }
        .into_any(),
        None => {
            let next = next.clone();
            let wait_href = format!("{}?captcha=wait&next={}", paths::sign_in(), paths::encoded(&next));
            let challenge = challenge.map(|challenge| captcha(challenge, "form[challenge]", "form[captcha]", wait_href));
            let demo = demo.then(|| {
                view! {
                    <p class="notice" role="note"><a href=paths::demo()>{t::demo::to_accounts(l)}</a></p>
                }
            });
            view! {
                {demo}
                <PostForm id="sign-in" action={FormAction::of::<sessions::SignIn>()}>
                    <input type="hidden" name="next" value=next/>
                    <RadioGroup name="form[category]" label=t::sign_in::category(l) choices=categories(l)/>
                    <TextField name="form[user_name]" label=t::sign_in::user_name(l) autocomplete="username" maxlength=32/>
                    <TextField
                        name="form[password]"
                        label=t::sign_in::password(l)
                        kind="password"
                        autocomplete="current-password"
                        maxlength=128
                    />
                    {challenge}
                    <SubmitButton label=t::sign_in::button(l)/>
                </PostForm>
                <p class="sign-in-links">
                    <a href=paths::register()>{t::public::new_user(l)}</a>
                    <a href=paths::lost_password()>{t::public::lost_password(l)}</a>
                    <a href=paths::filing_password()>{t::public::filing_password(l)}</a>
                </p>
            }
            .into_any()
        }
    })
}
