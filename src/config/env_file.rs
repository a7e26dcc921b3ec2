//! The file `.env`, which contains the token. A problem has its line and its cause, and never a
//! part of the file.
//!
//! A line is `NAME=value`, as in a shell: `export` may precede the name, `#` starts a comment, and
//! quotation marks around the value are not part of the value. Unlike in a shell, variables in a
//! value are not expanded, and a value ends with its line.

use std::path::Path;

use super::text_file::{self, UnreadableFile};

const FILE: &str = ".env";
const HINT: &str = "write `NAME=value` lines, such as `TELOXIDE_TOKEN=123:abc`";

/// Returns the variables in `.env` of the working directory. Does not change the environment.
pub fn read(problems: &mut Vec<String>) -> Vec<(String, String)> {
    match text_file::read(Path::new(FILE)) {
        Ok(text) => variables(&text, problems),
        Err(UnreadableFile::Missing) => Vec::new(),
        Err(error) => {
            let hint = match error {
                UnreadableFile::Directory => {
                    "remove the directory, or make it a file with the token"
                }
                UnreadableFile::NotText { .. } => "save the file as UTF-8",
                UnreadableFile::Missing | UnreadableFile::NoPermission | UnreadableFile::Io(_) => {
                    "make it readable for this user, or remove it"
                }
            };
            problems.push(format!("{FILE}: {error}\nhint: {hint}"));
            Vec::new()
        }
    }
}

/// Parses all lines. Adds a problem for each line that is wrong or contradicts an earlier one.
fn variables(text: &str, problems: &mut Vec<String>) -> Vec<(String, String)> {
    // Each variable has a name, a value and a line.
    let mut found: Vec<(String, String, usize)> = Vec::new();
    for (line, raw) in (1..).zip(text.split('\n')) {
        let mut report = |cause: &str, hint: &str| {
            problems.push(format!("{FILE}:{line}: {cause}\nhint: {hint}"));
        };
        match parse_line(raw) {
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

/// Cause and hint of a problem. Neither contains a part of the line.
type Cause = (&'static str, &'static str);

/// Parses one line. Returns `None` for an empty line or a comment.
fn parse_line(line: &str) -> Result<Option<(String, String)>, Cause> {
    match dotenvy::from_read_iter(line.as_bytes()).next() {
        None => Ok(None),
        Some(Ok((name, value))) => Ok(Some((name, value))),
        // The error of the parser would quote the line.
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
    fn env_file_accepts_the_syntax_of_shells_and_containers() {
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
    fn env_file_reports_a_wrong_line_by_number_and_cause_without_its_content() {
        let check = |text: &str, expected: &str| {
            let mut problems = Vec::new();
            variables(text, &mut problems);
            let report = problems.join("\n");
            assert!(report.starts_with(expected), "{text:?}: {report}");
            assert!(
                report.contains("\nhint: ") && !report.contains("secret"),
                "{text:?}: {report}"
            );
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
    fn env_file_reports_all_wrong_lines_at_once() {
        let mut problems = Vec::new();
        let found = variables("a\nX=1\nb\nY='\n", &mut problems);
        assert_eq!((found.len(), problems.len()), (1, 3));
    }
}
