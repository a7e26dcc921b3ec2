//! Pages: the messages that buttons and deep links show, read from the library.
//!
//! A page sends nothing and records nothing, so that it can be made on a thread for blocking work.

use crate::answer::{Answer, AnswerCursor};
use crate::corpus::article::ArticleId;
use crate::dialogue::{Request, SmallTalk};
use crate::library::{LibraryError, View};
use crate::render::telegram::{self, Action, Button, Message, RenderContext, StartPayload};

/// Makes the message with an answer.
pub fn answer_message(answer: &Answer, context: &RenderContext<'_>) -> Message {
    let messages = context.messages;
    match answer {
        Answer::Found(found) => telegram::quotes(found, context),
        Answer::NothingFound(nothing) => telegram::nothing_found(nothing, context),
        Answer::Byline(bylines) => telegram::authors(bylines, context),
        Answer::SmallTalk(kind) => telegram::plain(&match kind {
            SmallTalk::Greeting => messages.greeting(),
            SmallTalk::Thanks => messages.thanks(),
            SmallTalk::Farewell => messages.farewell(),
            SmallTalk::Acknowledgement => messages.acknowledged(),
        }),
        Answer::Articles(list) => telegram::article_list(list, context),
        Answer::Request(request) => telegram::plain(&match request {
            Request::Briefing { .. } => messages.brief_hint(),
            Request::Source => messages.no_quote_yet(),
            Request::More => messages.no_more_quotes(),
            Request::Help => messages.start(),
            Request::Identity => messages.identity(),
        }),
        Answer::Empty => {
            let contents = Button::new(&messages.button_contents(), Action::Contents(0));
            telegram::plain(&messages.nothing_to_search()).with_row(vec![contents])
        }
    }
}

/// Makes the page to which a deep link leads. The payload is `None` if it cannot be decoded.
pub fn deep_link_page(
    library: &View<'_>,
    context: &RenderContext<'_>,
    payload: Option<StartPayload>,
) -> Result<Message, LibraryError> {
    let (section, passage) = match payload {
        None | Some(StartPayload::Question(_)) => return changed_page(library, context),
        Some(StartPayload::Section(section)) => (section, None),
        Some(StartPayload::Passage(section, passage)) => (section, Some(passage)),
    };
    let place = passage.map(|passage| library.passage(passage)).transpose()?.flatten();
    // A passage may have moved to another section since the link was made.
    let section = place.as_ref().map_or(section, |(place, _)| place.section().id);
    let Some(reading) = library.section(section)? else { return changed_page(library, context) };
    Ok(match (place, passage) {
        (Some((_, passage)), _) => {
            let page = telegram::page_of(&reading, passage.id);
            telegram::section(&reading, page, Some(passage.id), context)
        }
        (None, Some(_)) => {
            telegram::section(&reading, 0, None, context).under(&context.messages.text_changed())
        }
        (None, None) => telegram::section(&reading, 0, None, context),
    })
}

/// Makes the page of one quote of an answer. Returns `None` if its text has changed.
pub fn quote(
    library: &View<'_>,
    context: &RenderContext<'_>,
    cursor: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let excerpt = library.excerpt(cursor.current())?;
    Ok(excerpt.map(|excerpt| telegram::quote(&excerpt, Some(cursor), context)))
}

/// Makes the page of a quote with the text before and after it. Returns `None` if its text has
/// changed.
pub fn quote_in_context(
    library: &View<'_>,
    context: &RenderContext<'_>,
    cursor: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let Some(excerpt) = library.excerpt(cursor.current())? else { return Ok(None) };
    let reading = library.section(excerpt.place().section().id)?;
    Ok(reading.map(|reading| telegram::context(&excerpt, cursor, &reading, context)))
}

/// Makes the page of one quote of an answer as a citation. Returns `None` if its text has changed.
pub fn citation(
    library: &View<'_>,
    context: &RenderContext<'_>,
    cursor: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let excerpt = library.excerpt(cursor.current())?;
    Ok(excerpt.map(|excerpt| telegram::whole_citation(&excerpt, cursor, context)))
}

/// Makes the page with the source of one quote of an answer. Returns `None` if its text has
/// changed.
pub fn source(
    library: &View<'_>,
    context: &RenderContext<'_>,
    cursor: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let excerpt = library.excerpt(cursor.current())?;
    Ok(excerpt.map(|excerpt| telegram::source(&excerpt, context)))
}

/// Makes a page of an article's briefing. Returns `None` if the article was removed.
pub fn brief(
    library: &View<'_>,
    context: &RenderContext<'_>,
    article: ArticleId,
    page: usize,
) -> Result<Option<Message>, LibraryError> {
    Ok(library.brief(article)?.map(|brief| telegram::brief(&brief, page, context)))
}

/// Makes the page for a place that no longer exists: the first of the nearby sections that exists,
/// or the contents.
pub fn nearest_page(
    library: &View<'_>,
    context: &RenderContext<'_>,
    nearby: &[Action],
) -> Result<Message, LibraryError> {
    for action in nearby {
        if let Action::Section(id, page) = action
            && let Some(reading) = library.section(*id)?
        {
            let section = telegram::section(&reading, *page, None, context);
            return Ok(section.under(&context.messages.text_changed()));
        }
    }
    changed_page(library, context)
}

fn changed_page(library: &View<'_>, context: &RenderContext<'_>) -> Result<Message, LibraryError> {
    Ok(contents(library, context, 0)?.under(&context.messages.text_changed()))
}

/// Makes the table of contents: the sections of the only article, or the list of articles.
pub fn contents(
    library: &View<'_>,
    context: &RenderContext<'_>,
    page: usize,
) -> Result<Message, LibraryError> {
    let articles = library.articles();
    let only = articles.first().filter(|_| articles.len() == 1);
    let only = only.map(|only| library.article(only.id)).transpose()?.flatten();
    let contents = match only {
        Some(only) => telegram::article(&only, page, context),
        None => telegram::articles(&articles, page, context),
    };
    Ok(match &context.shelf {
        Some(shelf) => contents.under(&context.messages.shelf_note(shelf)),
        None => contents,
    })
}

/// Makes the page of `/about`: the size of the corpus, above its table of contents.
pub fn about(library: &View<'_>, context: &RenderContext<'_>) -> Result<Message, LibraryError> {
    let articles = library.articles();
    let sections = articles.iter().map(|article| article.sections).sum();
    Ok(contents(library, context, 0)?.under(&context.messages.about(articles.len(), sections)))
}
