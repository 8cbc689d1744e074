//! 接入信息: who connects a site, at which addresses, and where its servers are.

use domain::{
    codes::{AccessMethod, ServerLocation},
    draft::Draft,
    forms::AccessForm,
    problem::Section,
    tables::Tables,
    views::filings::{DraftView, ProviderChoice},
};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;

use super::{
    answers::{choices, label, options, row_name},
    reasons,
    section::{self, Answers, Live, Setup},
    trail,
};
use crate::{
    doors,
    fault::Fault,
    parts::load::fault_page,
    texts::{Lang, t, use_lang},
    ui::{Checkbox, CheckboxGroup, FormValues, Notice, NoticeKind, PageHead, SelectField, TextArea, TextField, Width},
};

/// From this many providers on there is a box to filter them.
const FILTERED_FROM: usize = 12;

/// The answers as they stand on the page.
pub(super) fn read(values: &FormValues) -> AccessForm {
    values.parse("form").unwrap_or_default()
}

fn put(draft: &mut Draft, section: Section, form: AccessForm) {
    let Section::Access(site, key) = section else { return };
    let site = draft.sites.iter_mut().find(|known| known.key == site);
    if let Some(access) = site.and_then(|site| site.accesses.iter_mut().find(|access| access.key == key)) {
        access.form = form;
    }
}

/// Where the addresses lie, by the chosen provider's ranges; the places in the order of the table.
fn places(form: &AccessForm, tables: &Tables) -> Vec<ServerLocation> {
    let mut found = form.provider_id.parse().map(|provider| tables.locations_of(provider, &form.addresses)).unwrap_or_default();
    found.sort();
    found.dedup();
    found
}

fn place_names(l: Lang, places: &[ServerLocation]) -> String {
    let names: Vec<&str> = places.iter().map(|place| row_name(l, place.row())).collect();
    names.join(l.pick("、", ", "))
}

/// The page.
pub(super) fn page(view: DraftView, site: u8, key: u8) -> AnyView {
    let l = use_lang();
    let here = Section::Access(site, key);
    let stored = view.draft.sites.iter().find(|known| known.key == site);
    let Some(stored) =
        stored.and_then(|site| site.accesses.iter().find(|access| access.key == key)).map(|access| access.form.clone())
    else {
        return fault_page(&Fault::NotFound);
    };
    let said = reasons::of_section(&view, here);
    let setup = Setup { section: here, url: doors::filings::SAVE_ACCESS, form: stored, read, put };
    let (id, all) = (view.id, view.providers.clone());
    let form = section::form(&view, setup, move |Live { answers, tables, saves }| {
        let form = answers.get_untracked();
        let of = move |field: &str| label(l, here, field);
        // The page has the ranges of the providers that the stored draft names; of a newly chosen one they come after the save.
        Effect::new(move |_| {
            if saves.get() == 0 {
                return;
            }
            let provider = answers.with_untracked(|form| form.provider_id.clone());
            let known = tables.with_untracked(|tables| tables.ranges.iter().any(|range| range.provider.to_string() == provider));
            if !provider.is_empty() && !known {
                spawn_local(async move {
                    if let Ok(view) = doors::filings::draft(id).await {
                        _ = tables.try_set(view.tables);
                    }
                });
            }
        });
        let found = Memo::new(move |_| answers.with(|form| tables.with(|tables| places(form, tables))));
        let blank =
            Memo::new(move |_| answers.with(|form| form.provider_id.trim().is_empty() || form.addresses.trim().is_empty()));
        let chosen = Memo::new(move |_| answers.with(|form| form.locations.clone()));
        view! {
            <fieldset class="group">
                <legend class="visually-hidden">{t::filing::access::title(l)}</legend>
                {reasons::at(&said, "provider_id")}
                {provider_field(answers, all, of("provider_id"))}
                {reasons::at(&said, "service_code")}
                <TextField name="form[service_code]" label=of("service_code") hint=t::filing::hint::service_code(l)
                    why=t::filing::why::service_code(l) value=form.service_code.clone() width=Width::Half/>
                {reasons::at(&said, "method")}
                <SelectField name="form[method]" label=of("method") choices=options(l, AccessMethod::ROWS)
                    value=form.method.clone() empty=t::filing::form::choose(l)/>
                {reasons::at(&said, "addresses")}
                <TextArea name="form[addresses]" label=of("addresses") hint=t::filing::hint::addresses(l)
                    value=form.addresses.clone() rows=4/>
                {section::refresh()}
                {reasons::at(&said, "locations")}
                // Its room is kept: what comes when the addresses are left must not move the boxes away under a click.
                <div class="proposal">{move || proposal(l, blank.get(), &found.get(), &chosen.get())}</div>
                <CheckboxGroup name="form[locations][]" label=of("locations") hint=t::filing::hint::locations(l)
                    choices=choices(l, ServerLocation::ROWS) values=form.locations.clone() columns=true/>
                <div hidden=move || !differs(&found.get(), &chosen.get())>
                    <Checkbox name="form[location_confirmed]" label=t::filing::access::confirmed(l)
                        checked={form.location_confirmed == "yes"}/>
                </div>
            </fieldset>
        }
        .into_any()
    });
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::access::title(l)
            caption=format!("{} · {}", t::filing::site_n(l, &site.to_string()), t::filing::access_n(l, &key.to_string()))
            lead=t::filing::access::lead(l)/>
        {form}
    }
    .into_any()
}

