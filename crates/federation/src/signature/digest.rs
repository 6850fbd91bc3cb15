//! The `Digest` field (RFC 3230), by which a signature over header fields covers the body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// `SHA-256=` and the digest of `body` in padded base64.
pub fn digest_field(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// Whether a received field is exactly one SHA-256 digest, and the right one. The name of the algorithm is
/// compared without case (RFC 3230 §4.1.1); a list is refused, because two readers may pick two members.
pub(super) fn matches(field: &str, body: &[u8]) -> bool {
    let Some((algorithm, digest)) = field.split_once('=') else {
        return false;
    };
    algorithm.eq_ignore_ascii_case("sha-256")
        && STANDARD
            .decode(digest)
            .is_ok_and(|d| d == Sha256::digest(body)[..])
}
