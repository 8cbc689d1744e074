//! A filing's answers as they stand: any bounded text with its problems.

use crate::{
    forms::{AccessForm, ConsentForm, SiteForm, SponsorForm},
    id::MaterialId,
    problem::Section,
};
use serde::{Deserialize, Serialize};

/// All answers of a filing.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Draft {
    /// 主体信息
    pub sponsor: SponsorForm,
    /// 网站信息, in order of making.
    pub sites: Vec<SiteDraft>,
    /// 备案材料
    pub materials: Vec<MaterialFact>,
    /// Declarations.
    pub consent: ConsentForm,
}

/// One site with its accesses.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct SiteDraft {
    /// Its key within the filing, from 1; never used again after a removal.
    pub key: u8,
    /// Its answers.
    pub form: SiteForm,
    /// 接入信息
    pub accesses: Vec<AccessDraft>,
}

/// One access.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct AccessDraft {
    /// Its key within the site, from 1.
    pub key: u8,
    /// Its answers.
    pub form: AccessForm,
}

/// What the rules need to know of a material.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MaterialFact {
    /// Its identifier.
    pub id: MaterialId,
    /// The code of its kind (材料类型).
    pub kind: u16,
    /// To which section it belongs.
    pub section: Section,
    /// The file name as given.
    pub name: String,
    /// Bytes.
    pub size: u32,
}
