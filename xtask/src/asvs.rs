//! `docs/asvs.md`: that the table of the security standard is whole, that every test and file it names is there, and that what its top
//! says is what its rows say.

use crate::sh::{Outcome, root};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

const TABLE: &str = "docs/asvs.md";
/// So many requirements have levels 1 and 2 in version 5.0.0.
const WHOLE: [(&str, usize); 2] = [("1", 70), ("2", 183)];
/// Of level 3 these chapters alone are in the table.
const LOOKED_AT: &[&[u32]] = &[&[6], &[7, 5], &[8], &[16]];
const LEVEL_3: &str = "**Of level 3 only the named chapters were looked at: no verdict on level 3 is claimed.**";
const VERDICTS: &[&str] = &["holds", "does not hold", "operator", "does not apply"];

/// One requirement.
struct Row<'a> {
    number: Vec<u32>,
    name: &'a str,
    level: &'a str,
    verdict: &'a str,
    reason: &'a str,
}

/// Adds what is wrong with the table to `broken`. `sources` are the files that may have tests.
pub fn check(sources: &[PathBuf], broken: &mut Vec<String>) -> Outcome {
    let text = fs::read_to_string(root().join(TABLE))?;
    let mut tests = BTreeSet::new();
    for file in sources {
        tests.extend(tests_of(&fs::read_to_string(file)?));
    }
    let is_file = |name: &str| root().join(name).exists();
    broken.extend(problems(&text, &tests, is_file).into_iter().map(|problem| format!("{TABLE}: {problem}")));
    Ok(())
}

fn problems(text: &str, tests: &BTreeSet<String>, is_file: impl Fn(&str) -> bool) -> Vec<String> {
    let rows: Vec<Row> = text.lines().filter_map(row).collect();
    let mut found = Vec::new();
    for pair in rows.windows(2) {
        if pair[0].number >= pair[1].number {
            found.push(format!("{} comes after {}", pair[1].name, pair[0].name));
        }
    }
    for (level, whole) in WHOLE {
        let count = rows.iter().filter(|row| row.level == level).count();
        if count != whole {
            found.push(format!("{count} requirements of level {level}, and there are {whole}"));
        }
    }
    for row in &rows {
        if row.level == "3" && !LOOKED_AT.iter().any(|chapter| row.number.starts_with(chapter)) {
            found.push(format!("{}: its chapter is not among those of level 3 that were looked at", row.name));
        }
        if !VERDICTS.contains(&row.verdict) {
            found.push(format!("{}: {:?} is no verdict", row.name, row.verdict));
        }
        let mut proofs = usize::from(row.reason.contains("](#"));
        for name in row.reason.split('`').skip(1).step_by(2) {
            let is_test = name.matches('_').count() >= 2 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            let is_path = !name.contains(' ')
                && (name.contains('/') || Path::new(name).extension().is_some_and(|end| end == "toml" || end == "md"));
            if is_test && !tests.contains(name) {
                found.push(format!("{}: there is no test {name}", row.name));
            }
            if is_path && !is_file(name) {
                found.push(format!("{}: there is no file {name}", row.name));
            }
            proofs += usize::from(is_test || is_path || name == "Cargo.lock");
        }
        if row.verdict == "holds" && proofs == 0 {
            found.push(format!("{} holds by no test and no file", row.name));
        }
        if row.reason.is_empty() {
            found.push(format!("{} has no reason", row.name));
        }
    }
    found.extend(
        summary(&rows)
            .into_iter()
            .filter(|line| !text.lines().any(|has| has == line))
            .map(|line| format!("the top has to say what the rows say: {line}")),
    );
    for anchor in text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !text.lines().any(|line| line.strip_prefix("### ").is_some_and(|head| head.to_lowercase().replace(' ', "-") == anchor))
        {
            found.push(format!("nothing is headed {anchor}"));
        }
    }
    found
}

/// The lines at the top that follow from the rows: what does not hold of levels 1 and 2, and the totals of each level.
fn summary(rows: &[Row]) -> Vec<String> {
    let of = |level: &str, verdict: &str| -> Vec<String> {
        let those = rows.iter().filter(|row| row.level == level && row.verdict == verdict);
        those.map(|row| row.name.to_owned()).collect()
    };
    let mut lines: Vec<String> = WHOLE
        .iter()
        .map(|(level, _)| match of(level, "does not hold") {
            none if none.is_empty() => format!("**Level {level} holds as a whole.**"),
            those => format!("**Level {level} does not hold as a whole.** These do not: {}.", those.join(", ")),
        })
        .collect();
    lines.push(LEVEL_3.to_owned());
    for level in ["1", "2", "3"] {
        let counts = VERDICTS.iter().map(|verdict| of(level, verdict).len().to_string());
        let row: Vec<String> = std::iter::once(level.to_owned()).chain(counts).collect();
        lines.push(format!("| {} |", row.join(" | ")));
    }
    lines
}

