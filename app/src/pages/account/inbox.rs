//! A10: the inbox.

use domain::views::notices::NoticeView;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    doors::notices,
    parts::{dates::Time, load::load},
    paths,
    texts::{Lang, t, use_lang},
    ui::{Empty, FormAction, PageHead, PostForm, SubmitButton, page_data},
};

pub(super) fn inbox_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    let query = use_location().query;
    let page = move || query.with(|query| query.get("page")).and_then(|page| page.parse::<u32>().ok()).unwrap_or(1).max(1);
    let data = page_data(page, notices::list);
    view! {
        <PageHead title=t::layout::inbox(l) lead=a::inbox_lead(l)/>
        {load(data, move |inbox| {
            if inbox.notices.is_empty() {
                return view! { <Empty title=a::inbox_empty(l)><p>{a::inbox_empty_text(l)}</p></Empty> }.into_any();
            }
            let read_all = (inbox.unread > 0).then(|| {
                view! {
                    <PostForm id="read-all" action={FormAction::of::<notices::Read>()}>
                        <SubmitButton label=a::read_all(l, &inbox.unread.to_string()) secondary=true/>
                    </PostForm>
                }
            });
            let items = inbox.notices.into_iter().map(|item| notice(l, item)).collect_view();
            let at = |page: u32| format!("{}?page={page}", paths::inbox());
            let newer = (inbox.page > 1).then(|| view! { <a class="step" href=at(inbox.page - 1)>{t::form::previous(l)}</a> });
            let older = inbox.more.then(|| view! { <a class="step" href=at(inbox.page + 1)>{t::form::next(l)}</a> });
            view! {
                {read_all}
                <ul class="notices">{items}</ul>
                <nav class="pagination" aria-label=t::form::pages(l)>{newer}{older}</nav>
            }
            .into_any()
        })}
    }
    .into_any()
}

fn notice(l: Lang, notice: NoticeView) -> AnyView {
    let values: Vec<(&str, &str)> = notice.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let text = |key: &str| t::message::by_key(l, key).map(|text| t::fill_in(text, &values)).unwrap_or_default();
    let title = text(&format!("{}_subject", notice.template));
    // In the inbox the sender is known and the link is a link.
    let link = notice.params.get("link").cloned().unwrap_or_default();
    let body = text(&format!("{}_body", notice.template)).replace(t::message::sender(l), "").replace(&link, "");
    let body = body.trim_end_matches([' ', ':', '\u{ff1a}']);
    let href = notice.filing.map(|filing| format!("{}/{filing}", paths::filings()));
    // The last sentence says what the link is for.
    let body = match (&href, body.rsplit_once(l.pick("。", ". "))) {
        (Some(href), Some((said, way))) if !way.is_empty() => {
            view! { {said.to_owned()}{l.pick("。", ". ")}<a href=href.clone()>{way.to_owned()}</a> }.into_any()
        }
        _ => body.to_owned().into_any(),
    };
    let title = match href {
        Some(href) => view! { <a href=href>{title}</a> }.into_any(),
        None => title.into_any(),
    };
    let class = if notice.read { "message" } else { "message message-new" };
    let new = (!notice.read).then(|| view! { <span class="tag tag-blue">{t::account::unread(l)}</span> });
    view! {
        <li class=class>
            <p class="message-head"><strong>{title}</strong>{new}<Time at=notice.at/></p>
            <p>{body}</p>
        </li>
    }
    .into_any()
}
