//! Requests of the bot, checked against the Bot API's description of its methods and types.
//!
//! `tests/data/README.md` names the source of the description.

use std::sync::LazyLock;

use serde_json::Value;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../data/bot-api.json");
    serde_json::from_str(text).expect("the description is JSON")
});

/// Returns everything in these requests that the Bot API does not know, or misses.
pub fn problems(calls: &[(String, Value)]) -> Vec<String> {
    let description = &*DESCRIPTION;
    let mut found = Vec::new();
    for (name, body) in calls.iter().filter(|(_, body)| body.get("raw").is_none()) {
        let methods = description["methods"].as_object().expect("methods");
        match methods.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, method)) => fields(description, method, body, name, &mut found),
            None => found.push(format!("{name} is no method")),
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Returns the fields of updates that the Bot API does not have.
pub fn unknown_fields(updates: &[Value]) -> Vec<String> {
    let known = |kind: &str, value: &Value, found: &mut Vec<String>| {
        let names = DESCRIPTION["received"][kind].as_array().expect("the names of the fields");
        let keys = value.as_object().into_iter().flatten().map(|(key, _)| key);
        let unknown = keys.filter(|key| !names.iter().any(|name| name == *key));
        found.extend(unknown.map(|key| format!("{kind}.{key} is unknown")));
    };
    let mut found = Vec::new();
    for update in updates.iter().filter(|update| update.pointer("/message/raw").is_none()) {
        known("Update", update, &mut found);
        for kind in ["message", "edited_message", "guest_message"] {
            known("Message", &update[kind], &mut found);
        }
        known("CallbackQuery", &update["callback_query"], &mut found);
        known("Message", &update["callback_query"]["message"], &mut found);
    }
    found.sort();
    found.dedup();
    found
}

fn fields(description: &Value, kind: &Value, value: &Value, path: &str, found: &mut Vec<String>) {
    let known: Vec<_> = kind["fields"].as_array().into_iter().flatten().collect();
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{path}.{key}");
        match known.iter().find(|field| field["name"] == **key) {
            None => found.push(format!("{path} is unknown")),
            Some(field) => {
                let types: Vec<_> = field["types"].as_array().into_iter().flatten().collect();
                let fits = |kind: &&Value| {
                    let mut own = Vec::new();
                    of_type(description, kind.as_str().unwrap_or_default(), value, &path, &mut own);
                    own
                };
                let tried: Vec<_> = types.iter().map(fits).collect();
                if !tried.iter().any(Vec::is_empty) {
                    found.extend(tried.into_iter().next().unwrap_or_default());
                }
            }
        }
    }
    for field in known.iter().filter(|field| field["required"] == true) {
        let name = field["name"].as_str().unwrap_or_default();
        if value.get(name).is_none_or(Value::is_null) {
            found.push(format!("{path}.{name} is missing"));
        }
    }
}

fn of_type(description: &Value, kind: &str, value: &Value, path: &str, found: &mut Vec<String>) {
    if let Some(inner) = kind.strip_prefix("Array of ") {
        match value.as_array() {
            Some(items) => {
                items.iter().for_each(|item| of_type(description, inner, item, path, found))
            }
            None => found.push(format!("{path} is no array")),
        }
        return;
    }
    let is_it = match kind {
        "Integer" => value.is_i64() || value.is_u64(),
        "Float" => value.is_number(),
        "String" => value.is_string(),
        "Boolean" => value.is_boolean(),
        "True" => *value == Value::Bool(true),
        _ => value.is_object(),
    };
    if !is_it {
        return found.push(format!("{path} is no {kind}"));
    }
    let known = &description["types"][kind];
    let subtypes: Vec<_> = known["subtypes"].as_array().into_iter().flatten().collect();
    if subtypes.is_empty() {
        return fields(description, known, value, path, found);
    }
    let tried = subtypes.iter().map(|subtype| {
        let mut own = Vec::new();
        of_type(description, subtype.as_str().unwrap_or_default(), value, path, &mut own);
        own
    });
    let tried: Vec<_> = tried.collect();
    if !tried.iter().any(Vec::is_empty) {
        found.push(format!("{path} is none of the kinds of {kind}"));
    }
}

#[test]
fn bot_api_check_reports_unknown_and_missing_fields() {
    let check = |body: Value, expected: &[&str]| {
        assert_eq!(problems(&[("SendMessage".to_owned(), body)]), expected);
    };
    check(serde_json::json!({"chat_id": 1, "text": "x"}), &[]);
    check(
        serde_json::json!({"chat_id": 1, "disable_web_page_preview": true}),
        &["SendMessage.disable_web_page_preview is unknown", "SendMessage.text is missing"],
    );
    check(
        serde_json::json!({"chat_id": 1, "text": "x", "link_preview_options": {"isdisabled": true}}),
        &["SendMessage.link_preview_options.isdisabled is unknown"],
    );
}
