//! `verbatim health`: asks the bot that runs with a data directory for its readiness.
//!
//! The instance file of the bot contains the address of its monitoring endpoints and a random id. A
//! response counts only if it has this id, since another program may use the address by then.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use verbatim::bot::{INSTANCE_HEADER, Instance};

use super::logging::print_notice;
use super::outcome::{NEGATIVE, Outcome, SUCCESS};

/// Timeout of the request.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum size of a response, in bytes.
const MAX_RESPONSE_BYTES: u64 = 16 * 1024;

/// The state of the bot, as seen by this process.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Ready,
    /// The bot is not ready, with the lines of `/readyz`.
    NotReady(String),
    /// Another bot or another program responds at the bot's address.
    Replaced,
    /// Nothing listens at the bot's address.
    Gone,
    /// The address accepts the connection, but does not respond in time.
    Unresponsive,
    RequestFailed(io::ErrorKind),
}

/// Prints the state of the bot of a data directory. Exit code: 0 ready, 1 not ready or not running.
pub fn health(data: &Path) -> Outcome {
    let shown = data.display();
    let instance = Instance::of(data).map_err(|error| {
        format!("{shown}: the file of the running bot cannot be read: {error}\nhint: ask as the user that runs the bot, or restart the bot")
    })?;
    let Some(instance) = instance else {
        print_notice(format!(
            "no bot runs with the data directory {shown}: none was started, or it was stopped\n\
             hint: start one with `verbatim serve`, or name the directory of another with `--data DIR`"
        ));
        return Ok(NEGATIVE);
    };
    let process = instance.process;
    let Some(address) = instance.monitor.map(reachable) else {
        return Err(format!(
            "the bot of {shown} (process {process}) cannot be asked, since it has no monitor\n\
             hint: give `[monitor] listen` a free address, such as \"127.0.0.1:9464\", and restart the bot"
        )
        .into());
    };
    let state = state(address, &instance.id, TIMEOUT);
    if state == State::Ready {
        writeln!(io::stdout(), "the bot of {shown} (process {process}) is well")?;
        return Ok(SUCCESS);
    }
    print_notice(format!(
        "the bot of {shown} (process {process}) {}",
        Description { state, address }
    ));
    Ok(NEGATIVE)
}

/// The predicate of a sentence about the bot: its state, with a hint.
struct Description {
    state: State,
    address: SocketAddr,
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        match &self.state {
            State::Ready => f.write_str("is well"),
            State::NotReady(lines) => write!(f, "is not well:\n{}", lines.trim_end()),
            State::Replaced => write!(
                f,
                "is gone, and another program answers at {address}\nhint: start the bot again, with another address under `[monitor] listen`"
            ),
            State::Gone => write!(
                f,
                "is gone: nothing listens at {address}\nhint: the end of the bot's log says why; start it again"
            ),
            State::Unresponsive => write!(
                f,
                "does not answer at {address} within {} seconds\nhint: restart it if it stays so",
                TIMEOUT.as_secs()
            ),
            State::RequestFailed(kind) => write!(
                f,
                "cannot be asked at {address}: {kind}\nhint: ask on the machine, or in the container, that runs the bot"
            ),
        }
    }
}

/// Returns the address at which this machine reaches a server that listens on `address`.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(listen) if listen.ip().is_unspecified() => {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        SocketAddr::V6(listen) if listen.ip().is_unspecified() => {
            address.set_ip(Ipv6Addr::LOCALHOST.into());
        }
        SocketAddr::V4(_) | SocketAddr::V6(_) => {}
    }
    address
}

/// Returns the state of the bot with the monitoring endpoints at `address` and the instance id
/// `id`.
fn state(address: SocketAddr, id: &str, timeout: Duration) -> State {
    match request_readiness(address, timeout) {
        Ok(response) => parse_response(&response, id),
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => State::Gone,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => State::Unresponsive,
            // The peer closed the connection: a bot that is about to stop, or another program.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => State::Gone,
            kind => State::RequestFailed(kind),
        },
    }
}

/// Requests `/readyz` and returns the bytes of the response.
fn request_readiness(address: SocketAddr, timeout: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + timeout;
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_write_timeout(Some(timeout))?;
    // In HTTP/1.0 the body has no chunks, and ends with the connection.
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut response = Vec::new();
    let mut buffer = [0; 4096];
    while (response.len() as u64) < MAX_RESPONSE_BYTES {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer)? {
            0 => break,
            read => response.extend_from_slice(buffer.get(..read).unwrap_or_default()),
        }
    }
    Ok(response)
}

/// Parses an HTTP response to the state of the bot with the instance id `id`.
fn parse_response(response: &[u8], id: &str) -> State {
    let response = String::from_utf8_lossy(response);
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let is_same = headers
        .any(|(name, value)| name.eq_ignore_ascii_case(INSTANCE_HEADER) && value.trim() == id);
    match (is_same, status) {
        (false, _) => State::Replaced,
        (true, Some("200")) => State::Ready,
        (true, _) => State::NotReady(body.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;

    /// Returns the state for a server that gives this response.
    fn state_of(response: &'static str) -> State {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut lines = BufReader::new(&stream).lines();
            let first = lines.next().expect("a line").expect("the line is UTF-8");
            lines
                .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
                .for_each(drop);
            // The client may have closed the connection.
            let _ = stream.write_all(response.as_bytes());
            first
        });
        let state = state(address, "4a", TIMEOUT);
        assert_eq!(server.join().expect("the server does not panic"), "GET /readyz HTTP/1.0");
        state
    }

    #[test]
    fn health_accepts_only_a_response_with_the_id_of_the_bot() {
        assert_eq!(
            state_of("HTTP/1.1 200 OK\r\nVerbatim-Instance: 4a\r\n\r\nindex: ok\n"),
            State::Ready
        );
        let unready = "HTTP/1.1 503 Service Unavailable\r\nverbatim-instance: 4a\r\n\r\nindex: ok\nstore: broken\n";
        assert_eq!(state_of(unready), State::NotReady("index: ok\nstore: broken\n".into()));
        for other in [
            "HTTP/1.1 200 OK\r\nverbatim-instance: 4b\r\n\r\nindex: ok\n",
            "HTTP/1.1 200 OK\r\n\r\nverbatim-instance: 4a",
            "SSH-2.0-x\r\n",
            "",
        ] {
            assert_eq!(state_of(other), State::Replaced, "{other}");
        }
    }

    #[test]
    fn health_distinguishes_a_stopped_bot_from_an_unresponsive_one() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        assert_eq!(state(address, "4a", Duration::from_millis(50)), State::Unresponsive);
        drop(listener);
        assert_eq!(state(address, "4a", TIMEOUT), State::Gone);
    }

    #[test]
    fn health_reaches_a_bot_that_listens_on_all_addresses() {
        let check = |listen: &str, expected: &str| {
            let address = reachable(listen.parse().expect("an address"));
            assert_eq!(address.to_string(), expected);
        };
        check("0.0.0.0:9464", "127.0.0.1:9464");
        check("[::]:9464", "[::1]:9464");
        check("10.0.0.7:9464", "10.0.0.7:9464");
    }
}
