//! The glyphs of a page with their positions, as the content of the page draws them.
//!
//! Coordinates are in points from the top left corner of the page as it is shown, `y` downwards.

use std::collections::HashMap;

use hayro_cmap::BfString;
use hayro_font::FontGlyph;
use hayro_font::kurbo::{Affine, Point, Rect, Shape as _};

use super::charmap::Charmaps;
use super::marked_content::{MarkedContent, PageRoles, Role};
use super::rules::{Rule, merge_rules};

/// Maximum number of glyphs of one page. A dense newspaper page has about 30 000.
const MAX_GLYPHS: usize = 200_000;
/// Maximum number of rules of one page.
const MAX_RULES: usize = 4_000;
/// Maximum thickness of a rule, in points.
const MAX_RULE_THICKNESS: f64 = 3.0;
/// Minimum distance from the baseline of a digit or letter that is a superscript.
const MIN_RAISE: f32 = 0.2;
/// Raise and size of a superscript in parts of the font size.
const RAISE: f32 = 0.35;
const RAISED_SIZE: f32 = 0.65;
/// Start of a glyph of a vertical line: the middle of the top of its em square.
const VERTICAL_ORIGIN: Point = Point::new(0.5, 0.88);
/// Character for a glyph whose character is unknown.
pub const UNKNOWN: char = '\u{FFFD}';

/// A glyph of a page.
#[derive(Debug, Clone)]
pub struct Glyph {
    /// Text of the glyph: usually a character, several for a ligature.
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// Baseline.
    pub y: f32,
    /// Font size as it appears, in points.
    pub size: f32,
    /// Mean width of the strokes in parts of the font size, 0 if unknown. It is greater in bold
    /// type.
    pub stroke: f32,
    pub role: Role,
}

/// The drawn content of a page.
#[derive(Debug, Default)]
pub struct Page {
    /// Position in the file, from 1.
    pub number: usize,
    pub width: f32,
    pub height: f32,
    pub glyphs: Vec<Glyph>,
    pub rules: Vec<Rule>,
    /// Share of the page that images cover; more than 1 if they overlap.
    pub image_share: f32,
}

/// Known data of the fonts of a file.
#[derive(Debug, Default)]
pub struct Fonts {
    /// Shapes by glyph.
    shapes: HashMap<u128, Shape>,
    charmaps: Charmaps,
}

/// Measures of the outline of a glyph in parts of the font size.
#[derive(Debug, Clone, Copy, Default)]
pub struct Shape {
    /// Mean width of the strokes, 0 if unknown.
    stroke: f32,
    /// Distance of the lowest point from the baseline, upwards.
    bottom: f32,
}

/// How a glyph is drawn.
#[derive(Debug, Clone, Copy)]
pub struct Drawing {
    /// Width of the glyph in parts of the font size.
    pub advance: f64,
    /// Whether the line runs downwards.
    pub is_vertical: bool,
    pub is_invisible: bool,
}

/// Collector of the glyphs, rules and images that the content of a page draws.
pub struct Collector<'s> {
    page: Page,
    pub marked: MarkedContent<'s>,
    fonts: &'s mut Fonts,
    /// Glyphs by the direction of the text: right, down, left, up.
    turned: [Vec<Glyph>; 4],
    /// Glyphs in the invisible mode, the text layer of a scan.
    invisible: Vec<Glyph>,
}

impl<'s> Collector<'s> {
    /// Returns a collector for an empty page.
    pub fn new(page: Page, roles: &'s PageRoles, fonts: &'s mut Fonts) -> Collector<'s> {
        let marked = MarkedContent::new(roles);
        let turned = [const { Vec::new() }; 4];
        Collector { page, marked, fonts, turned, invisible: Vec::new() }
    }
}

