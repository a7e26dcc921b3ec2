//! Requests in words: what "summary", "source?", "more" and "who are you?" get.

use super::{help, last_quote};
use crate::bot::briefings::compose;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::IncomingMessage;
use crate::dialogue::Request;
use crate::ids::UpdateId;
use crate::render::telegram::Message;
use crate::store::{AnswerRecord, StoreError};

/// Makes the reply to a request. Sets in `record` the quote that the reply shows.
pub async fn reply_to_request(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    request: Request,
    record: &mut AnswerRecord,
) -> Result<Message, StoreError> {
    let messages = reader.messages();
    Ok(match request {
        Request::Briefing { topic: Some(topic) } => {
            compose::brief(ctx, update, reader, topic).await
        }
        Request::Briefing { topic: None } => {
            let brief = match last_quote::replied(ctx, incoming)? {
                Some(quoted) => last_quote::brief(ctx, update, reader, quoted.cursor).await,
                None => compose::brief(ctx, update, reader, String::new()).await,
            };
            brief.under(&messages.brief_hint())
        }
        Request::Source => last_quote::source(ctx, update, incoming, reader, record).await?,
        Request::More => last_quote::more(ctx, update, incoming, reader, record).await?,
        Request::Help => help::start_page(ctx, update, incoming.kind, reader).await,
        Request::Identity => {
            help::start_page(ctx, update, incoming.kind, reader).await.under(&messages.identity())
        }
    })
}
