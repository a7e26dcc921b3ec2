//! The JSON export of Telegram Desktop. Pure.
//!
//! `result.json` holds one chat, or the chats of an account under `chats.list`. Unknown keys are
//! ignored, and a value of an unknown form counts as missing.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::{Deserialize, Deserializer};

use super::super::date::iso_date;
use super::post::{Chat, Post};
use super::run::{Run, RunKind, Style};
use crate::import::document::Failure;

const SERVICE: &str = "service messages";
const MEDIA: &str = "polls, stickers and media without a text";
const PRIVATE: &str = "messages of private chats";

/// The root of the file: a chat or an account.
#[derive(Deserialize)]
struct Root {
    #[serde(default, deserialize_with = "scalar")]
    name: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "scalar")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    id: Option<String>,
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    chats: Option<ChatList>,
    #[serde(default)]
    left_chats: Option<ChatList>,
}

#[derive(Deserialize)]
struct ChatList {
    #[serde(default)]
    list: Vec<ChatExport>,
}

#[derive(Deserialize)]
struct ChatExport {
    #[serde(default, deserialize_with = "scalar")]
    name: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "scalar")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    id: Option<String>,
    #[serde(default)]
    messages: Option<Vec<Message>>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(default, deserialize_with = "scalar")]
    id: Option<String>,
    #[serde(default, rename = "type", deserialize_with = "scalar")]
    kind: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    date: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    date_unixtime: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    edited: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    from: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    from_id: Option<String>,
    /// Signature of the author of a post in a channel.
    #[serde(default, deserialize_with = "scalar")]
    author: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    forwarded_from: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    reply_to_message_id: Option<String>,
    /// Chat of the message that is replied to, if it is another chat.
    #[serde(default, deserialize_with = "scalar")]
    reply_to_peer_id: Option<String>,
    #[serde(default)]
    text: Parts,
    #[serde(default)]
    text_entities: Parts,
}

#[derive(Default)]
struct Parts(Vec<Run>);

/// A value of any form.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Integer(i64),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Parts(Vec<Part>),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Part {
    Plain(String),
    Entity(Entity),
    Other(serde::de::IgnoredAny),
}

#[derive(Deserialize)]
struct Entity {
    #[serde(rename = "type")]
    kind: String,
    text: String,
    #[serde(default)]
    href: Option<String>,
    #[serde(default)]
    language: Option<String>,
}

/// Reads a text or a number as a text.
fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Scalar::Integer(number) => Some(number.to_string()),
        Scalar::Other(_) => None,
    })
}

impl<'de> Deserialize<'de> for Parts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let plain = |text: String| Run { text, style: Style::default() };
        Ok(Self(match Text::deserialize(deserializer)? {
            Text::Plain(text) if text.is_empty() => Vec::new(),
            Text::Plain(text) => vec![plain(text)],
            Text::Parts(parts) => parts
                .into_iter()
                .filter_map(|part| match part {
                    Part::Plain(text) => Some(plain(text)),
                    Part::Entity(entity) => Some(run(entity)),
                    Part::Other(_) => None,
                })
                .collect(),
            Text::Other(_) => Vec::new(),
        }))
    }
}

fn run(entity: Entity) -> Run {
    let Entity { kind, text, href, language } = entity;
    let mut style = Style::default();
    match kind.as_str() {
        "bold" => style.is_bold = true,
        "italic" => style.is_italic = true,
        "blockquote" => style.is_quote = true,
        "code" => style.kind = RunKind::Code,
        "pre" => style.kind = RunKind::Pre(language.unwrap_or_default()),
        "hashtag" => style.kind = RunKind::Hashtag,
        "link" => style.kind = RunKind::Link(text.clone()),
        "text_link" => style.kind = href.map_or(RunKind::Text, RunKind::Link),
        // Underlined and struck text, spoilers, mentions, addresses and custom emoji.
        _ => {}
    }
    Run { text, style }
}

/// A chat of an export and its posts.
pub struct ChatPosts {
    pub chat: Chat,
    pub posts: Vec<Post>,
    /// Number of messages that are no posts, by the reason.
    pub left_out: BTreeMap<String, usize>,
}

/// Parses an export. The private chats of an account are left out.
pub fn parse(json: &str) -> Result<Vec<ChatPosts>, Failure> {
    let failed = |error: serde_json::Error| Failure {
        what: match error.is_eof() {
            true => "the export ends in the middle".to_owned(),
            false => format!("it is not a valid export of Telegram: {error}"),
        },
        hint: "export the chat again in Telegram Desktop, with the format JSON".to_owned(),
    };
    let root: Root = serde_json::from_str(json.trim_start_matches('\u{feff}')).map_err(failed)?;
    let Root { name, kind, id, messages, chats, left_chats } = root;
    if messages.is_some() {
        return Ok(vec![chat_posts(ChatExport { name, kind, id, messages }, "")]);
    }
    let lists = [chats, left_chats].into_iter().flatten();
    let chats: Vec<ChatPosts> = lists.flat_map(|list| list.list).map(of_account).collect();
    match chats.is_empty() {
        false => Ok(chats),
        true => Err(Failure {
            what: "the export has no messages".to_owned(),
            hint: "export a channel or chat in Telegram Desktop, with the format JSON".to_owned(),
        }),
    }
}

