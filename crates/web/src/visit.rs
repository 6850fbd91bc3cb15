//! One request for a page: its language, who looks, the token of its forms, and how it is answered.

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;
use hmac::{Hmac, Mac as _};
use rustine_app::App;
use rustine_app::accounts::{Person, session};
use rustine_app::network;
use rustine_app::patches::propose::Proposer;
use rustine_store::StoreError;
use sha2::Sha256;

use crate::answer::{Answer, Keep};
use crate::csrf::{self, ForgedForm, FormKey};
use crate::failure::Failure;
use crate::forms::Posted;
use crate::i18n::Lang;
use crate::page::{Page, Viewer, zone};
use crate::pages::error::ErrorPage;
use crate::{agent, client, cookies};

/// The key of form tokens, read once.
#[derive(Default)]
pub(crate) struct FormKeyCell(OnceLock<FormKey>);

/// A request for a page.
pub struct Visit {
    /// The instance.
    pub app: Arc<App>,
    /// The frame of the answer.
    pub page: Page,
    /// Who is logged in.
    pub person: Option<Person>,
    /// The secret of that log-in.
    pub session: Option<String>,
    /// Network address of the client.
    pub address: IpAddr,
    /// What the browser says it is.
    pub agent: String,
    /// Half a log-in, where a code is still to come.
    pub half: Option<String>,
    /// The query, decoded, without `lang`.
    pub query: Vec<(String, String)>,
    form_key: FormKey,
    binding: String,
    fresh_binding: bool,
    chosen_lang: bool,
    fetch_site: Option<String>,
    origin: Option<String>,
}

/// What is read of a request before the store is asked.
struct Asked {
    app: Arc<App>,
    lang: Option<Lang>,
    lang_cookie: Option<String>,
    lang_header: Option<String>,
    session: Option<String>,
    form: Option<String>,
    path: String,
    query: Vec<(String, String)>,
    address: IpAddr,
    agent: String,
    half: Option<String>,
    fetch_site: Option<String>,
    origin: Option<String>,
}

impl FromRequest for Visit {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asked = Asked::read(request);
        let cell = request.app_data::<web::Data<FormKeyCell>>().cloned();
        Box::pin(async move {
            let missing =
                || actix_web::error::ErrorInternalServerError("the pages are not configured");
            let (asked, cell) = asked.zip(cell).ok_or_else(missing)?;
            let visit = web::block(move || asked.begin(&cell)).await?;
            visit.map_err(|error| {
                tracing::error!(%error, "A page could not be begun");
                actix_web::error::ErrorInternalServerError("the server failed")
            })
        })
    }
}

impl Asked {
    fn read(request: &HttpRequest) -> Option<Self> {
        let app = Arc::clone(request.app_data::<web::Data<Arc<App>>>()?.get_ref());
        let dev = app.settings.dev;
        let pairs = url::form_urlencoded::parse(request.query_string().as_bytes()).into_owned();
        let (langs, query): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| name == "lang");
        let text = |name: header::HeaderName| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Some(Self {
            lang: langs.first().and_then(|(_, tag)| Lang::find(tag)),
            lang_cookie: cookies::read(request, cookies::LANG, dev),
            lang_header: text(header::ACCEPT_LANGUAGE),
            session: cookies::read(request, cookies::SESSION, dev),
            form: cookies::read(request, cookies::FORM, dev),
            path: request.path().to_owned(),
            query,
            address: client::address(request, &app.settings.server.trusted_proxies),
            agent: text(header::USER_AGENT).unwrap_or_default(),
            half: cookies::read(request, cookies::HALF, dev),
            fetch_site: text(header::HeaderName::from_static("sec-fetch-site")),
            origin: text(header::ORIGIN),
            app,
        })
    }

    fn begin(self, cell: &FormKeyCell) -> Result<Visit, StoreError> {
        let form_key = match cell.0.get() {
            Some(key) => key.clone(),
            None => cell.0.get_or_init(|| load_form_key(&self.app)).clone(),
        };
        let person = match &self.session {
            Some(token) => session::whose(&self.app, token)?,
            None => None,
        };
        let lang = Lang::choose(
            self.lang.map(Lang::tag),
            self.lang_cookie.as_deref(),
            self.lang_header.as_deref(),
        );
        let session = self.session.filter(|_| person.is_some());
        let fresh_binding = session.is_none() && self.form.is_none();
        let binding = match (&session, self.form) {
            (Some(token), _) => format!("session {token}"),
            (None, Some(value)) => format!("form {value}"),
            (None, None) => format!("form {}", self.app.entropy.token()),
        };
        let now = self.app.clock.now();
        let viewer = match &person {
            Some(person) => Some(viewer(&self.app, person)?),
            None => None,
        };
        let page = Page {
            lang,
            site: self.app.settings.name.clone(),
            host: self.app.host().to_string(),
            viewer,
            csrf: form_key.token(&binding, now),
            here: address_of(&self.path, &self.query),
            now,
            zone: zone(ZONE),
        };
        Ok(Visit {
            app: self.app,
            page,
            person,
            session,
            address: self.address,
            agent: self.agent,
            half: self.half,
            query: self.query,
            form_key,
            binding,
            fresh_binding,
            chosen_lang: self.lang.is_some(),
            fetch_site: self.fetch_site,
            origin: self.origin,
        })
    }
}

