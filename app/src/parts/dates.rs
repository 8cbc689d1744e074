//! Dates as people here read them: Beijing time, whatever the server's zone.

use leptos::prelude::*;
use time::{Date, Month, OffsetDateTime, UtcOffset};

use crate::texts::{Lang, t, use_lang};

/// China has one time, eight hours ahead of UTC, without summer time.
fn beijing(moment: OffsetDateTime) -> OffsetDateTime {
    UtcOffset::from_hms(8, 0, 0).map_or(moment, |offset| moment.to_offset(offset))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month_name(month: Month) -> &'static str {
    MONTHS.get(usize::from(u8::from(month)).saturating_sub(1)).copied().unwrap_or_default()
}

/// «2026年11月22日», “22 Nov 2026”.
#[must_use]
pub fn date(l: Lang, date: Date) -> String {
    let (year, month, day) = date.to_calendar_date();
    match l {
        Lang::Zh => format!("{year}年{}月{day}日", u8::from(month)),
        Lang::En => format!("{day} {} {year}", month_name(month)),
    }
}

/// «2026年11月22日 14:05», “22 Nov 2026, 14:05 (Beijing)”.
#[must_use]
pub fn moment(l: Lang, moment: OffsetDateTime) -> String {
    let local = beijing(moment);
    let day = date(l, local.date());
    match l {
        Lang::Zh => format!("{day} {:02}:{:02}", local.hour(), local.minute()),
        Lang::En => format!("{day}, {:02}:{:02} (Beijing)", local.hour(), local.minute()),
    }
}

/// «11-22 14:05»: for dense tables, where the year goes without saying.
#[must_use]
pub fn short_moment(moment: OffsetDateTime) -> String {
    let local = beijing(moment);
    format!("{:02}-{:02} {:02}:{:02}", u8::from(local.month()), local.day(), local.hour(), local.minute())
}

/// The moment for machines: `2026-11-22T14:05:00+08:00`.
#[must_use]
pub fn machine(moment: OffsetDateTime) -> String {
    let local = beijing(moment);
    let (year, month, day) = local.to_calendar_date();
    let (hour, minute, second) = local.to_hms();
    format!("{year:04}-{:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+08:00", u8::from(month))
}

/// A moment, readable by people and machines.
#[component]
pub fn Time(
    /// When.
    at: OffsetDateTime,
    /// Without the year.
    #[prop(optional)]
    short: bool,
) -> AnyView {
    let l = use_lang();
    let words = if short { short_moment(at) } else { moment(l, at) };
    view! { <time datetime=machine(at)>{words}</time> }.into_any()
}

/// How much is left until `due`, or how long it is over, in the largest unit that says it.
#[must_use]
pub fn left(l: Lang, now: OffsetDateTime, due: OffsetDateTime) -> String {
    let seconds = (due - now).whole_seconds();
    let span = span(l, seconds.unsigned_abs());
    if seconds >= 0 { t::dates::left(l, &span) } else { t::dates::over(l, &span) }
}

/// A span of time in words: «3 天», «5 小时», «20 分钟».
#[must_use]
pub fn span(l: Lang, seconds: u64) -> String {
    match seconds {
        0..=5399 => t::dates::minutes(l, &seconds.div_ceil(60).to_string()),
        5400..=172_799 => t::dates::hours(l, &seconds.div_ceil(3600).to_string()),
        _ => t::dates::days(l, &(seconds / 86_400).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn moments_are_shown_in_beijing_time_whatever_their_zone() {
        let at = datetime!(2026-11-22 18:05 UTC);
        assert_eq!(moment(Lang::Zh, at), "2026年11月23日 02:05");
        assert_eq!(moment(Lang::En, at), "23 Nov 2026, 02:05 (Beijing)");
        assert_eq!(machine(at), "2026-11-23T02:05:00+08:00");
    }

    #[test]
    fn what_is_left_is_said_in_the_largest_fitting_unit() {
        let now = datetime!(2026-11-22 00:00 UTC);
        assert_eq!(left(Lang::Zh, now, datetime!(2026-11-22 00:20 UTC)), "还剩 20 分钟");
        assert_eq!(left(Lang::Zh, now, datetime!(2026-11-22 05:00 UTC)), "还剩 5 小时");
        assert_eq!(left(Lang::Zh, now, datetime!(2026-11-25 00:00 UTC)), "还剩 3 天");
        assert_eq!(left(Lang::Zh, now, datetime!(2026-11-21 22:00 UTC)), "已超时 2 小时");
    }
}
