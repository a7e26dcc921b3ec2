//! Interpreter of the content of a page, as far as its text and its rules go. Terms as in
//! ISO 32000-1, chapters 8 and 9.

use std::collections::HashMap;

use hayro_font::Font;
use hayro_font::kurbo::{Affine, Point, Rect};
use hayro_syntax::content::TypedIter;
use hayro_syntax::content::ops::TypedInstruction;
use hayro_syntax::object::{
    Array, Dict, Name, Object, ObjectIdentifier, Stream, String as PdfString,
};
use hayro_syntax::page::{Page as PdfPage, Resources};

use super::file_context::FileContext;
use super::glyphs::{Collector, Drawing};

/// Maximum depth of forms within one another.
const MAX_FORMS: usize = 12;
/// Maximum number of saved graphics states.
const MAX_STATES: usize = 512;
/// Maximum number of instructions of a page. Forms that draw one another may have very many.
const MAX_INSTRUCTIONS: usize = 4_000_000;

/// Graphics state, as far as text needs it.
#[derive(Clone)]
struct State<'a> {
    matrix: Affine,
    font: Option<Font<'a>>,
    size: f64,
    char_space: f64,
    word_space: f64,
    /// Horizontal scaling, 1 for none.
    scaling: f64,
    leading: f64,
    rise: f64,
    is_invisible: bool,
}

/// Part of a path from one start to the next.
struct Subpath {
    bounds: Rect,
    is_straight: bool,
}

/// Interpreter of one page.
pub struct Interpreter<'a, 'i, 'c> {
    file: &'i FileContext<'a>,
    collector: &'i mut Collector<'c>,
    state: State<'a>,
    saved: Vec<State<'a>>,
    text_matrix: Affine,
    line_matrix: Affine,
    path: Vec<Subpath>,
    /// Whether each open marked content sequence is hidden.
    hidden: Vec<bool>,
    /// Number of open sequences that are hidden.
    hidden_count: usize,
    instructions: usize,
}

impl<'a, 'i, 'c> Interpreter<'a, 'i, 'c> {
    pub fn new(
        file: &'i FileContext<'a>,
        collector: &'i mut Collector<'c>,
        matrix: Affine,
    ) -> Self {
        let state = State {
            matrix,
            font: None,
            size: 1.0,
            char_space: 0.0,
            word_space: 0.0,
            scaling: 1.0,
            leading: 0.0,
            rise: 0.0,
            is_invisible: false,
        };
        Self {
            file,
            collector,
            state,
            saved: Vec::new(),
            text_matrix: Affine::IDENTITY,
            line_matrix: Affine::IDENTITY,
            path: Vec::new(),
            hidden: Vec::new(),
            hidden_count: 0,
            instructions: 0,
        }
    }

    pub fn run(&mut self, page: &PdfPage<'a>) {
        self.interpret(page.typed_operations(), page.resources(), 0);
    }

