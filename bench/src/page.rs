//! What a browser gets: the page, the polls, the client.

use std::{path::Path, time::Duration};

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    Failure,
    figures::{Client, Page, Poll},
    http,
    process::Server,
};

const PAGES: usize = 21;
const POLLS: u32 = 500;

/// Asks for the first page, one after the other, while the checks go on.
pub(crate) async fn page(server: &Server, trackers: usize) -> Result<Page, Failure> {
    let mut times = Vec::new();
    let mut brotli_bytes = 0;
    for _ in 0..PAGES {
        let answer = http::get(&server.address, "/", "br").await?;
        if !answer.is_ok() {
            return Err(Failure::Unexpected(format!("the page answered {}", answer.head)));
        }
        times.push(answer.first_byte.as_secs_f64() * 1_000.0);
        brotli_bytes = answer.body.len();
        sleep(Duration::from_millis(100)).await;
    }
    times.sort_by(f64::total_cmp);
    let plain_bytes = http::get(&server.address, "/", "identity").await?.body.len();
    Ok(Page {
        trackers,
        first_byte_ms_median: times.get(PAGES / 2).copied().unwrap_or_default(),
        first_byte_ms_worst: times.last().copied().unwrap_or_default(),
        brotli_bytes,
        plain_bytes,
    })
}

/// Polls for the first `trackers` (100 at most) with a cursor that is a second old.
pub(crate) async fn poll(server: &Server, trackers: usize) -> Result<Poll, Failure> {
    let visible: Vec<usize> = (1..=trackers.min(100)).collect();
    let first = json!({ "visible": visible }).to_string();
    let answer = http::post(&server.address, "/api/live", &first, "identity").await?;
    let news: Value = serde_json::from_slice(&answer.body)
        .map_err(|error| Failure::Unexpected(format!("the poll: {error}")))?;
    let body = json!({ "cursor": news.get("cursor"), "visible": visible }).to_string();
    sleep(Duration::from_secs(1)).await;
    let plain = http::post(&server.address, "/api/live", &body, "identity").await?;
    let packed = http::post(&server.address, "/api/live", &body, "br").await?;
    // The checks cost as well; what they cost without polls is taken off.
    let (before, idle_from) = (server.counted()?, Instant::now());
    sleep(Duration::from_secs(5)).await;
    let (between, idle) = (server.counted()?, idle_from.elapsed());
    let busy_from = Instant::now();
    for _ in 0..POLLS {
        http::post(&server.address, "/api/live", &body, "br").await?;
    }
    let (after, busy) = (server.counted()?, busy_from.elapsed());
    let resting = between.cpu.saturating_sub(before.cpu).as_secs_f64() / idle.as_secs_f64();
    let polling = after.cpu.saturating_sub(between.cpu).as_secs_f64() - resting * busy.as_secs_f64();
    Ok(Poll {
        trackers: visible.len(),
        plain_bytes: plain.body.len(),
        brotli_bytes: packed.body.len(),
        cpu_ms: polling.max(0.0) * 1_000.0 / f64::from(POLLS),
    })
}

/// The WebAssembly that the page names; nothing when the server has none.
pub(crate) async fn client(server: &Server) -> Result<Option<Client>, Failure> {
    let page = http::get(&server.address, "/", "identity").await?.text();
    let is_program = |word: &&str| {
        word.starts_with("/pkg/") && Path::new(word).extension().is_some_and(|end| end == "wasm")
    };
    let Some(path) = page.split(['"', '\'']).find(is_program) else { return Ok(None) };
    let plain = http::get(&server.address, path, "identity").await?;
    let packed = http::get(&server.address, path, "br").await?;
    let is_packed = packed.head.to_ascii_lowercase().contains("content-encoding: br");
    if !plain.is_ok() || !is_packed {
        return Ok(None);
    }
    Ok(Some(Client { plain_bytes: plain.body.len(), brotli_bytes: packed.body.len() }))
}
