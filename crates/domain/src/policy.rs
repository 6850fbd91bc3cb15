//! A dataset's policy: how many reviews, from how many instances, accept a patch (`protocol.md` §3.3, §5).
//!
//! A policy only says when *votes* accept. A local maintainer may always decide alone, see
//! [`crate::review::decides_alone`].

use serde_json::{Map, Value, json};

use crate::problem::{Code, Problem};

/// The largest quorum that a policy may ask for.
const LARGEST: u64 = 100;

/// The policy in force; it governs the decisions after its log entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// How many approvals accept; at most one per instance other than the origin counts.
    pub quorum: u32,
    /// From how many instances they must come.
    pub instances: u32,
    /// Whether one of them must come from the origin itself.
    pub owner_required: bool,
    document: Value,
}

impl Policy {
    /// What holds until a policy is written: somebody of the origin approves.
    pub fn default_for_new_dataset() -> Self {
        Self::new(1, 1, true)
    }

    /// A policy of our own making.
    pub fn new(quorum: u32, instances: u32, owner_required: bool) -> Self {
        let mut document = Map::new();
        document.insert("quorum".into(), json!(quorum));
        document.insert("instances".into(), json!(instances));
        if owner_required {
            document.insert("ownerRequired".into(), json!(true));
        }
        Self {
            quorum,
            instances,
            owner_required,
            document: Value::Object(document),
        }
    }

    /// Reads a policy document; members of later versions are kept. One problem per faulty member.
    pub fn parse(document: &Value) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut fault = |member: &str| {
            problems.push(Problem::new(Code::BadPolicy).with("value", member));
        };
        let mut count = |member: &str| {
            let number = document[member].as_u64();
            let number = number.filter(|n| (1..=LARGEST).contains(n));
            if number.is_none() {
                fault(member);
            }
            number.and_then(|n| u32::try_from(n).ok()).unwrap_or(1)
        };
        let (quorum, instances) = (count("quorum"), count("instances"));
        let owner_required = match document.get("ownerRequired") {
            None => false,
            Some(Value::Bool(required)) => *required,
            Some(_) => {
                fault("ownerRequired");
                true
            }
        };
        if instances > quorum {
            fault("instances");
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            quorum,
            instances,
            owner_required,
            document: document.clone(),
        })
    }

    /// The document that the log commits to.
    pub fn document(&self) -> &Value {
        &self.document
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_then_reading_a_policy_is_the_identity() {
        for policy in [Policy::default_for_new_dataset(), Policy::new(3, 2, false)] {
            assert_eq!(Policy::parse(policy.document()), Ok(policy));
        }
    }

    #[test]
    fn members_of_later_versions_are_kept() {
        let document = json!({"quorum": 1, "instances": 1, "mood": "calm"});
        let policy = Policy::parse(&document).unwrap();
        assert_eq!(policy.document(), &document);
        assert!(!policy.owner_required);
    }

    #[test]
    fn a_faulty_member_is_named() {
        for (document, member) in [
            (json!({"instances": 1}), "quorum"),
            (json!({"quorum": 0, "instances": 1}), "quorum"),
            (json!({"quorum": 101, "instances": 1}), "quorum"),
            (json!({"quorum": 1, "instances": 2}), "instances"),
            (json!({"quorum": 1, "instances": "1"}), "instances"),
            (
                json!({"quorum": 1, "instances": 1, "ownerRequired": "yes"}),
                "ownerRequired",
            ),
            (json!("quorum"), "quorum"),
        ] {
            let problems = Policy::parse(&document).unwrap_err();
            assert_eq!(problems[0].code, Code::BadPolicy);
            assert_eq!(problems[0].arg("value"), member, "{document}");
        }
    }
}
