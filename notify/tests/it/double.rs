//! A double of a service that talks HTTP: it keeps what it is asked and answers as it is told.

use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// How it behaves once it has read a request.
#[derive(Clone, Debug)]
pub(crate) enum Behaviour {
    /// It answers with these bytes.
    Answers(String),
    /// It closes without a word.
    HangsUp,
    /// It breaks off without a goodbye.
    Resets,
    /// It never answers.
    IsSilent,
    /// It begins to answer with this status, and goes on with a byte every five seconds.
    Drips(u16),
    /// It answers with this status and never ends.
    NeverEnds(u16),
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// The request line.
    pub(crate) line: String,
    /// Names in lower case, in order of their names.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Asked {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The double. It ends when it is dropped.
pub(crate) struct Double {
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: AbortHandle,
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Double {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<Asked>>> = Arc::default();
        let kept = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (kept, behaviour) = (Arc::clone(&kept), behaviour.clone());
                tokio::spawn(async move {
                    let mut stream = stream;
                    if let Some(request) = read(&mut stream).await {
                        kept.lock().unwrap().push(request);
                        behave(stream, &behaviour).await;
                    }
                });
            }
        });
        Self { base, asked, task: task.abort_handle() }
    }

    /// One that takes everything.
    pub(crate) async fn kind() -> Self {
        Self::start(answer(200, "", "ok")).await
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request that came.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }
}

/// An answer with a status, header lines, and a body.
pub(crate) fn answer(status: u16, headers: &str, body: &str) -> Behaviour {
    let head = format!("HTTP/1.1 {status} It Says\r\ncontent-length: {}\r\n{headers}", body.len());
    Behaviour::Answers(format!("{head}\r\n{body}"))
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let line = lines.next().unwrap().to_owned();
    let mut headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(n, v)| (n.to_lowercase(), v.to_owned()))
        .collect();
    headers.sort();
    let length =
        headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse::<usize>().unwrap();
    while bytes.len() < head + 4 + length {
        stream.read_buf(&mut bytes).await.ok()?;
    }
    Some(Asked { line, headers, body: String::from_utf8(bytes[head + 4..].to_vec()).unwrap() })
}

async fn behave(mut stream: TcpStream, behaviour: &Behaviour) {
    match behaviour {
        Behaviour::Answers(bytes) => {
            let _ = stream.write_all(bytes.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
        Behaviour::HangsUp => {}
        Behaviour::Resets => stream.set_zero_linger().unwrap(),
        Behaviour::IsSilent => std::future::pending().await,
        Behaviour::Drips(status) => {
            let head = format!("HTTP/1.1 {status} It Says\r\ncontent-length: 1000\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(b"x").await.is_ok() {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            }
        }
        Behaviour::NeverEnds(status) => {
            let head = format!("HTTP/1.1 {status} It Says\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(&[b'x'; 4_096]).await.is_ok() {}
        }
    }
}
