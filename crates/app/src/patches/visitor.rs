//! Anonymous visitors: recognised for a day, never known (`protocol.md` §5).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac as _};
use rustine_store::{StoreError, Tx};
use sha2::Sha256;

use crate::App;

const KEY: &str = "visitor_key";
const DAY_SECONDS: i64 = 86_400;

/// 16 characters that stand for a network address today and for nobody tomorrow: an HMAC under a key that is
/// replaced every day. An address counts by its network: a /24 of IPv4, a /64 of IPv6.
///
/// # Errors
/// Where the store fails.
pub fn visitor(
    app: &App,
    tx: &mut Tx<'_>,
    address: std::net::IpAddr,
) -> Result<String, StoreError> {
    let day = app
        .clock
        .now()
        .seconds()
        .div_euclid(DAY_SECONDS)
        .to_string();
    let stored = tx.find_instance_value(KEY)?;
    let key = match stored
        .as_deref()
        .and_then(|value| value.split_once(' '))
        .filter(|(of, _)| *of == day)
    {
        Some((_, key)) => key.to_owned(),
        None => {
            let key = app.entropy.token();
            tx.set_instance_value(KEY, &format!("{day} {key}"))?;
            key
        }
    };
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(&network(address));
    let code = mac.finalize().into_bytes();
    Ok(URL_SAFE_NO_PAD.encode(&code[..12]))
}

fn network(address: std::net::IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        std::net::IpAddr::V4(v4) => v4.octets()[..3].to_vec(),
        std::net::IpAddr::V6(v6) => v6.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::TestApp;

    #[test]
    fn a_network_is_one_visitor_for_a_day_and_nobody_can_tell_which() {
        let node = TestApp::new("http://a.localhost:1");
        let seen = |address: &str| {
            let address = address.parse().unwrap();
            let told: Result<_, StoreError> =
                node.app.db.write(|tx| visitor(&node.app, tx, address));
            told.unwrap()
        };
        let one = seen("192.0.2.7");
        assert_eq!(one.len(), 16);
        assert_eq!(seen("192.0.2.200"), one, "the same /24");
        assert_eq!(seen("::ffff:192.0.2.7"), one, "the same address in IPv6");
        assert_ne!(seen("192.0.3.7"), one);
        let six = seen("2001:db8:1:2::1");
        assert_eq!(seen("2001:db8:1:2:ffff::9"), six, "the same /64");
        assert_ne!(seen("2001:db8:1:3::1"), six);
        node.clock.advance(86_400);
        assert_ne!(seen("192.0.2.7"), one, "another day, another salt");
    }
}
