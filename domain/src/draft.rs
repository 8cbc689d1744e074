//! A filing's answers as they stand: any bounded text with its problems.

use crate::{
    application::{Application, Person, Site, Sponsor},
    checked::Depth,
    codes::MaterialKind,
    forms::{AccessForm, ConsentForm, SiteForm, SponsorForm},
    id::MaterialId,
    phone::Mobile,
    problem::{Problem, Section},
    steps::{self, Reader},
    tables::Tables,
};
use ::time::Date;
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

/// The field of one kind of material of one section: the kind's number and, in brackets, the section: `21[site-1]`.
pub fn material_field(section: Section, kind: MaterialKind) -> String {
    format!("{kind}[{section}]")
}

/// The field of a reason about a material that was not uploaded.
pub const MISSING_MATERIAL: &str = "0";

/// The section and the kind that such a field names.
pub fn find_material(field: &str) -> Option<(Section, MaterialKind)> {
    let (kind, section) = field.strip_suffix(']')?.split_once('[')?;
    Some((section.parse().ok()?, MaterialKind::find(kind.parse().ok()?)?))
}

impl Draft {
    /// Everything that is wrong with the answers, by the tables given; in the browser's build what its tables cannot
    /// decide is left out, and the server decides it.
    pub fn problems(&self, tables: &Tables) -> Vec<Problem> {
        self.read(tables, Depth::Whole).1
    }

    /// The same as far as `depth` goes.
    pub fn problems_to(&self, depth: Depth, tables: &Tables) -> Vec<Problem> {
        self.read(tables, depth).1
    }

    /// The answers in their types, if nothing is wrong with them and nothing undecided.
    pub fn complete(&self, tables: &Tables) -> Result<Application, Vec<Problem>> {
        match self.read(tables, Depth::Whole) {
            (Some(application), problems) if problems.is_empty() => Ok(application),
            (_, problems) => Err(problems),
        }
    }

    /// The answers of one section by field, as stored; none of a section that is not there or has no form.
    pub fn answers(&self, section: Section) -> Vec<(&'static str, String)> {
        let site = |key| self.sites.iter().find(|site| site.key == key);
        match section {
            Section::Sponsor => self.sponsor.fields(),
            Section::Site(key) => site(key).map(|site| site.form.fields()).unwrap_or_default(),
            Section::Access(key, access) => {
                let access = site(key).and_then(|site| site.accesses.iter().find(|known| known.key == access));
                access.map(|access| access.form.fields()).unwrap_or_default()
            }
            Section::Consent => self.consent.fields(),
            Section::Materials | Section::Account => Vec::new(),
        }
    }

    /// The materials that the answers ask for by the newest rules; of a kind that is needed several times, several.
    pub fn required_materials(&self) -> Vec<(Section, MaterialKind)> {
        steps::required_materials(self, Date::MAX)
    }

    /// The mobiles of the persons in charge, each once, with the section that names it first.
    pub fn mobiles(&self) -> Vec<(Mobile, Section)> {
        steps::mobiles(self)
    }

    fn read(&self, tables: &Tables, depth: Depth) -> (Option<Application>, Vec<Problem>) {
        let mut problems = Vec::new();
        let sponsor = self.read_sponsor(tables, depth, &mut problems);
        let person = sponsor.as_ref().map(|sponsor| &sponsor.person);
        let sites: Vec<_> = self.sites.iter().map(|site| self.read_site(site, person, tables, depth, &mut problems)).collect();
        // A field says one thing: what is wrong with it alone comes before what is wrong beside others.
        for problem in steps::check_across(self, tables, depth) {
            if !problems.iter().any(|other| (other.section, &other.field) == (problem.section, &problem.field)) {
                problems.push(problem);
            }
        }
        problems.extend(steps::check_materials(self, tables.today));
        problems.extend(steps::check_consent(self));
        let application = sponsor.zip(sites.into_iter().collect::<Option<Vec<_>>>()).and_then(|(sponsor, sites)| {
            let provider = sites.first()?.accesses.first()?.provider;
            Some(Application {
                sponsor,
                sites,
                materials: self.materials.iter().map(|material| material.id).collect(),
                provider,
                provider_may_correct: steps::is_ticked(&self.consent.provider_may_correct),
            })
        });
        (application, problems)
    }

    fn read_sponsor(&self, tables: &Tables, depth: Depth, problems: &mut Vec<Problem>) -> Option<Sponsor> {
        let mut reader = Reader::new(Section::Sponsor, tables, depth);
        let sponsor = steps::read_sponsor(&mut reader, &self.sponsor);
        problems.extend(reader.into_problems());
        sponsor
    }

    fn read_site(
        &self,
        draft: &SiteDraft,
        person: Option<&Person>,
        tables: &Tables,
        depth: Depth,
        problems: &mut Vec<Problem>,
    ) -> Option<Site> {
        let mut reader = Reader::new(Section::Site(draft.key), tables, depth);
        let site = steps::read_site(&mut reader, draft.key, &draft.form, &self.sponsor, person);
        problems.extend(reader.into_problems());
        let mut accesses = Vec::new();
        for access in &draft.accesses {
            let mut reader = Reader::new(Section::Access(draft.key, access.key), tables, depth);
            accesses.push(steps::read_access(&mut reader, access.key, &access.form));
            problems.extend(reader.into_problems());
        }
        let accesses = accesses.into_iter().collect::<Option<Vec<_>>>();
        site.zip(accesses).map(|(site, accesses)| Site { accesses, ..site })
    }
}

#[cfg(test)]
mod tests;
