//! Proxy servers on the loopback interface: SOCKS5 (RFC 1928 and RFC 1929), and HTTP with CONNECT
//! (RFC 9110, section 9.3.6). Whatever host a client names, they lead it to one Bot API server.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::fake_bot_api::FakeBotApi;

/// A proxy that stops when it is dropped.
pub struct ProxyServer {
    /// `127.0.0.1:PORT`.
    pub address: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

/// The protocol of a proxy.
#[derive(Clone, Copy)]
enum Protocol {
    Socks5,
    Http,
}

/// The state that the connections of one proxy share.
struct Shared {
    protocol: Protocol,
    /// Name and password that a client must give, if any.
    user: Option<(String, String)>,
    /// Address of the Bot API server.
    target: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl ProxyServer {
    pub async fn socks5(telegram: &FakeBotApi, user: Option<(&str, &str)>) -> ProxyServer {
        ProxyServer::start(Protocol::Socks5, telegram, user).await
    }

    pub async fn http(telegram: &FakeBotApi, user: Option<(&str, &str)>) -> ProxyServer {
        ProxyServer::start(Protocol::Http, telegram, user).await
    }

    async fn start(
        protocol: Protocol,
        telegram: &FakeBotApi,
        user: Option<(&str, &str)>,
    ) -> ProxyServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let address = listener.local_addr().expect("it was just bound").to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared {
            protocol,
            user: user.map(|(name, password)| (name.to_owned(), password.to_owned())),
            target: telegram.url.trim_start_matches("http://").to_owned(),
            seen: Arc::clone(&seen),
        });
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    // A client may end the connection at any time.
                    let _ = match shared.protocol {
                        Protocol::Socks5 => shared.serve_socks5(client).await,
                        Protocol::Http => shared.serve_http(client).await,
                    };
                });
            }
        });
        ProxyServer { address, seen, task }
    }

    /// Returns one line for each request so far: the target as the client named it.
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for ProxyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    fn note(&self, line: String) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    async fn serve_socks5(&self, mut client: TcpStream) -> std::io::Result<()> {
        let [_version, methods] = [client.read_u8().await?, client.read_u8().await?];
        let mut offered = vec![0; usize::from(methods)];
        client.read_exact(&mut offered).await?;
        let method = if self.user.is_some() { 2 } else { 0 };
        if !offered.contains(&method) {
            return client.write_all(&[5, 0xff]).await;
        }
        client.write_all(&[5, method]).await?;
        if let Some((name, password)) = &self.user {
            client.read_u8().await?;
            let given = (read_text(&mut client).await?, read_text(&mut client).await?);
            let is_right = given.0 == *name && given.1 == *password;
            client.write_all(&[1, u8::from(!is_right)]).await?;
            if !is_right {
                return Ok(());
            }
        }
        let mut head = [0; 4];
        client.read_exact(&mut head).await?;
        let host = match head[3] {
            1 => {
                let mut ip = [0; 4];
                client.read_exact(&mut ip).await?;
                format!("ip {}", std::net::Ipv4Addr::from(ip))
            }
            3 => format!("name {}", read_text(&mut client).await?),
            other => format!("address type {other}"),
        };
        let port = client.read_u16().await?;
        self.note(format!("{host}:{port}"));
        client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
        self.tunnel(client, &[]).await
    }

    async fn serve_http(&self, mut client: TcpStream) -> std::io::Result<()> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await?);
        }
        let text = String::from_utf8_lossy(&head).into_owned();
        let expected = self.user.as_ref().map(|(name, password)| {
            let given = data_encoding::BASE64.encode(format!("{name}:{password}").as_bytes());
            format!("proxy-authorization: basic {given}").to_lowercase()
        });
        let is_right = expected.is_none_or(|expected| text.to_lowercase().contains(&expected));
        let mut words = text.split(' ');
        let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
        let target = target.split("/bot4242").next().unwrap_or("");
        self.note(format!("{method} {target}"));
        if !is_right {
            let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\n\
                Proxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\
                Connection: close\r\n\r\n";
            return client.write_all(refusal.as_bytes()).await;
        }
        if method == "CONNECT" {
            client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            return self.tunnel(client, &[]).await;
        }
        self.tunnel(client, &head).await
    }

    /// Carries bytes between the client and the Bot API server, which gets `first` before them.
    async fn tunnel(&self, mut client: TcpStream, first: &[u8]) -> std::io::Result<()> {
        let mut server = TcpStream::connect(&self.target).await?;
        server.write_all(first).await?;
        copy_bidirectional(&mut client, &mut server).await?;
        Ok(())
    }
}

/// Reads a text whose first byte is its length.
async fn read_text(client: &mut TcpStream) -> std::io::Result<String> {
    let mut text = vec![0; usize::from(client.read_u8().await?)];
    client.read_exact(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
