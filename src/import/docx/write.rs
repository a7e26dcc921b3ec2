//! Writing of blocks as HTML: paragraphs become lists, quotations and code.

use super::body::{Block, Item, Paragraph};
use super::numbering::Mark;
use super::styles::Role;

/// Returns the HTML of blocks.
pub fn html(blocks: &[Block]) -> String {
    let mut writer = Writer::default();
    for block in blocks {
        match block {
            Block::Paragraph(paragraph) => writer.paragraph(paragraph),
            Block::Table(html) => {
                writer.end_all();
                writer.html.push_str(html);
            }
        }
    }
    writer.end_all();
    writer.html
}

/// A list that is open.
#[derive(Debug)]
struct List {
    level: usize,
    list: String,
    mark: Mark,
}

#[derive(Debug, Default)]
struct Writer {
    html: String,
    lists: Vec<List>,
    /// The open element around paragraphs of the same role.
    group: Option<Role>,
}

impl Writer {
    fn paragraph(&mut self, paragraph: &Paragraph) {
        match &paragraph.item {
            Some(item) if item.mark != Mark::Blank => {
                self.end_group();
                self.item(item);
                self.html.push_str(&paragraph.html);
                return;
            }
            Some(_) if !self.lists.is_empty() => {
                self.end_group();
                let is_code = paragraph.role == Role::Code;
                self.html.push_str(if is_code { "<pre><code>" } else { "<p>" });
                self.html.push_str(&paragraph.html);
                self.html.push_str(if is_code { "</code></pre>" } else { "</p>" });
                return;
            }
            None if paragraph.role == Role::Continuation && !self.lists.is_empty() => {}
            Some(_) | None => self.end_lists(),
        }
        match paragraph.role {
            Role::Quote => {
                self.start_group(Role::Quote);
                self.element("p", &paragraph.html);
            }
            Role::Code => {
                match self.group {
                    Some(Role::Code) => self.html.push('\n'),
                    _ => self.start_group(Role::Code),
                }
                self.html.push_str(&paragraph.html);
            }
            Role::Heading(level) => {
                self.end_group();
                let name = ["h1", "h2", "h3", "h4", "h5", "h6"][usize::from(level.clamp(1, 6)) - 1];
                self.element(name, &paragraph.html);
            }
            Role::Title
            | Role::Author
            | Role::Date
            | Role::Text
            | Role::Directory
            | Role::Continuation => {
                self.end_group();
                self.element("p", &paragraph.html);
            }
        }
    }

    fn element(&mut self, name: &str, html: &str) {
        self.html.extend(["<", name, ">", html.trim(), "</", name, ">\n"]);
    }

    /// Begins an item of a list, with the lists that it needs.
    fn item(&mut self, item: &Item) {
        while self.lists.last().is_some_and(|list| list.level > item.level) {
            self.end_list();
        }
        match self.lists.last() {
            Some(list) if list.level == item.level => {
                let is_same = list.mark == item.mark
                    && (list.list == item.list || item.mark == Mark::Bullet || item.number != 1);
                if is_same {
                    self.html.push_str("</li>\n<li>");
                    return;
                }
                self.end_list();
            }
            Some(_) | None => {}
        }
        match (item.mark, item.number) {
            (Mark::Number, 1) => self.html.push_str("<ol><li>"),
            (Mark::Number, start) => {
                self.html.push_str(&format!("<ol start=\"{start}\"><li>"));
            }
            _ => self.html.push_str("<ul><li>"),
        }
        let (level, list, mark) = (item.level, item.list.clone(), item.mark);
        self.lists.push(List { level, list, mark });
    }

    fn end_list(&mut self) {
        if let Some(list) = self.lists.pop() {
            self.html.push_str(match list.mark {
                Mark::Number => "</li></ol>\n",
                Mark::Bullet | Mark::Blank | Mark::None => "</li></ul>\n",
            });
        }
    }

    fn end_lists(&mut self) {
        while !self.lists.is_empty() {
            self.end_list();
        }
    }

    fn start_group(&mut self, role: Role) {
        if self.group == Some(role) {
            return;
        }
        self.end_group();
        self.html.push_str(if role == Role::Code { "<pre><code>" } else { "<blockquote>" });
        self.group = Some(role);
    }

    fn end_group(&mut self) {
        if let Some(role) = self.group.take() {
            let is_code = role == Role::Code;
            if is_code {
                self.html.truncate(self.html.trim_end().len());
            }
            self.html.push_str(if is_code { "</code></pre>\n" } else { "</blockquote>\n" });
        }
    }

    fn end_all(&mut self) {
        self.end_group();
        self.end_lists();
    }
}
