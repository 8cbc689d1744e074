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

/// Whether individuals whose certificate is of another province show a permit of residence here (居住证, 暂住证).
///
/// Huawei Cloud 备案管局咨询 (2025-12-31): Shanghai, Zhejiang, Jiangxi. Tencent Cloud 备案材料清单: the others, and the first
/// two again. Shandong and Sichuan take a student's card or a contract of work as well: what suffices there a person judges.
pub(super) fn wants_residence_permit(province: Province, today: Date) -> bool {
    const ROWS: &[Row<()>] = &[
        since_2020(Province::Shanghai, ()),
        since_2020(Province::Zhejiang, ()),
        since_2020(Province::Jiangxi, ()),
        since_2020(Province::Anhui, ()),
        since_2020(Province::Fujian, ()),
        since_2020(Province::Jiangsu, ()),
        since_2020(Province::Jilin, ()),
        since_2020(Province::Hubei, ()),
        since_2020(Province::Guangdong, ()),
        since_2020(Province::Guizhou, ()),
    ];
    find(ROWS, province, today).is_some()
}

/// Whether a unit's postal address lies in the city of its certificate (Huawei Cloud 备案管局咨询, 企业用户).
pub(super) fn wants_address_in_one_city(province: Province, today: Date) -> bool {
    const ROWS: &[Row<()>] =
        &[since_2020(Province::Hebei, ()), since_2020(Province::Henan, ()), since_2020(Province::Guizhou, ())];
    find(ROWS, province, today).is_some()
}

/// From how many sites on a unit shows a plan of them (网站建设方案书; Huawei Cloud 备案管局咨询, 企业用户).
pub(super) fn sites_with_a_plan(province: Province, today: Date) -> Option<usize> {
    const ROWS: &[Row<usize>] = &[since_2020(Province::Shanghai, 30)];
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

/// Whether home pages show the sponsor's number, without the site's `-n` (Huawei Cloud's guidance).
pub(crate) fn shows_sponsor_number(province: Province, today: Date) -> bool {
    const ROWS: &[Row<()>] = &[since_2020(Province::Guangdong, ())];
    find(ROWS, province, today).is_some()
}
