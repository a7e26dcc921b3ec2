//! Probes and metrics for the operator, over HTTP.

pub mod endpoints;
pub mod health;
pub mod http;
pub mod instance;
pub mod metrics;
