//! Escaping of plain text as Markdown, such that it is read as itself: by CommonMark, by GFM and by
//! the dialects that the corpus knows. Pure.
//!
//! A character is escaped only where it could be markup, so that most prose has no backslash.

/// Appends `text`, a part of a line between `before` and `after`, as Markdown.
pub fn push_escaped(out: &mut String, text: &str, before: Option<char>, after: Option<char>) {
    let ends = ["](", "][", "]:", "]{", "::"].iter().filter_map(|end| text.rfind(end));
    let last_link_end = ends.max().unwrap_or(0);
    let last_dollar = text.rfind('$').unwrap_or(0);
    let mut previous = before;
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let next = rest.chars().next().or(after);
        let is_paired = match c {
            '[' => at < last_link_end,
            '$' => at < last_dollar,
            '&' => is_reference(rest),
            _ => false,
        };
        if is_paired || is_markup(c, previous, next) {
            out.push('\\');
        }
        out.push(c);
        previous = Some(c);
    }
}

/// Returns whether a character could be markup between its neighbours, whatever follows.
fn is_markup(c: char, previous: Option<char>, next: Option<char>) -> bool {
    let is_space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match c {
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
        '`' => true,
        '*' => !(is_space(previous) && is_space(next)),
        '_' => !(is_space(previous) && is_space(next) || is_word(previous) && is_word(next)),
        '~' => previous == Some('~') || next == Some('~') || !is_space(previous),
        '$' => previous.is_some_and(|c| !c.is_whitespace()),
        '[' => matches!(next, Some('[' | '^')) || matches!(previous, Some('^' | '!')),
        '<' => {
            next.is_none_or(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
        }
        '{' => matches!(next, Some(':' | '#' | '.' | '{' | '%' | '/')),
        '=' | ':' | '%' => previous == Some(c),
        '^' => is_space(previous) && !is_space(next),
        _ => false,
    }
}

/// Returns whether the text after an `&` makes it a character reference.
fn is_reference(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let length = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
    length > 0 && name[length..].starts_with(';')
}

/// Returns the number of bytes after which a backslash must be inserted into a line, so that its
/// start is not read as a block. `line` is Markdown of inlines.
pub fn block_start(line: &str) -> Option<usize> {
    let first = line.chars().next()?;
    let is_only = |chars: &str| line.chars().all(|c| chars.contains(c) || c == ' ');
    let is_marker = |rest: &str| rest.is_empty() || rest.starts_with([' ', '\t']);
    let is_block = match first {
        '#' => is_marker(line.trim_start_matches('#')),
        '>' => true,
        '-' => is_marker(&line[1..]) || is_only("-:|") || line.starts_with("--"),
        '+' => is_marker(&line[1..]),
        '*' => is_marker(&line[1..]) || is_only("*"),
        '_' => is_only("_"),
        '=' => is_only("=") || line.starts_with("==="),
        // The parser takes a line with a colon at its start as a definition, even without a space.
        ':' => true,
        '|' => true,
        '~' => line.starts_with("~~~"),
        '!' => line.starts_with("!!!") || line.starts_with("!include"),
        '?' => line.starts_with("???"),
        '[' => line.to_ascii_lowercase().starts_with("[toc]"),
        '0'..='9' => {
            let digits = line.bytes().take_while(u8::is_ascii_digit).count();
            let rest = &line[digits..];
            return (rest.starts_with(['.', ')']) && digits < 10 && is_marker(&rest[1..]))
                .then_some(digits);
        }
        _ => false,
    };
    is_block.then_some(0)
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser};

    use super::*;

    fn markdown(text: &str) -> String {
        let mut out = String::new();
        push_escaped(&mut out, text, None, None);
        if let Some(at) = block_start(&out) {
            out.insert(at, '\\');
        }
        out
    }

    fn shown(markdown: &str) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_MATH
            | Options::ENABLE_DEFINITION_LIST;
        let text = Parser::new_ext(markdown, options).filter_map(|event| match event {
            Event::Text(text) => Some(text.into_string()),
            other => (!matches!(other, Event::Start(_) | Event::End(_))).then(|| "‽".to_owned()),
        });
        text.collect()
    }

    #[test]
    fn escape_keeps_each_text_as_it_is() {
        for text in [
            "# one",
            "#tag",
            "1986. A year",
            "1) one",
            "- one",
            "+ one",
            "* one",
            "> one",
            "---",
            "***",
            "a_b_c",
            "_a_",
            "__init__",
            "*a*",
            "2 * 3",
            "a*b*c",
            "`a`",
            "[a](b)",
            "[a]",
            "[a][b]",
            "[^1]",
            "[a]: b",
            "[[a]]",
            "<b>",
            "<",
            "a < b",
            "a <b",
            "&amp; & AT&T; &x",
            "a\\",
            "\\*",
            "C:\\dir",
            "~~a~~",
            "~5 ~6",
            "a ~b~ c",
            "$5 and $6",
            "$a$",
            "==a==",
            "{{ a }}",
            "{% a %}",
            "%% a %%",
            "!!! note",
            "::: tip",
            "a::b",
            "===",
            "| a | b |",
            "~~~",
            "```",
            "![a](b)",
            "a^[b]",
            "text ^id1",
            "<!-- a -->",
            "http://a_b.c/d_e_",
            "*",
            "_",
            "a*",
            "*a",
            "1.",
            "1.5",
            "10.000",
            "=",
            "|",
            ":",
            ": a",
            ":a",
            ":: a",
            ":::",
            "- [ ] a",
        ] {
            assert_eq!(shown(&markdown(text)), text, "{}", markdown(text));
            // A term that the next paragraph could define.
            let next = format!("term\n\n{}\n\nend", markdown(text));
            assert_eq!(shown(&next), format!("term{text}end"), "{next}");
            let broken = format!("term\\\n{}", markdown(text));
            assert_eq!(shown(&broken), format!("term‽{text}"), "{broken}");
        }
    }

    #[test]
    fn escape_adds_no_backslash_to_prose() {
        for text in [
            "It rises (twice) a day - 3.5 m. [sic]",
            "AT&T, R & D; snake_case, 2 * 3 = 6, a < b!",
            "$5",
            "#tag",
            "1.5 m",
            "-5 °C",
            "C:\\dir",
            "~5",
            "{a}",
            "a: b",
        ] {
            assert_eq!(markdown(text), text);
        }
    }
}
