//! Asks the bot that runs with a data directory whether it is well.
//!
//! The bot's instance file names its monitor's address and its id. Only an answer with the same id
//! counts: any other program may hold the address by now.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use verbatim::bot::{INSTANCE_HEADER, Instance};

use super::{ANSWERED, NOTHING_FOUND, Outcome, print_notice};

/// Maximum time for an answer.
const TIMEOUT: Duration = Duration::from_secs(3);
/// Maximum size of an answer.
const MAX_ANSWER_BYTES: u64 = 16 * 1024;

/// How the bot is.
#[derive(Debug, PartialEq, Eq)]
enum State {
    Well,
    /// The lines of `/readyz`.
    NotWell(String),
    /// Another bot, or another program, answers at the bot's address.
    Replaced,
    /// Nothing listens at the bot's address.
    Gone,
    /// The address takes the connection, but gives no answer in time.
    Silent,
    Failed(io::ErrorKind),
}

/// Prints how the bot of a data directory is. Exit code: 0 well, 1 not well or not running.
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
        return Ok(NOTHING_FOUND);
    };
    let process = instance.process;
    let Some(address) = instance.monitor.map(reachable) else {
        return Err(format!(
            "the bot of {shown} (process {process}) cannot be asked, since it has no monitor\n\
             hint: give `[monitor] listen` a free address, such as \"127.0.0.1:9464\", and restart the bot"
        )
        .into());
    };
    let state = ask(address, &instance.id, TIMEOUT);
    if state == State::Well {
        writeln!(io::stdout(), "the bot of {shown} (process {process}) is well")?;
        return Ok(ANSWERED);
    }
    print_notice(format!(
        "the bot of {shown} (process {process}) {}",
        Described { state, address }
    ));
    Ok(NOTHING_FOUND)
}

/// A state in words, after the bot's name.
struct Described {
    state: State,
    address: SocketAddr,
}

impl fmt::Display for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = self.address;
        match &self.state {
            State::Well => f.write_str("is well"),
            State::NotWell(lines) => write!(f, "is not well:\n{}", lines.trim_end()),
            State::Replaced => write!(
                f,
                "is gone, and another program answers at {address}\nhint: start the bot again, with another address under `[monitor] listen`"
            ),
            State::Gone => write!(
                f,
                "is gone: nothing listens at {address}\nhint: the end of the bot's log says why; start it again"
            ),
            State::Silent => write!(
                f,
                "does not answer at {address} within {} seconds\nhint: restart it if it stays so",
                TIMEOUT.as_secs()
            ),
            State::Failed(kind) => write!(
                f,
                "cannot be asked at {address}: {kind}\nhint: ask on the machine, or in the container, that runs the bot"
            ),
        }
    }
}

/// Returns the address at which this machine reaches what listens on `address`.
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

/// Asks the monitor at `address` for `/readyz`, and compares its id.
fn ask(address: SocketAddr, id: &str, timeout: Duration) -> State {
    match answer(address, timeout) {
        Ok(answer) => judged(&answer, id),
        Err(error) => match error.kind() {
            io::ErrorKind::ConnectionRefused => State::Gone,
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => State::Silent,
            // It was reached and ended the connection: a bot that is about to stop, or another program.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => State::Gone,
            kind => State::Failed(kind),
        },
    }
}

fn answer(address: SocketAddr, timeout: Duration) -> io::Result<Vec<u8>> {
    let deadline = Instant::now() + timeout;
    let mut stream = TcpStream::connect_timeout(&address, timeout)?;
    stream.set_write_timeout(Some(timeout))?;
    // HTTP/1.0: the body is as it is, and ends with the connection.
    write!(stream, "GET /readyz HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    while (answer.len() as u64) < MAX_ANSWER_BYTES {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut part)? {
            0 => break,
            read => answer.extend_from_slice(part.get(..read).unwrap_or_default()),
        }
    }
    Ok(answer)
}

fn judged(answer: &[u8], id: &str) -> State {
    let answer = String::from_utf8_lossy(answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let mut lines = head.lines();
    let first = lines.next().unwrap_or_default();
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    let mut headers = lines.filter_map(|line| line.split_once(':'));
    let is_same = headers
        .any(|(name, value)| name.eq_ignore_ascii_case(INSTANCE_HEADER) && value.trim() == id);
    match (is_same, status) {
        (false, _) => State::Replaced,
        (true, Some("200")) => State::Well,
        (true, _) => State::NotWell(body.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;

    use super::*;

    fn asked(answer: &'static str) -> State {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut lines = BufReader::new(&stream).lines();
            let first = lines.next().expect("a line").expect("it is text");
            lines
                .take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty()))
                .for_each(drop);
            // The client may have left.
            let _ = stream.write_all(answer.as_bytes());
            first
        });
        let state = ask(address, "4a", TIMEOUT);
        assert_eq!(server.join().expect("it has answered"), "GET /readyz HTTP/1.0");
        state
    }

    #[test]
    fn health_counts_only_an_answer_with_the_id_of_the_bot() {
        assert_eq!(
            asked("HTTP/1.1 200 OK\r\nVerbatim-Instance: 4a\r\n\r\nindex: ok\n"),
            State::Well
        );
        let ill = "HTTP/1.1 503 Service Unavailable\r\nverbatim-instance: 4a\r\n\r\nindex: ok\nstore: broken\n";
        assert_eq!(asked(ill), State::NotWell("index: ok\nstore: broken\n".into()));
        for other in [
            "HTTP/1.1 200 OK\r\nverbatim-instance: 4b\r\n\r\nindex: ok\n",
            "HTTP/1.1 200 OK\r\n\r\nverbatim-instance: 4a",
            "SSH-2.0-x\r\n",
            "",
        ] {
            assert_eq!(asked(other), State::Replaced, "{other}");
        }
    }

    #[test]
    fn health_tells_a_bot_that_is_gone_from_one_that_does_not_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        assert_eq!(ask(address, "4a", Duration::from_millis(50)), State::Silent);
        drop(listener);
        assert_eq!(ask(address, "4a", TIMEOUT), State::Gone);
    }

    #[test]
    fn health_asks_a_bot_that_listens_everywhere_on_this_machine() {
        let check = |listen: &str, expected: &str| {
            let address = reachable(listen.parse().expect("an address"));
            assert_eq!(address.to_string(), expected);
        };
        check("0.0.0.0:9464", "127.0.0.1:9464");
        check("[::]:9464", "[::1]:9464");
        check("10.0.0.7:9464", "10.0.0.7:9464");
    }
}
