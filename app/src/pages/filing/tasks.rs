//! The whole way, what is left of it, and how each section stands.

use domain::{
    filing::Verb,
    problem::Section,
    views::filings::{DraftView, SectionState},
};
use leptos::prelude::*;

use super::{answers::title_of, reasons};
use crate::{
    doors::filings::{AddAccess, AddSite},
    paths,
    texts::{Lang, t, use_lang},
    ui::{Breadcrumb, FormAction, Notice, NoticeKind, PageHead, PostForm, Steps, SubmitButton, Task, TaskList, Tone},
};

/// The page.
pub(super) fn page(view: DraftView) -> AnyView {
    let l = use_lang();
    let counted: Vec<&SectionState> = view.sections.iter().filter(|state| state.section != Section::Consent).collect();
    let uncorrected = counted.iter().any(|state| reasons::is_uncorrected(&view, state));
    let done = counted.iter().filter(|state| is_complete(state) && !reasons::is_uncorrected(&view, state)).count();
    let (done, all) = (done.to_string(), (counted.len() + 1).to_string());
    let ready = counted.iter().all(|state| is_complete(state));
    let way = [
        t::filing::tasks::way_fill(l),
        t::filing::tasks::way_provider(l),
        t::filing::tasks::way_sms(l),
        t::filing::tasks::way_bureau(l),
        t::filing::tasks::way_number(l),
    ];
    let groups = groups(l, &view, ready, uncorrected);
    let discard = view.offers.iter().any(|(verb, refusal)| *verb == Verb::Discard && refusal.is_none());
    let first = leptos_router::hooks::use_location().query.read_untracked().get("kind").is_some_and(|kind| kind == "first");
    let found = first.then(|| {
        view! {
            <Notice kind=NoticeKind::Success title=t::filing::begin::found(l, t::filing::begin::found_first(l))>
                <p>{t::filing::begin::first_why(l)}</p>
            </Notice>
        }
    });
    view! {
        <Breadcrumb trail=vec![(paths::filings(), t::filing::area(l).to_owned())]/>
        <PageHead title=t::filing::tasks::title(l) caption=title_of(l, &view) lead=t::filing::tasks::lead(l)/>
        {found}
        {reasons::summary(&view)}
        <Steps label=t::filing::tasks::way(l) steps=way.map(str::to_owned).to_vec() current=0/>
        <p class="tasks-count">{t::filing::tasks::done_of(l, &done, &all)}</p>
        {groups}
        {discard.then(|| view! {
            <p class="page-end"><a class="link-danger" href=paths::filing::discard(view.id)>{t::filing::tasks::discard(l)}</a></p>
        })}
    }
    .into_any()
}

/// Saved once, and nothing wrong with it.
fn is_complete(state: &SectionState) -> bool {
    state.problems.is_empty() && (state.version > 0 || state.section == Section::Materials)
}

/// Anything was answered in it.
fn is_started(view: &DraftView, section: Section) -> bool {
    match section {
        Section::Materials => !view.draft.materials.is_empty(),
        _ => view.draft.answers(section).iter().any(|(_, answer)| !answer.is_empty()),
    }
}

fn state_of(l: Lang, view: &DraftView, section: Section) -> (String, Tone) {
    let Some(state) = view.sections.iter().find(|state| state.section == section) else {
        return (t::filing::tasks::not_started(l).to_owned(), Tone::Grey);
    };
    if !reasons::of_section(view, section).is_empty() {
        let corrected = state.corrected && is_complete(state);
        let (words, tone) =
            if corrected { (t::filing::tasks::corrected(l), Tone::Green) } else { (t::filing::tasks::refused(l), Tone::Red) };
        return (words.to_owned(), tone);
    }
    match (is_complete(state), state.problems.len()) {
        (true, _) => (t::filing::tasks::complete(l).to_owned(), Tone::Green),
        (false, _) if !is_started(view, section) => (t::filing::tasks::not_started(l).to_owned(), Tone::Grey),
        (false, 1) => (t::filing::tasks::problems_one(l).to_owned(), Tone::Amber),
        (false, n) => (t::filing::tasks::problems_n(l, &n.to_string()), Tone::Amber),
    }
}

