//! 备案材料: what is needed, one form a material, with the picture that was sent. Whole without scripts.

use std::collections::BTreeSet;

use domain::{
    codes::MaterialKind,
    draft::{Draft, MaterialFact},
    problem::Section,
    views::filings::DraftView,
};
use leptos::prelude::*;

use super::{
    answers::{material_name, section_name},
    is_checked, reasons, trail,
};
use crate::{
    doors::materials::{Remove, UPLOAD},
    paths,
    texts::{Lang, t, use_lang},
    ui::{ButtonRow, FileField, FormAction, LinkButton, Notice, PageHead, PostForm, SubmitButton, Tag, Tone},
};

/// The most bytes of one file (rules 1.4).
pub(crate) const MAX_MATERIAL_BYTES: u64 = 4 << 20;

/// One material that is asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Asked {
    section: Section,
    kind: MaterialKind,
    required: bool,
}

/// What this filing needs, and what may be added.
fn asked(draft: &Draft) -> Vec<Asked> {
    let required = draft.required_materials();
    let mut all: Vec<Asked> = Vec::new();
    for (section, kind) in kinds(draft) {
        let is_required = required.contains(&(section, kind));
        let is_there = draft.materials.iter().any(|material| is_of(material, section, kind));
        let may_be_added =
            matches!(kind, MaterialKind::OtherSponsorMaterial | MaterialKind::ResidencePermit | MaterialKind::ScenePhoto);
        if is_required || is_there || may_be_added {
            all.push(Asked { section, kind, required: is_required });
        }
    }
    all
}

fn is_of(material: &MaterialFact, section: Section, kind: MaterialKind) -> bool {
    material.section == section && u32::from(material.kind) == kind.id()
}

/// Every kind that can belong to the sponsor or a site, in the order of the page.
fn kinds(draft: &Draft) -> Vec<(Section, MaterialKind)> {
    let sponsor = [
        MaterialKind::SponsorCertificate,
        MaterialKind::PersonCertificateFront,
        MaterialKind::PersonCertificateBack,
        MaterialKind::LivePhoto,
        MaterialKind::ScenePhoto,
        MaterialKind::ResidencePermit,
        MaterialKind::OtherSponsorMaterial,
    ];
    let site = [
        MaterialKind::VerificationSheet,
        MaterialKind::PersonCertificateFront,
        MaterialKind::PersonCertificateBack,
        MaterialKind::LivePhoto,
        MaterialKind::ScenePhoto,
        MaterialKind::ApprovalDocument,
        MaterialKind::DomainCertificate,
    ];
    let of_sponsor = sponsor.into_iter().map(|kind| (Section::Sponsor, kind));
    let of_sites = draft.sites.iter().flat_map(|known| site.into_iter().map(|kind| (Section::Site(known.key), kind)));
    of_sponsor.chain(of_sites).collect()
}

/// The page.
pub(super) fn page(view: DraftView) -> AnyView {
    let l = use_lang();
    let asked = asked(&view.draft);
    let sections: BTreeSet<Section> = asked.iter().map(|one| one.section).collect();
    let started = view.draft.sponsor != Default::default();
    let groups = sections
        .into_iter()
        .map(|section| {
            let title = match section {
                Section::Site(site) => t::filing::materials::of_site(l, &site.to_string()),
                _ => t::filing::materials::of_sponsor(l).to_owned(),
            };
            let items = asked.iter().filter(|one| one.section == section).map(|one| item(l, &view, *one)).collect_view();
            view! { <section class="material-group"><h2>{title}</h2>{items}</section> }
        })
        .collect_view();
    view! {
        {trail(view.id)}
        <PageHead title=t::filing::materials::title(l) lead=t::filing::materials::lead(l)/>
        {reasons::summary_of(&view, Section::Materials)}
        <Notice>
            <p>{t::filing::materials::rules(l)}</p>
            <p>{t::filing::materials::identity_note(l)}</p>
        </Notice>
        {(!started).then(|| view! { <p class="hint">{t::filing::materials::gone(l)}</p> })}
        {groups}
        <ButtonRow>
            <LinkButton href=paths::filing::review(view.id) label=t::filing::materials::r#continue(l)/>
            <LinkButton href=paths::filing::tasks(view.id) label=t::filing::back_to_tasks(l) secondary=true/>
        </ButtonRow>
    }
    .into_any()
}

/// Checked face to face or by face recognition before the provider can pass (R7).
fn is_in_person(kind: MaterialKind) -> bool {
    matches!(kind, MaterialKind::LivePhoto | MaterialKind::ScenePhoto | MaterialKind::VerificationSheet)
}

