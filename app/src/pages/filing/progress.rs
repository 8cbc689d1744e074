//! Where a filing stands: the holder, the deadline, the waiting, what happened and what comes next (R8). Changes appear
//! without a reload.

use domain::{
    filing::{Status, Verb},
    id::FilingId,
    refusal::Refusal,
    views::filings::{NoteView, PersonDue, ProgressView, TimelineEntry, Waiting},
};
use leptos::prelude::*;

use super::{
    answers::{label, section_name, status_tone},
    footers,
};
use crate::{
    doors::{
        self,
        filings::{BeginAgain, Standing},
    },
    parts::{case::notes::preapproval, dates, load::load_once},
    paths,
    texts::{Lang, refusal_text, status_text, t, use_lang, verb_text},
    ui::{
        self, Breadcrumb, ButtonRow, Column, Countdown, DataTable, FormAction, LinkButton, Notice, NoticeKind, PageHead,
        PostForm, SubmitButton, SummaryList, SummaryRow, Tag, Timeline,
    },
};

/// The page.
pub(super) fn page(id: FilingId) -> AnyView {
    let l = use_lang();
    load_once(doors::filings::progress(id), move |progress: Standing| {
        let status = progress.view.status;
        view! {
            <Breadcrumb trail=vec![(paths::filings(), t::filing::area(l).to_owned())]/>
            <p class="visually-hidden" role="status" data-said="" data-kept=""></p>
            <div data-offline="" hidden>
                <Notice kind=NoticeKind::Warning><p>{t::filing::progress::reconnecting(l)}</p></Notice>
            </div>
            <div
                data-live=id.to_string()
                data-status=status.name()
                data-updated=t::filing::progress::updated(l, status_text(l, status))
            >
                {draw(l, &progress)}
            </div>
            <p class="hint with-scripts">{t::filing::progress::live(l)}</p>
            <p class="hint without-scripts">{t::filing::progress::reload(l)}</p>
        }
        .into_any()
    })
}

fn draw(l: Lang, Standing { view, now }: &Standing) -> AnyView {
    let title = if view.title.is_empty() { t::filing::untitled(l).to_owned() } else { view.title.clone() };
    let held = view.held_at.map(|_| view! { " "<Tag text=t::filing::progress::held(l) tone=ui::Tone::Amber/> });
    let tag = view! { <Tag text=status_text(l, view.status) tone=status_tone(view.status)/>{held} }.into_any();
    let number = view.number.as_ref().map(|number| {
        let sites = view
            .sites
            .iter()
            .map(|site| {
                view! {
                    <p class="number-of">{format!("{} · {}", t::filing::progress::site_number(l), site.domain)}</p>
                    <p class="number-large">{site.number.clone()}</p>
                }
            })
            .collect_view();
        let rows = vec![SummaryRow::new(t::filing::progress::number(l), number.clone())];
        let show = match view.sites.iter().all(|site| site.shown == site.number) {
            true => t::filing::progress::show_number(l),
            false => t::filing::progress::show_sponsor_number(l),
        };
        view! {
            <section class="number-panel">
                <h2>{t::filing::progress::approved(l)}</h2>
                {sites}
                <p>{show}</p>
                <SummaryList rows=rows/>
            </section>
        }
    });
    // What can be changed is read where it is changed; of what was given up nothing is left.
    let gone = view.status.is_editable()
        || view.status == Status::Discarded
        || (matches!(view.status, Status::Expired | Status::Stopped) && view.kept_until.is_none());
    let answers = (!gone).then(|| view! { <p><a href=paths::filing::answers(view.id)>{t::filing::progress::answers(l)}</a></p> });
    view! {
        <PageHead title=title caption=t::filing::progress::title(l) lead=view.domains.join("、") actions=tag/>
        {number}
        {footers::section(l, view)}
        {came_back(l, view)}
        {facts(l, view, *now)}
        {answers}
        {persons(l, view)}
        {offers(l, view)}
        <section>
            <h2>{t::filing::progress::next(l)}</h2>
            <p>{next(l, view.status)}</p>
            {again(l, view)}
        </section>
        <section>
            <h2>{t::filing::progress::timeline(l)}</h2>
            {timeline(l, view)}
        </section>
    }
    .into_any()
}

