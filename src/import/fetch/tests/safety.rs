//! Which hosts are fetched: redirects, names and proxies.

use super::*;

#[tokio::test]
async fn redirects_to_other_schemes_and_with_credentials_are_refused() {
    for (target, cause) in [
        ("file:///etc/passwd", "the address is not of the web but of type `file`"),
        ("gopher://a.example/", "the address is not of the web but of type `gopher`"),
        ("data:text/html,a", "the address is not of the web but of type `data`"),
        ("//ada:secret@a.example/", "the address contains a user name or password"),
        ("http://a.example:22/", "port 22 of the address is not one for web pages"),
    ] {
        let redirect = format!("HTTP/1.1 301 Moved\r\nLocation: {target}\r\n\r\n");
        let server = Server::answering(&[&redirect]).await;
        let error = refusal(&fetcher(settings()), &server.url("/")).await;
        let FetchError::RedirectRefused { to, cause: found } = &error else { panic!("{error}") };
        assert_eq!(found.to_string(), cause);
        assert!(!to.contains("secret"), "{to}");
        assert!(!error.is_transient());
    }
    let server = Server::answering(&["HTTP/1.1 302 Found\r\n\r\n"]).await;
    let error = refusal(&fetcher(settings()), &server.url("/")).await;
    assert_eq!(error, FetchError::RedirectWithoutTarget { status: 302 });
}