    fn interpret(&mut self, mut content: TypedIter<'_>, resources: &Resources<'a>, depth: usize) {
        let mut fonts: HashMap<Vec<u8>, Option<Font<'a>>> = HashMap::new();
        let saved = self.saved.len();
        while let Some(instruction) = content.next() {
            self.instructions += 1;
            if self.instructions > MAX_INSTRUCTIONS {
                break;
            }
            match instruction {
                TypedInstruction::SaveState(_) => {
                    if self.saved.len() < MAX_STATES {
                        self.saved.push(self.state.clone());
                    }
                }
                TypedInstruction::RestoreState(_) => {
                    if self.saved.len() > saved
                        && let Some(state) = self.saved.pop()
                    {
                        self.state = state;
                    }
                }
                TypedInstruction::Transform(m) => {
                    let coefficients = [m.0, m.1, m.2, m.3, m.4, m.5].map(|n| n.as_f64());
                    self.state.matrix *= Affine::new(coefficients);
                }
                TypedInstruction::TextFont(font) => {
                    self.state.size = font.1.as_f64();
                    let entry = fonts.entry(font.0.to_vec()).or_insert_with(|| {
                        match resources.get_font(font.0) {
                            Some(dict) => self.file.font(&dict),
                            None => self.file.substitute(),
                        }
                    });
                    self.state.font = entry.clone();
                }
                TypedInstruction::SetGraphicsState(name) => {
                    let dict = resources.get_ext_g_state(name.0);
                    self.set_font(dict.and_then(|dict| dict.get::<Array<'_>>("Font")));
                }
                TypedInstruction::XObject(name) => {
                    if let Some(stream) = resources.get_x_object(name.0) {
                        self.draw_object(&stream, resources, depth);
                    }
                }
                TypedInstruction::InlineImage(_) => self.draw_image(),
                TypedInstruction::BeginMarkedContent(tag) => self.begin(tag.0, None),
                TypedInstruction::BeginMarkedContentWithProperties(tag) => {
                    self.begin_with(tag.0, tag.1, resources);
                }
                TypedInstruction::EndMarkedContent(_) => self.end(),
                other => self.draw(other),
            }
        }
        self.state = match self.saved.drain(saved..).next() {
            Some(state) => state,
            None => self.state.clone(),
        };
    }

    fn begin(&mut self, tag: &[u8], properties: Option<&Dict<'_>>) {
        self.hidden.push(false);
        self.collector.marked.begin(tag, properties);
    }

    /// Begins a sequence with properties, or with the name of properties among the resources.
    fn begin_with(&mut self, tag: &[u8], properties: &Object<'_>, resources: &Resources<'a>) {
        match properties {
            Object::Name(name) => {
                let dict = resources.properties.get::<Dict<'_>>(&**name);
                self.begin(tag, dict.as_ref());
                let layer = resources.properties.get_ref(&**name).map(ObjectIdentifier::from);
                let is_hidden = layer.is_some_and(|layer| self.file.hidden.contains(&layer));
                if let Some(last) = self.hidden.last_mut().filter(|_| is_hidden) {
                    *last = true;
                    self.hidden_count += 1;
                }
            }
            object => self.begin(tag, object.clone().into_dict().as_ref()),
        }
    }

    fn end(&mut self) {
        let was_hidden = self.hidden.pop().unwrap_or(false);
        self.hidden_count -= usize::from(was_hidden);
        self.collector.marked.end();
    }

    fn set_font(&mut self, setting: Option<Array<'a>>) {
        let Some(setting) = setting else { return };
        let mut items = setting.iter::<Object<'a>>();
        if let (Some(Object::Dict(dict)), Some(Object::Number(size))) = (items.next(), items.next())
        {
            self.state.font = self.file.font(&dict);
            self.state.size = size.as_f64();
        }
    }

    /// Interprets an instruction that sets the state of text, shows text or draws a path.
    fn draw(&mut self, instruction: TypedInstruction<'_, '_>) {
        use TypedInstruction as I;
        let state = &mut self.state;
        match instruction {
            I::CharacterSpacing(n) => state.char_space = n.0.as_f64(),
            I::WordSpacing(n) => state.word_space = n.0.as_f64(),
            I::HorizontalScaling(n) => state.scaling = n.0.as_f64() / 100.0,
            I::TextLeading(n) => state.leading = n.0.as_f64(),
            I::TextRise(n) => state.rise = n.0.as_f64(),
            I::TextRenderingMode(mode) => state.is_invisible = matches!(mode.0.as_i64(), 3 | 7),
            I::BeginText(_) => self.set_line(Affine::IDENTITY),
            I::SetTextMatrix(m) => {
                let coefficients = [m.0, m.1, m.2, m.3, m.4, m.5].map(|n| n.as_f64());
                self.set_line(Affine::new(coefficients));
            }
            I::NextLine(by) => self.next_line(by.0.as_f64(), by.1.as_f64()),
            I::NextLineAndSetLeading(by) => {
                state.leading = -by.1.as_f64();
                self.next_line(by.0.as_f64(), by.1.as_f64());
            }
            I::NextLineUsingLeading(_) => self.next_line(0.0, -self.state.leading),
            I::NextLineAndShowText(text) => {
                self.next_line(0.0, -self.state.leading);
                self.show(text.0);
            }
            I::ShowTextWithParameters(text) => {
                state.word_space = text.0.as_f64();
                state.char_space = text.1.as_f64();
                self.next_line(0.0, -self.state.leading);
                self.show(text.2);
            }
            I::ShowText(text) => self.show(text.0),
            I::ShowTexts(parts) => {
                for part in parts.0.iter::<Object<'_>>() {
                    match part {
                        Object::Number(by) => self.adjust(by.as_f64()),
                        Object::String(text) => self.show(&text),
                        _ => {}
                    }
                }
            }
            other => self.draw_path(other),
        }
    }

    fn set_line(&mut self, matrix: Affine) {
        (self.text_matrix, self.line_matrix) = (matrix, matrix);
    }

    fn next_line(&mut self, x: f64, y: f64) {
        self.set_line(self.line_matrix * Affine::translate((x, y)));
    }

    fn is_horizontal(&self) -> bool {
        self.state.font.as_ref().is_none_or(Font::is_horizontal)
    }

    /// Moves the place of the next glyph by a number in a text array.
    fn adjust(&mut self, by: f64) {
        let by = -by / 1000.0 * self.state.size;
        let by = if self.is_horizontal() { (by * self.state.scaling, 0.0) } else { (0.0, by) };
        self.text_matrix *= Affine::translate(by);
    }

    fn show(&mut self, text: &PdfString<'_>) {
        let Some(font) = self.state.font.clone().or_else(|| self.file.substitute()) else { return };
        let state = &self.state;
        let (size, scaling) = (state.size, state.scaling);
        let is_vertical = !font.is_horizontal();
        let is_shown = self.hidden_count == 0 && !self.collector.marked.is_artifact();
        let text_space = Affine::new([size * scaling, 0.0, 0.0, size, 0.0, state.rise]);
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let (code, length) = font.read_code(bytes, at);
            at += length.max(1);
            let advance = font.code_advance(code) / 1000.0;
            if is_shown {
                let matrix = state.matrix
                    * self.text_matrix
                    * text_space
                    * Affine::translate(font.origin_displacement(code) / 1000.0);
                let glyph = font.glyph(font.map_code(code), code);
                let is_invisible = state.is_invisible;
                let drawing = Drawing { advance: advance.x, is_vertical, is_invisible };
                self.collector.add_glyph(&glyph, matrix, drawing);
            }
            let is_space = code == 32 && length == 1;
            let space = state.char_space + if is_space { state.word_space } else { 0.0 };
            let by = match is_vertical {
                true => (0.0, advance.y * size + space),
                false => ((advance.x * size + space) * scaling, 0.0),
            };
            self.text_matrix *= Affine::translate(by);
        }
    }

