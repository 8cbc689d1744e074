//! The materials beside the answers: one large, all small; turned and enlarged without leaving the page.

use domain::{draft::MISSING_MATERIAL, filing::Verb, problem::Section, views::filings::MaterialView};
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

/// The answers that reasons about materials may name: one for each kind of each part of the filing, and one for what is
/// missing.
pub fn list(materials: &[MaterialView], first: usize) -> Vec<Answer> {
    let mut fields: Vec<String> = Vec::new();
    for field in materials.iter().map(field_of) {
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    fields.push(MISSING_MATERIAL.to_owned());
    let answer = |(number, field)| Answer { number: first + number, section: Section::Materials, field };
    fields.into_iter().enumerate().map(answer).collect()
}

/// The field of a reason about a material: two photographs of two persons are two.
fn field_of(material: &MaterialView) -> String {
    format!("{}[{}]", material.kind, material.section)
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
    let mut flagged: Vec<String> = Vec::new();
    let thumbs = materials
        .iter()
        .zip(pictures.clone())
        .enumerate()
        .map(|(number, (material, (href, label, _)))| {
            // One reason for all pictures of one thing: the registrant is shown it there.
            let field = field_of(material);
            let first = !flagged.contains(&field);
            let answer = flags.iter().find(|answer| first && answer.field == field);
            flagged.push(field);
            let place = answer.map(Answer::place_id);
            let flag = answer.zip(reasoned).map(|(answer, verb)| flag(l, pad, verb, answer));
            let show = move |ev: leptos::ev::MouseEvent| {
                ev.prevent_default();
                shown.set(number);
                turned.set(0);
                zoomed.set(1);
            };
            let source = paths::filing::thumbnail(material.id);
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

#[cfg(test)]
mod tests {
    use domain::{Moment, id::MaterialId};

    use super::*;

    #[test]
    fn photographs_of_two_persons_are_two_answers_and_two_of_one_person_are_one() {
        let of = |section| MaterialView {
            id: MaterialId(uuid::Uuid::nil()),
            section,
            kind: 4,
            name: String::new(),
            size: 1,
            width: 1,
            height: 1,
            uploaded_at: Moment::UNIX_EPOCH,
        };
        let answers = list(&[of(Section::Sponsor), of(Section::Site(1)), of(Section::Site(1)), of(Section::Site(2))], 7);
        let fields: Vec<_> = answers.iter().map(|answer| (answer.number, answer.field.as_str())).collect();
        assert_eq!(fields, [(7, "4[sponsor]"), (8, "4[site-1]"), (9, "4[site-2]"), (10, "0")]);
    }
}
