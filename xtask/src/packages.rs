//! Programs that must be there, and the Debian packages that bring them.

use crate::sh::{Outcome, cargo, is_installed, program, step, target_dir};
use std::{fs, path::Path, path::PathBuf};

/// Whether this process may install packages without sudo and must not run Postgres itself.
pub fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|entry| std::os::unix::fs::MetadataExt::uid(&entry) == 0)
}

/// Installs Debian packages; through sudo where needed.
pub fn install(packages: &[&str]) -> Outcome {
    if !is_installed("apt-get") {
        return Err(format!("please install: {}", packages.join(" ")).into());
    }
    let apt = |title: &str, args: &[&str]| {
        let mut command = if is_root() { program("env") } else { program("sudo") };
        if !is_root() {
            if !is_installed("sudo") {
                return Err(format!("there is no sudo: install as root: apt-get install {}", packages.join(" ")).into());
            }
            command.arg("env");
        }
        step(title, command.arg("DEBIAN_FRONTEND=noninteractive").args(args))
    };
    let names = packages.join(" ");
    let mut install = vec!["apt-get", "install", "--yes", "--quiet=2", "--no-install-recommends"];
    install.extend(packages);
    if apt(&format!("install {names}"), &install).is_ok() {
        return Ok(());
    }
    // A machine whose package lists were never fetched, or are old.
    apt("fetch the lists of packages", &["apt-get", "update", "--quiet=2"])?;
    apt(&format!("install {names}"), &install)
}

/// The folder of Postgres' programs, the newest from 15 on.
fn find_postgres() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(version, bin)| *version >= 15 && bin.join("initdb").is_file())
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin)
}

/// Postgres' programs; installs them when they are missing, without a cluster of the system's own.
pub fn postgres() -> Outcome<PathBuf> {
    if let Some(bin) = find_postgres() {
        return Ok(bin);
    }
    let settings = Path::new("/etc/postgresql-common/createcluster.conf");
    if !settings.is_file() {
        install(&["postgresql-common"])?;
        let text = fs::read_to_string(settings).unwrap_or_default();
        if !text.lines().any(|line| line.trim_start().starts_with("create_main_cluster")) {
            let mut command = if is_root() { program("sh") } else { program("sudo") };
            if !is_root() {
                command.arg("sh");
            }
            step(
                "keep the package from starting a Postgres of its own",
                command.args(["-c", &format!("echo 'create_main_cluster = false' >> {}", settings.display())]),
            )?;
        }
    }
    install(&["postgresql"])?;
    find_postgres().ok_or_else(|| "Postgres 15 or newer is not under /usr/lib/postgresql".into())
}

/// Node, npm, a browser and fonts: for the browser tests.
pub fn browser() -> Outcome {
    let mut missing = Vec::new();
    for (program, package) in [("node", "nodejs"), ("npm", "npm"), ("chromium", "chromium")] {
        if !is_installed(program) {
            missing.push(package);
        }
    }
    if !missing.is_empty() {
        install(&missing)?;
    }
    fonts()
}

/// Python, with environments of one's own: for what asks the public API.
pub fn python() -> Outcome {
    let works = is_installed("python3")
        && program("python3").args(["-c", "import ensurepip, venv"]).status().is_ok_and(|status| status.success());
    if works { Ok(()) } else { install(&["python3", "python3-venv"]) }
}

/// The server of S3 that the tests of the store are run against: from its crate, once, beside what is compiled. It is no part
/// of what is shipped. The tests look for it there.
const S3_SERVER: (&str, &str) = ("s3s-fs", "0.14.1");

/// That server's program; compiled where it is missing.
pub fn s3_server() -> Outcome<PathBuf> {
    let (name, version) = S3_SERVER;
    let folder = target_dir().join("tools").join(format!("{name}-{version}"));
    let program = folder.join("bin").join(name);
    if !program.is_file() {
        let mut install = cargo();
        install.args(["install", name, "--version", version, "--locked", "--features", "binary", "--no-track"]);
        // Else what it leaves while compiling would lie among the project's own.
        install.arg("--target-dir").arg(folder.join("build")).arg("--root").arg(&folder);
        step("compile the tests' server of S3", &mut install)?;
        let _ = fs::remove_dir_all(folder.join("build"));
    }
    Ok(program)
}

/// Chinese fonts, rare characters too: for electronic certificates, and for what the browser tests look at.
pub fn fonts() -> Outcome {
    let needed =
        [("opentype/noto/NotoSansCJK-Regular.ttc", "fonts-noto-cjk"), ("truetype/hanazono/HanaMinB.ttf", "fonts-hanazono")];
    let is_missing = |file: &str| !Path::new("/usr/share/fonts").join(file).is_file();
    let missing: Vec<_> = needed.into_iter().filter(|(file, _)| is_missing(file)).map(|(_, package)| package).collect();
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}
