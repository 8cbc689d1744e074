//! What the pages weigh (brotli), and what the server needs of memory.

use crate::Outcome;
use std::{collections::BTreeMap, fs, path::Path};

/// The brotli size of WASM and script that each area downloads.
pub fn print(site: &Path) -> Outcome {
    let assets: serde_json::Value = serde_json::from_slice(&fs::read(site.join("assets.json"))?)?;
    let base = assets["base"].as_str().unwrap_or_default().trim_start_matches('/');
    let folder = site.join(base);
    let mut sizes = BTreeMap::new();
    collect(&folder, &folder, &mut sizes)?;
    let size = |file: &str| sizes.get(file).copied().unwrap_or_default();
    let common: u64 = sizes.iter().filter(|(name, _)| name.ends_with(".js") || *name == "app.wasm").map(|(_, bytes)| bytes).sum();
    println!("weight, brotli: script and WASM that every hydrated area shares: {:.1} kB", kilobytes(common));
    for (part, files) in assets["parts"].as_object().into_iter().flatten() {
        let own: u64 = files.as_array().into_iter().flatten().filter_map(|file| file.as_str()).map(size).sum();
        println!("weight, brotli: {part}: {:.1} kB more, {:.1} kB in all", kilobytes(own), kilobytes(common + own));
    }
    println!("weight, brotli: public pages: 0 kB of script and WASM; styles {:.1} kB", kilobytes(size("app.css")));
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
