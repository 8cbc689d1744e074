//! The signed file: a JSON Web Signature in its compact form (RFC 7515), signed by Ed25519 (RFC 8037), so that anybody can
//! check it with the public keys and any library.

use crate::{Error, Result, keys::Keys};
use data_encoding::BASE64URL_NOPAD;
use domain::e_certificate::CertificateContent;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

const ALGORITHM: &str = "EdDSA";

/// Writes the file.
pub(super) fn write(keys: &Keys, content: &CertificateContent) -> Result<String> {
    let no_key = || Error::Internal("no key signs certificates");
    let (kid, _) = keys.sign(b"").ok_or_else(no_key)?;
    let header = Header { alg: ALGORITHM.to_owned(), kid: kid.to_owned() };
    let encoded = |json: Vec<u8>| BASE64URL_NOPAD.encode(&json);
    let signed = format!("{}.{}", encoded(serde_json::to_vec(&header)?), encoded(serde_json::to_vec(content)?));
    let (_, signature) = keys.sign(signed.as_bytes()).ok_or_else(no_key)?;
    Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
}

/// Reads a file, if it is one of ours as it was written.
pub(super) fn read(keys: &Keys, bytes: &[u8]) -> Option<CertificateContent> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let (signed, signature) = text.rsplit_once('.')?;
    let (header, payload) = signed.split_once('.')?;
    let decoded = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
    let header: Header = serde_json::from_slice(&decoded(header)?).ok()?;
    if header.alg != ALGORITHM || !keys.is_signed(&header.kid, signed.as_bytes(), &decoded(signature)?) {
        return None;
    }
    serde_json::from_slice(&decoded(payload)?).ok()
}
