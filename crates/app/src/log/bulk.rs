//! How much stands in one transaction where entry after entry adds thousands of rows, at the origin and in copies.

use std::time::Duration;

/// Operations after which a transaction gets no further entry. The more it has, the fewer times the same pages are
/// written: most entries touch most pages of the indexes by bucket.
pub const MOST_OPS_PER_COMMIT: u64 = 32_000;
/// After this long it gets none either: others wait for it, at most ten seconds.
pub const LONGEST_COMMIT: Duration = Duration::from_secs(3);