/// Zone in which instants are shown.
const ZONE: &str = "Europe/Paris";

fn viewer(app: &App, person: &Person) -> Result<Viewer, StoreError> {
    Ok(Viewer {
        name: person.name.clone(),
        moderator: person.decides_somewhere(),
        operator: person.operator,
        unread: app.db.read(|tx| tx.count_unread(person.id))?,
    })
}

/// A path with its query, encoded again.
pub fn address_of(path: &str, query: &[(String, String)]) -> String {
    if query.is_empty() {
        return path.to_owned();
    }
    let mut encoder = url::form_urlencoded::Serializer::new(String::new());
    encoder.extend_pairs(query);
    format!("{path}?{}", encoder.finish())
}

/// Derived from the secret key of the instance actor, so that every server of one node has the same and none is
/// kept. A node without that key gets a key of this process: its forms work, until the next start.
fn load_form_key(app: &App) -> FormKey {
    let stored = app.db.read(|tx| tx.find_key("/actor", "ed25519"));
    let secret = stored.ok().flatten().and_then(|key| key.secret);
    let secret = secret.unwrap_or_else(|| app.entropy.bytes::<32>().to_vec());
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes keys of any length");
    mac.update(b"rustine1/form-key");
    FormKey::new(mac.finalize().into_bytes().into())
}

impl Visit {
    /// Does the work on a blocking thread and answers with its page, or with an error page in the reader's language.
    pub async fn answer<W>(self, work: W) -> HttpResponse
    where
        W: FnOnce(&Self) -> Result<Answer, Failure> + Send + 'static,
    {
        let done = web::block(move || {
            let answer = work(&self).unwrap_or_else(|failure| self.failed(failure));
            self.with_cookies(answer)
        });
        match done.await {
            Ok(answer) => answer.into_response(),
            Err(_) => HttpResponse::ServiceUnavailable().finish(),
        }
    }

    /// An error as a page; for "log in" the way there.
    fn failed(&self, failure: Failure) -> Answer {
        if failure.log_in {
            let back = [("return_to".to_owned(), self.page.here.clone())];
            return Answer::see(address_of("/connexion", &back));
        }
        let page = ErrorPage::new(self.page.clone(), failure.status);
        match Answer::with(failure.status, Keep::Never, &page) {
            Ok(answer) => answer,
            Err(_) => Answer::see("/"),
        }
    }

    fn with_cookies(&self, mut answer: Answer) -> Answer {
        let dev = self.app.settings.dev;
        if self.chosen_lang {
            answer = answer.and_cookie(cookies::make(
                cookies::LANG,
                self.page.lang.tag(),
                Some(365),
                dev,
            ));
        }
        match self.binding.strip_prefix("form ") {
            Some(value) if self.fresh_binding && answer.has_form() => {
                answer.and_cookie(cookies::make(cookies::FORM, value, None, dev))
            }
            _ => answer,
        }
    }

    /// Refuses a form that another site sent, or that was not opened in this browser; gives its age in seconds.
    pub fn check_form(&self, posted: &Posted) -> Result<i64, ForgedForm> {
        csrf::check_origin(
            self.fetch_site.as_deref(),
            self.origin.as_deref(),
            self.app.origin(),
        )?;
        let token = posted.text("csrf");
        self.form_key.check(token, &self.binding, self.page.now)
    }

    /// The person, where she decides on the proposals of some dataset.
    pub fn moderator(&self) -> Result<&Person, Failure> {
        match &self.person {
            Some(person) if person.decides_somewhere() => Ok(person),
            Some(_) => Err(Failure::new(
                403,
                "only the people who keep the datasets may do this",
            )),
            None => Err(Failure::log_in()),
        }
    }

    /// The person, where she decides on the proposals of this dataset.
    pub fn moderator_of(&self, dataset: i64) -> Result<&Person, Failure> {
        match self.moderator()? {
            person if person.may_decide(dataset) => Ok(person),
            _ => Err(Failure::new(403, "other people decide on this dataset")),
        }
    }

    /// The person, where she runs the node.
    pub fn operator(&self) -> Result<&Person, Failure> {
        match &self.person {
            Some(person) if person.operator => Ok(person),
            Some(_) => Err(Failure::new(403, "only operators may do this")),
            None => Err(Failure::log_in()),
        }
    }

    /// The person who is logged in, and the secret of that log-in.
    pub fn member(&self) -> Result<(&Person, &str), Failure> {
        match (&self.person, &self.session) {
            (Some(person), Some(token)) => Ok((person, token)),
            _ => Err(Failure::log_in()),
        }
    }

    /// Where somebody logs in from, as she will see it in her list.
    pub fn from(&self) -> session::From {
        session::From {
            agent: agent::kind(&self.agent),
            network: network::blurred(self.address),
        }
    }

    /// Who proposes: the person who is logged in, else a visitor counted by network.
    pub fn proposer(&self) -> Proposer {
        match &self.person {
            Some(person) => Proposer::Person(person.clone()),
            None => Proposer::Visitor(self.address),
        }
    }

    /// The first text of a query parameter; empty where there is none.
    pub fn asked(&self, name: &str) -> &str {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text.as_str())
    }
}
