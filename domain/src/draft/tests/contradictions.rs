//! Drafts of all kinds: browser and server agree, and completeness means that nothing is wrong.

use proptest::prelude::*;

use super::*;

/// Answers of all kinds for every text of a form: right, wrong and naughty.
fn answer() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "",
        "yes",
        "1",
        "2",
        "4",
        "5",
        "7",
        "13",
        "none",
        "110000",
        "110100",
        "110105",
        "110199",
        "440000",
        "441900",
        "410000",
        "410100",
        "河南省洛阳市老城区1号",
        "张伟",
        "北京示例科技有限公司",
        "91110000600001760P",
        "11010519491231002X",
        "110105491231002",
        "E12345678",
        "2015-01-01",
        "long_term",
        "2027-01-01",
        "13800138000",
        "13900139000",
        "010-62345678",
        "zhang@example.cn",
        "建国路1号",
        "示例官网",
        "example.cn",
        "www.example.cn",
        "中文.cn",
        "www.中文.cn",
        "店.中文.cn",
        "a.com.cn",
        "shop.example",
        "example.tv",
        "x.example.tv",
        "203.0.113.7",
        "203.0.113.129",
        "10.0.0.1",
        "5",
        "00000000-0000-0000-0000-000000000001",
        "00000000-0000-0000-0000-000000000002",
        "\u{202e}",
        "\u{0}",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,20}"]
}

/// The sentences that the browser's program carries.
const BROWSERS: &str = include_str!("../../../../app/locales/problem.toml");

fn changed_drafts() -> impl Strategy<Value = Draft> {
    let change = (0_usize..3, any::<proptest::sample::Index>(), answer());
    let many = proptest::collection::vec(answer(), 0..4);
    let base = prop_oneof![Just(company()), Just(individual()), Just(Draft::default())];
    (base, proptest::collection::vec(change, 0..12), many, any::<bool>()).prop_map(|(mut draft, changes, many, own)| {
        draft.sites.push(site_draft(2, "example.com"));
        if own {
            of_another_person(&mut draft.sites.last_mut().unwrap().form);
        }
        let form = &mut draft.sites[0].form;
        (form.services, form.preapprovals) = (many.clone(), many);
        for (form, field, value) in changes {
            let (fields, target) = match form {
                0 => (SponsorForm::FIELDS, None),
                1 => (SiteForm::FIELDS, Some(false)),
                _ => (AccessForm::FIELDS, Some(true)),
            };
            let name = fields[field.index(fields.len())].0;
            let slot = match target {
                None => draft.sponsor.text_mut(name),
                Some(false) => draft.sites[0].form.text_mut(name),
                Some(true) => draft.sites[0].accesses.first_mut().and_then(|access| access.form.text_mut(name)),
            };
            if let Some(slot) = slot {
                *slot = value;
            }
        }
        draft
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_browser_never_contradicts_the_server(draft in changed_drafts()) {
        let light = draft.problems_to(Depth::Light, &tables());
        let whole = draft.problems(&tables());
        for problem in &light {
            prop_assert!(whole.contains(problem), "only the browser: {problem:?}");
            // Materials are no form: their problems are the server's to say.
            let words = problem.section == Section::Materials || BROWSERS.contains(&format!("\n{} = ", problem.rule.id()));
            prop_assert!(words, "the browser has no words for {problem:?}");
        }
        // What the server adds stands where the browser's tables end.
        for problem in whole.iter().filter(|problem| !light.contains(problem)) {
            prop_assert!(["domain", "home_page", "county"].contains(&problem.field.as_ref()), "{problem:?}");
        }
    }

    #[test]
    fn a_draft_is_complete_exactly_when_nothing_is_wrong(draft in changed_drafts()) {
        let draft = with_materials(draft);
        let problems = draft.problems(&tables());
        match draft.complete(&tables()) {
            Ok(application) => {
                prop_assert!(problems.is_empty());
                prop_assert_eq!(application.sites.len(), draft.sites.len());
            }
            Err(same) => {
                prop_assert_eq!(&same, &problems);
                prop_assert!(!problems.is_empty() || cfg!(not(feature = "full-names")));
            }
        }
    }

    #[test]
    fn one_field_has_one_problem(draft in changed_drafts()) {
        let problems = draft.problems(&tables());
        let mut places: Vec<_> = problems.iter().map(|p| (p.section, p.field.clone())).collect();
        places.sort();
        places.dedup();
        prop_assert_eq!(places.len(), problems.len());
    }
}
