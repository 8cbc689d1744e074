//! What the answers of an office must be like: accounts of its staff, what a provider holds, and a province's policies
//! (features P15, B11).

use crate::account::{self, problem};
use crate::actor::{Category, Role};
use crate::codes::ServerLocation;
use crate::ip_range::{self, IpRange};
use crate::phone::OfficePhone;
use crate::policy::{Policy, RefusalRoute, SmsStage};
use crate::problem::{Fault, Problem, Rule, Section};
use crate::text::{find_unprintable, fold, length};
use crate::time::parse_date;
use crate::views::office::{PolicyForm, ProviderForm, RangesForm, ServiceForm, StaffForm};
use time::Date;

/// The most characters of a provider's name (ICP provider interface V3.0: as a sponsor's).
pub const NAME_MAX: usize = 255;
/// The most characters of a service's code and of what it is.
pub const SERVICE_MAX: usize = 64;
/// The most sites that may name one service.
pub const CAPACITY_MAX: i16 = 30_000;
/// The years that a licence, a service or a policy can be dated in: others were mistyped.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2199;
/// The most lines of addresses that are entered at once.
pub const RANGES_MAX: usize = 50;

/// The roles that an account of a category's office can have; a registrant has no office.
pub fn roles(category: Category) -> &'static [Role] {
    match category {
        Category::Registrant => &[],
        Category::Provider => &[Role::ProviderClerk, Role::ProviderAdmin],
        Category::Bureau => &[Role::Reviewer, Role::BureauAdmin],
    }
}

/// Gathers problems of one form.
#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn rule(&mut self, field: &'static str, rule: Option<Rule>) {
        self.0.extend(rule.map(|rule| problem(field, rule)));
    }

    fn keep<T>(&mut self, field: &'static str, found: Result<T, Fault>) -> Option<T> {
        found.map_err(|fault| self.0.push(fault.at(Section::Account, field))).ok()
    }

    fn end<T>(self, made: Option<T>) -> Result<T, Vec<Problem>> {
        match made {
            Some(made) if self.0.is_empty() => Ok(made),
            _ => Err(self.0),
        }
    }
}

/// Text of at most so many characters, in one writing.
fn line(text: &str, most: usize, required: bool) -> Result<String, Fault> {
    let text = fold(text);
    if text.is_empty() && required {
        Err(Rule::Required.into())
    } else if length(&text) > most {
        Err(Fault::with(Rule::TooLong, most.to_string()))
    } else if find_unprintable(&text).is_some() || text.contains(['\n', '\r']) {
        Err(Rule::Unprintable.into())
    } else {
        Ok(text)
    }
}

/// A whole number between two bounds.
fn number<T: TryFrom<u32> + Copy + Into<i64>>(text: &str, least: T, most: T) -> Result<T, Fault> {
    let text = fold(text);
    if text.is_empty() {
        return Err(Rule::Required.into());
    }
    let (least, most): (i64, i64) = (least.into(), most.into());
    let plain = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.then(|| text.parse::<u32>().ok()).flatten().filter(|n| (least..=most).contains(&i64::from(*n)));
    number.and_then(|n| T::try_from(n).ok()).ok_or_else(|| Fault::with(Rule::NumberBounds, format!("{least}–{most}")))
}

/// A day; nothing where the answer may be left empty and was.
fn day(text: &str) -> Result<Option<Date>, Fault> {
    let text = fold(text);
    if text.is_empty() {
        return Ok(None);
    }
    parse_date(&text).filter(|day| YEARS.contains(&day.year())).map(Some).ok_or_else(|| Rule::DateFormat.into())
}

fn required_day(text: &str) -> Result<Date, Fault> {
    day(text)?.ok_or_else(|| Rule::Required.into())
}

/// Not before the other day.
fn not_before(day: Date, earliest: Date) -> Result<Date, Fault> {
    if day < earliest { Err(Fault::with(Rule::DateEarliest, earliest.to_string())) } else { Ok(day) }
}

/// The name of a thing of a closed list.
fn one_of<T>(text: &str, find: impl Fn(&str) -> Option<T>) -> Result<T, Fault> {
    match text {
        "" => Err(Rule::Required.into()),
        text => find(text).ok_or_else(|| Rule::UnknownCode.into()),
    }
}

fn yes_or_no(text: &str) -> Result<bool, Fault> {
    one_of(text, |text| match text {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    })
}

/// An account of the staff as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStaff {
    /// The name to sign in with.
    pub user_name: String,
    /// Whom to ask for.
    pub contact_name: String,
    /// The mobile, in its one writing.
    pub mobile: String,
    /// The mail address, in its one writing.
    pub email: String,
    /// What it may do.
    pub role: Role,
}

