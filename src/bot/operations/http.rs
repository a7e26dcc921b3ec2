//! HTTP server, with limits on the number of connections, on the size of headers, and on times.
//!
//! Each address has its own limit of connections. When the limit is reached, a new connection
//! replaces the one that has been idle for the longest time, so that slow clients cannot block
//! others. No part of a request is logged. The server is used by the webhook and the monitoring
//! endpoints.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bot::backoff::sleep_or_stop;
use crate::bot::context::SHUTDOWN_GRACE;
use crate::bot::error::BotError;

/// Listener that is bound to its address, and does not accept connections yet.
#[derive(Debug)]
pub struct BoundListener {
    listener: std::net::TcpListener,
    /// Configuration key of the address.
    key: &'static str,
}

/// Maximum number of connections of an address.
const MAX_CONNECTIONS: usize = 256;
/// Maximum number of headers of a request.
const MAX_HEADERS: usize = 100;
/// Maximum size of all headers of a request together, in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// Timeout for the headers of a request, including those of the next request on an open connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

impl BoundListener {
    /// Binds an address. `key` is the configuration key that names the address in errors.
    pub fn bind(address: SocketAddr, key: &'static str) -> Result<BoundListener, BotError> {
        let bind = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let failed = |error| BotError::Listen { key, address: Some(address), error };
        Ok(BoundListener { listener: bind().map_err(failed)?, key })
    }

    /// Returns the address, with the port that the system has chosen for port 0.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Serves requests until `stop`, then finishes the requests in progress.
    pub async fn serve(self, router: Router, stop: &CancellationToken) -> Result<(), BotError> {
        let (address, key) = (self.address(), self.key);
        let listener = TcpListener::from_std(self.listener).map_err(|error| BotError::Listen {
            key,
            address,
            error,
        })?;
        let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let open = Arc::new(OpenConnections::default());
        let connections = TaskTracker::new();
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        if permits.available_permits() == 0 {
                            open.close_longest_idle();
                        }
                        // The semaphore is never closed.
                        let permit = Arc::clone(&permits).acquire_owned().await;
                        let (router, stop) = (router.clone(), stop.clone());
                        let connection = Connection::open(&open);
                        connections.spawn(async move {
                            let _permit = permit;
                            serve_connection(stream, router, connection, &stop).await;
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be accepted");
                        sleep_or_stop(Duration::from_secs(1), stop).await;
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

/// Open connections of one address.
#[derive(Debug, Default)]
struct OpenConnections {
    states: Mutex<ConnectionTable>,
}

/// Open connections by their numbers.
#[derive(Debug, Default)]
struct ConnectionTable {
    next: u64,
    open: BTreeMap<u64, ConnectionState>,
}

#[derive(Debug)]
struct ConnectionState {
    /// Start of the time without a request in progress. `None` during a request.
    idle_since: Option<Instant>,
    close: CancellationToken,
}

/// Open connection. Dropping it removes it from the table.
#[derive(Debug)]
struct Connection {
    number: u64,
    close: CancellationToken,
    all: Arc<OpenConnections>,
}

/// Request in progress. Dropping it marks the connection as idle.
struct ActiveRequest<'a>(&'a Connection);

impl OpenConnections {
    /// Closes the connection that has been idle for the longest time. A connection is also idle
    /// while it sends incomplete headers, and while its response is not read.
    fn close_longest_idle(&self) {
        let mut states = self.states.lock();
        let idle =
            states.open.iter().filter_map(|(number, state)| Some((state.idle_since?, *number)));
        let Some((_, idlest)) = idle.min() else { return };
        if let Some(state) = states.open.remove(&idlest) {
            state.close.cancel();
        }
    }
}

impl Connection {
    /// Registers a new connection.
    fn open(all: &Arc<OpenConnections>) -> Arc<Connection> {
        let close = CancellationToken::new();
        let mut states = all.states.lock();
        let number = states.next;
        states.next += 1;
        let state = ConnectionState { idle_since: Some(Instant::now()), close: close.clone() };
        states.open.insert(number, state);
        drop(states);
        Arc::new(Connection { number, close, all: Arc::clone(all) })
    }

    /// Marks the connection as busy until the returned guard is dropped.
    fn begin(&self) -> ActiveRequest<'_> {
        self.set_idle(None);
        ActiveRequest(self)
    }

    fn set_idle(&self, since: Option<Instant>) {
        if let Some(state) = self.all.states.lock().open.get_mut(&self.number) {
            state.idle_since = since;
        }
    }
}

impl Drop for ActiveRequest<'_> {
    fn drop(&mut self) {
        self.0.set_idle(Some(Instant::now()));
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.states.lock().open.remove(&self.number);
    }
}

/// Serves the requests of one connection. Errors of the connection are ignored, since only its
/// client notices them.
async fn serve_connection(
    stream: TcpStream,
    router: Router,
    state: Arc<Connection>,
    stop: &CancellationToken,
) {
    let service = TowerToHyperService::new(router);
    let handle = service_fn(|request: hyper::Request<Incoming>| {
        let (state, response) = (Arc::clone(&state), service.call(request));
        async move {
            let _active = state.begin();
            response.await
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), handle);
    tokio::pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = state.close.cancelled() => return,
        () = stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = timeout(SHUTDOWN_GRACE, connection).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_closes_the_connection_that_is_idle_for_longest() {
        let open = Arc::new(OpenConnections::default());
        let all: Vec<_> = (0..4).map(|_| Connection::open(&open)).collect();
        let is_closed = |at: usize| all[at].close.is_cancelled();
        let _active = all[0].begin();
        // A connection is idle again after its request.
        drop(all[1].begin());
        open.close_longest_idle();
        assert_eq!([0, 1, 2, 3].map(is_closed), [false, false, true, false]);
        open.close_longest_idle();
        open.close_longest_idle();
        open.close_longest_idle();
        assert_eq!([0, 1, 2, 3].map(is_closed), [false, true, true, true]);
    }
}