/// Whether a place was chosen that is not one of the addresses', or one of theirs was not.
fn differs(found: &[ServerLocation], chosen: &[String]) -> bool {
    let codes: Vec<String> = found.iter().map(|place| place.id().to_string()).collect();
    !codes.is_empty()
        && !chosen.is_empty()
        && (codes.iter().any(|code| !chosen.contains(code)) || chosen.iter().any(|code| !codes.contains(code)))
}

/// The place that follows from the addresses: with a button that ticks it, or with a word about what was chosen.
fn proposal(l: Lang, blank: bool, found: &[ServerLocation], chosen: &[String]) -> AnyView {
    if found.is_empty() {
        if !blank {
            return ().into_any();
        }
        return view! { <p class="hint">{t::filing::access::proposed_later(l)}</p> }.into_any();
    }
    let names = place_names(l, found);
    if differs(found, chosen) {
        return view! { <Notice kind=NoticeKind::Warning><p>{t::filing::access::mismatch(l, &names)}</p></Notice> }.into_any();
    }
    if !chosen.is_empty() {
        return view! { <p class="hint">{t::filing::access::proposed_same(l, &names)}</p> }.into_any();
    }
    let codes: Vec<String> = found.iter().map(|place| place.id().to_string()).collect();
    let tick = move |ev: leptos::ev::MouseEvent| {
        let button = ev.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let Some(form) = button.and_then(|button| button.closest("form").ok().flatten()) else { return };
        for code in &codes {
            let found = form.query_selector(&format!("input[name='form[locations][]'][value='{code}']")).ok().flatten();
            if let Some(input) = found.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok())
                && !input.checked()
            {
                input.click();
            }
        }
    };
    view! {
        <Notice>
            <p>{t::filing::access::proposed(l, &names)}</p>
            <button type="button" class="button button-secondary with-scripts" on:click=tick>{t::filing::access::propose(l)}</button>
        </Notice>
    }
    .into_any()
}

/// The licensed providers; many of them can be filtered.
fn provider_field(answers: Answers<AccessForm>, all: Vec<ProviderChoice>, label: String) -> AnyView {
    let l = use_lang();
    let filter = RwSignal::new(String::new());
    let many = all.len() >= FILTERED_FROM;
    let all = StoredValue::new(all);
    let matching = move || {
        let wanted = filter.get().trim().to_lowercase();
        let chosen = answers.with_untracked(|form| form.provider_id.clone());
        all.with_value(|all| {
            all.iter()
                .map(|provider| (provider.id.to_string(), t::filing::aside(l, &provider.name, &provider.licence_number)))
                .filter(|(id, words)| wanted.is_empty() || *id == chosen || words.to_lowercase().contains(&wanted))
                .collect::<Vec<_>>()
        })
    };
    let box_ = many.then(|| {
        view! {
            <div class="field with-scripts">
                <label for="provider-filter">{t::filing::access::filter(l)}</label>
                <input class="input input-half" id="provider-filter" type="search" autocomplete="off"
                    on:input=move |ev| {
                        ev.stop_propagation();
                        filter.set(event_target_value(&ev));
                    }
                    on:change=|ev| ev.stop_propagation()/>
                <p class="hint" role="status">{move || t::filing::access::filtered(l, &matching().len().to_string())}</p>
            </div>
        }
    });
    view! {
        {box_}
        {move || {
            let choices = matching();
            let empty = if choices.is_empty() { t::filing::access::none_licensed(l) } else { t::filing::form::choose(l) };
            let chosen = answers.with_untracked(|form| form.provider_id.clone());
            view! {
                <SelectField name="form[provider_id]" label=label.clone() hint=t::filing::hint::provider_id(l) choices=choices
                    value=chosen empty=empty/>
            }
        }}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use domain::{id::ProviderId, tables::ProviderRange};

    use super::*;

    #[test]
    fn the_place_of_the_servers_follows_from_the_chosen_providers_ranges() {
        let provider = ProviderId::from(uuid::Uuid::from_u128(1));
        let range = |provider, start: &str, end: &str, location| ProviderRange {
            provider,
            start: start.parse().expect("address"),
            end: end.parse().expect("address"),
            location,
        };
        let tables = Tables {
            today: time::Date::MIN,
            providers: vec![],
            ranges: vec![
                range(provider, "203.0.113.0", "203.0.113.127", 2),
                range(provider, "203.0.113.128", "203.0.113.255", 34),
                range(ProviderId::from(uuid::Uuid::from_u128(2)), "203.0.113.0", "203.0.113.255", 5),
            ],
            denied_prefixes: vec![],
            permitted_prefixes: vec![],
            permitted_ranges: vec![],
            permitted_suffixes: vec![],
            minimum_ages: vec![],
        };
        let form = AccessForm {
            provider_id: provider.to_string(),
            addresses: "203.0.113.9，203.0.113.200-203.0.113.201\nnonsense".to_owned(),
            ..AccessForm::default()
        };
        let found = places(&form, &tables);
        assert_eq!(found, [ServerLocation::Beijing, ServerLocation::Zhejiang]);
        assert!(differs(&found, &["5".to_owned()]));
        assert!(!differs(&found, &["2".to_owned(), "34".to_owned()]));
        assert!(!differs(&found, &[]));
    }
}
