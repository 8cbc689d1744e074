//! Running other programs, and saying what is going on.

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
    time::Instant,
};

/// A failure is a sentence for the person at the screen.
pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// The root of the clone, wherever the task was started from.
/// Cargo says at run time where it is: with a target folder shared by several clones, what was compiled may name another.
pub fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let here = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(env!("CARGO_MANIFEST_DIR").into());
        Path::new(&here).parent().map(Path::to_owned).unwrap_or_default()
    });
    &ROOT
}

/// Where cargo puts what it compiles.
pub fn target_dir() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if Path::new(&dir).is_absolute() => dir.into(),
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// Cargo, as this task was called by it.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    command.current_dir(root());
    // What cargo tells of this task, some build scripts take for a reason to run again, and much is compiled anew.
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")) {
            command.env_remove(name);
        }
    }
    command
}

/// Cargo, to compile the server: from `.sqlx`, unless a developer names a live database to check queries against.
pub fn cargo_for_server() -> Command {
    let mut command = cargo();
    if std::env::var_os("BEIAN_SQLX_URL").is_none() {
        command.env("SQLX_OFFLINE", "true");
    }
    command
}

/// Any other program, started in the root of the clone.
pub fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// Whether a program is there to be called.
pub fn is_installed(name: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(name).is_file()))
}

/// Announces a step, runs it, and says how long it took.
pub fn step(title: &str, command: &mut Command) -> Outcome {
    let started = Instant::now();
    eprintln!("\x1b[1m==> {title}\x1b[0m");
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
    if !status.success() {
        return Err(format!("{title}: {} ended with {status}", command.get_program().to_string_lossy()).into());
    }
    eprintln!("    {title}: {:.1} s", started.elapsed().as_secs_f32());
    Ok(())
}

/// What a program prints, trimmed.
pub fn output(command: &mut Command) -> Outcome<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
