//! A policy in words: each rule, and what it says.

use domain::policy::{Policy, RefusalRoute, SmsStage};

use crate::texts::{Lang, t};

/// Each rule's name and what this policy says of it, in the order of the form.
pub(super) fn lines(l: Lang, policy: &Policy) -> Vec<(&'static str, String)> {
    use t::office::policy as p;
    vec![
        (p::sms_stage(l), stage_text(l, policy.sms_stage).to_owned()),
        (p::sms_window_hours(l), p::hours(l, &policy.sms_window_hours.to_string())),
        (p::sms_rounds(l), p::times(l, &policy.sms_rounds.to_string())),
        (p::sms_wrong_digits(l), p::times(l, &policy.sms_wrong_digits.to_string())),
        (p::sms_noon_resend(l), yes_text(l, policy.sms_noon_resend).to_owned()),
        (p::sms_manual_resends(l), p::times(l, &policy.sms_manual_resends.to_string())),
        (p::provider_hours(l), p::working_hours(l, &policy.provider_hours.to_string())),
        (p::bureau_working_days(l), p::working_days(l, &policy.bureau_working_days.to_string())),
        (p::second_reviewer(l), yes_text(l, policy.second_reviewer).to_owned()),
        (p::preapproval_pauses(l), yes_text(l, policy.preapproval_pauses).to_owned()),
        (p::after_refusal(l), route_text(l, policy.after_refusal).to_owned()),
        (p::idle_days(l), p::days(l, &policy.idle_days.to_string())),
    ]
}

/// When persons in charge confirm.
pub(super) fn stage_text(l: Lang, stage: SmsStage) -> &'static str {
    use t::office::policy as p;
    match stage {
        SmsStage::None => p::stage_none(l),
        SmsStage::Before => p::stage_before(l),
        SmsStage::During => p::stage_during(l),
    }
}

/// Where a refused filing goes.
pub(super) fn route_text(l: Lang, route: RefusalRoute) -> &'static str {
    use t::office::policy as p;
    match route {
        RefusalRoute::Bureau => p::route_bureau(l),
        RefusalRoute::Provider => p::route_provider(l),
    }
}

/// Yes or no.
pub(super) fn yes_text(l: Lang, yes: bool) -> &'static str {
    use t::office::policy as p;
    if yes { p::yes(l) } else { p::no(l) }
}
