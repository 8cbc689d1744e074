//! Starting, serving, and ending without losing what is under way.

use crate::{
    config::{self, Config},
    limits::Limits,
    node::{Inner, Node},
    observe, router, workers,
};
use axum::serve::ListenerExt;
use backend::{
    Ctx,
    clock::Clock,
    database,
    files::Files,
    installation::{self, Kind},
    keys::Keys,
    live::Hub,
};
use std::{error::Error, fs, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Requests under way may take this long once the process is asked to end.
const DRAIN: Duration = Duration::from_secs(20);

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// `beian serve`.
pub async fn serve(demo: bool) -> Outcome {
    let config = config::read(demo)?;
    observe::start_log(&config.log, demo)?;
    any_spawner::Executor::init_tokio()?;
    let assets = serde_json::from_slice(&fs::read(config.site.join("assets.json"))?)?;
    let ctx = open(&config).await?;
    refuse_unfit(&ctx, demo).await?;
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
    let (stop, stopping) = watch::channel(false);
    let node = Node(Arc::new(Inner {
        ctx,
        assets,
        trusted_proxies: config.trusted_proxies,
        limits: Limits::new(config.limit_factor),
        hub: Hub::new(),
        stopping,
    }));
    let mut workers = workers::start(&node)?;
    let service = router::router(&node, &config.site).into_make_service_with_connect_info::<SocketAddr>();
    let draining = node.clone();
    let mut server = tokio::spawn(async move {
        axum::serve(listener, service).with_graceful_shutdown(async move { draining.stopped().await }).await
    });
    tracing::info!(%address, url = node.ctx.settings.base_url, demo, "serving");

    tokio::select! {
        ended = &mut server => return Ok(ended??),
        () = asked_to_end() => {}
    }
    tracing::info!("draining");
    stop.send_replace(true);
    // Streams never end by themselves, and would hold the drain up.
    node.hub.stop();
    let drained = tokio::time::timeout(DRAIN, async {
        let _ = (&mut server).await;
        while workers.join_next().await.is_some() {}
    });
    if drained.await.is_err() {
        tracing::warn!("some requests were cut off");
    }
    node.ctx.pool.close().await;
    tracing::info!("ended");
    Ok(())
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
    let pool = database::connect(&url).await.map_err(unreachable)?;
    refuse_plain_c(&database::character_type(&pool).await?)?;
    database::migrate(&pool).await.map_err(|error| format!("the migrations do not run: {error}"))?;
    Ok(())
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
    let files =
        Files::in_folder(&config.store).map_err(|error| format!("BEIAN_STORE_URL: {}: {error}.", config.store.display()))?;
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
        (false, None) => {
            installation::mark(&ctx.pool, &ctx.clock, Kind::Production).await?;
            Ok(())
        }
    }
}

async fn asked_to_end() {
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
