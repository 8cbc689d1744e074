//! What `deploy/` promises, held to its lines: the service stays locked up, the image lean and without secrets. Where systemd
//! is installed, it is asked too.

use crate::sh::{Outcome, is_installed, program, root};
use std::{collections::BTreeMap, fs, path::Path};

const UNIT: &str = "deploy/beian.service";
const IMAGE: &str = "deploy/Containerfile";
/// How exposed systemd may find the service, times ten: it says 1.2 of 10; a plain service has 9.6.
const MOST_EXPOSED: &str = "20";

/// Lines without which the service could do more than it needs.
const HARDENING: &[(&str, &str)] = &[
    ("DynamicUser", "yes"),
    ("UMask", "0077"),
    ("NoNewPrivileges", "yes"),
    ("CapabilityBoundingSet", ""),
    ("AmbientCapabilities", ""),
    ("ProtectSystem", "strict"),
    ("ProtectHome", "yes"),
    ("PrivateTmp", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateUsers", "yes"),
    ("ProtectClock", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHostname", "yes"),
    ("ProtectKernelLogs", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectProc", "invisible"),
    ("ProcSubset", "pid"),
    ("RemoveIPC", "yes"),
    ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
    ("RestrictNamespaces", "yes"),
    ("RestrictRealtime", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("LockPersonality", "yes"),
    ("MemoryDenyWriteExecute", "yes"),
    ("KeyringMode", "private"),
    ("SystemCallArchitectures", "native"),
    ("SystemCallFilter", "@system-service"),
    ("SystemCallFilter", "~@privileged @resources"),
    ("LoadCredential", "beian.keys:/etc/beian/beian.keys"),
    ("LoadCredential", "beian.toml:/etc/beian/beian.toml"),
    ("ExecStartPre", "/usr/local/bin/beian migrate"),
    ("ExecStart", "/usr/local/bin/beian serve"),
];

/// Words that name what no image and no unit may hold.
const SECRETS: &[&str] = &["PASSWORD", "SECRET", "TOKEN", "DATABASE_URL", "SMTP_URL", "KEYS", ".KEY", ".PEM", ".ENV"];
/// Packages that build things: they belong to the first stage.
const BUILDERS: &[&str] =
    &["build-essential", "gcc", "clang", "cargo", "rustc", "rustup", "make", "nodejs", "npm", "git", "curl"];

/// Fails with what is missing or too much.
pub fn check(broken: &mut Vec<String>) -> Outcome {
    check_unit(&fs::read_to_string(root().join(UNIT))?, broken);
    check_image(&fs::read_to_string(root().join(IMAGE))?, &|path| root().join(path).exists(), broken);
    if is_installed("systemd-analyze") {
        ask_systemd(broken)?;
    }
    Ok(())
}

/// The settings of `[Service]`, in order; a name may come again.
fn settings(unit: &str) -> BTreeMap<&str, Vec<&str>> {
    let service = unit.split("[Service]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    let mut settings = BTreeMap::<&str, Vec<&str>>::new();
    for (name, value) in service.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('=')) {
        settings.entry(name.trim()).or_default().push(value.trim());
    }
    settings
}

fn check_unit(unit: &str, broken: &mut Vec<String>) {
    let settings = settings(unit);
    for (name, value) in HARDENING {
        let given = settings.get(name).map(Vec::as_slice).unwrap_or_default();
        // A second line of most settings would undo the first.
        let single = !matches!(*name, "SystemCallFilter" | "LoadCredential");
        if !given.contains(value) || (single && given.len() > 1) {
            broken.push(format!("{UNIT}: {name}={value} is missing or undone: the service could do more than it needs"));
        }
    }
    for value in settings.get("Environment").into_iter().flatten() {
        // Credentials are files of the unit's own: their paths may be named.
        let plain = value.split_once('=').is_none_or(|(_, value)| !value.starts_with("%d/"));
        if plain && SECRETS.iter().any(|word| value.to_uppercase().contains(word)) {
            broken.push(format!("{UNIT}: {value}: everybody can read a unit; secrets come by LoadCredential"));
        }
    }
}

fn check_image(text: &str, exists: &dyn Fn(&str) -> bool, broken: &mut Vec<String>) {
    let text = text.replace("\\\n", " ");
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    for line in &lines {
        let (instruction, rest) = line.split_once(' ').unwrap_or((line, ""));
        let upper = rest.to_uppercase();
        if matches!(instruction, "COPY" | "ADD" | "ENV" | "ARG") && SECRETS.iter().any(|word| upper.contains(word)) {
            broken.push(format!("{IMAGE}: {line}: an image holds no secrets"));
        }
        let words: Vec<&str> = rest.split_whitespace().collect();
        if instruction == "COPY" && !rest.starts_with("--from=") {
            let sources = words.split_last().map(|(_, sources)| sources).unwrap_or_default();
            for source in sources.iter().filter(|source| !exists(source)) {
                broken.push(format!("{IMAGE}: {line}: there is no {source}"));
            }
        }
    }
    let last = lines.iter().rposition(|line| line.starts_with("FROM ")).unwrap_or_default();
    let stage = lines.get(last..).unwrap_or_default();
    if last == 0 {
        broken.push(format!("{IMAGE}: what builds is left behind in a stage of its own"));
    }
    for line in stage.iter().filter(|line| line.starts_with("RUN ") || line.starts_with("FROM ")) {
        let word = line.split([' ', ':', '=']).find(|word| BUILDERS.contains(word));
        if let Some(word) = word.or(line.starts_with("FROM rust").then_some("rust")) {
            broken.push(format!("{IMAGE}: {word} is in the image that is shipped"));
        }
    }
    let user = stage.iter().rev().find_map(|line| line.strip_prefix("USER ")).unwrap_or("root");
    if matches!(user.split(':').next(), Some("root" | "0") | None) {
        broken.push(format!("{IMAGE}: the server runs as {user}: it needs a USER of its own"));
    }
}

/// systemd reads the unit and says how exposed the service is; the programs it names need not be here.
fn ask_systemd(broken: &mut Vec<String>) -> Outcome {
    let folder = std::env::temp_dir().join(format!("beian-unit-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let unit = folder.join("beian.service");
    fs::write(&unit, fs::read_to_string(root().join(UNIT))?.replace("/usr/local/bin/beian", "/bin/true"))?;
    let mut ask = |what: &str, args: &[&str], unit: &Path| -> Outcome {
        let said = program("systemd-analyze").args(args).arg(unit).output()?;
        let text = format!("{}{}", String::from_utf8_lossy(&said.stdout), String::from_utf8_lossy(&said.stderr));
        // Other units of the machine are read too, and are not ours to judge.
        if !said.status.success() || (what == "verify" && text.contains("beian.service")) {
            broken.push(format!("{UNIT}: systemd-analyze {what}: {}", text.trim()));
        }
        Ok(())
    };
    ask("verify", &["verify", "--man=no"], &unit)?;
    ask("security", &["security", "--no-pager", "--offline=true", &format!("--threshold={MOST_EXPOSED}")], &unit)?;
    fs::remove_dir_all(folder)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit_without(line: &str) -> Vec<String> {
        let unit = fs::read_to_string(root().join(UNIT)).unwrap();
        assert!(unit.contains(&format!("{line}\n")), "{line}");
        let mut broken = Vec::new();
        check_unit(&unit.replace(&format!("{line}\n"), ""), &mut broken);
        broken
    }

    #[test]
    fn each_line_that_locks_the_service_up_is_missed() {
        for (name, value) in HARDENING {
            assert_eq!(unit_without(&format!("{name}={value}")).len(), 1, "{name}={value}");
        }
    }

    #[test]
    fn a_line_that_undoes_another_and_a_secret_in_the_unit_are_found() {
        let unit = fs::read_to_string(root().join(UNIT)).unwrap();
        for more in ["ProtectSystem=no", "Environment=DATABASE_URL=postgres://a:b@c/d"] {
            let mut broken = Vec::new();
            check_unit(&unit.replace("[Install]", &format!("{more}\n[Install]")), &mut broken);
            assert_eq!(broken.len(), 1, "{more}: {broken:?}");
        }
    }

    #[test]
    fn an_image_with_a_secret_a_compiler_root_or_a_missing_file_is_found() {
        let image = fs::read_to_string(root().join(IMAGE)).unwrap();
        for (from, to, found) in [
            ("COPY public public", "COPY publik public", "there is no publik"),
            ("COPY public public", "COPY public beian.keys /etc/", "no secrets"),
            ("ENV BEIAN_ADDR", "ENV DATABASE_URL=postgres://a BEIAN_ADDR", "no secrets"),
            ("recommends ca-certificates", "recommends gcc ca-certificates", "gcc is in the image"),
            ("FROM debian:bookworm-slim", "FROM rust:1.95-bookworm", "rust is in the image"),
            ("USER 10001", "USER root", "runs as root"),
            ("USER 10001\n", "", "runs as root"),
        ] {
            assert!(image.contains(from), "{from}");
            let mut broken = Vec::new();
            check_image(&image.replace(from, to), &|path| path != "publik", &mut broken);
            assert!(broken.iter().any(|line| line.contains(found)), "{to}: {broken:?}");
        }
    }
}
