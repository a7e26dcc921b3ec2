//! Characters of the fonts Symbol and Wingdings.

/// Characters of Symbol from U+0020.
const SYMBOL_LOW: &str = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾\
    αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼";
/// Characters of Symbol from U+00A0.
const SYMBOL_HIGH: &str = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓\
    ◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪ 〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭";
/// Characters of Wingdings that texts use.
const WINGDINGS: [(u32, char); 26] = [
    (0x4a, '☺'),
    (0x4b, '😐'),
    (0x4c, '☹'),
    (0x6c, '●'),
    (0x6e, '■'),
    (0x6f, '□'),
    (0x71, '❑'),
    (0x76, '❖'),
    (0x9e, '·'),
    (0x9f, '•'),
    (0xa7, '▪'),
    (0xa8, '◻'),
    (0xab, '★'),
    (0xd8, '➢'),
    (0xdf, '←'),
    (0xe0, '→'),
    (0xe1, '↑'),
    (0xe2, '↓'),
    (0xe8, '➔'),
    (0xf0, '⇨'),
    (0xf3, '⬄'),
    (0xfb, '✗'),
    (0xfc, '✓'),
    (0xfd, '☒'),
    (0xfe, '☑'),
    (0xb7, '•'),
];

/// Returns the Unicode character for a character code of a font. Codes may lie in the private use
/// area from U+F000. `None` if the font or the character is not known.
pub fn unicode(font: &str, code: u32) -> Option<char> {
    let font = font.to_lowercase();
    let low = if (0xf000..=0xf0ff).contains(&code) { code - 0xf000 } else { code };
    if font.contains("wingdings") {
        return WINGDINGS.iter().find(|(known, _)| *known == low).map(|(_, char)| *char);
    }
    if font.contains("symbol") || (code != low && font.is_empty()) {
        return match low {
            0x20..=0x7e => SYMBOL_LOW.chars().nth(low as usize - 0x20),
            0xa0..=0xfe => SYMBOL_HIGH.chars().nth(low as usize - 0xa0),
            _ => None,
        };
    }
    char::from_u32(code).filter(|char| !is_private(*char))
}

/// Returns whether a character is in the private use area, where its meaning depends on the font.
pub fn is_private(char: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&char)
}
