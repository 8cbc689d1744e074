//! A value that is wrong or missing stops the start with a sentence that says what to set.

use crate::server::{Place, beian, run};
use std::process::Command;

fn refused(command: &mut Command, sentence: &str) {
    let (done, said) = run(command);
    assert!(!done, "started in spite of: {sentence}");
    assert!(said.contains(sentence), "{said:?} does not say {sentence:?}");
    assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
}

#[tokio::test]
async fn each_wrong_setting_is_named_with_what_to_set() {
    let place = Place::new();
    let demo = || place.beian(&["serve", "--demo"]);
    refused(demo().env("BEIAN_ADDR", "here"), "BEIAN_ADDR is \"here\": set it to a value such as 127.0.0.1:3000.");
    refused(demo().env("BEIAN_ADDR", "0.0.0.0:3000"), "--demo serves this machine alone, but BEIAN_ADDR is 0.0.0.0:3000");
    refused(demo().env_remove("DATABASE_URL"), "DATABASE_URL is not set and there is no private Postgres");
    refused(demo().env("DATABASE_URL", "mysql://x"), "DATABASE_URL does not start with postgres://");
    refused(demo().env("DATABASE_URL", "postgres://localhost:1/none"), "DATABASE_URL: the database does not answer");
    refused(demo().env("BEIAN_SITE", "/nowhere"), "BEIAN_SITE: there is no assets.json in /nowhere");
    refused(demo().env("BEIAN_TRUSTED_PROXIES", "10.0.0.0/8,all"), "BEIAN_TRUSTED_PROXIES has \"all\"");
    refused(demo().env("BEIAN_METRICS_ADDR", "9464"), "BEIAN_METRICS_ADDR is \"9464\"");
    refused(
        demo().env("BEIAN_ADDR", "127.0.0.1:3999").env("BEIAN_METRICS_ADDR", "127.0.0.1:3999"),
        "give the metrics another port",
    );
    refused(demo().env("BEIAN_CAPTCHA", "never"), "BEIAN_CAPTCHA is \"never\": set it to risk or always.");
    refused(demo().env("BEIAN_PROFILE", "mlps2"), "BEIAN_PROFILE is \"mlps2\": set it to mlps3, or leave it out.");
    refused(demo().env("BEIAN_LINGER", "soon"), "BEIAN_LINGER is \"soon\": set it to a value such as 10.");
    refused(demo().env("BEIAN_LINGER", "61"), "BEIAN_LINGER is 61: set it to 60 or fewer seconds.");
    refused(demo().env("BEIAN_LOG", "a=b=c"), "BEIAN_LOG is \"a=b=c\"");
    refused(demo().env("BEIAN_STORE_URL", "ftp://x"), "BEIAN_STORE_URL is neither a file:// of this machine nor an s3://");
    refused(demo().env("BEIAN_STORE_URL", "files"), "BEIAN_STORE_URL is not an address");
    let bucket = || {
        let mut command = demo();
        command.env("BEIAN_STORE_URL", "s3://materials/beian").env("BEIAN_S3_KEY_ID", "key");
        command
    };
    refused(&mut bucket(), "BEIAN_S3_SECRET is not set, but BEIAN_STORE_URL is a bucket");
    refused(bucket().env_remove("BEIAN_S3_KEY_ID").env("BEIAN_S3_SECRET", "s"), "BEIAN_S3_KEY_ID is not set");
    refused(bucket().env("BEIAN_S3_SECRET", "s").env("BEIAN_S3_ENDPOINT", "here"), "BEIAN_S3_ENDPOINT is not an address");
    for url in ["s3://", "s3://key:hidden@materials/", "s3://materials?secret=hidden", "s3://materials:9000/x"] {
        let command = &mut bucket();
        refused(command.env("BEIAN_STORE_URL", url), "BEIAN_STORE_URL is more or less than s3://bucket/folder");
        assert!(!run(command).1.contains("hidden"));
    }
    for scanner in ["clamd", "unix:clamd.ctl", "tcp:localhost", "http://localhost:3310"] {
        let sentence = format!("BEIAN_SCANNER is \"{scanner}\": set it to a value such as unix:/run/clamav/clamd.ctl");
        refused(demo().env("BEIAN_SCANNER", scanner), &sentence);
    }
    refused(demo().env("BEIAN_SMS_URL", "sms"), "BEIAN_SMS_URL is not an address");
    refused(demo().env("BEIAN_SMS_URL", "https://sms.example.org/"), "BEIAN_SMS_SECRET is not set");
    refused(demo().env("BEIAN_SMTP_URL", "imap://x"), "BEIAN_SMTP_URL starts neither with smtps:// nor with smtp://");
    refused(demo().env("BEIAN_SMTP_URL", "smtp://localhost"), "BEIAN_SMTP_FROM is not set");

    let real = || place.beian(&["serve"]);
    refused(&mut real(), "BEIAN_KEYS_FILE is not set");
    let keys = place.folder.join("beian.keys");
    let keyed = || {
        let mut command = real();
        command.env("BEIAN_KEYS_FILE", &keys).env("BEIAN_PUBLIC_URL", "https://beian.example.org");
        command
    };
    refused(keyed().env_remove("BEIAN_PUBLIC_URL"), "BEIAN_PUBLIC_URL is not set");
    refused(keyed().env("BEIAN_PUBLIC_URL", "http://beian.example.org"), "cookies go over https only");
    refused(keyed().env("BEIAN_PUBLIC_URL", "https://beian.example.org/path"), "more or less than a scheme and a host");
    refused(&mut keyed(), "BEIAN_KEYS_FILE: ");
    std::fs::write(&keys, beian(&["keys"]).output().unwrap().stdout).unwrap();
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
    refused(&mut keyed(), "set its mode to 0600");
    // Handed over by systemd, the group's bits are the mask of an access list; readable by all it is refused all the same.
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o440)).unwrap();
    refused(&mut keyed(), "set its mode to 0600");
    refused(keyed().env("CREDENTIALS_DIRECTORY", "/elsewhere"), "set its mode to 0600");
    refused(keyed().env("CREDENTIALS_DIRECTORY", &place.folder), "run `beian migrate`");
    std::fs::set_permissions(&keys, std::os::unix::fs::PermissionsExt::from_mode(0o444)).unwrap();
    refused(keyed().env("CREDENTIALS_DIRECTORY", &place.folder), "set its mode to 0600");
}

#[tokio::test]
async fn a_file_says_the_same_as_the_environment_and_the_environment_goes_before_it() {
    let place = Place::new();
    let file = place.folder.join("beian.toml");
    let command = || {
        let mut command = place.beian(&["serve", "--demo"]);
        command.env_remove("BEIAN_ADDR").env("BEIAN_CONFIG", &file);
        command
    };
    refused(&mut command(), "BEIAN_CONFIG: ");
    std::fs::write(&file, "adr = \"127.0.0.1:0\"").unwrap();
    refused(&mut command(), "sets \"adr\", which is no setting");
    std::fs::write(&file, "addr = \"there\"").unwrap();
    refused(&mut command(), "BEIAN_ADDR is \"there\"");
    refused(command().env("BEIAN_ADDR", "here"), "BEIAN_ADDR is \"here\"");
}

#[test]
fn help_lists_every_setting() {
    let (done, said) = run(&mut beian(&["--help"]));
    assert!(done);
    for name in
        ["DATABASE_URL", "BEIAN_ADDR", "BEIAN_KEYS_FILE", "BEIAN_SMTP_URL", "BEIAN_TRUSTED_PROXIES", "serve", "migrate", "seed"]
    {
        assert!(said.contains(name), "{name}: {said}");
    }
}
