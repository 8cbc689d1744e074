//! An access (接入信息).

use super::{Reader, is_ticked};
use crate::application::Access;
use crate::codes::{AccessMethod, ServerLocation};
use crate::forms::AccessForm;
use crate::id::ProviderId;
use crate::ip_range::{self, IpRange};
use crate::problem::{Fault, Rule};
use crate::tables::{ProviderRange, Tables};

/// Most lines of addresses.
const LINES: usize = 100;

pub(crate) fn read(reader: &mut Reader<'_>, key: u8, form: &AccessForm) -> Option<Access> {
    reader.bound(&form.texts(), AccessForm::FIELDS);
    let provider = read_provider(reader, form);
    let service_code = read_service_code(reader, form);
    let method = reader.choose("method", &form.method, AccessMethod::choose);
    let locations = reader.choose_many("locations", &form.locations, ServerLocation::choose);
    let ranges = read_ranges(reader, form);
    if let (Some(provider), Some(ranges)) = (provider, &ranges) {
        check_provider(reader, form, provider, ranges, locations.as_deref());
    }
    if !reader.problems.is_empty() {
        return None;
    }
    Some(Access {
        key,
        provider: provider?,
        service_code: service_code?,
        method: method?,
        locations: locations?,
        ranges: ranges?,
    })
}

fn read_provider(reader: &mut Reader<'_>, form: &AccessForm) -> Option<ProviderId> {
    let text = reader.required("provider_id", &form.provider_id)?;
    let provider: Option<ProviderId> = text.parse().ok();
    let listed = |id: &ProviderId| {
        let providers = &reader.tables.providers;
        providers.contains(id) || (providers.is_empty() && !reader.depth.is_whole())
    };
    reader.take("provider_id", provider.filter(listed).ok_or(Rule::ProviderUnknown))
}

/// An instance or an authorisation code; whether the provider gave it, the provider's own list knows.
fn read_service_code(reader: &mut Reader<'_>, form: &AccessForm) -> Option<String> {
    let code = reader.required("service_code", &form.service_code)?;
    let fits = code.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c));
    reader.take("service_code", if fits { Ok(code) } else { Err(Rule::ServiceCode) })
}

/// One address or range a line; people part them with commas and semicolons too.
fn read_ranges(reader: &mut Reader<'_>, form: &AccessForm) -> Option<Vec<IpRange>> {
    let lines = ip_range::lines(&form.addresses);
    let lines: Vec<_> = lines.collect();
    let permitted = permitted_ranges(reader.tables);
    let result = match lines.len() {
        0 => Err(Fault::from(Rule::Required)),
        1..=LINES => read_lines(&lines, &permitted),
        _ => Err(Fault::with(Rule::TooManyRanges, LINES.to_string())),
    };
    reader.take("addresses", result)
}

fn read_lines(lines: &[&str], permitted: &[IpRange]) -> Result<Vec<IpRange>, Fault> {
    let mut ranges: Vec<IpRange> = Vec::new();
    for line in lines {
        if crate::text::find_unprintable(line).is_some() {
            return Err(Rule::Unprintable.into());
        }
        let range = IpRange::parse(line)?;
        if range.is_reserved(permitted) {
            return Err(Fault::with(Rule::RangeReserved, *line));
        }
        if ranges.iter().any(|other| range.overlaps(*other)) {
            return Err(Fault::with(Rule::RangeRepeated, *line));
        }
        ranges.push(range);
    }
    Ok(ranges)
}

fn permitted_ranges(tables: &Tables) -> Vec<IpRange> {
    let rows = tables.permitted_ranges.iter();
    rows.filter_map(|(first, last)| IpRange::new(*first, *last)).collect()
}

/// The addresses lie in the provider's own ranges (1063), and the place of the servers is the one of those ranges
/// unless the person says that it is another.
fn check_provider(
    reader: &mut Reader<'_>,
    form: &AccessForm,
    provider: ProviderId,
    ranges: &[IpRange],
    locations: Option<&[ServerLocation]>,
) {
    let own: Vec<&ProviderRange> = reader.tables.ranges.iter().filter(|row| row.provider == provider).collect();
    if own.is_empty() && !reader.depth.is_whole() {
        return;
    }
    let all = || own.iter().filter_map(|row| IpRange::new(row.start, row.end));
    if let Some(range) = ranges.iter().find(|range| !range.lies_in(all())) {
        reader.add("addresses", Fault::with(Rule::RangeNotProviders, range.to_string()));
        return;
    }
    let places = places_of(&own, ranges);
    let Some(chosen) = locations else { return };
    let same = places.len() == chosen.len() && places.iter().all(|place| chosen.contains(place));
    if !places.is_empty() && !same && !is_ticked(&form.location_confirmed) {
        let names: Vec<_> = places.iter().map(|place| place.zh()).collect();
        reader.add("locations", Fault::with(Rule::LocationMismatch, names.join("、")));
    }
}

/// Where the addresses are, by the provider's ranges.
fn places_of(own: &[&ProviderRange], ranges: &[IpRange]) -> Vec<ServerLocation> {
    let mut places = Vec::new();
    for row in own {
        let Some(range) = IpRange::new(row.start, row.end) else {
            continue;
        };
        let place = ServerLocation::find(row.location.into());
        if let Some(place) = place.filter(|place| !places.contains(place))
            && ranges.iter().any(|other| other.overlaps(range))
        {
            places.push(place);
        }
    }
    places.sort();
    places
}

impl Tables {
    /// 服务器放置地 as the provider's ranges say it for these addresses: what a form proposes.
    pub fn locations_of(&self, provider: ProviderId, addresses: &str) -> Vec<ServerLocation> {
        let own: Vec<_> = self.ranges.iter().filter(|row| row.provider == provider).collect();
        let ranges: Vec<_> = ip_range::lines(addresses).filter_map(|line| IpRange::parse(line).ok()).collect();
        places_of(&own, &ranges)
    }
}
