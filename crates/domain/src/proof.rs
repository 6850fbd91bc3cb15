//! Object integrity proofs: FEP-8b32 with the cryptosuite eddsa-jcs-2022, over any JSON document.
//!
//! The log has stricter rules on top (`protocol.md` §3.3), in [`crate::log::Header`].

use serde_json::{Map, Value, json};

use crate::json::{canonical, sha256};
use crate::key::{LogKey, Multikey};
use crate::time::Timestamp;

/// Why a document's proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofProblem {
    /// The document has no `proof` object.
    #[error("there is no proof")]
    Absent,
    /// A member of the proof is absent or not what eddsa-jcs-2022 demands.
    #[error("the proof's {0} is absent or not as demanded")]
    Member(&'static str),
    /// The proof carries another `@context` than the document.
    #[error("the proof's @context is not that of the document")]
    Context,
    /// `proofValue` is not `z` and 64 bytes in base58btc.
    #[error("the proof's value is not a signature")]
    Encoding,
    /// The signature is not by this key over this document.
    #[error("the signature does not verify")]
    Signature,
}

/// Adds a proof to a document, replacing the one it may carry.
pub fn sign(
    document: &mut Map<String, Value>,
    key: &LogKey,
    verification_method: &str,
    created: Timestamp,
) {
    document.remove("proof");
    let mut proof = Map::new();
    if let Some(context) = document.get("@context") {
        proof.insert("@context".into(), context.clone());
    }
    for (member, value) in [
        ("type", json!("DataIntegrityProof")),
        ("cryptosuite", json!("eddsa-jcs-2022")),
        ("verificationMethod", json!(verification_method)),
        ("proofPurpose", json!("assertionMethod")),
        ("created", json!(created)),
    ] {
        proof.insert(member.into(), value);
    }
    let input = signing_input(&proof, &canonical(&Value::Object(document.clone())));
    let value = format!("z{}", bs58::encode(key.sign(&input)).into_string());
    proof.insert("proofValue".into(), value.into());
    document.insert("proof".into(), Value::Object(proof));
}

/// Verifies the proof of a document as received. That the key belongs to the proof's
/// [`verification_method`], and may speak for the document's author, is for the caller to know.
pub fn verify(document: &Map<String, Value>, key: &Multikey) -> Result<(), ProofProblem> {
    let proof = proof_of(document)?;
    for (member, value) in [
        ("type", "DataIntegrityProof"),
        ("cryptosuite", "eddsa-jcs-2022"),
        ("proofPurpose", "assertionMethod"),
    ] {
        if proof.get(member).and_then(Value::as_str) != Some(value) {
            return Err(ProofProblem::Member(member));
        }
    }
    if proof.contains_key("@context") && proof.get("@context") != document.get("@context") {
        return Err(ProofProblem::Context);
    }
    let (config, signature) = split(proof)?;
    let mut unsigned = document.clone();
    unsigned.remove("proof");
    let input = signing_input(&config, &canonical(&Value::Object(unsigned)));
    if !key.verify_strict(&input, &signature) {
        return Err(ProofProblem::Signature);
    }
    Ok(())
}

/// The `verificationMethod` that a document's proof names.
pub fn verification_method(document: &Map<String, Value>) -> Option<&str> {
    proof_of(document).ok()?.get("verificationMethod")?.as_str()
}

fn proof_of(document: &Map<String, Value>) -> Result<&Map<String, Value>, ProofProblem> {
    document
        .get("proof")
        .and_then(Value::as_object)
        .ok_or(ProofProblem::Absent)
}

/// The proof without its value, and the value decoded.
pub(crate) fn split(
    proof: &Map<String, Value>,
) -> Result<(Map<String, Value>, [u8; 64]), ProofProblem> {
    let mut config = proof.clone();
    let value = config.remove("proofValue");
    let decoded = value
        .as_ref()
        .and_then(Value::as_str)
        .and_then(|text| text.strip_prefix('z'))
        .and_then(|text| bs58::decode(text).into_vec().ok())
        .and_then(|bytes| bytes.try_into().ok());
    Ok((config, decoded.ok_or(ProofProblem::Encoding)?))
}

/// What is signed: SHA-256 of the proof without its value, then SHA-256 of the document without its proof.
pub(crate) fn signing_input(config: &Map<String, Value>, document: &[u8]) -> [u8; 64] {
    let mut input = [0; 64];
    let config = sha256(&canonical(&Value::Object(config.clone())));
    input[..32].copy_from_slice(config.as_bytes());
    input[32..].copy_from_slice(sha256(document).as_bytes());
    input
}

#[cfg(test)]
mod tests;
