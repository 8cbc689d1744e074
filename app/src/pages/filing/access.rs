//! 接入信息: who connects a site, at which addresses, and where its servers are.

use domain::{
    codes::{AccessMethod, ServerLocation},
    forms::AccessForm,
    problem::Section,
    tables::Tables,
    views::filings::{DraftView, ProviderChoice},
};
use leptos::prelude::*;

use super::{
    answers::{choices, label, options, row_name},
    reasons, section, trail,
};
use crate::{
    doors,
    fault::Fault,
    parts::load::fault_page,
    texts::{Lang, t, use_lang},
    ui::{Checkbox, CheckboxGroup, FormValues, Notice, NoticeKind, PageHead, SelectField, TextArea, TextField, Width},
};

/// From this many providers on there is a box that narrows them.
const NARROWED_FROM: usize = 12;

/// The answers as they stand on the page.
pub(crate) fn read(values: &FormValues) -> AccessForm {
    values.parse("form").unwrap_or_default()
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
    let draft = section::shown(&view, here);
    let stored = draft.sites.into_iter().find(|known| known.key == site);
    let Some(form) = stored.and_then(|site| site.accesses.into_iter().find(|access| access.key == key)).map(|access| access.form)
    else {
        return fault_page(&Fault::NotFound);
    };
    let said = reasons::of_section(&view, here);
    let of = move |field: &str| label(l, here, field);
    let proposal = Proposal::of(&form, &view.tables);
    let providers = view.providers.clone();
    let fields = move || {
        view! {
            <fieldset class="group">
                <legend class="visually-hidden">{t::filing::access::title(l)}</legend>
                {reasons::at(&said, "provider_id")}
                {provider_field(&form, &providers, of("provider_id"))}
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
                <div class="proposal" data-key=proposal.key()>{proposal.draw(l)}</div>
                <CheckboxGroup name="form[locations][]" label=of("locations") hint=t::filing::hint::locations(l)
                    choices=choices(l, ServerLocation::ROWS) values=form.locations.clone() columns=true/>
                <div data-differs="" hidden={!matches!(proposal, Proposal::Mismatch(_))}>
                    <Checkbox name="form[location_confirmed]" label=t::filing::access::confirmed(l)
                        checked={form.location_confirmed == "yes"}/>
                </div>
            </fieldset>
        }
        .into_any()
    };
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::access::title(l)
            caption=format!("{} · {}", t::filing::site_n(l, &site.to_string()), t::filing::access_n(l, &key.to_string()))
            lead=t::filing::access::lead(l)/>
        {section::form(&view, here, doors::filings::SAVE_ACCESS, fields)}
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

/// What is said about the places, given the addresses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Proposal {
    /// Nothing is known of them.
    None,
    /// There are no addresses yet.
    Later,
    /// Another place was chosen than these.
    Mismatch(Vec<ServerLocation>),
    /// These were chosen.
    Same(Vec<ServerLocation>),
    /// Nothing was chosen yet: these can be taken.
    Offer(Vec<ServerLocation>),
}

impl Proposal {
    /// For these answers, by the chosen provider's ranges.
    pub(crate) fn of(form: &AccessForm, tables: &Tables) -> Self {
        let found = places(form, tables);
        if found.is_empty() {
            let blank = form.provider_id.trim().is_empty() || form.addresses.trim().is_empty();
            return if blank { Self::Later } else { Self::None };
        }
        if differs(&found, &form.locations) {
            return Self::Mismatch(found);
        }
        if form.locations.is_empty() { Self::Offer(found) } else { Self::Same(found) }
    }

    fn places(&self) -> &[ServerLocation] {
        match self {
            Self::None | Self::Later => &[],
            Self::Mismatch(places) | Self::Same(places) | Self::Offer(places) => places,
        }
    }

    /// The places' codes, as a button ticks them.
    pub(crate) fn codes(&self) -> String {
        let codes: Vec<String> = self.places().iter().map(|place| place.id().to_string()).collect();
        codes.join(" ")
    }

    /// Two proposals with one key look the same.
    pub(crate) fn key(&self) -> String {
        let kind = match self {
            Self::None => "none",
            Self::Later => "later",
            Self::Mismatch(_) => "mismatch",
            Self::Same(_) => "same",
            Self::Offer(_) => "offer",
        };
        format!("{kind} {}", self.codes())
    }

    /// What it says.
    pub(crate) fn words(&self, l: Lang) -> String {
        let names = place_names(l, self.places());
        match self {
            Self::None => String::new(),
            Self::Later => t::filing::access::proposed_later(l).to_owned(),
            Self::Mismatch(_) => t::filing::access::mismatch(l, &names),
            Self::Same(_) => t::filing::access::proposed_same(l, &names),
            Self::Offer(_) => t::filing::access::proposed(l, &names),
        }
    }

    fn draw(&self, l: Lang) -> AnyView {
        let (words, codes) = (self.words(l), self.codes());
        match self {
            Self::None => ().into_any(),
            Self::Later | Self::Same(_) => view! { <p class="hint">{words}</p> }.into_any(),
            Self::Mismatch(_) => view! { <Notice kind=NoticeKind::Warning><p>{words}</p></Notice> }.into_any(),
            Self::Offer(_) => view! {
                <Notice>
                    <p>{words}</p>
                    <button type="button" class="button button-secondary with-scripts" data-tick=codes>
                        {t::filing::access::propose(l)}
                    </button>
                </Notice>
            }
            .into_any(),
        }
    }
}

/// The licensed providers; many of them can be narrowed.
fn provider_field(form: &AccessForm, all: &[ProviderChoice], label: String) -> AnyView {
    let l = use_lang();
    let choices: Vec<_> = all
        .iter()
        .map(|provider| (provider.id.to_string(), t::filing::aside(l, &provider.name, &provider.licence_number)))
        .collect();
    let narrow = (choices.len() >= NARROWED_FROM).then(|| {
        view! {
            <div class="field with-scripts">
                <label for="provider-filter">{t::filing::access::filter(l)}</label>
                <input class="input input-half" id="provider-filter" type="search" autocomplete="off" data-narrows=""/>
                <p class="hint" role="status" data-narrowed-to="">{t::filing::access::filtered(l, &choices.len().to_string())}</p>
            </div>
        }
    });
    let empty = if choices.is_empty() { t::filing::access::none_licensed(l) } else { t::filing::form::choose(l) };
    view! {
        {narrow}
        <SelectField name="form[provider_id]" label=label hint=t::filing::hint::provider_id(l) choices=choices
            value=form.provider_id.clone() empty=empty/>
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
