//! The pages' WASM: compile, split by lazy route, bind, name by content, and lay out `target/site`.

use crate::sh::{Outcome, cargo, is_installed, output, program, root, step, target_dir};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

/// How the pages are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Quick to compile: for `run`, `dev` and tests.
    Demo,
    /// Small to download: what is shipped.
    Release,
}

impl Mode {
    /// `--release` among the arguments asks for what is shipped.
    pub fn from_args(args: &[String]) -> Self {
        if args.iter().any(|arg| arg == "--release") { Self::Release } else { Self::Demo }
    }

    fn profile(self) -> &'static str {
        match self {
            Self::Demo => "wasm-demo",
            Self::Release => "wasm-release",
        }
    }
}

const WASM: &str = "wasm32-unknown-unknown";
/// Older builds stay served, so that a tab left open over a deployment still finds its parts.
const BUILDS_KEPT: usize = 3;
const START: &str = r#"import init, { start } from "./app.js";
import { part } from "./parts.js";
try {
  // All of it first: a part that breaks off while the page is being brought to life would stop it halfway.
  const parts = [...document.querySelectorAll('link[rel="preload"][as="fetch"]')];
  await Promise.all(parts.map(({ href }) => part(href)));
  await init({ module_or_path: part(new URL("./app.wasm", import.meta.url)) });
  start();
} catch (error) {
  // Left while it was still coming, or the network gave up: the page goes on by its forms.
  console.info("without scripts:", error);
}
"#;

/// Fetches what the program is made of. A part that streams from the network breaks off when its page is left, even one from
/// the browser's cache; a part that is there as bytes does not.
const PARTS: &str = r#"const parts = new Map();
async function whole(href) {
  const answer = await fetch(href);
  if (!answer.ok) throw new Error(`${href}: ${answer.status}`);
  return answer.arrayBuffer();
}
export async function part(url) {
  const { href } = new URL(url);
  if (!parts.has(href)) parts.set(href, whole(href));
  try {
    return new Response(await parts.get(href), { headers: { "Content-Type": "application/wasm" } });
  } catch (error) {
    parts.delete(href);
    throw error;
  }
}
"#;
/// Asks the browser for passkeys, on pages of staff; the wizard never loads it.
const PASSKEYS: &str = include_str!("../../frontend/passkeys.js");
const PASSKEYS_FILE: &str = "passkeys.js";
/// How the splitter's script fetches a part.
const SPLITTERS_FETCH: &str = "const src = fetch(";

/// What the browser keeps while the server is not reached.
const VAULT: &str = include_str!("../../frontend/vault.js");

/// Folder the server reads pages' files from.
pub fn site() -> PathBuf {
    std::env::var_os("BEIAN_SITE").map_or_else(|| root().join("target/site"), |dir| root().join(dir))
}

/// Compiles the browser's side and lays it out; quick when nothing has changed.
pub fn build(mode: Mode) -> Outcome<PathBuf> {
    ensure_target()?;
    // `--emit-relocs` is what the splitter reads. Set for this target alone: in RUSTFLAGS it would rebuild the server too.
    let mut flags = std::env::var("RUSTFLAGS").unwrap_or_default();
    flags.push_str(" -Clink-args=--emit-relocs");
    step(
        "compile the pages for the browser",
        cargo()
            .args(["build", "--package", "frontend", "--lib", "--target", WASM, "--profile", mode.profile()])
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.trim()),
    )?;
    let wasm = fs::read(target_dir().join(WASM).join(mode.profile()).join("frontend.wasm"))?;
    let css = styles(&root().join("style/main.css"))?;
    let public = public_files(&root().join("public"))?;
    let name = content_name(&wasm, &css, mode);
    let site = site();
    let folder = site.join("pkg").join(&name);
    if !folder.join("assets.json").is_file() {
        let started = Instant::now();
        let unfinished = site.join("pkg").join(format!(".{name}"));
        let _ = fs::remove_dir_all(&unfinished);
        fs::create_dir_all(&unfinished)?;
        let parts = split_and_bind(&wasm, &unfinished)?;
        if mode == Mode::Release {
            forget_names(&unfinished)?;
        }
        fs::write(unfinished.join("app.css"), &css)?;
        fs::write(unfinished.join("start.js"), START)?;
        fs::write(unfinished.join("parts.js"), PARTS)?;
        fs::write(unfinished.join("vault.js"), without_comment_lines(VAULT))?;
        fs::write(unfinished.join(PASSKEYS_FILE), without_comment_lines(PASSKEYS))?;
        compress(&unfinished, mode)?;
        let assets = serde_json::json!({ "base": format!("/pkg/{name}"), "parts": parts });
        fs::write(unfinished.join("assets.json"), serde_json::to_vec_pretty(&assets)?)?;
        let _ = fs::remove_dir_all(&folder);
        fs::rename(&unfinished, &folder)?;
        eprintln!("    split, bind, compress: {:.1} s", started.elapsed().as_secs_f32());
    }
    for (path, content) in public {
        fs::write(site.join(path), content)?;
    }
    fs::copy(folder.join("assets.json"), site.join("assets.json"))?;
    forget_old_builds(&site.join("pkg"), &name)?;
    Ok(site)
}

