//! From names to addresses.

use std::{io, net::SocketAddr};

/// Resolves names. A trait, since tests bring names of their own.
#[async_trait::async_trait]
pub trait Resolve: Send + Sync {
    /// Every socket that a name and a port stand for.
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

#[async_trait::async_trait]
impl Resolve for System {
    async fn resolve(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, port)).await?.collect())
    }
}
