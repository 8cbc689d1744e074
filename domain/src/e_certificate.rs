//! The electronic certificate 备案电子证书 of a site: what it says, its code, and how it stands (features R16, A4).
//!
//! It says nothing that the register does not publish. Its file lies in the folder `cert` of the site (Order 33 of 2005,
//! Art. 13); the duty was taken back by Order 68 of 2024 (rules 0.5).

use crate::views::register::RecordView;
use serde::{Deserialize, Serialize};

/// The name that the file has always had.
pub const FILE_NAME: &str = "bazs.cert";

/// The letters of a code, after Crockford: none that is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A certificate's code 证书校验码: 80 bits in four groups of four, such as `7K3M-0QX9-2HFA-VB6C`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct CertificateCode([u8; 10]);

impl CertificateCode {
    /// How many bytes a code has.
    pub const LENGTH: usize = 10;

    /// The code of these bytes.
    pub fn new(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The code as somebody types it: in any case, with or without spaces and hyphens, O for 0, I and L for 1.
    pub fn find(typed: &str) -> Option<Self> {
        let mut bits: u128 = 0;
        let mut count = 0;
        for letter in crate::text::fold(typed).chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = LETTERS.iter().position(|known| char::from(*known) == letter)?;
            bits = bits << 5 | value as u128;
            count += 1;
            if count > 16 {
                return None;
            }
        }
        let bytes: [u8; 16] = bits.to_be_bytes();
        let code = bytes[6..].try_into().ok()?;
        (count == 16).then_some(Self(code))
    }
}

impl std::fmt::Display for CertificateCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bits = self.0.iter().fold(0_u128, |bits, byte| bits << 8 | u128::from(*byte));
        for at in 0..16 {
            if at > 0 && at % 4 == 0 {
                f.write_str("-")?;
            }
            let value = (bits >> (5 * (15 - at))) & 31;
            write!(f, "{}", char::from(LETTERS[value as usize]))?;
        }
        Ok(())
    }
}

/// What a certificate says: the site's record as it stood when the certificate was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CertificateContent {
    /// The record.
    #[serde(flatten)]
    pub record: RecordView,
    /// The bureau 审核机关.
    pub bureau: String,
    /// 证书校验码, as printed.
    pub code: String,
}

/// How a certificate stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Genuine, and the record is what it says.
    Current,
    /// Genuine, and the record was changed since.
    Superseded,
    /// Genuine, and the site's filing was cancelled since.
    Revoked,
    /// No certificate of this system.
    Unknown,
}

/// The answer to the question how a certificate stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CertificateCheck {
    /// How it stands.
    pub standing: Standing,
    /// The site's record as it is now; none when it was cancelled or there is no such certificate.
    pub record: Option<RecordView>,
}

/// What the law says of the file in the folder `cert`, on a day.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CertificateDuty {
    /// It must lie there.
    Required,
    /// It may lie there.
    Recommended,
}

impl CertificateDuty {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::Recommended => "recommended",
        }
    }

    /// The one with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        [Self::Required, Self::Recommended].into_iter().find(|duty| duty.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_is_found_however_it_is_typed(bytes: [u8; CertificateCode::LENGTH]) {
            let code = CertificateCode::new(bytes);
            let printed = code.to_string();
            prop_assert_eq!(printed.len(), 19);
            let typed = [
                printed.clone(),
                printed.to_lowercase(),
                printed.replace('-', " "),
                printed.replace('-', "").replace('0', "o").replace('1', "l"),
                printed.replace('1', "I").replace('0', "O"),
            ];
            for typed in typed {
                prop_assert_eq!(CertificateCode::find(&typed), Some(code), "{}", typed);
            }
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for typed in ["", "0", "0000-0000-0000-000", "0000-0000-0000-0000-0", "0000-0000-0000-000U", "京ICP备2026000001号-1"] {
            assert_eq!(CertificateCode::find(typed), None, "{typed}");
        }
        // Full-width letters are letters.
        assert_eq!(CertificateCode::find("００００ＡＡＡＡ００００ＺＺＺＺ"), CertificateCode::find("0000-AAAA-0000-ZZZZ"));
        assert!(CertificateCode::find("0000-AAAA-0000-ZZZZ").is_some());
    }
}
