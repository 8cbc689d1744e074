//! The one binary.

mod pages;

use app::shell::Assets;
use axum::{Router, body::Body, extract::State, http::Request};
use std::sync::Arc;
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    any_spawner::Executor::init_tokio()?;
    let site = std::env::var("BEIAN_SITE").unwrap_or("target/site".into());
    let assets: Assets = serde_json::from_slice(&std::fs::read(format!("{site}/assets.json"))?)?;
    let router = Router::new()
        .nest_service("/pkg", ServeDir::new(format!("{site}/pkg")).precompressed_br())
        .fallback(|State(assets): State<Arc<Assets>>, request: Request<Body>| async move { pages::draw(&assets, || {}, request).await })
        .with_state(Arc::new(assets));
    let listener = tokio::net::TcpListener::bind(std::env::var("BEIAN_ADDR").unwrap_or("127.0.0.1:3000".into())).await?;
    axum::serve(listener, router).await?;
    Ok(())
}
