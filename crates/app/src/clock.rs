//! Time and randomness enter the node here and nowhere else, so that a test can hold them still.

use rand::RngCore as _;
use rustine_domain::ids::{DatasetUid, PatchId, RowId, Salt};
use rustine_domain::time::Timestamp;
use uuid::Uuid;

use crate::keys::{self, RsaPair};

/// Where use cases read the time.
pub trait Clock: Send + Sync {
    /// Now, in whole seconds.
    fn now(&self) -> Timestamp;
    /// Now, in milliseconds since the epoch; for ids that sort by time.
    fn now_ms(&self) -> u64;
}

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds((self.now_ms() / 1000).cast_signed())
            .expect("the clock stands before the year 10000")
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the wall clock"
    )]
    fn now_ms(&self) -> u64 {
        let since = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}

/// A clock that stands still until it is moved; for tests and simulations.
#[derive(Debug)]
pub struct FixedClock(std::sync::atomic::AtomicU64);

impl FixedClock {
    /// A clock that says `seconds` since the epoch.
    pub fn at(seconds: u64) -> Self {
        Self(std::sync::atomic::AtomicU64::new(seconds * 1000))
    }
    /// Moves the clock forward.
    pub fn advance(&self, seconds: u64) {
        self.0
            .fetch_add(seconds * 1000, std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_seconds((self.now_ms() / 1000).cast_signed())
            .expect("tests stay before the year 10000")
    }
    fn now_ms(&self) -> u64 {
        self.0.load(std::sync::atomic::Ordering::SeqCst)
    }
}

/// Where use cases draw random bytes.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
    /// A fresh RSA pair. Takes 0.2 s or more.
    fn rsa_pair(&self) -> RsaPair;
}

/// The operating system's generator, read through a per-thread buffer.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that draws randomness"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        rand::thread_rng().fill_bytes(bytes);
    }
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that draws randomness"
    )]
    fn rsa_pair(&self) -> RsaPair {
        keys::rsa_pair(&mut rand::thread_rng())
    }
}

/// What use cases make out of random bytes.
impl dyn Entropy + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
    /// A fresh commitment salt or nonce.
    pub fn salt(&self) -> Salt {
        Salt(self.bytes())
    }
    /// A random UUID (v4), for ids that a restored node must not repeat (`protocol.md` §2).
    pub fn uuid(&self) -> Uuid {
        uuid::Builder::from_random_bytes(self.bytes()).into_uuid()
    }
    /// A fresh dataset uid.
    pub fn dataset_uid(&self) -> DatasetUid {
        DatasetUid(self.uuid())
    }
    /// A fresh patch id.
    pub fn patch_id(&self) -> PatchId {
        PatchId(self.uuid())
    }
    /// A fresh row id (v7: rows that are added together stand together in the index).
    pub fn row_id(&self, now_ms: u64) -> RowId {
        RowId(uuid::Builder::from_unix_timestamp_millis(now_ms, &self.bytes()).into_uuid())
    }
    /// A secret for a link or a log-in: 32 random bytes in base64url.
    pub fn token(&self) -> String {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}
