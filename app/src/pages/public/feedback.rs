//! 意见反馈: which office a matter belongs to.

use leptos::prelude::*;

use crate::{
    texts::{t, use_lang},
    ui::{Column, DataTable, PageHead},
};

pub(super) fn feedback_page() -> AnyView {
    use t::public::feedback_page as f;
    let l = use_lang();
    let columns = vec![Column::new(f::matter(l)), Column::new(f::whom(l)), Column::new(f::bring(l))];
    let rows = [
        (f::m1(l), f::w1(l), f::b1(l)),
        (f::m2(l), f::w2(l), f::b2(l)),
        (f::m3(l), f::w3(l), f::b3(l)),
        (f::m4(l), f::w4(l), f::b4(l)),
        (f::m5(l), f::w5(l), f::b5(l)),
        (f::m6(l), f::w6(l), f::b6(l)),
    ]
    .into_iter()
    .map(|(matter, whom, bring)| vec![matter.into_any(), whom.into_any(), bring.into_any()])
    .collect();
    view! {
        <PageHead title=f::title(l) lead=f::lead(l)/>
        <DataTable caption=f::title(l) columns=columns rows=rows/>
    }
    .into_any()
}
