//! Tests with a server of their own on loopback, which needs `allow_private`. The resolver of a
//! test leads any name to that server.

mod responses;
mod safety;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::*;

/// How a test server ends a response.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Close,
    /// Sends nothing more and keeps the connection open.
    Stall,
    /// Repeats the last part of the response for ever.
    Repeat,
}

/// A server that answers its requests with the given responses, in their order.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    async fn start(responses: Vec<(Vec<u8>, End)>) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the listener is bound");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let task = tokio::spawn(async move {
            let mut responses = VecDeque::from(responses);
            while let Some((response, end)) = responses.pop_front() {
                let (stream, _) = listener.accept().await.expect("the client connects");
                answer(stream, &response, end, &seen).await;
            }
        });
        Server { address, requests, task }
    }

    async fn answering(responses: &[&str]) -> Server {
        let responses = responses.iter().map(|text| (text.as_bytes().to_vec(), End::Close));
        Server::start(responses.collect()).await
    }

    fn url(&self, path: &str) -> Url {
        url(&format!("http://{}{path}", self.address))
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(stream: TcpStream, response: &[u8], end: End, seen: &Mutex<Vec<String>>) {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    while !request.ends_with("\r\n\r\n") {
        if stream.read_line(&mut request).await.unwrap_or(0) == 0 {
            return;
        }
    }
    seen.lock().push(request);
    // The client may have closed the connection: some tests are about that.
    let _ = stream.write_all(response).await;
    match end {
        End::Close => {}
        End::Stall => tokio::time::sleep(Duration::from_secs(600)).await,
        End::Repeat => {
            let part = &response[response.len() - 4096..];
            while stream.write_all(part).await.is_ok() {}
        }
    }
}

/// A resolver that gives the answers of a list, the last one from then on.
struct FixedResolver(Mutex<Vec<&'static str>>);

impl Resolve for FixedResolver {
    fn resolve(&self, _name: Name) -> Resolving {
        let mut answers = self.0.lock();
        let answer = if answers.len() > 1 { answers.remove(0) } else { answers[0] };
        let addresses: Vec<SocketAddr> =
            answer.split(' ').map(|ip| SocketAddr::new(ip.parse().expect("an IP"), 0)).collect();
        Box::pin(async move { Ok(Box::new(addresses.into_iter()) as Addrs) })
    }
}

fn url(address: &str) -> Url {
    Url::parse(address).expect("the address of a test is valid")
}

fn settings() -> FetchSettings {
    FetchSettings {
        allow_private: true,
        interval: Duration::ZERO,
        max_bytes: 100_000,
        timeout: Duration::from_secs(10),
        ..FetchSettings::default()
    }
}

fn fetcher(settings: FetchSettings) -> Fetcher {
    Fetcher::new(settings).expect("the settings are valid")
}

/// Returns a fetcher that refuses private addresses and resolves each name by `answers`.
fn public_fetcher(answers: &[&'static str]) -> Fetcher {
    let settings = FetchSettings { allow_private: false, ..settings() };
    let resolver = FixedResolver(Mutex::new(answers.to_vec()));
    Fetcher::with_resolver(settings, Arc::new(resolver)).expect("the settings are valid")
}

/// Returns a fetcher that refuses private addresses and uses a server as its proxy.
fn proxied_fetcher(proxy: &Server, answers: &[&'static str]) -> Fetcher {
    let proxy = Some(format!("http://{}", proxy.address));
    let settings = FetchSettings { allow_private: false, proxy, ..settings() };
    let resolver = FixedResolver(Mutex::new(answers.to_vec()));
    Fetcher::with_resolver(settings, Arc::new(resolver)).expect("the settings are valid")
}

async fn get(fetcher: &Fetcher, address: &Url) -> Result<Fetched, FetchError> {
    match fetcher.get(address, None).await? {
        Outcome::Fetched(fetched) => Ok(fetched),
        Outcome::NotModified => panic!("the request had no validators"),
    }
}

async fn refusal(fetcher: &Fetcher, address: &Url) -> FetchError {
    get(fetcher, address).await.expect_err("the address is not fetched")
}

fn response(head: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\n{head}Content-Length: {length}\r\n\r\n{body}")
}