impl Collector<'_> {
    /// Returns the content of the page.
    pub fn finish(mut self) -> Page {
        let (width, height) = (self.page.width, self.page.height);
        let count = |glyphs: &Vec<Glyph>| glyphs.len();
        // Text in another direction is a stamp or a label, unless the whole page is turned.
        let turn = (0..4).max_by_key(|turn| (count(&self.turned[*turn]), 4 - turn)).unwrap_or(0);
        let mut glyphs = std::mem::take(&mut self.turned[turn]);
        if glyphs.len() < self.invisible.len() {
            glyphs = self.invisible;
        } else if turn > 0 {
            let turned = |rule: &Rule| {
                let (x0, y0) = turn_point(turn, rule.x0, rule.y0, width, height);
                let (x1, y1) = turn_point(turn, rule.x1, rule.y1, width, height);
                Rule { x0: x0.min(x1), y0: y0.min(y1), x1: x0.max(x1), y1: y0.max(y1) }
            };
            self.page.rules = self.page.rules.iter().map(turned).collect();
            if turn % 2 == 1 {
                (self.page.width, self.page.height) = (height, width);
            }
        }
        // Glyphs outside of the page are not seen.
        let (width, height) = (self.page.width, self.page.height);
        glyphs.retain(|glyph| {
            glyph.x1 > 0.0 && glyph.x0 < width && glyph.y > 0.0 && glyph.y < height + glyph.size
        });
        self.page.glyphs = glyphs;
        self.page.rules = merge_rules(std::mem::take(&mut self.page.rules));
        self.page
    }

    pub fn add_glyph(&mut self, glyph: &FontGlyph<'_>, matrix: Affine, drawing: Drawing) {
        let total: usize = self.turned.iter().map(Vec::len).sum();
        if total + self.invisible.len() >= MAX_GLYPHS {
            return;
        }
        let origin = match drawing.is_vertical {
            true => matrix * VERTICAL_ORIGIN,
            false => matrix * Point::ZERO,
        };
        let [a, b, c, d, _, _] = matrix.as_coeffs();
        let along = Point::new(a, b).to_vec2();
        let size = Point::new(c, d).to_vec2().hypot();
        if !(origin.is_finite() && along.is_finite() && size.is_finite()) || along.hypot() == 0.0 {
            return;
        }
        let (unit, width) = match drawing.is_vertical {
            true => (-Point::new(c, d).to_vec2() / size, size),
            false => {
                let width = drawing.advance.clamp(0.0, 8.0) * along.hypot();
                (along / along.hypot(), width)
            }
        };
        let end = origin + unit * width;
        let turn = match (unit.x, unit.y) {
            (x, _) if x > 0.99 => 0,
            (_, y) if y > 0.99 => 1,
            (x, _) if x < -0.99 => 2,
            (_, y) if y < -0.99 => 3,
            _ => return,
        };
        let (page_width, page_height) = (self.page.width, self.page.height);
        let at = |point: Point| {
            turn_point(turn, point.x as f32, point.y as f32, page_width, page_height)
        };
        let ((x0, y), (x1, _)) = (at(origin), at(end));
        let text = self.marked.replacement().unwrap_or_else(|| self.text(glyph));
        let Shape { stroke, bottom } = self.shape(glyph);
        let (mut y, mut size) = (y, size as f32);
        // The superscripts of a font are glyphs of the full size.
        if bottom > MIN_RAISE && text.chars().all(|c| c.is_ascii_alphanumeric()) {
            y -= RAISE * size;
            size *= RAISED_SIZE;
        }
        let glyph = Glyph { text, x0, x1, y, size, stroke, role: self.marked.role() };
        match drawing.is_invisible {
            true if turn == 0 => self.invisible.push(glyph),
            true => {}
            false => self.turned[turn].push(glyph),
        }
    }

    fn text(&mut self, glyph: &FontGlyph<'_>) -> String {
        let unicode = match glyph {
            FontGlyph::Outline(outline) => outline.as_unicode(),
            FontGlyph::Type3(type3) => type3.as_unicode(),
        };
        match unicode {
            Some(BfString::Char(c)) => c.to_string(),
            Some(BfString::String(text)) => text,
            None => self.fonts.charmaps.char_of(glyph).unwrap_or(UNKNOWN).to_string(),
        }
    }

    /// Returns the measures of a glyph. The mean width of the strokes is twice the area over the
    /// perimeter.
    fn shape(&mut self, glyph: &FontGlyph<'_>) -> Shape {
        let FontGlyph::Outline(outline) = glyph else { return Shape::default() };
        let key = outline.identifier().cache_key();
        *self.fonts.shapes.entry(key).or_insert_with(|| {
            let path = outline.outline();
            let perimeter = path.perimeter(1.0);
            match perimeter > 0.0 {
                true => Shape {
                    stroke: (2.0 * path.area().abs() / perimeter / 1000.0) as f32,
                    bottom: (path.bounding_box().y0 / 1000.0) as f32,
                },
                false => Shape::default(),
            }
        })
    }

    pub fn add_image(&mut self, bounds: Rect) {
        let page = Rect::new(0.0, 0.0, f64::from(self.page.width), f64::from(self.page.height));
        let share = bounds.intersect(page).area() / page.area().max(1.0);
        self.page.image_share += share as f32;
    }

    pub fn add_rule(&mut self, bounds: Rect) {
        let (width, height) = (bounds.width(), bounds.height());
        let is_rule = width.min(height) <= MAX_RULE_THICKNESS && width.max(height) >= 8.0;
        if is_rule && self.page.rules.len() < MAX_RULES {
            self.page.rules.push(Rule {
                x0: bounds.x0 as f32,
                y0: bounds.y0 as f32,
                x1: bounds.x1 as f32,
                y1: bounds.y1 as f32,
            });
        }
    }
}

/// Returns the coordinates of a point on the page after turning it so that text in the direction
/// `turn` runs to the right.
fn turn_point(turn: usize, x: f32, y: f32, width: f32, height: f32) -> (f32, f32) {
    match turn {
        1 => (y, width - x),
        2 => (width - x, height - y),
        3 => (height - y, x),
        _ => (x, y),
    }
}
