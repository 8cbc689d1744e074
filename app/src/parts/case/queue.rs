//! One list of a desk: counts that open lists, rows that stay in place while others come and go.

use domain::views::desk::{CaseRow, DeskCounts, DeskView, Listing};
use leptos::prelude::*;

use super::{
    House, Place,
    deadline::{age, deadline, when},
};
use crate::{
    texts::{Lang, status_text, t},
    ui::{Empty, Tag, Tone},
};
use domain::filing::Status;

/// What a list is called.
pub fn list_text(l: Lang, listing: Listing) -> &'static str {
    match listing {
        Listing::Waiting => t::desk::list_waiting(l),
        Listing::Mine => t::desk::list_mine(l),
        Listing::DueSoon => t::desk::list_due_soon(l),
        Listing::Missed => t::desk::list_missed(l),
        Listing::Confirming => t::desk::list_confirming(l),
        Listing::Returned => t::desk::list_returned(l),
        Listing::SecondLook => t::desk::list_second_look(l),
        Listing::Held => t::desk::list_held(l),
        Listing::All => t::desk::list_all(l),
    }
}

/// The colour of a status; its words stand beside it.
pub fn status_tone(status: Status) -> Tone {
    match status {
        Status::ProviderReview | Status::BureauReview | Status::SmsPending => Tone::Blue,
        Status::ProviderReturned | Status::SmsFailed | Status::BureauRefused => Tone::Amber,
        Status::Approved => Tone::Green,
        Status::Stopped | Status::Expired => Tone::Red,
        Status::Draft | Status::Discarded => Tone::Grey,
    }
}

fn count_of(counts: &DeskCounts, listing: Listing) -> Option<i64> {
    Some(match listing {
        Listing::Waiting => counts.waiting,
        Listing::Mine => counts.mine,
        Listing::DueSoon => counts.due_soon,
        Listing::Missed => counts.missed,
        Listing::Confirming => counts.confirming,
        Listing::Returned => counts.returned,
        Listing::SecondLook => return counts.second_look,
        Listing::Held => return counts.held,
        Listing::All => return None,
    })
}

/// The counts, each a link to the list behind it.
pub fn counts(l: Lang, place: Place, desk: RwSignal<DeskView>) -> AnyView {
    let cards = Listing::ALL
        .into_iter()
        // A house has the lists that its work has.
        .filter(|listing| desk.with_untracked(|desk| count_of(&desk.counts, *listing)).is_some())
        .map(|listing| {
            let number = move || desk.with(|desk| count_of(&desk.counts, listing));
            let tone = move || match (listing, number()) {
                (Listing::Missed, Some(1..)) => "count count-missed",
                (Listing::DueSoon, Some(1..)) => "count count-soon",
                _ => "count",
            };
            let current = (place.listing == listing).then_some("page");
            view! {
                <li>
                    <a class=tone href=place.with(listing).desk() aria-current=current>
                        <span class="count-name">{list_text(l, listing)}</span>
                        <strong class="count-number">{number}</strong>
                    </a>
                </li>
            }
        })
        .collect_view();
    let oldest = move || {
        let (waiting, minutes) = desk.with(|desk| (desk.counts.waiting, desk.counts.oldest_minutes));
        if waiting > 0 { age(l, minutes) } else { t::desk::oldest_none(l).to_owned() }
    };
    view! {
        <nav class="counts" aria-label=t::desk::counts(l)>
            <ul>
                {cards}
                <li>
                    <a class="count" href=place.with(Listing::All).desk()>
                        <span class="count-name">{t::desk::done_today(l)}</span>
                        <strong class="count-number">{move || desk.with(|desk| desk.counts.done_today)}</strong>
                    </a>
                </li>
                <li>
                    <a class="count" href=place.with(Listing::Waiting).desk()>
                        <span class="count-name">{t::desk::oldest(l)}</span>
                        <strong class="count-number count-words">{oldest}</strong>
                    </a>
                </li>
                <li>
                    <a
                        class="count"
                        href=place.with(Listing::All).desk()
                        aria-current={(place.listing == Listing::All).then_some("page")}
                    >
                        <span class="count-name">{list_text(l, Listing::All)}</span>
                        <strong class="count-number count-words">{t::desk::look_at_all(l)}</strong>
                    </a>
                </li>
            </ul>
        </nav>
    }
    .into_any()
}

/// The rows of the list, or what to do when there are none.
pub fn rows(l: Lang, place: Place, desk: RwSignal<DeskView>, now: Signal<domain::Moment>) -> AnyView {
    let name = list_text(l, place.listing);
    let caption =
        if place.listing == Listing::All { t::desk::table_caption_all(l, name) } else { t::desk::table_caption(l, name) };
    let heads = [
        t::desk::col_sponsor(l),
        t::desk::col_domain(l),
        t::desk::col_status(l),
        t::desk::col_due(l),
        t::desk::col_holder(l),
        t::desk::col_entered(l),
    ];
    let heads = StoredValue::new(heads);
    let empty = Memo::new(move |_| desk.with(|desk| desk.rows.is_empty()));
    (move || {
        if empty.get() {
            return nothing(l, place);
        }
        let caption = caption.clone();
        let head_cells = heads.get_value().map(|head| view! { <th scope="col">{head}</th> }).collect_view();
        view! {
            <div class="table-frame">
                <table class="table queue">
                    <caption class="visually-hidden">{caption}</caption>
                    <thead><tr>{head_cells}</tr></thead>
                    <tbody>
                        <For each=move || desk.with(|desk| desk.rows.clone()) key=row_key let:row>
                            {self::row(l, place, &heads.get_value(), row, now)}
                        </For>
                    </tbody>
                </table>
            </div>
        }
        .into_any()
    })
    .into_any()
}

