//! What people do in Telegram: write, edit, press, type, send.

use serde_json::{Value, json};

use super::{ADA, FakeBotApi, Shown, chat_of, now, person};

impl FakeBotApi {
    /// A person writes to the bot in private; gives the message's id.
    pub fn says(&self, text: &str) -> i64 {
        self.writes(ADA, json!({"text": text}))
    }

    /// A message in a chat, with these fields; groups have negative ids.
    pub fn writes(&self, chat: i64, fields: Value) -> i64 {
        self.deliver("message", chat, None, fields)
    }

    /// A person sends the bot a file in private.
    pub fn sends_file(&self, name: &str, content: &[u8]) -> i64 {
        let id = format!("file{}", self.world.lock().next_update);
        self.world.lock().files.insert(id.clone(), content.to_vec());
        let document = json!({
            "file_id": id, "file_unique_id": id, "file_name": name, "file_size": content.len(),
        });
        self.writes(ADA, json!({"document": document}))
    }

    pub fn edits(&self, chat: i64, message: i64, fields: Value) {
        self.deliver("edited_message", chat, Some(message), fields);
    }

    /// Presses the button with this label under a message of the bot.
    pub fn presses(&self, message: &Shown, label: &str) {
        let pressed = message.buttons.iter().flatten().find(|(known, _)| known == label);
        let (_, data) =
            pressed.unwrap_or_else(|| panic!("no button {label} in {:?}", message.buttons));
        self.presses_data(message, data);
    }

    pub fn presses_data(&self, message: &Shown, data: &str) {
        self.presses_as(ADA, message, data);
    }

    /// Sends these bytes as those of a button below a message, as any client can.
    pub fn presses_as(&self, presser: i64, message: &Shown, data: &str) {
        let query = {
            let mut live = self.world.lock();
            let query = format!("q{}", live.next_update);
            live.open_callbacks.push(query.clone());
            query
        };
        let from = json!({"id": presser, "is_bot": false, "first_name": "Ada"});
        let mut pressed = json!({"id": query, "from": from, "chat_instance": "1", "data": data});
        match &message.inline {
            Some(id) => pressed["inline_message_id"] = json!(id),
            None => {
                let live = self.world.lock();
                let (_, _, body) = &live.messages[&message.id];
                pressed["message"] = json!({
                    "message_id": message.id, "date": 0, "chat": chat_of(message.chat),
                    "reply_markup": body["reply_markup"],
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
    pub fn presses_gone(&self, message: &Shown, data: &str) {
        self.world.lock().open_callbacks.push("gone".into());
        let chat = chat_of(message.chat);
        let shown = json!({"message_id": message.id, "date": 0, "chat": chat});
        self.push(json!({"callback_query": {
            "id": "gone", "from": person(), "chat_instance": "1", "data": data, "message": shown,
        }}));
    }

    /// Types `@bot words` somewhere; gives the query's id.
    pub fn types(&self, words: &str, offset: &str) -> String {
        let id = {
            let mut live = self.world.lock();
            let id = format!("i{}", live.next_update);
            live.open_inline.push(id.clone());
            id
        };
        self.push(json!({"inline_query": {
            "id": id, "from": person(), "query": words, "offset": offset, "chat_type": "group",
        }}));
        id
    }

    fn deliver(&self, kind: &str, chat: i64, id: Option<i64>, fields: Value) -> i64 {
        let mut live = self.world.lock();
        let id = id.unwrap_or(live.next_message);
        live.next_message = live.next_message.max(id + 1);
        let mut message = json!({"message_id": id, "date": now() + live.ahead, "chat": chat_of(chat), "from": person()});
        for (key, value) in fields.as_object().into_iter().flatten() {
            message[key] = value.clone();
        }
        live.messages.insert(id, (chat, false, message.clone()));
        drop(live);
        self.push(json!({kind: message}));
        id
    }
}
