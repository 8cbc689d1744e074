//! Materials as they are served: small and whole, from a bucket, and past a scanner.

use crate::s3;
use crate::server::{Client, Place, Server, copy, header_of, run};
use reqwest::{Method, header, multipart};
use serde_json::Value;
use std::os::unix::net::UnixListener;
use std::{
    fs,
    io::{Read, Write},
};

/// What the program is told of a bucket.
fn told(server: &s3::Server) -> Vec<(&'static str, String)> {
    let bucket = server.bucket("beian");
    vec![
        ("BEIAN_STORE_URL", format!("s3://{}/{}", bucket.name, bucket.folder)),
        ("BEIAN_S3_ENDPOINT", bucket.endpoint.unwrap()),
        ("BEIAN_S3_KEY_ID", bucket.key_id),
        ("BEIAN_S3_SECRET", s3::SECRET.into()),
    ]
}

/// A demo whose materials lie in the bucket.
fn demo_in(server: &s3::Server) -> Place {
    let place = Place::demo();
    copy(&place.folder.join("data/files"), &server.folder().join("beian"));
    fs::remove_dir_all(place.folder.join("data/files")).unwrap();
    place
}

async fn serve(place: Place, settings: &[(&'static str, String)]) -> Server {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Server::start(place, &["serve", "--demo"], &settings).await
}

async fn begun(client: &Client) -> String {
    let answer: Value = client.call("/api/filings/create", &[]).await.json().await.unwrap();
    answer["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned()
}

fn picture() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    let drawn = image::RgbImage::from_fn(1200, 900, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, (x / 5) as u8]));
    drawn.write_to(&mut out, image::ImageFormat::Jpeg).unwrap();
    out.into_inner()
}

