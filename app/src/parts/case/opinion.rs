//! The coded opinions 核实意见 and reasons in words, which stand in `desk.toml` under `opinion`.

use crate::texts::{Lang, t};

/// A coded opinion in words; empty for 0 and for codes that nobody knows.
pub fn opinion_text(l: Lang, code: u16) -> &'static str {
    t::desk::opinion::by_key(l, &format!("c{code}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{codes::opinions, filing::Verb};

    #[test]
    fn every_code_has_its_words_and_stands_for_one_verb() {
        let mut all: Vec<u16> = Verb::ALL.into_iter().flat_map(opinions).copied().collect();
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
