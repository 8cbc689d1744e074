//! Nodes that begin at the same moment.

use super::stage::is_ready;
use crate::server::{Place, Server, beian, run};
use std::process::{Command, Output};

async fn all(commands: Vec<Command>) -> Vec<Output> {
    let running = commands.into_iter().map(|command| tokio::process::Command::from(command).output_owned());
    futures::future::join_all(running).await
}

trait Owned {
    async fn output_owned(self) -> Output;
}

impl Owned for tokio::process::Command {
    async fn output_owned(mut self) -> Output {
        self.output().await.unwrap()
    }
}

fn keys(place: &Place, name: &str) -> String {
    let file = place.folder.join(name);
    std::fs::write(&file, beian(&["keys"]).output().unwrap().stdout).unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    file.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn nodes_that_begin_at_the_same_moment_make_the_tables_once_and_serve_with_the_same_keys_alone() {
    let place = Place::new();
    let migrated = all((0..3).map(|_| place.beian(&["migrate"])).collect()).await;
    for done in &migrated {
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let file = keys(&place, "beian.keys");
    let settings =
        |file: &str| [("BEIAN_KEYS_FILE", file.to_owned()), ("BEIAN_PUBLIC_URL", "https://beian.example.org".to_owned())];
    let same = settings(&file);
    let same: Vec<(&str, &str)> = same.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let (a, b) = tokio::join!(Server::start(place.lend(), &["serve"], &same), Server::start(place.lend(), &["serve"], &same),);
    is_ready(&a, 200).await;
    is_ready(&b, 200).await;
    assert_eq!(place.ask("select kind from installation"), ["production"]);
    assert_eq!(place.ask("select name from installation_keys order by name"), ["index 1", "sealing k1"]);

    let (done, said) = run(place.beian(&["serve"]).envs(settings(&keys(&place, "other.keys"))));
    assert!(!done);
    assert!(said.contains("of the keys' file is another one than this installation's"), "{said}");
    assert!(!said.contains("serving"), "{said}");
}

#[tokio::test]
async fn demos_that_begin_at_the_same_moment_make_one_file_of_keys() {
    let place = Place::new();
    assert!(run(&mut place.beian(&["migrate"])).0);
    // None of them gets further than its keys: the database is no demo's.
    let ended = all((0..6).map(|_| place.beian(&["serve", "--demo"])).collect()).await;
    for done in ended {
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert!(said.contains("--demo serves only a database that `beian seed` made"), "{said}");
    }
    let data: Vec<_> = std::fs::read_dir(place.folder.join("data")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(data.iter().filter(|name| name.to_string_lossy().contains("demo")).count() == 1, "{data:?}");
}
