//! Working days in China: the week, the public holidays, and the weekend days worked in exchange.
//!
//! Beyond the last published year there is no answer: a guess would become a wrong legal deadline.

mod published;

use std::borrow::Cow;
use std::fmt;

use ::time::{Date, Duration, Weekday};

use crate::Moment;
use crate::time::{beijing_date, end_of_day, start_of_day};

/// The years for which the State Council has said which days are worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    first_year: i32,
    last_year: i32,
    off: Cow<'static, [u32]>,
    work: Cow<'static, [u32]>,
}

/// The question reaches a year whose holidays are not published, or not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BeyondCalendar {
    /// That year.
    pub year: i32,
}

impl fmt::Display for BeyondCalendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the working days of {} are not in the calendar", self.year)
    }
}

impl std::error::Error for BeyondCalendar {}

impl Calendar {
    /// The years that this version knows.
    pub const fn published() -> Self {
        Self {
            first_year: published::YEARS.0,
            last_year: published::YEARS.1,
            off: Cow::Borrowed(published::OFF),
            work: Cow::Borrowed(published::WORK),
        }
    }

    /// The first and the last year that can be asked for.
    pub fn years(&self) -> (i32, i32) {
        (self.first_year, self.last_year)
    }

    /// The same with the following year: its weekdays off and its weekend days worked. A year that does not follow,
    /// or dates of another year, change nothing and give `None`.
    pub fn with_year(mut self, year: i32, off: &[Date], work: &[Date]) -> Option<Self> {
        let other = off.iter().chain(work).any(|date| date.year() != year);
        if year != self.last_year + 1 || other {
            return None;
        }
        for (kept, new) in [(&mut self.off, off), (&mut self.work, work)] {
            let kept = kept.to_mut();
            kept.extend(new.iter().map(|date| number(*date)));
            kept.sort_unstable();
        }
        self.last_year = year;
        Some(self)
    }

    /// Whether offices work on this day.
    pub fn is_working_day(&self, date: Date) -> Result<bool, BeyondCalendar> {
        let year = date.year();
        if year < self.first_year || year > self.last_year {
            return Err(BeyondCalendar { year });
        }
        let day = number(date);
        Ok(match date.weekday() {
            Weekday::Saturday | Weekday::Sunday => self.work.binary_search(&day).is_ok(),
            _ => self.off.binary_search(&day).is_err(),
        })
    }

    /// The end, in Beijing, of the `days`-th working day after the day of `from`, which itself does not count
    /// (Administrative Licensing Law, Art. 82: deadlines are working days). No days: the end of that very day.
    pub fn add_working_days(&self, from: Moment, days: u32) -> Result<Moment, BeyondCalendar> {
        let mut date = beijing_date(from);
        let mut left = days;
        while left > 0 {
            date = next(date)?;
            if self.is_working_day(date)? {
                left -= 1;
            }
        }
        Ok(end_of_day(date))
    }

    /// The moment after so many hours of working days, each of which has 24: «24 hours on working days» from Friday
    /// 15:00 is Monday 15:00, and from Saturday the end of Monday.
    pub fn add_working_hours(&self, from: Moment, hours: u32) -> Result<Moment, BeyondCalendar> {
        let mut now = from;
        let mut left = Duration::hours(i64::from(hours));
        loop {
            let date = beijing_date(now);
            let end = start_of_day(next(date)?);
            if self.is_working_day(date)? {
                if left <= end - now {
                    return Ok(now + left);
                }
                left -= end - now;
            }
            now = end;
        }
    }

    /// How many working days lie behind the day of `from`, up to and with the day of `until`.
    pub fn working_days_between(&self, from: Moment, until: Moment) -> Result<u32, BeyondCalendar> {
        let (mut date, last) = (beijing_date(from), beijing_date(until));
        let mut count = 0;
        while date < last {
            date = next(date)?;
            count += u32::from(self.is_working_day(date)?);
        }
        Ok(count)
    }
}

fn number(date: Date) -> u32 {
    date.year().unsigned_abs() * 10_000 + u32::from(u8::from(date.month())) * 100 + u32::from(date.day())
}

