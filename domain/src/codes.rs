//! The ministry's code tables, each row with its names and whether it may still be chosen.

mod access;
mod material;
mod opinion;
mod province;
mod site;
mod sponsor;

pub use access::{AccessMethod, ServerLocation};
pub use material::MaterialKind;
pub use opinion::opinions;
pub use province::Province;
pub use site::{Language, Preapproval, ServiceContent};
pub use sponsor::{CertificateType, Nature};

/// One row of a code table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// The number by which filings and interfaces name it.
    pub id: u32,
    /// The Chinese name.
    pub zh: &'static str,
    /// The English name.
    pub en: &'static str,
    /// Whether a new filing may use it.
    pub current: bool,
}

/// A code table for the public list of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// The table's identifier.
    pub id: &'static str,
    /// The Chinese name.
    pub zh: &'static str,
    /// The English name.
    pub en: &'static str,
    /// Its rows, in the order in which they are offered.
    pub rows: &'static [Row],
}

/// Every code table.
pub const TABLES: &[Table] = &[
    Table { id: "nature", zh: "主办单位性质", en: "Nature of the sponsor", rows: Nature::ROWS },
    Table { id: "certificate-type", zh: "证件类型", en: "Certificate types", rows: CertificateType::ROWS },
    Table {
        id: "preapproval", zh: "前置审批或专项审批内容类型", en: "Content that needs approval", rows: Preapproval::ROWS
    },
    Table { id: "service-content", zh: "网站服务内容", en: "Service contents", rows: ServiceContent::ROWS },
    Table { id: "language", zh: "网站语言类别", en: "Languages", rows: Language::ROWS },
    Table { id: "access-method", zh: "网站接入方式", en: "Access methods", rows: AccessMethod::ROWS },
    Table { id: "server-location", zh: "服务器放置地", en: "Server locations", rows: ServerLocation::ROWS },
    Table { id: "material-kind", zh: "附件用途", en: "Kinds of materials", rows: MaterialKind::ROWS },
    Table { id: "province", zh: "省级行政区划", en: "Provinces", rows: Province::ROWS },
];

/// The English name of what a table calls `zh`.
pub fn find_english(zh: &str) -> Option<&'static str> {
    let mut rows = TABLES.iter().flat_map(|table| table.rows);
    rows.find(|row| row.zh == zh).map(|row| row.en)
}

/// An enum whose discriminants are the ids of a code table.
macro_rules! code_table {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $id:literal $zh:literal $en:literal $($current:ident)?,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[repr(u32)]
        pub enum $name { $(#[doc = $zh] $variant = $id,)+ }

        impl $name {
            /// The rows of the table.
            pub const ROWS: &'static [$crate::codes::Row] = &[$($crate::codes::Row {
                id: $id, zh: $zh, en: $en, current: code_table!(@current $($current)?),
            },)+];

            /// All values, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number by which filings and interfaces name it.
            pub fn id(self) -> u32 {
                self as u32
            }

            /// The value with this number.
            pub fn find(id: u32) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.id() == id)
            }

            /// The row of the table.
            pub fn row(self) -> &'static $crate::codes::Row {
                match self { $(Self::$variant => &const { $crate::codes::Row {
                    id: $id, zh: $zh, en: $en, current: code_table!(@current $($current)?),
                } },)+ }
            }

            /// The Chinese name.
            pub fn zh(self) -> &'static str {
                self.row().zh
            }

            /// The English name.
            pub fn en(self) -> &'static str {
                self.row().en
            }

            /// Whether a new filing may use it.
            pub fn is_current(self) -> bool {
                self.row().current
            }

            /// The value that a form's text names, if a new filing may use it.
            pub fn choose(text: &str) -> Result<Self, $crate::problem::Rule> {
                let id = text.trim().parse().ok();
                match id.and_then(Self::find) {
                    None => Err($crate::problem::Rule::UnknownCode),
                    Some(value) if !value.is_current() => Err($crate::problem::Rule::RetiredCode),
                    Some(value) => Ok(value),
                }
            }
        }

        /// In the order of the table, which is not always that of the numbers.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                let place = |value: &Self| Self::ALL.iter().position(|listed| listed == value);
                place(self).cmp(&place(other))
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.id())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.id())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let id = <u32 as serde::Deserialize>::deserialize(deserializer)?;
                Self::find(id).ok_or_else(|| serde::de::Error::custom("no such code"))
            }
        }
    };
    (@current) => { true };
    (@current retired) => { false };
}
use code_table;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::problem::Rule;

    #[test]
    fn every_table_has_each_number_once_and_both_names() {
        for table in TABLES {
            let mut ids: Vec<_> = table.rows.iter().map(|row| row.id).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), table.rows.len(), "{}", table.id);
            assert!(table.rows.iter().all(|row| !row.zh.is_empty() && row.en.is_ascii()));
        }
    }

    #[test]
    fn a_choice_is_a_number_of_the_table_that_is_current() {
        assert_eq!(Nature::choose("5"), Ok(Nature::Individual));
        assert_eq!(Nature::choose("7"), Err(Rule::UnknownCode));
        assert_eq!(Nature::choose("五"), Err(Rule::UnknownCode));
        assert_eq!(CertificateType::choose("8"), Err(Rule::RetiredCode));
        assert_eq!(Preapproval::choose("7"), Err(Rule::RetiredCode));
    }

    #[test]
    fn a_code_travels_as_its_number() {
        assert_eq!(serde_json::to_string(&Province::Sichuan).unwrap(), "510000");
        assert_eq!(serde_json::from_str::<Language>("12").unwrap(), Language::English);
        assert!(serde_json::from_str::<Language>("18").is_err());
    }

    #[test]
    fn the_mask_of_a_service_is_its_power_of_two() {
        assert_eq!(ServiceContent::InstantMessaging.mask(), 1);
        assert_eq!(ServiceContent::Other.mask(), 8_388_608);
        assert_eq!(ServiceContent::NonBankPayment.mask(), 4_294_967_296);
    }
}
