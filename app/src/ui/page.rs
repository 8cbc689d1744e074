//! What every page begins with.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    paths,
    texts::{Lang, t, use_lang},
};

/// The page's title in the window and as its heading.
#[component]
pub fn PageHead(
    /// What the page is for.
    #[prop(into)]
    title: String,
    /// Above the heading: whose or which.
    #[prop(optional, into)]
    caption: String,
    /// Below the heading: in one sentence.
    #[prop(optional, into)]
    lead: String,
    /// Beside the heading.
    #[prop(optional)]
    actions: Option<AnyView>,
) -> AnyView {
    view! {
        {window_title(&title)}
        <div class="page-head">
            <div>
                {(!caption.is_empty()).then(|| view! { <p class="page-caption">{caption}</p> })}
                <h1 tabindex="-1">{title}</h1>
                {(!lead.is_empty()).then(|| view! { <p class="lead">{lead}</p> })}
            </div>
            {actions.map(|actions| view! { <div class="page-actions">{actions}</div> })}
        </div>
    }
    .into_any()
}

/// The title in the window, of pages whose first heading is not a [`PageHead`].
pub(super) fn window_title(title: &str) -> impl IntoView + use<> {
    let service = t::common::service_name(use_lang());
    // The home page bears the name of the service.
    let text = in_head(if title == service { title.to_owned() } else { format!("{title} - {service}") });
    view! { <Title text=text/> }
}

/// The server writes the head's title as it is given; a name or a question in it must not end the element. The browser sets
/// it as text.
fn in_head(text: String) -> String {
    if cfg!(target_arch = "wasm32") { text } else { text.replace('&', "&amp;").replace('<', "&lt;") }
}

/// The first thing that the keyboard reaches.
#[component]
pub fn SkipLink() -> AnyView {
    let l = use_lang();
    view! { <a class="skip-link" href="#main" rel="external">{t::common::skip(l)}</a> }.into_any()
}

/// Where one is.
#[component]
pub fn Breadcrumb(
    /// Address and name of every page above this one.
    trail: Vec<(String, String)>,
) -> AnyView {
    let l = use_lang();
    let items = trail.into_iter().map(|(href, name)| view! { <li><a href=href>{name}</a></li> }).collect_view();
    view! { <nav class="breadcrumb" aria-label=t::common::breadcrumb(l)><ol>{items}</ol></nav> }.into_any()
}

/// The other language, on the same page.
#[component]
pub fn LangSwitch() -> AnyView {
    let l = use_lang();
    let location = use_location();
    let other = match l {
        Lang::Zh => Lang::En,
        Lang::En => Lang::Zh,
    };
    let href = move || paths::lang(other, &location.pathname.get(), &location.search.get());
    view! {
        <a class="lang-switch" href=href lang=other.tag() hreflang=other.tag() rel="external nofollow">
            {other.name()}
        </a>
    }
    .into_any()
}

/// 页面打印: prints the page. Only for pages with scripts; others say which keys do it.
#[component]
pub fn PrintCommand(
    /// The page has scripts.
    #[prop(optional)]
    scripts: bool,
) -> AnyView {
    let l = use_lang();
    if scripts {
        let print = move |_| _ = window().print();
        return view! { <button type="button" class="button button-secondary print-command" on:click=print>{t::common::print(l)}</button> }
            .into_any();
    }
    view! { <p class="print-command hint">{t::common::print_keys(l)}</p> }.into_any()
}
