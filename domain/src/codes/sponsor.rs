//! Natures of sponsors, and the certificates that belong to each.

use super::code_table;

code_table! {
    /// 主办单位性质.
    Nature {
        Defence = 1 "国防机构" "Defence institution",
        Government = 2 "政府机关" "Government body",
        Institution = 3 "事业单位" "Public institution",
        Company = 4 "企业" "Company",
        Individual = 5 "个人" "Individual",
        Association = 6 "社会团体" "Social organisation",
        PrivateNonEnterprise = 9 "民办非企业单位" "Private non-enterprise unit",
        Foundation = 10 "基金会" "Foundation",
        LawFirm = 11 "律师执业机构" "Law firm",
        ForeignCultureCentre = 12 "外国在华文化中心" "Foreign cultural centre in China",
        MassOrganisation = 13 "群众性团体组织" "Mass organisation",
        ForensicInstitution = 14 "司法鉴定机构" "Forensic institution",
        ReligiousGroup = 15 "宗教团体" "Religious group",
        OverseasInstitution = 16 "境外机构" "Overseas institution",
        MedicalInstitution = 17 "医疗机构" "Medical institution",
        NotaryOffice = 18 "公证机构" "Notary office",
        CollectiveEconomy = 19 "集体经济" "Collective economic organisation",
        ArbitrationBody = 20 "仲裁机构" "Arbitration body",
    }
}

impl Nature {
    /// Everybody but a natural person.
    pub fn is_unit(self) -> bool {
        self != Self::Individual
    }

    /// The certificates that a new filing of this nature may name.
    pub fn certificates(self) -> impl Iterator<Item = CertificateType> {
        let all = CertificateType::ALL.iter().copied();
        all.filter(move |kind| kind.nature() == self && kind.is_current())
    }
}

code_table! {
    /// 证件类型. One name stands for several types: each type belongs to one nature.
    CertificateType {
        BusinessLicence = 1 "营业执照(个人或企业)" "Business licence",
        CitizenCard = 2 "居民身份证" "Resident identity card",
        InstitutionOrgCode = 3 "组织机构代码证" "Organisation code certificate",
        InstitutionLegalPerson = 4 "事业单位法人证书" "Public institution legal person certificate",
        MilitaryDesignation = 5 "部队代号" "Military unit designation",
        AssociationLegalPerson = 6 "社会团体法人登记证书" "Social organisation legal person certificate",
        Passport = 7 "护照" "Passport",
        OfficerCard = 8 "军官证" "Officer card" retired,
        GovernmentOrgCode = 9 "组织机构代码证" "Organisation code certificate",
        AssociationOrgCode = 10 "组织机构代码证" "Organisation code certificate",
        TaiwanPermit = 11 "台湾居民来往大陆通行证" "Mainland travel permit for Taiwan residents",
        CompanyOrgCode = 12 "组织机构代码证" "Organisation code certificate",
        GovernmentCreditCode = 13 "统一社会信用代码证书" "Unified social credit code certificate",
        HkMacauPermit = 14 "港澳居民来往内地通行证" "Mainland travel permit for Hong Kong and Macao residents",
        InstitutionCreditCode = 15 "统一社会信用代码证书" "Unified social credit code certificate",
        NonEnterpriseOrgCode = 16 "组织机构代码证" "Organisation code certificate",
        NonEnterpriseRegistration = 17 "民办非企业单位登记证书" "Private non-enterprise unit registration certificate",
        FoundationOrgCode = 18 "组织机构代码证" "Organisation code certificate",
        FoundationLegalPerson = 19 "基金会法人登记证书" "Foundation legal person certificate",
        LawFirmOrgCode = 20 "组织机构代码证" "Organisation code certificate",
        LawFirmLicence = 21 "律师事务所执业许可证" "Law firm licence",
        CultureCentreRegistration = 22 "外国在华文化中心登记证" "Foreign cultural centre registration certificate",
        MilitaryServicePermit = 23 "军队单位对外有偿服务许可证" "Military permit for paid services",
        MassOrganisationCreditCode = 24 "统一社会信用代码证书" "Unified social credit code certificate",
        ReligiousSiteRegistration = 25 "宗教活动场所登记证" "Religious site registration certificate",
        ForeignCompanyOffice = 27 "外国企业常驻代表机构登记证" "Foreign company representative office certificate",
        ForensicLicence = 28 "司法鉴定许可证" "Forensic licence",
        ForeignResidence = 30 "外国人永久居留身份证" "Foreigner's permanent residence card",
        ForeignTourismOffice = 34 "外国政府旅游部门常驻代表机构批准登记证" "Foreign tourism office certificate",
        OverseasCertificate = 35 "境外机构证件" "Certificate of an overseas institution",
        SocialServiceRegistration = 36 "社会服务机构登记证书" "Social service institution registration certificate",
        PrivateSchoolLicence = 37 "民办学校办学许可证" "Private school licence",
        MedicalLicence = 38 "医疗机构执业许可证" "Medical institution licence",
        NotaryLicence = 39 "公证机构执业证" "Notary office licence",
        EmbassySchoolLicence = 40 "北京市外国驻华使馆人员子女学校办学许可证" "Beijing embassy school licence",
        HkMacauResidence = 41 "港澳居民居住证" "Residence permit for Hong Kong and Macao residents",
        TaiwanResidence = 42 "台湾居民居住证" "Residence permit for Taiwan residents",
        CollectiveRegistration = 43 "农村集体经济组织登记证" "Rural collective economic organisation certificate",
        ArbitrationRegistration = 44 "仲裁委员会登记证" "Arbitration commission certificate",
    }
}

