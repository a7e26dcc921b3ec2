//! The bot's token, which is never shown. Pure.

use std::fmt;

/// The secret of a bot. Its `Debug` says only that there is one.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(String);

impl BotToken {
    /// Parses a token as BotFather gives it: digits, a colon, letters and digits.
    pub fn parse(text: &str) -> Option<BotToken> {
        let (id, secret) = text.trim().split_once(':')?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_secret = !secret.is_empty()
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (is_id && is_secret).then(|| BotToken(text.trim().to_owned()))
    }

    /// The secret itself, for the request that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotToken(…)")
    }
}

/// Shortest part after the colon of a token that BotFather gives.
const MIN_SECRET_CHARS: usize = 30;
/// Shortest number before the colon.
const MIN_ID_DIGITS: usize = 6;

/// Returns whether a text has something in it that looks like a token as BotFather gives it.
pub(super) fn may_be_in(text: &str) -> bool {
    let is_secret = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(':').any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
        let secret = after.chars().take_while(|c| is_secret(*c)).count();
        digits >= MIN_ID_DIGITS && secret >= MIN_SECRET_CHARS
    })
}
