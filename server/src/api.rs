//! The public API, as JSON: the register's answer to a question, the keys of certificate files, and what there is.

use crate::{
    answers,
    guard::not_done,
    node::{Node, Visit},
};
use app::{fault::Fault, paths};
use axum::{
    Extension, Json, Router,
    extract::RawQuery,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use backend::{e_certificates, register};
use serde::Serialize;

/// What there is, for programs (OpenAPI 3.1). By hand: the types travel to the browser too, and no derive could tell what the
/// document says beside them. Tests hold it to the table of doors, to the bounds and to the answers.
pub const DOCUMENT: &str = include_str!("api/openapi.json");

/// How everything here is asked for.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD");

/// The routes. No body is read.
pub fn router() -> Router<Node> {
    Router::new()
        .route(paths::API_REGISTER, get(register))
        .route(paths::API_KEYS, get(certificate_keys))
        .route(paths::API_DOCUMENT, get(document))
        .route("/api/v1/{*rest}", any(nothing))
}

/// `GET /api/v1/register?q=…`: filed, not filed, or cannot say, with the records.
async fn register(Extension(visit): Extension<Visit>, RawQuery(query): RawQuery) -> Response {
    let question = match question(&query.unwrap_or_default()) {
        Ok(question) => question,
        Err(reason) => {
            return refuse(StatusCode::BAD_REQUEST, &Why { parameter: Some("q"), reason: Some(reason), ..Why::of("parameter") });
        }
    };
    match register::find(&visit.ctx, &question).await {
        Ok(view) => public(Json(view).into_response()),
        Err(error) => fault(&not_done(&visit, &error)),
    }
}

/// The one question, or what is wrong with it.
fn question(query: &str) -> Result<String, &'static str> {
    let mut given = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "q").map(|(_, value)| value);
    let question = given.next().ok_or("missing")?;
    match (given.next(), question.chars().count()) {
        (Some(_), _) => Err("repeated"),
        (None, 0) => Err("empty"),
        (None, length) if length > register::LONGEST => Err("too_long"),
        _ => Ok(question.into_owned()),
    }
}

/// `GET /api/v1/certificate-keys`: the public keys, for those who check certificate files by themselves.
async fn certificate_keys(Extension(visit): Extension<Visit>) -> Response {
    public(Json(e_certificates::public_keys(&visit.ctx)).into_response())
}

/// `GET /api/v1/openapi.json`: what there is.
async fn document() -> Response {
    public(([(header::CONTENT_TYPE, "application/json")], DOCUMENT).into_response())
}

async fn nothing() -> Response {
    fault(&Fault::NotFound)
}

/// Why there is no answer. Words are for people: they stand on the page that `help` names.
#[derive(Serialize)]
struct Why<'a> {
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_s: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<&'a str>,
    help: String,
}

impl<'a> Why<'a> {
    fn of(code: &'a str) -> Self {
        Self { code, parameter: None, reason: None, retry_after_s: None, incident: None, help: paths::api_help() }
    }
}

fn refuse(status: StatusCode, why: &Why<'_>) -> Response {
    let body = serde_json::json!({ "answer": "cannot_say", "records": [], "more": false, "error": why });
    public((status, Json(body)).into_response())
}

/// A fault as programs read it: whatever happened, the register cannot say.
pub fn fault(fault: &Fault) -> Response {
    let why = match fault {
        Fault::Offline => return public(answers::status(fault).into_response()),
        Fault::Limited { .. } | Fault::Busy => Why { retry_after_s: fault.retry_after_s(), ..Why::of(fault.name()) },
        Fault::NotFound => Why::of("not_found"),
        Fault::Broken { incident } => Why { incident: Some(incident), ..Why::of("broken") },
        _ => Why::of("refused"),
    };
    answers::with_retry_after(fault, refuse(answers::status(fault), &why))
}

/// Asked for in another way than by reading.
pub fn not_this_way() -> Response {
    let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, &Why::of("method_not_allowed"));
    response.headers_mut().insert(header::ALLOW, METHODS);
    response
}

/// Public data: pages of others may read it.
fn public(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::doors::{DOORS, Kind};
    use domain::{
        codes::{Nature, Preapproval},
        views::register::RegisterView,
    };
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn read() -> Value {
        serde_json::from_str(DOCUMENT).unwrap()
    }

    #[test]
    fn every_door_of_the_api_is_in_the_document_and_no_other() {
        let doors: BTreeSet<(String, String)> = DOORS
            .iter()
            .filter(|door| door.kind == Kind::Api || door.path.starts_with("/api/v"))
            .map(|door| (door.path.to_owned(), door.kind.method().to_lowercase()))
            .collect();
        let document = read();
        let told = document["paths"].as_object().unwrap().iter();
        let told: BTreeSet<(String, String)> = told
            .flat_map(|(path, methods)| methods.as_object().unwrap().keys().map(|method| (path.clone(), method.clone())))
            .collect();
        assert_eq!(doors, told);
    }

    #[test]
    fn bounds_and_codes_are_those_of_the_code() {
        let document = read();
        let schemas = &document["components"]["schemas"];
        let question = &document["paths"]["/api/v1/register"]["get"]["parameters"][0];
        assert_eq!(question["name"], "q");
        assert_eq!(question["schema"]["maxLength"], register::LONGEST);
        assert_eq!(schemas["Answer"]["properties"]["records"]["maxItems"], register::MOST);
        let ids = |rows: &[domain::codes::Row]| rows.iter().map(|row| u64::from(row.id)).collect::<BTreeSet<_>>();
        let told = |list: &Value| list.as_array().unwrap().iter().map(|id| id.as_u64().unwrap()).collect::<BTreeSet<_>>();
        let record = &schemas["Record"]["properties"];
        assert_eq!(told(&record["sponsor_nature"]["enum"]), ids(Nature::ROWS));
        assert_eq!(told(&record["preapprovals"]["items"]["enum"]), ids(Preapproval::ROWS));
        let help = &document["externalDocs"]["url"];
        assert_eq!(help.as_str(), Some(paths::api_help().as_str()));
        assert!(DOCUMENT.contains("60 times a minute"));
    }

    #[test]
    fn the_examples_are_answers() {
        let document = read();
        let answers = &document["paths"]["/api/v1/register"]["get"]["responses"]["200"]["content"]["application/json"];
        let examples = answers["examples"].as_object().unwrap();
        assert_eq!(examples.len(), 3);
        for (name, example) in examples {
            let view: RegisterView = serde_json::from_value(example["value"].clone()).unwrap();
            assert_eq!(serde_json::to_value(view).unwrap(), example["value"], "{name}");
        }
    }

    #[test]
    fn a_question_comes_once_and_is_of_some_length() {
        assert_eq!(question("a=b&q=%E6%99%A8%E6%9B%A6"), Ok("晨曦".to_owned()));
        assert_eq!(question("Q=x"), Err("missing"));
        assert_eq!(question("q=a&q=a"), Err("repeated"));
        assert_eq!(question("q="), Err("empty"));
        assert_eq!(question(&format!("q={}", "%E6%99%A8".repeat(255))).map(|question| question.chars().count()), Ok(255));
        assert_eq!(question(&format!("q={}", "a".repeat(256))), Err("too_long"));
    }
}
