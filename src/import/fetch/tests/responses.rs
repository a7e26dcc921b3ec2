//! Responses: contents, limits and errors.

use super::*;

#[tokio::test]
async fn content_is_fetched_with_its_type_and_validators() {
    let head = "Content-Type: text/html; charset=utf-8\r\nETag: \"a1\"\r\n\
        Last-Modified: Mon, 05 Jan 2026 07:00:00 GMT\r\nSet-Cookie: id=7\r\n";
    let server = Server::answering(&[&response(head, "<p>Tides"), &response("", "")]).await;
    let fetcher = fetcher(settings());
    let fetched = get(&fetcher, &server.url("/a?b=c")).await.expect("the page is fetched");
    assert_eq!(fetched.bytes, b"<p>Tides");
    assert_eq!(fetched.status, 200);
    assert_eq!(fetched.address, server.url("/a?b=c"));
    assert_eq!(fetched.content_type.as_deref(), Some("text/html; charset=utf-8"));
    assert_eq!(fetched.validators.etag.as_deref(), Some("\"a1\""));
    let date = Some("Mon, 05 Jan 2026 07:00:00 GMT");
    assert_eq!(fetched.validators.last_modified.as_deref(), date);
    get(&fetcher, &server.url("/second")).await.expect("the page is fetched");
    for request in server.requests() {
        let request = request.to_ascii_lowercase();
        assert!(request.contains("user-agent: verbatim/"), "{request}");
        assert!(request.contains("accept: text/html"), "{request}");
        for unwanted in ["cookie", "referer", "accept-language", "authorization"] {
            assert!(!request.contains(unwanted), "{request}");
        }
    }
}

#[tokio::test]
async fn unchanged_content_is_reported_by_its_validators() {
    let server = Server::answering(&["HTTP/1.1 304 Not Modified\r\n\r\n"; 2]).await;
    let validators = Validators {
        etag: Some("\"a1\"".to_owned()),
        last_modified: Some("Mon, 05 Jan 2026 07:00:00 GMT".to_owned()),
    };
    let fetcher = fetcher(settings());
    let outcome = fetcher.get(&server.url("/feed"), Some(&validators)).await;
    assert_eq!(outcome, Ok(Outcome::NotModified));
    let request = server.requests().remove(0);
    assert!(request.contains("if-none-match: \"a1\""), "{request}");
    assert!(request.contains("if-modified-since: Mon, 05 Jan 2026 07:00:00 GMT"), "{request}");
    let outcome = fetcher.get(&server.url("/feed"), None).await;
    assert_eq!(outcome, Err(FetchError::Status { status: 304, retry_after: None }));
}

#[tokio::test]
async fn relative_redirects_are_followed_and_loops_end() {
    let redirect = "HTTP/1.1 302 Found\r\nLocation: ../next\r\nContent-Length: 0\r\n\r\n";
    let server = Server::answering(&[redirect, &response("", "end")]).await;
    let fetcher = fetcher(settings());
    let fetched = get(&fetcher, &server.url("/a/b")).await.expect("the redirect is followed");
    assert_eq!(fetched.address, server.url("/next"));
    let server = Server::answering(&[redirect; 6]).await;
    let error = refusal(&fetcher, &server.url("/a/b")).await;
    assert_eq!(error, FetchError::TooManyRedirects { limit: 5 });
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn content_is_bounded_in_size_whatever_its_length_says() {
    let fetcher = fetcher(settings());
    let declared = "HTTP/1.1 200 OK\r\nContent-Length: 100001\r\n\r\n";
    let endless = "HTTP/1.1 200 OK\r\n\r\n".to_owned() + &"a".repeat(4096);
    // `Repeat` sends the last 4,096 bytes, which are whole chunks.
    let chunks = "b\r\nhello world\r\n".repeat(4096 / 16);
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}");
    for (response, end) in
        [(declared.to_owned(), End::Stall), (endless, End::Repeat), (chunked, End::Repeat)]
    {
        let server = Server::start(vec![(response.into_bytes(), end)]).await;
        let error = refusal(&fetcher, &server.url("/")).await;
        assert_eq!(error, FetchError::TooLarge { limit: 100_000 });
        assert_eq!(error.to_string(), "the file is larger than 100 kB");
    }
}

