//! Time limits in words: hours for the provider, working days for the bureau (Order 33, Art. 12).

use domain::{
    Moment,
    calendar::Calendar,
    time::{iso_date_time, zh_date_time},
};
use leptos::prelude::*;
use time::Duration;

use super::House;
use crate::{
    texts::{Lang, t},
    ui::{Countdown, Tone},
};

/// A moment as people read it: «2026年11月22日 14:05», Beijing time.
pub fn when(l: Lang, moment: Moment) -> String {
    l.pick(zh_date_time as fn(Moment) -> String, iso_date_time)(moment)
}

/// How urgent a deadline is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// There is time.
    Calm,
    /// Within 24 hours, or the last working day.
    Soon,
    /// It is over.
    Missed,
}

impl Urgency {
    /// Of a deadline at this moment.
    pub fn of(due_at: Moment, now: Moment) -> Self {
        match due_at - now {
            left if left.is_negative() => Self::Missed,
            left if left < Duration::DAY => Self::Soon,
            _ => Self::Calm,
        }
    }

    /// Its colour; the words say the same.
    pub fn tone(self) -> Tone {
        match self {
            Self::Calm => Tone::Grey,
            Self::Soon => Tone::Amber,
            Self::Missed => Tone::Red,
        }
    }
}

/// How long something has lasted: «3 小时 20 分», in two units at most, and none that is zero.
pub fn age(l: Lang, minutes: i64) -> String {
    let minutes = minutes.max(0);
    let (days, hours) = (minutes / 1440, minutes / 60);
    let (d, h) = (days.to_string(), hours.to_string());
    match (days, hours, minutes % 60, hours % 24) {
        (0, 0, ..) => t::desk::age_minutes(l, &minutes.to_string()),
        (0, _, 0, _) => t::desk::age_hours(l, &h),
        (0, _, minutes, _) => t::desk::age_hours_minutes(l, &h, &minutes.to_string()),
        (_, _, _, 0) => t::desk::age_days(l, &d),
        (_, _, _, hours) => t::desk::age_days_hours(l, &d, &hours.to_string()),
    }
}

/// What is left until a deadline, or how long it is over.
pub fn left(l: Lang, house: House, due_at: Moment, now: Moment) -> String {
    let left = due_at - now;
    let span = age(l, left.abs().whole_minutes());
    if left.is_negative() {
        return t::desk::late(l, &span);
    }
    if house == House::Bureau
        && let Ok(working) = Calendar::published().working_days_between(now, due_at)
    {
        return match working {
            0 => t::desk::left_last_day(l).to_owned(),
            _ => t::desk::left_working_days(l, &working.to_string()),
        };
    }
    t::desk::left(l, &span)
}

/// The deadline of a row or case, in words and colour, going on with the clock; or that the clock stands still.
pub fn deadline(l: Lang, house: House, due_at: Option<Moment>, paused: bool, now: Signal<Moment>) -> AnyView {
    if paused {
        return view! { <span class="countdown">{t::desk::paused(l)}</span> }.into_any();
    }
    let Some(due_at) = due_at else {
        return view! { <span class="muted">{t::desk::no_deadline(l)}</span> }.into_any();
    };
    let state = Memo::new(move |_| (Urgency::of(due_at, now.get()), left(l, house, due_at, now.get())));
    (move || {
        let (urgency, words) = state.get();
        view! {
            <Countdown left=words at=when(l, due_at) soon={urgency == Urgency::Soon} missed={urgency == Urgency::Missed}/>
        }
    })
    .into_any()
}

/// The server's time, going on in the browser twice a minute.
pub fn clock(from: Moment) -> Signal<Moment> {
    let now = RwSignal::new(from);
    Effect::new(move |_| {
        let began = js_now();
        let every = std::time::Duration::from_secs(20);
        let tick = move || _ = now.try_set(from + Duration::milliseconds(js_now() - began));
        if let Ok(handle) = set_interval_with_handle(tick, every) {
            on_cleanup(move || handle.clear());
        }
    });
    now.into()
}

/// Milliseconds since the page was opened; runs in the browser only.
fn js_now() -> i64 {
    window().performance().map_or(0, |performance| performance.now() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn a_providers_deadline_is_said_in_hours() {
        let now = datetime!(2026-11-20 01:00 UTC);
        let l = Lang::Zh;
        assert_eq!(left(l, House::Provider, now + Duration::minutes(200), now), "还剩 3 小时 20 分");
        assert_eq!(left(l, House::Provider, now - Duration::minutes(5), now), "已超时 5 分钟");
        assert_eq!(left(l, House::Provider, now - Duration::hours(50), now), "已超时 2 天 2 小时");
    }

    #[test]
    fn a_part_that_is_zero_is_not_said() {
        let now = datetime!(2026-11-20 01:00 UTC);
        let said = |l, span| left(l, House::Provider, now + span, now);
        for (span, zh, en) in [
            (Duration::ZERO, "还剩 0 分钟", "0 min left"),
            (Duration::minutes(60), "还剩 1 小时", "1 h left"),
            (Duration::minutes(61), "还剩 1 小时 1 分", "1 h 1 min left"),
            (Duration::minutes(1440), "还剩 1 天", "1 d left"),
            (Duration::minutes(1440 + 59), "还剩 1 天", "1 d left"),
            (Duration::hours(25), "还剩 1 天 1 小时", "1 d 1 h left"),
        ] {
            assert_eq!((said(Lang::Zh, span).as_str(), said(Lang::En, span).as_str()), (zh, en), "{span}");
        }
        assert_eq!(left(Lang::Zh, House::Provider, now - Duration::hours(24), now), "已超时 1 天");
        assert_eq!(age(Lang::Zh, 120), "2 小时");
    }

    #[test]
    fn a_bureaus_deadline_is_said_in_working_days() {
        let friday = datetime!(2026-11-20 01:00 UTC);
        let due = datetime!(2026-11-24 15:59:59 UTC);
        assert_eq!(left(Lang::Zh, House::Bureau, due, friday), "还剩 2 个工作日");
        assert_eq!(left(Lang::Zh, House::Bureau, datetime!(2026-11-20 15:59:59 UTC), friday), "今日为最后一个工作日");
    }

    #[test]
    fn urgency_turns_a_day_before_the_deadline() {
        let now = datetime!(2026-11-20 01:00 UTC);
        assert_eq!(Urgency::of(now + Duration::hours(25), now), Urgency::Calm);
        assert_eq!(Urgency::of(now + Duration::hours(23), now), Urgency::Soon);
        assert_eq!(Urgency::of(now - Duration::SECOND, now), Urgency::Missed);
    }
}
