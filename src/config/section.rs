//! A section of the file, which returns the values of its keys and reports wrong ones. Pure.
//!
//! Reading a key marks the key as known, so that the module `unknown_keys` can report all others.

use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::duration::parse_duration;
use super::file::ConfigFile;
use super::nearest::nearest;
use super::printable::{entry, may_contain_token, printable, type_name};
use super::token;

/// A section of the file, such as `[telegram]`, which may be absent.
pub(super) struct Section<'f, 't> {
    file: &'f mut ConfigFile<'t>,
    name: &'static str,
    table: Option<&'t DeTable<'t>>,
    /// The 1-based line of the name of the section.
    line: usize,
}

impl<'f, 't> Section<'f, 't> {
    /// Returns the section of this name. A dot separates the name of an inner section from the
    /// outer one.
    pub(super) fn of(file: &'f mut ConfigFile<'t>, name: &'static str) -> Section<'f, 't> {
        file.add_known_section(name);
        let mut table = file.root();
        let mut line = 1;
        for part in name.split('.') {
            let Some((key, value)) = entry(table, part) else {
                return Section { file, name, table: None, line };
            };
            line = file.line(&key.span());
            match value.get_ref() {
                DeValue::Table(inner) => table = inner,
                other => {
                    // Reading an inner section must not report the outer one a second time.
                    let is_last = name.rsplit('.').next() == Some(part);
                    if is_last {
                        let cause = format!("expected a section, got {}", type_name(other));
                        let hint = format!("write `[{name}]`, and its keys in the lines below");
                        file.report(line, Some(name), &cause, &hint);
                    }
                    return Section { file, name, table: None, line };
                }
            }
        }
        Section { file, name, table: Some(table), line }
    }

    /// Reads every section of a list, such as `[[feeds]]`, with `read`. Leaves out those for which
    /// it returns `None`.
    pub(super) fn each<T>(
        file: &'f mut ConfigFile<'t>,
        name: &'static str,
        mut read: impl FnMut(Section<'_, 't>) -> Option<T>,
    ) -> Vec<T> {
        file.add_known_section(name);
        let Some((key, value)) = entry(file.root(), name) else { return Vec::new() };
        let hint = format!("write `[[{name}]]`, and its keys in the lines below");
        let line = file.line(&key.span());
        let DeValue::Array(list) = value.get_ref() else {
            let cause = format!("expected a list of sections, got {}", type_name(value.get_ref()));
            file.report(line, Some(name), &cause, &hint);
            return Vec::new();
        };
        let mut values = Vec::new();
        for one in list {
            let line = file.line(&one.span());
            match one.get_ref() {
                DeValue::Table(table) => {
                    values.extend(read(Section { file, name, table: Some(table), line }));
                }
                other => {
                    let cause = format!("expected a section, got {}", type_name(other));
                    file.report(line, Some(name), &cause, &hint);
                }
            }
        }
        values
    }

    /// Returns whether a key is set.
    pub(super) fn has(&self, key: &str) -> bool {
        self.table.is_some_and(|table| entry(table, key).is_some())
    }

    /// Reports a problem with the value of `key`.
    pub(super) fn report(&mut self, key: &str, cause: &str, hint: &str) {
        let key_value = self.table.and_then(|table| entry(table, key));
        let line = key_value.map_or(self.line, |(key, _)| self.file.line(&key.span()));
        let path = format!("{}.{key}", self.name);
        self.file.report(line, Some(&path), cause, hint);
    }

