//! The public register: filed, not filed, or cannot say (A2).

use serde::{Deserialize, Serialize};
use time::Date;

time::serde::format_description!(iso_date, Date, "[year]-[month]-[day]");

/// The answer to a public query. Never an empty list that looks like "not filed" (rules 7.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// 已备案
    Filed,
    /// 未备案
    NotFiled,
    /// 暂时无法答复: limited, too short a question, or a fault.
    CannotSay,
}

/// One site of the register, as published. No personal data beyond the name of the sponsor.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RecordView {
    /// 主办单位名称
    pub sponsor_name: String,
    /// 主办单位性质, its code.
    pub sponsor_nature: u16,
    /// 主体备案号
    pub sponsor_number: String,
    /// 网站备案号
    pub site_number: String,
    /// 网站名称
    pub site_name: String,
    /// 网站域名, as displayed.
    pub domain: String,
    /// 首页网址
    pub home_page: String,
    /// 前置审批项, codes.
    pub preapprovals: Vec<i16>,
    /// 审核通过日期; as `2026-11-20` in JSON, which other programs read too.
    #[serde(with = "iso_date")]
    pub approved_on: Date,
}

/// The whole answer, as the API sends it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RegisterView {
    /// Filed, not filed, cannot say.
    pub answer: Answer,
    /// The records, at most 20.
    pub records: Vec<RecordView>,
    /// Whether there are more.
    #[serde(default)]
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_tells_its_date_as_programs_read_dates() {
        let record = RecordView {
            sponsor_name: "北京书香科技有限公司".into(),
            sponsor_nature: 4,
            sponsor_number: "京ICP备2026000012号".into(),
            site_number: "京ICP备2026000012号-1".into(),
            site_name: "书香".into(),
            domain: "shuxiang.example".into(),
            home_page: "www.shuxiang.example".into(),
            preapprovals: vec![],
            approved_on: time::macros::date!(2026 - 11 - 20),
        };
        let json = serde_json::to_value(&record).unwrap();
        assert_eq!(json["approved_on"], "2026-11-20");
        assert_eq!(serde_json::from_value::<RecordView>(json).unwrap(), record);
    }
}
