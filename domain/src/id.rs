//! Typed identifiers, so that a site's can never be passed where a filing's is meant.
//!
//! All are UUIDs (version 7 when the backend makes them: they sort by time of making).

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub uuid::Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, uuid::Error> {
                s.parse().map(Self)
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }
    )*};
}

ids! {
    /// An account of any category.
    UserId,
    /// One case on its way 备案申请.
    FilingId,
    /// A sponsor 主体 of the register.
    SponsorId,
    /// A site 网站 of the register.
    SiteId,
    /// An access 接入 of the register.
    AccessId,
    /// An access provider 接入服务提供者.
    ProviderId,
    /// A stored material 备案材料.
    MaterialId,
    /// A person's duty to confirm by SMS 短信核验.
    ConfirmationId,
}
