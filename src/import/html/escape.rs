//! Escaping of text in Markdown, with few backslashes. Pure.
//!
//! A character is escaped if it could be markup where it is: of CommonMark, tables, footnotes,
//! strikethrough, formulas and definition lists, or of the templates and note programs whose markup
//! a reader of Markdown may remove, such as `{{ a }}`, `==a==` and `%%a%%`.

/// A part of a paragraph that is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    Char {
        c: char,
        in_link: bool,
    },
    LineBreak,
    Code(String),
    /// Markup that is written as it is.
    Markup(String),
}

/// The place where inlines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Paragraph,
    Heading,
    Cell,
}

/// A sign for markup in the text of a line.
const MARKUP: char = '\u{fffc}';

/// Returns the items as Markdown, with the escapes that they need.
pub fn escape(items: &[Item], place: Place) -> String {
    let mut text = String::with_capacity(items.len() + items.len() / 8);
    let chars: Vec<char> = items.iter().map(char_of).collect();
    let context = Context::new(items, &chars, place);
    let mut starts_line = place == Place::Paragraph;
    let mut forced = None;
    for (at, item) in items.iter().enumerate() {
        if std::mem::take(&mut starts_line) {
            let end =
                chars[at..].iter().position(|c| *c == '\n').map_or(chars.len(), |end| at + end);
            forced = line_start_escape(&chars[at..end]).map(|offset| at + offset);
        }
        match item {
            Item::LineBreak => {
                text.push_str("\\\n");
                starts_line = true;
            }
            Item::Code(code) => push_code(&mut text, code, place),
            Item::Markup(markup) => text.push_str(markup),
            Item::Char { c, in_link } => {
                if forced == Some(at)
                    || c.is_ascii_punctuation() && context.needs_escape(at, *in_link)
                {
                    text.push('\\');
                }
                text.push(*c);
            }
        }
    }
    text
}

/// Returns a character in the place of an item.
fn char_of(item: &Item) -> char {
    match item {
        Item::Char { c, .. } => *c,
        Item::LineBreak => '\n',
        Item::Code(_) | Item::Markup(_) => MARKUP,
    }
}

/// A paragraph, and what its characters can be part of.
struct Context<'a> {
    items: &'a [Item],
    chars: &'a [char],
    place: Place,
    /// Whether a link or a definition could begin with a bracket.
    has_links: bool,
    stars: bool,
    underscores: bool,
    tildes: bool,
    dollars: bool,
    backticks: bool,
}

impl<'a> Context<'a> {
    fn new(items: &'a [Item], chars: &'a [char], place: Place) -> Self {
        let has_markup = |start: &str| {
            items.iter().any(|item| matches!(item, Item::Markup(text) if text.starts_with(start)))
        };
        // A formula may end in a code span or in an address.
        let has_dollar = items.iter().any(|item| match item {
            Item::Code(text) | Item::Markup(text) => text.contains('$'),
            Item::Char { .. } | Item::LineBreak => false,
        });
        let has_code = items.iter().any(|item| matches!(item, Item::Code(_)));
        let is_repeated = |c: char| chars.iter().filter(|other| **other == c).nth(1).is_some();
        let has_links = chars
            .windows(2)
            .any(|pair| pair[0] == ']' && matches!(pair[1], '(' | '[' | ':' | MARKUP));
        Self {
            items,
            chars,
            place,
            has_links,
            stars: is_repeated('*') || has_markup("*"),
            underscores: is_repeated('_'),
            tildes: is_repeated('~') || has_markup("~"),
            dollars: is_repeated('$') || has_dollar,
            backticks: is_repeated('`') || has_code,
        }
    }