/// Refuses a build whose wizard has become heavy: as it is shipped it may weigh 220 kB of WASM and script (brotli), and as it
/// is tested, barely optimised and quickly compressed, about twice that. Drawing a page in its program adds hundreds.
pub fn hold_weight(site: &Path, mode: Mode) -> Outcome {
    let most = match mode {
        Mode::Release => 220_000,
        Mode::Demo => 500_000,
    };
    let assets: serde_json::Value = serde_json::from_slice(&fs::read(site.join("assets.json"))?)?;
    let folder = site.join(assets["base"].as_str().unwrap_or_default().trim_start_matches('/'));
    let own = assets["parts"]["drawn"].as_array().into_iter().flatten().filter_map(|file| file.as_str());
    let scripts = fs::read_dir(&folder)?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let scripts: Vec<String> = scripts.filter(|name| name.ends_with(".js") && name != PASSKEYS_FILE).collect();
    let mut weight = 0;
    for file in own.chain(scripts.iter().map(String::as_str)).chain(["app.wasm"]) {
        weight += fs::metadata(folder.join(format!("{file}.br")))?.len();
    }
    eprintln!("    the wizard weighs {:.1} kB of at most {} kB", weight as f64 / 1000.0, most / 1000);
    if weight > most {
        return Err(format!("the wizard's program weighs {weight} bytes, {most} at most: what does it draw?").into());
    }
    Ok(())
}

/// Adds the browser's target to the compiler where it is missing.
pub fn ensure_target() -> Outcome {
    let libdir = output(program("rustc").args(["--print", "target-libdir", "--target", WASM]))?;
    if Path::new(&libdir).is_dir() {
        return Ok(());
    }
    if !is_installed("rustup") {
        return Err(format!("the compiler has no {WASM} target: install Rust through rustup").into());
    }
    step("add the browser's target to the compiler", program("rustup").args(["target", "add", WASM]))
}

/// Splits the lazy routes off and binds the rest to JavaScript; answers the files of each lazy part.
fn split_and_bind(wasm: &[u8], folder: &Path) -> Outcome<BTreeMap<String, Vec<String>>> {
    let main = folder.join("main.wasm");
    let mut options = wasm_split_cli_support::Options::new(wasm);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = "./app.js";
    options.link_name = "./split.js";
    let split = wasm_split_cli_support::transform(options).map_err(|error| format!("splitting: {error:#}"))?;

    wasm_bindgen_cli_support::Bindgen::new()
        .input_path(&main)
        .out_name("app")
        .keep_lld_exports(true)
        .demangle(false)
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder))
        .map_err(|error| format!("binding: {error:#}"))?;
    let script = fs::read_to_string(folder.join("split.js"))?;
    if !script.contains(SPLITTERS_FETCH) {
        return Err("the splitter's script fetches its parts in another way than before: see SPLITTERS_FETCH".into());
    }
    let script = script.replace(SPLITTERS_FETCH, "const src = part(");
    fs::write(folder.join("split.js"), format!("import {{ part }} from \"./parts.js\";\n{script}"))?;
    let glue = fs::read_to_string(folder.join("app.js"))?;
    fs::write(folder.join("app.js"), without_comment_lines(&glue))?;
    fs::remove_file(&main)?;
    fs::rename(folder.join("app_bg.wasm"), folder.join("app.wasm"))?;

    Ok(split.prefetch_map.into_iter().map(|(part, files)| (part_name(&part), wasm_files(files))).collect())
}

/// Lines that are nothing but a comment or empty, left behind; and indentation.
fn without_comment_lines(script: &str) -> String {
    let mut out = String::with_capacity(script.len());
    let mut in_comment = false;
    for line in script.lines().map(str::trim) {
        let begins = line.starts_with("/*");
        if !in_comment && !begins && !line.is_empty() && !line.starts_with("//") {
            out.push_str(line);
            out.push('\n');
        }
        in_comment = (in_comment || begins) && !line.ends_with("*/");
    }
    out
}

