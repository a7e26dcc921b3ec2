//! The cable between the bot and Telegram, which a test can cut.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::fake_bot_api::FakeBotApi;

/// What becomes of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Open,
    /// Closed at once, those that are open, too.
    Closed,
    /// Nothing comes or goes any more, and nobody says so.
    Silent,
}

/// A cable that ends when it is dropped.
pub struct Cable {
    pub url: String,
    way: watch::Sender<Way>,
    tries: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Cable {
    pub async fn to(telegram: &FakeBotApi) -> Cable {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port on loopback");
        let url = format!("http://{}", listener.local_addr().expect("it was just bound"));
        let telegram = telegram.url.trim_start_matches("http://").to_owned();
        let (way, now) = watch::channel(Way::Open);
        let tries = Arc::new(AtomicUsize::new(0));
        let counted = tries.clone();
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(carry(near, telegram.clone(), now.clone()));
            }
        });
        Cable { url, way, tries, task }
    }

    pub fn set(&self, way: Way) {
        self.way.send_replace(way);
    }

    /// How many connections were begun so far.
    pub fn tries(&self) -> usize {
        self.tries.load(Ordering::Relaxed)
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut near: TcpStream, telegram: String, mut way: watch::Receiver<Way>) {
    if *way.borrow() == Way::Open {
        let Ok(mut far) = TcpStream::connect(telegram).await else { return };
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => return,
            _ = way.wait_for(|way| *way != Way::Open) => {}
        }
    }
    if *way.borrow() == Way::Silent {
        // As with a real outage, what was begun in it ends with the patience of who began it.
        std::future::pending::<()>().await;
    }
}
