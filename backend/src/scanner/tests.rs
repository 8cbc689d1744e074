use super::fake::{self, Way, eicar};
use super::*;

/// More than one piece.
fn file() -> Vec<u8> {
    (0..200_000_u32).map(|n| (n % 251) as u8).collect()
}

#[tokio::test]
async fn a_file_arrives_whole_and_what_is_found_is_named() {
    let folder = std::env::temp_dir().join(format!("beian-scanner-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir(&folder).unwrap();
    let clean = Way::Says(b"stream: OK\0");
    for fake in [fake::tcp(clean).await, fake::unix(clean, &folder.join("clamd.ctl")).await] {
        assert_eq!(fake.scanner.scan(&file()).await.unwrap(), Verdict::Clean);
        assert_eq!(fake.scanner.scan(&eicar()).await.unwrap(), Verdict::Found("Eicar-Test-Signature".into()));
        let behind = [file(), eicar()].concat();
        assert_eq!(fake.scanner.scan(&behind).await.unwrap(), Verdict::Found("Eicar-Test-Signature".into()));
        assert_eq!(*fake.read.lock().unwrap(), [file(), eicar(), behind]);
        fake.scanner.ping().await.unwrap();
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn whatever_is_no_verdict_is_none() {
    let ways = [
        Way::Says(b"INSTREAM size limit exceeded. ERROR\0"),
        // The real one says so in the middle, and closes.
        Way::SaysAfter(70_000, b"INSTREAM size limit exceeded. ERROR\0"),
        Way::SaysAfter(70_000, b""),
        Way::Says(b"stream: Can't allocate memory ERROR\0"),
        Way::Says(b"UNKNOWN COMMAND\0"),
        Way::Says(b"stream: \0"),
        Way::Says(b"stream:  FOUND\0"),
        Way::Says(b"OK\0"),
        Way::Says(b"stream: OK FOUND OK\0"),
        Way::Says(b"stream: OK"),
        Way::Says(b""),
        Way::Says(b"\0"),
        Way::Says(b"\xFF\xFE\x80 HTTP/1.1 400 Bad Request\r\n\r\n"),
        Way::Says(&[b'A'; 100_000]),
    ];
    for way in ways {
        let fake = fake::tcp(way).await;
        let outcome = fake.scanner.scan(&file()).await;
        assert!(matches!(outcome, Err(Unscanned::Answer(_) | Unscanned::Unreached(_))), "{way:?}: {outcome:?}");
    }
    let nobody = fake::nobody().await;
    assert!(matches!(nobody.scan(&file()).await, Err(Unscanned::Unreached(_))));
    assert!(nobody.ping().await.is_err());
    let absent: Scanner = "unix:/nowhere/clamd.ctl".parse().unwrap();
    assert!(matches!(absent.scan(&file()).await, Err(Unscanned::Unreached(_))));
    assert!(fake::tcp(Way::Says(b"HTTP/1.1 400\0")).await.scanner.ping().await.is_err());
}

#[tokio::test]
async fn one_that_hangs_is_waited_for_no_longer_than_said() {
    // To the deaf one more than the sockets hold, so that it is the writing that waits.
    for (way, bytes) in [(Way::Hangs, 1000), (Way::Deaf, 32 << 20)] {
        let fake = fake::tcp(way).await;
        let scanner = fake.scanner.within(Duration::from_millis(100));
        assert!(matches!(scanner.scan(&vec![7; bytes]).await, Err(Unscanned::Late)), "{way:?}");
    }
    let deaf = fake::tcp(Way::Deaf).await.scanner.within(Duration::from_millis(100));
    assert!(matches!(deaf.ping().await, Err(Unscanned::Late)));
}

#[test]
fn a_place_is_a_socket_or_a_port() {
    for (text, place) in [
        ("unix:/run/clamav/clamd.ctl", Some(Place::Unix("/run/clamav/clamd.ctl".into()))),
        ("tcp:scanner.example.org:3310", Some(Place::Tcp("scanner.example.org:3310".into()))),
        ("tcp:[::1]:3310", Some(Place::Tcp("[::1]:3310".into()))),
        ("unix:clamd.ctl", None),
        ("tcp:scanner", None),
        ("tcp::3310", None),
        ("tcp:scanner:0", None),
        ("tcp:scanner:70000", None),
        ("tcp://scanner:3310", None),
        ("http:a:1", None),
        ("", None),
    ] {
        assert_eq!(text.parse::<Scanner>().ok().map(|scanner| scanner.place), place, "{text}");
    }
}
