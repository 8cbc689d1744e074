//! Every answer once more with a link to change it, the declarations, and the submission.

use domain::{
    draft::Draft,
    filing::Verb,
    forms::ConsentForm,
    problem::{Problem, Section},
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    answers::{answer_text, is_individual, label, material_name, section_name, title_of, version_of},
    reasons, trail,
};
use crate::{
    doors,
    doors::filings::{Resubmit, Submit},
    parts::load::once,
    paths,
    texts::{Lang, problem_text, refusal_text, t, use_lang},
    ui::{Breadcrumb, Checkbox, FormAction, Notice, NoticeKind, PageHead, PostForm, SubmitButton, SummaryCard, SummaryRow},
};

/// The page.
pub(super) fn page(view: DraftView) -> AnyView {
    let l = use_lang();
    let problems: Vec<Problem> = view
        .sections
        .iter()
        .flat_map(|state| state.problems.iter().cloned())
        .filter(|problem| problem.section != Section::Consent)
        .collect();
    let conflicts = view.conflicts.clone();
    let cards =
        sections(&view.draft).into_iter().map(|section| card(l, &view, section, Some((&problems, &conflicts)))).collect_view();
    let list = (!problems.is_empty()).then(|| {
        let items = problems.iter().map(|problem| item(l, &view, problem)).collect_view();
        view! {
            <Notice kind=NoticeKind::Error title=t::filing::review::problems(l, &problems.len().to_string())>
                <ul>{items}</ul>
            </Notice>
        }
    });
    let against = (!conflicts.is_empty()).then(|| {
        let items = conflicts.iter().map(|problem| item(l, &view, problem)).collect_view();
        view! {
            <Notice kind=NoticeKind::Error title=t::filing::review::conflicts(l)>
                <ul>{items}</ul>
                <p>{t::filing::review::conflict_do(l)}</p>
            </Notice>
        }
    });
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::review::title(l) lead=t::filing::review::lead(l)/>
        {reasons::summary(&view)}
        {list}
        {against}
        <div class="review-cards">{cards}</div>
        {reasons::uncorrected(&view)}
        {declarations(l, &view, problems.is_empty() && conflicts.is_empty())}
    }
    .into_any()
}

/// What was handed in, as it stands, to be read: nothing is judged and nothing can be changed.
pub(super) fn answers(view: DraftView) -> AnyView {
    let l = use_lang();
    let cards = sections(&view.draft).into_iter().map(|section| card(l, &view, section, None)).collect_view();
    view! {
        <Breadcrumb trail=vec![
            (paths::filings(), t::filing::area(l).to_owned()),
            (paths::filing::progress(view.id), t::filing::progress::title(l).to_owned()),
        ]/>
        <PageHead title=t::filing::review::answers(l) caption=title_of(l, &view)/>
        <div class="review-cards">{cards}</div>
    }
    .into_any()
}

fn sections(draft: &Draft) -> Vec<Section> {
    let sites = draft.sites.iter().flat_map(|site| {
        std::iter::once(Section::Site(site.key)).chain(site.accesses.iter().map(|access| Section::Access(site.key, access.key)))
    });
    std::iter::once(Section::Sponsor).chain(sites).chain([Section::Materials]).collect()
}

fn item(l: Lang, view: &DraftView, problem: &Problem) -> AnyView {
    let words = format!("{} · {}", section_name(l, problem.section), problem_text(l, problem));
    view! { <li><a href=paths::filing::problem(view.id, problem)>{words}</a></li> }.into_any()
}

/// An individual is asked once: what repeats the sponsor's name and certificate is not shown again.
fn is_shown(view: &DraftView, section: Section, field: &str) -> bool {
    let person = matches!(field, "person_name" | "person_certificate_type" | "person_certificate_number");
    match section {
        Section::Sponsor => !(person && is_individual(&view.draft.sponsor.nature) == Some(true)),
        Section::Site(key) => {
            let same = view.draft.sites.iter().any(|site| site.key == key && site.form.person_same_as_sponsor == "yes");
            !(same && field.starts_with("person_") && field != "person_same_as_sponsor")
        }
        _ => true,
    }
}

