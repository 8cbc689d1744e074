//! Help: 备案流程图 and the questions.

use leptos::prelude::*;

use crate::{
    paths,
    texts::{t, use_lang},
    ui::{Breadcrumb, ButtonRow, LinkButton, PageHead, PrintCommand},
};

pub(super) fn help_page() -> AnyView {
    let l = use_lang();
    let questions = [
        (t::help::q::q1(l), t::help::q::a1(l)),
        (t::help::q::q2(l), t::help::q::a2(l)),
        (t::help::q::q3(l), t::help::q::a3(l)),
        (t::help::q::q4(l), t::help::q::a4(l)),
        (t::help::q::q5(l), t::help::q::a5(l)),
        (t::help::q::q6(l), t::help::q::a6(l)),
        (t::help::q::q7(l), t::help::q::a7(l)),
        (t::help::q::q8(l), t::help::q::a8(l)),
        (t::help::q::q9(l), t::help::q::a9(l)),
        (t::help::q::q10(l), t::help::q::a10(l)),
    ]
    .into_iter()
    .map(|(question, answer)| view! { <details><summary>{question}</summary><p>{answer}</p></details> })
    .collect_view();
    view! {
        <PageHead title=t::help::title(l) lead=t::help::lead(l)/>
        <ButtonRow>
            <LinkButton href=paths::flow_chart() label=t::help::to_flow(l)/>
            <LinkButton href=paths::filing_password() label=t::public::filing_password(l) secondary=true/>
            <LinkButton href=paths::api_help() label=t::help::api::title(l) secondary=true/>
        </ButtonRow>
        <h2>{t::help::questions(l)}</h2>
        <div class="questions prose">{questions}</div>
    }
    .into_any()
}

pub(super) fn flow_page() -> AnyView {
    let l = use_lang();
    let trail = vec![(paths::home(), t::layout::home(l).to_owned()), (paths::help(), t::layout::help(l).to_owned())];
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=t::help::flow::title(l) lead=t::help::flow::lead(l)/>
        {flow_chart()}
        <ButtonRow>
            <LinkButton href=paths::register() label=t::public::entry_register(l)/>
        </ButtonRow>
        <PrintCommand/>
    }
    .into_any()
}

/// The way of a filing, step by step; a list, so that it reads aloud and prints.
pub(super) fn flow_chart() -> AnyView {
    use t::help::flow as f;
    let l = use_lang();
    let step = |title: &str, text: &str, who: &str, time: Option<&str>, branch: Option<&str>| {
        let time = time.map(|time| view! { <span>{f::time(l, time)}</span> });
        let branch = branch.map(|branch| view! { <p class="flow-branch">{branch.to_owned()}</p> });
        view! {
            <li>
                <div class="flow-body">
                    <h2>{title.to_owned()}</h2>
                    <p>{text.to_owned()}</p>
                    <p class="flow-meta"><span>{f::who(l, who)}</span>{time}</p>
                    {branch}
                </div>
            </li>
        }
        .into_any()
    };
    let (sponsor, provider, person, bureau) = (f::sponsor(l), f::provider(l), f::person(l), f::bureau(l));
    view! {
        <ol class="flow">
            {step(f::s1(l), f::s1_text(l), sponsor, Some(f::s1_time(l)), None)}
            {step(f::s2(l), f::s2_text(l), sponsor, Some(f::s2_time(l)), None)}
            {step(f::s3(l), f::s3_text(l), sponsor, None, Some(f::s3_branch(l)))}
            {step(f::s4(l), f::s4_text(l), provider, Some(f::s4_time(l)), Some(f::s4_branch(l)))}
            {step(f::s5(l), f::s5_text(l), person, Some(f::s5_time(l)), Some(f::s5_branch(l)))}
            {step(f::s6(l), f::s6_text(l), bureau, Some(f::s6_time(l)), Some(f::s6_branch(l)))}
            {step(f::s7(l), f::s7_text(l), bureau, None, None)}
            {step(f::s8(l), f::s8_text(l), sponsor, None, None)}
        </ol>
    }
    .into_any()
}
