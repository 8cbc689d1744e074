//! The verdicts: each with its coded opinion, its words, what follows from it, and one button.

use domain::{
    codes::opinions,
    draft::{SiteDraft, find_material},
    filing::Verb,
    problem::{Problem, Rule, Section},
    refusal::Refusal,
    views::desk::{CaseView, Finding},
};
use leptos::prelude::*;

use super::{
    Place,
    holder::{about, offer},
    labels::{field_label, material_label, section_label},
    opinion::opinion_text,
    reasons::{Answer, Notepad, chosen, form_id, place_id},
};
use crate::{
    doors::desk,
    fault::Fault,
    flash::use_flash,
    texts::{Lang, fault_lines, problem_text, refusal_text, t, verb_text},
    ui::{
        Checkbox, CheckboxGroup, Choice, DateField, FaultLines, FieldProblem, FormAction, PostForm, RadioGroup, SelectField,
        SubmitButton, TextArea, TextField,
    },
};

/// Most characters of an opinion (rules 4.5: HSRW).
const WORDS: usize = 1024;

fn action(verb: Verb) -> Option<FormAction> {
    Some(match verb {
        Verb::Pass => FormAction::of::<desk::Pass>(),
        Verb::Return => FormAction::of::<desk::ReturnFiling>(),
        Verb::Correct => FormAction::of::<desk::Correct>(),
        Verb::Resubmit => FormAction::of::<desk::Resubmit>(),
        Verb::Approve => FormAction::of::<desk::Approve>(),
        Verb::SendBack => FormAction::of::<desk::SendBack>(),
        Verb::Retract => FormAction::of::<desk::Retract>(),
        Verb::Refuse => FormAction::of::<desk::Refuse>(),
        Verb::Hold => FormAction::of::<desk::Hold>(),
        Verb::Resume => FormAction::of::<desk::Resume>(),
        Verb::Stop => FormAction::of::<desk::Stop>(),
        _ => return None,
    })
}

fn consequence(l: Lang, case: &CaseView, verb: Verb) -> &'static str {
    match verb {
        Verb::Pass => t::desk::pass_means(l),
        Verb::Return => t::desk::return_means(l),
        Verb::Correct => t::desk::correct_means(l),
        Verb::Resubmit => t::desk::resubmit_means(l),
        Verb::Approve if is_first(case) => t::desk::approve_first_means(l),
        Verb::Approve => t::desk::approve_means(l),
        Verb::SendBack => t::desk::send_back_means(l),
        Verb::Retract => t::desk::retract_means(l),
        Verb::Refuse => t::desk::refuse_means(l),
        Verb::Hold if case.preapproval_pauses => t::desk::hold_means_paused(l),
        Verb::Hold => t::desk::hold_means_runs(l),
        Verb::Resume => t::desk::resume_means(l),
        Verb::Stop => t::desk::stop_means(l),
        _ => "",
    }
}

/// Whether an approval would be the first of two.
fn is_first(case: &CaseView) -> bool {
    case.two_reviewers && case.proposal.is_none()
}

/// What a verdict is called on its button: where two review, which of the two approvals it is.
pub fn label(l: Lang, case: &CaseView, verb: Verb) -> &'static str {
    match verb {
        Verb::Approve if is_first(case) => t::desk::approve_first(l),
        Verb::Approve if case.proposal.is_some() => t::desk::approve_second(l),
        _ => verb_text(l, verb),
    }
}

/// Why a verb stands for nothing here: what is not due at all is not shown, and what the first reviewer may not do the
/// notice on top says once.
fn is_beside_the_point(refusal: Option<&Refusal>) -> bool {
    matches!(refusal, Some(Refusal::NoProposal | Refusal::SameReviewer))
}

/// The id of a verdict's place on the page, for keys and links.
pub fn verdict_id(verb: Verb) -> String {
    format!("do-{}", verb.name())
}

