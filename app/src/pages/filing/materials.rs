//! 备案材料: what is needed, one form a material, with the picture that was sent. Whole without scripts.

use std::collections::BTreeSet;

use domain::{
    codes::MaterialKind,
    draft::{Draft, MaterialFact},
    problem::Section,
    views::filings::DraftView,
};
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use super::{
    answers::{material_name, section_name},
    is_checked, reasons,
    section::follow_hash,
    trail,
};
use crate::{
    doors::materials::{Remove, UPLOAD},
    paths,
    texts::{Lang, t, use_lang},
    ui::{ButtonRow, FileField, FormAction, LinkButton, Notice, PageHead, PostForm, SubmitButton, Tag, Tone},
};

/// The most bytes of one file (rules 1.4).
const MAX_BYTES: f64 = 4.0 * 1024.0 * 1024.0;

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
    follow_hash(|| true);
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
    let src = href.clone();
    view! {
        <div class="material-picture">
            <a href=href target="_blank" rel="external" title=t::filing::materials::view(l)>
                <img class="picture-thumb" src=src alt=alt loading="lazy"/>
            </a>
            <div>
                <p class="material-name">{material.name.clone()}</p>
                <p class="hint">{size_text(f64::from(material.size))}</p>
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
    let place = NodeRef::<html::Div>::new();
    let preview = RwSignal::new(None::<Chosen>);
    on_cleanup(move || preview.with_untracked(Chosen::forget));
    let on_change = move |ev: leptos::ev::Event| {
        preview.with_untracked(Chosen::forget);
        let input = ev.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        preview.set(input.and_then(|input| Chosen::of(&input)));
    };
    let back = format!("{}#{id}", paths::filing::section(view.id, Section::Materials));
    let (form_id, filing) = (format!("upload-{id}"), view.id.to_string());
    view! {
        <PostForm id=form_id action=FormAction::at(UPLOAD) upload=true back=back>
            <input type="hidden" name="id" value=filing/>
            <input type="hidden" name="section" value=one.section.to_string()/>
            <input type="hidden" name="kind" value=one.kind.id().to_string()/>
            <div node_ref=place on:change=on_change>
                <FileField name="file" label=format!("{} · {label}", t::filing::materials::file(l))
                    hint=t::filing::materials::camera_hint(l) accept="image/jpeg,image/png"/>
            </div>
            {move || preview.get().map(|chosen| chosen.draw(l))}
            <SubmitButton label=button secondary=true/>
        </PostForm>
    }
    .into_any()
}

/// A file that was chosen and is not sent yet.
#[derive(Clone, PartialEq)]
struct Chosen {
    name: String,
    size: f64,
    is_picture: bool,
    url: Option<String>,
}

impl Chosen {
    fn of(input: &HtmlInputElement) -> Option<Self> {
        let file = input.files()?.get(0)?;
        let is_picture = matches!(file.type_().as_str(), "image/jpeg" | "image/png");
        let url = is_picture.then(|| web_sys::Url::create_object_url_with_blob(&file).ok()).flatten();
        Some(Self { name: file.name(), size: file.size(), is_picture, url })
    }

    fn forget(chosen: &Option<Self>) {
        if let Some(url) = chosen.as_ref().and_then(|chosen| chosen.url.as_ref()) {
            _ = web_sys::Url::revoke_object_url(url);
        }
    }

    /// What it looks like, or why it will not be taken, before it is sent.
    fn draw(self, l: Lang) -> AnyView {
        let size = size_text(self.size);
        if !self.is_picture {
            return view! { <p class="problem" role="alert">{t::filing::materials::wrong_type(l)}</p> }.into_any();
        }
        if self.size > MAX_BYTES {
            return view! { <p class="problem" role="alert">{t::filing::materials::too_large(l, &size)}</p> }.into_any();
        }
        let words = t::filing::materials::chosen(l, &self.name, &size);
        view! {
            <div class="material-picture" role="status">
                {self.url.map(|url| view! { <img class="picture-thumb" src=url alt=""/> })}
                <p>{words}</p>
            </div>
        }
        .into_any()
    }
}

/// «1.2 MB», «340 KB».
fn size_text(bytes: f64) -> String {
    if bytes >= 1_048_576.0 { format!("{:.1} MB", bytes / 1_048_576.0) } else { format!("{:.0} KB", (bytes / 1024.0).max(1.0)) }
}

#[cfg(test)]
mod tests {
    use super::size_text;

    #[test]
    fn sizes_are_read_at_a_glance() {
        assert_eq!(size_text(1_258_291.0), "1.2 MB");
        assert_eq!(size_text(348_160.0), "340 KB");
        assert_eq!(size_text(3.0), "1 KB");
    }
}
