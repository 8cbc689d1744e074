//! Addresses of servers: single ones and ranges, IPv4 and IPv6, none private or reserved.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use crate::problem::{Fault, Rule};
use crate::text::fold;

/// Addresses from the first to the last, of one family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct IpRange {
    first: IpAddr,
    last: IpAddr,
}

impl IpRange {
    /// The range between two addresses of one family, in order.
    pub fn new(first: IpAddr, last: IpAddr) -> Option<Self> {
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    /// Reads `203.0.113.7`, `203.0.113.7-203.0.113.9` or `203.0.113.0/24`. Faults name the line.
    pub fn parse(line: &str) -> Result<Self, Fault> {
        let line = fold(line);
        let wrong = |rule| Fault::with(rule, line.as_str());
        if let Some((base, bits)) = line.split_once('/') {
            return Self::of_prefix(base.trim(), bits.trim()).ok_or_else(|| wrong(Rule::AddressNotIp));
        }
        let (first, last) = line.split_once(['-', '–', '—', '~', '至']).unwrap_or((&line, &line));
        let address = |text: &str| text.trim().parse::<IpAddr>().map_err(|_| wrong(Rule::AddressNotIp));
        let (first, last) = (address(first)?, address(last)?);
        if first.is_ipv4() != last.is_ipv4() {
            return Err(wrong(Rule::RangeFamilies));
        }
        Self::new(first, last).ok_or_else(|| wrong(Rule::RangeOrder))
    }

    fn of_prefix(base: &str, bits: &str) -> Option<Self> {
        let plain = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
        let bits: u32 = plain.then(|| bits.parse().ok()).flatten()?;
        match base.parse().ok()? {
            IpAddr::V4(base) => {
                let hosts = u32::MAX.checked_shr(bits).filter(|_| bits <= 32).or((bits == 32).then_some(0))?;
                let first = base.to_bits();
                (first & hosts == 0)
                    .then(|| Self { first: IpAddr::V4(base), last: IpAddr::V4(Ipv4Addr::from_bits(first | hosts)) })
            }
            IpAddr::V6(base) => {
                let hosts = u128::MAX.checked_shr(bits).filter(|_| bits <= 128).or((bits == 128).then_some(0))?;
                let first = base.to_bits();
                (first & hosts == 0)
                    .then(|| Self { first: IpAddr::V6(base), last: IpAddr::V6(Ipv6Addr::from_bits(first | hosts)) })
            }
        }
    }

    /// The first address.
    pub fn first(self) -> IpAddr {
        self.first
    }

    /// The last address.
    pub fn last(self) -> IpAddr {
        self.last
    }

    /// Whether the two share an address.
    pub fn overlaps(self, other: Self) -> bool {
        self.first.is_ipv4() == other.first.is_ipv4() && self.first <= other.last && other.first <= self.last
    }

    /// Whether every address lies in one of `ranges`, which may adjoin.
    pub fn lies_in(self, ranges: impl IntoIterator<Item = Self>) -> bool {
        let mut ranges: Vec<_> = ranges.into_iter().filter(|range| self.overlaps(*range)).collect();
        ranges.sort_unstable();
        let mut next = self.first;
        for range in ranges {
            if range.first > next {
                return false;
            }
            if range.last >= self.last {
                return true;
            }
            next = next.max(successor(range.last));
        }
        false
    }

    /// Whether an address is private or reserved and not in `permitted`.
    pub fn is_reserved(self, permitted: &[Self]) -> bool {
        reserved().filter(|block| self.overlaps(*block)).any(|block| {
            let part = Self { first: self.first.max(block.first), last: self.last.min(block.last) };
            !part.lies_in(permitted.iter().copied())
        })
    }
}

impl fmt::Display for IpRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.first == self.last { write!(f, "{}", self.first) } else { write!(f, "{}-{}", self.first, self.last) }
    }
}

/// The addresses and ranges of a form: one a line, though people part them with commas and semicolons too.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['\n', '\r', ',', ';', '\u{ff0c}', '\u{ff1b}', '\u{3001}']);
    parts.map(str::trim).filter(|line| !line.is_empty())
}

/// The address behind; the last of a family stays.
fn successor(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => IpAddr::V4(Ipv4Addr::from_bits(address.to_bits().saturating_add(1))),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits().saturating_add(1))),
    }
}

/// IANA's special-purpose registries (RFC 6890 and its updates), multicast, and all of IPv6 that is no global unicast.
fn reserved() -> impl Iterator<Item = IpRange> {
    #[rustfmt::skip]
    const V4: &[([u8; 4], [u8; 4])] = &[
        ([0, 0, 0, 0], [0, 255, 255, 255]),
        ([10, 0, 0, 0], [10, 255, 255, 255]),
        ([100, 64, 0, 0], [100, 127, 255, 255]),
        ([127, 0, 0, 0], [127, 255, 255, 255]),
        ([169, 254, 0, 0], [169, 254, 255, 255]),
        ([172, 16, 0, 0], [172, 31, 255, 255]),
        ([192, 0, 0, 0], [192, 0, 0, 255]),
        ([192, 0, 2, 0], [192, 0, 2, 255]),
        ([192, 31, 196, 0], [192, 31, 196, 255]),
        ([192, 52, 193, 0], [192, 52, 193, 255]),
        ([192, 88, 99, 0], [192, 88, 99, 255]),
        ([192, 168, 0, 0], [192, 168, 255, 255]),
        ([192, 175, 48, 0], [192, 175, 48, 255]),
        ([198, 18, 0, 0], [198, 19, 255, 255]),
        ([198, 51, 100, 0], [198, 51, 100, 255]),
        ([203, 0, 113, 0], [203, 0, 113, 255]),
        ([224, 0, 0, 0], [255, 255, 255, 255]),
    ];
    const V6: &[(u128, u128)] = &[
        (0, (0x2000 << 112) - 1),
        (0x2001_0000 << 96, (0x2001_0200 << 96) - 1),
        (0x2001_0db8 << 96, (0x2001_0db9 << 96) - 1),
        (0x2002 << 112, (0x2003 << 112) - 1),
        (0x2620_004f_8000 << 80, (0x2620_004f_8001 << 80) - 1),
        (0x3fff << 112, (0x3fff_1000 << 96) - 1),
        (0x4000 << 112, u128::MAX),
    ];
    let v4 = V4.iter().map(|(first, last)| IpRange { first: IpAddr::from(*first), last: IpAddr::from(*last) });
    let v6 = V6.iter().map(|(first, last)| IpRange {
        first: IpAddr::V6(Ipv6Addr::from_bits(*first)),
        last: IpAddr::V6(Ipv6Addr::from_bits(*last)),
    });
    v4.chain(v6)
}

#[cfg(test)]
mod tests;
