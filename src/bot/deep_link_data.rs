//! Deep links, `https://t.me/BOT?start=PAYLOAD`: encoding and decoding of the payload.

use data_encoding::BASE64URL_NOPAD;

use super::callback_data::{UnknownPayload, split_kind};
use crate::render::telegram::StartPayload;

/// Length of an encoded id in bytes.
const ID_BYTES: usize = 11;
/// Maximum length of a question in bytes, which is what 63 digits of base 64 hold.
const MAX_QUESTION_BYTES: usize = 47;

/// Returns the address that opens the chat with the bot and sends it this payload.
pub fn deep_link(bot: &str, payload: &StartPayload) -> String {
    format!("https://t.me/{bot}?start={}", encode(payload))
}

/// Encodes a payload in at most 64 characters of `[A-Za-z0-9_-]`. A longer question is cut.
pub fn encode(payload: &StartPayload) -> String {
    match payload {
        StartPayload::Section(section) => format!("s{section}"),
        StartPayload::Passage(section, passage) => format!("p{section}{passage}"),
        StartPayload::Question(text) => {
            let text = &text[..text.floor_char_boundary(MAX_QUESTION_BYTES)];
            format!("q{}", BASE64URL_NOPAD.encode(text.as_bytes()))
        }
    }
}

/// Decodes the payload of a `/start` command.
pub fn parse(payload: &str) -> Result<StartPayload, UnknownPayload> {
    let (kind, rest) = split_kind(payload)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::article::{PassageId, SectionId};

    /// Links that were posted years ago must work: a change of these lines breaks them.
    #[test]
    fn deep_links_keep_their_form() {
        let (section, passage) = (SectionId::from_u64(7), PassageId::from_u64(8));
        let payloads = [
            StartPayload::Section(section),
            StartPayload::Passage(section, passage),
            StartPayload::Question("tide?".into()),
        ];
        let links: Vec<_> = payloads.iter().map(|payload| deep_link("bot", payload)).collect();
        insta::assert_snapshot!(links.join("\n"), @r"
        https://t.me/bot?start=sAAAAAAAAAAH
        https://t.me/bot?start=pAAAAAAAAAAHAAAAAAAAAAI
        https://t.me/bot?start=qdGlkZT8
        ");
    }

    #[test]
    fn deep_link_is_decoded_as_it_was_encoded_and_fits() {
        let (section, passage) = (SectionId::from_u64(u64::MAX), PassageId::from_u64(0));
        let question = StartPayload::Question("Wie heißt der Fluß, um den es hier ge".into());
        let places = [StartPayload::Section(section), StartPayload::Passage(section, passage)];
        for payload in places.into_iter().chain([question]) {
            let text = encode(&payload);
            assert_eq!(parse(&text), Ok(payload));
            let is_allowed = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
            assert!(text.len() <= 64 && text.bytes().all(is_allowed));
        }
        for forged in ["", "pAAAAAAAAAAA", "q!", "q_w", "x"] {
            assert_eq!(parse(forged), Err(UnknownPayload), "{forged}");
        }
    }
}
