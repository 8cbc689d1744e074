//! After the approval: what a site shows at the bottom of its home page, and whether it does (R16).

use domain::{
    e_certificate::{CertificateDuty, FILE_NAME},
    footer::{FooterCheck, Found, ShownNumber, SiteFooter, snippet},
    id::FilingId,
    views::filings::ProgressView,
};
use leptos::prelude::*;

use crate::{
    doors::footers::Check,
    parts::dates,
    paths,
    texts::{Lang, t},
    ui::{FormAction, Notice, NoticeKind, PostForm, SubmitButton},
};

/// What is to be done, and each site with its lines and its last check; nothing before the approval.
pub(super) fn section(l: Lang, view: &ProgressView) -> Option<AnyView> {
    if view.sites.is_empty() {
        return None;
    }
    let duty = match view.certificate_duty {
        CertificateDuty::Required => t::certificate::duty_required(l, FILE_NAME),
        CertificateDuty::Recommended => t::certificate::duty_recommended(l, FILE_NAME),
    };
    let sites = view.sites.iter().enumerate().map(|(at, site)| site_footer(l, view.id, at, site)).collect_view();
    Some(
        view! {
            <section>
                <h2>{t::filing::footer::title(l)}</h2>
                <ol class="prose">
                    <li>{t::filing::footer::todo_number(l)}</li>
                    <li>{t::filing::footer::todo_link(l)}</li>
                    <li>{t::filing::footer::todo_police(l)}</li>
                    <li>{duty}</li>
                </ol>
                {sites}
            </section>
        }
        .into_any(),
    )
}

fn site_footer(l: Lang, id: FilingId, at: usize, site: &SiteFooter) -> AnyView {
    let (form, number) = (format!("footer-{at}"), site.number.clone());
    let last = match &site.check {
        None => view! { <p class="hint">{t::filing::footer::never(l)}</p> }.into_any(),
        Some(check) => result(l, site, check),
    };
    view! {
        <h3>{site.domain.clone()}</h3>
        <ul>
            <li><a href=paths::certificate_paper(&site.number) download="" rel="external">{t::certificate::paper(l)}</a></li>
            <li>
                <a href=paths::certificate_file(&site.number) download=FILE_NAME rel="external">
                    {t::certificate::download_file(l, FILE_NAME)}
                </a>
            </li>
        </ul>
        <p>{t::filing::footer::copy(l)}</p>
        <pre class="snippet"><code>{snippet(&site.shown)}</code></pre>
        {last}
        <PostForm id=form action={FormAction::of::<Check>()}>
            <input type="hidden" name="id" value=id.to_string()/>
            <input type="hidden" name="number" value=number/>
            <p class="hint">{t::filing::footer::check_hint(l)}</p>
            <SubmitButton label=t::filing::footer::check(l) secondary=true/>
        </PostForm>
    }
    .into_any()
}

fn result(l: Lang, site: &SiteFooter, check: &FooterCheck) -> AnyView {
    let (kind, title) = match check.found {
        Found::Page { number: ShownNumber::Exact, link: true } => (NoticeKind::Success, t::filing::footer::fine(l)),
        Found::Page { .. } => (NoticeKind::Warning, t::filing::footer::lacking(l)),
        Found::NotReached(_) => (NoticeKind::Warning, t::filing::footer::unseen(l)),
    };
    let lines = lines(l, site, check.found).into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    let at = t::filing::footer::checked(l, &dates::moment(l, check.at));
    view! { <Notice kind=kind title=title>{lines}<p class="hint">{at}</p></Notice> }.into_any()
}

fn lines(l: Lang, site: &SiteFooter, found: Found) -> Vec<String> {
    match found {
        Found::Page { number, link } => {
            let number = match number {
                ShownNumber::Exact => t::filing::footer::number_exact(l).to_owned(),
                ShownNumber::Other => t::filing::footer::number_other(l, &site.shown),
                ShownNumber::None => t::filing::footer::number_none(l, &site.shown),
            };
            let link = if link { t::filing::footer::link_yes(l) } else { t::filing::footer::link_no(l) };
            vec![number, link.to_owned()]
        }
        Found::NotReached(why) => {
            vec![t::filing::footer::by_key(l, &format!("why_{}", why.name())).unwrap_or_default().to_owned()]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::footer::NotReached;

    #[test]
    fn whatever_was_found_is_told_in_both_languages() {
        let site = SiteFooter { domain: String::new(), number: "a-1".into(), shown: "a".into(), check: None };
        let pages = ShownNumber::ALL.iter().flat_map(|&number| [true, false].map(|link| Found::Page { number, link }));
        for found in pages.chain(NotReached::ALL.iter().copied().map(Found::NotReached)) {
            let [zh, en] = [Lang::Zh, Lang::En].map(|l| lines(l, &site, found));
            assert!(zh.iter().chain(&en).all(|line| !line.is_empty()), "{found:?}");
            assert_ne!(zh, en, "{found:?}");
        }
    }

    #[test]
    fn a_missing_number_is_the_one_to_show() {
        let site = SiteFooter { domain: String::new(), number: "a-1".into(), shown: "a".into(), check: None };
        let told = lines(Lang::En, &site, Found::Page { number: ShownNumber::None, link: true });
        assert_eq!(told[0], "Number: none on the page; it must be a.");
    }
}
