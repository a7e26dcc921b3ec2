//! `/shelf`: the part of the articles that a chat or topic uses.

use crate::answer::UnmatchedFilter;
use crate::bot::chat_admins;
use crate::bot::context::{BotContext, ReaderContext};
use crate::bot::receive::update::IncomingMessage;
use crate::bot::shelf::{Shelf, ShelfItem};
use crate::dialogue::{self, FilterKind};
use crate::ids::UpdateId;
use crate::library::{Criterion, LibraryError, Meant, View};
use crate::render::telegram::{self, Message};
use crate::store::StoreError;

/// Request of a `/shelf` command.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ShelfRequest {
    Show,
    /// Uses all articles.
    All,
    /// Has no shelf, so that a topic uses that of its chat.
    Off,
    Set(Vec<Wanted>),
}

/// A folder or tag that is wanted, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    /// `None` for a name that may be both.
    kind: Option<FilterKind>,
    name: String,
}

/// Reason why a shelf cannot be made.
enum ShelfProblem {
    Unmatched(UnmatchedFilter),
    /// There are filters other than of folders and tags.
    OnlyNames,
    TooMany,
}

/// Words for all articles, in the languages of the interface.
const ALL: &str = "all everything alle alles tous tout toutes todos todo todas все всё همه الكل كل";
/// Words for no shelf, in the languages of the interface.
const OFF: &str = "off none stop clear reset aus keine aucun désactiver ninguno desactivar выкл нет \
    خاموش هیچ إيقاف";
/// Maximum number of folders and tags of a shelf.
const MAX_ITEMS: usize = 20;

/// Handles a `/shelf` command. In a group only administrators may change the shelf.
pub async fn handle_shelf(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
    text: &str,
) -> Result<Message, StoreError> {
    let (messages, chat, topic) = (reader.messages(), incoming.chat, incoming.topic);
    let request = parse(text);
    if request != ShelfRequest::Show && !chat_admins::may_configure(ctx, incoming).await {
        return Ok(telegram::plain(&messages.only_administrators()));
    }
    let wanted = match request {
        ShelfRequest::Show => return show(ctx, update, incoming, reader).await,
        ShelfRequest::Off => {
            ctx.store.set_shelf(chat, topic, None)?;
            return match ctx.store.shelf(chat, topic)? {
                Some(_) => show(ctx, update, incoming, reader).await,
                None => Ok(telegram::plain(&messages.shelf_cleared())),
            };
        }
        ShelfRequest::All => {
            ctx.store.set_shelf(chat, topic, None)?;
            if ctx.store.shelf(chat, topic)?.is_some() {
                // The empty shelf of a topic overrides that of its chat.
                ctx.store.set_shelf(chat, topic, Some(""))?;
            }
            return Ok(telegram::plain(&messages.shelf_cleared()));
        }
        ShelfRequest::Set(wanted) => wanted,
    };
    let found = ctx.with_library(Some(update), reader, move |view, _| {
        let view = view.within_border();
        Ok(match find(&view, &wanted)? {
            Ok(shelf) => {
                let count = view.and_any_of(shelf.criteria()).listed_count();
                Ok((shelf, count))
            }
            Err(problem) => Err(problem),
        })
    });
    Ok(telegram::plain(&match found.await {
        None => messages.internal_error(),
        Some(Err(ShelfProblem::Unmatched(unmatched))) => messages.unmatched_filter(&unmatched),
        Some(Err(ShelfProblem::OnlyNames)) => messages.shelf_only_names(),
        Some(Err(ShelfProblem::TooMany)) => messages.shelf_too_many(MAX_ITEMS),
        Some(Ok((shelf, count))) => {
            ctx.store.set_shelf(chat, topic, Some(&shelf.stored()))?;
            messages.shelf_set(&shelf.shown(&ctx.access.border(Some(chat))), count)
        }
    }))
}

/// Shows the shelf of a chat or topic.
async fn show(
    ctx: &BotContext,
    update: UpdateId,
    incoming: &IncomingMessage,
    reader: ReaderContext,
) -> Result<Message, StoreError> {
    let (messages, chat, topic) = (reader.messages(), incoming.chat, incoming.topic);
    let shelf = ctx.store.shelf(chat, topic)?.map(|stored| Shelf::parse(&stored));
    let Some(shelf) = shelf.filter(|shelf| !shelf.is_empty()) else {
        return Ok(telegram::plain(&messages.shelf_none()));
    };
    let shown = shelf.shown(&ctx.access.border(Some(chat)));
    let is_of_chat = topic.is_some() && !ctx.store.has_own_shelf(chat, topic)?;
    let message = ctx.render_or_apologise(update, reader, move |view, context| {
        let message = context.messages.shelf_shown(&shown, view.listed_count());
        Ok(telegram::plain(&message))
    });
    let message = message.await;
    Ok(if is_of_chat { message.under(&messages.shelf_of_chat()) } else { message })
}

