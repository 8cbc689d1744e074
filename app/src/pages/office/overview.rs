//! What there is to keep.

use domain::actor::Role;
use leptos::prelude::*;

use crate::{
    doors::sessions,
    fault::Fault,
    parts::load::load_page,
    paths,
    texts::{t, use_lang},
    ui::{PageHead, page_data},
};

pub(super) fn overview_page() -> AnyView {
    use t::office as o;
    let l = use_lang();
    let data = page_data(|| (), |()| async move { sessions::me().await?.ok_or(Fault::SignedOut) });
    load_page(data, move |me| {
        let mut ways = vec![(paths::office_staff(), o::staff(l), o::staff_lead(l))];
        if me.role == Role::ProviderAdmin {
            ways.push((paths::office_ranges(), o::ranges(l), o::ranges_lead(l)));
            ways.push((paths::office_services(), o::services(l), o::services_lead(l)));
        } else {
            ways.push((paths::office_providers(), o::providers(l), o::providers_lead(l)));
            ways.push((paths::office_policies(), o::policies(l), o::policies_lead(l)));
        }
        let cards = ways
            .into_iter()
            .map(|(href, title, lead)| {
                view! {
                    <section class="card">
                        <h2><a href=href>{title}</a></h2>
                        <p>{lead}</p>
                    </section>
                }
            })
            .collect_view();
        view! { <PageHead title=t::layout::office(l) caption=me.office lead=o::lead(l)/> {cards} }.into_any()
    })
}
