//! Names of sites: Chinese, no domain, no forbidden word; short and personal for individuals.

use crate::codes::{Nature, Preapproval, ServerLocation};
use crate::problem::{Fault, Rule};
use crate::text::{find_unprintable, fold, is_han, length, lower};

/// A site's name in one writing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SiteName(String);

/// Words that no site carries.
const FORBIDDEN: &[&str] = &["反腐", "赌博", "廉政", "色情"];

/// Words that stand for the state: only a sponsor whose own name has the word may use it.
const OF_THE_STATE: &[&str] = &["中国", "中华", "中央", "人民", "人大", "国家"];

/// Words of units and trades that an individual's site does not carry; names of places are added.
#[rustfmt::skip]
const NOT_PERSONAL: &[&str] = &[
    "公司", "企业", "集团", "工厂", "商城", "商店", "商行", "网店", "超市", "银行", "保险", "证券", "基金", "贷款",
    "医院", "诊所", "学校", "大学", "学院", "协会", "商会", "联盟", "组织", "机构", "政府", "机关", "法院", "门户",
    "媒体", "报社", "酒店", "旅行社", "中介", "代理", "行业",
];

/// Words that promise content for which somebody must have given leave first.
const NEEDS_APPROVAL: &[(&str, Preapproval)] = &[
    ("新闻", Preapproval::News),
    ("出版", Preapproval::Publishing),
    ("教育", Preapproval::Education),
    ("医疗", Preapproval::HealthCare),
    ("药品", Preapproval::Medicines),
    ("医疗器械", Preapproval::Medicines),
    ("影视", Preapproval::Broadcasting),
    ("电影", Preapproval::Broadcasting),
    ("电视", Preapproval::Broadcasting),
    ("文化", Preapproval::Culture),
    ("论坛", Preapproval::BulletinBoard),
    ("网约车", Preapproval::RideHailing),
    ("互联网金融", Preapproval::InternetFinance),
    ("校外培训", Preapproval::Tutoring),
];

/// What a name is judged with.
#[derive(Debug, Clone, Copy)]
pub struct Bearer<'a> {
    /// The sponsor's nature, where it is known.
    pub nature: Option<Nature>,
    /// The sponsor's name.
    pub sponsor: &'a str,
    /// The kinds of pre-approval that are ticked.
    pub approvals: &'a [Preapproval],
}

