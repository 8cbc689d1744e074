//! What one serving process has, and what it knows of one request.

use app::{doors::Door, shell::Assets, texts::Lang};
use backend::{Ctx, live::Hub, sessions::Session};
use domain::actor::Actor;
use ipnet::IpNet;
use leptos::prelude::provide_context;
use std::sync::Arc;
use tokio::sync::watch;
use uuid::Uuid;

use crate::{bodies::Bodies, limits::Limits};

/// Shared by all requests.
#[derive(Clone)]
pub struct Node(pub Arc<Inner>);

/// See [`Node`].
pub struct Inner {
    /// Among the nodes that the database knows.
    pub id: Uuid,
    /// How an operator knows it.
    pub name: String,
    /// The context without a request.
    pub ctx: Ctx,
    /// The pages' files.
    pub assets: Assets,
    /// Networks whose word about the client's address counts.
    pub trusted_proxies: Vec<IpNet>,
    /// How often one address may come.
    pub limits: Limits,
    /// What is being read of requests.
    pub bodies: Bodies,
    /// Live hints to the pages that listen.
    pub hub: Hub,
    /// Turns true when the process is asked to end.
    pub stopping: watch::Receiver<bool>,
}

impl std::ops::Deref for Node {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl Node {
    /// Whether the demo is served.
    pub fn is_demo(&self) -> bool {
        self.ctx.settings.demo
    }

    /// Resolves when the process is asked to end.
    pub async fn stopped(&self) {
        let mut stopping = self.stopping.clone();
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

/// One request, as the guard let it in.
#[derive(Clone)]
pub struct Visit {
    /// The context of this request.
    pub ctx: Ctx,
    /// The session of its cookie.
    pub session: Option<Session>,
    /// The door it came to, if there is one.
    pub door: Option<&'static Door>,
    /// The language of its pages.
    pub lang: Lang,
}

impl Visit {
    /// Who asks.
    pub fn actor(&self) -> Actor {
        self.session.as_ref().map_or(Actor::Anonymous, Session::actor)
    }

    /// What pages and doors find in their context.
    pub fn provide(&self) {
        provide_context(self.ctx.clone());
        provide_context(self.actor());
        if let Some(session) = &self.session {
            provide_context(session.clone());
        }
        provide_context(self.lang);
    }
}
