//! Everything around the code: build, database, run, test, checks. `cargo xtask help` lists it.

mod pages;
mod sh;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <task>

  build [--release]   compile the pages' WASM, split and bind it, bundle the styles
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let task = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match task.as_str() {
        "build" => pages::build(pages::Mode::from_args(&rest)).map(|_| ()),
        "" | "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(())
        }
        other => Err(format!("no task {other:?}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nxtask {task}: {error}");
            ExitCode::FAILURE
        }
    }
}
