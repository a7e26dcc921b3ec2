//! Keys and sections of the file that the program does not know, each with the most similar known
//! name. Pure.

use toml::de::DeTable;

use super::file::{ALIASES, ConfigFile, FOLDERS, HINT_KEYS};
use super::nearest::{is_near, nearest, normalized};
use super::printable::{may_contain_token, printable};
use super::token;

/// Variables of the environment, with other names that operators may use for them in the file.
const VARIABLES: [(&str, &[&str]); 4] = [
    ("TELOXIDE_PROXY", &[]),
    ("TELOXIDE_API_URL", &["apiurl", "apiserver", "botapi", "botapiurl"]),
    ("HF_ENDPOINT", &["huburl"]),
    ("RUST_LOG", &[]),
];

/// Reports every key and section that was not read. All known keys must have been read before.
pub(super) fn report(file: &mut ConfigFile<'_>) {
    report_in(file, file.root(), "");
}

/// Reports the unknown keys and sections of a table; `section` is its path.
fn report_in(file: &mut ConfigFile<'_>, table: &DeTable<'_>, section: &str) {
    let known_keys = file.known().get(section).cloned();
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let path = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
        let line = file.line(&key.span());
        let inner = value.get_ref().as_table();
        if let (Some(inner), true) = (inner, file.known().contains_key(path.as_str())) {
            if path != ALIASES && path != FOLDERS {
                report_in(file, inner, &path);
            }
        } else if known_keys.as_ref().is_some_and(|keys| keys.contains(&name))
            || file.known().contains_key(path.as_str())
        {
            // The entry was read, or it is reported as a value instead of a section.
            for inner in value.get_ref().as_array().into_iter().flatten() {
                if let (Some(inner), true) =
                    (inner.get_ref().as_table(), file.known().contains_key(path.as_str()))
                {
                    report_in(file, inner, &path);
                }
            }
        } else if token::may_be_in(name) {
            file.report_token(line, None);
        } else if let Some(inner) = inner {
            match token::is_named_by(name) {
                true => file.report_token(line, Some(&path)),
                false => report_section(file, line, &path, name),
            }
            report_tokens(file, inner, &path);
        } else if token::is_named_by(name) || may_contain_token(value.get_ref()) {
            file.report_token(line, Some(&path));
        } else {
            report_key(file, line, section, name);
        }
    }
}

/// Reports the tokens in a section that is unknown as a whole.
fn report_tokens(file: &mut ConfigFile<'_>, table: &DeTable<'_>, section: &str) {
    for (key, value) in table {
        let name = key.get_ref().as_ref();
        let line = file.line(&key.span());
        if token::may_be_in(name) {
            file.report_token(line, None);
            continue;
        }
        let path = format!("{section}.{name}");
        match value.get_ref().as_table() {
            Some(inner) => report_tokens(file, inner, &path),
            None if token::is_named_by(name) || may_contain_token(value.get_ref()) => {
                file.report_token(line, Some(&path));
            }
            None => {}
        }
    }
}

fn report_section(file: &mut ConfigFile<'_>, line: usize, path: &str, name: &str) {
    if file.is_broken() {
        return;
    }
    let sections: Vec<_> = file.known().keys().copied().filter(|known| !known.is_empty()).collect();
    let is_inner = |known: &&str| known.rsplit('.').next() == Some(name);
    let suggestion = nearest(path, &sections).or_else(|| sections.iter().copied().find(is_inner));
    let hint = match suggestion {
        Some(suggestion) => format!("did you mean `[{suggestion}]`?"),
        None => {
            let sections: Vec<_> =
                sections.iter().map(|section| format!("`[{section}]`")).collect();
            format!("the sections are {}", sections.join(", "))
        }
    };
    let cause = format!("unknown section `[{}]`", printable(path));
    file.report(line, None, &cause, &hint);
}

fn report_key(file: &mut ConfigFile<'_>, line: usize, section: &str, name: &str) {
    if file.is_broken() {
        return;
    }
    let keys = file.known().get(section).cloned().unwrap_or_default();
    let hint = match nearest(name, &keys) {
        Some(suggestion) => format!("did you mean `{suggestion}`?"),
        None => hint_from_other_places(file, section, name),
    };
    let cause = match section {
        "" => format!("unknown key `{}` before the first section", printable(name)),
        _ => format!("unknown key `{}` in `[{section}]`", printable(name)),
    };
    file.report(line, None, &cause, &hint);
}

/// Returns a hint to a section, a variable of the environment or a key of another section with a
/// similar name.
fn hint_from_other_places(file: &ConfigFile<'_>, section: &str, name: &str) -> String {
    let sections: Vec<_> = file.known().keys().copied().collect();
    let path = if section.is_empty() { name.to_owned() } else { format!("{section}.{name}") };
    if let Some(suggestion) = nearest(&path, &sections).filter(|suggestion| *suggestion != section)
    {
        return format!("did you mean the section `[{suggestion}]`?");
    }
    let plain = normalized(name);
    let variable = VARIABLES.iter().find(|(variable, others)| {
        normalized(variable) == plain || others.contains(&plain.as_str())
    });
    if let Some((variable, _)) = variable {
        return format!("it belongs in `.env` or the environment: {variable}=…");
    }
    let find_key = |is_wanted: &dyn Fn(&str) -> bool| {
        let known = file.known().iter();
        let mut keys =
            known.flat_map(|(section, keys)| keys.iter().map(move |key| (*section, *key)));
        keys.find(|(_, key)| is_wanted(key))
    };
    match find_key(&|key| key == name).or_else(|| find_key(&|key| is_near(name, key))) {
        Some((section, key)) => format!("did you mean `{key}` in `[{section}]`?"),
        None => HINT_KEYS.to_owned(),
    }
}
