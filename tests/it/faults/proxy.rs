//! A TCP proxy between the bot and Telegram, which a test can close or silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fake_bot_api::FakeBotApi;

/// The fate of the connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    Open,
    /// New and open connections are closed.
    Closed,
    /// No byte passes any more, and the connections stay open.
    Silent,
}

/// A proxy that stops when it is dropped.
pub struct Proxy {
    pub url: String,
    traffic: watch::Sender<Traffic>,
    tries: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(telegram: &FakeBotApi) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("it was just bound"));
        let telegram = telegram.url.trim_start_matches("http://").to_owned();
        let (traffic, now) = watch::channel(Traffic::Open);
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(near, telegram.clone(), now.clone()));
            }
        });
        Proxy { url, traffic, tries, task }
    }

    pub fn set(&self, traffic: Traffic) {
        self.traffic.send_replace(traffic);
    }

    /// Returns the number of connections that were begun so far.
    pub fn tries(&self) -> usize {
        self.tries.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut near: TcpStream, telegram: String, mut traffic: watch::Receiver<Traffic>) {
    if *traffic.borrow() == Traffic::Open {
        let Ok(mut far) = TcpStream::connect(telegram).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = traffic.wait_for(|traffic| *traffic != Traffic::Open) => {}
        }
    }
    if *traffic.borrow() == Traffic::Silent {
        // As in a real outage, a connection ends with the timeout of the client.
        std::future::pending::<()>().await;
    }
}
