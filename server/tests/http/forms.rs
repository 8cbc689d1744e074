//! Forms without scripts: 303, a flash that is read once, and what was typed.

use crate::server::{Place, Server, header_of};
use reqwest::Method;

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
async fn a_program_that_asks_for_words_is_told_faults_in_the_language_of_its_page() {
    let server = Server::demo().await;
    let client = server.client();
    let ask = async |path: &str, lang: &str| {
        let request = client.request(Method::POST, path).header("accept", app::fault::IN_WORDS);
        let cookie = [("form[user_name]", "lin-yuqing"), ("form[password]", ""), ("form[category]", "registrant")];
        client.send(request.header("cookie", format!("{}={lang}", app::texts::Lang::COOKIE)).form(&cookie)).await
    };
    let answer = ask("/api/sessions/sign_in", "zh").await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "content-type")), (422, app::fault::IN_WORDS.into()));
    let told: app::fault::Told = answer.json().await.unwrap();
    assert_eq!((told.fault.as_str(), told.lines.fields[0].field.as_str()), ("invalid", "password"));
    assert!(told.lines.fields[0].text.starts_with('请'), "{told:?}");
    let told: app::fault::Told = ask("/api/sessions/sign_in", "en").await.json().await.unwrap();
    assert!(told.lines.fields[0].text.starts_with("Please"), "{told:?}");
    // What stands before the doors says it in words too.
    let told: app::fault::Told = ask("/api/sessions/revoke_others", "en").await.json().await.unwrap();
    assert_eq!(told.fault, "signed_out");
    assert!(told.lines.way_out.is_some() && told.lines.general.is_some(), "{told:?}");
}

#[tokio::test]
async fn a_page_that_another_session_has_overtaken_does_nothing_under_it() {
    let server = Server::demo().await;
    let client = server.signed_in("lin-yuqing").await;
    let me: serde_json::Value = client.send(client.request(Method::GET, "/api/sessions/me")).await.json().await.unwrap();
    let account = me["account"].as_str().unwrap();
    let create = async |account: &str| {
        let request = client.request(Method::POST, "/api/filings/create").header("accept", "application/json");
        client.send(request.header(app::fault::ACCOUNT, account)).await.status().as_u16()
    };
    assert_eq!(create(account).await, 200);
    assert_eq!(create("00000000-0000-0000-0000-000000000001").await, 401);
    assert_eq!(create("nobody").await, 401);
}

#[tokio::test]
async fn what_one_account_typed_is_not_shown_to_the_next_in_the_same_browser() {
    let server = Server::demo().await;
    let form = [("form[contact_name]", "FLASHMARK"), ("form[mobile]", "1"), ("back", "/account/contacts")];
    let typed_by = async |user_name: &str, reader: &str| {
        let one = server.signed_in(user_name).await;
        assert_eq!(one.post_form("/api/accounts/ask_contact_change", &form).await.status(), 303);
        let flash = one.cookies.lock().unwrap()["__Host-flash"].clone();
        let next = server.signed_in(reader).await;
        next.cookies.lock().unwrap().insert("__Host-flash".into(), flash);
        next.open("/account/contacts").await.text().await.unwrap()
    };
    assert!(typed_by("zhou-ming", "zhou-ming").await.contains("FLASHMARK"));
    assert!(!typed_by("zhou-ming", "lin-yuqing").await.contains("FLASHMARK"));
}

