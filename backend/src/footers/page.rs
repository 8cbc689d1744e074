//! What a home page shows, as far as its document says: scripts and styles are not run.

use domain::footer::MINISTRY;
use html5gum::{DefaultEmitter, Token, Tokenizer};
use url::Url;

/// What of a page matters here.
pub(super) struct Seen {
    /// The text that is shown.
    pub(super) text: String,
    /// It links to the ministry's system.
    pub(super) link: bool,
}

/// Elements whose content is not shown, or is no text.
const UNSEEN: &[&[u8]] =
    &[b"script", b"style", b"template", b"noscript", b"title", b"textarea", b"iframe", b"noembed", b"noframes"];

/// Elements that go on within a line: a number may be parted by them. All others part the words on their two sides.
const INLINE: &[&[u8]] = &[
    b"a", b"abbr", b"b", b"bdi", b"bdo", b"big", b"code", b"em", b"font", b"i", b"ins", b"label", b"mark", b"small", b"span",
    b"strong", b"sub", b"sup", b"tt", b"u", b"wbr",
];

/// Reads a document that came from `address`. Tokens alone are looked at, no tree is built: what is nested a million deep
/// costs as much as what is not.
pub(super) fn read(document: &str, address: &Url) -> Seen {
    let mut emitter = DefaultEmitter::<()>::default();
    emitter.naively_switch_states(true);
    let mut seen = Seen { text: String::new(), link: false };
    // The unseen element that is open, and how often within itself.
    let mut unseen: Option<(Vec<u8>, usize)> = None;
    for token in Tokenizer::new_with_emitter(document, emitter).filter_map(Result::ok) {
        match token {
            Token::StartTag(tag) => match &mut unseen {
                Some((name, depth)) => *depth += usize::from(tag.name.as_slice() == name.as_slice()),
                None if UNSEEN.contains(&tag.name.as_slice()) => unseen = Some((tag.name.to_vec(), 1)),
                None => {
                    part(&mut seen.text, &tag.name);
                    let links = matches!(tag.name.as_slice(), b"a" | b"area");
                    let href = tag.attributes.iter().find(|(name, _)| links && name.as_slice() == b"href");
                    seen.link |= href.is_some_and(|(_, to)| is_ministry(&String::from_utf8_lossy(to), address));
                }
            },
            Token::EndTag(tag) => match &mut unseen {
                Some((name, depth)) if tag.name.as_slice() == name.as_slice() => {
                    *depth -= 1;
                    if *depth == 0 {
                        unseen = None;
                    }
                }
                Some(_) => {}
                None => part(&mut seen.text, &tag.name),
            },
            Token::String(text) if unseen.is_none() => seen.text.push_str(&String::from_utf8_lossy(&text)),
            _ => {}
        }
    }
    seen
}

fn part(text: &mut String, tag: &[u8]) {
    if !INLINE.contains(&tag) {
        text.push('\n');
    }
}

/// Whether a link leads to the first page of the ministry's system, over either kind of line; a place within it counts.
fn is_ministry(href: &str, address: &Url) -> bool {
    let (Ok(to), Ok(ministry)) = (address.join(href), Url::parse(MINISTRY)) else { return false };
    let line = matches!(to.scheme(), "http" | "https") && to.port().is_none() && to.username().is_empty();
    line && to.host() == ministry.host() && to.path() == ministry.path() && to.query().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn seen(document: &str) -> Seen {
        read(document, &Url::parse("http://www.example.cn/").unwrap())
    }

    #[rstest]
    #[case("https://beian.miit.gov.cn/", true)]
    #[case("https://beian.miit.gov.cn", true)]
    #[case("http://beian.miit.gov.cn/", true)]
    #[case("http://beian.miit.gov.cn", true)]
    #[case(" HTTPS://BEIAN.MIIT.GOV.CN/ ", true)]
    #[case("//beian.miit.gov.cn/", true)]
    #[case("https://beian.miit.gov.cn/#/Integrated/index", true)]
    #[case("https://beian.miit.gov.cn&#47;", true)]
    #[case("beian.miit.gov.cn", false)]
    #[case("/beian.miit.gov.cn/", false)]
    #[case("https://www.miit.gov.cn/", false)]
    #[case("https://beian.miit.gov.cn.evil.example/", false)]
    #[case("https://beian.miit.gov.cn@evil.example/", false)]
    #[case("https://evil.example/beian.miit.gov.cn/", false)]
    #[case("https://evil.example/?https://beian.miit.gov.cn/", false)]
    #[case("https://beian.miit.gov.cn/state", false)]
    #[case("https://beian.miit.gov.cn:8443/", false)]
    #[case("javascript:location='https://beian.miit.gov.cn/'", false)]
    #[case("", false)]
    fn only_a_link_to_the_ministry_counts(#[case] href: &str, #[case] link: bool) {
        assert_eq!(seen(&format!("<a href='{href}'>x</a>")).link, link, "{href}");
    }

    #[rstest]
    #[case::unquoted("<A target=_blank HREF=https://beian.miit.gov.cn/>x</A>", true)]
    #[case::never_closed("<div><div><a href='https://beian.miit.gov.cn/'", false)]
    #[case::comment("<!-- <a href='https://beian.miit.gov.cn/'>x</a> -->", false)]
    #[case::script("<script>'<a href=\"https://beian.miit.gov.cn/\">'</script>", false)]
    #[case::attribute("<p title=\"<a href='https://beian.miit.gov.cn/'>\">", false)]
    #[case::no_link("<link href='https://beian.miit.gov.cn/'>", false)]
    #[case::behind_a_script("<script>if (a<b) {}</script><a href='https://beian.miit.gov.cn/'>x</a>", true)]
    #[case::behind_a_template("<template><template></template></template><a href='https://beian.miit.gov.cn/'>", true)]
    #[case::within_a_template("<template><template></template><a href='https://beian.miit.gov.cn/'></template>", false)]
    fn a_link_is_an_element_of_the_page(#[case] document: &str, #[case] link: bool) {
        assert_eq!(seen(document).link, link);
    }

    #[rstest]
    #[case("<b>京ICP备</b><span>2026</span>000001号-1", "京ICP备2026000001号-1")]
    #[case("<p>京ICP备2026000001号-1</p><p>2026</p>", "京ICP备2026000001号-1 2026")]
    #[case("京ICP备2026000001号-1<br>2026", "京ICP备2026000001号-1 2026")]
    #[case("&#20140;ICP&#x5907;2026000001&#21495;-1", "京ICP备2026000001号-1")]
    #[case("<title>no</title><script>no</script><style>no</style><!-- no --><noscript><p>no</p></noscript>yes", "yes")]
    #[case("<script>'</p>京ICP备2026000001号-1'</script>", "")]
    #[case("<img alt='no'>", "")]
    fn what_is_shown_is_read_and_nothing_else(#[case] document: &str, #[case] text: &str) {
        let words: Vec<_> = seen(document).text.split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), text);
    }

    #[test]
    fn what_is_nested_a_million_deep_is_read_as_fast_as_the_rest() {
        let deep = format!("{}<a href='https://beian.miit.gov.cn/'>x", "<a>".repeat(300_000));
        assert!(seen(&deep).link);
    }
}
