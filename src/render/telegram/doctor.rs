//! The result of a self-diagnosis, for the operator. The checks themselves are in English, as in
//! the terminal and in the log.

use super::html::escape;
use super::message::Message;
use super::text::{truncate, utf16_len};
use crate::doctor::{Check, Status, worst};
use crate::render::messages::Messages;

/// Maximum length of the text of a check and of a hint, in UTF-16 code units.
const MAX_TEXT_UNITS: usize = 300;
/// Maximum length of all lines, in UTF-16 code units with their markup.
const MAX_UNITS: usize = 3_800;

/// Renders the checks, one in a line. A hint follows where something is wrong.
pub fn doctor(checks: &[Check], messages: &Messages) -> Message {
    let mut html = format!(
        "<b>{}</b>\n",
        escape(&match worst(checks) {
            Status::Ok | Status::Skipped => messages.doctor_ok(),
            Status::Warning => messages.doctor_warning(),
            Status::Error => messages.doctor_error(),
        })
    );
    for check in checks {
        let mark = match check.status {
            Status::Skipped => "➖",
            Status::Ok => "✅",
            Status::Warning => "⚠️",
            Status::Error => "❌",
        };
        let text = |text: &str| escape(&truncate(text, MAX_TEXT_UNITS));
        let mut line = format!("\n{mark} {}: {}", check.name.label(), text(&check.message));
        let is_wrong = matches!(check.status, Status::Warning | Status::Error);
        if let Some(hint) = check.hint.as_ref().filter(|_| is_wrong) {
            line += &format!("\n<i>{}</i>", text(hint));
        }
        if utf16_len(&html) + utf16_len(&line) > MAX_UNITS {
            html += "\n…";
            break;
        }
        html += &line;
    }
    Message { html, buttons: Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::CheckName;
    use crate::render::messages::Locale;

    #[test]
    fn doctor_message_fits_whatever_the_checks_say() {
        let long = format!("{}\nhint: {}", "<&>".repeat(400), "b".repeat(1_000));
        let check = |_| Check::of_error(CheckName::Corpus, Status::Error, &long);
        let checks: Vec<_> = (0..20).map(check).collect();
        for locale in Locale::ALL {
            let html = doctor(&checks, locale.messages()).html;
            assert!(utf16_len(&html) <= 4_096 && html.ends_with("\n…"), "{html}");
        }
    }
}
