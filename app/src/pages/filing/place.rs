//! Province, city and county: each list follows from the answer above it.

use domain::{codes::Province, forms::SponsorForm, problem::Section, views::filings::Reason};
use leptos::prelude::*;

use super::{
    answers::{label, options},
    reasons,
    section::refresh,
};
use crate::{
    doors,
    parts::load::once,
    texts::{t, use_lang},
    ui::SelectField,
};

/// The list of the divisions within another.
fn list(name: &'static str, label: String, of: String, chosen: String, first: &'static str) -> AnyView {
    let l = use_lang();
    let draw = move |found: Vec<_>, of: String| {
        let empty = match (of.is_empty(), found.is_empty()) {
            (true, _) => first,
            (_, true) => t::filing::place::no_counties(l),
            _ => t::filing::form::choose(l),
        };
        view! { <SelectField name=name label=label choices=found value=chosen empty=empty of=of/> }.into_any()
    };
    if of.is_empty() {
        return draw(Vec::new(), of);
    }
    once(doors::filings::divisions(of.clone()), move |found| draw(found.unwrap_or_default(), of))
}

/// The three lists.
pub(super) fn fields(form: &SponsorForm, said: &[Reason]) -> AnyView {
    let l = use_lang();
    let of = move |field: &str| label(l, Section::Sponsor, field);
    let province = form.province.clone();
    // A city of another province is none.
    let of_city = form.city.parse().ok().and_then(Province::of_division);
    let city = if of_city.is_some_and(|of| of.to_string() == province) { form.city.clone() } else { String::new() };
    view! {
        {reasons::at(said, "province")}
        <SelectField name="form[province]" label=of("province") hint=t::filing::begin::province_hint(l)
            choices=options(l, Province::ROWS) value=province.clone() empty=t::filing::form::choose(l)/>
        {refresh()}
        {reasons::at(said, "city")}
        {list("form[city]", of("city"), province, city.clone(), t::filing::place::city_first(l))}
        {reasons::at(said, "county")}
        {list("form[county]", of("county"), city, form.county.clone(), t::filing::place::county_first(l))}
    }
    .into_any()
}
