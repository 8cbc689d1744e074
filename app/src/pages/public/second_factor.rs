//! A9: the second factor of staff, and setting it up.

use domain::views::accounts::{EnrolmentView, PasskeyOffer, SquareView, Stage};
use leptos::prelude::*;

use super::sign_in::queried;
use crate::{
    doors::{demo, passkeys, second_factor, sessions},
    parts::{
        load::load,
        passkey::{Ask, passkey_form},
        sign_in::{demo_note, desk_of},
    },
    paths,
    texts::{t, use_lang},
    ui::{Empty, FormAction, LinkButton, PageHead, PostForm, SubmitButton, TextField, page_data},
};

pub(super) fn second_factor_page() -> AnyView {
    let l = use_lang();
    let next = queried("next");
    let data = page_data(
        || (),
        |()| async move {
            let me = sessions::me().await?;
            let setting_up = me.as_ref().is_some_and(|me| me.stage == Stage::Enrolment);
            let enrolment = if setting_up { Some(second_factor::enrolment().await?) } else { None };
            let due = me.as_ref().is_some_and(|me| me.stage == Stage::SecondFactor);
            let offer = if due { passkeys::offer().await? } else { None };
            Ok((me, enrolment, offer, demo::is_on().await?))
        },
    );
    load(data, move |(me, enrolment, offer, demo)| match (me, enrolment) {
        (Some(_), Some(enrolment)) => set_up(enrolment, &next),
        (Some(me), None) if me.stage == Stage::Full => view! {
            <PageHead title=t::sign_in::factor::title(l) lead=t::sign_in::signed_in_as(l, &me.user_name)/>
            <LinkButton href=desk_of(me.category) label=t::sign_in::to_desk(l) external=true/>
        }
        .into_any(),
        (Some(me), None) if me.stage.wants_password() => view! {
            <PageHead title=t::sign_in::first::go_on(l)/>
            <LinkButton href=paths::with(&paths::first_password(), "next", &next) label=t::sign_in::first::go_on(l)/>
        }
        .into_any(),
        (Some(_), None) => prove(&next, offer, demo),
        (None, _) => view! {
            <PageHead title=t::sign_in::factor::title(l)/>
            <Empty title=t::sign_in::factor::start_again(l)>
                <LinkButton href=paths::sign_in() label=t::sign_in::title(l)/>
            </Empty>
        }
        .into_any(),
    })
}

fn prove(next: &str, offer: Option<PasskeyOffer>, demo: bool) -> AnyView {
    use t::sign_in::factor;
    let l = use_lang();
    let next = next.to_owned();
    let by_passkey = offer.map(|offer| {
        let action = FormAction::of::<passkeys::Prove>();
        view! {
            {passkey_form("passkey", action, Ask::Use, offer.options, Some(next.clone()))}
            <h2>{t::account::passkeys::or_code(l)}</h2>
        }
    });
    view! {
        <PageHead title=factor::title(l) lead=factor::lead(l)/>
        {by_passkey}
        {demo.then(|| demo_note(l))}
        <PostForm id="second-factor" action={FormAction::of::<second_factor::Prove>()}>
            <input type="hidden" name="next" value=next/>
            {code_field(factor::code_hint(l))}
            <SubmitButton label=factor::button(l)/>
        </PostForm>
    }
    .into_any()
}

fn code_field(hint: &'static str) -> AnyView {
    let l = use_lang();
    view! {
        <TextField
            name="form[code]"
            label=t::sign_in::factor::code(l)
            hint=hint
            autocomplete="one-time-code"
            maxlength=32
            width=crate::ui::Width::Short
        />
    }
    .into_any()
}

fn set_up(enrolment: EnrolmentView, next: &str) -> AnyView {
    use t::sign_in::factor;
    let l = use_lang();
    let next = next.to_owned();
    let codes = enrolment.recovery_codes.into_iter().map(|code| view! { <li>{code}</li> }).collect_view();
    view! {
        <PageHead title=factor::enrol_title(l) lead=factor::enrol_lead(l)/>
        <ol class="prose">
            <li>
                <p>{factor::enrol_1(l)}</p>
                {square(&enrolment.square)}
                <p>{factor::secret(l)} " " <strong class="demo-codes demo-codes-long">{in_fours(&enrolment.secret)}</strong></p>
                <p><a href=enrolment.link rel="external">{factor::open(l)}</a></p>
            </li>
            <li>
                <p>{factor::enrol_2(l)}</p>
                <h2>{factor::recovery(l)}</h2>
                <ul class="demo-codes demo-codes-long">{codes}</ul>
            </li>
            <li><p>{factor::enrol_3(l)}</p></li>
        </ol>
        <PostForm id="enrol" action={FormAction::of::<second_factor::Enrol>()}>
            <input type="hidden" name="next" value=next/>
            {code_field("")}
            <SubmitButton label=factor::enrol_button(l)/>
        </PostForm>
    }
    .into_any()
}

/// A QR code, with the light modules that must stand around it.
fn square(square: &SquareView) -> AnyView {
    let l = use_lang();
    let side = square.side + 2 * SquareView::QUIET;
    let area = format!("-{quiet} -{quiet} {side} {side}", quiet = SquareView::QUIET);
    view! {
        <svg class="square" viewBox=area role="img" aria-label=t::sign_in::factor::square(l) shape-rendering="crispEdges">
            <path d=square.path.clone()/>
        </svg>
    }
    .into_any()
}

/// A key as it is easily typed: four letters, a space. Authenticators read over the spaces.
fn in_fours(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    letters.chunks(4).map(String::from_iter).collect::<Vec<_>>().join(" ")
}
