//! Buttons and deep links to bytes and back. Pure.
//!
//! Everything that a button needs is in its bytes, so that it works after a restart, for years. The
//! first letter tells the kind; one that is not known is a payload of another version.

use crate::corpus::article::{ArticleId, PassageId, SectionId};
use crate::render::telegram::Action;

/// What a deep link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartPayload {
    Section(SectionId),
    /// The section comes along to have something to show when the passage was edited.
    Passage(SectionId, PassageId),
}

/// A payload that was forged, cut, or made by another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPayload;

const ID_BYTES: usize = 11;

/// At most 64 of `[A-Za-z0-9_-]`.
pub fn start(payload: StartPayload) -> String {
    match payload {
        StartPayload::Section(section) => format!("s{section}"),
        StartPayload::Passage(section, passage) => format!("p{section}{passage}"),
    }
}

pub fn parse_start(payload: &str) -> Result<StartPayload, UnknownPayload> {
    let (kind, rest) = split(payload)?;
    match kind {
        's' => Ok(StartPayload::Section(rest.parse().map_err(|_| UnknownPayload)?)),
        'p' => {
            let (section, passage) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
            let section = section.parse().map_err(|_| UnknownPayload)?;
            Ok(StartPayload::Passage(section, passage.parse().map_err(|_| UnknownPayload)?))
        }
        _ => Err(UnknownPayload),
    }
}

/// At most 64 bytes.
pub fn button(action: Action) -> String {
    match action {
        Action::Section(id, page) => format!("s{id}{page}"),
        Action::Article(id, page) => format!("a{id}{page}"),
        Action::Contents(page) => format!("c{page}"),
    }
}

pub fn parse_button(payload: &str) -> Result<Action, UnknownPayload> {
    let (kind, rest) = split(payload)?;
    let page = |text: &str| text.parse::<usize>().map_err(|_| UnknownPayload);
    if kind == 'c' {
        return Ok(Action::Contents(page(rest)?));
    }
    let (id, rest) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
    match kind {
        's' => {
            Ok(Action::Section(id.parse::<SectionId>().map_err(|_| UnknownPayload)?, page(rest)?))
        }
        'a' => {
            Ok(Action::Article(id.parse::<ArticleId>().map_err(|_| UnknownPayload)?, page(rest)?))
        }
        _ => Err(UnknownPayload),
    }
}

fn split(payload: &str) -> Result<(char, &str), UnknownPayload> {
    let kind = payload.chars().next().ok_or(UnknownPayload)?;
    Ok((kind, &payload[kind.len_utf8()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_is_read_as_it_was_written_and_fits() {
        let (section, passage) = (SectionId::from_u64(u64::MAX), PassageId::from_u64(0));
        for payload in [StartPayload::Section(section), StartPayload::Passage(section, passage)] {
            let text = start(payload);
            assert_eq!(parse_start(&text), Ok(payload));
            assert!(
                text.len() <= 64
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
            );
        }
        let article = ArticleId::from_u64(1 << 63);
        for action in
            [Action::Section(section, usize::MAX), Action::Article(article, 0), Action::Contents(3)]
        {
            let text = button(action);
            assert_eq!(parse_button(&text), Ok(action));
            assert!(text.len() <= 64);
        }
        for forged in
            ["", "s", "sé", "p12345678901", "x", "sAAAAAAAAAAA-1", "c-1", "é", "s🙂🙂🙂🙂🙂🙂"]
        {
            assert_eq!(parse_button(forged), Err(UnknownPayload), "{forged}");
        }
        assert_eq!(parse_start("pAAAAAAAAAAA"), Err(UnknownPayload));
    }
}
