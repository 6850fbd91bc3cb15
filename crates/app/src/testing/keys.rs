//! Randomness that is real but for RSA keys, which cost most of the time of the tests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use crate::clock::{Entropy, SystemEntropy};
use crate::keys::RsaPair;

/// Enough that the actors of one test have keys of their own.
const PAIRS: usize = 12;

/// Deals out the same few RSA pairs in turn, made once for each test binary; all other bytes are fresh.
#[derive(Debug, Default, Clone, Copy)]
pub struct RecycledKeys;

impl RecycledKeys {
    /// Two that differ, whatever the tests beside this one take meanwhile.
    #[must_use]
    pub fn two(self) -> [RsaPair; 2] {
        let first = self.rsa_pair();
        loop {
            let second = self.rsa_pair();
            if second.public_pem != first.public_pem {
                return [first, second];
            }
        }
    }
}

impl Entropy for RecycledKeys {
    fn fill(&self, bytes: &mut [u8]) {
        SystemEntropy.fill(bytes);
    }
    fn rsa_pair(&self) -> RsaPair {
        static MADE: LazyLock<[OnceLock<RsaPair>; PAIRS]> = LazyLock::new(Default::default);
        static DEALT: AtomicUsize = AtomicUsize::new(0);
        let next = DEALT.fetch_add(1, Ordering::Relaxed) % PAIRS;
        MADE[next].get_or_init(|| SystemEntropy.rsa_pair()).clone()
    }
}
