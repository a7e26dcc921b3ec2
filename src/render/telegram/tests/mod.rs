//! Snapshots of rendered messages, from small articles.

mod answer;
mod brief;
mod fixture;
mod pages;
