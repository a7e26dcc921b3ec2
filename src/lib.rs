//! Verbatim answers questions from a folder of articles in the articles' own words.

pub mod answer;
pub mod bot;
pub mod chat;
pub mod cli;
pub mod config;
pub mod corpus;
pub mod index;
pub mod library;
pub mod render;
pub mod search;
pub mod store;
