//! One case on one screen: findings on top, answers left; right what a verdict rests on, in the order in which it is done:
//! materials looked at, identities checked, persons heard, and then the verdict.

use domain::{
    filing::{Status, Verb},
    views::desk::{CaseView, Proposal},
};
use leptos::{ev, prelude::*, task::spawn_local};

use super::{
    House, Place,
    answers::{self, Answers},
    deadline::{clock, deadline, when},
    desk::{done, sign_in_again},
    findings::findings,
    holder::{claimed_notice, holder, offer},
    identity::identity,
    keys::{Key, Keys, focus, follow, open_and_focus, send},
    materials::{self, materials},
    notes::{note, provider_opinion, timeline},
    queue::{list_text, status_tone},
    reasons::{Notepad, common_problems, form_id},
    verdict::{label, verdict_id, verdicts},
};
use crate::{
    doors::{self, desk::Sheet},
    live::{Topic, listen},
    paths,
    texts::{Lang, status_text, t, use_lang},
    ui::{Breadcrumb, Notice, NoticeKind, PageHead, Tag, Tone, use_page_version},
};

/// The case, whole.
pub(super) fn body(place: Place, sheet: Sheet, pad: Notepad, told: RwSignal<u32>) -> AnyView {
    let l = use_lang();
    let Sheet { case, region, now } = sheet;
    let progress = &case.progress;
    let may = |verb: Verb| offer(&case, verb) == Some(None);
    let reasoned = Some(place.house.reasoned()).filter(|verb| may(*verb));
    let list = StoredValue::new({
        let mut list = answers::list(&case.draft);
        let first = list.len();
        list.extend(materials::list(&case.materials, first));
        list
    });
    let flags = list.with_value(|list| {
        let of_materials = list.iter().filter(|answer| answer.section == domain::problem::Section::Materials);
        of_materials.cloned().collect::<Vec<_>>()
    });
    let shown = Answers {
        l,
        filing: progress.id,
        draft: &case.draft,
        region: &region,
        findings: &case.findings,
        providers: &case.providers,
        reasoned,
        correctable: may(Verb::Correct),
        pad,
    };
    let in_hand = |verb| matches!(offer(&case, verb), Some(None | Some(domain::refusal::Refusal::Incomplete)));
    let recordable = place.house == House::Provider && (in_hand(Verb::Pass) || in_hand(Verb::Resubmit));
    let opinion = (place.house == House::Bureau).then(|| provider_opinion(l, &progress.timeline)).flatten();
    let note = move |ev: ev::Event| pad.note(&ev);
    view! {
        <div class="sheet" on:input=note on:change=move |ev| pad.note(&ev)>
            {head(l, place, &case, now)}
            {changed(l, &case, pad, told)}
            {notices(l, &case, pad)}
            {done(place, Some(progress.title.clone()))}
            {findings(l, &case.findings, &case.providers)}
            {opinion}
            <div class="sheet-columns">
                <div class="sheet-left">
                    <h2 class="visually-hidden">{t::desk::answers(l)}</h2>
                    {(!is_erased(&case)).then(|| shown.draw())}
                    {common_problems(l)}
                </div>
                <div class="sheet-right">
                    {materials(l, &case.materials, &flags, reasoned, pad)}
                    {identity(l, place, &case, recordable)}
                    {persons(l, &case)}
                    {verdicts(l, place, &case, list, pad)}
                </div>
            </div>
            {timeline(l, &progress.timeline)}
        </div>
    }
    .into_any()
}

fn head(l: Lang, place: Place, case: &CaseView, now: domain::Moment) -> AnyView {
    let progress = &case.progress;
    let trail = vec![
        (place.with(Default::default()).desk(), super::queue::title(l, place.house).0.to_owned()),
        (place.desk(), list_text(l, place.listing).to_owned()),
    ];
    // A natural person's name is not among what lists show.
    let title = [&progress.title, &case.draft.sponsor.name].into_iter().find(|name| !name.is_empty()).cloned();
    let title = title.unwrap_or_else(|| t::desk::untitled(l).to_owned());
    let caption = match &progress.number {
        Some(number) => format!("{} {number}", t::desk::issued(l)),
        None => t::desk::case_caption(l).to_owned(),
    };
    let limit = (!progress.status.is_final()).then(|| {
        let now = clock(now);
        deadline(l, House::holding(progress.status), progress.due_at, progress.paused, now)
    });
    let next = match case.next {
        Some(next) => view! { <a class="next-case" href=place.case(next)>{t::desk::next_case(l)}</a> }.into_any(),
        None => view! { <span class="muted">{t::desk::last_case(l)}</span> }.into_any(),
    };
    let actions = view! { {next} <Keys keys=keys(l, place)/> }.into_any();
    view! {
        <Breadcrumb trail=trail/>
        <PageHead title=title caption=caption lead=progress.domains.join(l.pick("、", ", ")) actions=actions/>
        <div class="sheet-bar">
            <Tag text=status_text(l, progress.status) tone=status_tone(progress.status)/>
            {progress.held_at.is_some().then(|| view! { <Tag text=t::desk::held(l) tone=Tone::Amber/> })}
            {case.proposal.is_some().then(|| view! { <Tag text=t::desk::second_look(l) tone=Tone::Amber/> })}
            {limit}
            {ways(l, place, case)}
            {(!progress.offers.is_empty()).then(|| holder(l, place, case))}
        </div>
    }
    .into_any()
}