/// Takes the custom sections out of every part: the names of all functions, which weigh more than the functions, and which
/// only a debugger reads.
fn forget_names(folder: &Path) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "wasm") {
            let short = without_custom_sections(&fs::read(&path)?).ok_or_else(|| format!("{} ends early", path.display()))?;
            fs::write(&path, short)?;
        }
    }
    Ok(())
}

/// A module is a head of eight bytes and sections: kind (0: custom), length in LEB128, content.
fn without_custom_sections(module: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = module.split_at_checked(8)?;
    let mut kept = head.to_vec();
    while let Some((kind, after)) = rest.split_first() {
        let digits = after.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let length = after.get(..digits)?.iter().rev().fold(0_usize, |length, byte| length << 7 | usize::from(byte & 0x7f));
        let (section, next) = rest.split_at_checked(1 + digits + length)?;
        if *kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = next;
    }
    Some(kept)
}

fn wasm_files(files: Vec<String>) -> Vec<String> {
    files.into_iter().map(|file| format!("{file}.wasm")).collect()
}

/// `account_area_view_1234` (the macro's name for a route's view) is the part `account_area`.
fn part_name(split: &str) -> String {
    let without_hash = split.rsplit_once('_').map_or(split, |(name, _)| name);
    without_hash.trim_start_matches('_').trim_end_matches("_view").to_owned()
}

/// One style sheet out of `style/main.css` and what it imports, comments and indentation left behind.
fn styles(file: &Path) -> Outcome<String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut out = String::new();
    for line in without_comments(&text).lines() {
        let line = line.trim();
        if let Some(import) = line.strip_prefix("@import") {
            let name = import.trim().trim_end_matches(';').trim_start_matches("url(").trim_end_matches(')');
            let imported = file.with_file_name(name.trim_matches(['"', '\'']));
            out.push_str(&styles(&imported)?);
        } else if !line.is_empty() {
            out.push_str(line);
            out.push('\n');
        }
    }
    Ok(out)
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out + rest
}

/// Files served as they are (icon, data tables), relative to `public/`.
fn public_files(folder: &Path) -> Outcome<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            files.push((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?));
        }
    }
    Ok(files)
}

/// Files that came out differently get another folder; `mode` counts, as it decides the compression.
fn content_name(wasm: &[u8], css: &str, mode: Mode) -> String {
    let mut hash = Sha256::new();
    hash.update(wasm);
    hash.update(css);
    hash.update(START);
    hash.update(PARTS);
    hash.update(VAULT);
    hash.update(PASSKEYS);
    hash.update(mode.profile());
    hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// Compressed once here, so that no request waits for it.
fn compress(folder: &Path, mode: Mode) -> Outcome {
    let quality = if mode == Mode::Release { 11 } else { 4 };
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else { continue };
        if !matches!(extension, "wasm" | "js" | "css") {
            continue;
        }
        let plain = fs::read(&path)?;
        let compressed = fs::File::create(path.with_extension(format!("{extension}.br")))?;
        let mut writer = brotli::CompressorWriter::new(compressed, 1 << 16, quality, 22);
        writer.write_all(&plain)?;
        writer.flush()?;
    }
    Ok(())
}

fn forget_old_builds(folder: &Path, current: &str) -> Outcome {
    let mut builds = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy() != current {
            builds.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    builds.sort();
    let surplus = builds.len().saturating_sub(BUILDS_KEPT - 1);
    for (_, path) in builds.into_iter().take(surplus) {
        fs::remove_dir_all(path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{without_comment_lines, without_custom_sections};

    #[test]
    fn comments_of_the_glue_are_left_behind_and_nothing_else() {
        let script =
            "/**\n * @returns {number}\n */\nget a() {\n    // why\n\n    return \"/* b */\"; // c\n}\n/* one line */\nd();\n";
        assert_eq!(without_comment_lines(script), "get a() {\nreturn \"/* b */\"; // c\n}\nd();\n");
    }

    #[test]
    fn of_a_module_the_custom_sections_alone_are_left_behind() {
        let head = b"\0asm\x01\0\0\0";
        let types = b"\x01\x04\x01\x60\0\0";
        let names = [&[0, 0x84, 0][..], b"\x03abc"].concat();
        let module = [&head[..], &names, types, &names].concat();
        assert_eq!(without_custom_sections(&module), Some([&head[..], types].concat()));
        assert_eq!(without_custom_sections(&module[..module.len() - 1]), None);
    }
}
