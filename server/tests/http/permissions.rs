//! The permission matrix: every role tries every door. What happened is the committed `permissions.txt`;
//! `BEIAN_WRITE=1` writes it anew.

use crate::server::{Client, Server};
use app::doors::{DOORS, Door, Kind, Owner, Who};
use domain::actor::Role;
use reqwest::{Method, header};
use std::{collections::BTreeSet, fmt::Write};
use uuid::Uuid;

const ROLES: [(Option<Role>, &str); 6] = [
    (None, ""),
    (Some(Role::Registrant), "lin-yuqing"),
    (Some(Role::ProviderClerk), "yunshang-clerk"),
    (Some(Role::ProviderAdmin), "yunshang-admin"),
    (Some(Role::Reviewer), "beijing-reviewer-1"),
    (Some(Role::BureauAdmin), ""),
];

/// What one role met at one door: in, 401, 403, or 303 to the sign-in.
async fn meets(client: &Client, door: &Door) -> String {
    let path = door.path.replace("/*", "/x");
    let path: String = path
        .split('/')
        .map(|part| if part.starts_with('{') { Uuid::nil().to_string() } else { part.to_owned() })
        .collect::<Vec<_>>()
        .join("/");
    let method = if door.kind.method() == "POST" { Method::POST } else { Method::GET };
    let accept = if door.kind == Kind::Page { "text/html" } else { "application/json" };
    let mut request = client.request(method.clone(), &path).header(header::ACCEPT, accept);
    if method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body("");
    }
    let response = request.send().await.unwrap();
    let to_sign_in =
        response.headers().get(header::LOCATION).is_some_and(|to| to.to_str().unwrap().starts_with("/sign-in?next="));
    match response.status().as_u16() {
        303 if to_sign_in => "sign-in".into(),
        status @ (401 | 403) => status.to_string(),
        status if status < 500 => "in".into(),
        status => format!("broke: {status}"),
    }
}

#[tokio::test]
async fn every_role_meets_at_every_door_what_the_table_says() {
    let server = Server::demo().await;
    let mut clients = Vec::new();
    for (role, user_name) in ROLES {
        match (role, user_name) {
            (None, _) => clients.push((role, server.client())),
            // The demo has no administrator of a bureau: its row is the reviewer's, which the table's own test compares.
            (_, "") => {}
            _ => clients.push((role, server.signed_in(user_name).await)),
        }
    }
    let mut matrix =
        String::from("# Who meets what at which door: in, sign-in, 401, 403. Written by the test `permissions`.\n\n");
    let names: Vec<&str> = clients.iter().map(|(role, _)| role.map_or("nobody", Role::name)).collect();
    writeln!(
        matrix,
        "{:<9} {:<42} {:<9} {}",
        "kind",
        "door",
        "owner",
        names.iter().map(|name| format!("{name:<15}")).collect::<String>().trim_end()
    )
    .unwrap();
    let mut wrong = Vec::new();
    for door in DOORS {
        let mut cells = String::new();
        for (role, client) in &clients {
            // Signing out would close the door on those that follow.
            let met = if door.path.ends_with("/sign_out") { "in".into() } else { meets(client, door).await };
            let admitted = door.who.admits(*role);
            // Behind an open door the use-case itself may ask for a session, or for what a link or a code carries.
            let asks_inside = matches!(door.owner, Owner::Own | Owner::Bearer | Owner::House);
            let right = match met.as_str() {
                "in" => admitted,
                "401" | "403" => !admitted || (asks_inside && door.who == Who::Anyone),
                "sign-in" => !admitted && role.is_none(),
                _ => false,
            };
            if !right {
                wrong.push(format!("{} {}: {} met {met}", door.kind.method(), door.path, role.map_or("nobody", Role::name)));
            }
            write!(cells, "{met:<15}").unwrap();
        }
        let (kind, owner) = (format!("{:?}", door.kind), format!("{:?}", door.owner));
        writeln!(matrix, "{kind:<9} {:<42} {owner:<9} {}", door.path, cells.trim_end()).unwrap();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/permissions.txt");
    if std::env::var_os("BEIAN_WRITE").is_some() {
        std::fs::write(file, &matrix).unwrap();
    }
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    assert!(committed == matrix, "permissions.txt is not what happened: BEIAN_WRITE=1 writes it anew\n{matrix}");
}

#[test]
fn every_server_function_has_its_row_and_every_row_its_server_function() {
    let registered: BTreeSet<(String, String)> =
        leptos::server_fn::axum::server_fn_paths().map(|(path, method)| (method.to_string(), path.to_owned())).collect();
    assert!(!registered.is_empty());
    let rows: BTreeSet<(String, String)> = DOORS
        .iter()
        .filter(|door| matches!(door.kind, Kind::Write | Kind::Read))
        .map(|door| (door.kind.method().to_owned(), door.path.to_owned()))
        .collect();
    assert_eq!(
        registered.difference(&rows).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new(),
        "server functions without a row"
    );
    assert_eq!(
        rows.difference(&registered).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new(),
        "rows without a server function"
    );
}

#[test]
fn every_page_of_the_router_has_its_row() {
    any_spawner::Executor::init_tokio().ok();
    for route in leptos_axum::generate_route_list(app::App) {
        // The public area picks its page by itself; what it does not know is «not found».
        if route.path() == "/{*rest}" {
            continue;
        }
        let path = route.path().replace("/{*rest}", "/x").replace("{*any}", "x");
        assert!(app::doors::find("GET", &path).is_some(), "{} has no row in DOORS", route.path());
    }
}
