//! The pages of one desk, by the path below it.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::parts::desk::DeskLayout;

use super::{House, desk::desk, place::case_of, reasons::Notepad, sheet::sheet};

/// The list, or the case that the address names, in the frame of those who are signed in.
pub fn area(house: House) -> AnyView {
    let pad = Notepad::new();
    let path = use_location().pathname;
    let is_case = Memo::new(move |_| case_of(&path.get()).is_some());
    let page = move || {
        if is_case.get() {
            return sheet(house, pad);
        }
        pad.close();
        desk(house)
    };
    view! { <DeskLayout>{page}</DeskLayout> }.into_any()
}
