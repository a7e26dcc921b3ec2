//! Monitoring of the running bot: liveness, readiness and metrics, over HTTP.

pub mod endpoints;
pub mod health;
pub mod http;
pub mod instance;
pub mod metrics;