/// The test server is the proxy, so that a host with a global address can redirect.
#[tokio::test]
async fn redirects_to_private_hosts_are_refused_in_every_notation() {
    for target in [
        "http://127.0.0.1/",
        "http://2130706433/",
        "http://0177.1/",
        "//0x7f.0x1/",
        "//127.0.0.1./",
        "//[::1]/",
        "//[::ffff:127.0.0.1]/",
        "//[::127.0.0.1]/",
        "//[64:ff9b::7f00:1]/",
        "//[2002:7f00:1::1]/",
        "//[2001::1]/",
        "//[fe80::1]/",
        "//[fd00:ec2::254]/latest/meta-data/",
        "http://169.254.169.254/latest/meta-data/",
    ] {
        let redirect = format!("HTTP/1.1 307 Moved\r\nLocation: {target}\r\n\r\n");
        let server = Server::answering(&[&redirect, "HTTP/1.1 200 OK\r\n\r\nsecret"]).await;
        let fetcher = proxied_fetcher(&server, &["93.184.215.14"]);
        let error = refusal(&fetcher, &url("http://a.example/")).await;
        let FetchError::RedirectRefused { cause, .. } = &error else { panic!("{target}: {error}") };
        assert!(matches!(**cause, FetchError::Private { .. }), "{target}: {error}");
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn redirect_to_a_name_of_a_private_host_is_refused() {
    let redirect = "HTTP/1.1 301 Moved\r\nLocation: http://intern.example/\r\n\r\n";
    let server = Server::answering(&[redirect, "HTTP/1.1 200 OK\r\n\r\nsecret"]).await;
    let fetcher = proxied_fetcher(&server, &["93.184.215.14", "10.0.0.7"]);
    let error = refusal(&fetcher, &url("http://a.example/")).await;
    let expected = "the address redirects to http://intern.example/, which is not fetched: \
        intern.example is an address in a private network";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn names_of_this_computer_are_refused() {
    let settings = FetchSettings { allow_private: false, ..settings() };
    let fetcher = fetcher(settings);
    for name in ["localhost", "LOCALHOST"] {
        let error = refusal(&fetcher, &url(&format!("http://{name}/"))).await;
        assert!(matches!(error, FetchError::Private { .. }), "{name}: {error:?}");
    }
}

#[tokio::test]
async fn name_that_leads_to_private_addresses_is_refused() {
    for answer in ["127.0.0.1", "10.0.0.1 ::1", "169.254.169.254", "::ffff:127.0.0.1", "fd00::1"] {
        let error = refusal(&public_fetcher(&[answer]), &url("http://a.example:9/")).await;
        assert!(matches!(error, FetchError::BadPort { .. }), "{error}");
        let error = refusal(&public_fetcher(&[answer]), &url("http://a.example/")).await;
        assert_eq!(error, FetchError::Private { host: "a.example".to_owned() });
    }
}

#[tokio::test]
async fn only_global_addresses_of_a_name_are_used() {
    let resolver = FixedResolver(Mutex::new(vec!["127.0.0.1 93.184.215.14 ::1"]));
    let resolver = CheckedResolver::new(Arc::new(resolver), Scope::Global);
    let addresses = resolver.resolve("a.example".parse().expect("a name")).await;
    let addresses: Vec<_> = addresses.expect("one is global").map(|it| it.to_string()).collect();
    assert_eq!(addresses, ["93.184.215.14:0"]);
}

#[tokio::test]
async fn names_are_checked_before_a_proxy_is_asked() {
    let server = Server::answering(&[&response("", "secret")]).await;
    let fetcher = proxied_fetcher(&server, &["10.0.0.1"]);
    let error = refusal(&fetcher, &url("http://a.example/")).await;
    assert_eq!(error, FetchError::Private { host: "a.example".to_owned() });
    let error = refusal(&fetcher, &url("http://[::1]/")).await;
    assert!(matches!(error, FetchError::Private { .. }));
    assert_eq!(server.requests().len(), 0);
    let fetcher = proxied_fetcher(&server, &["93.184.215.14"]);
    let fetched = get(&fetcher, &url("http://a.example/x")).await.expect("the proxy answers");
    assert_eq!(fetched.bytes, b"secret");
    assert!(server.requests()[0].starts_with("GET http://a.example/x HTTP/1.1"));
}

#[tokio::test]
async fn proxy_may_know_more_names_where_private_hosts_are_allowed() {
    let server = Server::answering(&[&response("", "tides")]).await;
    let proxy = Some(server.address.to_string());
    let fetcher = fetcher(FetchSettings { proxy, ..settings() });
    let fetched = get(&fetcher, &url("http://unknown.invalid/")).await.expect("the proxy answers");
    assert_eq!(fetched.bytes, b"tides");
}

#[tokio::test]
async fn name_is_checked_at_each_resolution() {
    let resolver = FixedResolver(Mutex::new(vec!["93.184.215.14", "127.0.0.1"]));
    let resolver = CheckedResolver::new(Arc::new(resolver), Scope::Global);
    let resolve = async || resolver.resolve("rebind.example".parse().expect("a name")).await;
    assert!(resolve().await.is_ok());
    let error = resolve().await.err().expect("the second answer is refused");
    assert_eq!(error.to_string(), "rebind.example is in a private network");
}

/// The client does not resolve the name by itself: `a.example` does not exist.
#[tokio::test]
async fn client_connects_to_the_addresses_of_the_resolver() {
    let server = Server::answering(&[&response("", "tides")]).await;
    let resolver = Arc::new(FixedResolver(Mutex::new(vec!["127.0.0.1"])));
    let fetcher = Fetcher::with_resolver(settings(), resolver).expect("the settings are valid");
    let address = url(&format!("http://a.example:{}/", server.address.port()));
    assert_eq!(get(&fetcher, &address).await.expect("the page is fetched").bytes, b"tides");
}

#[test]
fn settings_that_are_not_valid_are_reported() {
    let check = |settings: FetchSettings, expected: &str| {
        let failure = Fetcher::new(settings).err().expect("the settings are refused");
        assert!(failure.what.starts_with(expected), "{}", failure.what);
    };
    for proxy in ["ftp://a.example", "socks5://", "file:///a"] {
        let proxy = Some(proxy.to_owned());
        check(FetchSettings { proxy, ..settings() }, "the proxy is not an address");
    }
    let user_agent = "a\nb".to_owned();
    check(FetchSettings { user_agent, ..settings() }, "no HTTP client");
}
