//! Electronic certificates over HTTP: who gets them, and that a file leads to its answer, without scripts.

use crate::server::{Client, Server, header_of};
use reqwest::{Method, Response, header, multipart};

/// What one's page of an approved filing links to, by its end.
async fn linked(owner: &Client, end: &str) -> String {
    let own: serde_json::Value = serde_json::from_str(&owner.open("/api/filings/list_own").await.text().await.unwrap()).unwrap();
    let id = own.as_array().unwrap().iter().find(|row| row["status"] == "approved").unwrap()["id"].as_str().unwrap().to_owned();
    let page = owner.open(&format!("/filings/{id}/progress")).await.text().await.unwrap();
    let mut hrefs = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs.find(|href| href.starts_with("/certificates/") && href.ends_with(end)).expect("a link").to_owned()
}

/// Sends a file to its check, without scripts.
async fn sent(client: &Client, bytes: &[u8]) -> Response {
    let part = multipart::Part::bytes(bytes.to_vec()).file_name("bazs.cert");
    let form = multipart::Form::new().text("back", "/certificates").text("form_id", "certificate-file").part("file", part);
    let request = client.request(Method::POST, "/api/e_certificates/check_file").multipart(form);
    client.send(request.header(header::ACCEPT, "text/html")).await
}

#[tokio::test]
async fn a_certificate_is_downloaded_by_its_owner_alone_and_checked_by_everybody() {
    let server = Server::demo().await;
    let owner = server.signed_in("zhou-ming").await;
    let (paper_link, file_link) = (linked(&owner, "/paper").await, linked(&owner, "/file").await);
    let paper = owner.open(&paper_link).await;
    assert_eq!((paper.status().as_u16(), header_of(&paper, "content-type")), (200, "application/pdf".into()));
    assert_eq!(header_of(&paper, "cache-control"), "private, no-store");
    assert!(paper.bytes().await.unwrap().starts_with(b"%PDF-"));
    let file = owner.open(&file_link).await;
    assert_eq!(header_of(&file, "content-disposition"), "attachment; filename=\"bazs.cert\"");
    let file = file.text().await.unwrap();

    let other = server.signed_in("lin-yuqing").await;
    let clerk = server.signed_in("hengtong-clerk").await;
    let nobody = server.client();
    for link in [paper_link, file_link] {
        assert_eq!(other.open(&link).await.status(), 404);
        assert_eq!(clerk.open(&link).await.status(), 403);
        assert!(!nobody.open(&link).await.status().is_success());
    }

    let answer = sent(&nobody, file.as_bytes()).await;
    let next = header_of(&answer, "location");
    assert!(answer.status() == 303 && next.starts_with("/certificates?number="), "{next}");
    let page = nobody.open(&next).await.text().await.unwrap();
    assert!(page.contains("证书真实，现在有效"), "{page}");
    let page = nobody.open(&next.replace("code=", "code=0")).await.text().await.unwrap();
    assert!(page.contains("校验码应为 16 位"), "{page}");

    let mut forged = file.into_bytes();
    forged[40] ^= 1;
    let answer = sent(&nobody, &forged).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "location")), (303, "/certificates".into()));
    let page = nobody.open("/certificates").await.text().await.unwrap();
    assert!(page.contains("这不是本系统签发的电子证书文件"), "{page}");
    // The paper is easily taken for the file: that is said too, and not how long it is.
    let paper = sent(&nobody, &vec![b'a'; 200_000]).await;
    assert_eq!((paper.status().as_u16(), header_of(&paper, "location")), (303, "/certificates".into()));
    let page = nobody.open("/certificates").await.text().await.unwrap();
    assert!(page.contains("这不是本系统签发的电子证书文件"), "{page}");

    let keys: serde_json::Value =
        serde_json::from_str(&nobody.open("/api/v1/certificate-keys").await.text().await.unwrap()).unwrap();
    assert_eq!(keys["keys"][0]["alg"], "EdDSA");
    let larger = sent(&nobody, &vec![b'a'; 2_000_000]).await;
    assert_eq!(larger.status(), 413);
    assert!(larger.text().await.unwrap().contains("提交的内容超过 1 MB"));
}

#[tokio::test]
async fn a_certificate_of_an_earlier_record_and_of_a_cancelled_site_say_so_to_everybody() {
    let server = Server::demo().await;
    let owner = server.signed_in("zhou-ming").await;
    let (nobody, link) = (server.client(), linked(&owner, "/file").await);
    let code_leads_to = async || {
        let file = owner.open(&link).await.text().await.unwrap();
        header_of(&sent(&nobody, file.as_bytes()).await, "location")
    };
    let read = async |path: &str| nobody.open(path).await.text().await.unwrap();
    let first = code_leads_to().await;
    let number =
        server.place.ask("select distinct detail ->> 'number' from audit where verb = 'download_certificate_file'").remove(0);
    // The record changes: the version in force ends, and another begins.
    server.place.ask(&format!(
        "with ended as (
             update site_versions v set valid = tstzrange(lower(valid), lower(valid) + interval '1 minute')
             from sites s where s.id = v.site_id and s.number = '{number}' and upper_inf(v.valid) returning v.*
         )
         insert into site_versions
         select site_id, tstzrange(upper(valid), null), recorded_at, filing_id, gen_random_uuid(), '改过的网站', domain_display,
                home_page, approved_on, services, preapprovals, sealed from ended"
    ));
    let page = read(&first).await;
    assert!(page.contains("证书真实，但备案信息已经变更") && page.contains("改过的网站"), "{page}");
    assert!(!page.contains("现在有效"), "{page}");
    let second = code_leads_to().await;
    assert_ne!(first, second);
    let page = read(&second).await;
    assert!(page.contains("证书真实，现在有效") && page.contains("改过的网站"), "{page}");

    server.place.ask(&format!("update sites set cancelled_at = now() where number = '{number}'"));
    for certificate in [&first, &second] {
        let page = read(certificate).await;
        assert!(page.contains("证书已经失效：备案已注销"), "{page}");
        assert!(!page.contains("证书真实") && !page.contains("改过的网站"), "{page}");
    }
}
