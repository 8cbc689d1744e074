//! The profile of 等保 level 3, as staff meet it.

use crate::server::{Client, Place, Server, header_of};
use backend::second_factor;
use std::process::Command;

const NAME: &str = "beijing-reviewer-1";

/// Posts a form as a browser without scripts does; answers where it leads.
async fn leads(client: &Client, door: &str, back: &str, fields: &[(&str, &str)]) -> String {
    let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("back", back)]).collect();
    let response = client.post_form(door, &fields).await;
    assert_eq!(response.status(), 303, "{door}");
    header_of(&response, "location")
}

#[tokio::test]
async fn staff_whose_password_is_too_old_are_led_to_another_one_and_then_on() {
    let server = Server::start(Place::demo(), &["serve", "--demo"], &[("BEIAN_PROFILE", "mlps3")]).await;
    let older = "update users set password_changed_at = password_changed_at - interval '91 days'";
    let done = Command::new("psql").args(["-Xq", &server.place.database_url, "-c", older]).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let client = server.client();
    let who = [("form[category]", "bureau"), ("form[user_name]", NAME), ("form[password]", backend::seed_accounts::PASSWORD)];
    let next = ("next", "/bureau?list=all");
    let step = leads(&client, "/api/sessions/sign_in", "/sign-in", &[&who[..], &[next]].concat()).await;
    assert!(step.starts_with("/sign-in/second-factor?next="), "{step}");
    let (code, _) = second_factor::find_demo_code(&server.ctx().await, NAME).await.unwrap().unwrap();
    let step = leads(&client, "/api/second_factor/prove", &step, &[("form[code]", &code), next]).await;
    assert!(step.starts_with("/sign-in/first-password?next="), "{step}");

    let page = client.open(&step).await.text().await.unwrap();
    assert!(page.contains("密码已到期") && page.contains("至少三种"), "{page}");
    assert_eq!(header_of(&client.open("/bureau").await, "location"), "/sign-in?next=/bureau");
    assert!(client.open("/sign-in").await.text().await.unwrap().contains("密码已到期，须先修改"));

    let new = |password| [("form[new_password]", password), ("form[repeat_password]", password), next];
    let door = "/api/staff/choose_password";
    assert_eq!(leads(&client, door, &step, &new(backend::seed_accounts::PASSWORD)).await, step);
    assert!(client.open(&step).await.text().await.unwrap().contains("最近 5 次"));
    assert_eq!(leads(&client, door, &step, &new("Amber-Heron-42")).await, "/bureau?list=all");
    assert_eq!(client.open("/bureau").await.status(), 200);
    assert!(client.open("/account").await.text().await.unwrap().contains("密码有效期至"));
}