/// Looks up the folders and tags that are wanted.
fn find(view: &View<'_>, wanted: &[Wanted]) -> Result<Result<Shelf, ShelfProblem>, LibraryError> {
    let mut items = Vec::new();
    for Wanted { kind, name } in wanted {
        let meant = match kind {
            Some(FilterKind::Folder) => view.meant(FilterKind::Folder, name)?,
            Some(FilterKind::Tag) => view.meant(FilterKind::Tag, name)?,
            Some(FilterKind::Author | FilterKind::After | FilterKind::Before) => {
                return Ok(Err(ShelfProblem::OnlyNames));
            }
            None => match folder_or_tag(view, name)? {
                Ok(meant) => Ok(meant),
                Err(unmatched) => match each_word(view, name)? {
                    Some(meant) => {
                        items.extend(meant.into_iter().flat_map(items_of));
                        continue;
                    }
                    None => Err(unmatched),
                },
            },
        };
        match meant {
            Ok(meant) => items.extend(items_of(meant)),
            Err(unmatched) => return Ok(Err(ShelfProblem::Unmatched(unmatched))),
        }
    }
    let shelf: Shelf = items.into_iter().collect();
    Ok(match shelf.len() {
        0 => Err(ShelfProblem::OnlyNames),
        1..=MAX_ITEMS => Ok(shelf),
        _ => Err(ShelfProblem::TooMany),
    })
}

/// Looks up a name alone, which is that of a folder, or else that of a tag.
fn folder_or_tag(
    view: &View<'_>,
    name: &str,
) -> Result<Result<Meant, UnmatchedFilter>, LibraryError> {
    let folder = view.meant(FilterKind::Folder, name)?;
    if folder.as_ref().is_ok_and(|folder| folder.is_as_typed) {
        return Ok(folder);
    }
    Ok(match view.meant(FilterKind::Tag, name)? {
        Ok(tag) if tag.is_as_typed || folder.is_err() => Ok(tag),
        Ok(_) | Err(_) => folder,
    })
}

/// Looks up each of several words, if all of them are names.
fn each_word(view: &View<'_>, name: &str) -> Result<Option<Vec<Meant>>, LibraryError> {
    let mut all = Vec::new();
    for word in name.split_whitespace() {
        match folder_or_tag(view, word)? {
            Ok(meant) => all.push(meant),
            Err(_) => return Ok(None),
        }
    }
    Ok(Some(all))
}

fn items_of(meant: Meant) -> Vec<ShelfItem> {
    let named = meant.criteria.into_iter().zip(meant.names);
    let item = |(criterion, name)| match criterion {
        Criterion::Folder(folder) => Some(ShelfItem::Folder(folder)),
        Criterion::Tag(_) => Some(ShelfItem::Tag(name)),
        Criterion::Author(_) | Criterion::From(_) | Criterion::Before(_) => None,
    };
    named.filter_map(item).collect()
}

/// Parses the text after `/shelf`: names that commas separate, and filters.
fn parse(text: &str) -> ShelfRequest {
    let text = text.trim();
    let has = |words: &str| words.split_whitespace().any(|word| word == text.to_lowercase());
    if text.is_empty() {
        return ShelfRequest::Show;
    }
    if has(ALL) {
        return ShelfRequest::All;
    }
    if has(OFF) {
        return ShelfRequest::Off;
    }
    let (mut wanted, mut at) = (Vec::new(), 0);
    let names = |part: &str| -> Vec<Wanted> {
        let names = part.split([',', '،', '、', '，', ';', '؛', '\n']).map(str::trim);
        let names = names.map(|name| name.trim_matches(['"', '“', '”', '„', '«', '»']).trim());
        let names = names.filter(|name| name.contains(char::is_alphanumeric));
        names.map(|name| Wanted { kind: None, name: name.to_owned() }).collect()
    };
    for filter in dialogue::find_filters(text) {
        wanted.extend(names(&text[at..filter.range.start]));
        let kind = Some(filter.kind);
        wanted.extend(filter.values.into_iter().map(|name| Wanted { kind, name }));
        at = filter.range.end;
    }
    wanted.extend(names(&text[at..]));
    ShelfRequest::Set(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shelf_requests_are_read_as_people_type_them() {
        let check = |text: &str, expected: &str| {
            let line = match parse(text) {
                ShelfRequest::Set(wanted) => {
                    let item = |wanted: &Wanted| {
                        let kind = wanted.kind.map(|kind| format!("{kind:?} "));
                        format!("[{}{}]", kind.unwrap_or_default(), wanted.name)
                    };
                    wanted.iter().map(item).collect()
                }
                other => format!("{other:?}"),
            };
            assert_eq!(line, expected, "{text}");
        };
        check("", "Show");
        check("all", "All");
        check("ALLE", "All");
        check("все", "All");
        check("همه", "All");
        check("off", "Off");
        check("water", "[water]");
        check("water, energy tag:climate", "[water][energy][Tag climate]");
        check("water energy", "[water energy]");
        check("in:water in:\"two words\"", "[Folder water][Folder two words]");
        check("in:water,energy", "[Folder water][Folder energy]");
        check("tag:a, tag:b, water", "[Tag a][Tag b][water]");
        check("آب، انرژی برچسب:اقلیم", "[آب][انرژی][Tag اقلیم]");
        check("\"two, words\"", "[two][words]");
        check("by:ada", "[Author ada]");
        check(",", "");
        check("all the water", "[all the water]");
    }
}