/// One section's answers: with what is wrong and links to change them, or to be read alone.
fn card(l: Lang, view: &DraftView, section: Section, judged: Option<(&[Problem], &[Problem])>) -> AnyView {
    let wrong = |field: &str| {
        let (problems, conflicts) = judged?;
        let found = problems.iter().chain(conflicts).find(|problem| {
            problem.section == section && (problem.field == field || problem.field.starts_with(&format!("{field}[")))
        });
        found.map(|problem| problem_text(l, problem))
    };
    let changeable = |row: SummaryRow, href: String| {
        if judged.is_some() { row.change(href, t::filing::change(l)) } else { row }
    };
    let rows: Vec<SummaryRow> = if section == Section::Materials {
        // As they lie at every desk, whenever they were uploaded.
        let mut materials: Vec<_> = view.draft.materials.iter().collect();
        materials.sort_by_key(|material| (material.section, material.kind));
        materials
            .into_iter()
            .map(|material| {
                let picture = view! {
                    <a class="material-line" href=paths::filing::material(material.id) target="_blank" rel="external">
                        <img class="picture-thumb" src=paths::filing::thumbnail(material.id) alt="" loading="lazy"/>
                        {material.name.clone()}
                    </a>
                };
                let key = format!("{} · {}", material_name(l, &material.kind.to_string()), section_name(l, material.section));
                let place = format!("{}[{}]", material.kind, material.section);
                changeable(
                    SummaryRow::with_view(key, picture.into_any()),
                    paths::filing::field(view.id, Section::Materials, &place),
                )
            })
            .collect()
    } else {
        view.draft
            .answers(section)
            .into_iter()
            .filter(|(field, answer)| is_shown(view, section, field) && (!answer.is_empty() || wrong(field).is_some()))
            .map(|(field, answer)| {
                let row = if matches!(field, "city" | "county") && !answer.is_empty() {
                    SummaryRow::with_view(label(l, section, field), division(answer))
                } else {
                    SummaryRow::new(label(l, section, field), answer_text(l, field, &answer, &view.providers))
                };
                changeable(row, paths::filing::field(view.id, section, field)).problem(wrong(field))
            })
            .collect()
    };
    let title = section_name(l, section);
    let to = paths::filing::section(view.id, section);
    let name = title.clone();
    if judged.is_none() {
        return view! { <SummaryCard title=title rows=rows/> }.into_any();
    }
    let actions = view! { <a href=to>{t::filing::change(l)}<span class="visually-hidden">{name}</span></a> }.into_any();
    view! { <SummaryCard title=title actions=actions rows=rows/> }.into_any()
}

/// What a city or county is called in the language of the page.
pub(super) fn division(code: String) -> AnyView {
    once(doors::filings::division(code), |name| name.unwrap_or_default().into_any())
}

fn declarations(l: Lang, view: &DraftView, clean: bool) -> AnyView {
    let given: ConsentForm = view.draft.consent.clone();
    let again = view.offers.iter().any(|(verb, _)| *verb == Verb::Resubmit);
    let verb = if again { Verb::Resubmit } else { Verb::Submit };
    let refusal = view.offers.iter().find(|(offer, _)| *offer == verb).and_then(|(_, refusal)| *refusal);
    let refused = if clean {
        refusal.filter(|refusal| *refusal != domain::refusal::Refusal::Incomplete).map(|refusal| refusal_text(l, &refusal))
    } else {
        Some(t::filing::review::not_ready(l).to_owned())
    };
    let (action, label) = if again {
        (FormAction::of::<Resubmit>(), t::filing::review::resubmit(l))
    } else {
        (FormAction::of::<Submit>(), t::filing::review::submit(l))
    };
    let button = match refused {
        Some(reason) => view! { <SubmitButton label=label refused=reason/> }.into_any(),
        None => view! { <SubmitButton label=label/> }.into_any(),
    };
    let (id, seq, edition) = (view.id.to_string(), view.seq.to_string(), view.edition.to_string());
    let version = version_of(view, Section::Consent).to_string();
    view! {
        <PostForm id="consent" action=action once=true>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="seq" value=seq/>
            <input type="hidden" name="edition" value=edition/>
            <input type="hidden" name="version" value=version/>
            <fieldset class="group">
                <legend><h2>{t::filing::review::declare(l)}</h2></legend>
                <Checkbox name="form[truthful]" label=t::filing::review::truthful(l) checked={given.truthful == "yes"}/>
                <Checkbox name="form[personal_data]" label=t::filing::review::personal_data(l)
                    hint=t::filing::review::personal_data_why(l) checked={given.personal_data == "yes"}/>
                <Checkbox name="form[provider_may_correct]" label=t::filing::review::provider_may_correct(l)
                    hint=t::filing::review::provider_may_correct_hint(l) checked={given.provider_may_correct == "yes"}/>
            </fieldset>
            <section class="next-steps">
                <h2>{t::filing::review::next_title(l)}</h2>
                <ol>
                    <li>{t::filing::review::next_1(l)}</li>
                    <li>{t::filing::review::next_2(l)}</li>
                    <li>{t::filing::review::next_3(l)}</li>
                </ol>
            </section>
            {button}
        </PostForm>
    }
    .into_any()
}
