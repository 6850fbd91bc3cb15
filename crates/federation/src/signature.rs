//! HTTP signatures in the form that the fediverse speaks today (draft-cavage-http-signatures-12), read
//! strictly and written plainly (`protocol.md` §1 and §7 step 4).
//!
//! Pure: time and keys are parameters. A signature is first *read* ([`read_post`], [`read_get`]), which checks
//! everything that needs no key, and then *verified* with the actor's key ([`Signed::verify`]). The parameters
//! are parsed here rather than by a library, because every library at hand forgives what we must refuse:
//! repeated parameters, lists without `(request-target)`, times that cannot be read.

mod date;
mod digest;
mod fields;
mod key;
mod parameters;
mod read;
mod sign;

pub use date::{http_date, parse_http_date};
pub use digest::digest_field;
pub use fields::{Fields, Repeated};
pub use key::{InvalidKey, KeyCache, PublicKey, SigningKey};
pub use parameters::Parameters;
pub use read::{Fault, Received, Signed, read_get, read_post};
pub use sign::{RequestSigner, sign_get, sign_post};

#[cfg(test)]
pub(crate) mod tests;
