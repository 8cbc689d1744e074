//! The yardstick of the look-ups: the same question by hand, with nothing around it.

use crate::Outcome;
use axum::{
    Json, Router,
    extract::{Query, State},
    response::Html,
    routing::get,
};
use maud::{DOCTYPE, html};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, PgPool};

/// The system's query (`backend/src/register/answer.rs`), to the letter.
const SQL: &str = "select v.name as sponsor_name, v.nature, p.number as sponsor_number, s.number as site_number,
                    w.name as site_name, w.domain_display as domain, w.home_page, w.preapprovals, w.approved_on
             from sponsors p
             join sponsor_versions v on v.sponsor_id = p.id and upper_inf(v.valid)
             join sites s on s.sponsor_id = p.id and s.cancelled_at is null
             join site_versions w on w.site_id = s.id and upper_inf(w.valid)
             where p.cancelled_at is null and s.domain = $1 order by s.number limit $2";

#[derive(FromRow, Serialize)]
struct Record {
    sponsor_name: String,
    nature: i16,
    sponsor_number: String,
    site_number: String,
    site_name: String,
    domain: String,
    home_page: String,
    preapprovals: Vec<i16>,
    approved_on: time::Date,
}

#[derive(Deserialize)]
struct Question {
    q: String,
}

#[derive(Serialize)]
struct Answer {
    answer: &'static str,
    records: Vec<Record>,
}

/// Serves both yardsticks until killed.
pub async fn serve(database: &str, address: &str) -> Outcome {
    let pool = crate::pool(database).await?;
    let router = Router::new().route("/api/v1/register", get(json)).route("/query", get(page)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(address).await?;
    axum::serve(listener, router).await?;
    Ok(())
}

async fn records(pool: &PgPool, question: &str) -> Vec<Record> {
    sqlx::query_as(SQL).bind(question).bind(21_i64).fetch_all(pool).await.unwrap_or_default()
}

async fn json(State(pool): State<PgPool>, Query(question): Query<Question>) -> Json<Answer> {
    let records = records(&pool, &question.q).await;
    Json(Answer { answer: if records.is_empty() { "not_filed" } else { "filed" }, records })
}

async fn page(State(pool): State<PgPool>, Query(question): Query<Question>) -> Html<String> {
    let records = records(&pool, &question.q).await;
    let page = html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "备案信息查询" }
                link rel="stylesheet" href="/app.css";
            }
            body {
                header { a href="/" { "网站备案管理系统" } nav { a href="/" { "首页" } a href="/query" { "公共查询" } a href="/sign-in" { "登录" } } }
                main {
                    h1 { "备案信息查询" }
                    form action="/query" { label for="q" { "主办单位名称、域名或备案号" } input id="q" name="q" value=(question.q); button { "查询" } }
                    @if records.is_empty() { p { "未备案" } } @else { h2 { "已备案" } }
                    @for record in &records {
                        dl {
                            dt { "主办单位名称" } dd { (record.sponsor_name) }
                            dt { "主办单位性质" } dd { (record.nature) }
                            dt { "主体备案号" } dd { (record.sponsor_number) }
                            dt { "网站备案号" } dd { (record.site_number) }
                            dt { "网站名称" } dd { (record.site_name) }
                            dt { "网站域名" } dd { (record.domain) }
                            dt { "首页网址" } dd { (record.home_page) }
                            dt { "前置审批项" } dd { @for item in &record.preapprovals { (item) " " } }
                            dt { "审核通过日期" } dd { (record.approved_on) }
                        }
                    }
                }
                footer { p { "网站备案管理系统" } }
            }
        }
    };
    Html(page.into_string())
}
