//! What some provinces ask for beyond the rest (the bureaux' guidance, rules as of 2024), each with its days.

use ::time::Date;
use ::time::macros::date;

use crate::codes::Province;

struct Row<T> {
    province: Province,
    value: T,
    from: Date,
    until: Option<Date>,
}

const fn since_2020<T>(province: Province, value: T) -> Row<T> {
    Row { province, value, from: date!(2020 - 08 - 17), until: None }
}

fn find<T: Copy>(rows: &[Row<T>], province: Province, today: Date) -> Option<T> {
    let holds = |row: &&Row<T>| row.province == province && row.from <= today && row.until.is_none_or(|until| today < until);
    rows.iter().find(holds).map(|row| row.value)
}

/// How many sites one filing may have.
pub(super) fn most_sites(province: Province, today: Date) -> Option<usize> {
    const ROWS: &[Row<usize>] = &[
        since_2020(Province::Shanxi, 3),
        since_2020(Province::Hunan, 1),
        since_2020(Province::Hubei, 1),
        since_2020(Province::Henan, 5),
        since_2020(Province::Shaanxi, 30),
    ];
    find(ROWS, province, today)
}

/// Whether the emergency phones of the sponsor's and the sites' persons must differ.
pub(super) fn wants_other_emergency_phone(province: Province, today: Date) -> bool {
    const ROWS: &[Row<()>] = &[
        since_2020(Province::Henan, ()),
        since_2020(Province::Chongqing, ()),
        since_2020(Province::Tianjin, ()),
        since_2020(Province::Gansu, ()),
    ];
    find(ROWS, province, today).is_some()
}
