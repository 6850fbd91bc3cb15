//! `rustine serve`: pages, the API and federation on one port, with the workers beside them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Service as _;
use actix_web::web::{self, Data};
use actix_web::{App, HttpResponse};
use anyhow::Context as _;
use rustine_app::{custody, presence, processes};
use rustine_federation::actors::ActorError;
use rustine_federation::peering::AboutError;
use rustine_federation::{Federation, FindError};
use rustine_store::{Engine, StoreError};
use rustine_web::finding::{
    Around, CopyAsker, Found, HeirFinder, NoAbout, NotFound, PeerFinder, PeopleFinder,
};
use tokio::sync::watch;

use crate::cli;
use crate::commands;
use crate::connections::{self, Limits, Registry};
use crate::run_lock::RunLock;

/// How long open requests may go on after the server was told to stop.
const STOP_SECONDS: u64 = 10;

/// Threads of each worker of the server that wait on the database; streamed exports and logs hold one each. They
/// are made when they are needed.
const SERVER_THREADS: usize = 24;
/// How often late connections are looked for.
const SWEEP: Duration = Duration::from_millis(500);
/// Threads of the workers beside the server.
const WORKER_THREADS: usize = 8;

/// Serves until it is told to stop (Ctrl-C, SIGTERM).
///
/// # Errors
/// Where the settings, the database or the port cannot be used.
pub fn run(data: &Path, options: &cli::Serve) -> anyhow::Result<()> {
    let federation = commands::open_federation(data)?;
    let settings = &federation.app().settings;
    let listen = options.listen.unwrap_or(settings.listen);
    if settings.dev && !listen.ip().is_loopback() {
        anyhow::bail!("with dev, the server listens on loopback only, not on {listen}");
    }
    let workers = settings.server.workers.max(1);
    // The workers beside the server wait on the database, of which there are few connections: more threads would
    // only take memory.
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .max_blocking_threads(WORKER_THREADS)
            .build()
            .expect("a machine that runs the program has room for its runtime")
    };
    let lock = RunLock::take_soon(data)?;
    let app = federation.app();
    // On PostgreSQL the database tells which servers there are, whatever folders they run in.
    if lock.is_none() && app.db.engine() == Engine::Sqlite {
        anyhow::bail!(
            "another server, or a command that takes long, runs on {}: a SQLite database is for one server; several \
             share a PostgreSQL database",
            data.display()
        );
    }
    presence::begin(app)?;
    for waiting in custody::begin(app)? {
        tracing::info!(
            dataset = waiting.dataset.name,
            "{} asks its copies before it signs",
            waiting.dataset.name
        );
    }
    let attendance = processes::Attendance::begin(app)?;
    let served = actix_web::rt::System::with_tokio_rt(runtime).block_on(serve(
        federation.clone(),
        listen,
        workers,
    ));
    if served.is_ok() {
        custody::end(federation.app())?;
    }
    drop(attendance);
    served
}

