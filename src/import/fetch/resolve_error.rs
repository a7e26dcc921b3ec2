//! The reasons why a name cannot be resolved.

/// The reason why a name has no address that may be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("{host} is in a private network")]
    Private { host: String },
    #[error("{host} does not exist")]
    NotFound { host: String },
    #[error("{host} could not be resolved")]
    Failed { host: String },
}
