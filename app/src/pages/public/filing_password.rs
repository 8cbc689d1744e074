//! «找回备案密码»: why there is nothing to recover any more (policy since 2020-08-17).

use leptos::prelude::*;

use crate::{
    paths,
    texts::{t, use_lang},
    ui::{Breadcrumb, ButtonRow, LinkButton, PageHead},
};

pub(super) fn filing_password_page() -> AnyView {
    use t::public::filing_password_page as p;
    let l = use_lang();
    let trail = vec![(paths::home(), t::layout::home(l).to_owned()), (paths::help(), t::layout::help(l).to_owned())];
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=p::title(l) lead=p::lead(l)/>
        <div class="prose">
            <h2>{p::now(l)}</h2>
            <ul>
                <li>{p::now_1(l)}</li>
                <li>{p::now_2(l)}</li>
                <li>{p::now_3(l)}</li>
            </ul>
            <ButtonRow>
                <LinkButton href=paths::lost_password() label=t::public::lost_password(l)/>
            </ButtonRow>
            <h2>{p::before(l)}</h2>
            <p>{p::before_text(l)}</p>
        </div>
    }
    .into_any()
}
