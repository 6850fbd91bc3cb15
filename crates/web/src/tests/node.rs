//! A node in memory: an instance with one moderator, one published dataset, and browsers that visit it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, LazyLock};

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::{TestRequest, init_service};
use actix_web::web;
use futures_util::future::LocalBoxFuture;
use rustine_app::accounts::{Person, account, roles, token};
use rustine_app::clock::FixedClock;
use rustine_app::patches::decide::{Decision, decide};
use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_app::testing::RecycledKeys;
use rustine_app::{App, Settings, datasets, instance};
use rustine_domain::review::Role;
use rustine_store::{Db, RowQuery};
use serde_json::{Value, json};

pub const PASSWORD: &str = "un vélo sans selle roule mal";
/// 2026-11-21T12:00:00Z
const NOW: u64 = 1_795_262_400;

type Call = Rc<dyn Fn(TestRequest) -> LocalBoxFuture<'static, ServiceResponse<BoxBody>>>;

pub struct Node {
    pub keeper: Keeper,
    pub clock: Arc<FixedClock>,
    /// Where requests come from.
    pub peer: Cell<std::net::IpAddr>,
    call: Call,
    _folder: tempfile::TempDir,
}

pub struct Reply {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of a hidden or typed input.
    pub fn input(&self, name: &str) -> String {
        let tag = self
            .body
            .split("<input")
            .find(|tag| tag.contains(&format!("name=\"{name}\"")))
            .unwrap();
        let value = tag
            .split("value=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        value
            .replace("&#34;", "\"")
            .replace("&#38;", "&")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#39;", "'")
    }
}

/// Settings of a node that is reached by https.
fn settings() -> Settings {
    let listen = "127.0.0.1:0".parse().unwrap();
    let mut settings = Settings::new(
        "https://hub.example".parse().unwrap(),
        listen,
        "Hub du Lac".to_owned(),
    );
    settings.legal.publisher = "Association <du Lac>\n1 rue du Port".to_owned();
    settings.legal.contact = "bonjour@lac.example".to_owned();
    settings
}

/// A database that is made once, as keys take long to make, and copied for each test.
struct Made {
    folder: tempfile::TempDir,
    lea: Person,
}

static EMPTY: LazyLock<Made> = LazyLock::new(|| Made::new(|_| {}));

static WITH_PLACES: LazyLock<Made> = LazyLock::new(|| {
    Made::new(|keeper| {
        keeper.create("lieux", "public");
        keeper.publish("lieux");
        keeper.add(&[
            ("nom", "Café Le Fil"),
            ("code", "25000"),
            ("places", "12"),
            ("services", "Aide|Prêt"),
        ]);
        keeper.add(&[
            ("nom", "Médiathèque <Prés>"),
            ("code", "25300"),
            ("ouvert", "true"),
            ("note", "deux\nlignes"),
        ]);
    })
});

const FILE: &str = "rustine.sqlite";

fn open(folder: &Path) -> (Arc<App>, Arc<FixedClock>) {
    open_with(folder, settings())
}

fn open_with(folder: &Path, settings: Settings) -> (Arc<App>, Arc<FixedClock>) {
    let db = Db::open(&folder.join(FILE).to_string_lossy()).unwrap();
    db.migrate().unwrap();
    let clock = Arc::new(FixedClock::at(NOW));
    let app = App::with_clock(db, settings, clock.clone(), Arc::new(RecycledKeys)).unwrap();
    (Arc::new(app), clock)
}

impl Made {
    fn new(fill: impl FnOnce(&Keeper)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (app, _) = open(folder.path());
        instance::create(&app).unwrap();
        let account = account::NewAccount {
            name: "lea".parse().unwrap(),
            email: "lea@hub.example".to_owned(),
            password: PASSWORD.to_owned(),
            operator: true,
        };
        let lea = account::create(&app, account).unwrap();
        let keeper = Keeper {
            app,
            lea: lea.clone(),
        };
        fill(&keeper);
        // Closing the last connection writes everything back into the one file.
        drop(keeper);
        Self { folder, lea }
    }
}

fn added(cells: &[(&str, &str)]) -> ProposedOp {
    let cells = cells
        .iter()
        .map(|(field, text)| (field.parse().unwrap(), (*text).to_owned()))
        .collect();
    ProposedOp::Add { cells }
}

/// Who makes datasets.
pub struct Keeper {
    pub app: Arc<App>,
    pub lea: Person,
}

impl Node {
    /// An instance without datasets.
    pub async fn empty() -> Self {
        Self::of(&EMPTY).await
    }

