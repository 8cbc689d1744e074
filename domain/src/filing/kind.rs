//! The kind of a filing, found from what is on the register already 备案类型自动判断 (rules 4.3).

use serde::{Deserialize, Serialize};

/// What the register says about a domain.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum DomainFound {
    /// Nothing.
    Unfiled,
    /// It is filed under the sponsor that asks.
    Own {
        /// Whether the provider that is asked about gives access to it.
        with_provider: bool,
    },
    /// It is filed, or being filed, by another sponsor.
    Another,
}

/// Which way leads to a number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 首次备案: neither sponsor nor domain are filed.
    FirstFiling,
    /// 新增网站: the sponsor is filed, the domain is not.
    NewSite,
    /// 新增接入: both are filed, but not with this provider.
    NewAccess,
    /// Filed with this provider already: what differs is a change 变更.
    AlreadyFiled,
    /// The domain belongs to another sponsor.
    Conflict,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::FirstFiling, Self::NewSite, Self::NewAccess, Self::AlreadyFiled, Self::Conflict];

    /// The stable name, as sent and as the key of its text.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstFiling => "first_filing",
            Self::NewSite => "new_site",
            Self::NewAccess => "new_access",
            Self::AlreadyFiled => "already_filed",
            Self::Conflict => "conflict",
        }
    }

    /// The kind that fits what was found.
    pub fn detect(sponsor_filed: bool, domain: DomainFound) -> Self {
        match domain {
            DomainFound::Another => Self::Conflict,
            DomainFound::Own { with_provider: true } => Self::AlreadyFiled,
            DomainFound::Own { with_provider: false } => Self::NewAccess,
            DomainFound::Unfiled if sponsor_filed => Self::NewSite,
            DomainFound::Unfiled => Self::FirstFiling,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_ministry_decides() {
        let own = |with_provider| DomainFound::Own { with_provider };
        let table = [
            (false, DomainFound::Unfiled, Kind::FirstFiling),
            (true, DomainFound::Unfiled, Kind::NewSite),
            (true, own(false), Kind::NewAccess),
            (true, own(true), Kind::AlreadyFiled),
            (true, DomainFound::Another, Kind::Conflict),
            (false, DomainFound::Another, Kind::Conflict),
        ];
        for (sponsor, domain, kind) in table {
            assert_eq!(Kind::detect(sponsor, domain), kind, "{sponsor} {domain:?}");
        }
    }
}
