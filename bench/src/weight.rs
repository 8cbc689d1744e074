//! What the pages weigh (brotli), and what the server needs of memory.

use crate::Outcome;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The most of the wizard's pages, in kB of WASM and script.
const WIZARD: f64 = 220.0;
/// The most that a staff area weighs beyond the wizard, in kB.
const STAFF: f64 = 60.0;

/// The brotli size of WASM and script that each area downloads, and of each file.
pub fn print(site: &Path) -> Outcome {
    let assets: serde_json::Value = serde_json::from_slice(&fs::read(site.join("assets.json"))?)?;
    let base = assets["base"].as_str().unwrap_or_default().trim_start_matches('/');
    let folder = site.join(base);
    let mut sizes = BTreeMap::new();
    collect(&folder, &folder, &mut sizes)?;
    let common: u64 = sizes.iter().filter(|(name, _)| name.ends_with(".js") || *name == "app.wasm").map(|(_, bytes)| bytes).sum();
    let mut areas = BTreeMap::new();
    for (part, files) in assets["parts"].as_object().into_iter().flatten() {
        let files: Vec<&str> = files.as_array().into_iter().flatten().filter_map(|file| file.as_str()).collect();
        // A desk is drawn again in the browser: it needs what all such areas need, too.
        let shared = assets["parts"]["hydrated"].as_array().filter(|_| part != "drawn").into_iter().flatten();
        let all: BTreeSet<&str> = files.iter().copied().chain(shared.filter_map(|file| file.as_str())).collect();
        let own: u64 = all.iter().filter_map(|file| sizes.get(*file)).sum();
        areas.insert(part.as_str(), (kilobytes(common + own), files));
    }
    let wizard = areas.get("drawn").map(|(size, _)| *size).unwrap_or_default();
    println!("weight, brotli, of script and WASM: {:.1} kB in every area with a program", kilobytes(common));
    for (area, (size, files)) in &areas {
        let goal = match *area {
            // What both desks need is counted with each.
            "hydrated" => continue,
            "drawn" => format!("the wizard and one's own account (goal {WIZARD:.0})"),
            _ => format!("{:+.1} against the wizard (goal {STAFF:.0})", size - wizard),
        };
        println!("weight, brotli: {area}: {size:.1} kB in all, {goal}: {}", files.join(" "));
    }
    println!("weight, brotli: public pages: no script, no WASM");
    for (name, size) in &sizes {
        println!("weight, brotli: {:>8.1} kB {name}", kilobytes(*size));
    }
    Ok(())
}

fn collect(root: &Path, folder: &Path, sizes: &mut BTreeMap<String, u64>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, sizes)?;
        } else if path.extension().is_some_and(|extension| extension == "br") {
            let name = path.strip_prefix(root)?.with_extension("").to_string_lossy().into_owned();
            sizes.insert(name, fs::metadata(&path)?.len());
        }
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "printed with one digit")]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1000.0
}

/// The resident memory of the serving process after the load.
pub fn print_memory(process: u32) -> Outcome {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let of = |label: &str| status.lines().find_map(|line| line.strip_prefix(label)).map(str::trim).unwrap_or("?").to_owned();
    println!("memory of the serving node: {} now, {} at most", of("VmRSS:"), of("VmHWM:"));
    Ok(())
}
