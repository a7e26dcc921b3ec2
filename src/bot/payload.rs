//! Buttons and deep links to bytes and back. Pure.
//!
//! Everything that a button needs is in its bytes, so that it works after a restart, for years. The
//! first letter tells the kind; one that is not known is a payload of another version.

use data_encoding::BASE64URL_NOPAD;

use crate::answer::Trail;
use crate::corpus::article::{ArticleId, PassageId, SectionId};
use crate::examples::ExampleKind;
use crate::render::telegram::{Action, StartPayload, Verdict};
use crate::render::words::Locale;

/// A payload that was forged, cut, or made by another version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownPayload;

const ID_BYTES: usize = 11;
/// What fits into 63 digits of base 64.
const MAX_QUESTION_BYTES: usize = 47;

/// The address that opens the chat with the bot at this place.
pub fn deep_link(bot: &str, payload: &StartPayload) -> String {
    format!("https://t.me/{bot}?start={}", start(payload))
}

/// At most 64 of `[A-Za-z0-9_-]`; a longer question is cut.
pub fn start(payload: &StartPayload) -> String {
    match payload {
        StartPayload::Section(section) => format!("s{section}"),
        StartPayload::Passage(section, passage) => format!("p{section}{passage}"),
        StartPayload::Question(text) => {
            let text = &text[..text.floor_char_boundary(MAX_QUESTION_BYTES)];
            format!("q{}", BASE64URL_NOPAD.encode(text.as_bytes()))
        }
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
        'q' => {
            let bytes = BASE64URL_NOPAD.decode(rest.as_bytes()).map_err(|_| UnknownPayload)?;
            let text = String::from_utf8(bytes).map_err(|_| UnknownPayload)?;
            Ok(StartPayload::Question(text))
        }
        _ => Err(UnknownPayload),
    }
}

/// At most 64 bytes.
pub fn button(action: Action) -> String {
    match action {
        Action::Quote(trail) => format!("q{}", BASE64URL_NOPAD.encode(&trail.to_bytes())),
        Action::Context(trail) => format!("x{}", BASE64URL_NOPAD.encode(&trail.to_bytes())),
        Action::Section(id, page) => format!("s{id}{page}"),
        Action::Article(id, page) => format!("a{id}{page}"),
        Action::Brief(id, page) => format!("b{id}{page}"),
        Action::Briefs(page) => format!("n{page}"),
        Action::Contents(page) => format!("c{page}"),
        Action::Vote(Verdict::Good) => "v+".into(),
        Action::Vote(Verdict::Bad) => "v-".into(),
        Action::Example(passage, kind) => format!("e{passage}{}", letter(kind)),
        Action::Start => "h".into(),
        Action::Language(locale) => format!("l{}", locale.code()),
        Action::ExportGaps => "ge".into(),
        Action::ClearGaps => "gc".into(),
    }
}

pub fn parse_button(payload: &str) -> Result<Action, UnknownPayload> {
    let (kind, rest) = split(payload)?;
    match (kind, rest) {
        ('q', trail) => Ok(Action::Quote(parse_trail(trail)?)),
        ('x', trail) => Ok(Action::Context(parse_trail(trail)?)),
        ('c', page) => Ok(Action::Contents(parse_page(page)?)),
        ('n', page) => Ok(Action::Briefs(parse_page(page)?)),
        ('v', "+") => Ok(Action::Vote(Verdict::Good)),
        ('v', "-") => Ok(Action::Vote(Verdict::Bad)),
        ('h', "") => Ok(Action::Start),
        ('l', code) => Locale::of_code(code).map(Action::Language).ok_or(UnknownPayload),
        ('g', "e") => Ok(Action::ExportGaps),
        ('g', "c") => Ok(Action::ClearGaps),
        ('s' | 'a' | 'b' | 'e', rest) => {
            let (id, rest) = rest.split_at_checked(ID_BYTES).ok_or(UnknownPayload)?;
            parse_place(kind, id, rest)
        }
        _ => Err(UnknownPayload),
    }
}

fn parse_place(kind: char, id: &str, rest: &str) -> Result<Action, UnknownPayload> {
    match kind {
        's' => {
            let id = id.parse::<SectionId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Section(id, parse_page(rest)?))
        }
        'a' => {
            let id = id.parse::<ArticleId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Article(id, parse_page(rest)?))
        }
        'b' => {
            let id = id.parse::<ArticleId>().map_err(|_| UnknownPayload)?;
            Ok(Action::Brief(id, parse_page(rest)?))
        }
        _ => {
            let id = id.parse::<PassageId>().map_err(|_| UnknownPayload)?;
            let kinds = [ExampleKind::Person, ExampleKind::Year, ExampleKind::Topic];
            let kind = kinds.into_iter().find(|kind| letter(*kind) == rest);
            Ok(Action::Example(id, kind.ok_or(UnknownPayload)?))
        }
    }
}

fn parse_page(text: &str) -> Result<usize, UnknownPayload> {
    text.parse().map_err(|_| UnknownPayload)
}

fn parse_trail(text: &str) -> Result<Trail, UnknownPayload> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| UnknownPayload)?;
    Trail::from_bytes(&bytes).ok_or(UnknownPayload)
}

fn letter(kind: ExampleKind) -> &'static str {
    match kind {
        ExampleKind::Person => "p",
        ExampleKind::Year => "y",
        ExampleKind::Topic => "t",
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
        let question = StartPayload::Question("Wie heißt der Fluß, um den es hier ge".into());
        let places = [StartPayload::Section(section), StartPayload::Passage(section, passage)];
        for payload in places.into_iter().chain([question]) {
            let text = start(&payload);
            assert_eq!(parse_start(&text), Ok(payload));
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
            assert!(text.len() <= 64 && text.bytes().all(is_allowed));
        }
        let mut longest = [255; Trail::MAX_BYTES];
        longest[0] = 1;
        let trail = Trail::from_bytes(&longest).unwrap();
        for action in [
            Action::Quote(trail),
            Action::Context(trail),
            Action::Section(section, usize::MAX),
            Action::Article(ArticleId::from_u64(1 << 63), 0),
            Action::Brief(ArticleId::from_u64(u64::MAX), 12),
            Action::Briefs(2),
            Action::Contents(3),
            Action::Vote(Verdict::Good),
            Action::Vote(Verdict::Bad),
            Action::Example(passage, ExampleKind::Year),
            Action::Start,
            Action::Language(Locale::Persian),
            Action::ExportGaps,
            Action::ClearGaps,
        ] {
            let text = button(action);
            assert_eq!(parse_button(&text), Ok(action));
            assert!(text.len() <= 64, "{text}");
        }
        for forged in [
            "",
            "s",
            "sé",
            "p12345678901",
            "x",
            "qAAAA",
            "q!",
            "sAAAAAAAAAAA-1",
            "c-1",
            "n",
            "bAAAAAAAAAAA",
            "é",
            "s🙂🙂🙂🙂🙂🙂",
            "v",
            "lxx",
        ] {
            assert_eq!(parse_button(forged), Err(UnknownPayload), "{forged}");
        }
        assert_eq!(parse_start("pAAAAAAAAAAA"), Err(UnknownPayload));
    }
}
