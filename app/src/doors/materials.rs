//! Materials of a filing: upload, show, remove. Upload and download are plain HTTP; the server hands the parts over.
#![allow(missing_docs, reason = "the macro makes structs of the arguments")]

use crate::fault::{Done, Fault};
#[cfg(feature = "ssr")]
use crate::{doors::ssr, paths};
#[cfg(feature = "ssr")]
use backend::materials;
use domain::id::MaterialId;
use leptos::prelude::*;

/// Where files are sent.
pub const UPLOAD: &str = "/api/materials/upload";
/// Where pictures come from.
pub const DOWNLOAD: &str = "/materials/{id}";
/// Where they come from as lists show them.
pub const THUMBNAIL: &str = "/materials/{id}/thumbnail";

/// Removes a material.
#[server(endpoint = "materials/remove", prefix = "/api")]
pub async fn remove(id: MaterialId, #[server(default)] next: String) -> Result<Done, Fault> {
    materials::remove(&ssr::ctx()?, &ssr::caller(), id).await?;
    Ok(Done::to(if next.starts_with(&paths::filings()) { next } else { paths::filings() }))
}

/// Plain HTTP: the server's routes call these with what they have read.
#[cfg(feature = "ssr")]
pub mod http {
    use super::{materials, paths};
    use crate::fault::{Done, Fault};
    use backend::Ctx;
    use domain::{
        actor::Actor,
        id::{FilingId, MaterialId},
        problem::{Problem, Rule, Section},
    };

    /// An upload's form, as sent.
    #[derive(Default)]
    pub struct Sent {
        /// The filing.
        pub id: String,
        /// To which section it belongs.
        pub section: String,
        /// The code of its kind.
        pub kind: String,
        /// The file's name and content.
        pub file: Option<(String, Vec<u8>)>,
    }

    /// Keeps an uploaded file.
    pub async fn upload(ctx: &Ctx, caller: &Actor, sent: Sent) -> Result<Done, Fault> {
        let id: FilingId = sent.id.parse().map_err(|_| Fault::Malformed)?;
        let section: Section = sent.section.parse().map_err(|_| Fault::Malformed)?;
        let kind: u16 = sent.kind.parse().map_err(|_| Fault::Malformed)?;
        let Some((name, bytes)) = sent.file.filter(|(_, bytes)| !bytes.is_empty()) else {
            return Err(Fault::Invalid(vec![Problem::with(Section::Materials, "file", Rule::Required, "")]));
        };
        let kept = materials::upload(ctx, caller, id, section, kind, &name, bytes.into()).await.map_err(Fault::from);
        kept.map_err(at_file)?;
        let anchor = paths::filing::anchor(Section::Materials, &format!("{kind}[{section}]"));
        Ok(Done::to(format!("{}#{anchor}", paths::filing::section(id, Section::Materials))))
    }

    /// The picture behind an address: its type and bytes.
    pub async fn download(ctx: &Ctx, caller: &Actor, id: &str) -> Result<(String, Vec<u8>), Fault> {
        let id: MaterialId = id.parse().map_err(|_| Fault::NotFound)?;
        let (content_type, bytes) = materials::open(ctx, caller, id).await?;
        Ok((content_type.to_string(), bytes.to_vec()))
    }

    /// The same as lists show it: a small JPEG.
    pub async fn thumbnail(ctx: &Ctx, caller: &Actor, id: &str) -> Result<Vec<u8>, Fault> {
        let id: MaterialId = id.parse().map_err(|_| Fault::NotFound)?;
        Ok(materials::open_thumbnail(ctx, caller, id).await?.to_vec())
    }

    /// Whatever is wrong with a file is shown at the one input of its form.
    fn at_file(fault: Fault) -> Fault {
        let Fault::Invalid(problems) = fault else { return fault };
        Fault::Invalid(problems.into_iter().map(|problem| Problem { field: "file".into(), ..problem }).collect())
    }
}
