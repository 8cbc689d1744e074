//! From bytes to text, as browsers do it: many pages in Chinese are still written in GBK.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use html5gum::{Token, Tokenizer};

/// How far a `meta` is looked for: the standard says 1024 bytes, browsers and pages are more generous.
const META: usize = 4096;

/// The text of a body.
pub(super) fn decode(body: &[u8], content_type: Option<&str>) -> String {
    // A byte order mark goes before whatever was said: `decode` itself sees to that.
    let said = content_type.and_then(of_type).or_else(|| of_meta(body));
    said.unwrap_or_else(|| guess(body)).decode(body).0.into_owned()
}

/// `charset` of a content type.
fn of_type(content_type: &str) -> Option<&'static Encoding> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches(['"', '\'']);
        name.trim().eq_ignore_ascii_case("charset").then(|| Encoding::for_label(value.as_bytes())).flatten()
    })
}

/// `<meta charset>`, or `<meta http-equiv="content-type" content>`. The page was read as ASCII to find it, so it is not UTF-16.
fn of_meta(body: &[u8]) -> Option<&'static Encoding> {
    let tokens = Tokenizer::new(body.get(..META).unwrap_or(body));
    let found = tokens.filter_map(Result::ok).find_map(|token| {
        let Token::StartTag(tag) = token else { return None };
        if tag.name.as_slice() != b"meta" {
            return None;
        }
        let attribute = |name: &[u8]| tag.attributes.iter().find(|(given, _)| given.as_slice() == name).map(|(_, value)| value);
        if let Some(label) = attribute(b"charset") {
            return Encoding::for_label(label);
        }
        let equivalent = attribute(b"http-equiv")?.eq_ignore_ascii_case(b"content-type");
        attribute(b"content").filter(|_| equivalent).and_then(|content| of_type(&String::from_utf8_lossy(content)))
    })?;
    Some(if found == UTF_16BE || found == UTF_16LE { UTF_8 } else { found })
}

/// Nothing was said. UTF-8 is hardly ever something else by accident; a last character may have been cut.
fn guess(body: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => GB18030,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    // 备案 in GBK, by the code chart: B1B8 B0B8.
    const FILED: &[u8] = &[0xb1, 0xb8, 0xb0, 0xb8];

    #[rstest]
    #[case::header(b"", Some("text/html; charset=GBK"))]
    #[case::header_quoted(b"", Some("text/html;Charset=\"gb2312\""))]
    #[case::meta(b"<head><meta charset=gb2312>", Some("text/html"))]
    #[case::meta_equivalent(b"<meta http-equiv=Content-Type content='text/html; charset=gb18030'>", None)]
    #[case::unsaid(b"<p>", None)]
    #[case::header_before_meta(b"<meta charset=utf-8>", Some("text/html; charset=gbk"))]
    fn a_page_in_gbk_is_read(#[case] before: &[u8], #[case] content_type: Option<&str>) {
        let body = [before, FILED].concat();
        assert!(decode(&body, content_type).ends_with("备案"));
    }

    #[rstest]
    #[case::unsaid("备案".as_bytes(), None)]
    #[case::cut(&"备案备".as_bytes()[..8], None)]
    #[case::unknown_label("备案".as_bytes(), Some("text/html; charset=nonsense"))]
    #[case::marked(b"\xef\xbb\xbf\xe5\xa4\x87\xe6\xa1\x88", Some("text/html; charset=gbk"))]
    fn a_page_in_utf_8_is_read(#[case] body: &[u8], #[case] content_type: Option<&str>) {
        assert!(decode(body, content_type).starts_with("备案"));
    }
}