fn task(l: Lang, view: &DraftView, section: Section, label: String, hint: String) -> Task {
    Task { label, href: Some(paths::filing::section(view.id, section)), state: state_of(l, view, section), hint }
}

fn groups(l: Lang, view: &DraftView, ready: bool, uncorrected: bool) -> AnyView {
    let id = view.id;
    let sponsor = vec![task(
        l,
        view,
        Section::Sponsor,
        t::filing::tasks::sponsor(l).to_owned(),
        t::filing::tasks::sponsor_hint(l).to_owned(),
    )];
    let many = view.draft.sites.len() > 1;
    let sites = view
        .draft
        .sites
        .iter()
        .map(|site| {
            let key = site.key;
            let title = if site.form.name.trim().is_empty() {
                t::filing::site_n(l, &key.to_string())
            } else {
                format!("{} · {}", t::filing::site_n(l, &key.to_string()), site.form.name)
            };
            let hint = if site.form.domain.trim().is_empty() { t::filing::tasks::site_hint(l).to_owned() } else { site.form.domain.clone() };
            let mut tasks = vec![task(l, view, Section::Site(key), t::filing::tasks::site(l).to_owned(), hint)];
            let several = site.accesses.len() > 1;
            for access in &site.accesses {
                let label = if several {
                    format!("{} {}", t::filing::tasks::access(l), access.key)
                } else {
                    t::filing::tasks::access(l).to_owned()
                };
                tasks.push(task(l, view, Section::Access(key, access.key), label, t::filing::tasks::access_hint(l).to_owned()));
            }
            let remove_site = many.then(|| {
                view! {
                    <a class="link-danger" href=paths::filing::remove_site(id, key)>
                        {t::filing::tasks::remove_site(l, &key.to_string())}
                    </a>
                }
            });
            let remove_accesses = several.then(|| {
                let links = site.accesses.iter().map(|access| {
                    view! {
                        <a class="link-danger" href=paths::filing::remove_access(id, key, access.key)>
                            {t::filing::tasks::remove_access(l, &access.key.to_string())}
                        </a>
                    }
                });
                links.collect_view()
            });
            view! {
                <section class="task-group">
                    <h2>{title}</h2>
                    <TaskList tasks=tasks/>
                    <div class="task-more">
                        <PostForm id=format!("add-access-{key}") action={FormAction::of::<AddAccess>()} once=true class="form-line">
                            <input type="hidden" name="id" value=id.to_string()/>
                            <input type="hidden" name="site" value=key.to_string()/>
                            <SubmitButton label=t::filing::tasks::add_access(l, &key.to_string()) secondary=true/>
                        </PostForm>
                        {remove_accesses}
                        {remove_site}
                    </div>
                </section>
            }
        })
        .collect_view();
    let review_hint = match (ready, uncorrected) {
        (true, true) => t::filing::tasks::review_uncorrected(l),
        (true, false) => t::filing::tasks::review_hint(l),
        (false, _) => t::filing::tasks::review_wait(l),
    };
    let review_state = if ready {
        (t::filing::tasks::ready(l).to_owned(), Tone::Blue)
    } else {
        (t::filing::tasks::cannot(l).to_owned(), Tone::Grey)
    };
    let last = vec![
        task(
            l,
            view,
            Section::Materials,
            t::filing::tasks::materials(l).to_owned(),
            t::filing::tasks::materials_hint(l).to_owned(),
        ),
        Task {
            label: t::filing::tasks::review(l).to_owned(),
            href: Some(paths::filing::review(id)),
            state: review_state,
            hint: review_hint.to_owned(),
        },
    ];
    view! {
        <section class="task-group">
            <h2>{t::filing::tasks::sponsor(l)}</h2>
            <TaskList tasks=sponsor/>
        </section>
        {sites}
        <PostForm id="add-site" action={FormAction::of::<AddSite>()} once=true class="form-line">
            <input type="hidden" name="id" value=id.to_string()/>
            <SubmitButton label=t::filing::tasks::add_site(l) secondary=true/>
            <p class="hint">{t::filing::tasks::add_site_hint(l)}</p>
        </PostForm>
        <section class="task-group">
            <h2>{format!("{} · {}", t::filing::tasks::materials(l), t::filing::tasks::review(l))}</h2>
            <TaskList tasks=last/>
        </section>
    }
    .into_any()
}
