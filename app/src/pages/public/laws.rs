//! 法律法规.

use leptos::prelude::*;

use crate::{
    texts::{t, use_lang},
    ui::{PageHead, PrintCommand},
};

pub(super) fn laws_page() -> AnyView {
    let l = use_lang();
    let laws = [
        (t::public::law::l1(l), t::public::law::l1_text(l)),
        (t::public::law::l2(l), t::public::law::l2_text(l)),
        (t::public::law::l3(l), t::public::law::l3_text(l)),
        (t::public::law::l4(l), t::public::law::l4_text(l)),
        (t::public::law::l5(l), t::public::law::l5_text(l)),
        (t::public::law::l6(l), t::public::law::l6_text(l)),
        (t::public::law::l7(l), t::public::law::l7_text(l)),
        (t::public::law::l8(l), t::public::law::l8_text(l)),
    ]
    .into_iter()
    .map(|(name, text)| view! { <section><h2>{name}</h2><p>{text}</p></section> })
    .collect_view();
    view! {
        <PageHead title=t::public::law::title(l) lead=t::public::law::lead(l)/>
        <div class="prose">{laws}</div>
        <PrintCommand/>
    }
    .into_any()
}