/// It waits for the registrant: say so on top, with the way in.
fn came_back(l: Lang, view: &ProgressView) -> Option<AnyView> {
    let to = paths::filing::tasks(view.id);
    view.status.is_returned().then(|| {
        let sms = (view.status == Status::SmsFailed).then(|| view! { <p>{t::filing::returned::sms_failed(l)}</p> });
        view! {
            <Notice kind=NoticeKind::Warning title=t::filing::returned::title(l)>
                {sms}
                <LinkButton href=to label=t::filing::list::correct(l)/>
            </Notice>
        }
        .into_any()
    })
}

fn facts(l: Lang, view: &ProgressView, now: time::OffsetDateTime) -> AnyView {
    let mut rows = vec![SummaryRow::new(t::filing::progress::now(l), status_text(l, view.status))];
    if !view.status.is_final() {
        let holder = if view.holder.is_empty() {
            match view.status {
                Status::SmsPending => t::filing::progress::by_person(l).to_owned(),
                _ => t::filing::progress::holder_you(l).to_owned(),
            }
        } else {
            view.holder.clone()
        };
        rows.push(SummaryRow::new(t::filing::progress::holder(l), holder));
    }
    if let Some(at) = view.held_at {
        let department = if view.department.is_empty() { t::filing::progress::held_some(l) } else { &view.department };
        let since = t::filing::progress::held_since(l, &dates::moment(l, at), department);
        rows.push(SummaryRow::new(t::filing::progress::held(l), since));
    } else if view.second_look {
        rows.push(SummaryRow::new(t::filing::progress::review(l), t::filing::progress::second_look(l)));
    }
    if view.paused {
        rows.push(SummaryRow::new(t::filing::progress::due(l), t::filing::progress::due_paused(l)));
    }
    if let Some(due) = view.due_at.filter(|_| !view.status.is_final()) {
        let left = (due - now).whole_hours();
        let words = view! {
            <Countdown left=dates::left(l, now, due) at=dates::moment(l, due) soon={(0..24).contains(&left)} missed={due < now}/>
        };
        rows.push(SummaryRow::with_view(t::filing::progress::due(l), words.into_any()));
    }
    if let Some(waiting) = &view.waiting {
        rows.push(SummaryRow::new(t::filing::progress::waiting(l), waiting_text(l, waiting)));
    }
    if let Some(day) = view.expires_on {
        rows.push(SummaryRow::new(t::filing::progress::expiry(l), t::filing::progress::expires(l, &dates::date(l, day))));
    }
    view! { <SummaryList rows=rows/> }.into_any()
}

fn waiting_text(l: Lang, waiting: &Waiting) -> String {
    let ahead = match waiting.ahead {
        0 => t::filing::progress::ahead_none(l).to_owned(),
        n => t::filing::progress::ahead(l, &n.to_string()),
    };
    let median = match waiting.median_minutes {
        None => t::filing::progress::median_unknown(l).to_owned(),
        Some(minutes @ ..=90) => t::filing::progress::median_minutes(l, &minutes.max(1).to_string()),
        Some(minutes @ 91..=2880) => t::filing::progress::median_hours(l, &((minutes + 59) / 60).to_string()),
        Some(minutes) => t::filing::progress::median_days(l, &((minutes + 1439) / 1440).to_string()),
    };
    format!("{ahead}{}{median}", l.pick("；", "; "))
}

fn persons(l: Lang, view: &ProgressView) -> Option<AnyView> {
    if view.persons.is_empty() {
        return None;
    }
    let due = view.persons.iter().any(|person| person.confirmed_at.is_none());
    let lead = view.confirm_until.map(|until| view! { <p>{t::filing::progress::persons_lead(l, &dates::moment(l, until))}</p> });
    let confirm =
        due.then(|| view! { <p><LinkButton href=paths::sms() label=t::filing::progress::confirm(l) external=true/></p> });
    let columns = vec![
        Column::new(t::filing::progress::person_name(l)),
        Column::new(t::filing::progress::person_mobile(l)),
        Column::new(t::filing::progress::person_state(l)),
    ];
    let rows = view.persons.iter().map(|person| person_row(l, person)).collect();
    Some(
        view! {
            <section>
                <h2>{t::filing::progress::persons(l)}</h2>
                {lead}
                <DataTable caption=t::filing::progress::persons(l) columns=columns rows=rows/>
                {confirm}
            </section>
        }
        .into_any(),
    )
}

fn person_row(l: Lang, person: &PersonDue) -> Vec<AnyView> {
    let state = match person.confirmed_at {
        Some(at) => {
            view! { <Tag text=t::filing::progress::person_done(l, &dates::moment(l, at)) tone=ui::Tone::Green/> }.into_any()
        }
        None => view! { <Tag text=t::filing::progress::person_due(l) tone=ui::Tone::Amber/> }.into_any(),
    };
    vec![person.name.clone().into_any(), person.mobile.clone().into_any(), state]
}

