//! The dated data that rules are given. The browser's may be smaller: then a rule is undecided there, never contradicted.

use serde::{Deserialize, Serialize};
use time::Date;

/// An address range of a provider, as text of its two ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ProviderRange {
    /// The provider.
    pub provider: crate::id::ProviderId,
    /// First address.
    pub start: std::net::IpAddr,
    /// Last address.
    pub end: std::net::IpAddr,
    /// 服务器放置地, a code.
    pub location: u16,
}

/// What holds on one day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Tables {
    /// Today in Beijing.
    pub today: Date,
    /// Licensed providers.
    pub providers: Vec<crate::id::ProviderId>,
    /// Their ranges; in the browser only those of providers that the draft names.
    pub ranges: Vec<ProviderRange>,
    /// Mobile prefixes not supported.
    pub denied_prefixes: Vec<String>,
    /// Mobile prefixes accepted beyond 1[3-9].
    pub permitted_prefixes: Vec<String>,
    /// Address ranges accepted although private or reserved.
    pub permitted_ranges: Vec<(std::net::IpAddr, std::net::IpAddr)>,
    /// Domain suffixes accepted beyond the approved ones.
    pub permitted_suffixes: Vec<String>,
    /// Least age of persons in charge: province (0 everywhere), years.
    pub minimum_ages: Vec<(u32, u8)>,
}
