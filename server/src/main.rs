//! The one binary: `beian serve | migrate | seed | backup | restore | keys`.

mod answers;
mod api;
mod backup;
mod config;
mod doors;
mod e_certificates;
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
mod uploads;
mod workers;

use backend::keys::Keys;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use secrecy::ExposeSecret;
use std::{path::PathBuf, process::ExitCode};

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
    /// Write the database and the materials into a folder that is not there yet, also while they are served.
    Backup {
        /// The folder to be.
        #[arg(long, value_name = "FOLDER")]
        to: PathBuf,
    },
    /// Put a backup into an empty database and an empty store of materials, and compare.
    Restore {
        /// The folder of the backup.
        #[arg(long, value_name = "FOLDER")]
        from: PathBuf,
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
        Task::Backup { to } => backup::backup(&to).await,
        Task::Restore { from } => backup::restore(&from).await,
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
