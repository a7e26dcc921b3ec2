//! Conversion of what is within a paragraph: runs, links, fields, insertions, images, formulas.

use crate::import::markup::{NodeId, Tree};

use super::alternative::alternative;
use super::body::Converter;
use super::inline::{Format, Inline};
use super::notes::NoteKind;
use super::styles::{CharFormat, child_value};
use super::{math, symbols};

/// Minimum number of words of the description of an image.
const MIN_DESCRIPTION_WORDS: usize = 2;

impl Converter<'_> {
    /// Converts the content of a paragraph or of an element within it. The depth of the recursion
    /// is that of the tree, which is bounded.
    pub fn inline(&mut self, id: NodeId, inherited: CharFormat, out: &mut Inline) {
        let tree = self.part.tree;
        match tree.name(id) {
            "w:r" => self.run(id, inherited, out),
            "w:hyperlink" => {
                let target = tree.attribute(id, "id").unwrap_or_default();
                let address = self.part.relationships.address(&target).filter(|a| is_web(a));
                if let Some(address) = address {
                    out.start_link(address);
                }
                self.inline_children(id, inherited, out);
                if address.is_some() {
                    out.end_link();
                }
            }
            "w:fldSimple" => {
                self.state.fields.begin();
                self.state.fields.instruction(&tree.attribute(id, "instr").unwrap_or_default());
                self.begin_result(out);
                self.inline_children(id, inherited, out);
                self.end_field(out);
            }
            "w:sdt" => {
                if let Some(content) = self.control_content(id) {
                    self.inline_children(content, inherited, out);
                }
            }
            "mc:AlternateContent" => {
                if let Some(chosen) = alternative(tree, id) {
                    self.inline_children(chosen, inherited, out);
                }
            }
            "w:ruby" => {
                if let Some(base) = tree.child(id, "w:rubyBase") {
                    self.inline_children(base, inherited, out);
                }
            }
            "m:oMath" | "m:oMathPara" if !self.state.fields.is_left_out() => {
                out.text(&math::text(tree, id), Format::default());
            }
            "w:ins" | "w:moveTo" | "w:smartTag" | "w:customXml" | "w:bdo" | "w:dir" => {
                self.inline_children(id, inherited, out);
            }
            _ => {}
        }
    }

    fn inline_children(&mut self, id: NodeId, inherited: CharFormat, out: &mut Inline) {
        let tree = self.part.tree;
        tree.children(id).for_each(|child| self.inline(child, inherited, out));
    }

    fn run(&mut self, id: NodeId, inherited: CharFormat, out: &mut Inline) {
        let tree = self.part.tree;
        let mut format = Format::default();
        let mut chars = inherited;
        let mut font = String::new();
        if let Some(properties) = tree.child(id, "w:rPr") {
            let style = child_value(tree, properties, "w:rStyle");
            let own = CharFormat::parse(tree, properties);
            chars = own.or(self.styles.format(style.as_deref())).or(inherited);
            let raised = child_value(tree, properties, "w:vertAlign").unwrap_or_default();
            format.is_superscript = raised == "superscript";
            format.is_subscript = raised == "subscript";
            format.is_code = style.is_some_and(|style| self.styles.is_code(&style));
            let fonts = tree.child(properties, "w:rFonts");
            let name = fonts.and_then(|fonts| tree.attribute(fonts, "ascii"));
            font = name.unwrap_or_default().into_owned();
        }
        format.is_code |= self.state.detects_code && chars.monospaced == Some(true);
        format.is_bold = chars.bold.unwrap_or(false);
        format.is_italic = chars.italic.unwrap_or(false);
        let is_hidden = chars.hidden.unwrap_or(false);
        let mut is_custom_mark = false;
        for child in tree.children(id) {
            if tree.name(child) == "w:fldChar" {
                self.field_char(child, out);
            } else if tree.name(child) == "w:instrText" {
                self.state.fields.instruction(&tree.joined_text(child));
            } else if !is_hidden && !self.state.fields.is_left_out() && !is_custom_mark {
                is_custom_mark = self.run_child(child, format, &font, inherited, out);
            }
        }
    }

    /// Converts a child of a run. Returns whether the text after it is the mark of a note.
    fn run_child(
        &mut self,
        id: NodeId,
        format: Format,
        font: &str,
        inherited: CharFormat,
        out: &mut Inline,
    ) -> bool {
        let tree = self.part.tree;
        match tree.name(id) {
            "w:t" => {
                let text = tree.joined_text(id);
                match text.contains(symbols::is_private) {
                    true => out.text(&without_private(&text, font), format),
                    false => out.text(&text, format),
                }
            }
            "w:tab" | "w:ptab" => out.tab(),
            "w:br" | "w:cr" => out.line_break(),
            "w:noBreakHyphen" => out.text("-", format),
            "w:sym" => {
                let code = tree.attribute(id, "char").unwrap_or_default();
                let font = tree.attribute(id, "font").unwrap_or_default();
                let code = u32::from_str_radix(&code, 16).ok();
                if let Some(char) = code.and_then(|code| symbols::unicode(&font, code)) {
                    out.text(char.encode_utf8(&mut [0; 4]), format);
                }
            }
            "w:footnoteReference" | "w:endnoteReference" => {
                let kind = match tree.name(id) {
                    "w:footnoteReference" => NoteKind::Footnote,
                    _ => NoteKind::Endnote,
                };
                if let Some(note) = tree.attribute(id, "id") {
                    let number = self.state.note_number(kind, &note);
                    out.note(number);
                }
                let custom = tree.attribute(id, "customMarkFollows");
                return custom.is_some_and(|custom| custom != "0" && custom != "false");
            }
            "w:drawing" | "w:pict" | "w:object" => self.drawing(id, out),
            "mc:AlternateContent" => {
                let chosen = alternative(tree, id);
                for child in chosen.into_iter().flat_map(|chosen| tree.children(chosen)) {
                    self.run_child(child, format, font, inherited, out);
                }
            }
            "w:ruby" => self.inline(id, inherited, out),
            _ => {}
        }
        false
    }

    /// Converts an image or a shape: its description, and later the texts of its text boxes.
    fn drawing(&mut self, id: NodeId, out: &mut Inline) {
        let tree = self.part.tree;
        let mut end = id;
        for inner in tree.subtree(id) {
            // A text box within a text box is found with the outer one.
            if inner < end {
                continue;
            }
            match tree.name(inner) {
                "w:txbxContent" => {
                    self.state.boxes.push(inner);
                    end = tree.end(inner);
                }
                "mc:Fallback" if has_alternative(tree, inner) => end = tree.end(inner),
                "wp:docPr" => {
                    let text = tree.attribute(inner, "descr").unwrap_or_default();
                    if is_description(&text) {
                        out.image(text.trim());
                    } else {
                        self.state.images += 1;
                    }
                }
                _ => {}
            }
        }
    }

    fn field_char(&mut self, id: NodeId, out: &mut Inline) {
        match self.part.tree.attribute(id, "fldCharType").as_deref() {
            Some("begin") => self.state.fields.begin(),
            Some("separate") => self.begin_result(out),
            Some("end") => self.end_field(out),
            _ => {}
        }
    }

    fn begin_result(&mut self, out: &mut Inline) {
        if let Some(address) = self.state.fields.separate().filter(|address| is_web(address)) {
            out.start_link(&address);
        }
    }

    fn end_field(&mut self, out: &mut Inline) {
        if self.state.fields.end() {
            out.end_link();
        }
    }

    /// Returns the content of a content control. `None` for a table of contents and for a
    /// placeholder.
    pub fn control_content(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.part.tree;
        let content = tree.child(id, "w:sdtContent")?;
        let Some(properties) = tree.child(id, "w:sdtPr") else { return Some(content) };
        let gallery = tree.child(properties, "w:docPartObj");
        let gallery = gallery.and_then(|part| child_value(tree, part, "w:docPartGallery"));
        let gallery = gallery.unwrap_or_default().to_lowercase();
        let is_left_out = ["table of contents", "page numbers", "watermarks", "indexes"]
            .iter()
            .any(|name| gallery.starts_with(name));
        let placeholder = tree.child(properties, "w:showingPlcHdr");
        let is_placeholder = placeholder.is_some_and(|id| {
            !matches!(tree.attribute(id, "val").as_deref(), Some("0" | "false" | "off"))
        });
        (!is_left_out && !is_placeholder).then_some(content)
    }
}

/// Returns whether the alternative before a fallback has a text.
fn has_alternative(tree: &Tree<'_>, fallback: NodeId) -> bool {
    alternative(tree, tree.parent(fallback)).is_some_and(|chosen| chosen != fallback)
}

fn is_web(address: &str) -> bool {
    let address = address.trim_start().to_ascii_lowercase();
    ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme))
}

/// Returns whether the description of an image was written by a person.
fn is_description(text: &str) -> bool {
    let lower = text.to_lowercase();
    let is_generated =
        ["automatically generated", "automatisch generiert", "généré", "автоматически"]
            .iter()
            .any(|mark| lower.contains(mark));
    let is_file = [".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".svg", ".tif", ".bmp"]
        .iter()
        .any(|end| lower.trim().ends_with(end));
    let is_address = lower.contains("://");
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    !is_generated && !is_file && !is_address && words.count() >= MIN_DESCRIPTION_WORDS
}

/// Returns a text with the characters of the private use area replaced or removed.
fn without_private(text: &str, font: &str) -> String {
    let replace = |c: char| match symbols::is_private(c) {
        true => symbols::unicode(font, c as u32).or_else(|| symbols::unicode("", c as u32)),
        false => Some(c),
    };
    text.chars().filter_map(replace).collect()
}
