//! The materials beside the answers: one large, all small; turned and enlarged without leaving the page.

use domain::{filing::Verb, problem::Section, views::filings::MaterialView};
use leptos::prelude::*;

use super::{
    deadline::when,
    labels::{material_label, section_label},
    reasons::{Answer, Notepad, flag},
};
use crate::{
    paths,
    texts::{Lang, t},
    ui::Empty,
};

/// The answers that reasons about materials may name: one a kind, and one for what is missing.
pub fn list(materials: &[MaterialView], first: usize) -> Vec<Answer> {
    let mut kinds: Vec<u16> = materials.iter().map(|material| material.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = kinds.into_iter().chain([0]);
    let answer =
        |(number, kind): (usize, u16)| Answer { number: first + number, section: Section::Materials, field: kind.to_string() };
    kinds.enumerate().map(answer).collect()
}

/// The viewer. `reasoned` is the verb that takes reasons, if it may be used now.
pub fn materials(l: Lang, materials: &[MaterialView], flags: &[Answer], reasoned: Option<Verb>, pad: Notepad) -> AnyView {
    let missing = flags.last().cloned().zip(reasoned).map(|(answer, verb)| {
        view! {
            <div class="material-missing" id=answer.place_id() tabindex="-1">
                <p>{t::desk::material_missing_flag(l)}</p>
                {flag(l, pad, verb, &answer)}
            </div>
        }
    });
    let body = if materials.is_empty() {
        view! {
            <Empty title=t::desk::material_none(l)>
                <p>{t::desk::material_none_hint(l)}</p>
            </Empty>
        }
        .into_any()
    } else {
        viewer(l, materials, flags, reasoned, pad)
    };
    view! {
        <section class="materials" id="materials" tabindex="-1" aria-labelledby="materials-head">
            <h2 id="materials-head">{t::desk::materials(l)}</h2>
            {body}
            {missing}
        </section>
    }
    .into_any()
}

fn viewer(l: Lang, materials: &[MaterialView], flags: &[Answer], reasoned: Option<Verb>, pad: Notepad) -> AnyView {
    let shown = RwSignal::new(0_usize);
    let turned = RwSignal::new(0_u8);
    let zoomed = RwSignal::new(1_u8);
    let pictures: Vec<(String, String, String)> = materials
        .iter()
        .map(|material| {
            let kind = material_label(l, material.kind);
            let label = match material.section {
                Section::Sponsor => kind,
                section => format!("{kind} · {}", section_label(l, section)),
            };
            let size = (material.size / 1024).max(1).to_string();
            let (width, height) = (material.width.to_string(), material.height.to_string());
            let facts = t::desk::material_size(l, &width, &height, &size, &when(l, material.uploaded_at));
            (paths::filing::material(material.id), label, facts)
        })
        .collect();
    let mut flagged: Vec<u16> = Vec::new();
    let thumbs = materials
        .iter()
        .zip(pictures.clone())
        .enumerate()
        .map(|(number, (material, (href, label, _)))| {
            // One reason a kind: the registrant is shown it at that kind.
            let first = !flagged.contains(&material.kind);
            flagged.push(material.kind);
            let answer = flags.iter().find(|answer| first && answer.field == material.kind.to_string());
            let place = answer.map(Answer::place_id);
            let flag = answer.zip(reasoned).map(|(answer, verb)| flag(l, pad, verb, answer));
            let show = move |ev: leptos::ev::MouseEvent| {
                ev.prevent_default();
                shown.set(number);
                turned.set(0);
                zoomed.set(1);
            };
            let source = href.clone();
            let current = move || (shown.get() == number).then_some("true");
            view! {
                <li class="thumb" id=place tabindex="-1">
                    <a href=href target="_blank" rel="external" aria-current=current on:click=show>
                        <img src=source alt="" loading="lazy" width="96" height="72"/>
                        <span>{label}</span>
                    </a>
                    {flag}
                </li>
            }
        })
        .collect_view();
    let pictures = StoredValue::new(pictures);
    let large = move || {
        let (href, label, facts) = pictures.with_value(|all| all.get(shown.get()).cloned()).unwrap_or_default();
        let class = format!("viewer-picture turn-{} zoom-{}", turned.get(), zoomed.get());
        view! {
            <div class="viewer-frame" tabindex="0" role="group" aria-label=label.clone()>
                <img class=class src=href.clone() alt=label.clone()/>
            </div>
            <figcaption>
                <strong>{label}</strong>
                <span class="muted">{facts}</span>
                <a href=href target="_blank" rel="external">{t::desk::material_open(l)}</a>
            </figcaption>
        }
    };
    view! {
        <figure class="viewer">
            <div class="viewer-tools needs-scripts">
                <button type="button" class="button button-secondary" on:click=move |_| turned.update(|turn| *turn = (*turn + 1) % 4)>
                    {t::desk::material_turn(l)}
                </button>
                <button type="button" class="button button-secondary" on:click=move |_| zoomed.update(|zoom| *zoom = (*zoom + 1).min(4))>
                    {t::desk::material_larger(l)}
                </button>
                <button type="button" class="button button-secondary" on:click=move |_| zoomed.update(|zoom| *zoom = (*zoom - 1).max(1))>
                    {t::desk::material_smaller(l)}
                </button>
            </div>
            {large}
        </figure>
        <ul class="thumbs">{thumbs}</ul>
    }
    .into_any()
}
