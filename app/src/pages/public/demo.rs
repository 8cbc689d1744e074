//! The demo: who there is, what was sent, what time it is.

use domain::{
    actor::Category,
    problem::Section,
    text::is_han,
    views::{
        accounts::Stage,
        demo::{AwaitedPersonView, DemoAccountView, DemoMessageView, SampleView},
    },
};
use leptos::prelude::*;

use super::sign_in::queried;
use crate::{
    doors::{demo, sessions},
    parts::{
        case::labels::{field_label, in_order, section_label, value_text},
        dates::{self, Time},
        desk::role_text,
        load::load,
        sign_in::beside,
    },
    paths,
    texts::{Lang, in_lang, t, use_lang},
    ui::{
        ButtonRow, Column, DataTable, Empty, FormAction, LinkButton, Notice, NoticeKind, PageHead, PostForm, SubmitButton,
        SummaryList, SummaryRow, Tag, Tone, page_data,
    },
};

pub(super) fn demo_page() -> AnyView {
    use t::demo as d;
    let l = use_lang();
    let data = page_data(|| (), |()| async move { Ok((demo::view().await?, sessions::me().await?)) });
    let wound =
        (queried("done") == "wound").then(|| view! { <Notice kind=NoticeKind::Success><p>{d::wound_now(l)}</p></Notice> });
    view! {
        <PageHead title=d::title(l) lead=d::lead(l)/>
        {wound}
        <ButtonRow>
            <LinkButton href=paths::demo_messages() label=d::messages(l)/>
            <LinkButton href=paths::home() label=t::errors::to_home(l) secondary=true/>
        </ButtonRow>
        {walk(l)}
        {load(data, move |(view, me)| {
            let registrant = me.is_some_and(|me| me.category == Category::Registrant && me.stage == Stage::Full);
            let password = view.password.clone();
            let columns = vec![
                Column::new(t::sign_in::user_name(l)),
                Column::new(d::plays(l)),
                Column::new(t::account::role(l)),
                Column::new(d::office(l)),
                Column::new(d::code(l)),
            ];
            let rows = view.accounts.into_iter().map(|account| row(l, account)).collect();
            let ahead = if view.wound_s == 0 { d::not_wound(l).to_owned() } else { d::wound(l, &dates::span(l, view.wound_s)) };
            view! {
                {sample(l, view.sample, registrant)}
                <section>
                    <h2>{d::accounts(l)}</h2>
                    <p>{d::password(l)} " " <strong class="demo-codes">{password}</strong></p>
                    <DataTable caption=d::accounts(l) columns=columns rows=rows/>
                    <p class="hint">{d::code_hint(l)}</p>
                </section>
                {awaited(l, view.awaited)}
                <section class="card">
                    <h2>{d::clock(l)}</h2>
                    <p><Time at=view.now/> " · " {ahead}</p>
                    <PostForm id="wind" action={FormAction::of::<demo::Wind>()}>
                        <ButtonRow>
                            <SubmitButton label=d::wind(l, &dates::span(l, 3600)) name="hours" value="1" secondary=true/>
                            <SubmitButton label=d::wind(l, &dates::span(l, 12 * 3600)) name="hours" value="12" secondary=true/>
                            <SubmitButton label=d::wind(l, &dates::span(l, 24 * 3600)) name="hours" value="24" secondary=true/>
                            <SubmitButton label=d::wind(l, &dates::span(l, 7 * 86_400)) name="hours" value="168" secondary=true/>
                        </ButtonRow>
                    </PostForm>
                    <p class="hint">{d::wind_hint(l)}</p>
                </section>
            }
            .into_any()
        })}
    }
    .into_any()
}

/// The way through all roles, with a link to where each step happens.
fn walk(l: Lang) -> AnyView {
    use t::demo as d;
    let sign_in = |category, next: &str| paths::sign_in_as(Some(category), next);
    let steps = [
        (d::walk_registrant(l), sign_in(Category::Registrant, &to_sample()), d::to_sign_in(l)),
        (d::walk_provider(l), sign_in(Category::Provider, ""), d::to_sign_in(l)),
        (d::walk_persons(l), paths::sms(), d::to_sms(l)),
        (d::walk_bureau(l), sign_in(Category::Bureau, ""), d::to_sign_in(l)),
        (d::walk_public(l), paths::home(), d::to_query(l)),
    ];
    // This page stays open beside each step: its codes and numbers are asked for there.
    let items = steps
        .into_iter()
        .map(|(words, href, label)| {
            view! { <li>{words} " " <a href=href target="_blank" rel="external">{label}{beside(l)}</a></li> }
        })
        .collect_view();
    view! {
        <section id="walk">
            <h2>{d::walk(l)}</h2>
            <p>{d::walk_beside(l)}</p>
            <ol>{items}</ol>
        </section>
    }
    .into_any()
}

