//! Where one is at a desk: whose, which list, which page.

use domain::{
    actor::Actor,
    filing::{Status, Verb},
    id::FilingId,
    views::desk::Listing,
};
use leptos_router::params::ParamsMap;

use crate::paths;

/// Whose desk it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum House {
    /// 接入服务提供者
    Provider,
    /// 通信管理局
    Bureau,
}

impl House {
    /// The house that an actor works in.
    pub fn of(actor: &Actor) -> Option<Self> {
        match actor {
            Actor::Provider { .. } => Some(Self::Provider),
            Actor::Bureau { .. } => Some(Self::Bureau),
            _ => None,
        }
    }

    /// The house whose deadline runs at a status: the bureau counts working days, everybody else hours.
    pub fn holding(status: Status) -> Self {
        if status == Status::BureauReview { Self::Bureau } else { Self::Provider }
    }

    /// The address of its desk.
    pub fn path(self) -> String {
        match self {
            Self::Provider => paths::provider(),
            Self::Bureau => paths::bureau(),
        }
    }

    /// The verbs by which this house decides, in the order of their buttons.
    pub fn verdicts(self) -> &'static [Verb] {
        match self {
            Self::Provider => &[Verb::Pass, Verb::Return, Verb::Correct, Verb::Resubmit],
            Self::Bureau => &[Verb::Approve, Verb::SendBack, Verb::Refuse, Verb::Hold, Verb::Resume, Verb::Retract, Verb::Stop],
        }
    }

    /// The verb that needs reasons per field.
    pub fn reasoned(self) -> Verb {
        match self {
            Self::Provider => Verb::Return,
            Self::Bureau => Verb::Refuse,
        }
    }
}

/// The list and page that one works from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Whose desk.
    pub house: House,
    /// Which list.
    pub listing: Listing,
    /// Which page of it, from 1.
    pub page: u32,
}

impl Place {
    /// The place that an address's query names; the first page of the queue where it names none.
    pub fn from_query(house: House, query: &ParamsMap) -> Self {
        let listing = query.get_str("list").and_then(Listing::find).unwrap_or_default();
        let page = query.get_str("page").and_then(|page| page.parse().ok()).unwrap_or(1);
        Self { house, listing, page: u32::max(page, 1) }
    }

    /// The place that a form brings along: `list.page`.
    pub fn from_form(house: House, text: &str) -> Self {
        let (list, page) = text.split_once('.').unwrap_or((text, ""));
        let page = page.parse().unwrap_or(1);
        Self { house, listing: Listing::find(list).unwrap_or_default(), page: u32::max(page, 1) }
    }

    /// The place that an actor's form brings along; none for those who have no desk.
    pub fn of(actor: &Actor, text: &str) -> Option<Self> {
        House::of(actor).map(|house| Self::from_form(house, text))
    }

    /// What a form brings along.
    pub fn to_form(self) -> String {
        format!("{}.{}", self.listing.name(), self.page)
    }

    /// The same desk with another list.
    pub fn with(self, listing: Listing) -> Self {
        Self { listing, page: 1, ..self }
    }

    /// The same list on another page.
    pub fn on_page(self, page: u32) -> Self {
        Self { page: page.max(1), ..self }
    }

    fn query(self) -> String {
        match (self.listing, self.page) {
            (Listing::Waiting, 1) => String::new(),
            (listing, 1) => format!("?list={}", listing.name()),
            (listing, page) => format!("?list={}&page={page}", listing.name()),
        }
    }

    /// The address of the list.
    pub fn desk(self) -> String {
        format!("{}{}", self.house.path(), self.query())
    }

    /// The address of a case opened from the list.
    pub fn case(self, id: FilingId) -> String {
        format!("{}/cases/{id}{}", self.house.path(), self.query())
    }

    /// Where to go after `verb` was done with `last`: the next case, else the list.
    pub fn after(self, verb: Verb, last: FilingId, next: Option<FilingId>) -> String {
        let to = next.map_or_else(|| self.desk(), |next| self.case(next));
        Self::telling(&to, &format!("done={}&last={last}", verb.name()))
    }

    /// As [`Self::after`] an approval, which may be the first of two.
    pub fn after_approval(self, last: FilingId, next: Option<FilingId>, proposed: bool) -> String {
        if !proposed {
            return self.after(Verb::Approve, last, next);
        }
        let to = next.map_or_else(|| self.desk(), |next| self.case(next));
        Self::telling(&to, &format!("done={PROPOSED}&last={last}"))
    }

    /// The same case again after `verb` was done with it.
    pub fn stay(self, verb: Verb, id: FilingId) -> String {
        Self::telling(&self.case(id), &format!("done={}", verb.name()))
    }

    /// As [`Self::stay`], whatever comes next.
    pub fn stay_with(self, verb: Verb, id: FilingId, _next: Option<FilingId>) -> String {
        self.stay(verb, id)
    }

    fn telling(to: &str, what: &str) -> String {
        format!("{to}{}{what}", if to.contains('?') { '&' } else { '?' })
    }
}

/// What an address says was done where an approval was the first of two.
pub const PROPOSED: &str = "proposed";

/// The case that a path of a desk names: `/provider/cases/{id}`.
pub fn case_of(path: &str) -> Option<FilingId> {
    let mut segments = path.trim_matches('/').split('/').skip(1);
    match (segments.next(), segments.next(), segments.next()) {
        (Some("cases"), Some(id), None) => id.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place = Place { house: House::Provider, listing: Listing::DueSoon, page: 3 };

    #[test]
    fn a_place_survives_the_way_through_a_form() {
        assert_eq!(Place::from_form(House::Provider, &PLACE.to_form()), PLACE);
        let lost = Place::from_form(House::Bureau, "nothing.-1");
        assert_eq!(lost, Place { house: House::Bureau, listing: Listing::Waiting, page: 1 });
    }

    #[test]
    fn after_a_verdict_the_next_case_keeps_list_and_page() {
        let (last, next) = (FilingId(uuid::Uuid::from_u128(1)), FilingId(uuid::Uuid::from_u128(2)));
        assert_eq!(
            PLACE.after(Verb::Pass, last, Some(next)),
            format!("/provider/cases/{next}?list=due_soon&page=3&done=pass&last={last}")
        );
        let first = PLACE.with(Listing::Waiting);
        assert_eq!(first.after(Verb::Pass, last, None), format!("/provider?done=pass&last={last}"));
    }

    #[test]
    fn only_the_path_of_a_case_names_one() {
        let id = FilingId(uuid::Uuid::from_u128(7));
        assert_eq!(case_of(&format!("/bureau/cases/{id}")), Some(id));
        assert_eq!(case_of("/bureau"), None);
        assert_eq!(case_of("/bureau/cases/x"), None);
        assert_eq!(case_of(&format!("/bureau/cases/{id}/more")), None);
    }
}
