//! The resolver of host names, which gives the HTTP client only the addresses that may be fetched.
//!
//! The check is in the resolver of the client, not in front of it, so that the client connects to
//! exactly the addresses that were checked. A name whose second resolution leads elsewhere (DNS
//! rebinding) is checked a second time.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Scope, is_global};
use super::resolve_error::ResolveError;

/// The resolver of the operating system.
pub(super) struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let addresses: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// A resolver that leaves out the addresses outside of a scope.
#[derive(Clone)]
pub(super) struct CheckedResolver {
    inner: Arc<dyn Resolve>,
    scope: Scope,
    /// Host of the proxy, which may be in a private network. The client resolves no address of a
    /// page by this name: `Fetcher` has called [`CheckedResolver::check`] for it before.
    proxy_host: Option<String>,
}

impl CheckedResolver {
    pub fn new(inner: Arc<dyn Resolve>, scope: Scope) -> CheckedResolver {
        CheckedResolver { inner, scope, proxy_host: None }
    }

    /// Returns the resolver for a client that uses the proxy at `host`.
    pub fn with_proxy(&self, host: Option<&str>) -> CheckedResolver {
        CheckedResolver { proxy_host: host.map(str::to_owned), ..self.clone() }
    }

    /// Fails if `host` has no address within the scope.
    pub async fn check(&self, host: &str) -> Result<(), ResolveError> {
        let failed = || ResolveError::Failed { host: host.to_owned() };
        let name = host.parse().map_err(|_| failed())?;
        lookup(&*self.inner, self.scope, name).await.map(|_| ())
    }
}

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self.proxy_host.as_deref() == Some(name.as_str());
        let scope = if is_proxy { Scope::Any } else { self.scope };
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let addresses = lookup(&*inner, scope, name).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

/// Returns the addresses of a name within `scope`, at least one.
async fn lookup(
    resolver: &dyn Resolve,
    scope: Scope,
    name: Name,
) -> Result<Vec<SocketAddr>, ResolveError> {
    let host = name.as_str().to_owned();
    let all: Vec<SocketAddr> = match resolver.resolve(name).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => return Err(failure(host, error.downcast_ref())),
    };
    if all.is_empty() {
        return Err(ResolveError::NotFound { host });
    }
    let is_allowed = |address: &SocketAddr| scope == Scope::Any || is_global(address.ip());
    let allowed: Vec<_> = all.into_iter().filter(is_allowed).collect();
    match allowed.is_empty() {
        true => Err(ResolveError::Private { host }),
        false => Ok(allowed),
    }
}

/// Returns whether a name does not exist or the resolver failed. The standard library has no error
/// kind for this, only the words of `getaddrinfo`.
fn failure(host: String, error: Option<&io::Error>) -> ResolveError {
    // glibc, glibc, musl, macOS, Windows.
    const NOT_FOUND: [&str; 5] = [
        "Name or service not known",
        "No address associated",
        "does not resolve",
        "nodename nor servname",
        "No such host",
    ];
    let words = error.map(io::Error::to_string).unwrap_or_default();
    match NOT_FOUND.iter().any(|known| words.contains(known)) {
        true => ResolveError::NotFound { host },
        false => ResolveError::Failed { host },
    }
}
