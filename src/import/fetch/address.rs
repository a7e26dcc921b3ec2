//! The rule for the addresses that may be fetched, against server-side request forgery.
//!
//! An address comes from a person, from a page or from a redirect, and the computer that runs this
//! program may reach hosts that the author of the address cannot: its own services, the neighbours
//! in its network, the metadata service of a cloud. So only global IP addresses are fetched, by the
//! registries of special-purpose addresses of IANA. Pure.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::error::FetchError;

/// Whether hosts in a private network may be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Global,
    Any,
}

/// Ports of other protocols, sorted. A request to one of them could be read as a command. Source:
/// the list of bad ports in the Fetch Standard of WHATWG.
const BAD_PORTS: [u16; 83] = [
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// The address of Azure's metadata and DNS service, the only such service at a global address.
const AZURE_METADATA: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Fails if `address` may not be fetched, as far as the address shows that. The IP addresses of a
/// name are checked when the name is resolved.
pub(super) fn check(address: &Url, scope: Scope) -> Result<(), FetchError> {
    if !matches!(address.scheme(), "http" | "https") {
        return Err(FetchError::NotHttp { scheme: address.scheme().to_owned() });
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err(FetchError::Credentials);
    }
    if let Some(port) = address.port().filter(|port| BAD_PORTS.binary_search(port).is_ok()) {
        return Err(FetchError::BadPort { port });
    }
    // `url` has turned decimal, octal, hexadecimal and short forms into an IP address.
    let ip = match address.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
        Some(Host::Domain(_)) | None => return Ok(()),
    };
    match scope == Scope::Any || is_global(ip) {
        true => Ok(()),
        false => Err(FetchError::Private { host: ip.to_string() }),
    }
}

/// Returns whether an IP address is one of a host in the internet. `false` for an address of a
/// transition mechanism that could lead to any other address.
pub(super) fn is_global(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_global_v4(ip),
        IpAddr::V6(ip) => is_global_v6(ip),
    }
}

fn is_global_v4(ip: Ipv4Addr) -> bool {
    let is_special = match ip.octets() {
        // This network, private use, loopback, link-local with the metadata of clouds.
        [0 | 10 | 127, ..] | [169, 254, ..] | [172, 16..=31, ..] | [192, 168, ..] => true,
        // Carrier-grade NAT, protocol assignments, anycast of 6to4, benchmarks.
        [100, 64..=127, ..] | [192, 0, 0, _] | [192, 88, 99, _] | [198, 18..=19, ..] => true,
        // Documentation.
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => true,
        // Multicast, reserved, broadcast.
        [224..=255, ..] => true,
        _ => false,
    };
    !is_special && ip != AZURE_METADATA
}

fn is_global_v6(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // NAT64 with the well-known prefix: a network without IPv4 reaches IPv4 hosts by it.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_global_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)))
        }
        // Protocol assignments such as Teredo, benchmarks and ORCHID; documentation; 6to4.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x2002, ..] => false,
        // Documentation.
        [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast. All others are unspecified, loopback, with an IPv4 address inside,
        // discard-only, unique-local, link-local, site-local, multicast or unassigned.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str) -> Option<String> {
        let address = Url::parse(address).expect("the address of a test is valid");
        check(&address, Scope::Global).err().map(|error| error.to_string())
    }

    #[test]
    fn literal_of_a_global_host_is_fetched() {
        for address in [
            "http://93.184.215.14/",
            "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
            "http://8.8.8.8:8080/a?b",
            "http://[64:ff9b::8.8.8.8]/",
            "http://172.32.0.1/",
            "http://100.128.0.1/",
        ] {
            assert_eq!(refused(address), None, "{address}");
        }
    }

    #[test]
    fn literal_of_a_special_address_is_refused_in_every_notation() {
        for host in [
            "127.0.0.1",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.1",
            "0177.0.0.1",
            "127.0.0.1.",
            "１２７.0.0.1",
            "127。0。0。1",
            "%31%32%37.0.0.1",
            "0",
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "169.254.169.254",
            "0xa9fea9fe",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "168.63.129.16",
            "[::]",
            "[::1]",
            "[0:0:0:0:0:0:0:1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[::ffff:8.8.8.8]",
            "[::ffff:0:127.0.0.1]",
            "[::127.0.0.1]",
            "[64:ff9b::127.0.0.1]",
            "[64:ff9b::a9fe:a9fe]",
            "[64:ff9b:1::1]",
            "[64:ff9b:1::8.8.8.8]",
            "[100::1]",
            "[2001::1]",
            "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
            "[2001:2::1]",
            "[2001:10::1]",
            "[2001:20::1]",
            "[2001:db8::1]",
            "[2002:7f00:1::]",
            "[2002:a9fe:a9fe::]",
            "[3fff::1]",
            "[5f00::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[fe80::1]",
            "[fec0::1]",
            "[ff02::1]",
        ] {
            let refused = refused(&format!("http://{host}/"));
            let refused = refused.unwrap_or_else(|| panic!("{host} is fetched"));
            assert!(refused.contains("private network"), "{host}: {refused}");
        }
    }

    #[test]
    fn private_literal_is_fetched_where_that_is_allowed() {
        let address = Url::parse("http://127.0.0.1:8000/").expect("the address is valid");
        assert_eq!(check(&address, Scope::Any), Ok(()));
    }

    #[test]
    fn scheme_credentials_and_port_are_checked() {
        let check = |address: &str, expected: &str| {
            assert_eq!(refused(address).unwrap_or_default(), expected, "{address}");
        };
        check("file:///etc/passwd", "the address is not of the web but of type `file`");
        check("ftp://example.com/", "the address is not of the web but of type `ftp`");
        check("javascript:alert(1)", "the address is not of the web but of type `javascript`");
        check("http://ada@example.com/", "the address contains a user name or password");
        check("http://:secret@example.com/", "the address contains a user name or password");
        check("http://example.com:25/", "port 25 of the address is not one for web pages");
        check("http://example.com:6667/", "port 6667 of the address is not one for web pages");
        check("http://example.com:8443/", "");
        assert!(BAD_PORTS.is_sorted());
    }
}
