//! The file `.env`, which holds the token: problems are named by line and cause, never by content.
//!
//! A line is `NAME=value`, as in a shell: `export` may come before the name, `#` begins a comment,
//! and quotation marks around the value are not part of it. Nothing is substituted in a value, and
//! a value ends with its line.

use std::path::Path;

use super::text_file::{self, Unreadable};

const FILE: &str = ".env";
const HINT: &str = "write `NAME=value` lines, such as `TELOXIDE_TOKEN=123:abc`";

/// Returns the variables in `.env` of the working directory, without touching the environment.
pub fn read(problems: &mut Vec<String>) -> Vec<(String, String)> {
    match text_file::read(Path::new(FILE)) {
        Ok(text) => variables(&text, problems),
        Err(Unreadable::Missing) => Vec::new(),
        Err(error) => {
            let hint = match error {
                Unreadable::Directory => "remove the directory, or make it a file with the token",
                Unreadable::NotText { .. } => "save the file as UTF-8",
                Unreadable::Missing | Unreadable::NoPermission | Unreadable::Io(_) => {
                    "make it readable for this user, or remove it"
                }
            };
            problems.push(format!("{FILE}: {error}\nhint: {hint}"));
            Vec::new()
        }
    }
}

fn variables(text: &str, problems: &mut Vec<String>) -> Vec<(String, String)> {
    // The name, the value, and the line of each.
    let mut found: Vec<(String, String, usize)> = Vec::new();
    for (line, typed) in (1..).zip(text.split('\n')) {
        let mut report = |cause: &str, hint: &str| {
            problems.push(format!("{FILE}:{line}: {cause}\nhint: {hint}"));
        };
        match variable(typed) {
            Ok(None) => {}
            Ok(Some((name, value))) => match found.iter().find(|(known, ..)| *known == name) {
                Some((_, first, _)) if *first == value => {}
                Some((_, _, first)) => {
                    let cause = format!("{name} has another value here than in line {first}");
                    report(&cause, "keep one of the two lines");
                }
                None => found.push((name, value, line)),
            },
            Err(cause) => report(cause.0, cause.1),
        }
    }
    found.into_iter().map(|(name, value, _)| (name, value)).collect()
}

/// Cause and hint of a problem; neither has a part of the line.
type Cause = (&'static str, &'static str);

/// Parses one line. `None` for one without a variable.
fn variable(line: &str) -> Result<Option<(String, String)>, Cause> {
    match dotenvy::from_read_iter(line.as_bytes()).next() {
        None => Ok(None),
        // What is a comment to a shell is one here.
        Some(Ok((name, value))) => Ok(Some((name, value))),
        // The error would quote the line.
        Some(Err(_)) => Err(cause(line)),
    }
}

/// Returns why a line cannot be parsed.
fn cause(line: &str) -> Cause {
    let line = line.trim();
    let exported = line.strip_prefix("export").filter(|rest| rest.starts_with(char::is_whitespace));
    let Some((name, value)) = exported.unwrap_or(line).split_once('=') else {
        return ("expected `NAME=value`, got a line without `=`", HINT);
    };
    let (name, value) = (name.trim(), value.trim());
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    if name.is_empty() {
        return ("expected a name before `=`, got none", HINT);
    }
    if name.starts_with(|c: char| c.is_ascii_digit()) || !name.chars().all(is_part) {
        let hint = "a name has letters of A to Z, digits and `_`, such as `TELOXIDE_TOKEN=123:abc`";
        return ("expected a name before `=`, got something else", hint);
    }
    if let Some(quote) = value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        return match value[1..].contains(quote) {
            true => (
                "expected the end of the line after the quotation mark, got more text",
                "put the whole value into one pair of quotation marks, or leave them out",
            ),
            false => (
                "expected a second quotation mark, got the end of the line",
                "close the quotation mark in the same line, or leave both out",
            ),
        };
    }
    if value.contains(['"', '\'']) {
        let hint = "put the value into a pair of quotation marks, or leave both out";
        return ("a quotation mark is in the value, but none begins it", hint);
    }
    let hint = "put a value with spaces or other marks into single quotation marks";
    ("expected one word after `=`, got more text", hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn env_file_takes_what_shells_and_containers_take() {
        let check = |text: &str, expected: &str| {
            let mut problems = Vec::new();
            let found = variables(text, &mut problems);
            assert_eq!(problems, Vec::<String>::new(), "{text:?}");
            let value = found.iter().find(|(name, _)| name == "X").map(|(_, value)| value.as_str());
            assert_eq!(value, Some(expected), "{text:?}");
        };
        check("X=1:a", "1:a");
        check("X=1:a\r\n", "1:a");
        check("  X = 1:a  ", "1:a");
        check("export X=1:a", "1:a");
        check("export\tX='1:a'", "1:a");
        check("X=\"1:a\" # the bot", "1:a");
        check("X='a \"b\" $c'", "a \"b\" $c");
        check(r#"X="a \"b\"""#, r#"a "b""#);
        check("X=1:a # the bot", "1:a");
        check("X=a#b", "a#b");
        check("X=", "");
        check("X= # nothing", "");
        check("# X=2\n\nX=1\nY=3", "1");
        check("X=1\nX=\"1\"", "1");
        check("exporter=3\nX=http://a:b@c/?d=e", "http://a:b@c/?d=e");
    }

    #[test]
    fn env_file_names_a_bad_line_by_number_and_cause_and_never_its_content() {
        let check = |text: &str, expected: &str| {
            let mut problems = Vec::new();
            variables(text, &mut problems);
            let told = problems.join("\n");
            assert!(told.starts_with(expected), "{text:?}: {told}");
            assert!(told.contains("\nhint: ") && !told.contains("secret"), "{text:?}: {told}");
        };
        check("\n1234:secret", ".env:2: expected `NAME=value`, got a line without `=`");
        check("TELOXIDE_TOKEN: 1234:secret", ".env:1: expected `NAME=value`");
        check("export 1234:secret", ".env:1: expected `NAME=value`");
        check("# a\n=1234:secret", ".env:2: expected a name before `=`, got none");
        check("1234:secret=", ".env:1: expected a name before `=`, got something else");
        check("A secret=1", ".env:1: expected a name before `=`, got something else");
        check("X=\"1234:secret", ".env:1: expected a second quotation mark");
        check("X='1234:secret\nY=1", ".env:1: expected a second quotation mark");
        check("X=1234:secret\"", ".env:1: a quotation mark is in the value");
        check("X='1234' secret", ".env:1: expected the end of the line");
        check("X=1\nX=secret", ".env:2: X has another value here than in line 1");
    }

    #[test]
    fn env_file_names_all_bad_lines_at_once() {
        let mut problems = Vec::new();
        let found = variables("a\nX=1\nb\nY='\n", &mut problems);
        assert_eq!((found.len(), problems.len()), (1, 3));
    }
}