/// Where a filing with answers is begun.
fn to_sample() -> String {
    format!("{}#sample", paths::demo())
}

/// A picture to upload where a machine has none: grey lines on white, 480 × 320.
const PICTURE: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAeAAAAFAAgMAAAAZpkfoAAAACVBMVEX///+WoKrc5Ozwom4bAAAAuklEQVR42u3aoQEAIAwEsbIhhiWZEgEaBxXNLxD36mImLcBgMBgMBoOrwbHXxtP1w4AT4U8Dg8FgMBgMBoPBYDAYDAaDwWAwGAwGg8FgMBgMrgIrX8BgsJ4LDAaDwWAwGAwGg8FgMBgMBoPBYDAYDAaDwWAwWM8FBoP1XL4aDAaDwWAwGAwGg8FgMBgMBoPBYDAYDAaDwWAwWPkCBoP1XGAwGAwGg8FgMBgMBoPBdzhhYDAYDAaDwYXgBQemiZM45SgtAAAAAElFTkSuQmCC";

/// Answers for a trial filing, in the order and words of the form; a registrant may begin one that has them.
fn sample(l: Lang, sample: SampleView, registrant: bool) -> AnyView {
    let providers = [sample.provider];
    let sponsor = (Section::Sponsor, sample.draft.sponsor.fields());
    let site = sample.draft.sites.into_iter().next().unwrap_or_default();
    let access = site.accesses.into_iter().next().unwrap_or_default();
    let sections = [sponsor, (Section::Site(1), site.form.fields()), (Section::Access(1, 1), access.form.fields())];
    let tables = sections
        .into_iter()
        .map(|(section, fields)| {
            let rows = in_order(section, fields)
                .into_iter()
                .filter(|(name, value)| !value.is_empty() && !matches!(*name, "city" | "county"))
                .map(|(name, value)| match (section, name) {
                    (Section::Sponsor, "province") => SummaryRow::new(t::desk::region(l), sample.region.clone()),
                    _ => {
                        let words = value_text(l, section, name, &value, &providers);
                        SummaryRow::with_view(field_label(l, section, name), typed(l, words))
                    }
                })
                .collect();
            view! {
                <h3>{section_label(l, section)}</h3>
                <SummaryList rows=rows/>
            }
        })
        .collect_view();
    let begin = if registrant {
        view! {
            <PostForm id="begin-sample" action={FormAction::of::<demo::Begin>()}>
                <SubmitButton label=t::demo::begin(l)/>
            </PostForm>
        }
        .into_any()
    } else {
        let href = paths::sign_in_as(Some(Category::Registrant), &to_sample());
        view! {
            <p>{t::demo::begin_sign_in(l)}</p>
            <ButtonRow>
                <LinkButton href=href label=t::demo::begin_to_sign_in(l)/>
            </ButtonRow>
        }
        .into_any()
    };
    view! {
        <section id="sample">
            <h2>{t::demo::sample(l)}</h2>
            <p>{t::demo::begin_hint(l)}</p>
            {begin}
            <details>
                <summary>{t::demo::by_hand(l)}</summary>
                <p class="hint">{t::demo::sample_hint(l)}</p>
                <p><a href=PICTURE download="beian-picture.png" rel="external">{t::demo::picture(l)}</a></p>
                {tables}
            </details>
        </section>
    }
    .into_any()
}

/// An answer as it is typed: Chinese is Chinese on an English page too, and is read aloud so.
fn typed(l: Lang, words: String) -> AnyView {
    if words.chars().any(is_han) { in_lang(l, Lang::Zh, words) } else { words.into_any() }
}