/// All verdicts of the house, folded: which one it is, is the reader's to say. Only one that came back with an error is open.
pub fn verdicts(l: Lang, place: Place, case: &CaseView, answers: StoredValue<Vec<Answer>>, pad: Notepad) -> AnyView {
    let offered: Vec<(Verb, Option<Refusal>)> =
        place.house.verdicts().iter().filter_map(|verb| Some((*verb, offer(case, *verb)?))).collect();
    let offered: Vec<_> = offered.into_iter().filter(|(_, refusal)| !is_beside_the_point(refusal.as_ref())).collect();
    if offered.is_empty() {
        return view! { <p class="hint">{t::desk::no_verdict(l)}</p> }.into_any();
    }
    let sent = use_flash().value("form_id").map(str::to_owned).unwrap_or_default();
    let panels = offered
        .into_iter()
        .map(|(verb, refusal)| match refusal {
            Some(refusal) => Some(refused(l, case, verb, &refusal)),
            None => panel(l, place, case, verb, form_id(verb) == sent, answers, pad),
        })
        .collect_view();
    view! {
        <section class="verdicts" aria-labelledby="verdict-head">
            <h2 id="verdict-head">{t::desk::verdict(l)}</h2>
            {panels}
        </section>
    }
    .into_any()
}

/// A verb that cannot be used now: shown, with the reason.
fn refused(l: Lang, case: &CaseView, verb: Verb, refusal: &Refusal) -> AnyView {
    // What is incomplete at the provider's desk is the checks of identity (R7), or an answer that has ceased to be right.
    let incomplete = matches!(verb, Verb::Pass | Verb::Resubmit) && *refusal == Refusal::Incomplete;
    let unchecked = incomplete && case.findings.iter().any(|found| matches!(found, Finding::IdentityUnchecked { .. }));
    let reason = match (unchecked, incomplete) {
        (true, _) => t::desk::identity_first(l).to_owned(),
        (_, true) => t::fault::problems_first(l).to_owned(),
        _ => refusal_text(l, refusal),
    };
    let link = unchecked.then(|| view! { <p><a href="#identity" rel="external">{t::desk::identity_record(l)}</a></p> });
    view! {
        <div class="verdict verdict-refused" id=verdict_id(verb)>
            <SubmitButton label=label(l, case, verb) secondary=true refused=reason/>
            {link}
        </div>
    }
    .into_any()
}

/// A fault in words; what is wrong with the answers of the case, each at its place.
fn tell(l: Lang, fault: &Fault) -> FaultLines {
    let mut lines = fault_lines(l, fault);
    for (line, problem) in lines.fields.iter_mut().zip(fault.problems()) {
        // Reasons and corrections are given beside the answers: the line says so, and leads to what was given so far.
        match (problem.section, &*problem.field, problem.rule) {
            (Section::Account, "reasons", Rule::ReasonRequired) => t::desk::reasons_none(l).clone_into(&mut line.text),
            (Section::Account, "reasons", Rule::Required) => t::desk::corrections_none(l).clone_into(&mut line.text),
            _ => {}
        }
        if let Some((href, text)) = at_answer(l, problem) {
            *line = FieldProblem { href: Some(href), text, ..FieldProblem::default() };
        }
    }
    lines
}

/// A problem of an answer, which section and field it is about, and the link to its place on the page.
fn at_answer(l: Lang, problem: &Problem) -> Option<(String, String)> {
    let (place, section, field) = match find_material(&problem.field) {
        Some((section, kind)) => ("materials".to_owned(), section, material_label(l, u16::try_from(kind.id()).ok()?)),
        None if problem.section == Section::Account => return None,
        None => {
            let field = problem.field.split(['[', '.']).next().unwrap_or_default();
            (place_id(problem.section, field), problem.section, field_label(l, problem.section, field))
        }
    };
    let at = t::desk::found_changed(l, &section_label(l, section), &field);
    Some((format!("#{place}"), t::form::at_field(l, &at, &problem_text(l, problem))))
}

