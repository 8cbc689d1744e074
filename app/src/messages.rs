//! The sentences of SMS, e-mail and inbox: a template's name and its parameters in, words out.

use crate::texts::{Lang, t};
use backend::outbox::MessageTexts;
use serde_json::Value;

/// Renders messages from `locales/message.toml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocaleMessages;

impl MessageTexts for LocaleMessages {
    fn render(&self, template: &str, lang: &str, params: &Value) -> (String, String) {
        let lang = Lang::from_code(lang).unwrap_or_default();
        (text(lang, template, "subject", params), text(lang, template, "body", params))
    }
}

/// One part (`subject` or `body`) of a template in words; empty when there is no such template.
pub fn text(lang: Lang, template: &str, part: &str, params: &Value) -> String {
    let pattern = t::message::by_key(lang, &format!("{template}_{part}")).unwrap_or_default();
    let filled: Vec<(String, String)> = params
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned)))
        .collect();
    let pairs: Vec<(&str, &str)> = filled.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    t::fill_in(pattern, &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_code_stands_in_the_message_in_both_languages() {
        let params = json!({ "code": "123456", "domain": "例子.example", "until": "2026-11-22 14:05" });
        for lang in ["zh", "en"] {
            let (subject, body) = LocaleMessages.render("confirmation_code", lang, &params);
            assert!(!subject.is_empty() && body.contains("123456") && body.contains("例子.example"), "{body}");
            assert!(!body.contains('{'), "{body}");
        }
    }

    #[test]
    fn a_parameter_cannot_bring_placeholders_of_its_own() {
        let params = json!({ "user_name": "{code}", "code": "123456", "minutes": "10" });
        let (_, body) = LocaleMessages.render("registration_code", "zh", &params);
        assert!(body.contains("{code}") && body.contains("123456"), "{body}");
    }

    #[test]
    fn an_approval_names_the_number_to_show_and_of_several_sites_where_each_stands() {
        let link = "https://example.cn/filings/1";
        let one = json!({ "domain": "例子.example", "number": "京ICP备2026000001号-1", "link": link });
        let several = json!({ "domain": "例子.example", "count": "2", "number": "京ICP备2026000001号", "link": link });
        for lang in ["zh", "en"] {
            for (template, params) in [("filing_approved", &one), ("filing_approved_sites", &several)] {
                let (subject, body) = LocaleMessages.render(template, lang, params);
                let number = params["number"].as_str().unwrap();
                assert!(subject.contains(number) && body.contains(number) && body.ends_with(link), "{subject} {body}");
                assert!(!subject.contains('{') && !body.contains('{'), "{subject} {body}");
            }
        }
        let (_, body) = LocaleMessages.render("filing_approved", "zh", &one);
        assert!(body.contains("首页底部标明备案号 京ICP备2026000001号-1"), "{body}");
    }

    #[test]
    fn every_template_the_backend_names_has_words() {
        let mut templates = [
            "registration_code",
            "contact_code",
            "recovery_link",
            "password_changed",
            "contacts_changed",
            "passkey_added",
            "passkey_removed",
            "confirmation_code",
        ]
        .map(str::to_owned)
        .to_vec();
        let notices = include_str!("../../backend/src/notices.rs");
        let quoted = notices.split('"').skip(1).step_by(2);
        templates.extend(quoted.filter(|q| q.starts_with("filing_") && !q.ends_with("_id")).map(str::to_owned));
        assert!(templates.len() > 15, "{templates:?}");
        for template in templates {
            for part in ["subject", "body"] {
                assert!(!text(Lang::Zh, &template, part, &json!({})).is_empty(), "{template}_{part}");
            }
        }
    }
}
