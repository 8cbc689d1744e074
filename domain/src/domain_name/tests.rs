use rstest::rstest;

use super::*;

fn permitted() -> Vec<String> {
    vec!["example".to_owned(), "演示".to_owned()]
}

fn light_of(text: &str) -> Checked<DomainName> {
    DomainName::check_to(Depth::Light, text, &permitted())
}

#[rstest]
#[case("example.com", "example.com")]
#[case(" Example.COM. ", "example.com")]
#[case("ｅｘａｍｐｌｅ．ｃｎ", "example.cn")]
#[case("example。cn", "example.cn")]
#[case("a.cn", "a.cn")]
#[case("example.com.cn", "example.com.cn")]
#[case("example.bj.cn", "example.bj.cn")]
#[case("beijing.gov.cn", "beijing.gov.cn")]
#[case("jtgl.beijing.gov.cn", "jtgl.beijing.gov.cn")]
#[case("www.com", "www.com")]
#[case("shop.example", "shop.example")]
fn a_registrable_domain_has_one_writing(#[case] text: &str, #[case] written: &str) {
    let checked = light_of(text);
    assert_eq!(checked.fine().map(|name| name.ascii), Some(written.to_owned()));
}

#[rstest]
#[case("", Rule::Required, "")]
#[case("http://example.com", Rule::DomainScheme, "")]
#[case("HTTPS：//example.com", Rule::DomainScheme, "")]
#[case("//example.com", Rule::DomainScheme, "")]
#[case("www.example.com", Rule::DomainWww, "example.com")]
#[case("www.example.com.cn", Rule::DomainWww, "example.com.cn")]
#[case("www.beijing.gov.cn", Rule::DomainWww, "beijing.gov.cn")]
#[case("example.com/", Rule::DomainPath, "")]
#[case("example.com:8080", Rule::DomainPath, "")]
#[case("me@example.com", Rule::DomainPath, "")]
#[case("192.0.2.1", Rule::DomainIsAddress, "")]
#[case("2001:db8::1", Rule::DomainIsAddress, "")]
#[case("[2001:db8::1]", Rule::DomainIsAddress, "")]
#[case("exa mple.com", Rule::DomainCharacter, " ")]
#[case("exa_mple.com", Rule::DomainCharacter, "_")]
#[case("<b>.com", Rule::DomainCharacter, "<")]
#[case("example", Rule::DomainSingleLabel, "")]
#[case("exa..com", Rule::DomainLabel, "")]
#[case(".example.com", Rule::DomainLabel, "")]
#[case("-example.com", Rule::DomainLabel, "-example")]
#[case("ab--cd.com", Rule::DomainLabel, "ab--cd")]
#[case("com.cn", Rule::DomainIsSuffix, "")]
#[case("bj.cn", Rule::DomainIsSuffix, "")]
#[case("shop.example.com", Rule::DomainNotRegistrable, "example.com")]
#[case("a.b.example.com.cn", Rule::DomainNotRegistrable, "example.com.cn")]
#[case("a.shop.example", Rule::DomainNotRegistrable, "shop.example")]
#[case("example.io", Rule::DomainSuffixNotApproved, ".io")]
#[case("example.co.uk", Rule::DomainSuffixNotApproved, ".uk")]
#[case("a.b", Rule::DomainLength, "")]
#[case("exa\u{200d}mple.com", Rule::Unprintable, "")]
fn what_is_no_registrable_domain_is_told(#[case] text: &str, #[case] rule: Rule, #[case] given: &str) {
    assert_eq!(light_of(text), Checked::Wrong(Fault::with(rule, given)));
}

#[test]
fn a_label_has_at_most_63_characters_and_a_name_128() {
    let long = format!("{}.com", "a".repeat(64));
    assert_eq!(light_of(&long).fault().map(|fault| fault.rule), Some(Rule::DomainLabel));
    let parts = ["a".repeat(63), "b".repeat(63), "com".to_owned()];
    assert_eq!(light_of(&parts.join(".")).fault().map(|fault| fault.rule), Some(Rule::DomainLength));
}

#[rstest]
#[case("中文.cn")]
#[case("xn--fiq228c.cn")]
#[case("example.tv")]
#[case("例子.公司.cn")]
fn the_browser_leaves_to_the_server_what_needs_large_tables(#[case] text: &str) {
    assert_eq!(light_of(text), Checked::Undecided);
}

#[test]
fn a_host_lies_under_its_domain_by_whole_labels() {
    let domain = light_of("example.cn").fine().unwrap();
    assert!(domain.holds("example.cn") && domain.holds("www.example.cn"));
    assert!(!domain.holds("myexample.cn") && !domain.holds("example.cn.com"));
    assert!(domain.ends_in(&["cn"]) && !domain.ends_in(&["gov.cn", "le.cn"]));
}

#[cfg(feature = "full-names")]
mod whole {
    use proptest::prelude::*;

    use super::*;

    fn whole_of(text: &str) -> Checked<DomainName> {
        DomainName::check_to(Depth::Whole, text, &permitted())
    }

