//! The registrant's filings: list, wizard, progress. Drawn by the server alone; the address decides which page.

mod access;
mod answers;
mod ask;
mod begin;
mod footers;
mod gate;
mod list;
mod materials;
mod person;
mod place;
mod progress;
mod reasons;
mod review;
mod section;
mod site;
mod sponsor;
mod stale;
mod submitted;
mod tasks;

use domain::{id::FilingId, problem::Section, views::filings::DraftView};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

use crate::{
    doors,
    parts::{
        desk::{DeskLayout, desk_not_found},
        load::load_once,
    },
    paths,
    texts::{t, use_lang},
    ui::Breadcrumb,
};

// What the browser's program shares with the pages.
pub(crate) use access::{Proposal, read as read_access};
pub(crate) use answers::is_individual;
pub(crate) use materials::{MAX_MATERIAL_BYTES, size_text};
pub(crate) use person::LONG_TERM;
pub(crate) use section::put;
pub(crate) use sponsor::certificates;

/// Pages of one's own filings.
pub(super) fn area() -> AnyView {
    let page = Page::parse(&use_params_map().read_untracked().get("rest").unwrap_or_default());
    view! { <DeskLayout>{draw(page)}</DeskLayout> }.into_any()
}

/// A page of the area.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Page {
    List,
    Begin,
    Found(Found),
    Tasks(FilingId),
    Section(FilingId, Section),
    Review(FilingId),
    Answers(FilingId),
    Submitted(FilingId),
    Progress(FilingId),
    Withdraw(FilingId),
    Discard(FilingId),
    RemoveSite(FilingId, u8),
    RemoveAccess(FilingId, u8, u8),
}

/// What R4 finds, beside a first filing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Found {
    NewSite,
    NewAccess,
    AlreadyFiled,
    Conflict,
    Underway,
}

impl Found {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "new_site" => Self::NewSite,
            "new_access" => Self::NewAccess,
            "already_filed" => Self::AlreadyFiled,
            "conflict" => Self::Conflict,
            "underway" => Self::Underway,
            _ => return None,
        })
    }
}

impl Page {
    fn parse(rest: &str) -> Option<Self> {
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty()).collect();
        let (first, rest) = match parts.split_first() {
            None => return Some(Self::List),
            Some((&"new", [])) => return Some(Self::Begin),
            Some((&"new", [kind])) => return Found::parse(kind).map(Self::Found),
            Some((first, rest)) => (*first, rest),
        };
        let id: FilingId = first.parse().ok()?;
        let key = |text: &str| text.parse::<u8>().ok().filter(|key| *key > 0);
        Some(match rest {
            [] => Self::Tasks(id),
            ["sponsor"] => Self::Section(id, Section::Sponsor),
            ["sites", site] => Self::Section(id, Section::Site(key(site)?)),
            ["sites", site, "remove"] => Self::RemoveSite(id, key(site)?),
            ["sites", site, "accesses", access] => Self::Section(id, Section::Access(key(site)?, key(access)?)),
            ["sites", site, "accesses", access, "remove"] => Self::RemoveAccess(id, key(site)?, key(access)?),
            ["materials"] => Self::Section(id, Section::Materials),
            ["review"] => Self::Review(id),
            ["answers"] => Self::Answers(id),
            ["submitted"] => Self::Submitted(id),
            ["progress"] => Self::Progress(id),
            ["withdraw"] => Self::Withdraw(id),
            ["discard"] => Self::Discard(id),
            _ => return None,
        })
    }
}

fn draw(page: Option<Page>) -> AnyView {
    match page {
        None => desk_not_found(),
        Some(Page::List) => list::page(),
        Some(Page::Begin) => begin::page(),
        Some(Page::Found(found)) => begin::found(found),
        Some(Page::Tasks(id)) => draft(id, tasks::page),
        Some(Page::Section(id, Section::Materials)) => draft(id, materials::page),
        Some(Page::Section(id, at)) => draft(id, move |view| match at {
            Section::Site(site) => site::page(view, site),
            Section::Access(site, access) => access::page(view, site, access),
            _ => sponsor::page(view),
        }),
        Some(Page::Review(id)) => draft(id, review::page),
        Some(Page::Answers(id)) => handed_in(id),
        Some(Page::Submitted(id)) => submitted::page(id),
        Some(Page::Progress(id)) => progress::page(id),
        Some(Page::Withdraw(id)) => ask::withdraw(id),
        Some(Page::Discard(id)) => ask::discard(id),
        Some(Page::RemoveSite(id, site)) => ask::remove_site(id, site),
        Some(Page::RemoveAccess(id, site, access)) => ask::remove_access(id, site, access),
    }
}

/// A page of a filing that can be filled in: behind the choice to continue or delete (R3), or, when the filing is on its
/// way, its progress instead.
fn draft(id: FilingId, page: impl FnOnce(DraftView) -> AnyView + Send + 'static) -> AnyView {
    load_once(doors::filings::draft(id), move |view: DraftView| {
        if !view.status.is_editable() {
            return progress::page(view.id);
        }
        if view.resumed {
            return gate::page(view);
        }
        page(view)
    })
}

/// What was handed in, while it is on its way or decided; of a filing that can be changed, where it stands.
fn handed_in(id: FilingId) -> AnyView {
    load_once(
        doors::filings::draft(id),
        move |view: DraftView| {
            if view.status.is_editable() { progress::page(view.id) } else { review::answers(view) }
        },
    )
}

/// The way back, above every page of one filing.
fn trail(id: FilingId) -> AnyView {
    let l = use_lang();
    view! {
        <Breadcrumb trail=vec![
            (paths::filings(), t::filing::area(l).to_owned()),
            (paths::filing::tasks(id), t::filing::tasks::title(l).to_owned()),
        ]/>
    }
    .into_any()
}

/// Everything that is not right is to be marked, not only what was visited.
fn is_checked() -> bool {
    use_location().query.read_untracked().get("check").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_area_leads_to_its_page() {
        let id = FilingId::from(uuid::Uuid::from_u128(7));
        let parse = |path: String| Page::parse(path.trim_start_matches("/filings"));
        assert_eq!(parse(paths::filings()), Some(Page::List));
        assert_eq!(parse(paths::filing::begin()), Some(Page::Begin));
        assert_eq!(parse(paths::filing::found("conflict")), Some(Page::Found(Found::Conflict)));
        assert_eq!(parse(paths::filing::tasks(id)), Some(Page::Tasks(id)));
        for section in [Section::Sponsor, Section::Site(2), Section::Access(2, 3), Section::Materials] {
            assert_eq!(parse(paths::filing::section(id, section)), Some(Page::Section(id, section)));
        }
        assert_eq!(parse(paths::filing::review(id)), Some(Page::Review(id)));
        assert_eq!(parse(paths::filing::answers(id)), Some(Page::Answers(id)));
        assert_eq!(parse(paths::filing::remove_access(id, 1, 2)), Some(Page::RemoveAccess(id, 1, 2)));
        assert_eq!(Page::parse("nonsense"), None);
        assert_eq!(parse(format!("/filings/{id}/sites/0")), None);
    }
}
