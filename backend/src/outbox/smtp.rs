//! Mail by SMTP.

use crate::settings::{Smtp, Tls};
use crate::{Error, Result};
use domain::Moment;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls as SmtpTls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use std::time::Duration;
use uuid::Uuid;

/// A pool of connections to the mail server.
#[derive(Clone)]
pub struct MailSender {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl MailSender {
    /// Connects at the first message, not before.
    pub fn new(smtp: &Smtp) -> Result<Self> {
        let from: Mailbox = smtp.from.parse().map_err(|_| Error::Internal("the sender of mail is not an address"))?;
        let parameters =
            || TlsParameters::new(smtp.host.clone()).map_err(|_| Error::Internal("no TLS for the name of the mail server"));
        let tls = match smtp.tls {
            Tls::Wrapped => SmtpTls::Wrapper(parameters()?),
            Tls::Required => SmtpTls::Required(parameters()?),
            Tls::None => SmtpTls::None,
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&smtp.host)
            .port(smtp.port)
            .tls(tls)
            .timeout(Some(Duration::from_secs(20)));
        if let Some((name, password)) = &smtp.credentials {
            builder = builder.credentials(Credentials::new(name.clone(), password.expose_secret().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Hands over one mail. The Message-ID is the same at every try.
    pub async fn send(&self, id: Uuid, to: &str, subject: &str, body: String, at: Moment) -> Result<()> {
        // The library's errors may quote the recipient; only their kind is kept.
        let to: Mailbox = to.parse().map_err(|_| Error::Delivery("the recipient is not an address".into()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .date(at.into())
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .body(body)
            .map_err(|_| Error::Delivery("the message cannot be written".into()))?;
        let sent = self.transport.send(message).await;
        sent.map(|_| ()).map_err(|e| {
            let kind = if e.is_permanent() { "permanent" } else { "transient" };
            Error::Delivery(format!("smtp {kind} {}", e.status().map(|c| c.to_string()).unwrap_or_default()))
        })
    }
}