#[tokio::test]
async fn compressed_content_is_bounded_after_decompression() {
    use std::io::Write;
    let compressed = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).expect("a vector takes all bytes");
        encoder.finish().expect("a vector takes all bytes")
    };
    let response = |encoding: &str, body: &[u8]| {
        let length = body.len();
        let head = format!("Content-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n");
        let mut response = format!("HTTP/1.1 200 OK\r\n{head}").into_bytes();
        response.extend_from_slice(body);
        (response, End::Close)
    };
    let page = compressed(b"<p>The Moon causes tides.");
    let bomb = compressed(&vec![0; 5_000_000]);
    assert!(bomb.len() < 100_000);
    let server = Server::start(vec![
        response("gzip", &page),
        response("gzip", &bomb),
        response("br", &page),
        response("gzip", b"no gzip at all"),
        response("gzip", &page[..page.len() - 9]),
    ]);
    let server = server.await;
    let fetcher = fetcher(settings());
    let fetched = get(&fetcher, &server.url("/")).await.expect("the page is fetched");
    assert_eq!(fetched.bytes, b"<p>The Moon causes tides.");
    let next = refusal(&fetcher, &server.url("/")).await;
    assert_eq!(next, FetchError::TooLarge { limit: 100_000 });
    let next = refusal(&fetcher, &server.url("/")).await;
    assert_eq!(next, FetchError::Encoding { encoding: "br".to_owned() });
    for _ in 0..2 {
        let next = refusal(&fetcher, &server.url("/")).await;
        assert!(matches!(next, FetchError::Damaged { .. }), "{next:?}");
    }
}

#[tokio::test]
async fn slow_hosts_time_out() {
    let settings = FetchSettings { timeout: Duration::from_millis(300), ..settings() };
    let fetcher = fetcher(settings);
    for start in ["", "HTTP/1.1 200 OK\r\nX-A: ", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"]
    {
        let server = Server::start(vec![(start.as_bytes().to_vec(), End::Stall)]).await;
        let error = refusal(&fetcher, &server.url("/")).await;
        assert!(matches!(error, FetchError::TimedOut { .. }), "{start}: {error:?}");
        assert!(error.is_transient());
    }
}

#[tokio::test]
async fn broken_and_invalid_responses_are_told_apart() {
    let server = Server::answering(&[
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        "SSH-2.0-OpenSSH_9.6\r\n",
    ]);
    let server = server.await;
    let fetcher = fetcher(settings());
    for _ in 0..3 {
        let error = refusal(&fetcher, &server.url("/")).await;
        assert!(matches!(error, FetchError::Broken { .. }), "{error:?}");
    }
    let error = refusal(&fetcher, &server.url("/")).await;
    assert!(matches!(error, FetchError::Invalid { .. }), "{error:?}");
}

#[tokio::test]
async fn refused_connection_and_plain_http_on_a_secure_port_are_reported() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    drop(listener);
    let fetcher = fetcher(settings());
    let error = refusal(&fetcher, &url(&format!("http://{address}/"))).await;
    assert_eq!(error.to_string(), "127.0.0.1 refused the connection");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("the listener is bound");
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("the client connects");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        tokio::time::sleep(Duration::from_secs(5)).await;
    });
    let error = refusal(&fetcher, &url(&format!("https://{address}/"))).await;
    assert!(matches!(error, FetchError::Tls { .. }), "{error:?}");
    server.abort();
}

#[test]
fn status_is_reported_in_words() {
    for (status, what, hint) in [
        (401, "the page requires a login (HTTP 401)", "save the page"),
        (403, "the server does not allow to fetch the page (HTTP 403)", "save the page"),
        (404, "the page does not exist (HTTP 404)", "check the address"),
        (410, "the page was removed (HTTP 410)", "check the address"),
        (429, "the server has had too many requests (HTTP 429)", "try again later"),
        (500, "the server has an error (HTTP 500)", "try again later"),
        (503, "the server is overloaded or under maintenance (HTTP 503)", "try again later"),
    ] {
        let error = FetchError::Status { status, retry_after: None };
        let failure = Failure::from(error.clone());
        assert_eq!(failure.what, what);
        assert!(failure.hint.contains(hint), "{status}: {}", failure.hint);
        assert_eq!(error.is_transient(), matches!(status, 429 | 500..), "{status}");
    }
}

#[tokio::test]
async fn clones_share_the_interval_of_a_host() {
    let interval = Duration::from_millis(100);
    let fetcher = fetcher(FetchSettings { interval, ..settings() });
    let server = Server::answering(&[&response("", ""), &response("", "")]).await;
    let start = std::time::Instant::now();
    for fetcher in [fetcher.clone(), fetcher] {
        get(&fetcher, &server.url("/")).await.expect("the page is fetched");
    }
    assert!(start.elapsed() >= interval);
}

#[tokio::test]
async fn short_wait_that_a_host_asks_for_is_respected_once() {
    let busy = "HTTP/1.1 429 Too Many\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n";
    let server = Server::answering(&[busy, &response("", "tides")]).await;
    let fetcher = fetcher(settings());
    let fetched = get(&fetcher, &server.url("/")).await.expect("the second request succeeds");
    assert_eq!(fetched.bytes, b"tides");
    let server = Server::answering(&[busy, busy]).await;
    let error = refusal(&fetcher, &server.url("/")).await;
    assert_eq!(error, FetchError::Status { status: 429, retry_after: Some(Duration::ZERO) });
    let long = "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n";
    let server = Server::answering(&[long]).await;
    let error = refusal(&fetcher, &server.url("/")).await;
    assert_eq!(error.retry_after(), Some(Duration::from_secs(120)));
    assert_eq!(error.hint(), "try again in 2 minutes");
    assert!(error.is_transient());
}
