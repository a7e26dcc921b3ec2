//! Drawing of `docs/answer.svg`, the picture in the README: a chat with the bot on a phone.
//!
//! The replies are those of the bot on the articles in `corpus`. The test compares the file with
//! the drawing. With `VERBATIM_UPDATE_PICTURE=1` in the environment, the test writes the file.

use std::path::Path;

use serde_json::Value;

use crate::fake_bot_api::Message;
use crate::tester::Bot;

const QUESTIONS: [&str; 2] = ["Which river is the dispute about?", "best sourdough bread recipe"];
const PICTURE: &str = "docs/answer.svg";

/// Width of the picture, in pixels, as are all lengths below.
const WIDTH: u32 = 390;
const HEADER: u32 = 58;
const FOOTER: u32 = 54;
/// Distance of a bubble from the edge of the screen.
const MARGIN: u32 = 8;
/// Maximum width of a line of text in a bubble.
const MAX_LINE: u32 = 296;
const PADDING: u32 = 11;
const LINE_HEIGHT: u32 = 21;
const TEXT_SIZE: u32 = 15;
/// Indent of a quotation, for the bar at its left.
const QUOTE_INDENT: u32 = 11;
const BUTTON_HEIGHT: u32 = 36;
const GAP: u32 = 4;
/// Space for the time at the end of a bubble's last line.
const TIME_WIDTH: u32 = 44;
const TIME: &str = "09:41";
const BLUE: &str = "#2481cc";

