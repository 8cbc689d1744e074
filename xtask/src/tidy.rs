//! The invariants of the sources (ARCHITECTURE.md), tried on every line.

use crate::{
    asvs, deploy,
    sh::{Outcome, root},
};
use sha2::{Digest, Sha256};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A rule: where it holds, where it does not, what a line must not have, and why.
struct Rule {
    within: &'static [&'static str],
    except: &'static [&'static str],
    forbidden: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        within: &["domain/src"],
        except: &[],
        forbidden: &[
            "async ",
            "std::fs",
            "std::net::Tcp",
            "std::process",
            "leptos",
            "sqlx",
            "regex",
            "tokio",
            "now_utc",
            "SystemTime",
            "Instant::",
        ],
        why: "domain is pure: no async, I/O, clock, leptos, sqlx, regex",
    },
    Rule {
        within: &["domain/src", "app/src", "frontend/src", "server/src"],
        except: &[],
        forbidden: &["sqlx"],
        why: "only backend says sqlx",
    },
    Rule {
        within: &["app/src/ui", "app/src/ui.rs"],
        except: &[],
        forbidden: &["domain::", "use domain", "backend::"],
        why: "ui/ knows no filing",
    },
    Rule {
        within: &["app/src", "frontend/src"],
        except: &["app/src/doors", "app/src/doors.rs", "app/src/lib.rs"],
        forbidden: &["cfg(feature", "cfg!(feature", "cfg_attr(feature"],
        why: "features are looked at in app/src/lib.rs and in the doors alone",
    },
    Rule {
        within: &["app/src"],
        except: &["app/src/ui/textarea.rs"],
        forbidden: &["<textarea"],
        why: "leptos draws a textarea's content unescaped: use ui::TextArea",
    },
    Rule {
        within: &["app/src"],
        except: &[],
        forbidden: &["inner_html", " style=", "style:", "<style", "prop:value", "<noscript"],
        why: "no markup from strings, no inline styles (the policy forbids them), no prop:value (it overwrites what was typed)",
    },
    Rule {
        within: &["app/src"],
        // A desk waits for a resource, which has a task of its own.
        except: &["app/src/parts/load.rs", "app/src/parts/desk.rs"],
        forbidden: &["Suspend::"],
        why: "what a page waits for is asked for apart from it, by `parts::load`: looked at once, it would hold a connection",
    },
    Rule {
        within: &["domain/src", "backend/src", "app/src", "server/src"],
        // A gateway compares the moment of a signature with its own clock, wound or not.
        except: &["backend/src/clock.rs", "backend/src/outbox/sms.rs"],
        forbidden: &[
            "now_utc",
            "now_local",
            "SystemTime::now",
            "Utc::now",
            "= now()",
            ", now()",
            "(now()",
            "current_timestamp",
            "current_date",
        ],
        why: "time comes from the context's clock",
    },
    Rule {
        within: &["backend/src"],
        // A register as large as the country's is made up in one go: for the demo and the benches.
        except: &["backend/src/journal.rs", "backend/src/journal", "backend/src/seed/load.rs"],
        forbidden: &[
            "insert into filings ",
            "insert into filings(",
            "update filings ",
            "delete from filings ",
            "insert into journal ",
            "insert into journal(",
            "update journal ",
            "delete from journal ",
        ],
        why: "only the journal writes the filing tables",
    },
    Rule {
        within: &["backend/src", "server/src"],
        except: &["backend/src/database.rs"],
        forbidden: &["pool.begin", ".begin_with("],
        why: "a transaction is begun by `Ctx::begin` or `Ctx::snapshot`, which a client that goes away does not cut short",
    },
    Rule {
        within: &["backend/src", "server/src"],
        // The gateway, the mail server and the scanner are named by who runs the installation, not by a stranger.
        except: &["backend/src/fetcher.rs", "backend/src/fetcher", "backend/src/outbox", "backend/src/scanner.rs"],
        forbidden: &["reqwest", "TcpStream", "hyper::client", "lookup_host"],
        why: "an address from outside is reached by the guarded fetcher alone",
    },
];

const SOURCES: &[&str] = &["domain", "backend", "app", "frontend", "server", "xtask"];
/// Where Chinese is data, or content of the demo, and not a sentence for a reader.
const CHINESE: &[&str] = &["domain/src", "backend/src/seed", "app/locales", "app/src/texts.rs", "xtask/"];
const VAGUE: &[&str] = &["mod.rs", "utils.rs", "util.rs", "helpers.rs", "helper.rs", "common.rs", "manager.rs", "misc.rs"];
const LONGEST_DOOR: usize = 6;

/// Fails with every line that breaks a rule.
pub fn check() -> Outcome {
    let mut files = Vec::new();
    for folder in SOURCES {
        collect(&root().join(folder), &mut files);
    }
    let mut broken = Vec::new();
    for file in &files {
        let name = file.strip_prefix(root())?.to_string_lossy().into_owned();
        let text = fs::read_to_string(file)?;
        check_name(&name, &mut broken);
        let lines = code_lines(&name, &text);
        for (number, line) in &lines {
            for rule in RULES.iter().filter(|rule| applies(rule, &name)) {
                if let Some(found) = rule.forbidden.iter().find(|word| line.contains(**word)) {
                    broken.push(format!("{name}:{number}: {:?}: {}", found.trim(), rule.why));
                }
            }
            if !CHINESE.iter().any(|place| name.starts_with(place)) && has_sentence(line) {
                broken.push(format!("{name}:{number}: sentences for people stand in app/locales"));
            }
        }
        if name.starts_with("app/src/doors") {
            check_doors(&name, &lines, &mut broken);
        }
    }
    check_manifests(&mut broken)?;
    check_migrations(&mut broken)?;
    deploy::check(&mut broken)?;
    asvs::check(&files, &mut broken)?;
    if broken.is_empty() {
        eprintln!("==> tidy: {} files", files.len());
        return Ok(());
    }
    Err(format!("{} lines break an invariant:\n  {}", broken.len(), broken.join("\n  ")).into())
}

