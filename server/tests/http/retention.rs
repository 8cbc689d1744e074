//! How long what is kept, as an operator sees and sets it.

use crate::server::{Place, run};

#[tokio::test]
async fn an_operator_sees_what_is_kept_for_how_long_and_sets_it_for_a_day_to_come_within_the_law() {
    let place = Place::demo();
    let ask = |args: &[&str]| run(&mut place.beian(&[&["retention"], args].concat()));
    let row = |said: &str, kind: &str, days: &str| {
        said.lines().any(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.first() == Some(&kind) && words.get(1) == Some(&days)
        })
    };
    let (done, said) = ask(&[]);
    assert!(done && row(&said, "audit", "1095") && row(&said, "messages", "184"), "{said}");
    assert!(said.contains("网络安全法 第二十一条"), "{said}");
    for (args, sentence) in [
        (&["set", "audit", "183", "--from", "2099-01-01"][..], "audit is kept for 184 days at least and 36500 at most."),
        (&["set", "audit", "400", "--from", "2020-01-01"], "--from is 2020-01-01, and a rule begins on a day to come"),
        (&["set", "audit", "400", "--from", "tomorrow"], "\"tomorrow\" is no day"),
        (&["set", "dreams", "400", "--from", "2099-01-01"], "there is nothing called «dreams» that is kept for a time"),
        (&["set", "audit", "400"], "--from"),
    ] {
        let (done, said) = ask(args);
        assert!(!done && said.contains(sentence), "{said}");
    }
    let (done, said) = ask(&["set", "audit", "400", "--from", "2099-01-01", "--because", "decided by the board"]);
    assert!(done && row(&said, "audit", "400") && said.contains("to come  decided by the board"), "{said}");
    assert!(row(&said, "audit", "1095"), "today's stands until then: {said}");
}
