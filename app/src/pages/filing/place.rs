//! Province, city and county: each list follows from the answer above it.

use domain::{codes::Province, divisions, forms::SponsorForm, problem::Section, views::filings::Reason};
use leptos::prelude::*;

use super::{
    answers::{label, options},
    reasons,
    section::refresh,
};
use crate::{
    doors,
    texts::{Lang, t, use_lang},
    ui::SelectField,
};

/// The cities of a province, and the words of the list's empty answer.
pub(crate) fn cities(l: Lang, province: &str) -> (Vec<(String, String)>, String) {
    let province = province.parse().ok().and_then(Province::find);
    let found: Vec<_> = province
        .map(|province| divisions::cities(province).map(|city| (city.code.to_string(), city.name.to_owned())).collect())
        .unwrap_or_default();
    let empty = if found.is_empty() { t::filing::place::city_first(l) } else { t::filing::form::choose(l) };
    (found, empty.to_owned())
}

/// Which counties there are to choose from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Counties {
    /// No city is chosen.
    Unknown,
    /// The city has none.
    None,
    /// Those of the city.
    OfCity,
}

impl Counties {
    /// Of the city with this code.
    pub(crate) fn of(city: &str) -> Self {
        let undivided = city.parse().ok().and_then(divisions::find_city).is_some_and(|city| !city.has_counties);
        match (city.is_empty(), undivided) {
            (true, _) => Self::Unknown,
            (_, true) => Self::None,
            _ => Self::OfCity,
        }
    }

    /// The words of the list's empty answer.
    pub(crate) fn empty(self, l: Lang) -> &'static str {
        match self {
            Self::Unknown => t::filing::place::county_first(l),
            Self::None => t::filing::place::no_counties(l),
            Self::OfCity => t::filing::form::choose(l),
        }
    }
}

/// The three lists.
pub(super) fn fields(form: &SponsorForm, said: &[Reason]) -> AnyView {
    let l = use_lang();
    let of = move |field: &str| label(l, Section::Sponsor, field);
    let province = form.province.clone();
    // A city of another province is none.
    let of_city = form.city.parse().ok().and_then(Province::of_division);
    let city = if of_city.is_some_and(|of| of.to_string() == province) { form.city.clone() } else { String::new() };
    let (choices, empty) = cities(l, &province);
    let (asked, chosen) = (city.clone(), form.county.clone());
    let county = Suspend::new(async move {
        let found = if asked.is_empty() { Vec::new() } else { doors::filings::counties(asked.clone()).await.unwrap_or_default() };
        let empty = Counties::of(&asked).empty(l);
        view! { <SelectField name="form[county]" label=of("county") choices=found value=chosen empty=empty of=asked/> }
    });
    view! {
        {reasons::at(said, "province")}
        <SelectField name="form[province]" label=of("province") hint=t::filing::begin::province_hint(l)
            choices=options(l, Province::ROWS) value=province.clone() empty=t::filing::form::choose(l)/>
        {refresh()}
        {reasons::at(said, "city")}
        <SelectField name="form[city]" label=of("city") choices=choices value=city empty=empty of=province/>
        {reasons::at(said, "county")}
        {county}
    }
    .into_any()
}
