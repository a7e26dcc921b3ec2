//! A web server on this machine with pages that a test sets.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use url::Url;

/// The server; it stops with the runtime of the test.
pub struct WebServer {
    pub url: Url,
    pages: Arc<Pages>,
}

#[derive(Default)]
struct Pages {
    pages: Mutex<HashMap<String, Page>>,
    requests: Mutex<Vec<String>>,
}

#[derive(Clone)]
struct Page {
    status: StatusCode,
    content_type: &'static str,
    content: Vec<u8>,
    location: Option<String>,
}

impl WebServer {
    pub async fn start() -> WebServer {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let pages = Arc::<Pages>::default();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&pages));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let url = format!("http://{address}/").parse().expect("an address");
        WebServer { url, pages }
    }

    /// Returns the address of a path.
    pub fn at(&self, path: &str) -> Url {
        self.url.join(path).expect("a path")
    }

    /// Sets what is at a path. `{}` in the content becomes the address of the server.
    pub fn set(&self, path: &str, content_type: &'static str, content: &str) -> &WebServer {
        let content = content.replace("{}", self.url.as_str().trim_end_matches('/'));
        self.set_bytes(path, content_type, content.as_bytes())
    }

    pub fn set_bytes(&self, path: &str, content_type: &'static str, content: &[u8]) -> &WebServer {
        let content = content.to_vec();
        let page = Page { status: StatusCode::OK, content_type, content, location: None };
        self.pages.pages.lock().insert(path.to_owned(), page);
        self
    }

    pub fn set_status(&self, path: &str, status: u16) -> &WebServer {
        let status = StatusCode::from_u16(status).expect("a status");
        let page = Page { status, content_type: "text/html", content: Vec::new(), location: None };
        self.pages.pages.lock().insert(path.to_owned(), page);
        self
    }

    /// Returns the paths of the requests since the last call, in order.
    pub fn requests(&self) -> Vec<String> {
        std::mem::take(&mut self.pages.requests.lock())
    }
}

async fn answer(State(pages): State<Arc<Pages>>, uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let page = pages.pages.lock().get(&path).cloned();
    let Some(page) = page else {
        pages.requests.lock().push(format!("{path} 404"));
        return StatusCode::NOT_FOUND.into_response();
    };
    let etag = format!("\"{}\"", blake3::hash(&page.content).to_hex());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known == Some(&etag) {
        pages.requests.lock().push(format!("{path} 304"));
        return StatusCode::NOT_MODIFIED.into_response();
    }
    pages.requests.lock().push(format!("{path} {}", page.status.as_u16()));
    let mut response = (page.status, page.content).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, page.content_type.parse().expect("a type"));
    headers.insert(header::ETAG, etag.parse().expect("hexadecimal digits"));
    if let Some(location) = page.location {
        headers.insert(header::LOCATION, location.parse().expect("an address"));
    }
    response
}