impl CertificateType {
    /// The nature that the type belongs to.
    pub fn nature(self) -> Nature {
        match self {
            Self::MilitaryDesignation | Self::MilitaryServicePermit => Nature::Defence,
            Self::GovernmentOrgCode | Self::GovernmentCreditCode => Nature::Government,
            Self::InstitutionOrgCode | Self::InstitutionLegalPerson | Self::InstitutionCreditCode => Nature::Institution,
            Self::BusinessLicence | Self::CompanyOrgCode | Self::ForeignCompanyOffice => Nature::Company,
            Self::CitizenCard
            | Self::Passport
            | Self::OfficerCard
            | Self::TaiwanPermit
            | Self::HkMacauPermit
            | Self::ForeignResidence
            | Self::HkMacauResidence
            | Self::TaiwanResidence => Nature::Individual,
            Self::AssociationLegalPerson | Self::AssociationOrgCode => Nature::Association,
            Self::NonEnterpriseOrgCode
            | Self::NonEnterpriseRegistration
            | Self::SocialServiceRegistration
            | Self::PrivateSchoolLicence => Nature::PrivateNonEnterprise,
            Self::FoundationOrgCode | Self::FoundationLegalPerson => Nature::Foundation,
            Self::LawFirmOrgCode | Self::LawFirmLicence => Nature::LawFirm,
            Self::CultureCentreRegistration | Self::ForeignTourismOffice | Self::EmbassySchoolLicence => {
                Nature::ForeignCultureCentre
            }
            Self::MassOrganisationCreditCode => Nature::MassOrganisation,
            Self::ForensicLicence => Nature::ForensicInstitution,
            Self::ReligiousSiteRegistration => Nature::ReligiousGroup,
            Self::OverseasCertificate => Nature::OverseasInstitution,
            Self::MedicalLicence => Nature::MedicalInstitution,
            Self::NotaryLicence => Nature::NotaryOffice,
            Self::CollectiveRegistration => Nature::CollectiveEconomy,
            Self::ArbitrationRegistration => Nature::ArbitrationBody,
        }
    }

    /// A natural person's certificate: what persons in charge show.
    pub fn is_personal(self) -> bool {
        self.nature() == Nature::Individual
    }

    /// A card with two faces, both to be photographed.
    pub fn has_two_faces(self) -> bool {
        self.is_personal() && !matches!(self, Self::Passport | Self::OfficerCard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nature_has_a_certificate_that_may_be_chosen() {
        for nature in Nature::ALL {
            assert!(nature.certificates().count() > 0, "{}", nature.zh());
        }
    }

    #[test]
    fn an_individual_shows_what_persons_in_charge_show() {
        let ids: Vec<_> = Nature::Individual.certificates().map(CertificateType::id).collect();
        assert_eq!(ids, [2, 7, 11, 14, 30, 41, 42]);
    }
}
