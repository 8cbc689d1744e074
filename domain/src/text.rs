//! What people type, brought to one writing before a rule looks at it.

/// Trimmed, with full-width letters, digits and signs as ASCII: Chinese keyboards produce both.
pub fn fold(text: &str) -> String {
    text.chars().map(narrow).collect::<String>().trim().to_owned()
}

/// In small letters. Letter by letter: the standard library's own way for a whole text knows a rule of Greek spelling more, and
/// weighs four kilobytes in the browser.
pub fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The first character that is invisible, or turns the direction of others around.
pub fn find_unprintable(text: &str) -> Option<char> {
    text.chars().find(|&c| match c {
        '\n' | '\r' | '\t' => false,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => c.is_control(),
    })
}

/// A Chinese character.
pub fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// How many characters, as the forms count them.
pub fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_signs_become_ascii_and_the_rest_stays() {
        assert_eq!(fold("\u{3000}１３８－ａＢ。北京 "), "138-aB。北京");
    }

    #[test]
    fn invisible_characters_are_found_and_line_breaks_are_not() {
        assert_eq!(find_unprintable("第一行\r\n第二行\t"), None);
        assert_eq!(find_unprintable("甲\u{202e}乙"), Some('\u{202e}'));
        assert_eq!(find_unprintable("a\0b"), Some('\0'));
        assert_eq!(find_unprintable("𠮷龘"), None);
    }
}
