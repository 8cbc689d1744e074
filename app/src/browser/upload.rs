//! A file that was chosen and is not sent yet: what it looks like, or why it will not be taken.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, Url};

use super::dom;
use crate::{
    pages::filing::{MAX_MATERIAL_BYTES, size_text},
    texts::{Lang, t},
};

/// A file was chosen.
pub fn chosen(event: &Event) {
    let Some(input) = dom::target(event).and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
    let place = input.closest("form").ok().flatten().and_then(|form| dom::within(&form, ".chosen"));
    if let Some(place) = place {
        clear(&place);
        dom::fill(&place, [draw(&input)]);
    }
}

/// The form is as it was: the file was sent.
pub fn forget(event: &Event) {
    if let Some(place) = dom::target(event).and_then(|form| dom::within(&form, ".chosen")) {
        clear(&place);
        dom::fill(&place, []);
    }
}

fn clear(place: &Element) {
    if let Some(url) = dom::within(place, "img").and_then(|picture| picture.get_attribute("src")) {
        _ = Url::revoke_object_url(&url);
    }
}

fn draw(input: &HtmlInputElement) -> Option<Element> {
    let l = Lang::of_page();
    let file = input.files()?.get(0)?;
    let bytes = file.size() as u64;
    let size = size_text(bytes);
    let wrong = if !matches!(file.type_().as_str(), "image/jpeg" | "image/png") {
        Some(t::filing::materials::wrong_type(l).to_owned())
    } else if bytes > MAX_MATERIAL_BYTES {
        Some(t::filing::materials::too_large(l, &size))
    } else {
        None
    };
    if let Some(words) = wrong {
        let problem = dom::make("p", "problem", &words)?;
        dom::set(&problem, "role", "alert");
        return Some(problem);
    }
    let picture = dom::make("img", "picture-thumb", "")?;
    dom::set(&picture, "src", &Url::create_object_url_with_blob(&file).ok()?);
    dom::set(&picture, "alt", "");
    let words = dom::make("p", "", &t::filing::materials::chosen(l, &file.name(), &size));
    let shown = dom::around("div", "material-picture", [Some(picture), words])?;
    dom::set(&shown, "role", "status");
    Some(shown)
}
