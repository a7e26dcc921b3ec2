//! `/doctor`: the self-diagnosis of the running bot, for the operator.

use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::send::single_attempt;
use crate::doctor::{self, CorpusFacts, Disk, IndexFacts, LocalFacts, ModelFacts};
use crate::render::telegram::{self, Message};

/// Reason that a chat gets instead of one that may contain a path.
const SEE_MACHINE: &str =
    "it cannot be used\nhint: `verbatim doctor` on the machine of the bot says why";

/// Makes the message with all checks. Telegram is asked for some seconds at most.
pub async fn doctor(ctx: &BotContext, reader: ReaderContext) -> Message {
    let installation = Arc::clone(&ctx.installation);
    let (library, health) = (Arc::clone(&ctx.library), Arc::clone(&ctx.health));
    let look = spawn_blocking(move || LocalFacts {
        disk: Disk::of(&installation.data),
        corpus: CorpusFacts::Articles {
            articles: library.article_count(),
            problems: health.metrics.corpus_problems(),
            warnings: 0,
        },
        index: match doctor::local::look_at_index(&library) {
            IndexFacts::Unusable(_) => IndexFacts::Unusable(SEE_MACHINE.into()),
            facts => facts,
        },
        model: match doctor::local::look_at_model(&installation.model) {
            ModelFacts::Unusable(_) => ModelFacts::Unusable(SEE_MACHINE.into()),
            facts => facts,
        },
    });
    let wanted = ctx.installation.webhook.as_ref();
    let (facts, local) = tokio::join!(single_attempt::telegram_facts(&ctx.sender, wanted), look);
    let Ok(local) = local else {
        tracing::error!("the self-diagnosis panicked");
        return ctx.apology(reader);
    };
    let mut checks = doctor::telegram::checks(&facts);
    checks.extend(doctor::local::checks(&local));
    telegram::doctor(&checks, reader.messages())
}
