//! 用户登录: the box on the home page and on the sign-in page (A9).

use super::{
    captcha::{self, Captcha},
    load::load,
};
use crate::{
    doors::{captchas, demo, sessions},
    flash::use_flash,
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        ButtonRow, Choice, FormAction, LinkButton, Notice, NoticeKind, PostForm, RadioGroup, SubmitButton, TextField, page_data,
    },
};
use domain::{
    actor::Category,
    views::accounts::{ChallengeFor, SignedInView, Stage},
};
use leptos::prelude::*;

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

/// The password that one has, asked for before something is done with the account, and why.
#[must_use]
pub fn own_password(l: Lang, why: &'static str) -> AnyView {
    view! {
        <TextField
            name="form[password]"
            label=t::sign_in::password(l)
            hint=why
            kind="password"
            autocomplete="current-password"
            maxlength=128
        />
    }
    .into_any()
}

/// A new password, twice: what stands wherever one is chosen. `strict`: by the rules for staff.
#[must_use]
pub fn new_password_fields(l: Lang, strict: bool) -> AnyView {
    use t::sign_in::lost;
    let hint = if strict { lost::password_hint_staff(l) } else { lost::password_hint(l) };
    view! {
        <TextField
            name="form[new_password]"
            label=lost::new_password(l)
            hint=hint
            kind="password"
            autocomplete="new-password"
            maxlength=128
        />
        <TextField
            name="form[repeat_password]"
            label=lost::repeat_password(l)
            kind="password"
            autocomplete="new-password"
            maxlength=128
        />
    }
    .into_any()
}

/// That this is a demo, with the way to its accounts.
#[must_use]
pub fn demo_note(l: Lang) -> AnyView {
    view! {
        <p class="notice" role="note">
            <a href=paths::demo() target="_blank" rel="external">{t::demo::to_accounts(l)}{beside(l)}</a>
        </p>
    }
    .into_any()
}

/// Says in a link that it opens beside this page, to those who do not see it happen.
#[must_use]
pub fn beside(l: Lang) -> AnyView {
    view! { <span class="visually-hidden">{t::common::beside(l)}</span> }.into_any()
}

/// User name, password, category; a challenge where one is due. Who is signed in already is led to the desk, and who has
/// only given the password to the second step; either may sign out here and sign in as somebody else.
#[component]
pub fn SignInBox(
    /// The path to go to afterwards; empty for the category's desk.
    #[prop(into)]
    next: String,
    /// The category that is chosen beforehand.
    category: Option<Category>,
) -> AnyView {
    let l = use_lang();
    let name = use_flash().value("form[user_name]").unwrap_or_default().to_owned();
    let wait = captcha::waits();
    let data = page_data(
        move || (name.clone(), wait),
        |(name, wait)| async move {
            let me = sessions::me().await?;
            let challenge = captchas::make(ChallengeFor::SignIn, name, wait).await?;
            Ok((me, challenge, demo::is_on().await?))
        },
    );
    load(data, move |(me, challenge, demo)| match me {
        Some(me) => somebody(l, &me, category, &next),
        None => {
            let next = next.clone();
            let led = (!next.is_empty()).then(|| view! { <Notice><p>{t::sign_in::next_notice(l)}</p></Notice> });
            let chosen = category.map(Category::name).unwrap_or_default();
            view! {
                {led}
                {demo.then(|| demo_note(l))}
                <PostForm id="sign-in" action={FormAction::of::<sessions::SignIn>()}>
                    <input type="hidden" name="next" value=next/>
                    <RadioGroup name="form[category]" label=t::sign_in::category(l) choices=categories(l) value=chosen/>
                    <TextField name="form[user_name]" label=t::sign_in::user_name(l) autocomplete="username" maxlength=32/>
                    <TextField
                        name="form[password]"
                        label=t::sign_in::password(l)
                        kind="password"
                        autocomplete="current-password"
                        maxlength=128
                    />
                    <Captcha challenge=challenge passwords=true/>
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

/// Who is signed in, or on the way to it.
fn somebody(l: Lang, me: &SignedInView, category: Option<Category>, next: &str) -> AnyView {
    let (words, href, label) = if me.stage == Stage::Full {
        let words = t::sign_in::signed_in_as(l, &me.user_name);
        (view! { <p>{words}</p> }.into_any(), desk_of(me.category), t::sign_in::to_desk(l))
    } else {
        let first = me.stage.wants_password();
        let words = match me.stage {
            Stage::FirstPassword => t::sign_in::first::unfinished(l, &me.user_name),
            Stage::ExpiredPassword => t::sign_in::expired::unfinished(l, &me.user_name),
            _ => t::sign_in::unfinished(l, &me.user_name),
        };
        let label = if first { t::sign_in::first::go_on(l) } else { t::sign_in::go_on(l) };
        let step = if first { paths::first_password() } else { paths::second_factor() };
        let on = if next.is_empty() { step } else { paths::with(&step, "next", next) };
        (view! { <Notice kind=NoticeKind::Warning><p>{words}</p></Notice> }.into_any(), on, label)
    };
    let out = if me.stage == Stage::Full {
        // Where a program deletes what the browser keeps of the account: these pages have none.
        let there = paths::sign_out_as(category, next);
        view! { <LinkButton href=there label=t::layout::sign_out(l) secondary=true external=true/> }.into_any()
    } else {
        let back = paths::done(&paths::sign_in_as(category, next), "signed_out");
        view! {
            <PostForm id="sign-out" class="sign-out" action={FormAction::of::<sessions::SignOut>()}>
                <input type="hidden" name="next" value=back/>
                <SubmitButton label=t::layout::sign_out(l) secondary=true/>
            </PostForm>
        }
        .into_any()
    };
    view! {
        {words}
        <ButtonRow>
            <LinkButton href=href label=label external=true/>
            {out}
        </ButtonRow>
    }
    .into_any()
}