async fn serve(
    federation: Arc<Federation>,
    listen: std::net::SocketAddr,
    workers: usize,
) -> anyhow::Result<()> {
    let (stop, stopping) = watch::channel(false);
    // Nobody reaches this process yet: whoever answers for us now is another one.
    rustine_federation::presence::look(&federation).await?;
    let shared = federation.clone();
    let site = rustine_web::Site::with_client(crate::commands::client(federation.app())?)
        .finding(finder(&federation))
        .asking_heirs(heirs(&federation))
        .asking_copies(copies(&federation))
        .asking(asker(&federation));
    let settings = &federation.app().settings.server;
    let most = connections::files::for_connections(settings.connections);
    let registry = Arc::new(Registry::new(
        Limits::of(settings, most),
        settings.trusted_proxies.clone(),
    ));
    let known = registry.clone();
    let listener = connections::server::listen(listen).with_context(|| format!("the port {listen} cannot be used: another program listens there, or it needs more rights"))?;
    let builder = actix_server::Server::build()
        .workers(workers)
        .worker_max_blocking_threads(SERVER_THREADS)
        // The registry closes connections where there are too many; the library would let everybody wait.
        .max_concurrent_connections(usize::MAX / 2)
        .shutdown_timeout(STOP_SECONDS);
    let server = connections::server::run(builder, listener, &registry, move || {
        let federation = shared.clone();
        let site = site.clone();
        App::new()
            .wrap_fn(|request, service| {
                // Whatever a handler forgets, a browser must not guess types.
                let answer = service.call(request);
                async {
                    let mut answer = answer.await?;
                    let nosniff = actix_web::http::header::HeaderValue::from_static("nosniff");
                    answer
                        .headers_mut()
                        .insert(actix_web::http::header::X_CONTENT_TYPE_OPTIONS, nosniff);
                    Ok(answer)
                }
            })
            .wrap_fn(connections::requests::watch)
            .app_data(Data::new(federation.app().clone()))
            .app_data(Data::from(known.clone()))
            .route(
                "/livez",
                web::get().to(async || HttpResponse::Ok().body("live\n")),
            )
            .route("/readyz", web::get().to(ready))
            .route("/metrics", web::get().to(metrics))
            .configure(|config| federation.routes(config))
            .configure(|config| site.configure(config))
    })
    .context("the server cannot start")?;
    let mut tasks = federation.spawn(&stopping);
    tasks.spawn(sweep(registry, stopping.clone()));
    let asker = federation.clone();
    tasks.spawn(rustine_jobs::run(
        federation.app().clone(),
        move || {
            let asker = asker.clone();
            async move { rustine_federation::proposals::look_after(&asker).await }
        },
        stopping.clone(),
    ));
    tasks.spawn(rustine_jobs::mail::run(
        federation.app().clone(),
        commands::mailer(federation.app())?,
        stopping.clone(),
    ));
    tracing::info!("{} listens on {listen}", federation.app().origin());
    let served = server.await.context("the server failed");
    // Nobody listens where every worker has ended already.
    let _ = stop.send(true);
    let ended = async { while tasks.join_next().await.is_some() {} };
    if tokio::time::timeout(Duration::from_secs(STOP_SECONDS), ended)
        .await
        .is_err()
    {
        tracing::warn!(
            "Workers were still busy; what they did not finish is done after the next start"
        );
    }
    served
}

/// How pages ask an instance about itself: the same way.
fn asker(federation: &Arc<Federation>) -> PeerFinder {
    let federation = federation.clone();
    PeerFinder::new(move |host| {
        let federation = federation.clone();
        Box::pin(async move {
            let asked = federation.about(&host).await;
            asked.map(|(_, about)| about).map_err(|error| match error {
                AboutError::Ourselves => NoAbout::Ourselves,
                AboutError::Blocked(_) => NoAbout::Blocked,
                AboutError::NotRustine(_) => NoAbout::NotRustine,
                AboutError::Actor(ActorError::KeyChanged(_)) => NoAbout::KeyChanged,
                AboutError::Actor(error) => NoAbout::Silent(error.to_string()),
                AboutError::Store(error) => NoAbout::Silent(error.to_string()),
            })
        })
    })
}

/// Asks the other copies of a dataset, only through the guarded client.
fn copies(federation: &Arc<Federation>) -> CopyAsker {
    let federation = federation.clone();
    CopyAsker::new(move |dataset, what| {
        let federation = federation.clone();
        Box::pin(async move {
            let app = federation.app();
            let known = app
                .db
                .read(|tx| rustine_app::datasets::find(app, tx, &dataset));
            let id = known.map_err(|error| error.to_string())?.id;
            match what {
                Around::Successors => {
                    let heard = federation.ask_for_successors(id).await;
                    heard
                        .map(|heard| heard.silent)
                        .map_err(|error| error.to_string())
                }
                Around::Fresher => {
                    let silent = federation.no_copy_holds_more(&dataset).await;
                    let silent = silent.map_err(|error| error.to_string())?;
                    let lines = federation.ask_for_moderation_lines(id).await;
                    lines.map(|_| silent).map_err(|error| error.to_string())
                }
            }
        })
    })
}

