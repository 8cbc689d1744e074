//! The frame of pages for those who are signed in: who one is, what there is to do, and the way out.

use domain::{
    actor::{Category, Role},
    views::accounts::SignedInView,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::layout::{Mark, NavItem, nav_links};
use crate::{
    browser::form,
    doors::{notices, sessions},
    flash::forget_flash,
    paths,
    shell::{part_of, set_status},
    texts::{Lang, t, use_lang},
    ui::{
        ButtonRow, FormAction, LangSwitch, LinkButton, PageHead, PostForm, SkipLink, SubmitButton, page_data, told_by_form,
        use_page_version,
    },
};

/// What a role is called.
#[must_use]
pub fn role_text(l: Lang, role: Role) -> &'static str {
    t::layout::by_key(l, role.name()).unwrap_or_default()
}

/// The ways through the desk of a category. Areas add their lists here.
fn ways(l: Lang, me: Option<&SignedInView>, unread: u32, path: &str) -> Vec<NavItem> {
    let mut items = match me.map(|me| me.category) {
        Some(Category::Registrant) => vec![NavItem::new(paths::filings(), t::layout::filings(l))],
        Some(Category::Provider) => vec![NavItem::new(paths::provider(), t::layout::provider_desk(l))],
        Some(Category::Bureau) => vec![NavItem::new(paths::bureau(), t::layout::bureau_desk(l))],
        None => Vec::new(),
    };
    if me.is_some_and(|me| matches!(me.role, Role::ProviderAdmin | Role::BureauAdmin)) {
        items.push(NavItem::new(paths::office(), t::layout::office(l)));
    }
    items.extend([
        NavItem::new(paths::inbox(), t::layout::inbox(l)).count(unread),
        NavItem::new(paths::account(), t::layout::account(l)),
        NavItem::new(paths::account_password(), t::layout::password(l)),
        NavItem::new(paths::account_contacts(), t::layout::contacts(l)),
        NavItem::new(paths::account_sessions(), t::layout::sessions(l)),
    ]);
    if me.is_some_and(|me| me.category != Category::Registrant) {
        items.push(NavItem::new(paths::account_passkeys(), t::layout::passkeys(l)));
    }
    items.push(NavItem::new(paths::query(), t::layout::query(l)));
    // What another program serves, or none, is loaded anew.
    let here = part_of(path);
    items.into_iter().map(|item| if part_of(&item.href) == here { item } else { item.external() }).collect()
}

/// The frame. It stays while one goes from page to page of an area.
#[component]
pub fn DeskLayout(
    /// The page.
    children: Children,
) -> AnyView {
    let l = use_lang();
    let path = use_location().pathname;
    let data = page_data(
        || (),
        |()| async move {
            let me = sessions::me().await?;
            let unread = if me.is_some() { notices::unread().await.unwrap_or_default() } else { 0 };
            Ok((me, unread))
        },
    );
    // A new page begins at its top, for the keyboard too.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            focus_main();
        }
        now
    });
    begin_forms();
    let head = move || {
        Suspend::new(async move {
            let (me, unread) = data.await.unwrap_or_default();
            view! {
                {who(l, me.as_ref())}
                <nav class="desk-nav" aria-label=t::layout::desk_nav(l)>
                    <ul>{nav_links(ways(l, me.as_ref(), unread, &path.get_untracked()))}</ul>
                </nav>
            }
        })
    };
    view! {
        <div class="desk">
            <SkipLink/>
            <Transition>{head}</Transition>
            <main id="main" class="desk-main" tabindex="-1">{children()}</main>
        </div>
    }
    .into_any()
}

/// Where the browser draws the desk, its forms go on by the router, and what a page shows is fetched again.
fn begin_forms() {
    if !cfg!(target_arch = "wasm32") {
        return;
    }
    let (version, owner) = (use_page_version(), Owner::current());
    let navigate = StoredValue::new_local(Some(use_navigate()));
    Effect::new(move |_| {
        let Some(navigate) = navigate.try_update_value(Option::take).flatten() else { return };
        let owner = owner.clone();
        let go = move |_, next: String| {
            if let Some(owner) = &owner {
                owner.with(forget_flash);
            }
            let here = window().location().pathname().unwrap_or_default();
            let path = next.split(['?', '#']).next().unwrap_or_default();
            if part_of(&here).is_some_and(|part| part_of(path) == Some(part)) {
                navigate(&next, NavigateOptions::default());
                _ = version.try_update(|version| *version += 1);
            } else {
                // A page that is left, as at signing out, does not ask once more.
                form::leave_for(&next);
            }
            Box::pin(std::future::ready(())) as std::pin::Pin<Box<dyn Future<Output = ()>>>
        };
        let renew = move || _ = version.try_update(|version| *version += 1);
        form::begin(form::Way {
            go: Box::new(go),
            renew: Box::new(renew),
            accept: "application/json",
            told: told_by_form,
            refused: |_, _| false,
        });
    });
}

fn focus_main() {
    use wasm_bindgen::JsCast;
    let main = document().get_element_by_id("main").and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok());
    if let Some(main) = main {
        _ = main.focus();
    }
    window().scroll_to_with_x_and_y(0.0, 0.0);
}

fn who(l: Lang, me: Option<&SignedInView>) -> AnyView {
    let user = me.map(|me| {
        let office = if me.office.is_empty() {
            role_text(l, me.role).to_owned()
        } else {
            format!("{} · {}", me.office, role_text(l, me.role))
        };
        view! {
            <p class="desk-user" data-account=me.account.to_string()>
                <strong>{me.user_name.clone()}</strong>
                <span class="desk-user-office">{office}</span>
            </p>
            <PostForm id="sign-out" class="sign-out" action={FormAction::of::<sessions::SignOut>()}>
                <SubmitButton label=t::layout::sign_out(l) secondary=true/>
            </PostForm>
        }
    });
    view! {
        <header class="site-head">
            <div class="site-head-inner">
                <a class="brand" href=paths::home() rel="external">
                    <Mark/>
                    <span class="brand-words"><span class="brand-name">{t::common::service_name(l)}</span></span>
                </a>
                <div class="site-head-end"><LangSwitch/>{user}</div>
            </div>
        </header>
    }
    .into_any()
}

/// What a path of an area that leads nowhere shows.
#[must_use]
pub fn desk_not_found() -> AnyView {
    let l = use_lang();
    set_status(404);
    let path = use_location().pathname.get_untracked();
    let (href, words) = match path.split('/').nth(1) {
        Some("filings") => (paths::filings(), t::layout::filings(l)),
        Some("provider") => (paths::provider(), t::layout::provider_desk(l)),
        Some("bureau") => (paths::bureau(), t::layout::bureau_desk(l)),
        Some("office") => (paths::office(), t::layout::office(l)),
        Some("account") => (paths::account(), t::layout::account(l)),
        _ => (paths::home(), t::layout::home(l)),
    };
    view! {
        <PageHead title=t::errors::not_found(l) lead=t::fault::not_found(l)/>
        <ButtonRow>
            <LinkButton href=href label=words secondary=true/>
        </ButtonRow>
    }
    .into_any()
}