#[tokio::test]
async fn what_was_typed_for_one_page_is_not_drawn_into_the_same_form_of_another() {
    let server = Server::demo().await;
    let owner = server.signed_in("lin-yuqing").await;
    let mut filings = Vec::new();
    for _ in 0..2 {
        let answer = owner.call("/api/demo/begin", &[]).await.json::<serde_json::Value>().await.unwrap();
        filings.push(answer["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned());
    }
    let [one, other] = [0, 1].map(|n| format!("/filings/{}/sponsor", filings[n]));
    let typed = [
        ("form_id", "sponsor"),
        ("id", filings[0].as_str()),
        ("version", "999"),
        ("form[name]", "FLASHMARK"),
        ("back", one.as_str()),
    ];
    assert_eq!(owner.post_form("/api/filings/save_sponsor", &typed).await.status(), 303);
    for (page, there) in [(&other, false), (&one, true), (&one, false)] {
        let drawn = owner.open(page).await.text().await.unwrap();
        assert_eq!(drawn.contains("FLASHMARK"), there, "{page}");
    }
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
    assert_eq!(header_of(&switched, "set-cookie"), "__Host-lang=en; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000");
    assert!(client.open("/").await.text().await.unwrap().contains("<html lang=\"en\""));
    client.open("/lang/zh").await;
    assert!(client.open("/").await.text().await.unwrap().contains("<html lang=\"zh-CN\""));
}

#[tokio::test]
async fn another_picture_draws_the_form_again_with_all_that_was_typed_but_passwords() {
    let server = Server::demo().await;
    let client = server.client();
    let typed = [
        ("form_id", "sms"),
        ("back", "/sms"),
        ("way", "picture"),
        ("form[code]", "123456"),
        ("form[mobile]", "19000000001"),
        ("form[last_six]", "12345X"),
        ("form[captcha]", "abcde"),
    ];
    let answer = client.post_form("/api/captchas/another", &typed).await;
    assert_eq!((answer.status().as_u16(), header_of(&answer, "location")), (303, "/sms#sms-captcha".into()));
    let page = client.open("/sms").await.text().await.unwrap();
    for (name, value) in &typed[3..6] {
        assert!(page.contains(&format!("value=\"{value}\"")), "{name}: {page}");
    }
    assert!(!page.contains("abcde") && !page.contains("error-summary"), "{page}");

    // What was wrong does not empty the code either.
    let mut wrong = typed.to_vec();
    wrong.push(("form[challenge]", "0195f2c6-d5a1-7b3e-8c1f-2a3b4c5d6e7f"));
    let answer = client.post_form("/api/confirmations/confirm", &wrong).await;
    assert_eq!(header_of(&answer, "location"), "/sms");
    let page = client.open("/sms").await.text().await.unwrap();
    assert!(page.contains("value=\"123456\"") && page.contains("href=\"#sms-captcha\""), "{page}");

    let sign_in = [
        ("form_id", "sign-in"),
        ("back", "/sign-in"),
        ("way", "wait"),
        ("form[user_name]", "somebody"),
        ("form[password]", "secret-17"),
    ];
    let answer = client.post_form("/api/captchas/another", &sign_in).await;
    assert_eq!(header_of(&answer, "location"), "/sign-in?captcha=wait#sign-in-captcha");
    let page = client.open("/sign-in?captcha=wait").await.text().await.unwrap();
    assert!(page.contains("value=\"somebody\"") && !page.contains("secret-17"), "{page}");
}

#[tokio::test]
async fn a_form_that_was_sent_empty_says_what_is_missing() {
    let server = Server::demo().await;
    let nobody = server.client();
    let asks = [
        ("/register/form", "?user_name=", "请填写此项"),
        ("/certificates", "?number=&code=", "请填写完整的网站备案号"),
        ("/certificates", "?number=&code=", "校验码应为 16 位"),
    ];
    for (path, sent, missing) in asks {
        assert!(!nobody.open(path).await.text().await.unwrap().contains(missing), "{path} before it was sent");
        assert!(nobody.open(&format!("{path}{sent}")).await.text().await.unwrap().contains(missing), "{path}");
    }
    // A code that was not typed is missing, not wrong.
    for (typed, rule) in [("", "required"), (" ", "required"), ("12345", "code-wrong"), ("12345a", "code-wrong")] {
        let form = [("form[code]", typed), ("form[mobile]", "13800138000"), ("form[last_six]", "123456")];
        let answer = nobody.call("/api/confirmations/confirm", &form).await;
        let fault: serde_json::Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(fault["detail"][0]["field"], "code", "{typed:?}: {fault}");
        assert_eq!(fault["detail"][0]["rule"], rule, "{typed:?}: {fault}");
    }
}

#[tokio::test]
async fn where_the_installation_always_asks_each_form_has_its_challenge_and_elsewhere_the_confirmation_alone() {
    let always = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_CAPTCHA", "always")]).await;
    let risk = Server::demo().await;
    let forms = ["/", "/sign-in", "/register/form?user_name=somebody-new", "/lost-password", "/sms", "/sms/resend"];
    for path in forms {
        let has = async |server: &Server, path: &str| {
            server.client().open(path).await.text().await.unwrap().contains("name=\"form[challenge]\"")
        };
        assert!(has(&always, path).await, "{path}");
        assert_eq!(has(&risk, path).await, path.starts_with("/sms"), "{path}");
        let separator = if path.contains('?') { '&' } else { '?' };
        let page = always.client().open(&format!("{path}{separator}captcha=wait")).await.text().await.unwrap();
        assert!(page.contains("name=\"form[challenge]\"") && !page.contains("data:image/png"), "{path}");
    }
}
