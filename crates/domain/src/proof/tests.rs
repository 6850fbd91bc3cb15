use super::*;
use crate::json::parse_document;
use crate::testing::shared;

fn object(text: &str) -> Map<String, Value> {
    match parse_document(text.as_bytes()).unwrap() {
        Value::Object(map) => map,
        other => panic!("not an object: {other}"),
    }
}

fn read(path: &str) -> Option<String> {
    Some(std::fs::read_to_string(shared(path)?).unwrap())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_vectors_of_eddsa_jcs_2022_pass() {
    let folder = "data/vectors/eddsa-jcs-2022";
    let Some(signed) = read(&format!("{folder}/signedJCS.json")) else {
        return;
    };
    let file = |name: &str| read(&format!("{folder}/{name}")).unwrap();
    let signed = object(&signed);
    let (config, signature) = split(proof_of(&signed).unwrap()).unwrap();
    let mut unsigned = signed.clone();
    unsigned.remove("proof");
    let document = canonical(&Value::Object(unsigned));
    assert_eq!(document, file("canonDocJCS.txt").into_bytes());
    assert_eq!(
        canonical(&Value::Object(config.clone())),
        file("proofCanonJCS.txt").into_bytes()
    );
    assert_eq!(
        hex(&signing_input(&config, &document)),
        file("combinedHashJCS.txt")
    );
    assert_eq!(hex(&signature), file("sigHexJCS.txt"));
    let key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
        .parse()
        .unwrap();
    assert_eq!(verify(&signed, &key), Ok(()));
}

/// The JSON blocks between triple quotes of a feature file.
fn blocks(feature: &str) -> Vec<Map<String, Value>> {
    let parts = feature.split("\"\"\"").skip(1).step_by(2);
    parts.map(object).collect()
}

#[test]
fn the_vectors_of_fep_8b32_pass() {
    let Some(feature) = read("data/vectors/fep-8b32/fep-8b32.feature") else {
        return;
    };
    let blocks = blocks(&feature);
    let [document, expected, signed, actor] = &blocks[..] else {
        panic!("four documents expected, {} found", blocks.len());
    };
    let secret = feature
        .split("secret key \"z")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let secret = bs58::decode(secret).into_vec().unwrap();
    // 0x8026 is the multicodec prefix of an Ed25519 private key.
    let seed: [u8; 32] = secret
        .strip_prefix(&[0x80, 0x26])
        .unwrap()
        .try_into()
        .unwrap();
    let mut document = document.clone();
    sign(
        &mut document,
        &LogKey::from_seed(seed),
        "https://server.example/users/alice#ed25519-key",
        "2023-02-24T23:36:38Z".parse().unwrap(),
    );
    assert_eq!(&document, expected);
    let key = actor["assertionMethod"][0]["publicKeyMultibase"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(verify(signed, &key), Ok(()));
    assert_eq!(
        verification_method(signed),
        Some("https://server.example/users/alice#ed25519-key")
    );
}

#[test]
fn any_change_breaks_a_proof() {
    let key = LogKey::from_seed([3; 32]);
    let mut document = object(r#"{"@context":["a"],"id":"x","content":"é"}"#);
    sign(
        &mut document,
        &key,
        "x#key",
        Timestamp::from_seconds(0).unwrap(),
    );
    assert_eq!(verify(&document, &key.multikey()), Ok(()));

    let check = |change: fn(&mut Map<String, Value>), problem: ProofProblem| {
        let mut changed = document.clone();
        change(&mut changed);
        assert_eq!(verify(&changed, &key.multikey()), Err(problem));
    };
    check(|d| d["content"] = json!("e"), ProofProblem::Signature);
    check(
        |d| {
            d.insert("more".into(), json!(1));
        },
        ProofProblem::Signature,
    );
    check(|d| d["@context"] = json!(["b"]), ProofProblem::Context);
    check(
        |d| d["proof"]["created"] = json!("1970-01-01T00:00:01Z"),
        ProofProblem::Signature,
    );
    check(
        |d| d["proof"]["cryptosuite"] = json!("eddsa-rdfc-2022"),
        ProofProblem::Member("cryptosuite"),
    );
    check(
        |d| d["proof"]["proofPurpose"] = json!("authentication"),
        ProofProblem::Member("proofPurpose"),
    );
    check(
        |d| d["proof"]["proofValue"] = json!("z1"),
        ProofProblem::Encoding,
    );
    check(
        |d| {
            d.remove("proof");
        },
        ProofProblem::Absent,
    );
    let other = LogKey::from_seed([4; 32]).multikey();
    assert_eq!(verify(&document, &other), Err(ProofProblem::Signature));
}
