//! A8: one's own account at a glance.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::accounts,
    parts::{dates, desk::role_text, load::load},
    paths,
    texts::{t, use_lang},
    ui::{Notice, NoticeKind, PageHead, SummaryCard, SummaryRow, page_data},
};

pub(super) fn overview_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    let query = use_location().query;
    let data = page_data(|| (), |()| accounts::profile());
    let done = move || {
        let text = match query.with(|query| query.get("done")).as_deref() {
            Some("password") => a::done_password(l),
            Some("contacts") => a::done_contacts(l),
            _ => return None,
        };
        Some(view! { <Notice kind=NoticeKind::Success><p>{text}</p></Notice> })
    };
    view! {
        <PageHead title=a::title(l)/>
        {done}
        {load(data, move |me| {
            let mut rows = vec![
                SummaryRow::new(t::sign_in::user_name(l), me.user_name),
                SummaryRow::new(a::role(l), role_text(l, me.role)),
                SummaryRow::new(t::register::contact_name(l), me.contact_name).change(paths::account_contacts(), a::change(l)),
                SummaryRow::new(t::register::mobile(l), me.mobile).change(paths::account_contacts(), a::change(l)),
                SummaryRow::new(t::register::email(l), me.email).change(paths::account_contacts(), a::change(l)),
                SummaryRow::new(t::sign_in::password(l), a::password_since(l, &dates::moment(l, me.password_changed_at)))
                    .change(paths::account_password(), a::change(l)),
            ];
            if let Some(until) = me.password_until {
                rows.push(SummaryRow::new(a::password_until(l), dates::moment(l, until)));
            }
            if let Some(left) = me.recovery_codes_left {
                rows.push(SummaryRow::new(a::recovery_codes(l), a::recovery_codes_left(l, &left.to_string())));
            }
            if let Some(passkeys) = me.passkeys {
                let row = SummaryRow::new(t::layout::passkeys(l), a::passkeys::number(l, &passkeys.to_string()));
                rows.push(row.change(paths::account_passkeys(), a::passkeys::manage(l)));
            }
            let waiting = (me.new_mobile.is_some() || me.new_email.is_some()).then(|| {
                view! {
                    <Notice kind=NoticeKind::Warning>
                        <p><a href=paths::account_contacts()>{a::waiting(l)}</a></p>
                    </Notice>
                }
            });
            view! { {waiting} <SummaryCard title=a::data(l) rows=rows/> }.into_any()
        })}
    }
    .into_any()
}
