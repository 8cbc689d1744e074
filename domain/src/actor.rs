//! Who acts: the three categories of accounts 用户类别, their roles, and the actor of one request.

use crate::id::{ProviderId, UserId};
use serde::{Deserialize, Serialize};

/// The category chosen at sign-in (manual 2008, 1.2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 网站主办者用户
    Registrant,
    /// 接入服务提供者用户
    Provider,
    /// 通信管理局用户
    Bureau,
}

/// What an account may do within its category.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Files for oneself or for the unit one acts for.
    Registrant,
    /// Verifies filings of one provider.
    ProviderClerk,
    /// A clerk who also keeps the provider's staff, services and ranges.
    ProviderAdmin,
    /// Reviews filings of one province.
    Reviewer,
    /// A reviewer who also keeps the province's staff and policies.
    BureauAdmin,
}

impl Category {
    /// Every category, in the order of the sign-in form.
    pub const ALL: [Self; 3] = [Self::Registrant, Self::Provider, Self::Bureau];

    /// The stable name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registrant => "registrant",
            Self::Provider => "provider",
            Self::Bureau => "bureau",
        }
    }

    /// The category with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.name() == name)
    }
}

impl Role {
    /// Every role, from outside in.
    pub const ALL: [Self; 5] = [Self::Registrant, Self::ProviderClerk, Self::ProviderAdmin, Self::Reviewer, Self::BureauAdmin];

    /// The stable name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Registrant => "registrant",
            Self::ProviderClerk => "provider_clerk",
            Self::ProviderAdmin => "provider_admin",
            Self::Reviewer => "reviewer",
            Self::BureauAdmin => "bureau_admin",
        }
    }

    /// The role with this stable name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    /// The category a role belongs to.
    pub fn category(self) -> Category {
        match self {
            Self::Registrant => Category::Registrant,
            Self::ProviderClerk | Self::ProviderAdmin => Category::Provider,
            Self::Reviewer | Self::BureauAdmin => Category::Bureau,
        }
    }
}

/// The actor of one request, command or job.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "category", rename_all = "snake_case")]
pub enum Actor {
    /// Nobody signed in. May confirm by SMS and read what is public.
    Anonymous,
    /// A website's sponsor 主办者.
    Registrant {
        /// The account.
        user: UserId,
    },
    /// A member of a provider's staff.
    Provider {
        /// The account.
        user: UserId,
        /// The provider it works for; it sees no other's filings.
        provider: ProviderId,
        /// `ProviderClerk` or `ProviderAdmin`.
        role: Role,
    },
    /// A member of a provincial communications administration 通信管理局.
    Bureau {
        /// The account.
        user: UserId,
        /// The province it decides for (GB/T 2260, such as 110000).
        province: u32,
        /// `Reviewer` or `BureauAdmin`.
        role: Role,
    },
    /// The system itself: time limits, automatic resends.
    System,
}

impl Actor {
    /// The account behind the actor, if there is one.
    pub fn user(&self) -> Option<UserId> {
        match *self {
            Self::Registrant { user } | Self::Provider { user, .. } | Self::Bureau { user, .. } => Some(user),
            Self::Anonymous | Self::System => None,
        }
    }

    /// The role of the account, if there is one.
    pub fn role(&self) -> Option<Role> {
        match *self {
            Self::Registrant { .. } => Some(Role::Registrant),
            Self::Provider { role, .. } | Self::Bureau { role, .. } => Some(role),
            Self::Anonymous | Self::System => None,
        }
    }
}
