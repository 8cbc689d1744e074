//! What a draft becomes when nothing is wrong with it: every answer in its type and its one writing.

use ::time::Date;

use crate::address::Place;
use crate::certificate_number::CertificateNumber;
use crate::codes::{AccessMethod, Language, Nature, Preapproval, ServerLocation, ServiceContent};
use crate::domain_name::DomainName;
use crate::email::Email;
use crate::home_page::HomePage;
use crate::id::{MaterialId, ProviderId};
use crate::ip_range::IpRange;
use crate::person_name::PersonName;
use crate::phone::{EmergencyPhone, Mobile, OfficePhone};
use crate::site_name::SiteName;

/// A complete filing, ready to be handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// The sponsor.
    pub sponsor: Sponsor,
    /// Its sites, one at least.
    pub sites: Vec<Site>,
    /// What was uploaded.
    pub materials: Vec<MaterialId>,
    /// The provider that verifies: the one of all accesses.
    pub provider: ProviderId,
    /// Whether the provider may correct what is wrong.
    pub provider_may_correct: bool,
}

/// A sponsor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sponsor {
    /// 主办单位性质.
    pub nature: Nature,
    /// 主办单位或主办人名称.
    pub name: String,
    /// Type and number of the certificate.
    pub certificate: CertificateNumber,
    /// 证件住所.
    pub certificate_address: String,
    /// 投资人或上级主管单位; an individual's own name.
    pub investor: String,
    /// Province, city and county.
    pub place: Place,
    /// 通信地址.
    pub address: String,
    /// 主体负责人.
    pub person: Person,
    /// 备注.
    pub remark: String,
}

/// A person in charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// As on the certificate.
    pub name: PersonName,
    /// Type and number of the certificate.
    pub certificate: CertificateNumber,
    /// The first day of its validity.
    pub valid_from: Date,
    /// The last day of its validity; none: 长期.
    pub valid_until: Option<Date>,
    /// Contact 1: where confirmations go.
    pub mobile: Mobile,
    /// 办公电话; individuals may have none.
    pub office_phone: Option<OfficePhone>,
    /// 应急联系电话.
    pub emergency_phone: EmergencyPhone,
    /// 电子邮件.
    pub email: Email,
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Its key within the filing.
    pub key: u8,
    /// 网站名称.
    pub name: SiteName,
    /// 网站域名.
    pub domain: DomainName,
    /// 首页网址.
    pub home_page: HomePage,
    /// 网站服务内容.
    pub services: Vec<ServiceContent>,
    /// 网站语言类别.
    pub languages: Vec<Language>,
    /// 前置审批或专项审批内容; empty: 以上都不涉及.
    pub approvals: Vec<Approval>,
    /// 网站负责人.
    pub person: Person,
    /// Its accesses, one at least.
    pub accesses: Vec<Access>,
    /// 备注.
    pub remark: String,
}

/// A kind of content with what allows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The kind.
    pub kind: Preapproval,
    /// 审批号, where the kind needs one.
    pub number: Option<String>,
}

/// An access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Its key within the site.
    pub key: u8,
    /// 接入服务提供者.
    pub provider: ProviderId,
    /// The proof that the provider serves the sponsor.
    pub service_code: String,
    /// 接入方式.
    pub method: AccessMethod,
    /// 服务器放置地.
    pub locations: Vec<ServerLocation>,
    /// Addresses of the servers.
    pub ranges: Vec<IpRange>,
}
