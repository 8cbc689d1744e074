//! 政务公开: the guide to the matter.

use leptos::prelude::*;

use crate::{
    paths,
    texts::{t, use_lang},
    ui::{ButtonRow, LinkButton, PageHead, PrintCommand, SummaryList, SummaryRow},
};

pub(super) fn open_information_page() -> AnyView {
    use t::public::open as o;
    let l = use_lang();
    let rows = vec![
        SummaryRow::new(o::name(l), o::name_text(l)),
        SummaryRow::new(o::basis(l), o::basis_text(l)),
        SummaryRow::new(o::office(l), o::office_text(l)),
        SummaryRow::new(o::who(l), o::who_text(l)),
        SummaryRow::new(o::materials(l), o::materials_text(l)),
        SummaryRow::new(o::time(l), o::time_text(l)),
        SummaryRow::new(o::fee(l), o::fee_text(l)),
        SummaryRow::new(o::result(l), o::result_text(l)),
        SummaryRow::new(o::remedy(l), o::remedy_text(l)),
        SummaryRow::new(o::duty(l), o::duty_text(l)),
    ];
    view! {
        <PageHead title=o::title(l) lead=o::lead(l)/>
        <div class="prose"><SummaryList rows=rows/></div>
        <ButtonRow>
            <LinkButton href=paths::flow_chart() label=t::help::to_flow(l) secondary=true/>
            <LinkButton href=paths::api_help() label=t::help::api::title(l) secondary=true/>
        </ButtonRow>
        <PrintCommand/>
    }
    .into_any()
}
