//! What several pages share and what knows the words of filing.

pub mod captcha;
pub mod case;
pub mod dates;
pub mod desk;
pub mod layout;
pub mod load;
pub mod passkey;
pub mod search_box;
pub mod sign_in;

/// A segment of a path as it was before it was encoded.
#[must_use]
pub fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok()).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        rest = match hex {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                after.get(2..).unwrap_or_default()
            }
            _ => {
                bytes.push(*first);
                after
            }
        };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
