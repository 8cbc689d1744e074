//! A2: one record of the register, to be linked, printed and checked.

use domain::{
    codes::{Nature, Preapproval},
    views::register::RecordView,
};
use leptos::prelude::*;

use super::query::no_answer;
use crate::{
    doors::{clock, register},
    fault::Fault,
    parts::{dates, load::load_once},
    paths,
    shell::set_status,
    texts::{Lang, t, use_lang},
    ui::{Breadcrumb, ButtonRow, Empty, LinkButton, PageHead, PrintCommand, SummaryCard, SummaryRow, Tag, Tone},
};

pub(super) fn record_page(number: &str) -> AnyView {
    let l = use_lang();
    let number = crate::parts::decoded(number);
    let key = number.clone();
    let data = async move {
        match register::record(key).await {
            Ok(record) => Ok(Ok((record, clock::now().await?))),
            Err(fault) => Ok(Err(fault)),
        }
    };
    let trail = vec![(paths::home(), t::layout::home(l).to_owned()), (paths::query(), t::layout::query(l).to_owned())];
    view! {
        <Breadcrumb trail=trail/>
        {load_once(data, move |found| match found {
            Ok((record, now)) => {
                let checked = t::public::query::checked_at(l, &dates::moment(l, now.0));
                view! {
                    <PageHead title=t::public::query::record_title(l) caption=record.site_number.clone()/>
                    {cards(l, record)}
                    <p class="muted">{checked}</p>
                    <PrintCommand/>
                }
                .into_any()
            }
            Err(Fault::NotFound) => {
                set_status(404);
                view! {
                    <PageHead title=t::public::query::record_missing(l)/>
                    <Empty title=t::public::query::record_missing_text(l, &number)>
                        <ButtonRow>
                            <LinkButton href=paths::query() label=t::public::query::again(l)/>
                        </ButtonRow>
                    </Empty>
                }
                .into_any()
            }
            Err(fault) => no_answer(&fault),
        })}
    }
    .into_any()
}

fn code(l: Lang, zh: &'static str, en: &'static str) -> &'static str {
    l.pick(zh, en)
}

/// What is published of a record.
pub(super) fn cards(l: Lang, record: RecordView) -> AnyView {
    let nature = Nature::find(u32::from(record.sponsor_nature)).map(|nature| code(l, nature.zh(), nature.en())).unwrap_or("—");
    let approvals: Vec<&str> = record
        .preapprovals
        .iter()
        .filter_map(|id| Preapproval::find(u32::try_from(*id).ok()?))
        .map(|item| code(l, item.zh(), item.en()))
        .collect();
    let approvals =
        if approvals.is_empty() { t::public::query::preapproval_none(l).to_owned() } else { approvals.join(l.pick("、", ", ")) };
    let sponsor = vec![
        SummaryRow::new(t::public::query::sponsor_name(l), record.sponsor_name),
        SummaryRow::new(t::public::query::nature(l), nature),
        SummaryRow::new(t::public::query::sponsor_number(l), record.sponsor_number),
    ];
    let site = vec![
        SummaryRow::with_view(
            t::public::query::status(l),
            view! { <Tag text=t::public::query::valid(l) tone=Tone::Green/> }.into_any(),
        ),
        SummaryRow::new(t::public::query::site_number(l), record.site_number),
        SummaryRow::new(t::public::query::site_name(l), record.site_name),
        SummaryRow::new(t::public::query::domain(l), record.domain),
        SummaryRow::new(t::public::query::home_page(l), record.home_page),
        SummaryRow::new(t::public::query::preapproval(l), approvals),
        SummaryRow::new(t::public::query::approved_on(l), dates::date(l, record.approved_on)),
    ];
    view! {
        <SummaryCard title=t::public::query::site_section(l) rows=site/>
        <SummaryCard title=t::public::query::sponsor_section(l) rows=sponsor/>
    }
    .into_any()
}
