//! Forged callback data and deep links: each is rejected, or survives a round trip.

use verbatim::bot::{callback_data, deep_link_data};
use verbatim::render::telegram::StartPayload;

/// Maximum length of callback data and of a start parameter in the Bot API, in bytes.
const MAX_BYTES: usize = 64;

/// Checks bytes as callback data and as a start parameter.
pub fn check(bytes: &[u8]) {
    let forged = String::from_utf8_lossy(bytes);
    if let Ok(action) = callback_data::parse(&forged) {
        let written = callback_data::encode(action);
        assert!(written.len() <= MAX_BYTES, "{written}");
        assert_eq!(callback_data::parse(&written), Ok(action));
    }
    let Ok(place) = deep_link_data::parse(&forged) else { return };
    let written = deep_link_data::encode(&place);
    assert!(written.len() <= MAX_BYTES, "{written}");
    let read = deep_link_data::parse(&written);
    match (&place, &read) {
        // A forged link may contain a longer question than the program writes.
        (StartPayload::Question(text), Ok(StartPayload::Question(kept))) => {
            assert!(text.starts_with(kept) && (text == kept || text.len() > kept.len()));
            assert!(text == kept || written.len() > MAX_BYTES - 6);
        }
        _ => assert_eq!(read, Ok(place)),
    }
}
