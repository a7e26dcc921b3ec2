//! The bot's token, which no output contains. Pure.

use std::fmt;

use super::nearest::normalized;

/// The token of a bot. Its `Debug` form hides the token.
#[derive(Clone, PartialEq, Eq)]
pub struct BotToken(String);

impl BotToken {
    /// Parses a token in the format of BotFather: digits, a colon, letters and digits.
    pub fn parse(text: &str) -> Option<BotToken> {
        let (id, secret) = text.trim().split_once(':')?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
        let is_secret = !secret.is_empty()
            && secret
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        (is_id && is_secret).then(|| BotToken(text.trim().to_owned()))
    }

    /// Returns the token itself, for a request to the Bot API.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for BotToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BotToken(…)")
    }
}

/// Problem with a token in the configuration file.
pub(super) const MISPLACED: &str = "the bot's token does not belong in this file";
/// Hint for a token in the configuration file.
pub(super) const MISPLACED_HINT: &str =
    "the token belongs in `.env`: TELOXIDE_TOKEN=…, and this entry should be removed";
/// Minimum length of the part after the colon of a real token, in chars.
const MIN_SECRET_CHARS: usize = 30;
/// Minimum number of digits before the colon of a real token.
const MIN_ID_DIGITS: usize = 6;

/// Returns whether a text contains something that looks like a real token.
pub(super) fn may_be_in(text: &str) -> bool {
    let is_secret = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices(':').any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + 1..]);
        let digits = before.chars().rev().take_while(char::is_ascii_digit).count();
        let secret = after.chars().take_while(|c| is_secret(*c)).count();
        digits >= MIN_ID_DIGITS && secret >= MIN_SECRET_CHARS
    })
}

/// Returns whether the name of a key suggests that its value is the bot's token.
pub(super) fn is_named_by(key: &str) -> bool {
    let name = normalized(key);
    name.contains("token") || name.ends_with("apikey") || name == "botkey"
}