fn item(l: Lang, view: &DraftView, one: Asked) -> AnyView {
    let Asked { section, kind, required } = one;
    let code = kind.id().to_string();
    let name = material_name(l, &code);
    let id = paths::filing::anchor(Section::Materials, &format!("{code}[{section}]"));
    let there: Vec<MaterialFact> =
        view.draft.materials.iter().filter(|material| is_of(material, section, kind)).cloned().collect();
    let uploaded = !there.is_empty();
    let state = match (uploaded, required) {
        (true, _) => view! { <Tag text=t::filing::materials::uploaded(l) tone=Tone::Green/> }.into_any(),
        (false, true) => {
            let tone = if is_checked() { Tone::Red } else { Tone::Amber };
            view! { <Tag text=t::filing::materials::missing(l) tone=tone/> }.into_any()
        }
        (false, false) => view! { <Tag text=t::filing::materials::optional(l)/> }.into_any(),
    };
    let in_person = is_in_person(kind).then(|| view! { <Tag text=t::filing::materials::in_person(l) tone=Tone::Blue/> });
    let pictures = there.into_iter().map(|material| picture(l, view, material, &name)).collect_view();
    let hint = t::filing::material_hint::by_key(l, &code).unwrap_or_default();
    let label = if uploaded { t::filing::materials::upload_more(l) } else { t::filing::materials::upload(l) };
    // A reviewer's reason may name the kind alone: then it stands at each, and the link leads to the first.
    let reasons = reasons::of_section(view, Section::Materials);
    let said = [reasons::at(&reasons, &code), reasons::at(&reasons, &format!("{code}[{section}]"))];
    let is_first = kinds(&view.draft).into_iter().find(|(_, known)| *known == kind).is_some_and(|(first, _)| first == section);
    let place = is_first.then(|| view! { <span id=paths::filing::anchor(Section::Materials, &code)></span> });
    let form = upload_form(l, view, one, &id, t::filing::of_which(l, &section_name(l, section), &name), label);
    view! {
        <article class="material" id=id tabindex="-1">
            {place}
            <header class="material-head">
                <h3>{name}</h3>
                <span class="material-tags">{in_person}{state}</span>
            </header>
            <p class="hint">{hint}</p>
            {said.into_iter().flatten().collect_view()}
            {pictures}
            {form}
        </article>
    }
    .into_any()
}

/// A picture that was sent, small; the original a click away.
fn picture(l: Lang, view: &DraftView, material: MaterialFact, kind: &str) -> AnyView {
    let href = paths::filing::material(material.id);
    let alt = t::filing::materials::alt(l, kind, &material.name);
    let next = paths::filing::section(view.id, Section::Materials);
    let src = paths::filing::thumbnail(material.id);
    view! {
        <div class="material-picture">
            <a href=href target="_blank" rel="external" title=t::filing::materials::view(l)>
                <img class="picture-thumb" src=src alt=alt loading="lazy"/>
            </a>
            <div>
                <p class="material-name">{material.name.clone()}</p>
                <p class="hint">{size_text(u64::from(material.size))}</p>
                <PostForm id=format!("remove-{}", material.id) action={FormAction::of::<Remove>()} class="form-line">
                    <input type="hidden" name="id" value=material.id.to_string()/>
                    <input type="hidden" name="next" value=next/>
                    <SubmitButton label=t::filing::materials::remove(l) secondary=true/>
                </PostForm>
            </div>
        </div>
    }
    .into_any()
}

fn upload_form(l: Lang, view: &DraftView, one: Asked, id: &str, label: String, button: &'static str) -> AnyView {
    let back = format!("{}#{id}", paths::filing::section(view.id, Section::Materials));
    let (form_id, filing) = (format!("upload-{id}"), view.id.to_string());
    view! {
        <PostForm id=form_id action=FormAction::at(UPLOAD) upload=true back=back>
            <input type="hidden" name="id" value=filing/>
            <input type="hidden" name="section" value=one.section.to_string()/>
            <input type="hidden" name="kind" value=one.kind.id().to_string()/>
            <FileField name="file" label=format!("{} · {label}", t::filing::materials::file(l))
                hint=t::filing::materials::camera_hint(l) accept="image/jpeg,image/png"/>
            // What was chosen, before it is sent: the browser shows it.
            <div class="chosen" data-kept=""></div>
            <SubmitButton label=button secondary=true/>
        </PostForm>
    }
    .into_any()
}

/// «1.2 MB», «340 KB».
pub(crate) fn size_text(bytes: u64) -> String {
    if bytes < 1 << 20 {
        return format!("{} KB", ((bytes + 512) >> 10).max(1));
    }
    // In tenths, and without floating-point numbers: what writes those weighs more than the rest of this page's program.
    let tenths = (bytes * 10 + (1 << 19)) >> 20;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(size_text(1_258_291), "1.2 MB");
        assert_eq!(size_text(348_160), "340 KB");
        assert_eq!(size_text(3), "1 KB");
    }
}
