//! Turns `locales/<area>.toml` into one function a sentence: `home_title = { zh = "…", en = "…" }` in `public.toml`
//! becomes `public::home_title(l)`. Placeholders `{name}` become `&str` parameters in the order in which the Chinese
//! sentence has them; dashes in keys become underscores; a nested table becomes a module.
//! Chinese takes full-width punctuation, however it was typed. An entry that lacks a language, whose languages differ in placeholders or
//! say the same, or whose English is Chinese, fails the build with file and key.

use std::{env, fmt::Write as _, fs, path::Path, process::exit};

use toml::{Table, Value};

const KEYWORDS: &[&str] = &[
    "as", "break", "const", "continue", "do", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in",
    "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct",
    "trait", "true", "try", "type", "typeof", "unsafe", "use", "virtual", "where", "while", "yield",
];

/// English sentences that name what is written in Chinese: an example to type, words of a name, a procedure.
const CHINESE_IN_ENGLISH: &[&str] = &[
    "certificate.number_hint",
    "certificate.wrong_number",
    "filing.footer.todo_police",
    "filing.hint.address",
    "filing.hint.site_name",
];

fn main() {
    println!("cargo::rerun-if-changed=locales");
    match generate(Path::new("locales")) {
        Ok(code) => {
            let out = env::var("OUT_DIR").unwrap_or_default();
            if let Err(error) = fs::write(Path::new(&out).join("texts.rs"), code) {
                fail(&format!("texts.rs cannot be written: {error}"));
            }
        }
        Err(problem) => fail(&problem),
    }
}

fn fail(problem: &str) -> ! {
    println!("cargo::error={problem}");
    exit(1)
}

fn generate(folder: &Path) -> Result<String, String> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .map_err(|error| format!("{}: {error}", folder.display()))?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    files.sort();
    let mut code = String::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let table: Table = text.parse().map_err(|error| format!("{}: {error}", file.display()))?;
        let area = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        module(&mut code, &area, &table, &area, 0)?;
    }
    Ok(code)
}

fn identifier(key: &str) -> String {
    let name = key.replace(['-', '.'], "_");
    if KEYWORDS.contains(&name.as_str()) {
        return format!("r#{name}");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        return format!("n{name}");
    }
    name
}

fn module(code: &mut String, key: &str, table: &Table, place: &str, depth: usize) -> Result<(), String> {
    let pad = "    ".repeat(depth);
    let mut arms = String::new();
    _ = writeln!(code, "{pad}/// Texts of `{place}`.\n{pad}pub mod {} {{", identifier(key));
    for (name, value) in table {
        let here = format!("{place}.{name}");
        let Value::Table(entry) = value else {
            return Err(format!("{here}: neither {{ zh = \"…\", en = \"…\" }} nor a table"));
        };
        if !entry.contains_key("zh") && !entry.contains_key("en") {
            module(code, name, entry, &here, depth + 1)?;
            continue;
        }
        let zh = typeset(&language(entry, "zh", &here)?);
        let en = language(entry, "en", &here)?;
        if en.contains(|c| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}'))
            && !CHINESE_IN_ENGLISH.contains(&here.as_str())
        {
            return Err(format!("{here}: the English sentence has Chinese characters"));
        }
        if zh == en && en.chars().any(char::is_alphabetic) && placeholders(&en).is_empty() {
            return Err(format!("{here}: both languages say the same"));
        }
        if let Some(other) = entry.keys().find(|key| !matches!(key.as_str(), "zh" | "en")) {
            return Err(format!("{here}: unknown language {other}"));
        }
        let parameters = placeholders(&zh);
        let mut expected = parameters.clone();
        let mut found = placeholders(&en);
        expected.sort();
        found.sort();
        if expected != found {
            return Err(format!("{here}: zh has the placeholders {expected:?}, en has {found:?}"));
        }
        _ = writeln!(arms, "{pad}            {name:?} => Some(({zh:?}, {en:?})),");
        let doc = zh.lines().next().unwrap_or_default().replace('[', "\\[").replace(']', "\\]").replace('<', "\\<");
        let function = identifier(name);
        _ = writeln!(code, "{pad}    /// {doc}");
        if parameters.is_empty() {
            _ = writeln!(
                code,
                "{pad}    #[must_use]\n{pad}    pub fn {function}(l: crate::texts::Lang) -> &'static str {{\n{pad}        l.pick({zh:?}, {en:?})\n{pad}    }}"
            );
        } else {
            let arguments: String = parameters.iter().map(|name| format!(", {}: &str", identifier(name))).collect();
            let pairs: Vec<String> = parameters.iter().map(|name| format!("({name:?}, {})", identifier(name))).collect();
            _ = writeln!(
                code,
                "{pad}    #[must_use]\n{pad}    pub fn {function}(l: crate::texts::Lang{arguments}) -> String {{\n{pad}        crate::texts::t::fill_in(l.pick({zh:?}, {en:?}), &[{}])\n{pad}    }}",
                pairs.join(", ")
            );
        }
    }
    if !arms.is_empty() {
        _ = writeln!(
            code,
            "{pad}    /// The text of a key known only when running, with its placeholders unfilled.\n{pad}    #[must_use]\n{pad}    pub fn by_key(l: crate::texts::Lang, key: &str) -> Option<&'static str> {{\n{pad}        let found: Option<(&str, &str)> = match key {{\n{arms}{pad}            _ => None,\n{pad}        }};\n{pad}        found.map(|(zh, en)| l.pick(zh, en))\n{pad}    }}"
        );
    }
    _ = writeln!(code, "{pad}}}");
    Ok(())
}

fn language(entry: &Table, language: &str, place: &str) -> Result<String, String> {
    match entry.get(language) {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text.clone()),
        _ => Err(format!("{place}: the language {language} is missing")),
    }
}

fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{3001}'..='\u{3011}' | '\u{2018}'..='\u{201d}' | '\u{2026}' | '\u{ff00}'..='\u{ff65}')
}

/// Half-width punctuation beside Chinese becomes full width; «14:05», «1,000» and code stay.
fn typeset(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out: Vec<char> = Vec::with_capacity(letters.len());
    let mut brackets = Vec::new();
    for (place, &letter) in letters.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|place| letters.get(place)).copied();
        let after = letters.get(place + 1).copied();
        let beside = before.is_some_and(is_chinese) || after.is_some_and(is_chinese);
        out.push(match letter {
            ',' if beside => '\u{ff0c}',
            ':' if beside => '\u{ff1a}',
            ';' if beside => '\u{ff1b}',
            '?' if before.is_some_and(is_chinese) => '\u{ff1f}',
            '!' if before.is_some_and(is_chinese) => '\u{ff01}',
            '(' => {
                brackets.push(beside);
                if beside { '\u{ff08}' } else { '(' }
            }
            ')' if brackets.pop().unwrap_or(beside) => '\u{ff09}',
            other => other,
        });
    }
    out.into_iter().collect()
}

fn placeholders(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in text.split('{').skip(1) {
        if let Some((name, _)) = part.split_once('}') {
            let plain = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
            if plain && !name.is_empty() && !names.iter().any(|known| known == name) {
                names.push(name.to_owned());
            }
        }
    }
    names
}
