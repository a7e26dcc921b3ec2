//! Monitoring of the running bot: liveness, readiness and metrics, over HTTP.

pub mod bot_health;
pub mod http;
pub mod instance;
pub mod metrics;
pub mod probes;
