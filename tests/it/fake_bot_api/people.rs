//! Actions of people in Telegram: writing, editing, pressing, inline queries, files, membership.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use serde_json::{Map, Value, json};

use super::{
    ADA, BEN, BOT_ID, FakeBotApi, GROUP, InlineAnswer, Message, bot_user, chat_of, now, person,
};

/// Id of the account that Telegram names as the sender of every anonymous administrator.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;
/// Id of the account that Telegram names as the sender of everything written as a channel.
const CHANNEL_BOT: i64 = 136_817_688;

/// A person in a chat, with the circumstances of the next message.
#[derive(Clone)]
pub struct Writer<'a> {
    telegram: &'a FakeBotApi,
    chat: i64,
    fields: Map<String, Value>,
}

/// A message of a person, which a test can edit later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    pub id: i64,
    pub chat: i64,
}

/// An inline query that is about to be typed.
#[must_use = "an inline query is typed once it is awaited"]
pub struct InlineQuery<'a> {
    telegram: &'a FakeBotApi,
    words: String,
    offset: String,
    user: i64,
}

impl FakeBotApi {
    /// Returns Ada in her private chat with the bot.
    pub fn private(&self) -> Writer<'_> {
        self.chat(ADA)
    }

    /// Returns a person in the private chat with the bot.
    pub fn private_of(&self, user: i64) -> Writer<'_> {
        self.chat(user).user(user)
    }

    /// Returns Ada in the group of readers.
    pub fn group(&self) -> Writer<'_> {
        self.chat(GROUP)
    }

    /// Returns Ada in a chat. Groups have negative ids.
    pub fn chat(&self, chat: i64) -> Writer<'_> {
        Writer { telegram: self, chat, fields: Map::new() }
    }

    /// Presses the button with this label and returns the message as the bot changes it.
    pub async fn press(&self, message: &Message, label: &str) -> Message {
        self.click(message, label);
        let shown = self.next_message().await;
        let place = |shown: &Message| (shown.chat, shown.id, shown.inline.clone(), shown.only_for);
        assert!(
            shown.is_edit && place(&shown) == place(message),
            "the button {label} changes its own message, but the bot sent:\n{shown}"
        );
        shown
    }

    /// Opens the menu below an answer.
    pub async fn open_menu(&self, message: &Message) -> Message {
        let menu = self.press(message, "⋯").await;
        assert_eq!(menu.html, message.html, "the menu changes only the buttons");
        menu
    }

    /// Presses the button with this label as another person, who gets a page alone.
    pub async fn press_alone(&self, user: i64, message: &Message, label: &str) -> Message {
        self.click_as(user, message, message.data(label));
        let shown = self.next_message().await;
        assert_eq!(shown.only_for.map(|(person, _)| person), Some(user), "{shown}");
        shown
    }

    /// Presses the button with this label and returns the notice that Telegram shows for it.
    pub async fn press_for_notice(&self, message: &Message, label: &str) -> String {
        let before = self.notices().len();
        self.click(message, label);
        self.until("a press is answered", |live| live.answered_callbacks.get(before).cloned()).await
    }

    /// Presses the button with this label without waiting.
    pub fn click(&self, message: &Message, label: &str) {
        self.click_data(message, message.data(label));
    }

    pub fn click_data(&self, message: &Message, data: &str) {
        self.click_as(ADA, message, data);
    }

    /// Sends these bytes as those of a button below a message, as any client can.
    pub fn click_as(&self, user: i64, message: &Message, data: &str) {
        let query = {
            let mut live = self.world.lock();
            let query = format!("q{}", live.next_update);
            live.open_callbacks.push(query.clone());
            query
        };
        let mut pressed = json!({
            "id": query, "from": person(user), "chat_instance": "1", "data": data,
        });
        match &message.inline {
            Some(id) => pressed["inline_message_id"] = json!(id),
            None if let Some((receiver, id)) = message.only_for => {
                let live = self.world.lock();
                let (_, _, body) = &live.ephemeral[&id];
                pressed["message"] = json!({
                    "message_id": 0, "ephemeral_message_id": id, "date": 1,
                    "receiver_user": person(receiver), "chat": chat_of(message.chat),
                    "reply_markup": body["reply_markup"],
                });
            }
            None => {
                let live = self.world.lock();
                let (_, _, body) = &live.messages[&message.id];
                pressed["message"] = json!({
                    "message_id": message.id, "date": 0, "chat": chat_of(message.chat),
                    "reply_markup": body["reply_markup"], "text": message.text,
                });
                if let Some(thread) = body["message_thread_id"].as_i64() {
                    pressed["message"]["message_thread_id"] = json!(thread);
                    pressed["message"]["is_topic_message"] = json!(true);
                }
                let replied = body["reply_parameters"]["message_id"].as_i64();
                if let Some((_, _, asked)) = replied.and_then(|id| live.messages.get(&id)) {
                    pressed["message"]["reply_to_message"] = asked.clone();
                }
            }
        }
        self.push(json!({"callback_query": pressed}));
    }

    /// Presses a button below a message that was deleted since.
    pub fn click_deleted(&self, message: &Message, data: &str) {
        self.world.lock().open_callbacks.push("gone".into());
        let chat = chat_of(message.chat);
        let shown = json!({"message_id": message.id, "date": 0, "chat": chat});
        self.push(json!({"callback_query": {
            "id": "gone", "from": person(ADA), "chat_instance": "1", "data": data,
            "message": shown,
        }}));
    }

    /// Types `@bot words` in some chat.
    pub fn inline(&self, words: &str) -> InlineQuery<'_> {
        InlineQuery { telegram: self, words: words.into(), offset: String::new(), user: ADA }
    }

    /// Queues an update of a kind that the bot does not ask for.
    pub fn push_poll(&self) {
        self.push(json!({"poll": {}}));
    }

    /// Queues a change of the bot's membership without any content.
    pub fn push_empty_membership(&self) {
        self.push(json!({"my_chat_member": {}}));
    }

    /// Queues updates whose parts are missing or of other types than Telegram documents.
    pub fn push_malformed(&self) {
        for update in [
            json!({"message": {"chat": 5}}),
            json!({"message": null}),
            json!({"callback_query": {"id": "x"}}),
        ] {
            self.push(update);
        }
    }

    fn deliver(&self, kind: &str, chat: i64, id: Option<i64>, fields: &Map<String, Value>) -> i64 {
        let mut live = self.world.lock();
        let id = id.unwrap_or(live.next_message);
        live.next_message = live.next_message.max(id + 1);
        let mut message = json!({
            "message_id": id, "date": now() + live.ahead, "chat": chat_of(chat),
            "from": person(ADA),
        });
        for (key, value) in fields {
            message[key] = value.clone();
        }
        live.messages.insert(id, (chat, false, message.clone()));
        drop(live);
        self.push(json!({kind: message}));
        id
    }
}