impl StaffForm {
    /// The account of this office, or what is wrong with the form.
    pub fn parse(&self, roles: &[Role]) -> Result<NewStaff, Vec<Problem>> {
        let mut found = Found::default();
        found.rule("user_name", account::user_name_problem(&self.user_name));
        let contact_name = found.keep("contact_name", line(&self.contact_name, account::NAME_MAX, true));
        let mobile = found.keep("mobile", account::parse_mobile(&self.mobile));
        let email = found.keep("email", account::parse_email(&self.email));
        let role = found.keep("role", parse_role(&self.role, roles));
        let made = (|| {
            let user_name = self.user_name.trim().to_owned();
            Some(NewStaff { user_name, contact_name: contact_name?, mobile: mobile?, email: email?, role: role? })
        })();
        found.end(made)
    }
}

/// One of these roles, by name.
pub fn parse_role(name: &str, roles: &[Role]) -> Result<Role, Fault> {
    one_of(name, |name| Role::find(name).filter(|role| roles.contains(role)))
}

impl RangesForm {
    /// Ranges and the place of their servers, or what is wrong with the form. `permitted`: reserved ranges that count.
    pub fn parse(&self, permitted: &[IpRange]) -> Result<(Vec<IpRange>, ServerLocation), Vec<Problem>> {
        let mut found = Found::default();
        let mut ranges: Vec<IpRange> = Vec::new();
        let lines: Vec<&str> = ip_range::lines(&self.addresses).collect();
        match lines.len() {
            0 => found.rule("addresses", Some(Rule::Required)),
            1..=RANGES_MAX => {}
            _ => found.0.push(Problem::with(Section::Account, "addresses", Rule::TooManyRanges, RANGES_MAX.to_string())),
        }
        for line in lines.into_iter().take(RANGES_MAX) {
            let Some(range) = found.keep("addresses", IpRange::parse(line)) else { continue };
            let rule = if range.is_reserved(permitted) {
                Some(Rule::RangeReserved)
            } else {
                ranges.iter().any(|other| other.overlaps(range)).then_some(Rule::RangeRepeated)
            };
            match rule {
                Some(rule) => found.0.push(Problem::with(Section::Account, "addresses", rule, line)),
                None => ranges.push(range),
            }
        }
        let location = found
            .keep("location", one_of(fold(&self.location).as_str(), |text| text.parse().ok().and_then(ServerLocation::find)));
        found.end(location.map(|location| (ranges, location)))
    }
}

/// A service as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewService {
    /// Its code.
    pub code: String,
    /// What it is.
    pub description: String,
    /// How many sites may name it.
    pub capacity: i16,
    /// Its last day.
    pub valid_to: Option<Date>,
}

impl ServiceForm {
    /// The service, or what is wrong with the form. A code is one that registrants can type: letters, digits and few signs.
    pub fn parse(&self) -> Result<NewService, Vec<Problem>> {
        let mut found = Found::default();
        let code = found.keep(
            "code",
            line(&self.code, SERVICE_MAX, true).and_then(|code| {
                let plain = code.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c));
                if plain { Ok(code) } else { Err(Rule::ServiceCodeFormat.into()) }
            }),
        );
        let description = found.keep("description", line(&self.description, SERVICE_MAX, true));
        let capacity = found.keep("capacity", number(&self.capacity, 1, CAPACITY_MAX));
        let valid_to = found.keep("valid_to", day(&self.valid_to));
        let made = (|| Some(NewService { code: code?, description: description?, capacity: capacity?, valid_to: valid_to? }))();
        found.end(made)
    }
}

/// A provider as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewProvider {
    /// Its name.
    pub name: String,
    /// 经营许可证编号, in its one writing.
    pub licence_number: String,
    /// Its phone; empty where none was given.
    pub phone: String,
    /// The licence's first day.
    pub valid_from: Date,
    /// The licence's last day.
    pub valid_to: Option<Date>,
}

impl ProviderForm {
    /// The provider, or what is wrong with the form.
    pub fn parse(&self) -> Result<NewProvider, Vec<Problem>> {
        let mut found = Found::default();
        let name = found.keep("name", line(&self.name, NAME_MAX, true));
        let licence_number = found.keep("licence_number", parse_licence(&self.licence_number));
        let phone = found.keep("phone", parse_phone(&self.phone));
        let valid_from = found.keep("valid_from", required_day(&self.valid_from));
        let valid_to = found.keep(
            "valid_to",
            day(&self.valid_to).and_then(|to| match (to, valid_from) {
                (Some(to), Some(from)) => not_before(to, from).map(Some),
                (to, _) => Ok(to),
            }),
        );
        let made = (|| {
            let (licence_number, valid_to) = (licence_number?, valid_to?);
            Some(NewProvider { name: name?, licence_number, phone: phone?, valid_from: valid_from?, valid_to })
        })();
        found.end(made)
    }
}

