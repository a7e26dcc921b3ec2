//! Answers to guest queries.

use std::time::Duration;

use serde::Serialize;
use serde::de::IgnoredAny;
use teloxide::requests::Payload;

use crate::bot::api::client::ApiClient;
use crate::bot::api::error::ApiError;
use crate::bot::api::inline::{Article, InlineResult};

/// The payload of `answerGuestQuery`, which teloxide does not have.
#[derive(Debug, Clone, Serialize)]
struct AnswerGuestQuery {
    guest_query_id: String,
    result: Article,
}

impl Payload for AnswerGuestQuery {
    type Output = IgnoredAny;
    const NAME: &'static str = "AnswerGuestQuery";
}

/// Timeout of an answer.
const TIMEOUT: Duration = Duration::from_secs(8);

/// Answers the guest query with this id: posts the message of a result in the query's chat.
pub async fn answer_guest_query(
    client: &ApiClient,
    id: &str,
    result: InlineResult,
) -> Result<(), ApiError> {
    let request = AnswerGuestQuery { guest_query_id: id.to_owned(), result: result.into() };
    match client.call::<_, IgnoredAny>(&request, TIMEOUT).await {
        Ok(_) | Err(ApiError::UnreadableResponse { is_done: true }) => Ok(()),
        Err(error) => Err(error),
    }
}
