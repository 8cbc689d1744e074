//! The yardstick of the look-ups: the same question by hand, with nothing around it.

use crate::Outcome;
use axum::{
    Json, Router,
    extract::{Query, State},
    response::Html,
    routing::get,
};
use maud::{DOCTYPE, Markup, html};
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
    Html(document(&question.q, &records).into_string())
}

/// The system's page (`app/src/pages/public/query.rs` in its frame), element by element.
fn document(q: &str, records: &[Record]) -> Markup {
    let again = format!("/query?q={q}");
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                link rel="icon" href="/favicon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/pkg/0123456789abcdef/app.css";
                title { "“" (q) "”的查询结果 - 网站备案管理系统" }
            }
            body {
                div class="public" {
                    a href="#main" rel="external" class="skip-link" { "跳到正文" }
                    header class="site-head" {
                        div class="site-head-inner" {
                            a href="/" rel="external" class="brand" {
                                svg viewBox="0 0 48 48" width="40" height="40" aria-hidden="true" focusable="false" class="mark" {
                                    rect x="2" y="2" width="44" height="44" rx="9" class="mark-ground" {}
                                    path class="mark-line" d="M12 31V17h24v14M9 36h30M18 23h12M18 28h7" {}
                                    circle class="mark-dot" cx="31.5" cy="28" r="2.4" {}
                                }
                                span class="brand-words" {
                                    span class="brand-name" { "网站备案管理系统" }
                                    span class="brand-sub" { "ICP/IP地址/域名信息备案管理" }
                                }
                            }
                            div class="site-head-end" {
                                a href={ "/lang/en?back=" (again) } lang="en" hreflang="en" rel="external nofollow" class="lang-switch" { "English" }
                            }
                        }
                    }
                    nav aria-label="主导航" class="public-nav" {
                        ul {
                            @for (href, words) in NAV {
                                li { a href=(href) aria-current=[(*href == "/query").then_some("page")] { (words) } }
                            }
                        }
                    }
                    main id="main" tabindex="-1" class="public-main" { (found(q, records)) }
                    footer class="site-foot" {
                        div class="site-foot-inner" {
                            nav aria-label="页脚导航" {
                                ul { @for (href, words) in FOOT { li { a href=(href) rel="external" { (words) } } } }
                            }
                            p { "网站备案依法免费办理。依据《非经营性互联网信息服务备案管理办法》(工业和信息化部令第33号)。" }
                        }
                    }
                }
            }
        }
    }
}

const NAV: &[(&str, &str)] = &[
    ("/", "首页"),
    ("/query", "公共查询"),
    ("/sms", "短信核验"),
    ("/announcements", "公告"),
    ("/laws", "法规"),
    ("/help", "帮助"),
    ("/open-information", "政务公开"),
];
const FOOT: &[(&str, &str)] =
    &[("/open-information", "政务公开"), ("/laws", "法规"), ("/help", "帮助"), ("/feedback", "意见反馈")];
const COLUMNS: [&str; 6] = ["主办单位名称", "网站备案/许可证号", "网站名称", "网站域名", "审核通过日期", "操作"];

fn found(q: &str, records: &[Record]) -> Markup {
    let [sponsor, number, name, domain, approved, action] = COLUMNS;
    let now = time::OffsetDateTime::now_utc();
    html! {
        div class="page-head" { div { h1 tabindex="-1" { "“" (q) "”的查询结果" } } }
        form role="search" method="get" action="/query" {
            label for="q" { "主办单位名称、网站域名或备案/许可证号" }
            div class="search" {
                input type="search" id="q" name="q" value=(q) maxlength="255" autocomplete="off" spellcheck="false" aria-describedby="q-hint" class="input";
                button type="submit" class="button" { "查询" }
            }
            p id="q-hint" class="search-hint" { "填写完整的域名或备案号,或者主办单位名称开头的文字。" }
        }
        @if records.is_empty() {
            section class="answer answer-not-filed" {
                h2 { "未备案" }
                p { "备案库中没有与“" (q) "”相符的有效备案。主办单位名称须与证件一致,域名请不要带 www 和 http://。" }
            }
        } @else {
            section class="answer answer-filed" {
                h2 { "已备案" }
                p { "找到 " (records.len()) " 条与“" (q) "”相符的有效备案。" }
            }
            div class="table-frame" {
                table class="table" {
                    caption class="visually-hidden" { "网站备案信息" }
                    thead { tr { @for column in COLUMNS { th scope="col" class="" { (column) } } } }
                    tbody {
                        @for record in records {
                            tr {
                                td data-head=(sponsor) class="" { (record.sponsor_name) }
                                td data-head=(number) class="" { (record.site_number) }
                                td data-head=(name) class="" { (record.site_name) }
                                td data-head=(domain) class="" { (record.domain) }
                                td data-head=(approved) class="" {
                                    (record.approved_on.year()) "年" (u8::from(record.approved_on.month())) "月" (record.approved_on.day()) "日"
                                }
                                td data-head=(action) class="" {
                                    a href={ "/records/" (record.site_number) } { "详情" span class="visually-hidden" { (record.site_number) } }
                                }
                            }
                        }
                    }
                }
            }
        }
        p class="muted" { "查询时间:" (now.year()) "年" (u8::from(now.month())) "月" (now.day()) "日 " (now.hour()) ":" (now.minute()) }
        p { a href={ "/api/v1/register?q=" (q) } { "同一结果的 JSON 数据" } }
        p class="print-command hint" { "页面打印:按 Ctrl+P(苹果电脑按 ⌘P)" }
    }
}
