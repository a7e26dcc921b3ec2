//! Page marks: comments such as `<!-- page 12 -->`, which begin pages of the printed original.
//! Pure.

use super::super::article::PageStart;
use super::code_ranges::code_ranges;
use super::patterns::pattern;

pattern!(PAGE_MARK, r"<!--[ \t]*page[ \t]+(\d{1,7})[ \t]*-->");

/// Returns the page marks in `text` from the byte `start` on, ascending. A mark in code is text.
pub fn page_starts(text: &str, start: usize) -> Vec<PageStart> {
    let mut marks = PAGE_MARK.captures_iter(&text[start..]).peekable();
    if marks.peek().is_none() {
        return Vec::new();
    }
    let code = code_ranges(text, start, true);
    let starts = marks.filter_map(|mark| {
        let (whole, number) = (mark.get(0)?, mark.get(1)?);
        let at = start + whole.start();
        let before = code.partition_point(|range| range.end <= at);
        let is_code = code.get(before).is_some_and(|range| range.start <= at);
        Some(PageStart { at, page: number.as_str().parse().ok()? }).filter(|_| !is_code)
    });
    starts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_marks_are_found_outside_of_code() {
        let text = "<!-- page 9 -->\n\nThe tide <!--page 10-->rises.\n\n`<!-- page 11 -->`\n\n\
                    ```\n<!-- page 12 -->\n```\n\n<!-- pages 13 -->\n\n<!-- page 14 -->\n\nEbb.";
        let found: Vec<_> =
            page_starts(text, 3).iter().map(|start| (start.at, start.page)).collect();
        let at = |mark| text.find(mark).unwrap();
        assert_eq!(found, [(at("<!--page 10"), 10), (at("<!-- page 14"), 14)]);
    }
}