fn panel(
    l: Lang,
    place: Place,
    case: &CaseView,
    verb: Verb,
    open: bool,
    answers: StoredValue<Vec<Answer>>,
    pad: Notepad,
) -> Option<AnyView> {
    let action = action(verb)?;
    let form = form_id(verb);
    let code = pad.value(&form, "form[code]");
    let choices: Vec<(String, String)> =
        opinions(verb).iter().map(|code| (code.to_string(), opinion_text(l, *code).to_owned())).collect();
    // What speaks against a filing is chosen by the one who says it; only the usual word for it stands there already.
    let favours = matches!(verb, Verb::Pass | Verb::Approve);
    let usual = choices.first().map(|(code, _)| code.clone()).filter(|_| favours).unwrap_or_default();
    let blank = (!favours).then(|| t::filing::form::choose(l).to_owned());
    let means = consequence(l, case, verb);
    let (named, many_sites) = (label(l, case, verb), sites(l, case));
    let label = if matches!(verb, Verb::Pass | Verb::Return) { t::desk::opinion_code(l) } else { t::desk::review_code(l) };
    // Drawn within the form: a field and a button belong to the form around them.
    let code = move || {
        (!choices.is_empty()).then(|| {
            let value = if code.is_empty() { usual } else { code };
            match blank {
                Some(blank) => {
                    view! { <SelectField name="form[code]" label=label choices=choices value=value empty=blank/> }.into_any()
                }
                None => view! { <SelectField name="form[code]" label=label choices=choices value=value/> }.into_any(),
            }
        })
    };
    let reasons = matches!(verb, Verb::Return | Verb::Refuse | Verb::Correct).then(|| chosen(l, pad, verb, answers));
    let danger = matches!(verb, Verb::Stop);
    let main = matches!(verb, Verb::Pass | Verb::Approve);
    let button = move || match (danger, main) {
        (true, _) => view! { <SubmitButton label=named danger=true/> }.into_any(),
        (_, true) => view! { <SubmitButton label=named/> }.into_any(),
        _ => view! { <SubmitButton label=named secondary=true/> }.into_any(),
    };
    let (id, seq) = (case.progress.id, case.progress.seq);
    // What changes the answers or sends them on does so with those that are shown here.
    let edition = matches!(verb, Verb::Correct | Verb::Resubmit)
        .then(|| view! { <input type="hidden" name="edition" value=case.edition.to_string()/> });
    Some(
        view! {
            <details class="verdict" id=verdict_id(verb) name="verdict" open=open>
                <summary>{named}</summary>
                <PostForm id=form.clone() action=action once=true tell=tell>
                    {about(id, seq, place)}
                    {edition}
                    {reasons}
                    {code()}
                    {extra(l, verb, pad, &form, many_sites)}
                    {(!matches!(verb, Verb::Resubmit | Verb::Retract)).then(|| words(l, verb, pad, &form))}
                    <p class="hint">{means}</p>
                    {button()}
                </PostForm>
            </details>
        }
        .into_any(),
    )
}

fn words(l: Lang, verb: Verb, pad: Notepad, form: &str) -> AnyView {
    let (id, typed) = (form.to_owned(), pad.value(form, "form[words]"));
    let left = move || t::desk::words_left(l, &WORDS.saturating_sub(pad.length(&id, "form[words]")).to_string());
    let hint = match verb {
        Verb::Resume => t::desk::words_if_not_granted(l),
        Verb::Stop => t::desk::words_why_stop(l),
        Verb::SendBack => t::desk::words_why_back(l),
        Verb::Hold => t::desk::hold_words_hint(l),
        _ => t::desk::opinion_words_hint(l),
    };
    view! {
        <TextArea name="form[words]" label=t::desk::opinion_words(l) hint=hint value=typed rows=3
            maxlength={WORDS as u32} optional={!matches!(verb, Verb::Stop | Verb::SendBack)}/>
        <p class="counter needs-scripts">{left}</p>
    }
    .into_any()
}

