//! A8: where one is signed in, and the way to end it there.

use leptos::prelude::*;

use crate::{
    doors::sessions,
    parts::{dates::Time, load::load},
    texts::{t, use_lang},
    ui::{Column, DataTable, FormAction, PageHead, PostForm, SubmitButton, Tag, Tone, page_data},
};

pub(super) fn sessions_page() -> AnyView {
    use t::account as a;
    let l = use_lang();
    let data = page_data(|| (), |()| sessions::list());
    view! {
        <PageHead title=t::layout::sessions(l) lead=a::sessions_lead(l)/>
        {load(data, move |list| {
            let columns = vec![
                Column::new(a::device(l)),
                Column::new(a::address(l)),
                Column::new(a::begun(l)),
                Column::new(a::seen(l)),
                Column::new(a::action(l)),
            ];
            let others = list.iter().any(|session| !session.current);
            let rows = list
                .into_iter()
                .map(|session| {
                    let end = if session.current {
                        view! { <Tag text=a::this_one(l) tone=Tone::Blue/> }.into_any()
                    } else {
                        let id = session.id.to_string();
                        view! {
                            <PostForm id=format!("revoke-{id}") class="inline" action={FormAction::of::<sessions::Revoke>()}>
                                <input type="hidden" name="id" value=id/>
                                <SubmitButton label=a::revoke(l) secondary=true/>
                            </PostForm>
                        }
                        .into_any()
                    };
                    vec![
                        agent(&session.agent).into_any(),
                        session.address.into_any(),
                        view! { <Time at=session.created_at/> }.into_any(),
                        view! { <Time at=session.seen_at/> }.into_any(),
                        end,
                    ]
                })
                .collect();
            let revoke_others = others.then(|| {
                view! {
                    <PostForm id="revoke-others" action={FormAction::of::<sessions::RevokeOthers>()}>
                        <SubmitButton label=a::revoke_others(l) danger=true/>
                    </PostForm>
                }
            });
            view! { <DataTable caption=t::layout::sessions(l) columns=columns rows=rows/> {revoke_others} }.into_any()
        })}
    }
    .into_any()
}

/// A browser's long description of itself, as its name and system.
fn agent(text: &str) -> String {
    let browser = [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    let system = [("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("Mac OS", "macOS"), ("Linux", "Linux")];
    let find = |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| *name);
    match (find(&browser), find(&system)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ => text.chars().take(60).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::agent;

    #[test]
    fn a_browser_is_called_by_its_name() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(agent(edge), "Edge · Windows");
        assert_eq!(agent("curl/8.5"), "curl/8.5");
    }
}