/// Returns the posts of one of the chats of an account.
fn of_account(chat: ChatExport) -> ChatPosts {
    let kind = chat.kind.as_deref().unwrap_or_default();
    let is_private = ["personal_chat", "bot_chat", "verification_codes", "replies"].contains(&kind);
    if is_private {
        let count = chat.messages.as_ref().map_or(0, Vec::len);
        let left_out = BTreeMap::from([(PRIVATE.to_owned(), count)]);
        return ChatPosts { chat: Chat::default(), posts: Vec::new(), left_out };
    }
    let prefix = format!("{}/", chat.id.as_deref().unwrap_or("saved"));
    chat_posts(chat, &prefix)
}

fn chat_posts(export: ChatExport, key_prefix: &str) -> ChatPosts {
    let kind = export.kind.clone().unwrap_or_default();
    let mut left_out = BTreeMap::<String, usize>::new();
    let mut posts = Vec::new();
    for message in export.messages.unwrap_or_default() {
        let is_service = message.kind.as_deref().is_some_and(|kind| kind != "message");
        match post(message) {
            _ if is_service => *left_out.entry(SERVICE.to_owned()).or_default() += 1,
            Some(post) => posts.push(post),
            None => *left_out.entry(MEDIA.to_owned()).or_default() += 1,
        }
    }
    let name = if kind.starts_with("public_") { public_name(&posts) } else { None };
    // The id of a channel or a supergroup may have the prefix of the Bot API.
    let id = export.id.as_deref().map(|id| id.strip_prefix("-100").unwrap_or(id).to_owned());
    let has_addresses = kind.ends_with("channel") || kind.ends_with("supergroup");
    let id = id.filter(|id| has_addresses && id.bytes().all(|b| b.is_ascii_digit()));
    let address = name.map(|name| format!("https://t.me/{name}"));
    let chat = Chat {
        title: export.name,
        is_channel: kind.ends_with("channel"),
        address: address.or_else(|| Some(format!("https://t.me/c/{}", id?))),
        key_prefix: key_prefix.to_owned(),
    };
    ChatPosts { chat, posts, left_out }
}

/// Returns the post of a message. `None` if it has no text.
fn post(message: Message) -> Option<Post> {
    let parts = match message.text.0.is_empty() {
        true => message.text_entities.0,
        false => message.text.0,
    };
    if parts.iter().all(|run| run.text.trim().is_empty()) {
        return None;
    }
    let number = |text: Option<String>| text?.trim().parse::<i64>().ok();
    let seconds = message.date.as_deref().and_then(seconds);
    Some(Post {
        id: number(message.id)?,
        sender: message.from_id.or(message.from.clone()).unwrap_or_default(),
        author: message.forwarded_from.clone().or(message.author).or(message.from),
        origin: message.forwarded_from,
        seconds: number(message.date_unixtime).or(seconds),
        published: message.date.as_deref().and_then(iso_date),
        updated: message.edited.as_deref().and_then(iso_date),
        reply_to: number(message.reply_to_message_id)
            .filter(|_| message.reply_to_peer_id.is_none()),
        runs: parts,
    })
}

/// Returns the seconds of a local date and time `YYYY-MM-DDTHH:MM:SS`, as if each month had 31
/// days. Only differences within a day are exact.
pub fn seconds(text: &str) -> Option<i64> {
    let fields = text.get(..19)?.split(['-', 'T', ' ', ':']);
    let fields: Vec<i64> = fields.map_while(|field| field.parse().ok()).collect();
    let [year, month, day, hour, minute, second] = fields[..] else { return None };
    let days = (year * 12 + month) * 31 + day;
    Some(((days * 24 + hour) * 60 + minute) * 60 + second)
}

/// Returns the public name of a channel, which an export does not hold: the name to whose earlier
/// posts its posts link most, if one does.
fn public_name(posts: &[Post]) -> Option<String> {
    let ids: HashSet<i64> = posts.iter().map(|post| post.id).collect();
    let mut links = HashMap::<String, usize>::new();
    let mut mentions = HashMap::<String, usize>::new();
    for post in posts.iter().filter(|post| post.origin.is_none()) {
        for run in &post.runs {
            if let Some(name) = run.text.strip_prefix('@') {
                *mentions.entry(name.to_ascii_lowercase()).or_default() += 1;
            }
            let RunKind::Link(href) = &run.style.kind else { continue };
            let Some((name, id)) = post_of(href) else { continue };
            match id {
                Some(id) if id < post.id && ids.contains(&id) => {
                    *links.entry(name).or_default() += 3;
                }
                Some(_) => {}
                None => *mentions.entry(name).or_default() += 1,
            }
        }
    }
    let score = |(name, links): (String, usize)| {
        (links + mentions.get(&name.to_ascii_lowercase()).copied().unwrap_or_default(), name)
    };
    let mut scores: Vec<_> = links.into_iter().map(score).collect();
    scores.sort_unstable_by(|a, b| b.cmp(a));
    let is_clear = scores.get(1).is_none_or(|second| second.0 < scores[0].0);
    scores.into_iter().next().filter(|_| is_clear).map(|(_, name)| name)
}

/// Returns the name of the channel of a link, and the id of the post if it names one.
fn post_of(href: &str) -> Option<(String, Option<i64>)> {
    let rest = href.split_once("://").map_or(href, |(_, rest)| rest);
    let (host, path) = rest.split_once('/')?;
    let path = path.split(['?', '#']).next()?.trim_end_matches('/');
    let path = path.strip_prefix("s/").unwrap_or(path);
    let (name, id) = match path.split_once('/') {
        Some((name, id)) => (name, Some(id.parse().ok()?)),
        None => (path, None),
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_telegram = matches!(host, "t.me" | "telegram.me");
    (is_telegram && name.len() >= 4 && name.chars().all(is_name)).then(|| (name.to_owned(), id))
}