/// What a row shows: it is drawn anew only when this changes.
fn row_key(row: &CaseRow) -> (domain::id::FilingId, Status, Option<i64>, Option<String>, String) {
    let due = row.due_at.map(|due| due.unix_timestamp()).or(row.paused.then_some(0));
    let shown = format!("{}{}{}{}{}", row.title, row.domains.join(" "), row.held, row.second_look, row.proposed_by_me);
    (row.id, row.status, due, row.claimed_by.clone(), shown)
}

fn row(l: Lang, place: Place, heads: &[&'static str; 6], row: CaseRow, now: Signal<domain::Moment>) -> AnyView {
    let [sponsor, domain, status, due, holder, entered] = *heads;
    let title = match (row.title.is_empty(), row.nature) {
        (false, _) => row.title.clone(),
        (true, Some(5)) => t::desk::individual(l).to_owned(),
        (true, _) => t::desk::untitled(l).to_owned(),
    };
    let first = row.domains.first().cloned().unwrap_or_default();
    let more = (row.domains.len() > 1)
        .then(|| view! { <span class="muted">{format!(" {}", t::desk::more_domains(l, &row.domains.len().to_string()))}</span> });
    let none = || view! { <span class="muted">"—"</span> }.into_any();
    let handler = match (&row.claimed_by, row.mine) {
        (_, true) => view! { <strong>{t::desk::me(l)}</strong> }.into_any(),
        (Some(name), false) => name.clone().into_any(),
        (None, false) if row.status.is_final() => none(),
        (None, false) => view! { <span class="muted">{t::desk::nobody(l)}</span> }.into_any(),
    };
    let beside = beside(l, &row);
    let limit = if row.status.is_final() { none() } else { deadline(l, House::holding(row.status), row.due_at, row.paused, now) };
    view! {
        <tr>
            <td data-head=sponsor><a class="case-link" href=place.case(row.id)>{title}</a></td>
            <td data-head=domain><span class="domain">{first}{more}</span></td>
            <td data-head=status><span><Tag text=status_text(l, row.status) tone=status_tone(row.status)/>{beside}</span></td>
            <td data-head=due><span>{limit}</span></td>
            <td data-head=holder><span>{handler}</span></td>
            <td data-head=entered>{when(l, row.entered_at)}</td>
        </tr>
    }
    .into_any()
}

/// What runs beside the status: a department is asked, another person must look.
fn beside(l: Lang, row: &CaseRow) -> AnyView {
    let held = row.held.then(|| view! { " "<Tag text=t::desk::held(l) tone=Tone::Amber/> });
    let second = row.second_look.then(|| {
        let words = if row.proposed_by_me { t::desk::second_look_mine(l) } else { t::desk::second_look(l) };
        view! { " "<Tag text=words tone=Tone::Amber/> }
    });
    view! { {held}{second} }.into_any()
}

fn nothing(l: Lang, place: Place) -> AnyView {
    let (title, hint) = match place.listing {
        Listing::Waiting => (t::desk::empty_waiting(l), t::desk::empty_waiting_hint(l)),
        _ => (t::desk::empty_list(l), t::desk::empty_list_hint(l)),
    };
    let all = (place.listing != Listing::All)
        .then(|| view! { <p><a href=place.with(Listing::All).desk()>{t::desk::list_all(l)}</a></p> });
    view! {
        <Empty title=title>
            <p>{hint}</p>
            {all}
        </Empty>
    }
    .into_any()
}

/// The way to the pages before and after.
pub fn pages(l: Lang, place: Place, desk: RwSignal<DeskView>) -> AnyView {
    let (page, more) = (place.page, Memo::new(move |_| desk.with(|desk| desk.more)));
    (move || {
        let before = (page > 1).then(|| {
            view! { <a class="step" rel="prev" href=place.on_page(page - 1).desk()>{t::form::previous(l)}</a> }
        });
        let after = more.get().then(|| {
            view! { <a class="step" rel="next" href=place.on_page(page + 1).desk()>{t::form::next(l)}</a> }
        });
        if page == 1 && after.is_none() {
            return None;
        }
        Some(view! {
            <nav class="pagination" aria-label=t::form::pages(l)>
                {before}
                <span aria-current="page">{t::desk::page_nth(l, &page.to_string())}</span>
                {after}
            </nav>
        })
    })
    .into_any()
}

/// The title of a house's desk, and what it is for.
pub fn title(l: Lang, house: House) -> (&'static str, &'static str) {
    match house {
        House::Provider => (t::desk::provider_title(l), t::desk::provider_lead(l)),
        House::Bureau => (t::desk::bureau_title(l), t::desk::bureau_lead(l)),
    }
}
