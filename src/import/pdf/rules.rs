//! Rules: straight lines on a page, which divide tables and columns.

/// A straight horizontal or vertical line.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    pub x0: f32,
    pub y0: f32,
    pub x1: f32,
    pub y1: f32,
}

impl Rule {
    pub fn is_horizontal(&self) -> bool {
        self.x1 - self.x0 > self.y1 - self.y0
    }
}

/// Joins horizontal rules that are drawn in parts, such as the borders of each cell.
pub fn merge_rules(rules: Vec<Rule>) -> Vec<Rule> {
    let (mut horizontal, mut merged): (Vec<Rule>, Vec<Rule>) =
        rules.into_iter().partition(Rule::is_horizontal);
    let row = |rule: &Rule| (rule.y0 / 2.0).round();
    horizontal.sort_by(|a, b| row(a).total_cmp(&row(b)).then(a.x0.total_cmp(&b.x0)));
    let vertical = merged.len();
    for rule in horizontal {
        match merged[vertical..].last_mut() {
            Some(last) if (last.y0 - rule.y0).abs() < 2.0 && rule.x0 < last.x1 + 3.0 => {
                last.x1 = last.x1.max(rule.x1);
            }
            _ => merged.push(rule),
        }
    }
    merged
}
