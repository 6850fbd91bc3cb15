//! draft-cavage-http-signatures-12, appendix C.

use rsa::pkcs8::DecodePublicKey as _;
use rsa::{Pkcs1v15Sign, RsaPublicKey};
use sha2::{Digest as _, Sha256};

use super::at;
use super::fixtures::{read_json, shared};
use crate::signature::{
    Fault, Fields, InvalidKey, Parameters, PublicKey, Received, read_get, read_post,
};

/// 2014-01-05T21:31:40Z.
const THEN: i64 = 1_388_957_500;

#[test]
fn the_vectors_of_the_draft_verify_and_are_refused_all_the_same() {
    let Some(folder) = shared("vectors/http-signatures") else {
        return;
    };
    let json = read_json(&folder.join("cavage-12-appendix-C.json"));
    let pem = json["public_key_pem"].as_str().unwrap();
    assert_eq!(PublicKey::from_pem(pem), Err(InvalidKey::TooShort));
    let key = RsaPublicKey::from_public_key_pem(pem).unwrap();

    let request = &json["request"];
    let text = |name: &str| request[name].as_str().unwrap();
    let cases = json["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let mut headers: Vec<(&str, &str)> = Vec::new();
        for (name, value) in request["headers"].as_object().unwrap() {
            headers.push((name, value.as_str().unwrap()));
        }
        let field = case["signature_header"].as_str().unwrap();
        headers.push(("Signature", field));
        let fields = Fields::new(headers.iter().map(|(n, v)| (*n, v.as_bytes())));
        let received = Received {
            method: text("method"),
            target: text("target"),
            fields: &fields,
            body: text("body").as_bytes(),
        };
        let expected = case["signing_string"].as_str().unwrap();
        let (read, fault) = match case["name"].as_str().unwrap() {
            "C.1 default" => {
                // The default list of fields, which we do not take: it signs too little.
                assert_eq!(Parameters::parse(field), None);
                (None, Fault::Malformed)
            }
            _ => (
                read_get(received, &["example.com"], at(THEN)).ok(),
                Fault::DigestUnsigned,
            ),
        };
        assert_eq!(read_post(received, &["example.com"], at(THEN)), Err(fault));
        let signature = match read {
            Some(signed) => {
                assert_eq!(signed.signing_string, expected);
                assert_eq!(
                    read_get(received, &["example.com"], at(super::NOW)),
                    Err(Fault::Old)
                );
                signed.signature
            }
            None => {
                let with_list = field.replace(",signature=", ",headers=\"date\",signature=");
                Parameters::parse(&with_list).unwrap().signature
            }
        };
        let hashed = Sha256::digest(expected);
        key.verify(Pkcs1v15Sign::new::<Sha256>(), &hashed, &signature)
            .unwrap();
    }
}
