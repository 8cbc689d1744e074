//! The coded opinions 核实意见 and reasons. Their codes are stored; their words stand in `desk.toml` under `opinion`.

use domain::filing::Verb;

use crate::texts::{Lang, t};

/// The codes that go with a verb, the usual one first; none where an opinion has no code.
pub fn codes(verb: Verb) -> &'static [u16] {
    match verb {
        Verb::Pass => &[1, 2, 3, 9],
        Verb::Return => &[10, 11, 12, 13, 14, 19],
        Verb::Approve => &[20, 21],
        Verb::Refuse => &[30, 31, 32, 33, 34, 35, 39],
        Verb::Stop => &[40, 41, 42, 49],
        _ => &[],
    }
}

/// A coded opinion in words; empty for 0 and for codes that nobody knows.
pub fn opinion_text(l: Lang, code: u16) -> &'static str {
    t::desk::opinion::by_key(l, &format!("c{code}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words_and_stands_for_one_verb() {
        let mut all: Vec<u16> = Verb::ALL.into_iter().flat_map(codes).copied().collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        for l in Lang::ALL {
            assert!(all.iter().all(|code| !opinion_text(l, *code).is_empty()));
        }
        assert_eq!(opinion_text(Lang::Zh, 0), "");
    }
}