/// `| 1.2.3 | 1 | … | holds | … |`
fn row(line: &str) -> Option<Row<'_>> {
    let mut cells = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ");
    let (name, level) = (cells.next()?, cells.next()?);
    let number: Vec<u32> = name.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (_, verdict, reason) = (cells.next()?, cells.next()?, cells.next()?);
    (number.len() == 3).then_some(Row { number, name, level, verdict, reason })
}

/// The functions that a line or some lines before say to be tests.
fn tests_of(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut expected = false;
    for line in source.lines().map(str::trim) {
        if ["#[test]", "#[tokio::test", "#[sqlx::test", "#[rstest"].iter().any(|attribute| line.starts_with(attribute)) {
            expected = true;
        }
        let name = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ").and_then(|rest| rest.split(['(', '<']).next());
        if let (true, Some(name)) = (expected, name) {
            found.push(name.to_owned());
            expected = false;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_that_is_not_there_is_named_and_so_is_a_row_without_one() {
        let text = "| 1.1.1 | 1 | x | holds | `this_is_a_test` |\n| 1.1.2 | 1 | x | holds | `this_is_no_test` |\n\
                    | 1.1.2 | 2 | x | holds | trust us |\n| 1.1.3 | 2 | x | perhaps | `a/b.rs` |\n| 1.1.4 | 2 | x | holds | See [y](#y) |\n";
        let source = "#[test]\nfn this_is_a_test() {}\nfn this_is_no_test() {}\n";
        let tests = tests_of(source).into_iter().collect();
        assert_eq!(
            problems(text, &tests, |_| false),
            [
                "1.1.2 comes after 1.1.2",
                "2 requirements of level 1, and there are 70",
                "3 requirements of level 2, and there are 183",
                "1.1.2: there is no test this_is_no_test",
                "1.1.2 holds by no test and no file",
                "1.1.3: \"perhaps\" is no verdict",
                "1.1.3: there is no file a/b.rs",
                "the top has to say what the rows say: **Level 1 holds as a whole.**",
                "the top has to say what the rows say: **Level 2 holds as a whole.**",
                &format!("the top has to say what the rows say: {LEVEL_3}"),
                "the top has to say what the rows say: | 1 | 2 | 0 | 0 | 0 |",
                "the top has to say what the rows say: | 2 | 2 | 0 | 0 | 0 |",
                "the top has to say what the rows say: | 3 | 0 | 0 | 0 | 0 |",
                "nothing is headed y",
            ]
        );
    }

    #[test]
    fn the_top_says_what_the_rows_say_or_is_refused() {
        let rows = "| 1.1.1 | 1 | x | does not hold | y |\n| 1.1.2 | 1 | x | operator | y |\n| 1.1.3 | 2 | x | does not apply | y |\n\
                    | 1.2.1 | 1 | x | does not hold | y |\n| 6.1.1 | 3 | x | does not hold | y |\n";
        let told = |top: &str| {
            let found = problems(&format!("{top}\n{rows}"), &BTreeSet::new(), |_| false);
            found.into_iter().filter(|problem| problem.starts_with("the top")).count()
        };
        let right = format!(
            "**Level 1 does not hold as a whole.** These do not: 1.1.1, 1.2.1.\n**Level 2 holds as a whole.**\n{LEVEL_3}\n\
             | 1 | 0 | 2 | 1 | 0 |\n| 2 | 0 | 0 | 0 | 1 |\n| 3 | 0 | 1 | 0 | 0 |"
        );
        assert_eq!(told(&right), 0);
        for (said, otherwise) in [
            ("1.1.1, 1.2.1.", "1.1.1."),
            ("1.1.1, 1.2.1.", "1.1.1, 1.1.2, 1.2.1."),
            ("Level 2 holds as a whole", "Level 2 does not hold as a whole"),
            ("no verdict on level 3 is claimed", "level 3 holds"),
            ("| 1 | 0 | 2 | 1 | 0 |", "| 1 | 1 | 1 | 1 | 0 |"),
            ("| 3 | 0 | 1 | 0 | 0 |", "| 3 | 1 | 0 | 0 | 0 |"),
        ] {
            assert_eq!(told(&right.replace(said, otherwise)), 1, "{otherwise}");
        }
        let outside = problems("| 9.1.1 | 3 | x | operator | y |", &BTreeSet::new(), |_| false);
        assert!(outside.iter().any(|problem| problem.starts_with("9.1.1: its chapter")), "{outside:?}");
    }
}