    /// Returns whether the character at `at` could be markup.
    fn needs_escape(&self, at: usize, in_link: bool) -> bool {
        let c = self.chars[at];
        let before = at.checked_sub(1).map_or('\n', |before| self.chars[before]);
        let after = self.chars.get(at + 1).copied().unwrap_or('\n');
        let is_apart = before.is_whitespace() && after.is_whitespace();
        match c {
            '\\' => after.is_ascii_punctuation() || after == MARKUP || after == '\n',
            '`' => self.backticks,
            '*' => self.stars && !is_apart,
            '_' => {
                let is_within = before.is_alphanumeric() && after.is_alphanumeric();
                self.underscores && !is_apart && !is_within
            }
            '~' => self.tildes && !is_apart,
            '$' => self.dollars,
            '[' => {
                in_link
                    || self.has_links
                    || matches!(after, '^' | '[')
                    || before == '['
                    || self.follows_markup(at)
            }
            ']' => in_link || self.has_links || matches!(before, ']'),
            '(' | ':' => self.follows_markup(at),
            '!' => after == '[' || self.markup_at(at + 1).is_some_and(|text| text.starts_with('[')),
            '<' => after.is_ascii_alphabetic() || matches!(after, '/' | '!' | '?'),
            '&' => self.is_entity(at),
            '|' => self.place == Place::Cell,
            '{' => matches!(after, '{' | '%' | '#' | ':' | '.' | '/' | ' ' | '<') || before == '{',
            '%' | '=' => before == c || after == c,
            '^' => before.is_whitespace() && after.is_alphanumeric(),
            '#' => self.place == Place::Heading && self.is_closing(at),
            _ => false,
        }
    }

    fn markup_at(&self, at: usize) -> Option<&str> {
        match self.items.get(at) {
            Some(Item::Markup(text)) => Some(text),
            _ => None,
        }
    }

    /// Returns whether the character follows a footnote reference.
    fn follows_markup(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.markup_at(before));
        before.is_some_and(|text| text.starts_with("[^"))
    }

    /// Returns whether an ampersand starts a character reference.
    fn is_entity(&self, at: usize) -> bool {
        let rest = &self.chars[at + 1..self.chars.len().min(at + 34)];
        let end = rest.iter().position(|c| !c.is_ascii_alphanumeric() && *c != '#');
        end.is_some_and(|end| end > 0 && rest[end] == ';')
    }

    /// Returns whether only number signs follow, as at the end of a heading.
    fn is_closing(&self, at: usize) -> bool {
        let before = self.chars[..at].iter().rev().find(|c| **c != '#');
        let has_space = before.is_none_or(|c| c.is_whitespace());
        has_space && self.chars[at..].iter().all(|c| *c == '#')
    }
}

/// Returns the offset of the character to escape so that the line does not start a block.
fn line_start_escape(line: &[char]) -> Option<usize> {
    let first = *line.first()?;
    let second = line.get(1).copied().unwrap_or(' ');
    let consists_of = |signs: &str| line.iter().all(|c| signs.contains(*c));
    let run = line.iter().take_while(|c| **c == first).count();
    match first {
        '#' => {
            let follows = line.get(run).copied().unwrap_or(' ');
            let is_tag = follows.is_alphanumeric() || "/_-".contains(follows);
            (follows.is_whitespace() || is_tag).then_some(0)
        }
        '>' => Some(0),
        '-' | '+' | '*' if second.is_whitespace() || second == MARKUP && first == '*' => Some(0),
        '-' | '*' | '_' | '=' if consists_of("-*_= ") => Some(0),
        '-' | '|' if consists_of("-|: ") => Some(0),
        ':' => Some(0),
        '[' => Some(0),
        '~' | '!' | '?' | '+' if run >= 3 => Some(0),
        '0'..='9' => {
            let digits = line.iter().take_while(|c| c.is_ascii_digit()).count();
            let is_mark = matches!(line.get(digits), Some('.' | ')'));
            let is_end = line.get(digits + 1).is_none_or(|c| c.is_whitespace());
            (digits <= 9 && is_mark && is_end).then_some(digits)
        }
        _ => None,
    }
}

/// Writes a code span.
fn push_code(text: &mut String, code: &str, place: Place) {
    let mut longest = 0;
    let mut run = 0;
    for c in code.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let padding = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
    text.push_str(&fence);
    text.push_str(padding);
    match place {
        Place::Cell => text.push_str(&code.replace('|', "\\|")),
        Place::Paragraph | Place::Heading => text.push_str(code),
    }
    text.push_str(padding);
    text.push_str(&fence);
}
