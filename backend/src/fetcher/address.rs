//! Which addresses are public.

use domain::ip_range::IpRange;
use std::net::{IpAddr, Ipv4Addr};

/// Public by the registries, and answered by the machine's own host where that is a rented one: Azure's wire server.
const OF_HOSTS: &[IpAddr] = &[IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16))];

/// Whether anybody may be sent to `address`: a global unicast one. Whatever embeds an IPv4 address (mapped, compatible,
/// 6to4, Teredo, NAT64) is not, whichever that is: no site is reached in that way, and much that is inside could be.
pub fn is_public(address: IpAddr) -> bool {
    let reserved = IpRange::new(address, address).is_none_or(|alone| alone.is_reserved(&[]));
    !reserved && !OF_HOSTS.contains(&address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("1.1.1.1")]
    #[case("9.255.255.255")]
    #[case("11.0.0.0")]
    #[case("100.63.255.255")]
    #[case("100.128.0.0")]
    #[case("126.255.255.255")]
    #[case("128.0.0.0")]
    #[case("169.253.255.255")]
    #[case("169.255.0.0")]
    #[case("172.15.255.255")]
    #[case("172.32.0.0")]
    #[case("192.0.1.0")]
    #[case("192.167.255.255")]
    #[case("192.169.0.0")]
    #[case("198.17.255.255")]
    #[case("198.20.0.0")]
    #[case("223.255.255.255")]
    #[case("2400:3200::1")]
    #[case("2001:200::1")]
    #[case("2606:4700:4700::1111")]
    fn a_global_unicast_address_is_public(#[case] address: IpAddr) {
        assert!(is_public(address));
    }

    #[rstest]
    #[case::this_network("0.0.0.0")]
    #[case::this_network_end("0.255.255.255")]
    #[case::private_a("10.0.0.1")]
    #[case::private_a_end("10.255.255.255")]
    #[case::carrier_grade_nat("100.64.0.0")]
    #[case::a_clouds_metadata("100.100.100.200")]
    #[case::carrier_grade_nat_end("100.127.255.255")]
    #[case::loopback("127.0.0.1")]
    #[case::loopback_end("127.255.255.255")]
    #[case::link_local("169.254.0.1")]
    #[case::metadata("169.254.169.254")]
    #[case::private_b("172.16.0.1")]
    #[case::private_b_end("172.31.255.255")]
    #[case::protocol_assignments("192.0.0.192")]
    #[case::documentation_1("192.0.2.1")]
    #[case::six_to_four_relay("192.88.99.1")]
    #[case::private_c("192.168.0.1")]
    #[case::benchmark("198.18.0.1")]
    #[case::benchmark_end("198.19.255.255")]
    #[case::documentation_2("198.51.100.1")]
    #[case::documentation_3("203.0.113.1")]
    #[case::multicast("224.0.0.1")]
    #[case::multicast_end("239.255.255.255")]
    #[case::reserved("240.0.0.1")]
    #[case::broadcast("255.255.255.255")]
    #[case::wire_server("168.63.129.16")]
    #[case::unspecified("::")]
    #[case::loopback_6("::1")]
    #[case::compatible_private("::10.0.0.1")]
    #[case::compatible_public("::1.1.1.1")]
    #[case::mapped_loopback("::ffff:127.0.0.1")]
    #[case::mapped_metadata("::ffff:169.254.169.254")]
    #[case::mapped_public("::ffff:1.1.1.1")]
    #[case::translated("::ffff:0:10.0.0.1")]
    #[case::nat64("64:ff9b::10.0.0.1")]
    #[case::nat64_local("64:ff9b:1::10.0.0.1")]
    #[case::discard("100::1")]
    #[case::teredo("2001:0:7f00:1::1")]
    #[case::orchid("2001:20::1")]
    #[case::benchmark_6("2001:2::1")]
    #[case::documentation_6("2001:db8::1")]
    #[case::documentation_6_new("3fff::1")]
    #[case::six_to_four_private("2002:a00:1::1")]
    #[case::six_to_four_loopback("2002:7f00:1::")]
    #[case::segment_routing("5f00::1")]
    #[case::unique_local("fc00::1")]
    #[case::unique_local_metadata("fd00:ec2::254")]
    #[case::link_local_6("fe80::1")]
    #[case::site_local("fec0::1")]
    #[case::multicast_6("ff02::1")]
    fn what_is_inside_or_reserved_is_not_public(#[case] address: IpAddr) {
        assert!(!is_public(address));
    }
}