fn parse_phone(text: &str) -> Result<String, Fault> {
    if fold(text).is_empty() {
        return Ok(String::new());
    }
    OfficePhone::parse(text).map(|_| fold(text))
}

/// 增值电信业务经营许可证: the kinds of business (A1, A2, B1, B2), after a province's sign where it is a provincial licence, and
/// eight digits, such as `B1.B2-20260001` or `浙B2-20080224`.
fn parse_licence(text: &str) -> Result<String, Fault> {
    let text = line(text, SERVICE_MAX, true)?.to_uppercase();
    let wrong = || Fault::from(Rule::LicenceFormat);
    let (kinds, number) = text.split_once('-').ok_or_else(wrong)?;
    let first = kinds.chars().next().ok_or_else(wrong)?;
    let kinds = if crate::text::is_han(first) { kinds.strip_prefix(first).unwrap_or_default() } else { kinds };
    let known = kinds.split('.').all(|kind| matches!(kind, "A1" | "A2" | "B1" | "B2"));
    let digits = number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    if known && digits { Ok(text) } else { Err(wrong()) }
}

impl PolicyForm {
    /// The policy and its first day, or what is wrong with the form.
    ///
    /// The bounds are those of the law where there is one: a review lasts at most 20 working days (Order 33, Art. 12). The
    /// policy has no version yet.
    pub fn parse(&self, earliest: Date) -> Result<(Date, Policy), Vec<Problem>> {
        let mut found = Found::default();
        let from = found.keep("valid_from", required_day(&self.valid_from).and_then(|day| not_before(day, earliest)));
        let stage = found.keep("sms_stage", one_of(&self.sms_stage, SmsStage::find));
        let window = found.keep("sms_window_hours", number(&self.sms_window_hours, 1_u16, 240));
        let rounds = found.keep("sms_rounds", number(&self.sms_rounds, 1_u8, 9));
        let digits = found.keep("sms_wrong_digits", number(&self.sms_wrong_digits, 1_u8, 20));
        let noon = found.keep("sms_noon_resend", yes_or_no(&self.sms_noon_resend));
        let resends = found.keep("sms_manual_resends", number(&self.sms_manual_resends, 0_u8, 50));
        let route = found.keep("after_refusal", one_of(&self.after_refusal, RefusalRoute::find));
        let second = found.keep("second_reviewer", yes_or_no(&self.second_reviewer));
        let pauses = found.keep("preapproval_pauses", yes_or_no(&self.preapproval_pauses));
        let hours = found.keep("provider_hours", number(&self.provider_hours, 1_u16, 240));
        let days = found.keep("bureau_working_days", number(&self.bureau_working_days, 1_u16, 20));
        let idle = found.keep("idle_days", number(&self.idle_days, 7_u16, 365));
        let made = (|| {
            let policy = Policy {
                version: 0,
                sms_stage: stage?,
                sms_window_hours: window?,
                sms_rounds: rounds?,
                sms_wrong_digits: digits?,
                sms_noon_resend: noon?,
                sms_manual_resends: resends?,
                after_refusal: route?,
                second_reviewer: second?,
                preapproval_pauses: pauses?,
                provider_hours: hours?,
                bureau_working_days: days?,
                idle_days: idle?,
            };
            Some((from?, policy))
        })();
        found.end(made)
    }

    /// A policy as the form asks for it.
    pub fn of(policy: &Policy, from: Date) -> Self {
        let yes = |is| if is { "yes" } else { "no" }.to_owned();
        Self {
            valid_from: from.to_string(),
            sms_stage: policy.sms_stage.name().to_owned(),
            sms_window_hours: policy.sms_window_hours.to_string(),
            sms_rounds: policy.sms_rounds.to_string(),
            sms_wrong_digits: policy.sms_wrong_digits.to_string(),
            sms_noon_resend: yes(policy.sms_noon_resend),
            sms_manual_resends: policy.sms_manual_resends.to_string(),
            after_refusal: policy.after_refusal.name().to_owned(),
            second_reviewer: yes(policy.second_reviewer),
            preapproval_pauses: yes(policy.preapproval_pauses),
            provider_hours: policy.provider_hours.to_string(),
            bureau_working_days: policy.bureau_working_days.to_string(),
            idle_days: policy.idle_days.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
