//! Forged buttons and deep links: each is refused, or means what it means when it is written again.

use verbatim::bot::{callback_data, deep_link};
use verbatim::render::telegram::StartPayload;

/// Telegram's limit, in bytes, for both.
const MAX_BYTES: usize = 64;

pub fn check(bytes: &[u8]) {
    let forged = String::from_utf8_lossy(bytes);
    if let Ok(action) = callback_data::parse(&forged) {
        let written = callback_data::encode(action);
        assert!(written.len() <= MAX_BYTES, "{written}");
        assert_eq!(callback_data::parse(&written), Ok(action));
    }
    let Ok(place) = deep_link::parse(&forged) else { return };
    let written = deep_link::encode(&place);
    assert!(written.len() <= MAX_BYTES, "{written}");
    let read = deep_link::parse(&written);
    match (&place, &read) {
        // Nothing but a forged link holds more than is written.
        (StartPayload::Question(text), Ok(StartPayload::Question(kept))) => {
            assert!(text.starts_with(kept) && (text == kept || text.len() > kept.len()));
            assert!(text == kept || written.len() > MAX_BYTES - 6);
        }
        _ => assert_eq!(read, Ok(place)),
    }
}
