//! The one binary: `beian serve | migrate | seed | bureau-administrator | backup | restore | keys | rekey | retention`.

mod answers;
mod api;
mod backup;
mod bodies;
mod config;
mod doors;
mod e_certificates;
mod forms;
mod guard;
mod headers;
mod health;
mod keys;
mod language;
mod limits;
mod live;
mod materials;
mod node;
mod observe;
mod pages;
mod retention;
mod router;
mod serve;
mod uploads;
mod workers;

use backend::keys::Step;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use domain::{actor::Role, views::office::StaffForm};
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
    /// Make the first administrator of a bureau, and print the first password.
    BureauAdministrator {
        /// The province (GB/T 2260), such as 330000.
        #[arg(long)]
        province: u32,
        /// The name to sign in with.
        #[arg(long)]
        user_name: String,
        /// Whom to ask for.
        #[arg(long)]
        contact_name: String,
        /// The mobile.
        #[arg(long)]
        mobile: String,
        /// The mail address.
        #[arg(long)]
        email: String,
    },
    /// Print a new file of keys; or change one, step by step: add, activate, rekey, retire (README.md).
    Keys {
        /// Add a new key of each kind to the file: read by every node that has it, and written with by none.
        #[arg(long, value_name = "FILE", group = "step")]
        add: Option<PathBuf>,
        /// Write with the keys that were added. Refused while a node that serves does not read them.
        #[arg(long, value_name = "FILE", group = "step")]
        activate: Option<PathBuf>,
        /// Take the keys before them out of the file. Refused while a row needs one.
        #[arg(long, value_name = "FILE", group = "step")]
        retire: Option<PathBuf>,
    },
    /// Print how long what is kept, and why; or set a rule for a day to come.
    Retention {
        #[command(subcommand)]
        set: Option<RetentionTask>,
    },
    /// Seal and index anew what names other keys than those that are written with, also while it is served.
    Rekey {
        /// Only count what names which key.
        #[arg(long)]
        status: bool,
    },
}

#[derive(Debug, Subcommand)]
enum RetentionTask {
    /// Set how many days something is kept, from a day to come. Less than the law asks for is refused.
    Set(retention::NewRule),
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
        Task::BureauAdministrator { province, user_name, contact_name, mobile, email } => {
            let form = StaffForm { user_name, contact_name, mobile, email, role: Role::BureauAdmin.name().to_owned() };
            serve::bureau_administrator(province, &form).await
        }
        Task::Keys { add, activate, retire } => {
            let steps = [(Step::Add, add), (Step::Activate, activate), (Step::Retire, retire)];
            keys::change(steps.iter().find_map(|(step, file)| Some((*step, file.as_deref()?)))).await
        }
        Task::Retention { set } => retention::run(set.map(|RetentionTask::Set(rule)| rule)).await,
        Task::Rekey { status: true } => keys::status().await,
        Task::Rekey { status: false } => keys::renew().await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("beian: {error}");
            ExitCode::FAILURE
        }
    }
}
