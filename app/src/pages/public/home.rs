//! A1: the home page.

use leptos::prelude::*;

use super::announcements::NEWS;
use crate::{
    parts::{search_box::SearchBox, sign_in::SignInBox},
    paths,
    texts::{t, use_lang},
    ui::PageHead,
};

pub(super) fn home_page() -> AnyView {
    let l = use_lang();
    let news = NEWS
        .iter()
        .map(|item| {
            view! {
                <li>
                    <a href=paths::announcement(item.key)>{(item.title)(l)}</a>
                    <time datetime=item.machine_date()>{item.date(l)}</time>
                </li>
            }
        })
        .collect_view();
    let laws = [t::public::law::l1(l), t::public::law::l2(l), t::public::law::l3(l), t::public::law::l6(l)]
        .into_iter()
        .map(|name| view! { <li><a href=paths::laws()>{name}</a></li> })
        .collect_view();
    let entries = [
        (paths::register(), t::public::entry_register(l), t::public::entry_register_hint(l)),
        (paths::sms(), t::public::entry_sms(l), t::public::entry_sms_hint(l)),
        (paths::flow_chart(), t::public::entry_flow(l), t::public::entry_flow_hint(l)),
        (paths::help(), t::public::entry_questions(l), t::public::entry_questions_hint(l)),
        (paths::open_information(), t::public::entry_open(l), t::public::entry_open_hint(l)),
        (paths::feedback(), t::public::entry_feedback(l), t::public::entry_feedback_hint(l)),
    ]
    .into_iter()
    .map(|(href, name, hint)| view! { <li><a href=href><strong>{name}</strong><span>{hint}</span></a></li> })
    .collect_view();
    view! {
        <PageHead title=t::public::home_title(l) lead=t::public::home_lead(l)/>
        <section class="hero" aria-labelledby="home-query">
            <h2 id="home-query">{t::public::query::title(l)}</h2>
            <SearchBox value=""/>
        </section>
        <div class="home-grid">
            <section class="card sign-in-box" aria-labelledby="home-sign-in">
                <h2 id="home-sign-in">{t::public::sign_in(l)}</h2>
                <SignInBox next="" category=None/>
            </section>
            <section class="card" aria-labelledby="home-news">
                <header class="card-head">
                    <h2 id="home-news">{t::public::announcements(l)}</h2>
                    <a href=paths::announcements()>
                        {t::public::more(l)}<span class="visually-hidden">{t::public::announcements(l)}</span>
                    </a>
                </header>
                <ul class="dated-list">{news}</ul>
            </section>
            <section class="card" aria-labelledby="home-laws">
                <header class="card-head">
                    <h2 id="home-laws">{t::public::laws(l)}</h2>
                    <a href=paths::laws()>{t::public::more(l)}<span class="visually-hidden">{t::public::laws(l)}</span></a>
                </header>
                <ul class="link-list">{laws}</ul>
            </section>
            <section class="home-wide" aria-labelledby="home-entries">
                <h2 id="home-entries">{t::public::entries(l)}</h2>
                <ul class="entries">{entries}</ul>
            </section>
        </div>
    }
    .into_any()
}