    /// With the dataset `lieux` of two rows.
    pub async fn with_places() -> Self {
        Self::of(&WITH_PLACES).await
    }

    /// Without datasets, with letters and accounts for everybody.
    pub async fn with_mail() -> Self {
        let mut settings = settings();
        settings.mail.transport = Some(rustine_app::mail::Transport::File);
        settings.accounts.sign_up = rustine_app::settings::SignUp::Open;
        Self::made(&EMPTY, settings, crate::Site::default()).await
    }

    /// Without datasets, with a geocoder that is asked through this client.
    pub async fn looking_up(geocoder: &str, client: rustine_outbound::Client) -> Self {
        let mut settings = settings();
        settings.geocoder.url = geocoder.to_owned();
        Self::made(&EMPTY, settings, crate::Site::with_client(client)).await
    }

    async fn of(made: &Made) -> Self {
        Self::made(made, settings(), crate::Site::default()).await
    }

    async fn made(made: &Made, settings: Settings, site: crate::Site) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(made.folder.path().join(FILE), folder.path().join(FILE)).unwrap();
        let (app, clock) = open_with(folder.path(), settings);
        let worker = || {
            let service = actix_web::App::new()
                .app_data(web::Data::new(Arc::clone(&app)))
                .configure(|cfg| site.configure(cfg));
            init_service(service)
        };
        // Two workers take turns, so that what one of them keeps for itself shows.
        let workers = [Rc::new(worker().await), Rc::new(worker().await)];
        let turn = Cell::new(0_usize);
        let call: Call = Rc::new(move |request| {
            turn.set(turn.get() + 1);
            let service = Rc::clone(&workers[turn.get() % workers.len()]);
            Box::pin(async move {
                service
                    .call(request.to_request())
                    .await
                    .unwrap()
                    .map_into_boxed_body()
            })
        });
        let keeper = Keeper {
            app,
            lea: made.lea.clone(),
        };
        Self {
            keeper,
            clock,
            peer: Cell::new([203, 0, 113, 9].into()),
            call,
            _folder: folder,
        }
    }
}

impl std::ops::Deref for Node {
    type Target = Keeper;
    fn deref(&self) -> &Keeper {
        &self.keeper
    }
}

impl Keeper {
    pub fn create(&self, name: &str, audience: &str) {
        let schema = json!({
            "title": format!("Les {name}"), "audience": audience, "licenses": [{"name": "etalab-2.0"}],
            "fields": [
                {"name": "nom", "title": "Nom", "type": "string", "constraints": {"required": true}},
                {"name": "code", "title": "Code postal", "type": "string", "constraints": {"pattern": "\\d{5}"}},
                {"name": "places", "title": "Places", "type": "integer"},
                {"name": "ouvert", "title": "Ouvert", "type": "boolean"},
                {"name": "services", "title": "Services", "type": "string",
                 "constraints": {"pattern": "(?:(?:^|\\|)(Aide|Prêt|Wifi))+$"}},
                {"name": "note", "title": "Note", "type": "string"}
            ]
        });
        datasets::create::create(&self.app, &name.parse().unwrap(), &schema).unwrap();
    }

    pub fn publish(&self, name: &str) {
        datasets::publish::publish(&self.app, &name.parse().unwrap()).unwrap();
    }

    fn add(&self, cells: &[(&str, &str)]) {
        self.apply(vec![added(cells)]);
    }

    /// Rows called "Atelier 1" and so on, in one entry.
    pub fn add_many(&self, count: usize) {
        let row = |number: usize| {
            let name = format!("Atelier {number}");
            added(&[("nom", &name), ("code", "25000")])
        };
        self.apply((1..=count).map(row).collect());
    }

    fn apply(&self, ops: Vec<ProposedOp>) {
        let proposal = Proposal {
            dataset: "lieux".parse().unwrap(),
            ops,
            summary: None,
            name: None,
            email: None,
            by: Proposer::Person(self.lea.clone()),
        };
        let proposed = propose(&self.app, &proposal).unwrap();
        decide(&self.app, proposed.id, &self.lea, &Decision::Accept).unwrap();
    }