    /// Returns the text of a key, if the key is set.
    pub(super) fn text(&mut self, key: &'static str) -> Option<&'t str> {
        let value = self.value(key)?;
        match value {
            _ if may_contain_token(value) => {
                self.report(key, token::MISPLACED, token::MISPLACED_HINT)
            }
            DeValue::String(text) => return Some(text),
            _ => self.report_type(key, "text", value, "put the value into quotation marks"),
        }
        None
    }

    /// Returns the text of a key that may contain a password, if the key is set. Unlike
    /// [`text`](Self::text), accepts a password that looks like a bot token.
    pub(super) fn secret(&mut self, key: &'static str) -> Option<&'t str> {
        match self.value(key)? {
            DeValue::String(text) => Some(text),
            other => {
                self.report_type(key, "text", other, "put the value into quotation marks");
                None
            }
        }
    }

    /// Returns the directory of a key, if the key is set.
    pub(super) fn directory(&mut self, key: &'static str) -> Option<PathBuf> {
        let text = self.text(key)?;
        if text.trim().is_empty() {
            let hint = "name a directory, or leave the key out for the default";
            self.report(key, "expected a directory, got an empty text", hint);
            return None;
        }
        Some(PathBuf::from(text))
    }

    /// Returns the list of texts of a key, if the key is set.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let hint = format!("write texts in brackets, such as `{key} = [\"one\"]`");
        let list = self.list(key, "a list of texts", &hint)?;
        Some(self.texts_of(key, list, &hint))
    }

    /// Returns the number of a key, if the key is set and the number is within `range`.
    pub(super) fn number(&mut self, key: &'static str, range: RangeInclusive<i64>) -> Option<i64> {
        let value = self.value(key)?;
        match value {
            DeValue::Integer(raw) => {
                let number = i64::from_str_radix(raw.as_str(), raw.radix()).ok();
                let number = number.filter(|number| range.contains(number));
                if number.is_none() {
                    let cause = format!("{} is out of range", printable(&raw.to_string()));
                    let hint = format!("give a number from {} to {}", range.start(), range.end());
                    self.report(key, &cause, &hint);
                }
                return number;
            }
            DeValue::String(_) if !may_contain_token(value) => {
                let hint =
                    format!("write the number without quotation marks, such as `{key} = 10`");
                self.report_type(key, "a number", value, &hint);
            }
            _ => {
                let hint = format!("give a whole number from {} to {}", range.start(), range.end());
                self.report_type(key, "a number", value, &hint);
            }
        }
        None
    }

    /// Returns whether a key is `true`, if the key is set.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        if let DeValue::Boolean(is_set) = value {
            return Some(*is_set);
        }
        let hint = format!("write `{key} = true` or `{key} = false`, without quotation marks");
        self.report_type(key, "true or false", value, &hint);
        None
    }

    /// Returns the list of numbers of a key, if the key is set.
    pub(super) fn numbers(&mut self, key: &'static str) -> Option<Vec<i64>> {
        let hint = format!("write numbers in brackets, such as `{key} = [123456]`");
        let list = self.list(key, "a list of numbers", &hint)?;
        Some(self.numbers_of(key, list, &hint))
    }

    /// Returns the numbers of a list, and reports all other values.
    fn numbers_of(&mut self, key: &str, list: &DeArray<'_>, hint: &str) -> Vec<i64> {
        let mut numbers = Vec::new();
        for value in list {
            match value.get_ref() {
                DeValue::Integer(raw) => match i64::from_str_radix(raw.as_str(), raw.radix()) {
                    Ok(number) => numbers.push(number),
                    Err(_) => {
                        let cause = format!("{} is out of range", printable(&raw.to_string()));
                        self.report_value(value, key, &cause, "give the number that Telegram uses");
                    }
                },
                other => {
                    let cause = format!("expected a number in the list, got {}", type_name(other));
                    self.report_value(value, key, &cause, hint);
                }
            }
        }
        numbers
    }

    /// Returns all keys of the section, each with its list of texts.
    pub(super) fn lists(&mut self) -> Vec<(String, Vec<String>)> {
        let hint = "write `NAME = [\"another name\"]`";
        self.lists_of("a list of texts", hint, |section, name, list| {
            section.texts_of(name, list, hint)
        })
    }

    /// Returns all keys of the section, each with its list of numbers.
    pub(super) fn number_lists(&mut self) -> Vec<(String, Vec<i64>)> {
        let hint = "write `NAME = [123456]`";
        self.lists_of("a list of numbers", hint, |section, name, list| {
            section.numbers_of(name, list, hint)
        })
    }

    /// Returns all keys of the section, each with its list as `read` reads it.
    fn lists_of<T>(
        &mut self,
        wanted: &str,
        hint: &str,
        read: impl Fn(&mut Self, &str, &DeArray<'_>) -> Vec<T>,
    ) -> Vec<(String, Vec<T>)> {
        let Some(table) = self.table else { return Vec::new() };
        let mut lists = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let line = self.file.line(&key.span());
            if token::may_be_in(name) {
                self.file.report_token(line, None);
                continue;
            }
            match value.get_ref() {
                value if may_contain_token(value) => {
                    self.report(name, token::MISPLACED, token::MISPLACED_HINT)
                }
                DeValue::Array(list) => {
                    let values = read(self, name, list);
                    // The problems of a shorter list are already reported.
                    if values.len() == list.len() {
                        lists.push((name.to_owned(), values));
                    }
                }
                other => self.report_type(name, wanted, other, hint),
            }
        }
        lists
    }

    /// Returns the duration of a key. If the key is not set, or is wrong, returns `default`.
    pub(super) fn duration(&mut self, key: &'static str, default: Duration) -> Duration {
        let Some(raw) = self.text(key) else { return default };
        parse_duration(raw).unwrap_or_else(|| {
            let cause = format!("expected a duration, got `{}`", printable(raw));
            let hint = "give a number with its unit, such as `24h`, `30m` or `90s`";
            self.report(key, &cause, hint);
            default
        })
    }

    /// Parses a listen address, the raw value of `key`. On failure, reports a problem and returns
    /// `default`.
    pub(super) fn address(&mut self, key: &str, raw: &str, default: SocketAddr) -> SocketAddr {
        raw.trim().parse().unwrap_or_else(|_| {
            let cause = format!("expected an address to listen on, got `{}`", printable(raw));
            let hint =
                format!("give an IP address of this machine with a port, such as `{default}`");
            self.report(key, &cause, &hint);
            default
        })
    }

    /// Returns the value that a key selects among `choices`. If the key is not set, or is wrong,
    /// returns the default of the type.
    pub(super) fn one_of<T: Copy + Default>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> T {
        let Some(raw) = self.text(key) else { return T::default() };
        let chosen = choices.iter().find(|(name, _)| *name == raw);
        if let Some((_, value)) = chosen {
            return *value;
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let cause = format!("expected {}, got \"{}\"", names.join(" or "), printable(raw));
        let listed: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let hint = match nearest(raw, &listed) {
            Some(name) => format!("did you mean \"{name}\"?"),
            None => format!("write `{key} = {}`", names.first().map_or("", String::as_str)),
        };
        self.report(key, &cause, &hint);
        T::default()
    }

    /// Returns the value of a key, and marks the key as known.
    fn value(&mut self, key: &'static str) -> Option<&'t DeValue<'t>> {
        self.file.add_known_key(self.name, key);
        entry(self.table?, key).map(|(_, value)| value.get_ref())
    }

    fn list(&mut self, key: &'static str, wanted: &str, hint: &str) -> Option<&'t DeArray<'t>> {
        let value = self.value(key)?;
        if let DeValue::Array(list) = value {
            return Some(list);
        }
        self.report_type(key, wanted, value, hint);
        None
    }

    /// Returns the texts of a list, and reports all other values.
    fn texts_of(&mut self, key: &str, list: &DeArray<'_>, hint: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for value in list {
            match value.get_ref() {
                inner if may_contain_token(inner) => {
                    self.report_value(value, key, token::MISPLACED, token::MISPLACED_HINT);
                }
                DeValue::String(text) => texts.push(text.to_string()),
                other => {
                    let cause = format!("expected text in the list, got {}", type_name(other));
                    self.report_value(value, key, &cause, hint);
                }
            }
        }
        texts
    }

    /// Reports that the value of `key` has a wrong type.
    fn report_type(&mut self, key: &str, wanted: &str, value: &DeValue<'_>, hint: &str) {
        if may_contain_token(value) {
            return self.report(key, token::MISPLACED, token::MISPLACED_HINT);
        }
        self.report(key, &format!("expected {wanted}, got {}", type_name(value)), hint);
    }

    /// Reports a problem with a value inside the list of `key`.
    fn report_value(&mut self, value: &Spanned<DeValue<'_>>, key: &str, cause: &str, hint: &str) {
        let line = self.file.line(&value.span());
        let path = format!("{}.{key}", self.name);
        self.file.report(line, Some(&path), cause, hint);
    }
}
