//! Kinds of materials that are shown with a filing.

use super::code_table;

code_table! {
    /// 附件用途.
    MaterialKind {
        SponsorCertificate = 1 "主办单位证件" "Sponsor's certificate",
        OtherSponsorMaterial = 2 "主体其他材料" "Other material of the sponsor",
        LivePhoto = 4 "负责人照片" "Photograph of the person in charge",
        VerificationSheet = 5 "核验单" "Verification sheet",
        ScenePhoto = 8 "现场照片" "Photograph of the face-to-face check",
        ApprovalDocument = 9 "前置审批文件" "Pre-approval document",
        PersonCertificateFront = 21 "负责人证件正面" "Front of the person's certificate",
        PersonCertificateBack = 22 "负责人证件反面" "Back of the person's certificate",
        ResidencePermit = 27 "居住证" "Residence permit",
        DomainCertificate = 30 "域名证书" "Domain name certificate",
    }
}

impl MaterialKind {
    /// The identifier in addresses and texts.
    pub fn slug(self) -> &'static str {
        match self {
            Self::SponsorCertificate => "sponsor-certificate",
            Self::OtherSponsorMaterial => "other-sponsor-material",
            Self::LivePhoto => "live-photo",
            Self::VerificationSheet => "verification-sheet",
            Self::ScenePhoto => "scene-photo",
            Self::ApprovalDocument => "approval-document",
            Self::PersonCertificateFront => "person-certificate-front",
            Self::PersonCertificateBack => "person-certificate-back",
            Self::ResidencePermit => "residence-permit",
            Self::DomainCertificate => "domain-certificate",
        }
    }
}
