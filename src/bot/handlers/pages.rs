//! What a button or a deep link shows, from the library. Pure but for reading it.

use crate::answer::AnswerCursor;
use crate::corpus::article::ArticleId;
use crate::library::{Library, LibraryError};
use crate::render::telegram::{self, Action, Message, RenderContext, StartPayload};

/// What a deep link shows; `None` for a payload that is none of ours.
pub fn deep_link_page(
    library: &Library,
    frame: &RenderContext<'_>,
    payload: Option<StartPayload>,
) -> Result<Message, LibraryError> {
    let (section, passage) = match payload {
        None | Some(StartPayload::Question(_)) => return changed_page(library, frame),
        Some(StartPayload::Section(section)) => (section, None),
        Some(StartPayload::Passage(section, passage)) => (section, Some(passage)),
    };
    let place = passage.map(|passage| library.passage(passage)).transpose()?.flatten();
    // A passage may have moved to another section since the link was made.
    let section = place.as_ref().map_or(section, |(place, _)| place.section().id);
    let Some(reading) = library.section(section)? else { return changed_page(library, frame) };
    Ok(match (place, passage) {
        (Some((_, passage)), _) => {
            let page = telegram::page_of(&reading, passage.id);
            telegram::section(&reading, page, Some(passage.id), frame)
        }
        (None, Some(_)) => {
            telegram::section(&reading, 0, None, frame).under(&frame.messages.text_has_changed())
        }
        (None, None) => telegram::section(&reading, 0, None, frame),
    })
}

/// One quote of an answer. `None` when its text has changed.
pub fn quote(
    library: &Library,
    frame: &RenderContext<'_>,
    trail: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let excerpt = library.excerpt(trail.current())?;
    Ok(excerpt.map(|excerpt| telegram::quote(&excerpt, Some(trail), frame)))
}

/// A quote between its neighbours. `None` when its text has changed.
pub fn context(
    library: &Library,
    frame: &RenderContext<'_>,
    trail: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let Some(excerpt) = library.excerpt(trail.current())? else { return Ok(None) };
    let reading = library.section(excerpt.place().section().id)?;
    Ok(reading.map(|reading| telegram::context(&excerpt, trail, &reading, frame)))
}

/// One quote of an answer as a citation. `None` when its text has changed.
pub fn citation(
    library: &Library,
    frame: &RenderContext<'_>,
    trail: AnswerCursor,
) -> Result<Option<Message>, LibraryError> {
    let excerpt = library.excerpt(trail.current())?;
    Ok(excerpt.map(|excerpt| telegram::whole_citation(&excerpt, trail, frame)))
}

/// A page of an article's briefing. `None` when the article is gone.
pub fn brief(
    library: &Library,
    frame: &RenderContext<'_>,
    article: ArticleId,
    page: usize,
) -> Result<Option<Message>, LibraryError> {
    Ok(library.brief(article)?.map(|brief| telegram::brief(&brief, page, frame)))
}

/// For a place that is not there any more: the nearest of these that is, or the contents.
pub fn nearest_page(
    library: &Library,
    frame: &RenderContext<'_>,
    nearby: &[Action],
) -> Result<Message, LibraryError> {
    for action in nearby {
        if let Action::Section(id, page) = action
            && let Some(reading) = library.section(*id)?
        {
            let section = telegram::section(&reading, *page, None, frame);
            return Ok(section.under(&frame.messages.text_has_changed()));
        }
    }
    changed_page(library, frame)
}

fn changed_page(library: &Library, frame: &RenderContext<'_>) -> Result<Message, LibraryError> {
    Ok(contents(library, frame, 0)?.under(&frame.messages.text_has_changed()))
}

/// What there is to read: the sections of the only article, or the articles.
pub fn contents(
    library: &Library,
    frame: &RenderContext<'_>,
    page: usize,
) -> Result<Message, LibraryError> {
    let articles = library.articles();
    let only = articles.first().filter(|_| articles.len() == 1);
    let only = only.map(|only| library.article(only.id)).transpose()?.flatten();
    Ok(match only {
        Some(only) => telegram::article(&only, page, frame),
        None => telegram::articles(&articles, page, frame),
    })
}

/// What the corpus is, above its contents.
pub fn about(library: &Library, frame: &RenderContext<'_>) -> Result<Message, LibraryError> {
    let articles = library.articles();
    let sections = articles.iter().map(|article| article.sections).sum();
    Ok(contents(library, frame, 0)?.under(&frame.messages.about(articles.len(), sections)))
}