/// Who has to confirm, with what that asks of them.
fn awaited(l: Lang, people: Vec<AwaitedPersonView>) -> AnyView {
    use t::demo as d;
    let columns = vec![
        Column::new(d::awaited_sponsor(l)),
        Column::new(d::awaited_person(l)),
        Column::new(t::sms::mobile(l)),
        Column::new(t::sms::last_six(l)),
    ];
    let figures = |words: String| view! { <strong class="figures">{words}</strong> }.into_any();
    let rows: Vec<Vec<AnyView>> = people
        .into_iter()
        .map(|one| vec![one.sponsor.into_any(), one.name.into_any(), figures(one.mobile), figures(one.last_six)])
        .collect();
    let table = if rows.is_empty() {
        view! { <p>{d::awaited_none(l)}</p> }.into_any()
    } else {
        view! {
            <DataTable caption=d::awaited(l) columns=columns rows=rows/>
            <p class="hint">{d::awaited_hint(l)}</p>
        }
        .into_any()
    };
    view! {
        <section id="awaited">
            <h2>{d::awaited(l)}</h2>
            {table}
            <ButtonRow>
                <LinkButton href=paths::sms() label=d::to_sms(l) secondary=true/>
                <LinkButton href=paths::demo_messages() label=d::messages(l) secondary=true/>
            </ButtonRow>
        </section>
    }
    .into_any()
}

fn row(l: Lang, account: DemoAccountView) -> Vec<AnyView> {
    let code = match account.code {
        Some((code, seconds)) => view! {
            <strong class="demo-codes">{code}</strong>
            <span class="hint">" " {t::demo::seconds(l, &seconds.to_string())}</span>
        }
        .into_any(),
        None => "—".into_any(),
    };
    vec![
        view! { <strong class="figures">{account.user_name}</strong> }.into_any(),
        account.contact_name.into_any(),
        role_text(l, account.role).into_any(),
        if account.office.is_empty() { "—".into_any() } else { account.office.into_any() },
        code,
    ]
}

pub(super) fn messages_page() -> AnyView {
    use t::demo as d;
    let l = use_lang();
    let to = queried("to");
    let (asked, one) = (to.clone(), !to.is_empty());
    let data = page_data(move || asked.clone(), demo::messages);
    view! {
        <PageHead title=d::messages(l) lead=d::messages_lead(l)/>
        <ButtonRow>
            <LinkButton href=paths::demo_messages() label=d::reload(l) secondary=true/>
            <LinkButton href=paths::demo() label=d::title(l) secondary=true/>
        </ButtonRow>
        <form class="form" method="get" action=paths::demo_messages() role="search">
            <div class="field">
                <label for="to">{d::messages_to(l)}</label>
                <div class="input-row">
                    <input class="input input-half" type="search" id="to" name="to" value=to maxlength="254" autocomplete="off"/>
                    <button type="submit" class="button button-secondary">{t::public::query::button(l)}</button>
                </div>
            </div>
        </form>
        {load(data, move |list| {
            if list.is_empty() {
                return view! { <Empty title={if one { d::none_to(l) } else { d::none(l) }}/> }.into_any();
            }
            let items = list.into_iter().map(|item| message(l, item)).collect_view();
            view! { <ul class="notices">{items}</ul> }.into_any()
        })}
    }
    .into_any()
}

fn message(l: Lang, message: DemoMessageView) -> AnyView {
    use t::demo as d;
    let sms = message.channel == "sms";
    let channel = if sms { d::sms(l) } else { d::email(l) };
    let (tone, status) = match message.status.as_str() {
        "sent" => (Tone::Green, d::sent(l)),
        "due" => (Tone::Blue, d::due(l)),
        _ => (Tone::Red, d::failed(l)),
    };
    let own = Lang::from_code(&message.lang).unwrap_or_default();
    let code = message.params.get("code").cloned();
    let recipient = message.recipient.clone();
    let link = message.params.get("link").cloned().unwrap_or_default();
    let body = match message.body.split_once(&link).filter(|_| !link.is_empty()) {
        Some((before, after)) => {
            let (before, after) = (before.to_owned(), after.to_owned());
            view! { {before}<a href=link.clone()>{link.clone()}</a>{after} }.into_any()
        }
        None => message.body.into_any(),
    };
    view! {
        <li class="message" data-template=message.template data-recipient=message.recipient data-code=code>
            <p class="message-head">
                <Tag text=channel tone=if sms { Tone::Amber } else { Tone::Grey }/>
                <strong class="figures">{recipient}</strong>
                <Tag text=status tone=tone/>
                <Time at=message.at/>
            </p>
            {(!sms).then(|| view! { <p><strong>{in_lang(l, own, message.subject)}</strong></p> })}
            <p>{in_lang(l, own, body)}</p>
        </li>
    }
    .into_any()
}