impl<'a> Writer<'a> {
    fn with(mut self, key: &str, value: Value) -> Writer<'a> {
        self.fields.insert(key.into(), value);
        self
    }

    fn with_sender(mut self, key: &str, value: Value) -> Writer<'a> {
        self.fields.entry("from").or_insert_with(|| person(ADA))[key] = value;
        self
    }

    pub fn user(self, id: i64) -> Writer<'a> {
        self.with("from", person(id))
    }

    pub fn ben(self) -> Writer<'a> {
        self.user(BEN)
    }

    pub fn named(self, first_name: &str, username: &str) -> Writer<'a> {
        self.with_sender("first_name", json!(first_name)).with_sender("username", json!(username))
    }

    /// Sets the interface language of the sender's Telegram.
    pub fn language(self, code: &str) -> Writer<'a> {
        self.with_sender("language_code", json!(code))
    }

    /// Makes Ada an administrator of every group.
    pub fn admin(self) -> Writer<'a> {
        self.telegram.make_administrator(ADA);
        self
    }

    /// Sets an administrator who writes anonymously, as the group itself.
    pub fn anonymous_admin(self) -> Writer<'a> {
        let chat = self.chat;
        self.account_sender(GROUP_ANONYMOUS_BOT, chat, "supergroup")
    }

    /// Sets a person who writes as a channel.
    pub fn channel_sender(self, channel: i64) -> Writer<'a> {
        self.account_sender(CHANNEL_BOT, channel, "channel")
    }

    fn account_sender(self, account: i64, sender: i64, kind: &str) -> Writer<'a> {
        let from = json!({"id": account, "is_bot": true, "first_name": "Telegram"});
        let sender = json!({"id": sender, "type": kind, "title": "Somebody"});
        self.with("from", from).with("sender_chat", sender)
    }

    /// Sets another bot as the sender.
    pub fn other_bot(self) -> Writer<'a> {
        self.with("from", json!({"id": 7, "is_bot": true, "first_name": "Bot"}))
    }

    pub fn without_sender(self) -> Writer<'a> {
        self.with("from", Value::Null)
    }

    /// Sets that the text was chosen from the bot's own inline offers.
    pub fn via_bot(self) -> Writer<'a> {
        self.with("via_bot", bot_user())
    }

    pub fn titled(self, title: &str) -> Writer<'a> {
        let chat = json!({"id": self.chat, "type": "supergroup", "title": title});
        self.with("chat", chat)
    }

    /// Makes the chat a channel.
    pub fn channel(self) -> Writer<'a> {
        let chat = json!({"id": self.chat, "type": "channel", "title": "News"});
        self.with("chat", chat)
    }

    pub fn topic(self, topic: i64) -> Writer<'a> {
        self.thread(topic).with("is_topic_message", json!(true))
    }

    /// Sets a thread of replies, which is not a topic.
    pub fn thread(self, thread: i64) -> Writer<'a> {
        self.with("message_thread_id", json!(thread))
    }

    /// Makes the next message a reply to a message of the bot.
    pub fn reply_to(self, message: &Message) -> Writer<'a> {
        let replied = json!({
            "message_id": message.id, "text": message.text, "from": bot_user(),
        });
        self.with("reply_to_message", replied)
    }

    /// Makes the next message a reply to a message that another person wrote.
    pub fn reply_to_person(self, text: &str) -> Writer<'a> {
        let replied = json!({"message_id": 1, "text": text, "from": {"id": 7}});
        self.with("reply_to_message", replied)
    }

    /// Quotes a part of the message that is replied to.
    pub fn quoting(self, text: &str) -> Writer<'a> {
        self.with("quote", json!({"text": text, "position": 9}))
    }

    /// Sets any field of the next message.
    pub fn field(self, key: &str, value: Value) -> Writer<'a> {
        self.with(key, value)
    }

    /// Sends a message without a text of its own, without waiting.
    pub fn post_nothing(self) -> Posted {
        self.deliver()
    }

    /// Sets the time at which the message was sent, in Unix seconds.
    pub fn sent_at(self, time: i64) -> Writer<'a> {
        self.with("date", json!(time))
    }

    /// Sets the time at which the message was edited, in Unix seconds.
    pub fn edited_at(self, time: i64) -> Writer<'a> {
        self.with("edit_date", json!(time))
    }

    /// Sends a text and returns the bot's reply to it, which must be the next message.
    pub async fn send(self, text: &str) -> Message {
        let telegram = self.telegram;
        let posted = self.post(text);
        telegram.reply_to(posted).await
    }

    /// Sends a text without waiting for a reply.
    pub fn post(self, text: &str) -> Posted {
        self.with("text", json!(text)).deliver()
    }

    /// Sends a sticker without waiting for a reply.
    pub fn post_sticker(self) -> Posted {
        self.with("sticker", json!({})).deliver()
    }

    pub async fn send_sticker(self) -> Message {
        let telegram = self.telegram;
        let posted = self.post_sticker();
        telegram.reply_to(posted).await
    }

    /// Changes the title of the group.
    pub fn post_new_title(self) -> Posted {
        self.with("new_chat_title", json!("Readers")).deliver()
    }

    /// Sends a file and returns the bot's reply to it.
    pub async fn send_file(self, name: &str, content: &[u8]) -> Message {
        let telegram = self.telegram;
        let posted = self.post_file(name, content);
        telegram.reply_to(posted).await
    }

    pub fn post_file(self, name: &str, content: &[u8]) -> Posted {
        let id = {
            let mut live = self.telegram.world.lock();
            let id = format!("file{}", live.next_update);
            live.files.insert(id.clone(), content.to_vec());
            id
        };
        let document = json!({
            "file_id": id, "file_unique_id": id, "file_name": name, "file_size": content.len(),
        });
        self.with("document", document).deliver()
    }

    /// Edits a message of a person without waiting.
    pub fn edit(self, posted: Posted, text: &str) {
        let edited = self.with("text", json!(text));
        edited.telegram.deliver("edited_message", posted.chat, Some(posted.id), &edited.fields);
    }

    /// Reports that the group became a supergroup with another id.
    pub fn migrate_to(self, chat: i64) {
        self.with("migrate_to_chat_id", json!(chat)).deliver();
    }

    pub fn add_bot(self) {
        self.membership("left", "member");
    }

    pub fn remove_bot(self) {
        self.membership("member", "left");
    }

    /// Blocks the bot in a private chat, or bans it in a group.
    pub fn block_bot(self) {
        self.membership("member", "kicked");
    }

    pub fn unblock_bot(self) {
        self.membership("kicked", "member");
    }

    /// Reports a change of the bot's membership in the chat.
    pub fn membership(self, before: &str, after: &str) {
        self.telegram.exists(self.chat);
        let from = self.fields.get("from").cloned().unwrap_or_else(|| person(ADA));
        let chat = self.fields.get("chat").cloned().unwrap_or_else(|| chat_of(self.chat));
        self.telegram.push(json!({"my_chat_member": {
            "chat": chat, "date": now(), "from": from,
            "old_chat_member": {"status": before, "user": {"id": BOT_ID}},
            "new_chat_member": {"status": after, "user": {"id": BOT_ID}},
        }}));
    }

    /// Checks that the bot answered nothing that came before in this chat. The answers of a chat
    /// come in order, so the next message must be the reply to a last request.
    pub async fn stays_silent(self) {
        self.send("/help").await;
    }

    /// Sends a text as a guest query, without waiting. Returns the id of the query.
    pub fn post_as_guest(self, text: &str) -> (Posted, String) {
        let telegram = self.telegram;
        let query = {
            let mut live = telegram.world.lock();
            let query = format!("{}", live.next_update);
            live.open_guests.push(query.clone());
            query
        };
        let asked = self.with("text", json!(text)).with("guest_query_id", json!(query));
        let id = telegram.deliver("guest_message", asked.chat, None, &asked.fields);
        (Posted { id, chat: asked.chat }, query)
    }

    /// Sends a text as a guest query and returns the bot's answer, which must be the next message.
    pub async fn ask_as_guest(self, text: &str) -> Message {
        let telegram = self.telegram;
        let (_, query) = self.post_as_guest(text);
        let answer = telegram.next_message().await;
        assert_eq!(answer.inline.as_deref(), Some(&*format!("guest-{query}")), "{answer}");
        answer
    }

    /// Sends a text that arrives both as a message and as a guest query.
    pub fn post_twice(self, text: &str, is_guest_first: bool) -> Posted {
        let copy = self.clone();
        match is_guest_first {
            true => {
                let (posted, _) = copy.post_as_guest(text);
                let fields = self.with("text", json!(text));
                fields.telegram.deliver("message", posted.chat, Some(posted.id), &fields.fields);
                posted
            }
            false => {
                let posted = copy.post(text);
                let telegram = self.telegram;
                let query = format!("twice-{}", posted.id);
                telegram.world.lock().open_guests.push(query.clone());
                let fields = self.with("text", json!(text)).with("guest_query_id", json!(query));
                telegram.deliver("guest_message", posted.chat, Some(posted.id), &fields.fields);
                posted
            }
        }
    }

    fn deliver(self) -> Posted {
        let id = self.telegram.deliver("message", self.chat, None, &self.fields);
        Posted { id, chat: self.chat }
    }
}

impl<'a> InlineQuery<'a> {
    pub fn offset(self, offset: &str) -> InlineQuery<'a> {
        InlineQuery { offset: offset.into(), ..self }
    }

    pub fn user(self, user: i64) -> InlineQuery<'a> {
        InlineQuery { user, ..self }
    }

    /// Types the words without waiting and returns the id of the query.
    pub fn post(self) -> String {
        let id = {
            let mut live = self.telegram.world.lock();
            let id = format!("i{}", live.next_update);
            live.open_inline.push(id.clone());
            id
        };
        self.telegram.push(json!({"inline_query": {
            "id": id, "from": person(self.user), "query": self.words, "offset": self.offset,
            "chat_type": "group",
        }}));
        id
    }
}

impl<'a> IntoFuture for InlineQuery<'a> {
    type Output = InlineAnswer;
    type IntoFuture = Pin<Box<dyn Future<Output = InlineAnswer> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let telegram = self.telegram;
            let id = self.post();
            let answer = telegram.next_inline().await;
            assert_eq!(answer.query, id, "another query was answered");
            answer
        })
    }
}
