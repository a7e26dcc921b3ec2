//! The profile of the bot, and the administrators of groups.

use serde_json::{Value, json};

use super::methods::Outcome;
use super::{FakeBotApi, Live};

impl FakeBotApi {
    /// Returns the names of the commands that the bot last set in English for this kind of chats.
    pub fn menu(&self, scope: &str) -> Vec<String> {
        let calls = self.calls("setMyCommands");
        let is_it =
            |call: &&Value| call["scope"]["type"] == scope && call["language_code"] == json!("");
        let call = calls.iter().rfind(is_it).expect("a menu in English");
        let commands = call["commands"].as_array().expect("commands").iter();
        let names = commands.filter_map(|command| command["command"].as_str());
        names.map(str::to_owned).collect()
    }

    /// Returns the description and the short description that the bot set first, in English.
    pub fn described(&self) -> String {
        let first = |method: &str, key: &str| {
            self.calls(method)[0][key].as_str().expect("a text").to_owned()
        };
        let [long, short] = [
            first("setMyDescription", "description"),
            first("setMyShortDescription", "short_description"),
        ];
        format!("{long}\n---\n{short}")
    }
}

pub fn set_commands(live: &mut Live, body: &Value) -> Outcome {
    for command in body["commands"].as_array().into_iter().flatten() {
        let name = command["command"].as_str().unwrap_or_default();
        let is_name = (1..=32).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        let description = command["description"].as_str().unwrap_or_default().chars().count();
        if !is_name || !(1..=256).contains(&description) {
            return Err("BOT_COMMAND_INVALID".into());
        }
    }
    live.profile.insert(profile_key("commands", body), body["commands"].clone());
    Ok(json!(true))
}

pub fn profile_name(method: &str) -> &'static str {
    match &method[5..] {
        "name" => "name",
        "description" => "description",
        _ => "short_description",
    }
}

/// Returns the key of a value that is set for one scope and language.
pub fn profile_key(what: &str, body: &Value) -> String {
    format!("{what} {} {}", body["scope"], body["language_code"])
}

pub fn set_profile(live: &mut Live, what: &str, body: &Value) -> Outcome {
    let limit = match what {
        "name" => 64,
        "description" => 512,
        _ => 120,
    };
    if body[what].as_str().is_none_or(|text| text.chars().count() > limit) {
        return Err(format!("{what} is too long"));
    }
    live.profile.insert(profile_key(what, body), body[what].clone());
    Ok(json!(true))
}

pub fn get_chat_member(live: &mut Live, body: &Value) -> Value {
    let user = body["user_id"].as_i64().unwrap_or(0);
    let status = if live.administrators.contains(&user) { "administrator" } else { "member" };
    let person = json!({"id": user, "is_bot": false, "first_name": "Ada"});
    let mut member = json!({"status": status, "user": person});
    if status == "administrator" {
        for right in [
            "can_be_edited",
            "is_anonymous",
            "can_manage_chat",
            "can_delete_messages",
            "can_manage_video_chats",
            "can_restrict_members",
            "can_promote_members",
            "can_change_info",
            "can_invite_users",
            "can_post_stories",
            "can_edit_stories",
            "can_delete_stories",
        ] {
            member[right] = json!(false);
        }
    }
    member
}
