//! What stands around the pages: one frame for the public, one for those who are signed in.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::{
    paths,
    texts::{t, use_lang},
    ui::{LangSwitch, SkipLink},
};

/// The service's mark: a seal with the first character of 备案. Drawn, so that it needs no font and no picture.
#[component]
pub fn Mark() -> AnyView {
    view! {
        <svg class="mark" viewBox="0 0 48 48" width="40" height="40" aria-hidden="true" focusable="false">
            <rect x="2" y="2" width="44" height="44" rx="9" class="mark-ground"/>
            <path class="mark-line" d="M12 31V17h24v14M9 36h30M18 23h12M18 28h7"/>
            <circle class="mark-dot" cx="31.5" cy="28" r="2.4"/>
        </svg>
    }
    .into_any()
}

fn head(home: String, sub: AnyView, end: AnyView) -> AnyView {
    let l = use_lang();
    view! {
        <header class="site-head">
            <div class="site-head-inner">
                <a class="brand" href=home rel="external">
                    <Mark/>
                    <span class="brand-words">
                        <span class="brand-name">{t::common::service_name(l)}</span>
                        {sub}
                    </span>
                </a>
                <div class="site-head-end">{end}</div>
            </div>
        </header>
    }
    .into_any()
}

fn foot() -> AnyView {
    let l = use_lang();
    view! {
        <footer class="site-foot">
            <div class="site-foot-inner">
                <nav aria-label=t::layout::foot_nav(l)>
                    <ul>
                        <li><a href=paths::open_information() rel="external">{t::layout::open_information(l)}</a></li>
                        <li><a href=paths::laws() rel="external">{t::layout::laws(l)}</a></li>
                        <li><a href=paths::help() rel="external">{t::layout::help(l)}</a></li>
                        <li><a href=paths::feedback() rel="external">{t::layout::feedback(l)}</a></li>
                    </ul>
                </nav>
                <p>{t::layout::foot_line(l)}</p>
            </div>
        </footer>
    }
    .into_any()
}

/// One link of a navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// Its words.
    pub words: String,
    /// A number beside it; nothing when 0.
    pub count: u32,
    /// Another area: loads anew.
    pub external: bool,
}

impl NavItem {
    /// A link within the area.
    #[must_use]
    pub fn new(href: impl Into<String>, words: impl Into<String>) -> Self {
        Self { href: href.into(), words: words.into(), count: 0, external: false }
    }

    /// With a number beside it.
    #[must_use]
    pub fn count(mut self, count: u32) -> Self {
        self.count = count;
        self
    }

    /// Of another area.
    #[must_use]
    pub fn external(mut self) -> Self {
        self.external = true;
        self
    }
}

/// The longest link that this path is at or below is the current one; its place in the list.
fn current(items: &[NavItem], path: &str) -> Option<usize> {
    let below = |href: &str| href != "/" && path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/'));
    items
        .iter()
        .enumerate()
        .filter(|(_, item)| path == item.href || below(&item.href))
        .max_by_key(|(_, item)| item.href.len())
        .map(|(place, _)| place)
}

/// The links of a navigation; the one that leads here is marked.
pub(super) fn nav_links(items: Vec<NavItem>) -> AnyView {
    let path = use_location().pathname;
    // Looked for once, not by each link: every page draws this.
    let here = {
        let items = items.clone();
        Memo::new(move |_| path.with(|path| current(&items, path)))
    };
    items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let page = move || (here.get() == Some(place)).then_some("page");
            view! {
                <li>
                    <a href=item.href rel=item.external.then_some("external") aria-current=page>
                        {item.words}
                        {(item.count > 0).then(|| view! { <span class="nav-count">{item.count}</span> })}
                    </a>
                </li>
            }
        })
        .collect_view()
        .into_any()
}

/// The frame of pages for everybody. Whole without scripts.
#[component]
pub fn PublicLayout(
    /// The page.
    children: Children,
) -> AnyView {
    let l = use_lang();
    let items = vec![
        NavItem::new(paths::home(), t::layout::home(l)),
        NavItem::new(paths::query(), t::layout::query(l)),
        NavItem::new(paths::certificates(), t::layout::certificates(l)),
        NavItem::new(paths::sms(), t::layout::sms(l)),
        NavItem::new(paths::announcements(), t::layout::announcements(l)),
        NavItem::new(paths::laws(), t::layout::laws(l)),
        NavItem::new(paths::help(), t::layout::help(l)),
        NavItem::new(paths::open_information(), t::layout::open_information(l)),
    ];
    let sub = view! { <span class="brand-sub">{t::common::service_sub(l)}</span> }.into_any();
    let end = view! { <LangSwitch/> }.into_any();
    view! {
        <div class="public">
            <SkipLink/>
            {head(paths::home(), sub, end)}
            <nav class="public-nav" aria-label=t::layout::main_nav(l)>
                <ul>{nav_links(items)}</ul>
            </nav>
            <main id="main" class="public-main" tabindex="-1">{children()}</main>
            {foot()}
        </div>
    }
    .into_any()
}
