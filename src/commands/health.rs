//! Asks a bot that runs whether it is well, for whoever restarts it when it is not.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{ANSWERED, NOTHING_FOUND, Outcome, tell};

/// Whoever asks waits some seconds at most.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest first line of an answer.
const MAX_STATUS_BYTES: u64 = 256;

/// Exit code: 0 well, 1 not well or not there.
pub fn health(monitor: Option<SocketAddr>) -> Outcome {
    let Some(mut address) = monitor else {
        return Err("the bot cannot be asked, since `[monitor] listen` is empty".into());
    };
    // What listens everywhere is asked here.
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    match status(address) {
        Ok(200) => Ok(ANSWERED),
        Ok(status) => {
            tell(format!("the bot at {address} is not well: it answers {status}"));
            Ok(NOTHING_FOUND)
        }
        Err(error) => {
            tell(format!("no bot can be asked at {address}: {error}"));
            Ok(NOTHING_FOUND)
        }
    }
}

/// The status of `/healthz`.
fn status(address: SocketAddr) -> io::Result<u16> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut first = String::new();
    let answer = BufReader::new(stream.take(MAX_STATUS_BYTES)).read_line(&mut first);
    // What a read that waited too long is called differs from system to system.
    answer.map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => {
            io::Error::new(io::ErrorKind::TimedOut, "it does not answer")
        }
        _ => error,
    })?;
    let status = first.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
    let status = status.and_then(|status| status.parse().ok());
    status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not speak HTTP"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    fn asked(answer: &'static str) -> u8 {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has one");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("somebody asks");
            let mut request = String::new();
            BufReader::new(&stream).read_line(&mut request).expect("it is text");
            stream.write_all(answer.as_bytes()).expect("whoever asks waits");
            request
        });
        let code = health(Some(address)).expect("an address");
        assert_eq!(server.join().expect("it has answered"), "GET /healthz HTTP/1.1\r\n");
        code
    }

    #[test]
    fn a_bot_is_well_when_it_says_so() {
        assert_eq!(asked("HTTP/1.1 200 OK\r\n\r\nwell\n"), ANSWERED);
        assert_eq!(asked("HTTP/1.1 503 Service Unavailable\r\n\r\n"), NOTHING_FOUND);
        assert_eq!(asked("SSH-2.0-x\r\n"), NOTHING_FOUND);
        assert_eq!(asked(""), NOTHING_FOUND);
        // Nobody listens where nobody may.
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(health(Some(nowhere)).expect("an address"), NOTHING_FOUND);
        assert!(health(None).is_err());
    }
}
