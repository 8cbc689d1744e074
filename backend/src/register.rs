//! The register 备案信息库: what an approval records, and the public question «filed or not» (features A2, B2).

mod answer;
mod record;

pub use answer::{LONGEST, MOST, find, record};
pub(crate) use record::answers;
pub use record::record_approval;
