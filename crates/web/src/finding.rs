//! How the pages find somebody on another server: the way out belongs to another crate, which the binary puts in.

use std::pin::Pin;
use std::sync::Arc;

use rustine_app::datasets::heir::Heir;
use rustine_app::peers::about::About;
use rustine_domain::ids::{DatasetAddress, Host};

/// Somebody elsewhere who can be followed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Its id, a URL.
    pub id: String,
    /// `name@host`.
    pub account: String,
    /// The type that its server says.
    pub kind: String,
    /// Its name, plain text.
    pub name: String,
    /// What it says about itself: HTML of a stranger, not cleaned.
    pub summary: String,
    /// Licence of a dataset.
    pub license: Option<String>,
    /// How many follow it, where its server says so.
    pub followers: Option<i64>,
    /// It is a dataset.
    pub is_dataset: bool,
}

/// Why nobody was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotFound {
    /// The text is no address of the form `name@host`.
    NoAddress,
    /// It lives here: it needs no search elsewhere.
    Here,
    /// Its server did not answer, or knows nobody of that name.
    Nobody,
}

/// A search that is under way.
pub type Search = Pin<Box<dyn Future<Output = Result<Found, NotFound>> + Send>>;

/// Finds somebody by `name@host`, asking only through the guarded way out, and keeps the actor.
#[derive(Clone)]
pub struct PeopleFinder(Arc<dyn Fn(String) -> Search + Send + Sync>);

impl PeopleFinder {
    /// Finds by this function.
    pub fn new(find: impl Fn(String) -> Search + Send + Sync + 'static) -> Self {
        Self(Arc::new(find))
    }

    /// Finds somebody.
    pub async fn find(&self, address: &str) -> Result<Found, NotFound> {
        (self.0)(address.to_owned()).await
    }
}

/// Nobody is found where no way out was put in.
impl Default for PeopleFinder {
    fn default() -> Self {
        Self::new(|_| Box::pin(async { Err(NotFound::Nobody) }))
    }
}

/// What an instance has agreed to about one of our datasets, or a sentence that says why not.
pub type Agreement = Pin<Box<dyn Future<Output = Result<Heir, String>> + Send>>;

/// Asks an instance whether it has agreed to go on with a dataset of ours.
#[derive(Clone)]
pub struct HeirFinder(Arc<dyn Fn(DatasetAddress, Host) -> Agreement + Send + Sync>);

impl HeirFinder {
    /// Asks by this function.
    pub fn new(ask: impl Fn(DatasetAddress, Host) -> Agreement + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Asks an instance.
    pub async fn ask(&self, dataset: &DatasetAddress, host: &Host) -> Result<Heir, String> {
        (self.0)(dataset.clone(), host.clone()).await
    }
}

/// Nobody has agreed where no way out was put in.
impl Default for HeirFinder {
    fn default() -> Self {
        Self::new(|_, host| Box::pin(async move { Err(format!("{host} was not asked")) }))
    }
}

/// What the instances around a copy are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Around {
    /// Who goes on with the dataset.
    Successors,
    /// Whether somebody holds more of it than we do, and the moderation lines that we lack.
    Fresher,
}

/// Who did not answer, or a sentence that says why nothing may be done.
pub type Heard = Pin<Box<dyn Future<Output = Result<Vec<String>, String>> + Send>>;

/// Asks the partners and the other copies of a dataset that is copied here.
#[derive(Clone)]
pub struct CopyAsker(Arc<dyn Fn(DatasetAddress, Around) -> Heard + Send + Sync>);

impl CopyAsker {
    /// Asks by this function.
    pub fn new(ask: impl Fn(DatasetAddress, Around) -> Heard + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Asks all of them; who did not answer.
    ///
    /// # Errors
    /// A sentence, where what they say forbids to go on.
    pub async fn ask(&self, dataset: &DatasetAddress, what: Around) -> Result<Vec<String>, String> {
        (self.0)(dataset.clone(), what).await
    }
}

/// There is nobody to ask where no way out was put in.
impl Default for CopyAsker {
    fn default() -> Self {
        Self::new(|_, _| Box::pin(async { Ok(Vec::new()) }))
    }
}

/// Why an instance says nothing about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAbout {
    /// The text is no address of an instance.
    NoHost,
    /// It is this instance.
    Ourselves,
    /// Its domain is blocked here.
    Blocked,
    /// It runs something else.
    NotRustine,
    /// It shows another key than the one we know it by.
    KeyChanged,
    /// It does not answer as it should; why, in English.
    Silent(String),
}

/// A question that is under way.
pub type Asking = Pin<Box<dyn Future<Output = Result<About, NoAbout>> + Send>>;

/// Asks an instance about itself, only through the guarded way out, and keeps its actor.
#[derive(Clone)]
pub struct PeerFinder(Arc<dyn Fn(Host) -> Asking + Send + Sync>);

impl PeerFinder {
    /// Asks by this function.
    pub fn new(ask: impl Fn(Host) -> Asking + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    /// Asks an instance.
    ///
    /// # Errors
    /// [`NoAbout`]
    pub async fn about(&self, host: Host) -> Result<About, NoAbout> {
        (self.0)(host).await
    }
}

/// Nobody answers where no way out was put in.
impl Default for PeerFinder {
    fn default() -> Self {
        let nobody = || NoAbout::Silent("this site asks nobody".to_owned());
        Self::new(move |_| Box::pin(async move { Err(nobody()) }))
    }
}
