//! Passkeys of staff: what there is, adding and removing, each with the password.

use domain::views::accounts::{PasskeyView, PasskeysView};
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use uuid::Uuid;

use crate::{
    doors::passkeys,
    parts::{
        dates::{self, Time},
        load::load_page,
        passkey::{Ask, passkey_form},
        sign_in::own_password,
    },
    paths,
    texts::{Lang, t, use_lang},
    ui::{
        Breadcrumb, Column, DataTable, Empty, FormAction, LinkButton, Notice, NoticeKind, PageHead, PostForm, SubmitButton,
        SummaryCard, SummaryRow, TextField, Width, page_data,
    },
};

pub(super) fn passkeys_page() -> AnyView {
    use t::account::passkeys as p;
    let l = use_lang();
    let data = page_data(|| (), |()| passkeys::list());
    load_page(data, move |view| {
        view! {
            <PageHead title=t::layout::passkeys(l) lead=p::lead(l)/>
            {done(l)}
            {list(l, &view)}
            {add(l, &view)}
        }
        .into_any()
    })
}

/// What was done, and the way to end sessions that somebody else may have begun by it.
fn done(l: Lang) -> Option<AnyView> {
    use t::account::passkeys as p;
    let text = match use_location().query.with_untracked(|query| query.get("done")).as_deref() {
        Some("added") => p::done_added(l),
        Some("removed") => p::done_removed(l),
        _ => return None,
    };
    Some(
        view! {
            <Notice kind=NoticeKind::Success>
                <p>{text} " " <a href=paths::account_sessions()>{p::end_others(l)}</a></p>
            </Notice>
        }
        .into_any(),
    )
}

fn list(l: Lang, view: &PasskeysView) -> AnyView {
    use t::account::passkeys as p;
    if view.passkeys.is_empty() {
        return view! { <Empty title=p::none(l)>{p::none_text(l)}</Empty> }.into_any();
    }
    let columns = vec![
        Column::new(p::name(l)),
        Column::new(p::added(l)),
        Column::new(t::account::seen(l)),
        Column::new(t::account::action(l)),
    ];
    let rows = view.passkeys.iter().map(|passkey| row(l, passkey)).collect();
    view! { <DataTable caption=t::layout::passkeys(l) columns=columns rows=rows/> }.into_any()
}

fn row(l: Lang, passkey: &PasskeyView) -> Vec<AnyView> {
    use t::account::passkeys as p;
    let used = match passkey.used_at {
        Some(at) => view! { <Time at=at/> }.into_any(),
        None => p::never(l).into_any(),
    };
    let href = paths::account_passkey(passkey.id);
    vec![
        passkey.name.clone().into_any(),
        view! { <Time at=passkey.created_at/> }.into_any(),
        used,
        view! { <a href=href>{p::remove(l)}<span class="visually-hidden">" " {passkey.name.clone()}</span></a> }.into_any(),
    ]
}

fn add(l: Lang, view: &PasskeysView) -> AnyView {
    use t::account::passkeys as p;
    if !view.possible {
        return view! { <Notice><p>{p::no_name(l)}</p></Notice> }.into_any();
    }
    if !view.more {
        return view! { <Notice><p>{p::enough(l)}</p></Notice> }.into_any();
    }
    view! {
        <section class="card">
            <h2>{p::add_title(l)}</h2>
            <PostForm id="passkey" action={FormAction::of::<passkeys::AskToAdd>()}>
                <TextField name="form[name]" label=p::name(l) hint=p::name_hint(l) maxlength=60 width=Width::Half/>
                {own_password(l, p::password_why(l))}
                <SubmitButton label=p::go_on(l)/>
            </PostForm>
        </section>
    }
    .into_any()
}

/// Where the browser asks for the new one.
pub(super) fn new_passkey_page() -> AnyView {
    use t::account::passkeys as p;
    let l = use_lang();
    let data = page_data(|| (), |()| passkeys::waiting());
    load_page(data, move |waiting| {
        let body = match waiting {
            Some((name, offer)) => view! {
                <PageHead title=p::make_title(l, &name) lead=p::make_lead(l)/>
                <section class="card">
                    {passkey_form("new-passkey", FormAction::of::<passkeys::Add>(), Ask::Make, offer.options, None)}
                </section>
            }
            .into_any(),
            None => view! {
                <PageHead title=p::add_title(l)/>
                <Empty title=p::over(l)>
                    <LinkButton href=paths::account_passkeys() label=p::start_again(l)/>
                </Empty>
            }
            .into_any(),
        };
        view! { {trail(l)} {body} }.into_any()
    })
}

/// One that is to be removed.
pub(super) fn passkey_page(id: Uuid) -> AnyView {
    use t::account::passkeys as p;
    let l = use_lang();
    let data = page_data(
        || (),
        move |()| async move { Ok(passkeys::list().await?.passkeys.into_iter().find(|passkey| passkey.id == id)) },
    );
    load_page(data, move |found| {
        let Some(passkey) = found else { return crate::parts::desk::desk_not_found() };
        let used = passkey.used_at.map_or_else(|| p::never(l).to_owned(), |at| dates::moment(l, at));
        let rows = vec![
            SummaryRow::new(p::name(l), passkey.name),
            SummaryRow::new(p::added(l), dates::moment(l, passkey.created_at)),
            SummaryRow::new(t::account::seen(l), used),
        ];
        view! {
            {trail(l)}
            <PageHead title=p::remove_title(l) lead=p::remove_lead(l)/>
            <SummaryCard title=p::one(l) rows=rows/>
            <section class="card">
                <PostForm id="remove-passkey" action={FormAction::of::<passkeys::Remove>()}>
                    <input type="hidden" name="form[id]" value=id.to_string()/>
                    {own_password(l, p::password_why(l))}
                    <SubmitButton label=p::remove(l) danger=true/>
                </PostForm>
            </section>
        }
        .into_any()
    })
}

fn trail(l: Lang) -> AnyView {
    view! { <Breadcrumb trail=vec![(paths::account_passkeys(), t::layout::passkeys(l).to_owned())]/> }.into_any()
}
