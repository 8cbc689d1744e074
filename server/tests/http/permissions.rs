//! The permission matrix: every role tries every door (`permissions.txt`), and whoever is admitted asks about what is their
//! own and about what is another's (`owners.txt`). What happened is committed;
//! `BEIAN_WRITE=1` writes it anew.

use crate::server::{Client, Server};
use app::doors::{DOORS, Door, Kind, Owner, Who};
use domain::actor::Role;
use reqwest::{Method, header};
use std::{
    collections::BTreeSet,
    fmt::Write,
    sync::atomic::{AtomicU8, Ordering},
};
use uuid::Uuid;

const ROLES: [(Option<Role>, &str); 6] = [
    (None, ""),
    (Some(Role::Registrant), "lin-yuqing"),
    (Some(Role::ProviderClerk), "yunshang-clerk"),
    (Some(Role::ProviderAdmin), "yunshang-admin"),
    (Some(Role::Reviewer), "beijing-reviewer-1"),
    (Some(Role::BureauAdmin), "beijing-admin"),
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

    is_committed("permissions.txt", &matrix);
}

/// `BEIAN_WRITE=1` writes it anew.
fn is_committed(name: &str, matrix: &str) {
    let file = format!("{}/tests/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("BEIAN_WRITE").is_some() {
        std::fs::write(&file, matrix).unwrap();
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == matrix, "{name} is not what happened: BEIAN_WRITE=1 writes it anew\n{matrix}");
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

/// Doors that answer about the caller alone: there is no object to name, so none of another's.
const ABOUT_ONESELF: &[&str] = &[
    "/account",
    "/account/*",
    "/filings",
    "/provider",
    "/bureau",
    "/sign-in/*",
    "/api/sessions/sign_out",
    "/api/sessions/me",
    "/api/sessions/list",
    "/api/sessions/revoke_others",
    "/api/second_factor/enrolment",
    "/api/second_factor/enrol",
    "/api/second_factor/prove",
    "/api/passkeys/list",
    "/api/passkeys/waiting",
    "/api/passkeys/ask_to_add",
    "/api/passkeys/add",
    "/api/passkeys/offer",
    "/api/passkeys/prove",
    // Takes the password; a database test holds that another's is not found.
    "/api/passkeys/remove",
    "/api/accounts/profile",
    "/api/accounts/change_password",
    "/api/accounts/ask_contact_change",
    "/api/accounts/confirm_contact_change",
    "/api/accounts/drop_contact_change",
    "/api/reviews/desk",
    "/api/filings/list_own",
    "/api/filings/kind",
    "/api/filings/create",
    "/api/demo/begin",
    "/office",
    "/api/staff/choose_password",
    "/api/staff/list",
    "/api/staff/create",
    "/api/ranges/list",
    "/api/ranges/add",
    "/api/services/list",
    "/api/services/create",
    "/api/providers/list",
    "/api/providers/create",
    "/api/policies/list",
    "/api/policies/prepare",
    // Marks what is one's own as read; a database test holds that another's stays unread.
    "/api/notices/read",
    "/api/notices/list",
    "/api/notices/unread",
];

/// What a door is asked about.
struct Things {
    filing: String,
    material: String,
    session: String,
    colleague: String,
    office: OfficeThings,
}

/// What an administrator keeps; empty for everybody else.
#[derive(Default)]
struct OfficeThings {
    staff: String,
    range: String,
    service: String,
    provider: String,
    draft: String,
    version: String,
}

/// Whether a door is about what an administrator keeps.
fn is_office(door: &Door) -> bool {
    ["/office", "/api/staff/", "/api/ranges/", "/api/services/", "/api/providers/", "/api/policies/"]
        .iter()
        .any(|begin| door.path.starts_with(begin))
}

/// Makes one of each thing that this administrator can keep.
async fn office_things(client: &Client, role: Role) -> OfficeThings {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let write = async |path: &str, fields: &[(&str, &str)]| {
        let response = client.call(path, fields).await;
        assert_eq!(response.status(), 200, "{path}: {}", response.text().await.unwrap());
    };
    let with = |list: &serde_json::Value, field: &str, value: &str| {
        let list = list.as_array().unwrap();
        let found = list.iter().find(|one| one[field] == value).unwrap_or_else(|| panic!("no {field} {value}"));
        found["id"].as_str().unwrap().to_owned()
    };
    let user_name = format!("office-{n}");
    let staff_role = if role == Role::ProviderAdmin { "provider_clerk" } else { "reviewer" };
    let staff = [
        ("form[user_name]", user_name.as_str()),
        ("form[contact_name]", "王芳"),
        ("form[mobile]", "13912345678"),
        ("form[email]", "wang.fang@post.example"),
        ("form[role]", staff_role),
    ];
    write("/api/staff/create", &staff).await;
    let staff = with(&json(client, "/api/staff/list").await["staff"], "user_name", &user_name);
    if role == Role::ProviderAdmin {
        let (address, code) = (format!("8.8.{n}.1"), format!("OFFICE-{n}"));
        write("/api/ranges/add", &[("form[addresses]", &address), ("form[location]", "2")]).await;
        let range = with(&json(client, "/api/ranges/list").await, "addresses", &address);
        let service =
            [("form[code]", code.as_str()), ("form[description]", "x"), ("form[capacity]", "1"), ("form[valid_to]", "")];
        write("/api/services/create", &service).await;
        let service = with(&json(client, &format!("/api/services/list?code={code}&page=1")).await["services"], "code", &code);
        return OfficeThings { staff, range, service, ..OfficeThings::default() };
    }
    let (name, licence) = (format!("提供者 {n}"), format!("B1-20269{n:03}"));
    let provider = [("form[name]", name.as_str()), ("form[licence_number]", &licence), ("form[valid_from]", "2026-01-01")];
    write("/api/providers/create", &provider).await;
    let provider = with(&json(client, "/api/providers/list").await, "name", &name);
    let (later, latest) = (format!("2030-01-{:02}", n % 28 + 1), format!("2030-03-{:02}", n % 28 + 1));
    write("/api/policies/prepare", &policy_from(&later)).await;
    let draft = async || json(client, "/api/policies/list").await["draft"]["id"].as_str().unwrap().to_owned();
    write("/api/policies/enact", &[("id", &draft().await)]).await;
    write("/api/policies/prepare", &policy_from(&latest)).await;
    let rows = json(client, "/api/policies/list").await["rows"].clone();
    let version = rows.as_array().unwrap().iter().find(|row| row["holds"] == "later").unwrap()["policy"]["version"].to_string();
    OfficeThings { staff, provider, draft: draft().await, version, ..OfficeThings::default() }
}

/// The national policy, from a day on.
fn policy_from(day: &str) -> [(&str, &str); 13] {
    [
        ("form[valid_from]", day),
        ("form[sms_stage]", "before"),
        ("form[sms_window_hours]", "24"),
        ("form[sms_rounds]", "2"),
        ("form[sms_wrong_digits]", "5"),
        ("form[sms_noon_resend]", "yes"),
        ("form[sms_manual_resends]", "5"),
        ("form[after_refusal]", "bureau"),
        ("form[second_reviewer]", "no"),
        ("form[preapproval_pauses]", "yes"),
        ("form[provider_hours]", "24"),
        ("form[bureau_working_days]", "20"),
        ("form[idle_days]", "45"),
    ]
}

async fn json(client: &Client, path: &str) -> serde_json::Value {
    let response = client.send(client.request(Method::GET, path).header(header::ACCEPT, "application/json")).await;
    assert_eq!(response.status(), 200, "{path}");
    serde_json::from_str(&response.text().await.unwrap()).unwrap()
}

fn first(list: &serde_json::Value) -> String {
    list[0]["id"].as_str().unwrap().to_owned()
}

/// What stands first at a desk, with what belongs to whoever sits there.
async fn at_desk(client: &Client) -> Things {
    let desk = json(client, "/api/reviews/desk?listing=waiting&page=1").await;
    let filing = first(&desk["rows"]);
    let case = json(client, &format!("/api/reviews/case?id={filing}")).await;
    Things {
        material: first(&case["case"]["materials"]),
        session: first(&json(client, "/api/sessions/list").await),
        colleague: case["case"]["colleagues"][0]["id"].as_str().map(str::to_owned).unwrap_or_default(),
        filing,
        office: OfficeThings::default(),
    }
}

/// Uploads a picture to a filing, and answers its identifier.
async fn uploaded(client: &Client, filing: &str) -> String {
    let mut picture = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(800, 600, image::Rgb([200, 200, 200])).write_to(&mut picture, image::ImageFormat::Jpeg).unwrap();
    let form = reqwest::multipart::Form::new()
        .text("id", filing.to_owned())
        .text("section", "sponsor")
        .text("kind", "1")
        .part("file", reqwest::multipart::Part::bytes(picture.into_inner()).file_name("a.jpg"));
    let request = client.request(Method::POST, "/api/materials/upload").multipart(form);
    let response = client.send(request.header(header::ACCEPT, "application/json")).await;
    assert_eq!(response.status(), 200, "{}", response.text().await.unwrap());
    let draft = json(client, &format!("/api/filings/draft?id={filing}")).await;
    first(&draft["draft"]["materials"])
}

/// The number of a site that the caller filed.
async fn number_of(client: &Client) -> String {
    let own = json(client, "/api/filings/list_own").await;
    let approved = own.as_array().unwrap().iter().find(|row| row["status"] == "approved").unwrap()["id"].as_str().unwrap();
    let progress = json(client, &format!("/api/filings/progress?id={approved}")).await;
    progress["view"]["sites"][0]["number"].as_str().unwrap().to_owned()
}

/// Asks one door about a thing, with everything else as it should be.
async fn asks(client: &Client, door: &Door, things: &Things, colleague: &str) -> u16 {
    let id = match door.path {
        "/materials/{id}" | "/materials/{id}/thumbnail" | "/api/materials/remove" => &things.material,
        "/api/sessions/revoke" => &things.session,
        "/api/ranges/remove" => &things.office.range,
        "/api/services/get" | "/api/services/change" => &things.office.service,
        "/api/providers/file" | "/api/providers/change" => &things.office.provider,
        "/api/policies/drop_draft" | "/api/policies/enact" => &things.office.draft,
        path if path.starts_with("/api/staff/") => &things.office.staff,
        _ => &things.filing,
    };
    let place = if door.owner == Owner::Province { "bureau" } else { "provider" };
    let retry_key = Uuid::new_v4().to_string();
    let fields = [
        ("id", id.as_str()),
        // Of a version that never was: what is one's own is refused as stale and stays what it is.
        ("seq", "9999"),
        ("version", if door.path == "/api/policies/withdraw" { &things.office.version } else { "9999" }),
        ("provider", &things.office.provider),
        ("role", if things.office.provider.is_empty() { "provider_admin" } else { "bureau_admin" }),
        ("form[name]", "x"),
        ("form[licence_number]", "B1-20269999"),
        ("form[valid_from]", "2026-01-01"),
        ("form[description]", "x"),
        ("form[capacity]", "1"),
        ("edition", "9999"),
        ("retry_key", &retry_key),
        ("site", "1"),
        ("access", "1"),
        ("number", "京ICP备2026000001号-1"),
        ("section", "sponsor"),
        ("kind", "1"),
        ("field", "person_mobile"),
        ("to", colleague),
        ("place", place),
        ("method", "face_to_face"),
        ("form[reasons][0][section]", "sponsor"),
        ("form[reasons][0][field]", "name"),
        ("form[reasons][0][words]", "x"),
        ("form[reasons][0][suggestion]", ""),
        ("form[words]", "x"),
        ("form[granted]", "yes"),
        ("form[department]", "x"),
        ("form[approval_number]", "x"),
        ("form[approval_date]", "2026-01-02"),
    ];
    let query = || fields.map(|(name, value)| format!("{name}={value}")).join("&");
    let request = match door.kind {
        Kind::Upload => {
            let form =
                fields.into_iter().fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name, value.to_owned()));
            let file = reqwest::multipart::Part::bytes(b"no picture".to_vec()).file_name("a.jpg");
            client.request(Method::POST, door.path).multipart(form.part("file", file))
        }
        Kind::Write => client.request(Method::POST, door.path).form(&fields),
        Kind::Read => client.request(Method::GET, &format!("{}?{}", door.path, query())),
        Kind::Stream => client.request(Method::GET, &format!("{}?filing={id}", door.path)),
        _ => {
            let path = door.path.replace("{id}", id);
            let within = match door.path {
                "/filings/*" => id.clone(),
                "/office/*" => format!("staff/{}", things.office.staff),
                _ => format!("cases/{id}"),
            };
            client.request(Method::GET, &path.replace('*', &within))
        }
    };
    let accept = if door.kind == Kind::Page { "text/html" } else { "application/json" };
    client.send(request.header(header::ACCEPT, accept)).await.status().as_u16()
}

