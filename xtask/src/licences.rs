//! The licences of everything that is compiled in, against a list of those that an Apache-2.0 project may carry.

use crate::sh::{Outcome, cargo, output, root};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OFL-1.1",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Fails where a package has no allowed licence, or none at all; and where the project's own is another than Apache-2.0.
pub fn check() -> Outcome {
    let metadata: Value = serde_json::from_str(&output(cargo().args(["metadata", "--format-version=1", "--locked"]))?)?;
    let members: BTreeSet<&str> =
        metadata["workspace_members"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let (name, id) = (package["name"].as_str().unwrap_or_default(), package["id"].as_str().unwrap_or_default());
        let licence = package["license"].as_str().unwrap_or_default();
        count += 1;
        if members.contains(id) {
            if licence != "Apache-2.0" {
                wrong.push(format!("{name}: ours is Apache-2.0, not {licence:?}"));
            }
        } else if !is_allowed(&licence.replace('/', " OR ")) && !has_mit_file(package) {
            wrong.push(format!("{name} {}: {licence:?}", package["version"].as_str().unwrap_or_default()));
        }
    }
    if !fs::read_to_string(root().join("LICENSE"))?.contains("Apache License") {
        wrong.push("LICENSE is not the Apache License".into());
    }
    if wrong.is_empty() {
        eprintln!("==> licences: {count} packages");
        return Ok(());
    }
    Err(format!("licences that are not on the list in xtask/src/licences.rs:\n  {}", wrong.join("\n  ")).into())
}

/// A package may carry its licence as a file instead of a name.
fn has_mit_file(package: &Value) -> bool {
    let (manifest, file) = (package["manifest_path"].as_str(), package["license_file"].as_str());
    let (Some(manifest), Some(file)) = (manifest, file) else { return false };
    fs::read_to_string(Path::new(manifest).with_file_name(file)).is_ok_and(|text| text.trim_start().starts_with("MIT License"))
}

/// An SPDX expression, whose brackets are never nested in practice.
fn is_allowed(expression: &str) -> bool {
    let expression = expression.trim();
    if ALLOWED.contains(&expression) {
        return true;
    }
    if let Some((left, right)) = split_outside(expression, " AND ") {
        return is_allowed(left) && is_allowed(right);
    }
    if let Some((left, right)) = split_outside(expression, " OR ") {
        return is_allowed(left) || is_allowed(right);
    }
    expression.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).is_some_and(is_allowed)
}

/// Splits at the first `word` that stands in no brackets.
fn split_outside<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let mut depth = 0;
    for (at, character) in text.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && text[at..].starts_with(word) => return Some((&text[..at], &text[at + word.len()..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn a_licence_is_allowed_when_one_of_its_choices_is() {
        for good in ["MIT", "MIT OR GPL-3.0", "(MIT OR Apache-2.0) AND Unicode-3.0", "Apache-2.0 WITH LLVM-exception OR MIT"] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND AGPL-3.0"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }
}