fn next(date: Date) -> Result<Date, BeyondCalendar> {
    date.next_day().ok_or(BeyondCalendar { year: date.year() })
}

#[cfg(test)]
mod tests {
    use ::time::macros::{date, datetime};
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(date!(2024-02-04), true)] // Sunday, worked for Spring Festival
    #[case(date!(2024-02-12), false)]
    #[case(date!(2025-01-28), false)]
    #[case(date!(2025-09-28), true)]
    #[case(date!(2025-10-08), false)]
    #[case(date!(2026-02-14), true)] // Saturday, worked for Spring Festival
    #[case(date!(2026-02-23), false)]
    #[case(date!(2026-10-01), false)]
    #[case(date!(2026-10-10), true)]
    #[case(date!(2026-11-21), false)]
    #[case(date!(2026-11-23), true)]
    fn the_state_councils_notices_decide(#[case] date: Date, #[case] working: bool) {
        assert_eq!(Calendar::published().is_working_day(date), Ok(working));
    }

    #[test]
    fn twenty_working_days_jump_over_the_national_day() {
        let calendar = Calendar::published();
        let from = datetime!(2026-09-18 10:00 +8);
        // 20 (Sunday, worked), 21–24, 28–30 September; 8–10, 12–16, 19–22 October.
        assert_eq!(calendar.add_working_days(from, 20), Ok(datetime!(2026-10-22 23:59:59 +8)));
        assert_eq!(calendar.working_days_between(from, datetime!(2026-10-22 08:00 +8)), Ok(20));
    }

    #[rstest]
    #[case(datetime!(2026-11-20 15:00 +8), datetime!(2026-11-23 15:00 +8))] // Friday
    #[case(datetime!(2026-11-21 09:00 +8), datetime!(2026-11-24 00:00 +8))] // Saturday
    #[case(datetime!(2026-11-24 15:00 +8), datetime!(2026-11-25 15:00 +8))]
    #[case(datetime!(2026-09-30 15:00 +8), datetime!(2026-10-08 15:00 +8))]
    fn twenty_four_hours_run_on_working_days_only(#[case] from: Moment, #[case] until: Moment) {
        assert_eq!(Calendar::published().add_working_hours(from, 24), Ok(until));
    }

    #[test]
    fn beyond_the_published_years_there_is_no_answer() {
        let calendar = Calendar::published();
        let beyond = Err(BeyondCalendar { year: 2027 });
        assert_eq!(calendar.add_working_days(datetime!(2026-12-20 10:00 +8), 20), beyond);
        assert_eq!(calendar.add_working_hours(datetime!(2026-12-31 23:30 +8), 1), beyond);
        assert_eq!(calendar.is_working_day(date!(2023 - 12 - 29)), Err(BeyondCalendar { year: 2023 }));
    }

    #[test]
    fn the_following_year_can_be_added_and_no_other() {
        let off = [date!(2027 - 01 - 01)];
        assert_eq!(Calendar::published().with_year(2028, &off, &[]), None);
        assert_eq!(Calendar::published().with_year(2027, &[date!(2026 - 01 - 01)], &[]), None);
        let calendar = Calendar::published().with_year(2027, &off, &[date!(2027 - 01 - 02)]).unwrap();
        assert_eq!(calendar.is_working_day(date!(2027 - 01 - 01)), Ok(false));
        assert_eq!(calendar.is_working_day(date!(2027 - 01 - 02)), Ok(true));
        assert_eq!(calendar.is_working_day(date!(2026 - 10 - 10)), Ok(true));
    }

    proptest! {
        #[test]
        fn a_deadline_lies_on_a_working_day_with_so_many_before_it(day in 0_i64..700, days in 1_u32..30) {
            let calendar = Calendar::published();
            let from = datetime!(2024-01-01 09:30 +8) + Duration::days(day);
            let due = calendar.add_working_days(from, days).unwrap();
            prop_assert_eq!(calendar.is_working_day(beijing_date(due)), Ok(true));
            prop_assert_eq!(calendar.working_days_between(from, due), Ok(days));
        }
    }
}
