use proptest::prelude::*;
use rstest::rstest;

use super::*;

fn range(text: &str) -> IpRange {
    IpRange::parse(text).unwrap()
}

#[rstest]
#[case("8.8.8.8", "8.8.8.8")]
#[case(" 8.8.8.8 - 8.8.8.9 ", "8.8.8.8-8.8.8.9")]
#[case("８．８．８．８", "8.8.8.8")]
#[case("8.8.8.0/24", "8.8.8.0-8.8.8.255")]
#[case("8.8.8.8/32", "8.8.8.8")]
#[case("0.0.0.0/0", "0.0.0.0-255.255.255.255")]
#[case("2400:3200::1", "2400:3200::1")]
#[case("2400:3200:0::1-2400:3200::ff", "2400:3200::1-2400:3200::ff")]
#[case("2400:3200::/126", "2400:3200::-2400:3200::3")]
#[case("::/0", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
fn a_line_has_one_writing(#[case] line: &str, #[case] written: &str) {
    assert_eq!(range(line).to_string(), written);
}

#[rstest]
#[case("", Rule::AddressNotIp)]
#[case("8.8.8", Rule::AddressNotIp)]
#[case("8.8.8.256", Rule::AddressNotIp)]
#[case("008.8.8.8", Rule::AddressNotIp)]
#[case("example.com", Rule::AddressNotIp)]
#[case("8.8.8.8:80", Rule::AddressNotIp)]
#[case("8.8.8.8/33", Rule::AddressNotIp)]
#[case("8.8.8.8/24", Rule::AddressNotIp)]
#[case("8.8.8.0/+24", Rule::AddressNotIp)]
#[case("8.8.8.9-8.8.8.8", Rule::RangeOrder)]
#[case("2400:3200::2-2400:3200::1", Rule::RangeOrder)]
#[case("8.8.8.8-2400:3200::1", Rule::RangeFamilies)]
fn what_is_no_range_is_told_with_its_line(#[case] line: &str, #[case] rule: Rule) {
    assert_eq!(IpRange::parse(line), Err(Fault::with(rule, line)));
}

#[rstest]
#[case("0.1.2.3")]
#[case("10.0.0.1")]
#[case("100.64.0.1")]
#[case("127.0.0.1")]
#[case("169.254.1.1")]
#[case("172.16.0.1")]
#[case("172.31.255.255")]
#[case("192.0.0.8")]
#[case("192.0.2.1")]
#[case("192.88.99.1")]
#[case("192.168.1.1")]
#[case("198.18.0.1")]
#[case("198.51.100.1")]
#[case("203.0.113.1")]
#[case("224.0.0.1")]
#[case("240.0.0.1")]
#[case("255.255.255.255")]
#[case("9.255.255.255-10.0.0.0")]
#[case("9.0.0.0-11.0.0.0")]
#[case("::")]
#[case("::1")]
#[case("::ffff:8.8.8.8")]
#[case("64:ff9b::8.8.8.8")]
#[case("100::1")]
#[case("2001::1")]
#[case("2001:db8::1")]
#[case("2002:808:808::1")]
#[case("3fff::1")]
#[case("fc00::1")]
#[case("fe80::1")]
#[case("fec0::1")]
#[case("ff02::1")]
fn private_and_reserved_addresses_are_known(#[case] line: &str) {
    assert!(range(line).is_reserved(&[]));
}

#[rstest]
#[case("1.0.0.1")]
#[case("9.255.255.255")]
#[case("11.0.0.0")]
#[case("100.63.255.255")]
#[case("100.128.0.0")]
#[case("172.15.255.255")]
#[case("172.32.0.0")]
#[case("192.0.1.0")]
#[case("198.17.255.255")]
#[case("198.20.0.0")]
#[case("223.255.255.255")]
#[case("2000::")]
#[case("2001:200::")]
#[case("2001:db9::")]
#[case("2400:3200::1")]
#[case("3ffe::1")]
#[case("3fff:1000::")]
fn public_addresses_are_known(#[case] line: &str) {
    assert!(!range(line).is_reserved(&[]));
}

#[test]
fn a_permitted_range_is_not_held_to_be_reserved() {
    let permitted = [range("203.0.113.0/24"), range("2001:db8::/32")];
    assert!(!range("203.0.113.7-203.0.113.9").is_reserved(&permitted));
    assert!(!range("203.0.112.255-203.0.114.0").is_reserved(&permitted));
    assert!(!range("2001:db8:1::1").is_reserved(&permitted));
    assert!(range("192.0.2.1").is_reserved(&permitted));
    assert!(range("203.0.113.0-224.0.0.0").is_reserved(&permitted));
}

#[test]
fn a_range_lies_in_ranges_that_adjoin() {
    let whole = range("8.8.8.0-8.8.9.255");
    assert!(whole.lies_in([range("8.8.9.0/24"), range("8.8.8.0/24")]));
    assert!(!whole.lies_in([range("8.8.8.0/24"), range("8.8.9.1-8.8.9.255")]));
    assert!(!whole.lies_in([]));
    assert!(range("255.255.255.255").lies_in([range("0.0.0.0/0")]));
    assert!(!range("::1").lies_in([range("0.0.0.0/0")]));
}

proptest! {
    #[test]
    fn no_line_makes_a_range_panic(line in "\\PC{0,30}|[0-9a-f.:/-]{0,40}") {
        if let Ok(found) = IpRange::parse(&line) {
            prop_assert!(found.first() <= found.last());
            prop_assert_eq!(IpRange::parse(&found.to_string()), Ok(found));
            found.is_reserved(&[]);
        }
    }

    #[test]
    fn what_overlaps_does_so_both_ways(a in any::<[u32; 2]>(), b in any::<[u32; 2]>()) {
        let make = |mut ends: [u32; 2]| {
            ends.sort_unstable();
            IpRange::new(Ipv4Addr::from_bits(ends[0]).into(), Ipv4Addr::from_bits(ends[1]).into()).unwrap()
        };
        let (a, b) = (make(a), make(b));
        prop_assert_eq!(a.overlaps(b), b.overlaps(a));
        prop_assert!(!a.lies_in([b]) || a.overlaps(b));
        prop_assert!(a.lies_in([a]));
    }
}
