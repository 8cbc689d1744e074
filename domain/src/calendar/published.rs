//! The State Council's yearly notices on public holidays (国务院办公厅关于部分节假日安排的通知),
//! as exceptions from the week: weekdays off, and weekend days worked in exchange (调休).
//!
//! Origin: the data of the PyPI package chinesecalendar 1.11.0, MIT License.
//! A new year is added here once its notice is out; until then it is outside the calendar.

/// The first and the last year that the notices cover.
pub(super) const YEARS: (i32, i32) = (2024, 2026);

/// Weekdays that are free, as yyyymmdd.
#[rustfmt::skip]
pub(super) const OFF: &[u32] = &[
    // 2024
    20240101,
    20240212, 20240213, 20240214, 20240215, 20240216,
    20240404, 20240405,
    20240501, 20240502, 20240503,
    20240610,
    20240916, 20240917,
    20241001, 20241002, 20241003, 20241004, 20241007,
    // 2025
    20250101, 20250128, 20250129, 20250130, 20250131,
    20250203, 20250204,
    20250404,
    20250501, 20250502, 20250505,
    20250602,
    20251001, 20251002, 20251003, 20251006, 20251007, 20251008,
    // 2026
    20260101, 20260102,
    20260216, 20260217, 20260218, 20260219, 20260220, 20260223,
    20260406,
    20260501, 20260504, 20260505,
    20260619,
    20260925,
    20261001, 20261002, 20261005, 20261006, 20261007,
];

/// Weekend days that are worked, as yyyymmdd.
#[rustfmt::skip]
pub(super) const WORK: &[u32] = &[
    // 2024
    20240204, 20240218,
    20240407, 20240428,
    20240511,
    20240914, 20240929,
    20241012,
    // 2025
    20250126,
    20250208,
    20250427,
    20250928,
    20251011,
    // 2026
    20260104,
    20260214, 20260228,
    20260509,
    20260920,
    20261010,
];
