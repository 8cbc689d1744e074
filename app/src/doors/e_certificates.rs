//! Electronic certificates: to download for whom they are, and to check for everybody.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

#[cfg(feature = "ssr")]
use crate::doors::ssr;
use crate::fault::Fault;
use domain::e_certificate::CertificateCheck;
use leptos::{prelude::*, server_fn::codec::GetUrl};

/// Where the paper comes from.
pub const PAPER: &str = "/certificates/{number}/paper";
/// Where the signed file comes from.
pub const FILE: &str = "/certificates/{number}/file";
/// Where a file is sent to be checked.
pub const CHECK_FILE: &str = "/api/e_certificates/check_file";

/// How the certificate of this number and code stands.
#[server(endpoint = "e_certificates/check", prefix = "/api", input = GetUrl)]
pub async fn check(number: String, code: String) -> Result<CertificateCheck, Fault> {
    Ok(backend::e_certificates::check(&ssr::ctx()?, &number, &code).await?)
}

/// Plain HTTP: the server's routes call these with what they have read.
#[cfg(feature = "ssr")]
pub mod http {
    use crate::{
        fault::{Done, Fault},
        paths,
        texts::{Lang, t},
    };
    use backend::{
        Ctx,
        e_certificates::{self, PaperWords},
    };
    use domain::actor::Actor;

    /// The paper of one's own site, as PDF.
    pub async fn paper(ctx: &Ctx, caller: &Actor, number: &str) -> Result<Vec<u8>, Fault> {
        Ok(e_certificates::paper(ctx, caller, number, words()).await?)
    }

    /// The paper is Chinese, whatever its owner reads.
    fn words() -> PaperWords {
        use t::{certificate as c, public::query as q};
        let l = Lang::Zh;
        PaperWords {
            title: c::paper_title(l),
            labels: [
                q::sponsor_name(l),
                q::nature(l),
                q::sponsor_number(l),
                q::site_name(l),
                c::number(l),
                q::domain(l),
                q::home_page(l),
                q::approved_on(l),
                c::bureau(l),
                c::code(l),
            ],
            notes: [c::paper_check(l), c::paper_holds(l)],
            made: |at| c::paper_made(Lang::Zh, at),
        }
    }

    /// The signed file of one's own site.
    pub async fn file(ctx: &Ctx, caller: &Actor, number: &str) -> Result<String, Fault> {
        Ok(e_certificates::file(ctx, caller, number).await?)
    }

    /// Leads from a file to how its certificate stands.
    pub fn check_file(ctx: &Ctx, bytes: &[u8]) -> Result<Done, Fault> {
        let (number, code) = e_certificates::open_file(ctx, bytes)?;
        Ok(Done::to(paths::certificate_check(&number, &code)))
    }
}