/// Widths of the characters from U+0020 to U+007E in Helvetica, in thousandths of the font size.
const WIDTHS: [u32; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const STYLE: &str = "
text { font-family: -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;
  font-size: 15px; fill: #0b0b0c; white-space: pre; }
.small { font-size: 12px; fill: #8a949c; }
.sent { fill: #58a946; }
.title { font-size: 16px; font-weight: 600; }
.bold { font-weight: 700; }
.link { fill: #2481cc; }
.name { font-size: 13px; font-weight: 600; fill: #2481cc; }
.reply { font-size: 13px; }
.button { font-size: 13px; font-weight: 500; fill: #fff; text-anchor: middle; }
.icon { fill: none; stroke: #fff; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.control { fill: none; stroke: #8a949c; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
";

/// A character with the class of its formatting.
type Glyph = (char, &'static str);
type Line = Vec<Glyph>;

/// Consecutive lines, within a quotation or outside of one.
struct Block {
    is_quotation: bool,
    lines: Vec<Line>,
}

/// The drawing so far, and the height that it has reached.
struct Canvas {
    svg: String,
    y: u32,
}

/// Returns the estimated width of a text, with four percent to spare for wider fonts.
fn width(glyphs: &[Glyph], size: u32) -> u32 {
    let thousandths: u32 = glyphs
        .iter()
        .map(|(c, class)| {
            let in_table = (*c as usize).checked_sub(32).and_then(|at| WIDTHS.get(at)).copied();
            let regular = match c {
                '“' | '”' => 333,
                '‘' | '’' => 222,
                '·' => 278,
                _ => in_table.unwrap_or(1000),
            };
            regular * if *class == "bold" { 110 } else { 104 } / 100
        })
        .sum();
    (thousandths * size).div_ceil(1000)
}

/// Breaks a line at its spaces so that no part is wider than `max`, except a single long word.
fn wrap(line: &[Glyph], size: u32, max: u32) -> Vec<Line> {
    let mut lines: Vec<Line> = vec![Line::new()];
    for word in line.split_inclusive(|(c, _)| *c == ' ') {
        let last = lines.last_mut().expect("the list is never empty");
        let with_word: Line = last.iter().chain(word).copied().collect();
        let visible = with_word.strip_suffix(&[(' ', "")]).unwrap_or(&with_word);
        if last.is_empty() || width(visible, size) <= max {
            *last = with_word;
        } else {
            lines.push(word.to_vec());
        }
    }
    lines
}

fn plain(text: &str) -> Line {
    text.chars().map(|c| (c, "")).collect()
}

/// Splits a message into blocks of wrapped lines.
fn blocks(message: &Message) -> Vec<Block> {
    let class_of = |at: usize| {
        let covering = |kind: &str| {
            let mut of_kind = message.entities.iter().filter(|entity| entity.kind == kind);
            of_kind.any(|entity| (entity.from..entity.to).contains(&at))
        };
        (covering("blockquote"), ["a", "b"].into_iter().find(|kind| covering(kind)))
    };
    let mut blocks: Vec<Block> = Vec::new();
    let mut at = 0;
    for line in message.text.split('\n') {
        let is_quotation = class_of(at).0;
        let mut glyphs = Line::new();
        for c in line.chars() {
            let class = match class_of(at).1 {
                Some("a") => "link",
                Some(_) => "bold",
                None => "",
            };
            glyphs.push((c, class));
            at += c.len_utf16();
        }
        at += 1;
        let indent = if is_quotation { QUOTE_INDENT + 14 } else { 0 };
        let lines = wrap(&glyphs, TEXT_SIZE, MAX_LINE - indent);
        match blocks.last_mut().filter(|last| last.is_quotation == is_quotation) {
            Some(last) => last.lines.extend(lines),
            None => blocks.push(Block { is_quotation, lines }),
        }
    }
    blocks
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Returns the SVG of a line, with a `tspan` for each run of formatted characters.
fn spans(line: &[Glyph]) -> String {
    let end = line.iter().rposition(|(c, _)| *c != ' ').map_or(0, |last| last + 1);
    line[..end].chunk_by(|(_, one), (_, other)| one == other).fold(String::new(), |svg, run| {
        let text: String = run.iter().map(|(c, _)| c).collect();
        let text = escape(&text);
        match run[0].1 {
            "" => svg + &text,
            class => format!(r#"{svg}<tspan class="{class}">{text}</tspan>"#),
        }
    })
}

/// Cuts a text that is wider than `max`, with an ellipsis.
fn clipped(text: &str, size: u32, max: u32) -> String {
    let whole = plain(text);
    if width(&whole, size) <= max {
        return text.to_owned();
    }
    let fits = |end: &usize| width(&whole[..*end], size) + size <= max;
    let end = (0..whole.len()).take_while(fits).last().unwrap_or_default();
    let cut: String = whole[..end].iter().map(|(c, _)| c).collect();
    format!("{}…", cut.trim_end())
}

impl Canvas {
    fn put(&mut self, svg: &str) {
        self.svg.push_str(svg);
        self.svg.push('\n');
    }

    fn text(&mut self, x: u32, y: u32, class: &str, content: &str) {
        let class = if class.is_empty() { String::new() } else { format!(r#" class="{class}""#) };
        self.put(&format!(r#"<text{class} x="{x}" y="{y}">{content}</text>"#));
    }

    fn rectangle(&mut self, (x, y): (u32, u32), (width, height): (u32, u32), style: &str) {
        self.put(&format!(r#"<rect x="{x}" y="{y}" width="{width}" height="{height}" {style}/>"#));
    }

    /// Draws the tinted box with a bar at its left that Telegram gives to replies and quotations.
    fn bar(&mut self, at: (u32, u32), height: u32) {
        let tint = format!(r#"rx="5" fill="{BLUE}" fill-opacity=".1""#);
        self.rectangle(at, (MAX_LINE, height), &tint);
        self.rectangle(at, (3, height), &format!(r#"rx="1.5" fill="{BLUE}""#));
    }

    /// Draws a reader's message at the right.
    fn outgoing(&mut self, text: &str) {
        let lines = wrap(&plain(text), TEXT_SIZE, MAX_LINE - 40);
        let widest = lines.iter().map(|line| width(line, TEXT_SIZE)).max().unwrap_or_default();
        let time = TIME_WIDTH + 18;
        let last = lines.last().map_or(0, |line| width(line, TEXT_SIZE));
        let inner = if last + time <= MAX_LINE + 20 { widest.max(last + time) } else { widest };
        let below = if last + time <= inner { 0 } else { 16 };
        let (bubble, height) = (inner + 2 * PADDING, lines.len() as u32 * LINE_HEIGHT + 14 + below);
        let x = WIDTH - MARGIN - bubble;
        self.rectangle((x, self.y), (bubble, height), r##"rx="16" fill="#e3fdd0""##);
        let mut baseline = self.y + 22;
        for line in &lines {
            self.text(x + PADDING, baseline, "", &spans(line));
            baseline += LINE_HEIGHT;
        }
        let (right, bottom) = (x + bubble - PADDING, self.y + height - 9);
        self.text(right - TIME_WIDTH - 6, bottom, "small sent", TIME);
        let marks = format!("M{} {bottom}m0 -4l3 3l6 -7m-3 7l6 -7", right - 13);
        self.put(&format!(r#"<path d="{marks}" class="icon" style="stroke:#58a946"/>"#));
        self.y += height + 8;
    }

    /// Draws a message of the bot at the left, with its buttons.
    fn incoming(&mut self, message: &Message, question: &str, keyboard: &Value) {
        let (x, left) = (MARGIN, MARGIN + PADDING);
        let blocks = blocks(message);
        let bubble = MAX_LINE + 2 * PADDING;
        let bubble_at = self.svg.len();
        let top = self.y;
        let mut y = top + 10;
        if message.reply_to.is_some() {
            self.bar((left, y), 40);
            self.text(left + 10, y + 16, "name", "Ada");
            let shown = escape(&clipped(question, 13, MAX_LINE - 20));
            self.text(left + 10, y + 33, "reply", &shown);
            y += 47;
        }
        for block in &blocks {
            let height = block.lines.len() as u32 * LINE_HEIGHT;
            let mut baseline = y + 16;
            let mut text_x = left;
            if block.is_quotation {
                let box_height = height + 8;
                self.bar((left, y), box_height);
                let (mark_x, mark_y) = (left + MAX_LINE - 13, y + 6);
                let mark = "q-4 1 -4 5v3h4v-4h-2q0 -2 2 -3z";
                self.put(&format!(
                    r#"<path d="M{mark_x} {mark_y}{mark}m6 0{mark}" fill="{BLUE}"/>"#
                ));
                text_x += QUOTE_INDENT;
                baseline += 4;
                y += 8 + 7;
            }
            for line in &block.lines {
                self.text(text_x, baseline, "", &spans(line));
                baseline += LINE_HEIGHT;
            }
            y += height;
        }
        let last = blocks.last().and_then(|block| block.lines.last());
        if last.is_some_and(|line| width(line, TEXT_SIZE) + TIME_WIDTH > MAX_LINE) {
            y += 15;
        }
        self.text(left + MAX_LINE - TIME_WIDTH + 12, y - 1, "small", TIME);
        y += 8;
        let fill = format!(
            r##"<rect x="{x}" y="{top}" width="{bubble}" height="{}" rx="16" fill="#fff"/>"##,
            y - top
        );
        self.svg.insert_str(bubble_at, &format!("{fill}\n"));
        self.y = y + GAP;
        for row in keyboard.as_array().into_iter().flatten() {
            let row = row.as_array().expect("a row is a list of buttons");
            self.buttons(row, x, bubble);
        }
        self.y += 6;
    }

    /// Draws a row of an inline keyboard.
    fn buttons(&mut self, row: &[Value], x: u32, all: u32) {
        let count = row.len() as u32;
        let space = all - GAP * (count - 1);
        for (at, button) in row.iter().enumerate() {
            let (before, after) = (space * at as u32 / count, space * (at as u32 + 1) / count);
            let (x, each) = (x + before + GAP * at as u32, after - before);
            let style = r##"rx="9" fill="#2c4a3a" fill-opacity=".52""##;
            self.rectangle((x, self.y), (each, BUTTON_HEIGHT), style);
            let label = button["text"].as_str().unwrap_or_default();
            let label = escape(&clipped(label, 13, each - 10));
            self.text(x + each / 2, self.y + 23, "button", &label);
            let (right, top) = (x + each - 11, self.y + 5);
            let icon = if button.get("url").is_some() {
                "h6v6m0 -6l-6 6"
            } else if button.get("copy_text").is_some() {
                "m2 2h5v5h-5zm-2 3v-5h5"
            } else {
                continue;
            };
            self.put(&format!(r#"<path class="icon" d="M{right} {top}{icon}"/>"#));
        }
        self.y += BUTTON_HEIGHT + GAP;
    }

    /// Returns the whole picture, with the bars at the top and at the bottom of the screen.
    fn finish(self) -> String {
        let height = self.y + FOOTER;
        let (bar, middle) = (self.y, self.y + FOOTER / 2);
        let (menu, icon, text, microphone) = (middle - 16, middle - 4, middle + 5, middle + 1);
        let (inner_width, inner_height) = (WIDTH - 1, height - 1);
        let messages = &self.svg;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="title">
<title id="title">A chat with the bot in Telegram: an answer in the article’s words, and a refusal</title>
<style>{STYLE}</style>
<defs>
<linearGradient id="paper" x1="0" y1="0" x2="1" y2="1">
<stop offset="0" stop-color="#dbe6b8"/><stop offset=".5" stop-color="#a9cfa4"/><stop offset="1" stop-color="#8fbfa6"/>
</linearGradient>
<linearGradient id="avatar" x1="0" y1="0" x2="0" y2="1">
<stop offset="0" stop-color="#72d5fd"/><stop offset="1" stop-color="#2a9ef1"/>
</linearGradient>
<clipPath id="screen"><rect width="{WIDTH}" height="{height}" rx="22"/></clipPath>
</defs>
<g clip-path="url(#screen)">
<rect width="{WIDTH}" height="{height}" fill="url(#paper)"/>
<rect width="{WIDTH}" height="{HEADER}" fill="#fff"/>
<path class="control" style="stroke:#2481cc" d="M24 21l-8 8l8 8"/>
<circle cx="58" cy="29" r="19" fill="url(#avatar)"/>
<text x="58" y="35" class="button" style="font-size:18px;font-weight:600">V</text>
<text x="88" y="26" class="title">Verbatim</text>
<text x="88" y="44" class="small">bot</text>
<g fill="#8a949c"><circle cx="366" cy="22" r="2"/><circle cx="366" cy="29" r="2"/><circle cx="366" cy="36" r="2"/></g>
{messages}<rect y="{bar}" width="{WIDTH}" height="{FOOTER}" fill="#fff"/>
<rect x="12" y="{menu}" width="72" height="32" rx="16" fill="#3da1e8"/>
<text x="54" y="{text}" class="button">Menu</text>
<path class="icon" style="stroke-width:1.8" d="M22 {icon}h10m-10 4h10m-10 4h10"/>
<text x="98" y="{text}" style="fill:#9aa4ab">Message</text>
<path class="control" d="M350 {microphone}v-6a3.5 3.5 0 0 1 7 0v6a3.5 3.5 0 0 1 -7 0m-3.5 0a7 7 0 0 0 14 0m-7 7v4"/>
</g>
<rect x=".5" y=".5" width="{inner_width}" height="{inner_height}" rx="22" fill="none" stroke="#b6c2c9"/>
</svg>
"##
        )
    }
}

/// Returns the inline keyboard of the last message that the bot sent.
fn keyboard(bot: &Bot) -> Value {
    let sent = bot.calls("sendMessage");
    sent.last().expect("the bot has sent a message")["reply_markup"]["inline_keyboard"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn picture_in_readme_shows_the_replies_of_the_bot() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let article = "irans-taliban-tightrope.md";
    let text = std::fs::read_to_string(root.join("corpus").join(article)).expect("the article");
    let mut bot = Bot::start().without_tides().article(article, &text).await;
    let mut canvas = Canvas { svg: String::new(), y: HEADER + 12 };
    for question in QUESTIONS {
        let reply = bot.private().send(question).await;
        canvas.outgoing(question);
        canvas.incoming(&reply, question, &keyboard(&bot));
    }
    bot.stop().await;
    let drawn = canvas.finish();
    let path = root.join(PICTURE);
    if std::env::var_os("VERBATIM_UPDATE_PICTURE").is_some_and(|value| value == "1") {
        std::fs::create_dir_all(root.join("docs")).expect("the directory can be made");
        std::fs::write(&path, &drawn).expect("the picture can be written");
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == drawn,
        "{PICTURE} does not show the replies: run this test with VERBATIM_UPDATE_PICTURE=1"
    );
}
