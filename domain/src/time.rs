//! Moments, and how Beijing reads them: every deadline and date of the filing system is Beijing time.

use ::time::macros::offset;
use ::time::{Date, Duration, Time, UtcOffset};

use crate::Moment;

/// UTC+8, without summer time since 1992.
pub const BEIJING: UtcOffset = offset!(+8);

/// The moment as Beijing's clocks show it.
pub fn beijing(moment: Moment) -> Moment {
    moment.to_offset(BEIJING)
}

/// The day in Beijing.
pub fn beijing_date(moment: Moment) -> Date {
    beijing(moment).date()
}

/// The beginning of a day in Beijing.
pub fn start_of_day(date: Date) -> Moment {
    date.midnight().assume_offset(BEIJING)
}

/// The last second of a day in Beijing: deadlines counted in days end then, and show that day's date.
pub fn end_of_day(date: Date) -> Moment {
    start_of_day(date) + Duration::seconds(86_399)
}

/// 12:00 of the day after, in Beijing: when confirmations that were not answered are sent again.
pub fn noon_of_next_day(moment: Moment) -> Moment {
    start_of_day(beijing_date(moment)) + Duration::hours(36)
}

/// The same day some months later; the last of the month where it has no such day.
pub fn add_months(date: Date, months: u32) -> Date {
    let count = u32::from(u8::from(date.month())) - 1 + months;
    let year = date.year().saturating_add(i32::try_from(count / 12).unwrap_or(i32::MAX));
    let month = ::time::Month::January.nth_next((count % 12) as u8);
    let day = date.day().min(month.length(year));
    Date::from_calendar_date(year, month, day).unwrap_or(Date::MAX)
}

/// Reads `2026-11-22`, as date fields of forms write it.
pub fn parse_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let digits = [year, month, day].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if parts.next().is_some() || !digits || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    date_of(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

/// The date of these numbers, if there is one.
pub fn date_of(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, ::time::Month::try_from(month).ok()?, day).ok()
}

/// `2026-11-22`.
pub fn iso_date(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

/// `2026-11-22 14:05`, in Beijing.
pub fn iso_date_time(moment: Moment) -> String {
    let local = beijing(moment);
    format!("{} {}", iso_date(local.date()), hour_minute(local.time()))
}

/// `2026年11月22日`.
pub fn zh_date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), u8::from(date.month()), date.day())
}

/// `2026年11月22日 14:05`, in Beijing.
pub fn zh_date_time(moment: Moment) -> String {
    let local = beijing(moment);
    format!("{} {}", zh_date(local.date()), hour_minute(local.time()))
}

/// `14:05`.
pub fn hour_minute(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

#[cfg(test)]
mod tests {
    use ::time::macros::{date, datetime};

    use super::*;

    #[test]
    fn a_moment_late_in_utc_is_the_next_day_in_beijing() {
        let moment = datetime!(2026-11-22 16:05 UTC);
        assert_eq!(beijing_date(moment), date!(2026 - 11 - 23));
        assert_eq!(zh_date_time(moment), "2026年11月23日 00:05");
        assert_eq!(iso_date_time(moment), "2026-11-23 00:05");
    }

    #[test]
    fn the_next_noon_is_of_the_day_after_in_beijing() {
        let noon = datetime!(2026-11-23 12:00 +8);
        assert_eq!(noon_of_next_day(datetime!(2026-11-22 00:00 +8)), noon);
        assert_eq!(noon_of_next_day(datetime!(2026-11-22 15:59 UTC)), noon);
        assert_ne!(noon_of_next_day(datetime!(2026-11-22 16:00 UTC)), noon);
    }

    #[test]
    fn months_end_on_the_last_day_there_is() {
        assert_eq!(add_months(date!(2026 - 11 - 30), 3), date!(2027 - 02 - 28));
        assert_eq!(add_months(date!(2026 - 01 - 15), 3), date!(2026 - 04 - 15));
        assert_eq!(add_months(Date::MAX, 3), Date::MAX);
    }

    #[test]
    fn a_date_is_read_in_one_writing_only() {
        assert_eq!(parse_date("2026-11-22"), Some(date!(2026 - 11 - 22)));
        for text in ["", "2026-11-31", "2026-1-2", "2026/11/22", "+026-11-22", "2026-11-22-", "二〇二六"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
