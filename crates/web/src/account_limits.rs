//! How often somebody may try what belongs to accounts (`docs/admin/limits.md`), by address and by name.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::Mutex;

use rustine_app::network;
use rustine_domain::time::Timestamp;

use crate::failure::Failure;
use crate::limit::Limiter;
use crate::visit::Visit;

/// The window that `rates.log_ins` and `rates.resets` count in.
const ADDRESS_WINDOW_S: i64 = 5 * 60;
/// The window that `rates.log_ins_per_name` counts in.
const NAME_WINDOW_S: i64 = 3_600;
/// The window that `rates.sign_ups` counts in.
const SIGN_UP_WINDOW_S: i64 = 30 * 60;

/// What was tried lately; shared by all workers.
pub struct AccountLimits {
    addresses: Mutex<Limiter<IpAddr>>,
    names: Mutex<Limiter<String>>,
    resets: Mutex<Limiter<IpAddr>>,
    sign_ups: Mutex<Limiter<IpAddr>>,
    searches: Mutex<Limiter<String>>,
}

impl Default for AccountLimits {
    fn default() -> Self {
        Self {
            addresses: Mutex::new(Limiter::new(ADDRESS_WINDOW_S)),
            names: Mutex::new(Limiter::new(NAME_WINDOW_S)),
            resets: Mutex::new(Limiter::new(ADDRESS_WINDOW_S)),
            sign_ups: Mutex::new(Limiter::new(SIGN_UP_WINDOW_S)),
            searches: Mutex::new(Limiter::new(ADDRESS_WINDOW_S)),
        }
    }
}

impl AccountLimits {
    /// Counts a password or code that an address tries.
    pub fn address(&self, visit: &Visit) -> Result<(), Failure> {
        let most = visit.app.settings.rates.log_ins;
        let network = network::of(visit.address);
        count(&self.addresses, network, most, visit.page.now)
    }

    /// Counts a form about a forgotten password.
    pub fn reset(&self, visit: &Visit) -> Result<(), Failure> {
        let most = visit.app.settings.rates.resets;
        let network = network::of(visit.address);
        count(&self.resets, network, most, visit.page.now)
    }

    /// Counts a form about an account to be opened.
    pub fn sign_up(&self, visit: &Visit) -> Result<(), Failure> {
        let most = visit.app.settings.rates.sign_ups;
        let network = network::of(visit.address);
        count(&self.sign_ups, network, most, visit.page.now)
    }

    /// Counts a password or code for an account, or for a name that nobody has: the answer is the same.
    pub fn name(&self, visit: &Visit, name: &str) -> Result<(), Failure> {
        let most = visit.app.settings.rates.log_ins_per_name;
        let name = name.chars().take(100).collect::<String>().to_lowercase();
        count(&self.names, name, most, visit.page.now)
    }

    /// Counts a search on other servers, by who is logged in.
    pub fn search(&self, visit: &Visit, name: &str) -> Result<(), Failure> {
        let most = visit.app.settings.rates.searches;
        count(&self.searches, name.to_owned(), most, visit.page.now)
    }
}

fn count<K: Eq + Hash>(
    limiter: &Mutex<Limiter<K>>,
    who: K,
    most: u32,
    now: Timestamp,
) -> Result<(), Failure> {
    // A panic while counting is no reason to let nobody in.
    let allowed = limiter
        .lock()
        .map_or(true, |mut limiter| limiter.allows(who, most, now));
    match allowed {
        true => Ok(()),
        false => Err(Failure::new(429, "too many attempts: wait a while")),
    }
}
