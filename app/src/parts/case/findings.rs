//! What the system found out by itself, on top of a case; and what changed since the last look.

use domain::views::{desk::Finding, filings::ProviderChoice};
use leptos::prelude::*;

use super::{
    labels::{field_label, material_label, person_label, section_label, value_text},
    reasons::place_id,
};
use crate::{
    texts::{Lang, problem_text, t},
    ui::{Tag, Tone},
};

/// A finding in words: how bad, what, and where it leads.
struct Line {
    tone: Tone,
    kind: &'static str,
    text: String,
    place: Option<String>,
}

fn line(l: Lang, finding: &Finding) -> Option<Line> {
    let bad = |text: String, place: Option<String>| Line { tone: Tone::Red, kind: t::desk::kind_bad(l), text, place };
    let warn = |text: String, place: Option<String>| Line { tone: Tone::Amber, kind: t::desk::kind_warn(l), text, place };
    let label = |section| section_label(l, section);
    Some(match finding {
        Finding::ChecksPassed => {
            Line { tone: Tone::Green, kind: t::desk::kind_ok(l), text: t::desk::found_passed(l).to_owned(), place: None }
        }
        Finding::Problem { problem } => {
            let place = format!("{} · {}", label(problem.section), field_label(l, problem.section, &problem.field));
            let text = t::desk::found_problem(l, &place, &problem_text(l, problem));
            let field = problem.field.split(['[', '.']).next().unwrap_or_default();
            bad(text, Some(place_id(problem.section, field)))
        }
        Finding::SponsorFiled { number } => warn(t::desk::found_sponsor_filed(l, number), None),
        Finding::DomainFiled { section, number } => {
            bad(t::desk::found_domain_filed(l, &label(*section), number), Some(place_id(*section, "domain")))
        }
        Finding::OutsideRanges { section, address } => {
            bad(t::desk::found_outside_ranges(l, &label(*section), address), Some(place_id(*section, "addresses")))
        }
        Finding::ServiceUnknown { section } => {
            warn(t::desk::found_service_unknown(l, &label(*section)), Some(place_id(*section, "service_code")))
        }
        Finding::MaterialMissing { section, kind } => {
            let text = t::desk::found_material_missing(l, &label(*section), &material_label(l, *kind));
            bad(text, Some("materials".to_owned()))
        }
        Finding::IdentityUnchecked { section } => {
            warn(t::desk::found_identity_unchecked(l, &person_label(l, *section)), Some("identity".to_owned()))
        }
        Finding::Changed { .. } => return None,
    })
}

/// The findings, the bad ones first.
pub fn findings(l: Lang, findings: &[Finding], providers: &[ProviderChoice]) -> AnyView {
    let mut lines: Vec<Line> = findings.iter().filter_map(|finding| line(l, finding)).collect();
    lines.sort_by_key(|line| match line.tone {
        Tone::Red => 0,
        Tone::Amber => 1,
        _ => 2,
    });
    let clear = lines.iter().all(|line| line.tone == Tone::Green);
    let items = if clear {
        view! {
            <li class="finding">
                <Tag text=t::desk::kind_ok(l) tone=Tone::Green/>
                <span>{t::desk::found_all_clear(l)}</span>
            </li>
        }
        .into_any()
    } else {
        lines
            .into_iter()
            .map(|line| {
                let link = line.place.map(|place| {
                    view! { <a href=format!("#{place}") rel="external">{t::desk::look(l)}<span class="visually-hidden">{format!(" {}", line.text)}</span></a> }
                });
                view! {
                    <li class="finding">
                        <Tag text=line.kind tone=line.tone/>
                        <span>{line.text.clone()}</span>
                        {link}
                    </li>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <section class="findings" aria-labelledby="findings-head">
            <h2 id="findings-head">{t::desk::findings(l)}</h2>
            <ul>{items}</ul>
            {changes(l, findings, providers)}
        </section>
    }
    .into_any()
}

fn changes(l: Lang, findings: &[Finding], providers: &[ProviderChoice]) -> Option<AnyView> {
    let shown = |text: String| if text.is_empty() { t::desk::blank(l).to_owned() } else { text };
    let rows: Vec<_> = findings
        .iter()
        .filter_map(|finding| match finding {
            Finding::Changed { section, field, before, after } => {
                let place = t::desk::found_changed(l, &section_label(l, *section), &field_label(l, *section, field));
                let href = format!("#{}", place_id(*section, field));
                let before = shown(value_text(l, *section, field, before, providers));
                let after = shown(value_text(l, *section, field, after, providers));
                Some(view! {
                    <li class="finding">
                        <Tag text=t::desk::kind_changed(l) tone=Tone::Blue/>
                        <span>
                            <a href=href rel="external">{place}</a>
                            " "
                            <span class="muted">{t::desk::before(l)}</span>
                            " "
                            <del>{before}</del>
                            " "
                            <span class="muted">{t::desk::after(l)}</span>
                            " "
                            <ins>{after}</ins>
                        </span>
                    </li>
                })
            }
            _ => None,
        })
        .collect();
    (!rows.is_empty()).then(|| {
        view! {
            <h3>{t::desk::found_changes(l)}</h3>
            <ul>{rows}</ul>
        }
        .into_any()
    })
}
