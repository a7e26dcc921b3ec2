//! Answers to inline queries: one bad offer refuses them all.

use serde_json::{Value, json};

use super::methods::{Outcome, show};
use super::{InlineAnswer, InlinePost, Live};

pub fn answer_inline(live: &mut Live, body: &Value) -> Outcome {
    let id = body["inline_query_id"].as_str().unwrap_or_default().to_owned();
    let at = live.open_inline.iter().position(|open| *open == id);
    let at = at.ok_or("query is too old and response timeout expired or query ID is invalid")?;
    let results = body["results"].as_array().ok_or("results are missing")?;
    if results.len() > 50 || body["next_offset"].as_str().is_some_and(|next| next.len() > 64) {
        return Err("RESULTS_TOO_MUCH".into());
    }
    let mut ids = Vec::new();
    let mut posts = Vec::new();
    for result in results {
        let id = result["id"].as_str().unwrap_or_default();
        if !(1..=64).contains(&id.len()) || ids.contains(&id) {
            return Err("RESULT_ID_INVALID".into());
        }
        ids.push(id);
        let title = result["title"].as_str().unwrap_or_default();
        if result["type"] != json!("article") || title.is_empty() {
            return Err("ARTICLE_TITLE_EMPTY".into());
        }
        let mut content = result["input_message_content"].clone();
        content["text"] = content["message_text"].clone();
        content["reply_markup"] = result["reply_markup"].clone();
        let shown = show(&content, 0, 0, false)?;
        let description = result["description"].as_str().unwrap_or_default().to_owned();
        posts.push(InlinePost { title: title.to_owned(), description, message: shown });
    }
    if let Some(parameter) = body["button"]["start_parameter"].as_str() {
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
        if !(1..=64).contains(&parameter.len()) || !parameter.bytes().all(is_allowed) {
            return Err("START_PARAM_INVALID".into());
        }
    }
    live.open_inline.remove(at);
    live.inline_answers.push_back(InlineAnswer {
        query: id,
        posts,
        next_offset: body["next_offset"].as_str().unwrap_or_default().to_owned(),
        button: body["button"]["start_parameter"].as_str().map(str::to_owned),
        cache_time: body["cache_time"].as_i64(),
        is_personal: body["is_personal"] == json!(true),
    });
    Ok(json!(true))
}
