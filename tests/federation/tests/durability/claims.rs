//! What clients were told is done, and whether a database still knows.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use rustine_testkit::inspect::State;
use serde_json::Value;

/// Something that a client was told is done.
#[derive(Debug, Clone)]
pub enum Claim {
    /// An activity was taken (202).
    Received { activity: String },
    /// A proposal was recorded (303 from the form, 202 from the API); this text stands in it alone.
    Proposed { text: String },
    /// A proposal was accepted (200): the log has this entry, and a copy will be told of it.
    Accepted { patch: String, seq: u64 },
    /// A command has imported up to this entry (exit code 0).
    Imported { seq: u64 },
    /// A command has asked this host for a peering (exit code 0): the request waits for delivery or was delivered.
    Asked { host: String },
    /// A command has erased values of this row (exit code 0); a restored backup will be told.
    Erased { row: String },
}

impl Claim {
    /// Which kind it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Received { .. } => "activities",
            Self::Proposed { .. } => "proposals",
            Self::Accepted { .. } => "decisions",
            Self::Imported { .. } => "imports",
            Self::Asked { .. } => "deliveries",
            Self::Erased { .. } => "erasures",
        }
    }

    /// Whether the database, and what lies beside it in the folder, hold it.
    pub fn holds(&self, state: &State, data: &Path) -> bool {
        let has = |table: &str, words: &[&str]| {
            let fits = |row: &String| words.iter().all(|word| row.contains(word));
            state.table(table).iter().any(fits)
        };
        match self {
            Self::Received { activity } => has("inbox", &[&format!("activity_id='{activity}'")]),
            Self::Proposed { text } => has("patches", &[text]),
            Self::Accepted { patch, seq } => {
                let (id, seq) = (format!("id='{patch}'"), format!(" seq={seq} "));
                has("patches", &[&id, "status='accepted'"])
                    && has("entries", &[&seq])
                    && has("bodies", &[&seq])
                    && has("outbox", &[&seq])
            }
            Self::Imported { seq } => has("entries", &[&format!(" seq={seq} ")]),
            Self::Asked { host } => has("outbox", &[&format!("host='{host}'")]),
            Self::Erased { row } => {
                let list = fs::read_to_string(data.join("erasures.jsonl")).unwrap_or_default();
                let told = list.lines().any(|line| {
                    serde_json::from_str::<Value>(line).is_ok_and(|line| {
                        line["cells"].as_array().is_some_and(|cells| {
                            cells.iter().any(|cell| cell["row"] == row.as_str())
                        })
                    })
                });
                told && has("redactions", &[])
            }
        }
    }
}

/// A claim and when the client had its answer in hand, in microseconds since 1970, by the clock of the tracer.
#[derive(Debug, Clone)]
pub struct Acknowledged {
    pub at: u64,
    pub claim: Claim,
}

impl Acknowledged {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tracer dates its lines by the clock of the machine"
    )]
    pub fn now(claim: Claim) -> Self {
        let now = std::time::SystemTime::now().duration_since(UNIX_EPOCH);
        let micros = now.expect("it is after 1970").as_micros();
        let at = u64::try_from(micros).expect("it is before the year 500,000");
        Self { at, claim }
    }
}
