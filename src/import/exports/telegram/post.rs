//! Posts of a Telegram channel or chat, and the documents that they become. Pure.
//!
//! Posts that continue each other are joined: replies of an author to a post of the same author,
//! and posts that follow each other in a channel within a minute, as clients divide a long text.

use std::collections::{BTreeMap, HashMap};

use super::super::super::document::{Body, Document};
use super::markdown::{Article, article};
use super::run::{Run, RunKind};

/// Minimum number of characters of an article.
const MIN_CHARS: usize = 400;
/// Maximum number of seconds between posts that continue each other.
const MAX_GAP_SECONDS: i64 = 60;
/// Number of seconds after which a reply of an article's length is an article of its own.
const MAX_REPLY_SECONDS: i64 = 86_400;
/// Maximum number of tags of a document.
const MAX_TAGS: usize = 50;

pub const TOO_SHORT: &str = "posts of fewer than 400 characters";

/// A post.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Post {
    pub id: i64,
    /// Identity of the sender within the chat.
    pub sender: String,
    /// Name of the author, or of the origin of a forwarded post.
    pub author: Option<String>,
    /// Origin of a forwarded post.
    pub origin: Option<String>,
    /// Seconds since an epoch that the posts share.
    pub seconds: Option<i64>,
    pub published: Option<String>,
    pub updated: Option<String>,
    pub reply_to: Option<i64>,
    pub runs: Vec<Run>,
}

/// A channel or chat with known posts.
#[derive(Debug, Clone, Default)]
pub struct Chat {
    pub title: Option<String>,
    /// Whether posts that follow each other within a minute continue each other.
    pub is_channel: bool,
    /// Address of a post without its id and the slash before it.
    pub address: Option<String>,
    /// Text before the id of a post in the key of its document.
    pub key_prefix: String,
}

impl Post {
    fn chars(&self) -> usize {
        self.runs.iter().map(|run| run.text.trim().chars().count()).sum()
    }
}

impl Chat {
    /// Returns the id of a post of this chat from its address.
    fn id_of(&self, href: &str) -> Option<i64> {
        let path = |address: &str| {
            let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
            let (host, path) = rest.split_once('/')?;
            let is_telegram = matches!(
                host.to_ascii_lowercase().as_str(),
                "t.me" | "telegram.me" | "www.t.me" | "telegram.dog"
            );
            let path = path.split(['?', '#']).next().unwrap_or_default();
            let path = path.strip_prefix("s/").unwrap_or(path);
            is_telegram.then(|| path.trim_end_matches('/').to_ascii_lowercase())
        };
        let (own, path) = (path(self.address.as_deref()?)?, path(href)?);
        path.strip_prefix(&own)?.strip_prefix('/')?.parse().ok()
    }
}

/// Returns the articles among posts, which are in the order of their ids, and the number of posts
/// that are too short.
pub fn documents(chat: &Chat, mut posts: Vec<Post>) -> (Vec<Document>, usize) {
    posts.retain(|post| post.runs.iter().any(|run| !run.text.trim().is_empty()));
    posts.sort_by_key(|post| post.id);
    posts.dedup_by_key(|post| post.id);
    let groups = groups(chat, &posts);
    let is_long = |group: &Vec<usize>| {
        let joints = group.len() - 1;
        group.iter().map(|at| posts[*at].chars()).sum::<usize>() + joints >= MIN_CHARS
    };
    let too_short = groups.iter().filter(|group| !is_long(group)).map(Vec::len).sum();
    let groups: Vec<_> = groups.into_iter().filter(is_long).collect();
    let keys: HashMap<i64, String> = groups
        .iter()
        .flat_map(|group| {
            let key = format!("{}{}", chat.key_prefix, posts[group[0]].id);
            group.iter().map(|at| posts[*at].id).map(move |id| (id, key.clone()))
        })
        .collect();
    let link = |href: &str| {
        let key = keys.get(&chat.id_of(href)?)?;
        Some(super::super::article_address(key))
    };
    let documents = groups.iter().map(|group| {
        let members: Vec<&Post> = group.iter().map(|at| &posts[*at]).collect();
        document(chat, &members, &link)
    });
    (documents.collect(), too_short)
}

/// Returns the posts that continue each other as lists of indices, each in order.
fn groups(chat: &Chat, posts: &[Post]) -> Vec<Vec<usize>> {
    let index: HashMap<i64, usize> =
        posts.iter().zip(0..).map(|(post, at)| (post.id, at)).collect();
    // The first post of the group of each post.
    let mut heads: Vec<usize> = (0..posts.len()).collect();
    for (at, post) in posts.iter().enumerate() {
        let replied = post.reply_to.and_then(|id| index.get(&id)).copied();
        let replied = replied.filter(|to| *to < at && is_continued_by_reply(&posts[*to], post));
        let previous = at.checked_sub(1).filter(|_| chat.is_channel && post.reply_to.is_none());
        let previous = previous.filter(|to| is_continued_at_once(&posts[*to], post));
        if let Some(to) = replied.or(previous) {
            heads[at] = heads[to];
        }
    }
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for (at, head) in heads.into_iter().enumerate() {
        groups.entry(head).or_default().push(at);
    }
    groups.into_values().collect()
}

/// Returns whether a reply continues a post. Two articles that are not of the same day stay two.
fn is_continued_by_reply(post: &Post, reply: &Post) -> bool {
    let are_articles = post.chars() >= MIN_CHARS && reply.chars() >= MIN_CHARS;
    let gap = post.seconds.zip(reply.seconds).map_or(0, |(from, to)| to.saturating_sub(from));
    post.sender == reply.sender
        && post.origin == reply.origin
        && !(are_articles && gap > MAX_REPLY_SECONDS)
}

/// Returns whether the next post continues a post.
fn is_continued_at_once(post: &Post, next: &Post) -> bool {
    let gap = post.seconds.zip(next.seconds).map(|(from, to)| to.saturating_sub(from));
    post.sender == next.sender
        && post.origin == next.origin
        && gap.is_some_and(|gap| (0..=MAX_GAP_SECONDS).contains(&gap))
}

/// Returns the document of posts that continue each other.
pub fn document(chat: &Chat, posts: &[&Post], link: &dyn Fn(&str) -> Option<String>) -> Document {
    let head = posts[0];
    let texts: Vec<&[Run]> = posts.iter().map(|post| post.runs.as_slice()).collect();
    let Article { title, markdown } = article(&texts, link);
    let mut tags: Vec<String> = Vec::new();
    for run in posts.iter().flat_map(|post| &post.runs) {
        let tag = run.text.trim().trim_start_matches('#');
        // A tag may name its channel: `#tag@channel`.
        let tag = tag.split('@').next().unwrap_or(tag).to_owned();
        let is_new = run.style.kind == RunKind::Hashtag && !tag.is_empty() && !tags.contains(&tag);
        if is_new && tags.len() < MAX_TAGS {
            tags.push(tag);
        }
    }
    let updated = posts.iter().filter_map(|post| post.updated.clone()).max();
    let name = match (&head.published, &title) {
        (Some(date), Some(title)) => Some(format!("{date} {title}")),
        (date, title) => title.clone().or(date.clone()),
    };
    Document {
        key: format!("{}{}", chat.key_prefix, head.id),
        title,
        authors: head.author.iter().cloned().collect(),
        updated: updated.filter(|date| Some(date) > head.published.as_ref()),
        published: head.published.clone(),
        description: None,
        tags,
        language: None,
        address: chat.address.as_ref().map(|address| format!("{address}/{}", head.id)),
        name,
        body: Body::Markdown(markdown),
        warnings: Vec::new(),
    }
}
