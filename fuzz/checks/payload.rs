//! Forged buttons and deep links: each is refused, or means what it means when it is written again.

use verbatim::bot::callback_data;
use verbatim::render::telegram::StartPayload;

/// Telegram's limit, in bytes, for both.
const MAX_BYTES: usize = 64;

pub fn check(bytes: &[u8]) {
    let forged = String::from_utf8_lossy(bytes);
    if let Ok(action) = callback_data::parse_button(&forged) {
        let written = callback_data::button(action);
        assert!(written.len() <= MAX_BYTES, "{written}");
        assert_eq!(callback_data::parse_button(&written), Ok(action));
    }
    let Ok(place) = callback_data::parse_start(&forged) else { return };
    let written = callback_data::start(&place);
    assert!(written.len() <= MAX_BYTES, "{written}");
    let read = callback_data::parse_start(&written);
    match (&place, &read) {
        // Nothing but a forged link holds more than is written.
        (StartPayload::Question(text), Ok(StartPayload::Question(kept))) => {
            assert!(text.starts_with(kept) && (text == kept || text.len() > kept.len()));
            assert!(text == kept || written.len() > MAX_BYTES - 6);
        }
        _ => assert_eq!(read, Ok(place)),
    }
}
