//! On return the forms stay closed until it is chosen to continue or to delete (R3).

use domain::views::filings::DraftView;
use leptos::prelude::*;

use super::answers::title_of;
use crate::{
    doors::filings::ContinueDraft,
    paths,
    texts::{t, use_lang},
    ui::{ButtonRow, FormAction, LinkButton, PageHead, PostForm, SubmitButton, SummaryList, SummaryRow},
};

/// Continue or delete.
pub(super) fn page(view: DraftView) -> AnyView {
    let l = use_lang();
    let domains: Vec<String> =
        view.draft.sites.iter().map(|site| site.form.domain.clone()).filter(|name| !name.is_empty()).collect();
    let rows = vec![
        SummaryRow::new(t::filing::sponsor_field::name(l), title_of(l, &view)),
        SummaryRow::new(t::filing::site_field::domain(l), domains.join("、")),
    ];
    view! {
        <PageHead title=t::filing::gate::title(l) lead=t::filing::gate::lead(l)/>
        <SummaryList rows=rows/>
        <PostForm id="continue" action={FormAction::of::<ContinueDraft>()}>
            <input type="hidden" name="id" value=view.id.to_string()/>
            <ButtonRow>
                <SubmitButton label=t::filing::gate::r#continue(l)/>
                <LinkButton href=paths::filing::discard(view.id) label=t::filing::gate::delete(l) secondary=true/>
            </ButtonRow>
        </PostForm>
    }
    .into_any()
}