/// Links to the verdicts that may be given now: they stand in sight however far one has scrolled.
fn ways(l: Lang, place: Place, case: &CaseView) -> AnyView {
    let open = place.house.verdicts().iter().copied().filter(|verb| offer(case, *verb) == Some(None));
    let links = open
        .map(|verb| {
            let id = verdict_id(verb);
            let (href, go) = (format!("#{id}"), move |ev: ev::MouseEvent| {
                ev.prevent_default();
                open_and_focus(&id);
            });
            let main = matches!(verb, Verb::Pass | Verb::Approve);
            let class = if main { "button button-small" } else { "button button-small button-secondary" };
            view! { <li><a class=class href=href rel="external" on:click=go>{label(l, case, verb)}</a></li> }.into_any()
        })
        .collect::<Vec<_>>();
    if links.is_empty() {
        return ().into_any();
    }
    view! { <nav class="ways" aria-label=t::desk::verdict(l)><ul>{links}</ul></nav> }.into_any()
}

fn keys(l: Lang, place: Place) -> Vec<Key> {
    let (yes, yes_text) = match place.house {
        House::Provider => (Verb::Pass, t::desk::key_pass(l)),
        House::Bureau => (Verb::Approve, t::desk::key_approve(l)),
    };
    let (no, no_text) = match place.house {
        House::Provider => (Verb::Return, t::desk::key_return(l)),
        House::Bureau => (Verb::Refuse, t::desk::key_refuse(l)),
    };
    vec![
        Key::new("p", yes_text, move || open_and_focus(&verdict_id(yes))),
        Key::new("r", no_text, move || open_and_focus(&verdict_id(no))),
        Key::new("c", t::desk::key_claim(l), || send(&form_id(Verb::Claim))),
        Key::new("j", t::desk::key_next(l), || follow(".next-case")),
        Key::new("k", t::desk::key_up(l), || _ = window().history().map(|history| history.back())),
        Key::new("u", t::desk::key_list(l), || follow(".breadcrumb li:last-child a")),
    ]
}

/// Tells that the case changed while it was looked at. Where nothing was typed yet it is loaded at once.
fn changed(l: Lang, case: &CaseView, pad: Notepad, told: RwSignal<u32>) -> AnyView {
    let (id, seq) = (case.progress.id, case.progress.seq);
    let version = use_page_version();
    let (newer, signed_out) = (RwSignal::new(false), RwSignal::new(false));
    let reload = move || _ = version.try_update(|version| *version += 1);
    let tell = move |seen: i32| {
        if seen > seq {
            if pad.is_empty() {
                _ = told.try_update(|told| *told += 1);
            } else {
                _ = newer.try_set(true);
            }
        }
    };
    listen(Topic::Filing(id), move |hint| match hint.filing {
        Some(_) => tell(hint.seq),
        // Something may have been missed: only the door knows.
        None => spawn_local(async move {
            match doors::desk::case(id, true).await {
                Ok(sheet) => {
                    _ = signed_out.try_set(false);
                    tell(sheet.case.progress.seq);
                }
                Err(fault) if !fault.wants_sign_in() => {}
                Err(_) if pad.is_empty() => sign_in_again(),
                // What was typed is not taken away.
                Err(_) => _ = signed_out.try_set(true),
            }
        }),
    });
    let ended = move || {
        signed_out.get().then(|| {
            view! {
                <Notice kind=NoticeKind::Warning title=t::errors::expired(l)>
                    <p>{t::fault::signed_out(l)}</p>
                    <p><a href=paths::sign_in() target="_blank" rel="external">{t::fault::sign_in(l)}</a></p>
                </Notice>
            }
        })
    };
    let notice = move || {
        newer.get().then(|| {
            view! {
                <Notice kind=NoticeKind::Warning title=t::desk::changed_title(l)>
                    <p>{t::desk::changed_hint(l)}</p>
                    <button type="button" class="button button-secondary" on:click=move |_| reload()>
                        {t::desk::changed_load(l)}
                    </button>
                </Notice>
            }
        })
    };
    // It stays in sight wherever one types, and takes nobody's focus away.
    view! { <div class="case-changed" role="status">{ended} {notice}</div> }.into_any()
}