impl SiteName {
    /// Reads a name for this bearer.
    pub fn parse(text: &str, bearer: &Bearer<'_>) -> Result<Self, Fault> {
        if find_unprintable(text).is_some() {
            return Err(Rule::Unprintable.into());
        }
        let name = fold(text);
        if name.is_empty() {
            return Err(Rule::Required.into());
        }
        check_signs(&name)?;
        check_words(&name, bearer)?;
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_signs(name: &str) -> Result<(), Fault> {
    let lower = lower(name);
    let dotted = lower.split_once('.').is_some_and(|(head, tail)| !head.is_empty() && tail.len() > 1);
    if dotted || lower.contains("://") || lower.starts_with("www") {
        return Err(Rule::SiteNameDomain.into());
    }
    // Letters of other scripts of China are letters too; the point stands in names, the tsheg in Tibetan.
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '·' | '\u{f0b}' | '\u{f39}'..='\u{f87}');
    if let Some(c) = name.chars().find(|c| !fits(*c)) {
        return Err(Fault::with(Rule::SiteNameCharacter, c));
    }
    if length(name) < 3 {
        return Err(Rule::SiteNameShort.into());
    }
    let chinese = |c: char| is_han(c) || (c.is_alphabetic() && !is_western(c));
    if !name.chars().any(chinese) {
        return Err(Rule::SiteNameNoChinese.into());
    }
    Ok(())
}

fn is_western(c: char) -> bool {
    matches!(c, '\0'..='\u{52f}' | '\u{1e00}'..='\u{1fff}')
}

fn check_words(name: &str, bearer: &Bearer<'_>) -> Result<(), Fault> {
    let holds = |word: &&&str| name.contains(**word);
    let state = OF_THE_STATE.iter().filter(|word| !bearer.sponsor.contains(**word));
    if let Some(word) = FORBIDDEN.iter().chain(state).find(holds) {
        return Err(Fault::with(Rule::SiteNameForbidden, *word));
    }
    if bearer.nature == Some(Nature::Individual) {
        if length(name) > 10 {
            return Err(Rule::SiteNamePersonalLength.into());
        }
        let places = ServerLocation::ROWS.iter().map(|row| row.zh);
        let mut words = NOT_PERSONAL.iter().copied().chain(places);
        if let Some(word) = words.find(|word| name.contains(word)) {
            return Err(Fault::with(Rule::SiteNamePersonalWord, word));
        }
    }
    let missing = NEEDS_APPROVAL.iter().find(|(word, _)| {
        // One tick that a word stands for is enough: 医疗器械 is of medicines though it begins like health care.
        let mut kinds = NEEDS_APPROVAL.iter().filter(|(other, _)| name.contains(other) && other.contains(word));
        name.contains(word) && !kinds.any(|(_, kind)| bearer.approvals.contains(kind))
    });
    match missing {
        Some((word, _)) => Err(Fault::with(Rule::SiteNamePreapproval, *word)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn company(approvals: &[Preapproval]) -> Bearer<'_> {
        Bearer { nature: Some(Nature::Company), sponsor: "北京示例科技有限公司", approvals }
    }

    fn person() -> Bearer<'static> {
        Bearer { nature: Some(Nature::Individual), sponsor: "张伟", approvals: &[] }
    }

    fn rule(text: &str, bearer: &Bearer<'_>) -> Option<(Rule, String)> {
        SiteName::parse(text, bearer).err().map(|fault| (fault.rule, fault.given))
    }

    #[rstest]
    #[case("示例科技官网")]
    #[case("示例科技有限公司Example2026")]
    #[case("北京·印象")]
    #[case("ئۇيغۇرتورى")]
    fn a_units_name_is_right(#[case] text: &str) {
        assert_eq!(rule(text, &company(&[])), None);
    }

    #[rstest]
    #[case("", Rule::Required, "")]
    #[case("官网", Rule::SiteNameShort, "")]
    #[case("12345", Rule::SiteNameNoChinese, "")]
    #[case("Example2026", Rule::SiteNameNoChinese, "")]
    #[case("example.com", Rule::SiteNameDomain, "")]
    #[case("www示例网", Rule::SiteNameDomain, "")]
    #[case("示例网.cn", Rule::SiteNameDomain, "")]
    #[case("示例网!", Rule::SiteNameCharacter, "!")]
    #[case("示例 网站", Rule::SiteNameCharacter, " ")]
    #[case("示例网😀", Rule::SiteNameCharacter, "😀")]
    #[case("<b>示例</b>", Rule::SiteNameCharacter, "<")]
    #[case("反腐在线", Rule::SiteNameForbidden, "反腐")]
    #[case("中国示例网", Rule::SiteNameForbidden, "中国")]
    #[case("示例新闻网", Rule::SiteNamePreapproval, "新闻")]
    #[case("示例论坛", Rule::SiteNamePreapproval, "论坛")]
    #[case("示例\u{200b}官网", Rule::Unprintable, "")]
    fn what_a_unit_may_not_call_its_site_is_told(#[case] text: &str, #[case] broken: Rule, #[case] given: &str) {
        assert_eq!(rule(text, &company(&[])), Some((broken, given.to_owned())));
    }

    #[test]
    fn words_of_the_state_are_for_those_whose_name_has_them() {
        let bearer = Bearer { sponsor: "中国示例总公司", ..company(&[]) };
        assert_eq!(rule("中国示例网", &bearer), None);
        assert_eq!(rule("中国色情网", &bearer), Some((Rule::SiteNameForbidden, "色情".to_owned())));
    }

    #[test]
    fn a_word_with_its_approval_is_right() {
        assert_eq!(rule("示例新闻网", &company(&[Preapproval::News])), None);
        assert_eq!(rule("示例医疗器械网", &company(&[Preapproval::Medicines])), None);
        assert!(rule("示例医疗网", &company(&[Preapproval::Medicines])).is_some());
    }

    #[rstest]
    #[case("张伟的小站", None)]
    #[case("张伟的读书写字摄影笔记本", Some((Rule::SiteNamePersonalLength, "")))]
    #[case("张伟公司", Some((Rule::SiteNamePersonalWord, "公司")))]
    #[case("北京生活", Some((Rule::SiteNamePersonalWord, "北京")))]
    fn an_individuals_name_is_short_and_personal(#[case] text: &str, #[case] broken: Option<(Rule, &str)>) {
        assert_eq!(rule(text, &person()), broken.map(|(rule, given)| (rule, given.to_owned())));
    }

    proptest! {
        #[test]
        fn no_text_makes_a_name_panic(text in "\\PC{0,40}") {
            let _ = SiteName::parse(&text, &person());
            let _ = SiteName::parse(&text, &company(&[]));
        }
    }
}