    fn draw_path(&mut self, instruction: TypedInstruction<'_, '_>) {
        use TypedInstruction as I;
        match instruction {
            I::RectPath(r) => {
                let [x, y, width, height] = [r.0, r.1, r.2, r.3].map(|n| n.as_f64());
                let bounds = Rect::from_points((x, y), (x + width, y + height));
                self.path.push(Subpath { bounds, is_straight: true });
            }
            I::MoveTo(to) => {
                let start = Point::new(to.0.as_f64(), to.1.as_f64());
                let bounds = Rect::from_points(start, start);
                self.path.push(Subpath { bounds, is_straight: true });
            }
            I::LineTo(to) => {
                if let Some(part) = self.path.last_mut() {
                    part.bounds = part.bounds.union_pt((to.0.as_f64(), to.1.as_f64()));
                }
            }
            I::CubicTo(_) | I::CubicStartTo(_) | I::CubicEndTo(_) => {
                if let Some(part) = self.path.last_mut() {
                    part.is_straight = false;
                }
            }
            I::StrokePath(_)
            | I::CloseAndStrokePath(_)
            | I::FillPathNonZero(_)
            | I::FillPathNonZeroCompatibility(_)
            | I::FillPathEvenOdd(_)
            | I::FillAndStrokeNonZero(_)
            | I::FillAndStrokeEvenOdd(_)
            | I::CloseFillAndStrokeNonZero(_)
            | I::CloseFillAndStrokeEvenOdd(_) => {
                let is_shown = self.hidden_count == 0;
                for part in self.path.drain(..).filter(|part| part.is_straight && is_shown) {
                    let bounds = self.state.matrix.transform_rect_bbox(part.bounds);
                    self.collector.add_rule(bounds);
                }
            }
            I::EndPath(_) => self.path.clear(),
            _ => {}
        }
    }

    fn draw_image(&mut self) {
        if self.hidden_count == 0 {
            let unit = Rect::new(0.0, 0.0, 1.0, 1.0);
            self.collector.add_image(self.state.matrix.transform_rect_bbox(unit));
        }
    }

    /// Draws a form or an image.
    fn draw_object(&mut self, stream: &Stream<'a>, resources: &Resources<'a>, depth: usize) {
        let dict = stream.dict();
        let layer = dict.get_ref("OC").map(ObjectIdentifier::from);
        if layer.is_some_and(|layer| self.file.hidden.contains(&layer)) {
            return;
        }
        match dict.get::<Name<'_>>("Subtype").as_ref().map(|name| name.as_str()) {
            Some("Image") => self.draw_image(),
            Some("Form") if depth < MAX_FORMS => {
                let Ok(content) = stream.decoded_data() else { return };
                let matrix = dict.get::<[f64; 6]>("Matrix").map_or(Affine::IDENTITY, Affine::new);
                let own = dict.get::<Dict<'a>>("Resources").map(Resources::new);
                let (state, lines) = (self.state.clone(), (self.text_matrix, self.line_matrix));
                self.state.matrix *= matrix;
                let open = self.hidden.len();
                self.interpret(
                    TypedIter::new(&content),
                    own.as_ref().unwrap_or(resources),
                    depth + 1,
                );
                // Sequences that the form did not end.
                while self.hidden.len() > open {
                    self.end();
                }
                (self.text_matrix, self.line_matrix) = lines;
                self.state = state;
            }
            _ => {}
        }
    }
}
