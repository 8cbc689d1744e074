//! The rules of website filing (ICP 备案), shared by the server and the browser.
//!
//! Pure: no I/O, no clock, no async. What differs by province or year is handed in as data.
//!
//! Glossary: **sponsor** 主体/主办单位 · **site** 网站 · **access** 接入 · **filing** 备案申请, one case on its way ·
//! **record** 备案信息, what is registered after approval · **registrant** 网站主办者用户 · **provider** 接入服务提供者 ·
//! **bureau** 通信管理局 · **person in charge** 负责人 · **filing number** 备案号 · **filed by** 备案方式.

pub mod account;
pub mod actor;
pub mod address;
pub mod age;
pub mod application;
pub mod calendar;
pub mod certificate_number;
pub mod checked;
pub mod codes;
pub mod divisions;
pub mod domain_name;
pub mod draft;
pub mod e_certificate;
pub mod email;
pub mod filing;
pub mod filing_number;
pub mod footer;
pub mod forms;
pub mod home_page;
pub mod id;
pub mod ip_range;
pub mod mlps;
pub mod office;
pub mod person_name;
pub mod phone;
pub mod policy;
pub mod problem;
pub mod refusal;
pub mod site_name;
pub mod steps;
pub mod tables;
pub mod text;
pub mod time;
pub mod views;

/// A moment in UTC. Days and hours of the rules are Beijing's.
pub type Moment = ::time::OffsetDateTime;