/// Of a stopped filing the answers go in their time; what was decided and why stays.
fn is_erased(case: &CaseView) -> bool {
    case.progress.status == Status::Stopped && case.draft.sites.is_empty()
}

/// What to know before anything else. Where a colleague decided or took the case while it was looked at, the page has turned
/// under the reader's eyes: they are led to the notice that says so.
fn notices(l: Lang, case: &CaseView, pad: Notepad) -> AnyView {
    const ID: &str = "case-notices";
    let lost = pad.lost();
    Effect::new(move |_| {
        if lost {
            request_animation_frame(|| {
                window().scroll_to_with_x_and_y(0.0, 0.0);
                focus(&format!("#{ID}"));
            });
        }
    });
    let progress = &case.progress;
    let held = progress.held_at.map(|at| {
        let clock = if case.preapproval_pauses { t::desk::held_paused(l) } else { t::desk::held_runs(l) };
        let department = if progress.department.is_empty() { t::desk::department(l) } else { &progress.department };
        let hint = t::desk::held_hint(l, &when(l, at), department);
        view! {
            <Notice kind=NoticeKind::Warning title=t::desk::held_title(l)>
                <p>{hint}</p>
                <p>{clock}</p>
            </Notice>
        }
    });
    let first = case.proposal.as_ref().map(|first| proposal(l, first));
    let erased = is_erased(case).then(|| view! { <Notice title=t::desk::erased(l)><p>{t::desk::erased_hint(l)}</p></Notice> });
    let elsewhere = progress.offers.is_empty().then(|| {
        let who = match progress.status {
            _ if !progress.holder.is_empty() => progress.holder.clone(),
            Status::SmsPending => t::desk::who_person(l).to_owned(),
            _ => t::desk::registrant(l).to_owned(),
        };
        let holder = (!progress.status.is_final()).then(|| view! { <p>{t::filing::of_which(l, t::desk::holder(l), &who)}</p> });
        view! {
            <Notice title=t::desk::moved_on(l, status_text(l, progress.status))>
                {holder}
                <p>{t::desk::moved_on_hint(l)}</p>
            </Notice>
        }
    });
    view! { <div id=ID class="case-notices" tabindex="-1">{claimed_notice(l, case)}{held}{first}{erased}{elsewhere}</div> }
        .into_any()
}

/// What a first reviewer proposed: who, when, with what opinion.
fn proposal(l: Lang, first: &Proposal) -> AnyView {
    let at = when(l, first.at);
    let (title, hint) = match first.mine {
        true => (t::desk::first_approved_mine(l, &at), t::desk::first_approved_mine_hint(l)),
        false => (t::desk::first_approved(l, &first.by, &at), t::desk::first_approved_hint(l)),
    };
    let said = first.note.as_ref().map(|said| note(l, said));
    view! { <Notice title=title>{said}<p>{hint}</p></Notice> }.into_any()
}

fn persons(l: Lang, case: &CaseView) -> Option<AnyView> {
    let progress = &case.progress;
    if progress.persons.is_empty() {
        return None;
    }
    let until = progress.confirm_until.map(|until| view! { <p class="hint">{t::desk::confirming_until(l, &when(l, until))}</p> });
    let rows = progress
        .persons
        .iter()
        .map(|person| {
            let (tone, words) = match person.confirmed_at {
                Some(at) => (crate::ui::Tone::Green, t::desk::confirmed(l, &when(l, at))),
                None => (crate::ui::Tone::Amber, t::desk::unconfirmed(l).to_owned()),
            };
            view! { <li>{person.name.clone()}" "{person.mobile.clone()}" "<Tag text=words tone=tone/></li> }
        })
        .collect_view();
    Some(
        view! {
            <section class="persons" aria-labelledby="persons-head">
                <h2 id="persons-head">{t::desk::confirming_title(l)}</h2>
                <ul>{rows}</ul>
                {until}
            </section>
        }
        .into_any(),
    )
}