    #[rstest]
    #[case("中文.中国", "xn--fiq228c.xn--fiqs8s", "中文.中国")]
    #[case("中文。CN", "xn--fiq228c.cn", "中文.cn")]
    #[case("XN--FIQ228C.cn", "xn--fiq228c.cn", "中文.cn")]
    #[case("例子.公司.cn", "xn--fsqu00a.xn--55qx5d.cn", "例子.公司.cn")]
    #[case("商店.演示", "", "商店.演示")]
    #[case("bücher.com", "xn--bcher-kva.com", "bücher.com")]
    #[case("example.tv", "example.tv", "example.tv")]
    #[case("网站2026.公益", "", "网站2026.公益")]
    fn names_in_every_script_have_one_identity(#[case] text: &str, #[case] ascii: &str, #[case] unicode: &str) {
        let name = whole_of(text).fine().unwrap();
        assert!(ascii.is_empty() || name.ascii == ascii, "{}", name.ascii);
        assert!(name.unicode == unicode, "{}", name.unicode);
        assert!(is_plain(&name.ascii) || name.ascii.contains("xn--"));
        assert_eq!(whole_of(&name.ascii).fine(), Some(name));
    }

    #[rstest]
    #[case("公司.cn", Rule::DomainIsSuffix)]
    #[case("www.中文.cn", Rule::DomainWww)]
    #[case("店.中文.cn", Rule::DomainNotRegistrable)]
    #[case("☕.com", Rule::DomainIdn)]
    #[case("💩.com", Rule::DomainIdn)]
    #[case("xn--a.com", Rule::DomainIdn)]
    #[case("xn--fiqs8s-.com", Rule::DomainLabel)]
    #[case("аpple.com", Rule::DomainLookalike)]
    #[case("中文.онлайн", Rule::DomainSuffixNotApproved)]
    fn what_no_registry_gives_out_is_told(#[case] text: &str, #[case] rule: Rule) {
        assert_eq!(whole_of(text).fault().map(|fault| fault.rule), Some(rule));
    }

    #[test]
    fn suffixes_of_somebodys_customers_are_not_counted() {
        assert_eq!(find_registrable("alice.blogspot.com").as_deref(), Some("blogspot.com"));
        assert_eq!(find_registrable("alice.github.io").as_deref(), Some("github.io"));
        assert_eq!(find_registrable("s3.cn-north-1.amazonaws.com.cn").as_deref(), Some("amazonaws.com.cn"));
    }

    #[rstest]
    #[case("https://www.example.com.cn/a?b#c", Some("example.com.cn"))]
    #[case("WWW.中文.CN", Some("xn--fiq228c.cn"))]
    #[case("https://me:pw@shop.example.cn:8443/", Some("example.cn"))]
    #[case("京ICP备05000001号", None)]
    #[case("com.cn", None)]
    #[case("北京示例科技有限公司", None)]
    fn a_query_names_a_registrable_domain(#[case] text: &str, #[case] found: Option<&str>) {
        assert_eq!(find_registrable(text).as_deref(), found);
    }

    #[test]
    fn the_browsers_small_table_is_a_part_of_the_list() {
        for top in suffixes::FLAT {
            assert!(suffixes::APPROVED.contains(top), "{top}");
            for second in suffixes::BELOW_CN.iter().chain(&["co", "city", "name", "x"]) {
                let name = format!("a.{second}.{top}");
                assert_eq!(find_registrable(&name), Some(format!("{second}.{top}")));
            }
        }
        let letters = || "abcdefghijklmnopqrstuvwxyz".chars();
        let pairs = letters().flat_map(|a| letters().map(move |b| format!("{a}{b}")));
        let kinds = ["com", "edu", "gov", "mil", "net", "org", "name", "info"].map(str::to_owned);
        for second in pairs.chain(kinds) {
            let listed = suffixes::BELOW_CN.contains(&second.as_str());
            assert_eq!(find_registrable(&format!("{second}.cn")).is_none(), listed, "{second}");
        }
    }

    #[test]
    fn every_approved_suffix_stands_in_the_list() {
        for top in suffixes::APPROVED {
            let ascii = super::super::whole::to_ascii(&format!("a.{top}")).unwrap();
            let suffix = psl::suffix(ascii.as_bytes()).unwrap();
            assert!(suffix.is_known(), "{top}");
        }
    }

    fn names() -> impl Strategy<Value = String> {
        let label = "[a-z0-9-]{1,8}|www|xn--[a-z0-9-]{1,8}|[中文例子a-c]{1,3}|\\PC{1,4}";
        let top = proptest::sample::select(vec![
            "com",
            "cn",
            "com.cn",
            "gov.cn",
            "bj.cn",
            "中国",
            "example",
            "演示",
            "io",
            "tv",
            "co.uk",
            "公司.cn",
            "name",
            "",
        ]);
        let parts = proptest::collection::vec(label, 0..4);
        (parts, top, "|https?://|//| ").prop_map(|(parts, top, head)| format!("{head}{}.{top}", parts.join(".")))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_browser_never_contradicts_the_server(text in prop_oneof![names(), "\\PC{0,30}".prop_map(String::from)]) {
            let (light, whole) = (light_of(&text), whole_of(&text));
            prop_assert!(whole != Checked::Undecided);
            prop_assert!(light == Checked::Undecided || light == whole, "{text}: {light:?} {whole:?}");
        }
    }
}
