//! Province, city and county: each list follows from the answer above it.

use domain::{codes::Province, divisions, forms::SponsorForm, problem::Section, views::filings::Reason};
use leptos::prelude::*;

use super::{
    answers::{label, options},
    reasons,
    section::{Answers, refresh},
};
use crate::{
    doors,
    texts::{t, use_lang},
    ui::{SelectField, part_data},
};

fn cities(province: &str) -> Vec<(String, String)> {
    let province = province.parse().ok().and_then(Province::find);
    province
        .map(|province| divisions::cities(province).map(|city| (city.code.to_string(), city.name.to_owned())).collect())
        .unwrap_or_default()
}

/// The three lists.
pub(super) fn fields(answers: Answers<SponsorForm>, said: Vec<Reason>) -> AnyView {
    let l = use_lang();
    let of = move |field: &str| label(l, Section::Sponsor, field);
    let province = Memo::new(move |_| answers.with(|form| form.province.clone()));
    // A city of another province is none: its list is about to be drawn anew.
    let city = Memo::new(move |_| {
        answers.with(|form| {
            let of = form.city.parse().ok().and_then(Province::of_division);
            let is_here = of.is_some_and(|of| of.to_string() == province.get());
            if is_here { form.city.clone() } else { String::new() }
        })
    });
    let counties = part_data(
        move || city.get(),
        |city| async move { if city.is_empty() { Ok(Vec::new()) } else { doors::filings::counties(city).await } },
    );
    let chosen = answers.with_untracked(|form| form.province.clone());
    view! {
        {reasons::at(&said, "province")}
        <SelectField name="form[province]" label=of("province") hint=t::filing::begin::province_hint(l)
            choices=options(l, Province::ROWS) value=chosen empty=t::filing::form::choose(l)/>
        {refresh()}
        {reasons::at(&said, "city")}
        {move || {
            let choices = cities(&province.get());
            let empty = if choices.is_empty() { t::filing::place::city_first(l) } else { t::filing::form::choose(l) };
            let chosen = answers.with_untracked(|form| form.city.clone());
            view! { <SelectField name="form[city]" label=of("city") choices=choices value=chosen empty=empty/> }
        }}
        {reasons::at(&said, "county")}
        <Transition fallback=move || view! { <p class="loading">{t::filing::place::loading(l)}</p> }>
            {move || Suspend::new(async move {
                let choices = counties.await.unwrap_or_default();
                let (city, chosen) = (city.get_untracked(), answers.with_untracked(|form| form.county.clone()));
                let undivided = city.parse().ok().and_then(divisions::find_city).is_some_and(|city| !city.has_counties);
                let empty = match (city.is_empty(), undivided) {
                    (true, _) => t::filing::place::county_first(l),
                    (_, true) => t::filing::place::no_counties(l),
                    _ => t::filing::form::choose(l),
                };
                view! { <SelectField name="form[county]" label=of("county") choices=choices value=chosen empty=empty/> }
            })}
        </Transition>
    }
    .into_any()
}
