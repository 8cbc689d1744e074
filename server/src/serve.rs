//! Starting, serving, and ending without losing what is under way.

use crate::{
    bodies::Bodies,
    config::{self, Config},
    keys,
    limits::Limits,
    node::{Inner, Node},
    observe, router, workers,
};
use app::texts::{self, Lang};
use axum::serve::ListenerExt;
use backend::{
    Ctx,
    clock::Clock,
    database,
    files::Reach,
    installation::{self, Kind},
    keys::{Keys, registry},
    live::Hub,
};
use domain::views::office::StaffForm;
use std::{error::Error, fs, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    sync::{Notify, watch},
};

/// Requests under way may take this long once no more are taken.
const DRAIN: Duration = Duration::from_secs(20);
/// Connections that are still out after it are the database's to end.
const CLOSE: Duration = Duration::from_secs(3);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// `beian serve`.
pub async fn serve(demo: bool) -> Outcome {
    let config = config::read(demo)?;
    observe::start_log(&config.log, demo)?;
    any_spawner::Executor::init_tokio()?;
    let assets = serde_json::from_slice(&fs::read(config.site.join("assets.json"))?)?;
    let ctx = open(&config).await?;
    refuse_unfit(&ctx, demo).await?;
    refuse_closed_store(&ctx, &config).await?;
    let clock = if demo { Clock::system(installation::clock_wound(&ctx.pool).await?) } else { ctx.clock.clone() };
    let ctx = Ctx { clock, ..ctx };

    let listener = TcpListener::bind(config.addr)
        .await
        .map_err(|error| format!("BEIAN_ADDR: nothing can listen on {}: {error}.", config.addr))?;
    let address = listener.local_addr()?;
    let ctx = at_port(ctx, &config, address);
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    observe::start_metrics(config.metrics_addr)?;
    let id = registry::enter(&ctx, &node_name(address)).await.map_err(keys::sentence)?;
    let (stop, stopping) = watch::channel(false);
    let node = Node(Arc::new(Inner {
        id,
        name: node_name(address),
        ctx,
        assets,
        trusted_proxies: config.trusted_proxies,
        limits: Limits::new(config.limit_factor),
        bodies: Bodies::default(),
        hub: Hub::new(),
        stopping,
    }));
    let mut asked = Asked::listen()?;
    let mut workers = workers::start(&node)?;
    let beating = tokio::spawn(workers::beat(node.clone()));
    let service = router::router(&node, &config.site).into_make_service_with_connect_info::<SocketAddr>();
    let closing = Arc::new(Notify::new());
    let closed = closing.clone();
    let mut server = tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(async move { closed.notified().await }).await
    });
    tracing::info!(%address, url = node.ctx.settings.base_url, demo, "serving");

    let linger = tokio::select! {
        ended = &mut server => return Ok(ended??),
        at_once = asked.ends() => if at_once { Duration::ZERO } else { config.linger },
    };
    tracing::info!(linger_s = linger.as_secs(), "draining");
    stop.send_replace(true);
    // Streams never end by themselves, and would hold the drain up; who listened comes to another node.
    node.hub.stop();
    // Whoever sends requests here turns away before the door is shut in their face.
    tokio::select! {
        ended = &mut server => return Ok(ended??),
        () = tokio::time::sleep(linger) => {}
        _ = asked.ends() => {}
    }
    closing.notify_one();
    let drained = tokio::time::timeout(DRAIN, async {
        let _ = (&mut server).await;
        while workers.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    beating.abort();
    let left = async {
        // Its connection is given back.
        let _ = beating.await;
        if let Err(error) = registry::leave(&node.ctx, node.id).await {
            tracing::warn!(%error, "the end of this node is not known to the others");
        }
        node.ctx.pool.close().await;
    };
    let _ = tokio::time::timeout(CLOSE, left).await;
    tracing::info!("ended");
    Ok(())
}

/// By which an operator knows which of several it is.
fn node_name(address: SocketAddr) -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("{} at {address}", host.trim())
}

/// Port 0 asks the system for a free one: only now is it known what people have to type.
fn at_port(mut ctx: Ctx, config: &Config, address: SocketAddr) -> Ctx {
    if config.addr.port() == 0 {
        let settings = Arc::make_mut(&mut ctx.settings);
        settings.base_url = settings.base_url.replace(":0", &format!(":{}", address.port()));
    }
    ctx
}

/// `beian migrate`.
pub async fn migrate() -> Outcome {
    let url = config::database_url()?;
    let pool = database::connect_patiently(&url).await.map_err(unreachable)?;
    refuse_plain_c(&database::character_type(&pool).await?)?;
    database::migrate(&pool).await.map_err(|error| format!("the migrations do not run: {error}"))?;
    Ok(())
}

