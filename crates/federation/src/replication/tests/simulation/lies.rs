//! What a copy may serve that it does not hold.

use rand::Rng as _;
use rand::rngs::StdRng;
use rustine_domain::ids::Hash;
use serde_json::{Value, json};

/// One way of lying, kept up for the whole scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It names a head that nobody signed.
    HighHead,
    /// It names the first entry as its head.
    LowHead,
    /// It serves another log under this name.
    OtherGenesis,
    /// It changes a value.
    Value,
    /// It changes a signature.
    Signature,
    /// It leaves an entry out.
    LeavesOut,
    /// It sends lines that are no JSON.
    Noise,
}

impl Lie {
    /// One of them.
    pub fn draw(rng: &mut StdRng) -> Self {
        const ALL: [Lie; 7] = [
            Lie::HighHead,
            Lie::LowHead,
            Lie::OtherGenesis,
            Lie::Value,
            Lie::Signature,
            Lie::LeavesOut,
            Lie::Noise,
        ];
        ALL[rng.gen_range(0..ALL.len())]
    }

    /// True where a reader must notice that the source is bad; the others could be honest.
    pub fn is_noticed(self) -> bool {
        !matches!(self, Self::LowHead | Self::HighHead)
    }

    /// A head as it is served; the genesis's hash is needed by one that lags behind.
    pub fn head(self, mut head: Value, rng: &mut StdRng) -> Value {
        match self {
            Self::HighHead => {
                head["seq"] = json!(head["seq"].as_u64().unwrap_or_default() + rng.gen_range(1..9));
                head["entry"] = json!(Hash(rng.r#gen()));
            }
            Self::LowHead => {
                head["seq"] = json!(0);
                head["entry"] = head["genesis"].clone();
            }
            Self::OtherGenesis => head["genesis"] = json!(Hash(rng.r#gen())),
            Self::Value | Self::Signature | Self::LeavesOut | Self::Noise => {}
        }
        head
    }

    /// Lines as they are served.
    pub fn lines(self, mut lines: Vec<String>, rng: &mut StdRng) -> Vec<String> {
        if lines.is_empty() {
            return lines;
        }
        let chosen = rng.gen_range(0..lines.len());
        match self {
            Self::Value => {
                for line in &mut lines {
                    *line = line.replace("\"value\":\"", "\"value\":\"x");
                    *line = line.replace("\"nom\":\"lieu", "\"nom\":\"liou");
                }
            }
            Self::Signature => {
                let line = &mut lines[chosen];
                let at = line.find("\"proofValue\":\"z").map(|at| at + 20);
                if let Some(at) = at {
                    let other = if line.as_bytes()[at] == b'2' {
                        "3"
                    } else {
                        "2"
                    };
                    line.replace_range(at..=at, other);
                }
            }
            Self::LeavesOut => {
                lines.remove(0);
            }
            Self::Noise => "{]".clone_into(&mut lines[chosen]),
            Self::HighHead | Self::LowHead | Self::OtherGenesis => {}
        }
        lines
    }
}