/// How pages ask whether somebody goes on with a dataset of ours.
fn heirs(federation: &Arc<Federation>) -> HeirFinder {
    let federation = federation.clone();
    HeirFinder::new(move |dataset, host| {
        let federation = federation.clone();
        Box::pin(async move {
            let asked = federation.heir(&dataset, &host).await;
            asked.map_err(|error| error.to_string())
        })
    })
}

/// How pages find somebody elsewhere: through the federation's guarded way out.
fn finder(federation: &Arc<Federation>) -> PeopleFinder {
    let federation = federation.clone();
    PeopleFinder::new(move |address| {
        let federation = federation.clone();
        Box::pin(async move {
            let anyone = federation
                .find_anyone(&address)
                .await
                .map_err(|error| match error {
                    FindError::NoAddress => NotFound::NoAddress,
                    FindError::Here => NotFound::Here,
                    FindError::Actor(error) => {
                        tracing::info!(%error, "Somebody elsewhere was not found: {error}");
                        NotFound::Nobody
                    }
                })?;
            let actor = anyone.actor;
            Ok(Found {
                id: actor.id.to_string(),
                account: anyone.account,
                kind: actor.kind.as_str().to_owned(),
                name: actor.name.unwrap_or_default(),
                summary: actor.summary.unwrap_or_default(),
                license: actor.license,
                followers: anyone.followers,
                is_dataset: actor.genesis.is_some(),
            })
        })
    })
}

/// Closes late connections until the server stops.
async fn sweep(registry: Arc<Registry>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let late = registry.sweep(registry.now_ms());
        if late > 0 {
            tracing::debug!("{late} late connections were closed");
        }
        tokio::select! {
            _ = stop.changed() => {}
            () = tokio::time::sleep(SWEEP) => {}
        }
    }
}

/// Ready where the database answers.
async fn ready(app: Data<Arc<rustine_app::App>>) -> HttpResponse {
    let asked = web::block(move || app.db.read(presence::is_elsewhere)).await;
    match asked {
        Ok(Ok(true)) => HttpResponse::Ok().body("ready, but read-only\n"),
        Ok(Ok(false)) => HttpResponse::Ok().body("ready\n"),
        Ok(Err(error)) => not_ready(&error.to_string()),
        Err(error) => not_ready(&error.to_string()),
    }
}

fn not_ready(why: &str) -> HttpResponse {
    tracing::error!("The database does not answer: {why}");
    HttpResponse::ServiceUnavailable().body("the database does not answer\n")
}

/// Counts for the operator's own monitoring; only on loopback, where no proxy forwards it.
async fn metrics(
    request: actix_web::HttpRequest,
    app: Data<Arc<rustine_app::App>>,
    registry: Data<Registry>,
) -> HttpResponse {
    let direct = !request.headers().contains_key("x-forwarded-for");
    if !direct
        || !request
            .peer_addr()
            .is_some_and(|peer| peer.ip().is_loopback())
    {
        return HttpResponse::NotFound().finish();
    }
    let counted = web::block(move || {
        app.db.read(|tx| {
            let mut lines = Vec::new();
            for state in ["queued", "parked", "refused"] {
                lines.push(format!(
                    "rustine_outbox{{state=\"{state}\"}} {}",
                    tx.count_outbox(state)?
                ));
            }
            for state in ["queued", "failed"] {
                let count = tx.count_mails(state)?;
                lines.push(format!("rustine_mails{{state=\"{state}\"}} {count}"));
            }
            lines.push(format!("rustine_users {}", tx.count_users()?));
            let read_only = u8::from(presence::is_elsewhere(tx)?);
            lines.push(format!("rustine_read_only {read_only}"));
            Ok::<_, StoreError>(lines)
        })
    })
    .await;
    match counted {
        Ok(Ok(mut lines)) => {
            let counts = registry.counts().into_iter();
            lines.extend(counts.map(|(name, count)| format!("{name} {count}")));
            HttpResponse::Ok()
                .content_type("text/plain; version=0.0.4")
                .body(lines.join("\n") + "\n")
        }
        _ => not_ready("counts"),
    }
}
