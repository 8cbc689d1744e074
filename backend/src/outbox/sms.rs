//! Short messages by an HTTP gateway.
//!
//! `POST` of `{"id", "to", "template", "params", "text"}` with `Idempotency-Key` (the same at every try), `X-Timestamp`
//! (seconds) and `X-Signature`: hex of HMAC-SHA-256 over timestamp, a dot and the body. Any 2xx, or 409 for a repeat, is
//! taken as delivered.

use crate::settings::SmsGateway;
use crate::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::StatusCode;
use reqwest::header::CONTENT_TYPE;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::Sha256;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use uuid::Uuid;

/// A client of the gateway.
#[derive(Clone)]
pub struct SmsSender {
    client: reqwest::Client,
    url: String,
    secret: SecretString,
}

impl SmsSender {
    /// Connects at the first message, not before.
    pub fn new(gateway: &SmsGateway) -> Result<Self> {
        crate::settings::choose_ciphers();
        let client = reqwest::Client::builder()
            .timeout(Duration::from_secs(15))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|_| Error::Internal("no HTTP client for the gateway"))?;
        Ok(Self { client, url: gateway.url.clone(), secret: gateway.secret.clone() })
    }

    /// Hands over one message.
    pub async fn send(&self, id: Uuid, to: &str, template: &str, params: &Value, text: &str) -> Result<()> {
        let body = serde_json::to_vec(&json!({
            "id": id, "to": to, "template": template, "params": params, "text": text,
        }))?;
        // The gateway compares with its own clock, so this is the machine's and never the wound one.
        let timestamp = SystemTime::now().duration_since(UNIX_EPOCH).map(|d| d.as_secs()).unwrap_or_default().to_string();
        let signature = signature(self.secret.expose_secret(), &timestamp, &body)?;
        let request = self
            .client
            .post(&self.url)
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", id.to_string())
            .header("X-Timestamp", timestamp)
            .header("X-Signature", signature)
            .body(body);
        let answer = request.send().await.map_err(|e| {
            let why = if e.is_timeout() { "timeout" } else { "no connection" };
            Error::Delivery(format!("gateway: {why}"))
        })?;
        match answer.status() {
            status if status.is_success() || status == StatusCode::CONFLICT => Ok(()),
            status => Err(Error::Delivery(format!("gateway: {}", status.as_u16()))),
        }
    }
}

/// What stands in `X-Signature`.
pub(super) fn signature(secret: &str, timestamp: &str, body: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| Error::Internal("no signature"))?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Ok(hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_signature_is_the_one_a_gateway_computes_by_openssl() {
        // printf '1700000000.{}' | openssl dgst -sha256 -hmac secret
        let signature = super::signature("secret", "1700000000", b"{}").unwrap();
        assert_eq!(signature, "b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163");
    }
}