#[tokio::test]
async fn at_every_door_what_is_anothers_is_not_there() {
    let server = Server::demo().await;
    let registrant = server.signed_in("lin-yuqing").await;
    let provider = server.signed_in("hengtong-clerk").await;
    let bureau = server.signed_in("zhejiang-reviewer-1").await;
    let mut theirs = [at_desk(&provider).await, at_desk(&bureau).await];
    for (things, (name, role)) in
        theirs.iter_mut().zip([("hengtong-admin", Role::ProviderAdmin), ("zhejiang-admin", Role::BureauAdmin)])
    {
        things.office = office_things(&server.signed_in(name).await, role).await;
    }
    let case_of = async |at: usize| {
        let path = format!("/api/reviews/case?id={}", theirs[at].filing);
        json([&provider, &bureau][at], &path).await["case"].clone()
    };
    let before = [case_of(0).await, case_of(1).await];
    let nothing = Things {
        filing: String::new(),
        material: String::new(),
        session: String::new(),
        colleague: String::new(),
        office: OfficeThings::default(),
    };
    let mut askers = vec![(Role::Registrant, registrant, nothing, 0)];
    for (role, name, other) in [
        (Role::ProviderClerk, "yunshang-clerk", 0),
        (Role::ProviderAdmin, "yunshang-admin", 0),
        (Role::Reviewer, "beijing-reviewer-1", 1),
        (Role::BureauAdmin, "beijing-admin", 1),
    ] {
        let client = server.signed_in(name).await;
        let mine = at_desk(&client).await;
        askers.push((role, client, mine, other));
    }

    let owner = server.signed_in("zhou-ming").await;
    let number = number_of(&owner).await;

    let mut matrix = String::from(
        "# Whoever is admitted, asking about what is their own / about another's. Written by the test `permissions`.\n\n",
    );
    let mut wrong = Vec::new();
    for door in DOORS.iter().filter(|door| matches!(door.owner, Owner::Own | Owner::Provider | Owner::Province | Owner::House)) {
        if ABOUT_ONESELF.contains(&door.path) {
            continue;
        }
        let mut cells = String::new();
        for (role, client, mine, other) in &mut askers {
            if !door.who.admits(Some(*role)) {
                write!(cells, "{:<15}", "-").unwrap();
                continue;
            }
            // A site on the register, asked for by its owner and by another.
            if door.path.contains("{number}") {
                let path = door.path.replace("{number}", &number);
                let [own, others] = [&owner, &*client].map(async |asker| asker.open(&path).await.status().as_u16());
                let (own, others) = (own.await, others.await);
                write!(cells, "{:<15}", format!("{own} / {others}")).unwrap();
                if (own, others) != (200, 404) {
                    wrong.push(format!("{}: own {own}, another's {others}", door.path));
                }
                continue;
            }
            if *role == Role::Registrant {
                let begun = client.call("/api/filings/create", &[]).await;
                let next: serde_json::Value = serde_json::from_str(&begun.text().await.unwrap()).unwrap();
                mine.filing = next["next"].as_str().unwrap().split('/').nth(2).unwrap().to_owned();
                mine.material = uploaded(client, &mine.filing).await;
            }
            if is_office(door) {
                mine.office = office_things(client, *role).await;
            }
            let others = asks(client, door, &theirs[*other], &mine.colleague).await;
            // A session of one's own that is not the one in use: staff begin one in half a minute, a code holds once.
            if door.path == "/api/sessions/revoke" {
                if *role != Role::Registrant {
                    write!(cells, "{:<15}", format!("- / {others}")).unwrap();
                    continue;
                }
                let all = json(&server.signed_in("lin-yuqing").await, "/api/sessions/list").await;
                let spare = all.as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
                mine.session = spare["id"].as_str().unwrap().to_owned();
            }
            let own = asks(client, door, mine, &mine.colleague).await;
            write!(cells, "{:<15}", format!("{own} / {others}")).unwrap();
            if others != 404 || matches!(own, 400 | 401 | 403 | 404 | 500..) {
                wrong.push(format!("{} {} by {}: own {own}, another's {others}", door.kind.method(), door.path, role.name()));
            }
        }
        let (kind, owner) = (format!("{:?}", door.kind), format!("{:?}", door.owner));
        writeln!(matrix, "{kind:<9} {:<42} {owner:<9} {}", door.path, cells.trim_end()).unwrap();
    }
    assert!(wrong.is_empty(), "{}\n{matrix}", wrong.join("\n"));
    assert_eq!(before, [case_of(0).await, case_of(1).await], "nobody else changed it");
    is_committed("owners.txt", &matrix);
}