/// Uploads; answers the status and what was said.
async fn upload(client: &Client, filing: &str, bytes: Vec<u8>) -> (u16, String) {
    let file = multipart::Part::bytes(bytes).file_name("a.jpg");
    let form =
        multipart::Form::new().text("id", filing.to_owned()).text("section", "sponsor").text("kind", "1").part("file", file);
    let request = client.request(Method::POST, "/api/materials/upload").multipart(form);
    let response = client.send(request.header(header::ACCEPT, "application/json")).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn materials_of(client: &Client, filing: &str) -> Vec<String> {
    let draft: Value = client.open(&format!("/api/filings/draft?id={filing}")).await.json().await.unwrap();
    draft["draft"]["materials"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_bucket_serves_what_was_uploaded_small_and_whole_and_is_backed_up_and_restored() {
    let mut store = s3::Server::start();
    let settings = told(&store);
    let server = serve(demo_in(&store), &settings).await;
    let me = server.signed_in("lin-yuqing").await;
    let filing = begun(&me).await;
    assert_eq!(upload(&me, &filing, picture()).await.0, 200);
    let material = materials_of(&me, &filing).await.remove(0);
    let mut sizes = Vec::new();
    for path in [format!("/materials/{material}"), format!("/materials/{material}/thumbnail")] {
        let response = me.open(&path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header_of(&response, "cache-control"), "private, no-store", "{path}");
        assert_eq!(header_of(&response, "content-type"), "image/jpeg");
        assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");
        assert!(header_of(&response, "content-security-policy").contains("default-src 'none'"));
        sizes.push(response.bytes().await.unwrap().len());
        let stranger = server.signed_in("zhou-ming").await;
        assert_eq!(stranger.open(&path).await.status(), 404, "{path}");
        assert_ne!(server.client().open(&path).await.status(), 200, "{path}");
    }
    assert!(sizes[1] * 5 < sizes[0], "{sizes:?}");
    assert_eq!(me.open("/readyz").await.text().await.unwrap(), "ready\n");

    let backup = server.place.folder.join("backup");
    let environment = || settings.iter().map(|(name, value)| (*name, value.as_str()));
    let (done, said) = run(server.place.beian(&["backup", "--to", backup.to_str().unwrap()]).envs(environment()));
    assert!(done, "{said}");
    let other = Place::new();
    fs::create_dir_all(other.folder.join("data")).unwrap();
    fs::copy(server.place.folder.join("data/demo.keys"), other.folder.join("data/demo.keys")).unwrap();
    let elsewhere = settings.iter().map(|(name, value)| (*name, value.replace("materials/beian", "materials/restored")));
    let elsewhere: Vec<_> = elsewhere.collect();
    let (done, said) = run(other.beian(&["restore", "--from", backup.to_str().unwrap()]).envs(elsewhere.clone()));
    assert!(done, "{said}");
    let restored = serve(other, &elsewhere).await;
    let again = restored.signed_in("lin-yuqing").await;
    for (path, size) in [(format!("/materials/{material}"), sizes[0]), (format!("/materials/{material}/thumbnail"), sizes[1])] {
        assert_eq!(again.open(&path).await.bytes().await.unwrap().len(), size, "{path}");
    }

    // Away: said at the field and where health is watched; nothing of the upload stays.
    store.stop();
    let (status, said) = upload(&me, &filing, picture()).await;
    assert!(status == 422 && said.contains("material-later"), "{status} {said}");
    assert_eq!(materials_of(&me, &filing).await.len(), 1);
    assert_eq!(me.open("/readyz").await.text().await.unwrap(), "ready\nthe store of materials does not answer\n");
    for log in [server.log(), said] {
        assert!(!log.contains(s3::SECRET));
    }
}

#[tokio::test]
async fn a_wrong_key_stops_the_start_with_a_sentence_that_does_not_hold_it() {
    let store = s3::Server::start();
    let place = Place::demo();
    let mut command = place.beian(&["serve", "--demo"]);
    command.envs(told(&store)).env("BEIAN_S3_SECRET", "wrong-and-hidden");
    let (done, said) = run(&mut command);
    assert!(!done && said.contains("BEIAN_STORE_URL: s3://materials/beian refuses us: "), "{said}");
    assert!(!said.contains("wrong-and-hidden"), "{said}");
}

/// One that knows clamd's way: what holds the word is infected.
fn scanner(path: &std::path::Path) {
    let listener = UnixListener::bind(path).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut command = Vec::new();
            let mut byte = [0];
            while stream.read_exact(&mut byte).is_ok() && byte[0] != 0 {
                command.push(byte[0]);
            }
            if command == b"zPING" {
                stream.write_all(b"PONG\0").unwrap();
                continue;
            }
            let (mut file, mut length) = (Vec::new(), [0; 4]);
            while stream.read_exact(&mut length).is_ok() && length != [0; 4] {
                let mut piece = vec![0; u32::from_be_bytes(length) as usize];
                stream.read_exact(&mut piece).unwrap();
                file.extend(piece);
            }
            let found = file.windows(8).any(|window| window == b"INFECTED");
            let answer: &[u8] = if found { b"stream: Trial.Mark FOUND\0" } else { b"stream: OK\0" };
            stream.write_all(answer).unwrap();
        }
    });
}

#[tokio::test]
async fn an_upload_passes_the_scanner_or_is_refused_with_its_reason_at_the_file() {
    let place = Place::demo();
    let socket = place.folder.join("clamd.ctl");
    let settings = [("BEIAN_SCANNER", format!("unix:{}", socket.display()))];
    let server = serve(place, &settings).await;
    let me = server.signed_in("lin-yuqing").await;
    let filing = begun(&me).await;
    let (status, said) = upload(&me, &filing, picture()).await;
    assert!(status == 422 && said.contains("material-later"), "{status} {said}");
    let unready = me.open("/readyz").await;
    assert_eq!(unready.status(), 200, "everything else goes on");
    assert_eq!(unready.text().await.unwrap(), "ready\nthe scanner does not answer: uploads are refused\n");

    scanner(&socket);
    assert_eq!(me.open("/readyz").await.text().await.unwrap(), "ready\n");
    assert_eq!(upload(&me, &filing, picture()).await.0, 200);
    let infected = [picture(), b"INFECTED".to_vec()].concat();
    let (status, said) = upload(&me, &filing, infected).await;
    assert!(status == 422 && said.contains("material-infected") && said.contains("Trial.Mark"), "{status} {said}");
    let fault: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(fault["detail"][0]["field"], "file");
    assert_eq!(materials_of(&me, &filing).await.len(), 1);
}