fn applies(rule: &Rule, name: &str) -> bool {
    let covers = |place: &&str| name == *place || name.strip_prefix(*place).is_some_and(|rest| rest.starts_with('/'));
    rule.within.iter().any(covers) && !rule.except.iter().any(covers)
}

fn check_name(name: &str, broken: &mut Vec<String>) {
    let file = Path::new(name).file_name().and_then(|file| file.to_str()).unwrap_or_default();
    if VAGUE.contains(&file) {
        broken.push(format!("{name}: a file is named after what it holds, as foo.rs beside foo/"));
    }
}

/// The lines of code with their numbers: no comments, and nothing from `#[cfg(test)]` on, which ends a file.
fn code_lines(name: &str, text: &str) -> Vec<(usize, String)> {
    if name.contains("/tests/") || name.ends_with("/tests.rs") || name.ends_with("/testing.rs") {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        let code = without_comment(line);
        if !code.trim().is_empty() {
            lines.push((at + 1, code.to_owned()));
        }
    }
    lines
}

/// Cuts `//` off, unless it stands in a string.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let bytes = line.as_bytes();
    for at in 0..bytes.len() {
        match bytes[at] {
            b'"' if at == 0 || bytes[at - 1] != b'\\' => quoted = !quoted,
            b'/' if !quoted && bytes.get(at + 1) == Some(&b'/') => return &line[..at],
            _ => {}
        }
    }
    line
}

/// Four Chinese characters in a row are a sentence or a part of one.
fn has_sentence(line: &str) -> bool {
    let mut run = 0;
    for character in line.chars() {
        run = if ('\u{4e00}'..='\u{9fff}').contains(&character) { run + 1 } else { 0 };
        if run == 4 {
            return true;
        }
    }
    false
}

/// Each server function names its endpoint (the default differs between machines), and its body is short.
fn check_doors(name: &str, lines: &[(usize, String)], broken: &mut Vec<String>) {
    for (at, (number, line)) in lines.iter().enumerate() {
        let attribute = line.trim_start();
        if !attribute.starts_with("#[server") || attribute.starts_with("#[server(default") {
            continue;
        }
        if !attribute.contains("endpoint = ") || !attribute.contains("prefix = \"/api\"") {
            broken.push(format!("{name}:{number}: a server function names its endpoint and the prefix /api"));
        }
        let mut body = None;
        for (_, line) in &lines[at + 1..] {
            if line == "}" {
                break;
            }
            match &mut body {
                None if line.ends_with('{') => body = Some(0),
                None => {}
                Some(count) => *count += 1,
            }
        }
        if body.is_some_and(|count: usize| count > LONGEST_DOOR) {
            broken.push(format!(
                "{name}:{number}: a door is at most {LONGEST_DOOR} lines: context, one use-case, one error mapping"
            ));
        }
    }
}

/// What `domain` may depend on: it is compiled into the browser.
fn check_manifests(broken: &mut Vec<String>) -> Outcome {
    let manifest = fs::read_to_string(root().join("domain/Cargo.toml"))?;
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
    for line in dependencies.lines() {
        let name = line.split(['.', ' ', '=']).next().unwrap_or_default();
        if !name.is_empty() && !name.starts_with('#') && !["idna", "psl", "serde", "serde_json", "time", "uuid"].contains(&name) {
            broken.push(format!("domain/Cargo.toml: {name}: domain is pure and small"));
        }
    }
    Ok(())
}

/// A migration that a database has seen never changes: each has its sum in `migrations/SHA256SUMS`.
fn check_migrations(broken: &mut Vec<String>) -> Outcome {
    let folder = root().join("migrations");
    let sums = fs::read_to_string(folder.join("SHA256SUMS"))?;
    let listed = |name: &str| sums.lines().find_map(|line| line.strip_suffix(name)).map(str::trim_end);
    for entry in fs::read_dir(&folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".sql") {
            continue;
        }
        let sum: String = Sha256::digest(fs::read(folder.join(&name))?).iter().map(|byte| format!("{byte:02x}")).collect();
        match listed(&name) {
            Some(known) if known == sum => {}
            Some(_) => broken.push(format!("migrations/{name}: a database has seen it, and it never changes: write a new one")),
            None => broken.push(format!("migrations/{name}: SHA256SUMS lacks its line: {sum}  {name}")),
        }
    }
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_cut_off_and_an_address_in_a_string_is_not() {
        assert_eq!(without_comment("let a = 1; // sqlx"), "let a = 1; ");
        assert_eq!(without_comment(r#"let a = "http://b";"#), r#"let a = "http://b";"#);
    }

    #[test]
    fn a_name_in_chinese_passes_and_a_sentence_does_not() {
        assert!(!has_sentence("\"京\" \"备案\""));
        assert!(has_sentence("\"请核对号码\""));
    }

    #[test]
    fn a_long_door_and_one_without_endpoint_are_found() {
        let text = "#[server(prefix = \"/api\")]\npub async fn a() -> Result<(), Fault> {\n1\n2\n3\n4\n5\n6\n7\n}\n";
        let mut broken = Vec::new();
        check_doors("app/src/doors/a.rs", &code_lines("app/src/doors/a.rs", text), &mut broken);
        assert_eq!(broken.len(), 2, "{broken:?}");
    }
}
