//! 数据接口说明: the public API, explained to those who write programs.

use leptos::prelude::*;

use crate::{
    paths,
    texts::{t, use_lang},
    ui::{Breadcrumb, ButtonRow, Column, DataTable, LinkButton, PageHead},
};

pub(super) fn api_page() -> AnyView {
    use t::help::api as a;
    let l = use_lang();
    let trail = vec![(paths::home(), t::layout::home(l).to_owned()), (paths::help(), t::layout::help(l).to_owned())];
    let code = |text: &str| view! { <code>{text.to_owned()}</code> }.into_any();
    let doors = [
        (paths::API_REGISTER, a::register_text(l)),
        (paths::API_KEYS, a::keys_text(l)),
        (paths::API_DOCUMENT, a::document_text(l)),
    ];
    let doors = doors.into_iter().map(|(path, text)| vec![code(path), text.into_any()]).collect();
    let answers = [("filed", a::filed(l)), ("not_filed", a::not_filed(l)), ("cannot_say", a::cannot_say(l))];
    let answers = answers.into_iter().map(|(word, text)| vec![code(word), text.into_any()]).collect();
    let faults = [
        ("400", "parameter", a::parameter(l)),
        ("404", "not_found", a::not_found(l)),
        ("405", "method_not_allowed", a::method(l)),
        ("429", "limited", a::limited(l)),
        ("500", "broken", a::broken(l)),
        ("503", "busy", a::busy(l)),
        ("503", "—", a::unready(l)),
    ];
    let faults = faults.into_iter().map(|(status, word, text)| vec![code(status), code(word), text.into_any()]).collect();
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=a::title(l) lead=a::lead(l)/>
        <div class="prose">
            <p>{a::rules(l)}</p>
            <p>{code(&format!("GET {}", paths::api_register("chenxi7.example")))}</p>
        </div>
        <h2>{a::doors(l)}</h2>
        <DataTable caption=a::doors(l) columns=vec![Column::new(a::path(l)), Column::new(a::meaning(l))] rows=doors/>
        <h2>{a::answers(l)}</h2>
        <DataTable caption=a::answers(l) columns=vec![Column::new(a::answer(l)), Column::new(a::meaning(l))] rows=answers/>
        <h2>{a::faults(l)}</h2>
        <DataTable
            caption=a::faults(l)
            columns=vec![Column::new(a::status(l)), Column::new(a::code(l)), Column::new(a::meaning(l))]
            rows=faults
        />
        <ButtonRow>
            <LinkButton href=paths::API_DOCUMENT label=a::to_document(l) external=true/>
        </ButtonRow>
    }
    .into_any()
}
