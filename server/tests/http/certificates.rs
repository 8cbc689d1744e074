//! Electronic certificates over HTTP: who gets them, and that a file leads to its answer, without scripts.

use crate::server::{Server, header_of};
use reqwest::{Method, header, multipart};

#[tokio::test]
async fn a_certificate_is_downloaded_by_its_owner_alone_and_checked_by_everybody() {
    let server = Server::demo().await;
    let owner = server.signed_in("zhou-ming").await;
    let own: serde_json::Value = serde_json::from_str(&owner.open("/api/filings/list_own").await.text().await.unwrap()).unwrap();
    let id = own.as_array().unwrap().iter().find(|row| row["status"] == "approved").unwrap()["id"].as_str().unwrap().to_owned();
    let page = owner.open(&format!("/filings/{id}/progress")).await.text().await.unwrap();
    let link = |end: &str| {
        let hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
        hrefs.into_iter().find(|href| href.starts_with("/certificates/") && href.ends_with(end)).expect("a link").to_owned()
    };
    let paper = owner.open(&link("/paper")).await;
    assert_eq!((paper.status().as_u16(), header_of(&paper, "content-type")), (200, "application/pdf".into()));
    assert_eq!(header_of(&paper, "cache-control"), "private, no-store");
    assert!(paper.bytes().await.unwrap().starts_with(b"%PDF-"));
    let file = owner.open(&link("/file")).await;
    assert_eq!(header_of(&file, "content-disposition"), "attachment; filename=\"bazs.cert\"");
    let file = file.text().await.unwrap();

    let other = server.signed_in("lin-yuqing").await;
    let clerk = server.signed_in("hengtong-clerk").await;
    let nobody = server.client();
    for end in ["/paper", "/file"] {
        assert_eq!(other.open(&link(end)).await.status(), 404);
        assert_eq!(clerk.open(&link(end)).await.status(), 403);
        assert!(!nobody.open(&link(end)).await.status().is_success());
    }

    let sent = async |bytes: &[u8]| {
        let part = multipart::Part::bytes(bytes.to_vec()).file_name("bazs.cert");
        let form = multipart::Form::new().text("back", "/certificates").text("form_id", "certificate-file").part("file", part);
        let request = nobody.request(Method::POST, "/api/e_certificates/check_file").multipart(form);
        nobody.send(request.header(header::ACCEPT, "text/html")).await
    };
    let answer = sent(file.as_bytes()).await;
    let next = header_of(&answer, "location");
    assert!(answer.status() == 303 && next.starts_with("/certificates?number="), "{next}");
    let page = nobody.open(&next).await.text().await.unwrap();
    assert!(page.contains("证书真实，现在有效"), "{page}");
    let page = nobody.open(&next.replace("code=", "code=0")).await.text().await.unwrap();
    assert!(page.contains("校验码应为 16 位"), "{page}");

    let mut forged = file.into_bytes();
    forged[40] ^= 1;
    let answer = sent(&forged).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "location")), (303, "/certificates".into()));
    let page = nobody.open("/certificates").await.text().await.unwrap();
    assert!(page.contains("这不是本系统签发的电子证书文件"), "{page}");
    assert_eq!(sent(&vec![b'a'; 20_000]).await.status(), 413);

    let keys: serde_json::Value =
        serde_json::from_str(&nobody.open("/api/v1/certificate-keys").await.text().await.unwrap()).unwrap();
    assert_eq!(keys["keys"][0]["alg"], "EdDSA");
}
