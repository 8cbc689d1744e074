//! The pages of one desk, by the path below it.

use domain::{id::FilingId, views::desk::DeskView};
use leptos::{either::Either, prelude::*};
use leptos_router::{hooks::use_location, location::Location};
use serde::{Deserialize, Serialize};

use super::{House, Place, desk, place::case_of, reasons::Notepad, sheet};
use crate::{
    doors::{self, desk::Sheet},
    fault::Fault,
    parts::{
        desk::{DeskLayout, desk_not_found},
        load::load,
    },
    ui::page_data,
};

/// What an address asks for.
#[derive(Clone, PartialEq, Debug)]
enum Asked {
    Desk(Place),
    Case(FilingId),
    Nothing,
}

/// What the doors answered.
#[derive(Clone, Serialize, Deserialize)]
enum Page {
    Desk(DeskView),
    Case(Box<Sheet>),
    Nothing,
}

async fn fetch(asked: Asked, unattended: bool) -> Result<Page, Fault> {
    Ok(match asked {
        Asked::Desk(place) => Page::Desk(doors::desk::desk(place.listing, place.page, unattended).await?),
        Asked::Case(id) => Page::Case(Box::new(doors::desk::case(id, unattended).await?)),
        Asked::Nothing => Page::Nothing,
    })
}

/// The list, or the case that the address names, in the frame of those who are signed in. Both come from one resource:
/// what was shown stays until the next is there, and nothing of a page that was left is asked for again.
pub fn area(house: House) -> AnyView {
    let pad = Notepad::new();
    let Location { pathname: path, query, .. } = use_location();
    let home = house.path();
    let asked = Memo::new(move |before: Option<&Asked>| {
        let path = path.get();
        let below = path.strip_prefix(&home).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        match (below.map(|rest| rest.trim_matches('/')), before) {
            (Some(""), _) => Asked::Desk(Place::from_query(house, &query.get())),
            (Some(_), _) => case_of(&path).map_or(Asked::Nothing, Asked::Case),
            // On the way to another area: this one is about to go.
            (None, Some(before)) => before.clone(),
            (None, None) => Asked::Nothing,
        }
    });
    // Hints that the page has followed: what it then fetches, nobody asked for.
    let (told, followed) = (RwSignal::new(0_u32), StoredValue::new(0));
    let data = page_data(
        move || (asked.get(), told.get()),
        move |(asked, told)| {
            let unattended = followed.try_update_value(|followed| std::mem::replace(followed, told) != told);
            fetch(asked, unattended == Some(true))
        },
    );
    // What is typed into a page belongs to its case: another case is drawn anew, not over the inputs of the last one.
    let (drawn, turn) = (StoredValue::new(None::<FilingId>), StoredValue::new(false));
    let page = load(data, move |page| match page {
        Page::Desk(view) => {
            pad.close();
            desk::body(Place { house, listing: view.listing, page: view.page }, view)
        }
        Page::Case(sheet) => {
            let id = sheet.case.progress.id;
            if drawn.get_value().is_some_and(|before| before != id) {
                turn.update_value(|turn| *turn = !*turn);
            }
            drawn.set_value(Some(id));
            pad.open(&sheet.case.progress);
            let body = sheet::body(Place::from_query(house, &query.get_untracked()), *sheet, pad, told);
            if turn.get_value() { Either::Right(body) } else { Either::Left(body) }.into_any()
        }
        Page::Nothing => desk_not_found(),
    });
    view! { <DeskLayout>{page}</DeskLayout> }.into_any()
}