    /// Ids of the rows of `lieux`, in the owner's order.
    pub fn rows(&self) -> Vec<String> {
        let page = self.app.db.read(|tx| {
            let dataset = tx.find_dataset_by_name("lieux", "")?.unwrap();
            tx.query_rows(&RowQuery {
                dataset: dataset.id,
                limit: 100,
                ..RowQuery::default()
            })
        });
        page.unwrap()
            .rows
            .iter()
            .map(|row| row.row_id.to_string())
            .collect()
    }

    /// A member of the instance.
    pub fn member(&self, name: &str) -> Person {
        let account = account::NewAccount {
            name: name.parse().unwrap(),
            email: format!("{name}@hub.example"),
            password: PASSWORD.to_owned(),
            operator: false,
        };
        account::create(&self.app, account).unwrap()
    }

    /// Gives a person a role on a dataset.
    pub fn grant(&self, name: &str, dataset: &str, role: Role) {
        let (to, dataset) = (name.parse().unwrap(), dataset.parse().unwrap());
        roles::give(&self.app, &self.lea, &dataset, &to, role, None).unwrap();
    }

    pub fn token(&self) -> String {
        token::create(&self.app, &self.lea, "test").unwrap()
    }
}

impl Node {
    pub fn browser(&self) -> Browser<'_> {
        Browser {
            node: self,
            cookies: RefCell::default(),
        }
    }

    /// A browser in which the moderator is logged in.
    pub async fn moderator(&self) -> Browser<'_> {
        let browser = self.browser();
        let reply = browser.log_in("lea", PASSWORD).await;
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/moderation")
        );
        browser
    }

    pub async fn send(&self, request: TestRequest) -> Reply {
        let (status, headers, body) = self.raw(request).await;
        Reply {
            status,
            headers,
            body: String::from_utf8(body).unwrap(),
        }
    }

    /// Status, headers and the bytes as they travel.
    pub async fn raw(&self, request: TestRequest) -> (u16, BTreeMap<String, String>, Vec<u8>) {
        let response = (self.call)(request.peer_addr((self.peer.get(), 4000).into())).await;
        let (_, response) = response.into_parts();
        let text =
            |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in response.headers() {
            let entry = headers.entry(name.to_string()).or_default();
            if !entry.is_empty() {
                entry.push('\n');
            }
            entry.push_str(&text(value));
        }
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body()).await.unwrap();
        (status, headers, body.to_vec())
    }
}

/// Keeps cookies as a browser does.
pub struct Browser<'n> {
    node: &'n Node,
    pub cookies: RefCell<BTreeMap<String, String>>,
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Reply {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Types a name and a password.
    pub async fn log_in(&self, user: &str, password: &str) -> Reply {
        let csrf = self.get("/connexion").await.input("csrf");
        let fields = [
            ("csrf", csrf.as_str()),
            ("user", user),
            ("password", password),
        ];
        self.post("/connexion", &fields).await
    }

    /// Sends the form of a page, with its token.
    pub async fn fill(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        let csrf = self.get(page).await.input("csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend_from_slice(fields);
        self.post(path, &all).await
    }

    /// Sends a form as our own pages do.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let own = [
            ("origin", "https://hub.example"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.post_from(path, fields, &own).await
    }

    pub async fn post_from(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        // As long as a person takes to read and write at least.
        self.node.clock.advance(3);
        self.post_at_once(path, fields, headers).await
    }

    pub async fn post_at_once(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let mut request = TestRequest::default()
            .method(Method::POST)
            .uri(path)
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body.finish());
        for (name, value) in headers {
            request = request.insert_header((*name, *value));
        }
        self.send(request).await
    }

    async fn send(&self, mut request: TestRequest) -> Reply {
        let cookies: Vec<String> = self
            .cookies
            .borrow()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request = request.insert_header(("cookie", cookies.join("; ")));
        }
        let reply = self.node.send(request).await;
        for cookie in reply.header("set-cookie").lines() {
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies
                .borrow_mut()
                .insert(name.to_owned(), value.to_owned());
        }
        reply
    }
}
