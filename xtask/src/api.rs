//! The public API, asked by schemathesis: what its document says, against the server that runs. Its version and all that it
//! needs are pinned with their sums; the same seed asks the same questions each time.

use crate::{
    browser::Demo,
    cluster::Cluster,
    packages,
    run::server_program,
    sh::{Outcome, cargo_for_server, program, root, step, target_dir},
};
use std::{fs, path::PathBuf};

const REQUIREMENTS: &str = "xtask/schemathesis/requirements.txt";
const SEED: &str = "33";
/// Questions a door and phase: enough to find what is wrong, few enough to be done within a minute.
const EXAMPLES: &str = "150";

/// Builds the server and asks it.
pub fn test() -> Outcome {
    step("compile the server", cargo_for_server().args(["build", "--package", "server"]))?;
    test_with(&Cluster::throwaway()?)
}

/// As `test`, with what is there already.
pub fn test_with(cluster: &Cluster) -> Outcome {
    let schemathesis = installed()?;
    if !server_program().is_file() {
        return Err("there is no server to ask: compile it first".into());
    }
    let demo = Demo::start(cluster, "api")?;
    let folder = target_dir().join("schemathesis-run");
    fs::create_dir_all(&folder)?;
    step(
        "ask the public API",
        program(&schemathesis.to_string_lossy())
            .arg("run")
            .arg(format!("{}/api/v1/openapi.json", demo.url))
            .args(["--checks", "all", "--phases", "examples,coverage,fuzzing", "--mode", "all", "--continue-on-failure"])
            .args(["--seed", SEED, "--max-examples", EXAMPLES, "--request-timeout", "30", "--no-color"])
            .current_dir(&folder),
    )
}

/// The program, in an environment of its own that is made anew when the requirements change.
fn installed() -> Outcome<PathBuf> {
    let wanted = fs::read(root().join(REQUIREMENTS))?;
    let folder = target_dir().join("schemathesis");
    let (mark, found) = (folder.join("requirements.txt"), folder.join("bin/schemathesis"));
    if found.is_file() && fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(found);
    }
    packages::python()?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    step("make a place for schemathesis", program("python3").args(["-m", "venv"]).arg(&folder))?;
    step(
        "install schemathesis",
        program(&folder.join("bin/pip").to_string_lossy())
            .args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:", "-r"])
            .arg(root().join(REQUIREMENTS)),
    )?;
    fs::write(mark, wanted)?;
    Ok(found)
}
