//! The one binary: `beian serve | migrate | seed | keys`.

mod answers;
mod api;
mod config;
mod doors;
mod forms;
mod guard;
mod headers;
mod health;
mod language;
mod limits;
mod live;
mod materials;
mod node;
mod observe;
mod pages;
mod router;
mod serve;
mod workers;

use backend::keys::Keys;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use secrecy::ExposeSecret;
use std::process::ExitCode;

/// Pages are made of many small pieces, which the system's own allocator is slower at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// China's website filing: pages, doors, jobs and messages in one process.
#[derive(Debug, Parser)]
#[command(name = "beian", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Serve, until SIGINT or SIGTERM.
    Serve {
        /// Serve the demo: known accounts, messages to read, a clock to wind; on this machine alone.
        #[arg(long)]
        demo: bool,
    },
    /// Bring the tables of the database up to date.
    Migrate,
    /// Make an empty database the demo's, with its accounts and filings.
    Seed {
        /// Put so many more sites on the register, for measuring.
        #[arg(long)]
        sites: Option<u64>,
        /// Make so many complete drafts, for measuring.
        #[arg(long)]
        drafts: Option<usize>,
    },
    /// Print a new file of keys.
    Keys,
}

#[tokio::main]
async fn main() -> ExitCode {
    let settings: String = config::SETTINGS.iter().map(|(name, key, what)| format!("  {name:<22} {key}: {what}\n")).collect();
    let help = format!("Settings, from the environment or by these keys from the TOML file named by BEIAN_CONFIG:\n{settings}");
    let matches = Arguments::command().after_help(help).get_matches();
    let arguments = match Arguments::from_arg_matches(&matches) {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let outcome = match arguments.task {
        Task::Serve { demo } => serve::serve(demo).await,
        Task::Migrate => serve::migrate().await,
        Task::Seed { sites, drafts } => serve::seed(sites, drafts).await,
        Task::Keys => {
            println!("{}", Keys::generate().expose_secret());
            Ok(())
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beian: {error}");
            ExitCode::FAILURE
        }
    }
}
