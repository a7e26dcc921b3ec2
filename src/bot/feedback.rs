//! Votes, the operator's list of what was asked in vain, and what a person can have forgotten.

use super::incoming::{Letter, Press, Spot};
use super::react::{Reactor, Setting};
use crate::render::telegram::{self, Action, Button, Message, Verdict};
use crate::store::{StoreError, Vote};

/// How many questions the list shows; the export has them all.
const SHOWN: usize = 25;
const SHOWN_CHARS: usize = 120;
const EXPORTED: usize = 100_000;

impl Reactor {
    /// Counts a vote. Nothing of the message changes.
    pub(super) fn vote(&self, press: &Press, verdict: Verdict) -> Result<(), StoreError> {
        // A message that was posted inline is nobody's question.
        let Spot::Chat { chat, message, .. } = press.spot else { return Ok(()) };
        let is_good = verdict == Verdict::Good;
        let question = match self.settings.record_questions {
            // The store knows the newest; of older ones Telegram shows the message replied to.
            true => {
                let known = self.store.question_of(chat, message)?.map(|asked| asked.text);
                known.or_else(|| press.question.clone())
            }
            false => None,
        };
        let vote = Vote { chat, message, person: press.by.id, is_good, at: self.now() };
        self.store.vote(vote, question.as_deref().filter(|text| !text.is_empty()))?;
        Ok(())
    }

    /// What is kept of a person, and how to have it removed.
    pub(super) fn privacy(&self, setting: Setting) -> Message {
        let words = setting.words();
        let records = match self.settings.record_questions {
            true => words.privacy_records(),
            false => words.privacy_no_records(),
        };
        let parts = [words.privacy_always(), records, words.privacy_forget()];
        telegram::plain(&parts.join("\n\n"))
    }

    pub(super) fn forget(&self, letter: &Letter, setting: Setting) -> Result<Message, StoreError> {
        self.store.forget(letter.asker.id)?;
        Ok(telegram::plain(&setting.words().forgotten()))
    }

    /// For the operator: how often what happened, and what was asked in vain.
    pub(super) fn gaps(&self, setting: Setting) -> Result<Message, StoreError> {
        let words = setting.words();
        let tallies = self.store.tallies()?;
        let counts =
            words.gaps_counts(tallies.answered, tallies.refused, tallies.good, tallies.bad);
        let gaps = self.store.gaps(SHOWN)?;
        if gaps.is_empty() {
            let none = match self.settings.record_questions {
                true => words.gaps_none(),
                false => words.gaps_off(),
            };
            return Ok(telegram::plain(&format!("{counts}\n\n{none}")));
        }
        let mut text = format!("{counts}\n\n{}", words.gaps_title());
        for gap in gaps {
            let line: String = one_line(&gap.text).chars().take(SHOWN_CHARS).collect();
            text.push_str(&format!("\n{} × {line}", gap.count));
        }
        Ok(telegram::plain(&text).with(vec![
            Button::new(&words.gaps_export(), Action::ExportGaps),
            Button::new(&words.gaps_clear(), Action::ClearGaps),
        ]))
    }

    /// Sends the whole list as a file of tab-separated lines: count, Unix time, question.
    pub(super) async fn export_gaps(&self, press: &Press) -> Result<(), StoreError> {
        let Spot::Chat { chat, .. } = press.spot else { return Ok(()) };
        let mut lines = String::new();
        for gap in self.store.gaps(EXPORTED)? {
            lines.push_str(&format!("{}\t{}\t{}\n", gap.count, gap.last_at, one_line(&gap.text)));
        }
        self.sender.send_file(chat, "gaps.tsv", lines.into_bytes()).await;
        Ok(())
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
