//! The page of an approved filing: the lines to copy, and the button that looks at the home page, without scripts.

use crate::server::{Server, header_of};

#[tokio::test]
async fn an_approved_filing_shows_the_lines_to_copy_and_looks_at_the_home_page() {
    let server = Server::demo().await;
    let client = server.signed_in("zhou-ming").await;
    let own: serde_json::Value = serde_json::from_str(&client.open("/api/filings/list_own").await.text().await.unwrap()).unwrap();
    let id = own.as_array().unwrap().iter().find(|row| row["status"] == "approved").unwrap()["id"].as_str().unwrap().to_owned();
    let progress = format!("/filings/{id}/progress");
    let data: serde_json::Value =
        serde_json::from_str(&client.open(&format!("/api/filings/progress?id={id}")).await.text().await.unwrap()).unwrap();
    let number = data["view"]["sites"][0]["number"].as_str().unwrap();

    let page = client.open(&progress).await.text().await.unwrap();
    let lines = format!("&lt;a href=\"https://beian.miit.gov.cn/\" target=\"_blank\" rel=\"noreferrer\"&gt;{number}&lt;/a&gt;");
    assert!(page.contains(&lines), "{page}");
    assert!(page.contains("还没有检查过"), "{page}");
    let list = page.split_once("<ol class=\"prose\">").expect("a list").1.split_once("</ol>").unwrap().0;
    let todo: Vec<_> = list.split("<li>").skip(1).map(|item| item.split("</li>").next().unwrap()).collect();
    assert_eq!(
        todo,
        [
            "在网站首页底部中央标明备案号。",
            "备案号链接到 https://beian.miit.gov.cn/，供公众查询核对。",
            "网站开通之日起 30 日内，到公安机关办理公安联网备案。",
            "可以将证书文件放到网站根目录的 cert 目录下，使其可以从 /cert/bazs.cert 打开，供公众核验。自 2024年1月18日起不再强制要求。",
        ]
    );

    // The demo's sites have names that nobody has.
    let answer = client.post_form("/api/footers/check", &[("id", &id), ("number", number), ("back", &progress)]).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "location")), (303, progress.clone()));
    let page = client.open(&progress).await.text().await.unwrap();
    assert!(page.contains("没有看到首页") && page.contains("检查时间："), "{page}");
}
