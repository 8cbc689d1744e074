//! Age in full years (周岁).

use ::time::Date;

/// Full years of somebody born on `birth`; none before.
pub fn on(birth: Date, today: Date) -> u16 {
    let passed = (today.month() as u8, today.day()) >= (birth.month() as u8, birth.day());
    let years = today.year() - birth.year() - i32::from(!passed);
    u16::try_from(years).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use ::time::macros::date;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(date!(2008-11-22), 18)]
    #[case(date!(2008-11-23), 17)]
    #[case(date!(1949-12-31), 76)]
    #[case(date!(2027-01-01), 0)]
    fn a_year_is_full_on_the_birthday(#[case] birth: Date, #[case] years: u16) {
        assert_eq!(on(birth, date!(2026 - 11 - 22)), years);
    }

    #[test]
    fn who_is_born_on_a_leap_day_grows_older_in_march() {
        let birth = date!(2008 - 02 - 29);
        assert_eq!(on(birth, date!(2026 - 02 - 28)), 17);
        assert_eq!(on(birth, date!(2026 - 03 - 01)), 18);
    }
}
