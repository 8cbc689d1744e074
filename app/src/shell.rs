//! The document around the application. Own, because a public page carries no script at all,
//! and because the framework's own preload links leak the nonce into `crossorigin`.

use crate::{App, fault::Fault, pages::fault_document, texts::use_lang};
use domain::actor::{Actor, Role};
use leptos::prelude::*;
use leptos_meta::MetaTags;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
};

/// What the build left for the pages: written by `xtask build` as `assets.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
pub struct Assets {
    /// Folder of this build, such as `/pkg/3f2a9c`: its name changes with its content.
    pub base: String,
    /// For each lazy part (by the snake-case name of its route type) the files to fetch before it runs.
    pub parts: BTreeMap<String, Vec<String>>,
}

/// Pages with a program: first segment of the path, and the name of the lazy part that serves it.
const SCRIPTED: &[(&str, &str)] =
    &[("account", DRAWN), ("filings", DRAWN), ("office", DRAWN), ("provider", "provider_area"), ("bureau", "bureau_area")];

/// The part for pages that the server alone draws.
const DRAWN: &str = "drawn";
/// The part that every area needs which is drawn again in the browser.
const HYDRATED: &str = "hydrated";

/// The lazy part behind a path; a path without one is public and comes without scripts.
pub fn part_of(path: &str) -> Option<&'static str> {
    let first = path.trim_start_matches('/').split('/').next()?;
    SCRIPTED.iter().find(|(segment, _)| *segment == first).map(|(_, part)| *part)
}

/// Whether the page at this path is drawn again in the browser, with the data it was drawn with.
pub fn is_hydrated(path: &str) -> bool {
    part_of(path).is_some_and(|part| part != DRAWN)
}

/// Status of the page being drawn, set from inside the view, and when it is worth loading it again.
#[derive(Clone, Debug)]
pub struct PageStatus(Arc<(AtomicU16, AtomicU64)>);

impl Default for PageStatus {
    fn default() -> Self {
        Self(Arc::new((AtomicU16::new(200), AtomicU64::new(0))))
    }
}

impl PageStatus {
    /// The HTTP status to answer with.
    pub fn get(&self) -> u16 {
        self.0.0.load(Ordering::Relaxed)
    }

    /// Seconds to wait, where that is all it takes.
    pub fn retry_after_s(&self) -> Option<u64> {
        Some(self.0.1.load(Ordering::Relaxed)).filter(|seconds| *seconds > 0)
    }
}

/// Makes the page being drawn answer with another status than 200; does nothing in the browser.
pub fn set_status(status: u16) {
    if let Some(page) = use_context::<PageStatus>() {
        page.0.0.store(status, Ordering::Relaxed);
    }
}

/// The same for a fault in the place of the page, or of a part of it.
pub fn set_fault(fault: &Fault) {
    set_status(fault.status());
    if let Some(page) = use_context::<PageStatus>() {
        page.0.1.store(fault.retry_after_s().unwrap_or_default(), Ordering::Relaxed);
    }
}

/// The script that asks the browser for passkeys, and whether the page being drawn has it: the policy must let it run.
#[derive(Clone, Debug)]
pub struct PasskeysScript {
    src: String,
    drawn: Arc<AtomicBool>,
}

impl PasskeysScript {
    /// The script of this build.
    #[must_use]
    pub fn of(assets: &Assets) -> Self {
        Self { src: format!("{}/passkeys.js", assets.base), drawn: Arc::default() }
    }

    /// Whether the page has it.
    pub fn is_drawn(&self) -> bool {
        self.drawn.load(Ordering::Relaxed)
    }
}

/// That script; what draws a page in the browser has none. Twice in a page it runs once: a part of a page may be drawn and thrown
/// away before it is drawn for good.
#[must_use]
pub fn passkeys_script() -> Option<impl IntoView> {
    let script = use_context::<PasskeysScript>()?;
    script.drawn.store(true, Ordering::Relaxed);
    Some(view! { <script src=script.src defer></script> })
}

/// What stands in the place of a page that may not be shown, or broke; set by the server alone.
#[derive(Clone, Debug)]
pub struct PageFault(pub Fault);

/// The document for a page at `path`, with scripts or without.
pub fn shell(assets: &Assets, path: &str, scripted: bool) -> impl IntoView + use<> {
    let base = assets.base.clone();
    let scripts = part_of(path).filter(|_| scripted).map(|part| {
        let common = is_hydrated(path).then_some(HYDRATED);
        let files: BTreeSet<&String> =
            common.into_iter().chain([part]).filter_map(|part| assets.parts.get(part)).flatten().collect();
        let preloads = files
            .into_iter()
            .map(|file| {
                let href = format!("{base}/{file}");
                view! { <link rel="preload" href=href r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/> }
            })
            .collect_view();
        view! {
            <link rel="modulepreload" href=format!("{base}/app.js")/>
            <link rel="preload" href=format!("{base}/app.wasm") r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            {preloads}
            <script type="module" src=format!("{base}/start.js")></script>
        }
    });
    // Staff go from page to page of their account without loading it anew: the script is there before the page that needs it.
    let of_staff = use_context::<Actor>().and_then(|actor| actor.role()).is_some_and(|role| role != Role::Registrant);
    let passkeys = (scripted && of_staff && path.starts_with("/account")).then(passkeys_script);
    let body = match use_context::<PageFault>() {
        None => view! { <App/> }.into_any(),
        Some(PageFault(fault)) => fault_document(&fault),
    };
    view! {
        <!DOCTYPE html>
        <html lang=use_lang().tag()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=format!("{base}/app.css")/>
                {scripts}
                {passkeys}
                <MetaTags/>
            </head>
            <body>{body}</body>
        </html>
    }
}