/// The sites to choose among where there are several.
fn sites(l: Lang, case: &CaseView) -> Vec<Choice> {
    let sites = &case.draft.sites;
    let choice = |site: &SiteDraft| {
        let name = section_label(l, Section::Site(site.key));
        Choice::new(site.key.to_string(), format!("{name} {}", site.form.domain))
    };
    if sites.len() > 1 { sites.iter().map(choice).collect() } else { Vec::new() }
}

/// What else a verdict asks.
fn extra(l: Lang, verb: Verb, pad: Notepad, form: &str, sites: Vec<Choice>) -> Option<AnyView> {
    let typed = |name: &str| pad.value(form, name);
    match verb {
        Verb::Hold => Some(
            view! { <TextField name="form[department]" label=t::desk::department(l) value=typed("form[department]") maxlength=255/> }
                .into_any(),
        ),
        Verb::Resume => {
            let decisions = vec![Choice::new("yes", t::desk::granted_yes(l)), Choice::new("no", t::desk::granted_no(l))];
            let (number, date) = (typed("form[approval_number]"), typed("form[approval_date]"));
            Some(
                view! {
                    <RadioGroup name="form[granted]" label=t::desk::granted(l) choices=decisions inline=true value=typed("form[granted]")/>
                    <TextField name="form[approval_number]" label=t::desk::approval_number(l)
                        hint=t::desk::approval_number_hint(l) value=number maxlength=255 optional=true/>
                    <DateField name="form[approval_date]" label=t::desk::approval_date(l) value=date/>
                    {(!sites.is_empty()).then(|| view! {
                        <CheckboxGroup name="form[sites][]" label=t::desk::granted_sites(l)
                            hint=t::desk::granted_sites_hint(l) choices=sites optional=true/>
                    })}
                }
                .into_any(),
            )
        }
        Verb::Stop => Some(view! { <Checkbox name="form[granted]" label=t::desk::confirm_stop(l)/> }.into_any()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_that_a_correction_would_make_names_section_and_field_and_leads_there() {
        let (href, words) = at_answer(Lang::Zh, &Problem::new(Section::Site(2), "home_page", Rule::HomePageDomain)).unwrap();
        assert_eq!(href, "#at-site-2-home_page");
        let place = format!("{} · {}：", t::desk::site(Lang::Zh, "2"), field_label(Lang::Zh, Section::Site(2), "home_page"));
        assert!(words.starts_with(&place), "{words}");
        let (href, words) = at_answer(Lang::Zh, &Problem::new(Section::Materials, "21[site-2]", Rule::MaterialMissing)).unwrap();
        assert_eq!(href, "#materials");
        assert!(words.contains(&material_label(Lang::Zh, 21)) && words.contains(&t::desk::site(Lang::Zh, "2")), "{words}");
        let of_the_form = Problem::new(Section::Account, "words", Rule::TooLong);
        assert_eq!(at_answer(Lang::Zh, &of_the_form), None);
        let told = tell(Lang::Zh, &Fault::Invalid(vec![of_the_form, Problem::new(Section::Sponsor, "name", Rule::Required)]));
        let lines: Vec<_> = told.fields.iter().map(|line| (line.field.as_str(), line.href.as_deref())).collect();
        assert_eq!(lines, [("words", None), ("", Some("#at-sponsor-name"))]);
    }

    #[test]
    fn a_verdict_without_reasons_is_told_where_reasons_are_given() {
        let lacking = |rule| tell(Lang::Zh, &Fault::Invalid(vec![Problem::new(Section::Account, "reasons", rule)])).fields;
        let of_return = lacking(Rule::ReasonRequired);
        assert_eq!((of_return[0].field.as_str(), of_return[0].text.as_str()), ("reasons", t::desk::reasons_none(Lang::Zh)));
        assert_eq!(lacking(Rule::Required)[0].text, t::desk::corrections_none(Lang::Zh));
    }
}