/// `beian bureau-administrator`: makes the first administrator of a bureau, who makes everybody else.
pub async fn bureau_administrator(province: u32, form: &StaffForm) -> Outcome {
    let config = config::read(false)?;
    let ctx = open(&config).await?;
    refuse_unfit(&ctx, false).await?;
    registry::admit(&ctx).await.map_err(keys::sentence)?;
    match backend::staff::create_bureau_administrator(&ctx, province, form).await {
        Ok(password) => {
            println!("first password of {}: {password}", form.user_name.trim());
            println!("It holds for 72 hours and is replaced at the first sign-in. It is shown nowhere else.");
            Ok(())
        }
        Err(backend::Error::Invalid(problems)) => {
            let lines: Vec<String> = problems
                .iter()
                .map(|problem| format!("--{}: {}", problem.field.replace('_', "-"), texts::problem_text(Lang::En, problem)))
                .collect();
            Err(lines.join("\n").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// `beian seed`: makes an empty database the demo's; more of everything for measuring.
pub async fn seed(sites: Option<u64>, drafts: Option<usize>) -> Outcome {
    let config = config::read(true)?;
    let ctx = open(&config).await?;
    if !database::is_current(&ctx.pool).await? {
        return Err("the database is not up to date: run `beian migrate`.".into());
    }
    if installation::mark(&ctx.pool, &ctx.clock, Kind::Demo).await? != Kind::Demo {
        return Err("this database holds real filings: the demo goes into another one; set DATABASE_URL.".into());
    }
    registry::admit(&ctx).await.map_err(keys::sentence)?;
    backend::seed::demo(&ctx).await?;
    if let Some(sites) = sites {
        backend::seed::load(&ctx, sites).await?;
    }
    if let Some(drafts) = drafts {
        backend::seed::drafts(&ctx, drafts).await?;
    }
    Ok(())
}

async fn open(config: &Config) -> Outcome<Ctx> {
    fs::create_dir_all(&config.data)
        .map_err(|error| format!("BEIAN_DATA: {} cannot be made: {error}.", config.data.display()))?;
    let keys = match &config.keys_file {
        Some(file) => Keys::load(file).map_err(|error| format!("BEIAN_KEYS_FILE: {}: {error}.", file.display()))?,
        None => Keys::load_or_generate(&config.data.join("demo.keys"))
            .map_err(|error| format!("BEIAN_DATA: the demo's keys: {error}."))?,
    };
    let files = config.store.open().map_err(|error| format!("BEIAN_STORE_URL: {}: {error}.", config.store))?;
    let pool = database::connect(&config.database_url).await.map_err(unreachable)?;
    Ok(Ctx::new(pool, Clock::system(Duration::ZERO), keys, files, config.settings.clone()))
}

fn unreachable(error: backend::Error) -> String {
    format!("DATABASE_URL: the database does not answer: {error}.")
}

fn refuse_plain_c(character_type: &str) -> Outcome {
    if matches!(character_type, "C" | "POSIX") {
        return Err(format!(
            "the database's LC_CTYPE is {character_type}, which knows no Chinese letters: make it with --locale=C.UTF-8."
        )
        .into());
    }
    Ok(())
}

/// A database that this program would damage, or that belongs to another purpose.
async fn refuse_unfit(ctx: &Ctx, demo: bool) -> Outcome {
    refuse_plain_c(&database::character_type(&ctx.pool).await?)?;
    if !database::is_current(&ctx.pool).await? {
        return Err("the database is not up to date: run `beian migrate`.".into());
    }
    let kind = installation::find(&ctx.pool).await?;
    match (demo, kind) {
        (true, Some(Kind::Demo)) | (false, Some(Kind::Production)) => Ok(()),
        (true, _) => {
            Err("--demo serves only a database that `beian seed` made for it: set DATABASE_URL to one, or leave --demo out."
                .into())
        }
        (false, Some(Kind::Demo)) => {
            Err("this database holds the demo: set DATABASE_URL to another one, or serve it with --demo.".into())
        }
        (false, None) => match installation::mark(&ctx.pool, &ctx.clock, Kind::Production).await? {
            Kind::Production => Ok(()),
            Kind::Demo => Err("this database has just become a demo's: set DATABASE_URL to another one.".into()),
        },
    }
}

/// A store that refuses us needs another setting. One that is away may come back: everything but materials goes on without it.
async fn refuse_closed_store(ctx: &Ctx, config: &Config) -> Outcome {
    match ctx.files.reach().await {
        Ok(()) => Ok(()),
        Err(Reach::Refused(error)) => Err(format!("BEIAN_STORE_URL: {} refuses us: {error}.", config.store).into()),
        Err(Reach::Away(error)) => {
            tracing::warn!(%error, "the store of materials does not answer");
            Ok(())
        }
    }
}

/// The two signals that end a process.
struct Asked {
    interrupt: Signal,
    terminate: Signal,
}

impl Asked {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    /// Resolves when the process is asked to end; answers whether a person at a keyboard did, who waits.
    async fn ends(&mut self) -> bool {
        tokio::select! {
            _ = self.interrupt.recv() => true,
            _ = self.terminate.recv() => false,
        }
    }
}
