//! HTTP in, with limits on the number of connections, on their headers and on their time.
//!
//! What is asked and answered, [`webhook`](super::webhook) and [`monitor`](super::monitor) say. Nothing of a request is logged.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::receive::pause;
use super::{GRACE, Trouble};

/// An address that is taken, for requests to come.
#[derive(Debug)]
pub struct Door {
    listener: std::net::TcpListener,
    /// The key of the configuration that it comes from.
    key: &'static str,
}

const MAX_CONNECTIONS: usize = 256;
const MAX_HEADERS: usize = 100;
/// All headers of a request together.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// So long the headers may take, also those of the next request on an open connection.
const HEAD_TIME: Duration = Duration::from_secs(30);

impl Door {
    /// Takes an address; `key` is the one of the configuration that names it.
    pub fn open(address: SocketAddr, key: &'static str) -> Result<Door, Trouble> {
        let open = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let failed = |error| Trouble::NoDoor { key, address: Some(address), error };
        Ok(Door { listener: open().map_err(failed)?, key })
    }

    /// The address, with the port that a port of 0 has become.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers requests until `stop`, then those that are in hand.
    pub(super) async fn serve(
        self,
        router: Router,
        stop: &CancellationToken,
    ) -> Result<(), Trouble> {
        let (address, key) = (self.address(), self.key);
        let listener = TcpListener::from_std(self.listener).map_err(|error| Trouble::NoDoor {
            key,
            address,
            error,
        })?;
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let connections = TaskTracker::new();
        let accept = async {
            loop {
                // Nobody closes it.
                let place = Arc::clone(&room).acquire_owned().await;
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let (router, stop) = (router.clone(), stop.clone());
                        connections.spawn(async move {
                            let _place = place;
                            talk(stream, router, &stop).await;
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        pause(Duration::from_secs(1), stop).await;
                    }
                }
            }
        };
        tokio::select! {
            () = accept => {}
            () = stop.cancelled() => {}
        }
        drop(listener);
        connections.close();
        connections.wait().await;
        Ok(())
    }
}

/// Answers the requests of one connection. What goes wrong with it is the other side's affair.
async fn talk(stream: TcpStream, router: Router, stop: &CancellationToken) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = timeout(GRACE, connection).await;
}
