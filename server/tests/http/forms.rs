//! Forms without scripts: 303, a flash that is read once, and what was typed.

use crate::server::{Server, header_of};

#[tokio::test]
async fn a_form_that_is_wrong_comes_back_once_with_what_was_typed_but_no_secret() {
    let server = Server::demo().await;
    let client = server.client();
    let typed = [
        ("form[user_name]", "somebody-else"),
        ("form[password]", "wrong-word-17"),
        ("form[category]", "registrant"),
        ("back", "/sign-in?next=/account"),
    ];
    let answer = client.post_form("/api/sessions/sign_in", &typed).await;
    assert_eq!(answer.status(), 303);
    assert_eq!(header_of(&answer, "location"), "/sign-in?next=/account");
    let cookie = header_of(&answer, "set-cookie");
    assert!(cookie.starts_with("__Host-flash=") && cookie.contains("Secure; HttpOnly; SameSite=Lax"), "{cookie}");

    let page = client.open("/sign-in?next=/account").await.text().await.unwrap();
    assert!(page.contains("somebody-else"), "{page}");
    assert!(!page.contains("wrong-word-17"));
    let again = client.open("/sign-in?next=/account").await.text().await.unwrap();
    assert!(!again.contains("somebody-else"), "a flash is read once");
}

#[tokio::test]
async fn a_form_that_is_right_leads_on_with_the_cookies_of_its_door() {
    let server = Server::demo().await;
    let client = server.client();
    let typed = [
        ("form[user_name]", "lin-yuqing"),
        ("form[password]", backend::seed_accounts::PASSWORD),
        ("form[category]", "registrant"),
        ("next", "/account/sessions"),
    ];
    let answer = client.post_form("/api/sessions/sign_in", &typed).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "location")), (303, "/account/sessions".into()));
    assert!(header_of(&answer, "set-cookie").starts_with("__Host-session="));
    assert_eq!(client.open("/account/sessions").await.status(), 200);
}

#[tokio::test]
async fn the_same_door_answers_a_fetch_client_with_a_status_and_json() {
    let server = Server::demo().await;
    let client = server.client();
    let answer = client.call("/api/sessions/sign_in", &[("form[user_name]", "lin-yuqing"), ("form[password]", "no")]).await;
    assert!(answer.status().is_client_error());
    assert_eq!(header_of(&answer, "set-cookie"), "");
    let fault: app::fault::Fault = answer.json().await.unwrap();
    assert!(matches!(fault, app::fault::Fault::Invalid(_)), "{fault:?}");
    assert_eq!(client.call("/api/sessions/revoke_others", &[]).await.status(), 401);
}

#[tokio::test]
async fn a_form_leads_to_no_other_site() {
    let server = Server::demo().await;
    for (back, next) in [
        ("https://evil.example/", "https://evil.example/"),
        ("//evil.example", "//evil.example"),
        ("/\\evil.example", "/\\evil.example"),
    ] {
        let client = server.client();
        let wrong = client.post_form("/api/sessions/sign_in", &[("back", back)]).await;
        assert_eq!(header_of(&wrong, "location"), "/", "{back}");
        let right = [
            ("form[user_name]", "lin-yuqing"),
            ("form[password]", backend::seed_accounts::PASSWORD),
            ("form[category]", "registrant"),
            ("next", next),
        ];
        let location = header_of(&client.post_form("/api/sessions/sign_in", &right).await, "location");
        assert!(location.starts_with('/') && !location.contains("evil"), "{location}");
    }
    let switched = server.client().open("/lang/en?back=//evil.example").await;
    assert_eq!(header_of(&switched, "location"), "/");
}

#[tokio::test]
async fn signed_out_meanwhile_leads_to_the_sign_in_and_back() {
    let server = Server::demo().await;
    let answer = server.client().post_form("/api/sessions/revoke_others", &[("back", "/account/sessions")]).await;
    assert_eq!(answer.status(), 401, "the guard answers with a page that says so");
    let page = server.client().open("/account/sessions").await;
    assert_eq!(header_of(&page, "location"), "/sign-in?next=/account/sessions");
}

#[tokio::test]
async fn an_unknown_door_is_not_found() {
    let server = Server::demo().await;
    let client = server.client();
    assert_eq!(client.call("/api/sessions/none", &[]).await.status(), 404);
    assert_eq!(client.post_form("/not-there", &[]).await.status(), 404);
    assert_eq!(client.open("/api/none").await.status(), 404);
}

#[tokio::test]
async fn nothing_is_kept_for_a_door_that_is_not_there_and_little_for_any_other() {
    let server = Server::demo().await;
    let client = server.client();
    let large = "x".repeat(200_000);
    let answer = client.post_form("/api/none", &[("form[user_name]", "somebody-else")]).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "set-cookie")), (404, String::new()));

    let typed = [("form[user_name]", large.as_str()), ("form[password]", "wrong-word-17"), ("form[category]", "registrant")];
    let answer = client.post_form("/api/sessions/sign_in", &typed).await;
    assert!(header_of(&answer, "set-cookie").starts_with("__Host-flash="));
    let page = client.open("/sign-in").await.text().await.unwrap();
    assert!(page.contains("class=\"problem") || page.contains("aria-invalid"), "what is wrong is told: {page}");
    assert!(!page.contains("xxxx"));
}

#[tokio::test]
async fn the_language_is_switched_without_scripts() {
    let server = Server::demo().await;
    let client = server.client();
    let switched = client.open("/lang/en?back=/help%3Fa=1").await;
    assert_eq!((switched.status().as_u16(), header_of(&switched, "location")), (303, "/help?a=1".into()));
    assert!(client.open("/").await.text().await.unwrap().contains("<html lang=\"en\""));
    client.open("/lang/zh").await;
    assert!(client.open("/").await.text().await.unwrap().contains("<html lang=\"zh-CN\""));
}