/// What can be done, as the state machine offers it; what is refused says why.
fn offers(l: Lang, view: &ProgressView) -> Option<AnyView> {
    let id = view.id;
    let mut items = Vec::new();
    for (verb, refusal) in &view.offers {
        let (href, label) = match verb {
            Verb::Edit => (paths::filing::tasks(id), t::filing::progress::correct(l)),
            Verb::Submit if view.status == Status::Draft => (paths::filing::tasks(id), t::filing::list::r#continue(l)),
            Verb::Withdraw => (paths::filing::withdraw(id), t::filing::progress::withdraw(l)),
            Verb::Discard => (paths::filing::discard(id), t::filing::progress::discard(l)),
            _ => continue,
        };
        items.push(offer(l, href, label, *refusal, *verb));
    }
    (!items.is_empty()).then(|| view! { <ButtonRow>{items}</ButtonRow> }.into_any())
}

fn offer(l: Lang, href: String, label: &'static str, refusal: Option<Refusal>, verb: Verb) -> AnyView {
    // A draft that lacks answers is still to be filled in.
    match refusal.filter(|refusal| !(verb == Verb::Submit && *refusal == Refusal::Incomplete)) {
        None => {
            view! { <LinkButton href=href label=label secondary={matches!(verb, Verb::Withdraw | Verb::Discard)}/> }.into_any()
        }
        Some(refusal) => view! {
            <span class="refused">
                <button type="button" class="button button-secondary" disabled>{label}</button>
                <span class="hint">{refusal_text(l, &refusal)}</span>
            </span>
        }
        .into_any(),
    }
}

/// Until when the answers of a filing that ended are kept, and the way on from one that expired.
fn again(l: Lang, view: &ProgressView) -> Option<AnyView> {
    let until = dates::date(l, view.kept_until?);
    if view.status == Status::Stopped {
        return Some(view! { <p>{t::filing::progress::kept_stopped(l, &until)}</p> }.into_any());
    }
    let (id, kept) = (view.id, t::filing::progress::kept_until(l, &until));
    Some(
        view! {
            <p>{kept}</p>
            <PostForm id="again" action={FormAction::of::<BeginAgain>()} class="form-line">
                <input type="hidden" name="id" value=id.to_string()/>
                <SubmitButton label=t::filing::progress::again(l)/>
            </PostForm>
        }
        .into_any(),
    )
}

fn next(l: Lang, status: Status) -> &'static str {
    t::filing::progress::by_key(l, &format!("next_{}", status.name())).unwrap_or_default()
}

fn timeline(l: Lang, view: &ProgressView) -> AnyView {
    let entries = view.timeline.iter().enumerate().map(|(at, entry)| timeline_entry(l, entry, at == 0)).collect();
    view! { <Timeline entries=entries/> }.into_any()
}

fn timeline_entry(l: Lang, entry: &TimelineEntry, current: bool) -> ui::TimelineEntry {
    let who = t::filing::progress::by_key(l, &format!("by_{}", entry.who)).unwrap_or_default();
    let title = format!("{} → {}", verb_text(l, entry.verb), status_text(l, entry.to));
    let note = entry.note.as_ref().map(|note| note_view(l, note));
    let body = view! { <p class="hint">{who}</p> {note} };
    ui::TimelineEntry {
        title,
        when: dates::moment(l, entry.at),
        body: Some(body.into_any()),
        tone: status_tone(entry.to),
        current,
    }
}

fn note_view(l: Lang, note: &NoteView) -> AnyView {
    let reasons = note
        .reasons
        .iter()
        .map(|reason| {
            let name = match reason.section.parse() {
                Ok(section) => format!("{} · {}", section_name(l, section), label(l, section, &reason.field)),
                Err(_) => reason.field.clone(),
            };
            let suggestion = (!reason.suggestion.is_empty()).then(|| t::filing::returned::suggestion(l, &reason.suggestion));
            view! { <li><strong>{name}</strong><p class="reviewer-words">{reason.words.clone()}</p>{suggestion}</li> }
        })
        .collect_view();
    let words = (!note.words.is_empty()).then(|| view! { <p class="reviewer-words">{note.words.clone()}</p> });
    let preapproval = note.preapproval.as_ref().map(|said| preapproval(l, said));
    view! { <div class="note">{preapproval}{words}<ul class="reason-list">{reasons}</ul></div> }.into_any()
}
