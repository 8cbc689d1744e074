//! What people type, as they type it: every answer is text, nothing is refused for being wrong.

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{IgnoredAny, MapAccess, Visitor},
};
use std::{collections::BTreeMap, fmt};

/// An answer's name and the most characters it keeps.
pub type FieldBound = (&'static str, usize);

macro_rules! form {
    (
        $(#[$doc:meta])* $name:ident {
            text { $($(#[$tdoc:meta])* $text:ident : $tmax:literal),* $(,)? }
            many { $($(#[$mdoc:meta])* $many:ident),* $(,)? }
            map { $($(#[$pdoc:meta])* $map:ident : $pmax:literal),* $(,)? }
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
        pub struct $name {
            $($(#[$tdoc])* pub $text: String,)*
            $($(#[$mdoc])* pub $many: Vec<String>,)*
            $($(#[$pdoc])* pub $map: BTreeMap<String, String>,)*
        }

        impl $name {
            /// Each answer's name and the most characters it keeps (rules 1.1–1.3).
            pub const FIELDS: &'static [FieldBound] = &[
                $((stringify!($text), $tmax),)*
                $((stringify!($many), 64),)*
                $((stringify!($map), $pmax),)*
            ];

            /// The answers by name; several values joined by `;`.
            pub fn fields(&self) -> Vec<(&'static str, String)> {
                vec![
                    $((stringify!($text), self.$text.clone()),)*
                    $((stringify!($many), self.$many.join(";")),)*
                    $((stringify!($map), self.$map.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(";")),)*
                ]
            }

            /// The answers of one text each, by name; those of several values or of a map are not among them.
            pub fn texts(&self) -> Vec<(&'static str, &str)> {
                vec![$((stringify!($text), self.$text.as_str()),)*]
            }

            /// One text answer, to be changed; none for an unknown name or one with several values.
            pub fn text_mut(&mut self, name: &str) -> Option<&mut String> {
                match name {
                    $(stringify!($text) => Some(&mut self.$text),)*
                    _ => None,
                }
            }
        }

        impl Answers for $name {
            fn text(&mut self, name: &str) -> Option<&mut String> {
                self.text_mut(name)
            }

            fn many(&mut self, name: &str) -> Option<&mut Vec<String>> {
                match name {
                    $(stringify!($many) => Some(&mut self.$many),)*
                    _ => None,
                }
            }

            fn map(&mut self, name: &str) -> Option<&mut BTreeMap<String, String>> {
                match name {
                    $(stringify!($map) => Some(&mut self.$map),)*
                    _ => None,
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut form = Self::default();
                deserializer.deserialize_map(Reader(&mut form))?;
                Ok(form)
            }
        }
    };
}

/// The answers of a form by name, to be read into.
trait Answers {
    fn text(&mut self, name: &str) -> Option<&mut String>;
    fn many(&mut self, name: &str) -> Option<&mut Vec<String>>;
    fn map(&mut self, name: &str) -> Option<&mut BTreeMap<String, String>>;
}

/// Reads any form: what is missing stays empty, what is unknown is passed over. One reader for all of them, as a reader of its
/// own for each would be an eighth of what the wizard downloads.
struct Reader<'a>(&'a mut dyn Answers);

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answers of a form")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut answers: A) -> Result<(), A::Error> {
        while let Some(name) = answers.next_key::<String>()? {
            if let Some(text) = self.0.text(&name) {
                *text = answers.next_value()?;
            } else if let Some(many) = self.0.many(&name) {
                *many = answers.next_value()?;
            } else if let Some(map) = self.0.map(&name) {
                *map = answers.next_value()?;
            } else {
                answers.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

form! {
    /// The sponsor 主体信息 (rules 1.1).
    SponsorForm {
        text {
            /// 主办单位性质, a code.
            nature: 3,
            /// 主办单位名称
            name: 255,
            /// 主办单位证件类型, a code.
            certificate_type: 3,
            /// 主办单位证件号码
            certificate_number: 255,
            /// 证件住所
            certificate_address: 1024,
            /// 投资人或主管单位
            investor: 255,
            /// 省, GB/T 2260.
            province: 6,
            /// 市
            city: 6,
            /// 县
            county: 6,
            /// 通信地址
            address: 1024,
            /// 已为最详细地址: "yes" or empty.
            address_most_precise: 3,
            /// 主体负责人姓名
            person_name: 128,
            /// 负责人证件类型
            person_certificate_type: 3,
            /// 负责人证件号码
            person_certificate_number: 128,
            /// 证件有效期起, a date.
            person_certificate_from: 10,
            /// 证件有效期止, a date or "long_term".
            person_certificate_until: 10,
            /// 手机号码 (联系方式1)
            person_mobile: 128,
            /// 办公电话
            person_office_phone: 128,
            /// 应急联系电话
            person_emergency_phone: 128,
            /// 电子邮件
            person_email: 128,
            /// 备注
            remark: 1024,
        }
        many {}
        map {}
    }
}

form! {
    /// One site 网站信息 (rules 1.2).
    SiteForm {
        text {
            /// 网站名称
            name: 512,
            /// 网站域名: exactly one.
            domain: 128,
            /// 首页网址
            home_page: 512,
            /// The person in charge is the sponsor's: "yes" or empty.
            person_same_as_sponsor: 3,
            /// 网站负责人姓名
            person_name: 128,
            /// 负责人证件类型
            person_certificate_type: 3,
            /// 负责人证件号码
            person_certificate_number: 128,
            /// 证件有效期起
            person_certificate_from: 10,
            /// 证件有效期止, a date or "long_term".
            person_certificate_until: 10,
            /// 手机号码 (联系方式1)
            person_mobile: 128,
            /// 办公电话
            person_office_phone: 128,
            /// 应急联系电话
            person_emergency_phone: 128,
            /// 电子邮件
            person_email: 128,
            /// 备注
            remark: 1024,
        }
        many {
            /// 网站服务内容, codes.
            services,
            /// 网站语言类别, codes.
            languages,
            /// 前置审批项, codes; "none" says 以上都不涉及.
            preapprovals,
        }
        map {
            /// 审批号 by code of 前置审批项.
            approval_numbers: 512,
        }
    }
}

form! {
    /// One access 接入信息 (rules 1.3).
    AccessForm {
        text {
            /// 接入服务提供者, its id.
            provider_id: 36,
            /// The service proof 产品验证: instance or authorisation code.
            service_code: 128,
            /// 接入方式, a code.
            method: 3,
            /// 网站IP地址: one address or range `a-b` a line.
            addresses: 4096,
            /// The location differs from what the addresses say, and that is right: "yes" or empty.
            location_confirmed: 3,
        }
        many {
            /// 服务器放置地, codes.
            locations,
        }
        map {}
    }
}

form! {
    /// What is declared before submission.
    ConsentForm {
        text {
            /// 信息真实: "yes" or empty.
            truthful: 3,
            /// 个人信息处理同意 (PIPL 29): "yes" or empty.
            personal_data: 3,
            /// The provider may correct what is wrong: "yes" or empty.
            provider_may_correct: 3,
        }
        many {}
        map {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_by_name_and_what_it_does_not_know_is_passed_over() {
        let form: SiteForm = serde_json::from_str(
            r#"{"name":"青禾","services":["1","8"],"approval_numbers":{"3":"教〔2026〕1号"},"later":{"deep":[1]}}"#,
        )
        .expect("read");
        let expected = SiteForm {
            name: "青禾".to_owned(),
            services: vec!["1".to_owned(), "8".to_owned()],
            approval_numbers: BTreeMap::from([("3".to_owned(), "教〔2026〕1号".to_owned())]),
            ..SiteForm::default()
        };
        assert_eq!(form, expected);
        let text = serde_json::to_string(&expected).expect("json");
        assert_eq!(serde_json::from_str::<SiteForm>(&text).expect("read"), expected);
        assert!(serde_json::from_str::<SiteForm>(r#"{"services":"1"}"#).is_err());
        assert!(serde_json::from_str::<SiteForm>(r#"{"name":null}"#).is_err());
    }
}
