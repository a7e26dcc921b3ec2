//! HTTP in, with limits on the number of connections, on their headers and on their time.
//!
//! Each address has its own connections. When all are taken, a new one takes the place of the one that has
//! been without a request for the longest time: one that is slow keeps nobody out.
//!
//! What is asked and answered, [`webhook`](crate::bot::receive::webhook) and [`monitor`](crate::bot::monitor) say. Nothing of a request is logged.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::bot::error::BotError;
use crate::bot::retry::sleep_or_stop;
use crate::bot::shutdown::SHUTDOWN_GRACE;

/// An address that is taken, for requests to come.
#[derive(Debug)]
pub struct BoundListener {
    listener: std::net::TcpListener,
    /// The key of the configuration that it comes from.
    key: &'static str,
}

const MAX_CONNECTIONS: usize = 256;
const MAX_HEADERS: usize = 100;
/// All headers of a request together.
const MAX_HEAD_BYTES: usize = 16 * 1024;
/// So long the headers may take, also those of the next request on an open connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

impl BoundListener {
    /// Takes an address; `key` is the one of the configuration that names it.
    pub fn bind(address: SocketAddr, key: &'static str) -> Result<BoundListener, BotError> {
        let open = || {
            let listener = std::net::TcpListener::bind(address)?;
            listener.set_nonblocking(true)?;
            Ok(listener)
        };
        let failed = |error| BotError::Listen { key, address: Some(address), error };
        Ok(BoundListener { listener: open().map_err(failed)?, key })
    }

    /// The address, with the port that a port of 0 has become.
    pub fn address(&self) -> Option<SocketAddr> {
        self.listener.local_addr().ok()
    }

    /// Answers requests until `stop`, then those that are in hand.
    pub async fn serve(self, router: Router, stop: &CancellationToken) -> Result<(), BotError> {
        let (address, key) = (self.address(), self.key);
        let listener = TcpListener::from_std(self.listener).map_err(|error| BotError::Listen {
            key,
            address,
            error,
        })?;
        let room = Arc::new(Semaphore::new(MAX_CONNECTIONS));
        let open = Arc::new(OpenConnections::default());
        let connections = TaskTracker::new();
        let accept = async {
            loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        if room.available_permits() == 0 {
                            open.close_longest_idle();
                        }
                        // Nobody closes it.
                        let place = Arc::clone(&room).acquire_owned().await;
                        let (router, stop) = (router.clone(), stop.clone());
                        let connection = Connection::open(&open);
                        connections.spawn(async move {
                            let _place = place;
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

/// The open connections of one address, by their numbers.
#[derive(Debug, Default)]
struct OpenConnections {
    states: Mutex<ConnectionTable>,
}

#[derive(Debug, Default)]
struct ConnectionTable {
    next: u64,
    open: BTreeMap<u64, ConnectionState>,
}

#[derive(Debug)]
struct ConnectionState {
    /// Since when there is no request in hand; none while there is one.
    idle_since: Option<Instant>,
    close: CancellationToken,
}

/// A connection as long as it is open.
#[derive(Debug)]
struct Connection {
    number: u64,
    close: CancellationToken,
    all: Arc<OpenConnections>,
}

/// A request in hand.
struct ActiveRequest<'a>(&'a Connection);

impl OpenConnections {
    /// Closes the connection that has been idle for the longest time, which includes one whose headers do
    /// not come to their end, and one whose response is not read.
    fn close_longest_idle(&self) {
        let mut states = self.lock();
        let idle =
            states.open.iter().filter_map(|(number, state)| Some((state.idle_since?, *number)));
        let Some((_, idlest)) = idle.min() else { return };
        if let Some(state) = states.open.remove(&idlest) {
            state.close.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, ConnectionTable> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    fn open(all: &Arc<OpenConnections>) -> Arc<Connection> {
        let close = CancellationToken::new();
        let mut states = all.lock();
        let number = states.next;
        states.next += 1;
        let state = ConnectionState { idle_since: Some(Instant::now()), close: close.clone() };
        states.open.insert(number, state);
        drop(states);
        Arc::new(Connection { number, close, all: Arc::clone(all) })
    }

    fn begin(&self) -> ActiveRequest<'_> {
        self.set_idle(None);
        ActiveRequest(self)
    }

    fn set_idle(&self, since: Option<Instant>) {
        if let Some(state) = self.all.lock().open.get_mut(&self.number) {
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
        self.all.lock().open.remove(&self.number);
    }
}

/// Answers the requests of one connection. What goes wrong with it is the other side's affair.
async fn serve_connection(
    stream: TcpStream,
    router: Router,
    state: Arc<Connection>,
    stop: &CancellationToken,
) {
    let service = TowerToHyperService::new(router);
    let handle = service_fn(|request: hyper::Request<Incoming>| {
        let (state, answer) = (Arc::clone(&state), service.call(request));
        async move {
            let _in_hand = state.begin();
            answer.await
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
    fn web_closes_the_connection_that_is_idle_for_longest() {
        let open = Arc::new(OpenConnections::default());
        let all: Vec<_> = (0..4).map(|_| Connection::open(&open)).collect();
        let is_closed = |at: usize| all[at].close.is_cancelled();
        let _in_hand = all[0].begin();
        // It has had its request, and may have another.
        drop(all[1].begin());
        open.close_longest_idle();
        assert_eq!([0, 1, 2, 3].map(is_closed), [false, false, true, false]);
        open.close_longest_idle();
        open.close_longest_idle();
        open.close_longest_idle();
        assert_eq!([0, 1, 2, 3].map(is_closed), [false, true, true, true]);
    }
}
