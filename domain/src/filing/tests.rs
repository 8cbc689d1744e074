//! The state machine walked at random, under every policy there is.

use super::*;
use crate::{
    actor::Role,
    calendar::Calendar,
    policy::{Policy, RefusalRoute, SmsStage},
    refusal::Refusal,
};
use proptest::prelude::*;
use std::collections::BTreeSet;
use time::{Duration, macros::datetime};

mod second_look;

const OWNER: UserId = UserId(Uuid::from_u128(1));
const PROVIDER: ProviderId = ProviderId(Uuid::from_u128(100));
const PROVINCE: u32 = 110_000;

/// Everybody who may stand before a filing, party to it or not.
fn actors() -> Vec<Actor> {
    let user = |n| UserId(Uuid::from_u128(n));
    let clerk = |n, provider| Actor::Provider { user: user(n), provider, role: Role::ProviderClerk };
    let reviewer = |n, province| Actor::Bureau { user: user(n), province, role: Role::Reviewer };
    vec![
        Actor::Registrant { user: OWNER },
        Actor::Registrant { user: user(2) },
        clerk(11, PROVIDER),
        clerk(12, PROVIDER),
        clerk(13, ProviderId(Uuid::from_u128(101))),
        reviewer(21, PROVINCE),
        reviewer(22, PROVINCE),
        reviewer(23, 330_000),
        Actor::System,
        Actor::Anonymous,
    ]
}

/// Every variant of rules 0.
fn policies() -> Vec<Policy> {
    let mut all = Vec::new();
    for sms_stage in SmsStage::ALL {
        for after_refusal in RefusalRoute::ALL {
            for second_reviewer in [false, true] {
                for preapproval_pauses in [false, true] {
                    for sms_wrong_digits in [5, 6] {
                        for sms_window_hours in [24, 48] {
                            all.push(Policy {
                                sms_stage,
                                after_refusal,
                                second_reviewer,
                                preapproval_pauses,
                                sms_wrong_digits,
                                sms_window_hours,
                                ..Policy::national()
                            });
                        }
                    }
                }
            }
        }
    }
    all
}

/// A small generator, so that a walk is told by one number.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// A command of the verb with contents that nothing is wrong with; which of the right ones, the dice say.
fn fitting(filing: &Filing, verb: Verb, env: &Env, dice: &mut Dice) -> Command {
    let note = Uuid::from_u128(7);
    let ids = |n: usize| (0..n).map(|i| ConfirmationId(Uuid::from_u128(500 + i as u128))).collect::<Vec<_>>();
    let due: Vec<_> = filing.due().map(|due| due.id).collect();
    let confirmation = if due.is_empty() { ids(1)[0] } else { due[dice.roll(due.len())] };
    match verb {
        Verb::Create | Verb::Edit => Command::Edit,
        Verb::Submit => Command::Submit { province: PROVINCE, provider: PROVIDER, leave: dice.roll(2) == 0 },
        Verb::Resubmit => Command::Resubmit {
            province: PROVINCE,
            provider: PROVIDER,
            leave: dice.roll(2) == 0,
            unchecked: filing.status == Status::SmsFailed && dice.roll(2) == 0,
            confirmations: ids(dice.roll(3)),
        },
        Verb::Withdraw => Command::Withdraw,
        Verb::Claim => Command::Claim,
        Verb::Release => Command::Release,
        Verb::HandOver => Command::HandOver { to: UserId(Uuid::from_u128(12)) },
        Verb::Return => Command::Return { note, reasons: 1 + dice.roll(3) },
        Verb::Correct => Command::Correct { note },
        Verb::Pass => Command::Pass { note, confirmations: ids(dice.roll(4)) },
        Verb::SendCode => {
            let by = [SentBy::First, SentBy::Noon, SentBy::Manual][dice.roll(3)];
            Command::SendCode { confirmation, by }
        }
        Verb::Confirm => Command::Confirm { confirmation },
        Verb::Mistake => Command::Mistake { confirmation },
        Verb::TimeOut => Command::TimeOut,
        Verb::Hold => Command::Hold { note },
        Verb::Resume => Command::Resume { note, granted: dice.roll(2) == 0 },
        Verb::Approve => Command::Approve { note },
        Verb::SendBack => {
            let colleagues = filing.first_approval.filter(|_| dice.roll(2) == 0).into_iter().collect();
            Command::SendBack { note, colleagues }
        }
        Verb::Retract => Command::Retract,
        Verb::Refuse => Command::Refuse { note, reasons: 1 },
        Verb::Stop => Command::Stop { note },
        Verb::Expire => Command::Expire { idle_since: env.now - Duration::days(60) },
        Verb::Discard => Command::Discard,
    }
}

/// Verbs that are drawn as buttons.
const BUTTONS: [Verb; 17] = [
    Verb::Submit,
    Verb::Resubmit,
    Verb::Withdraw,
    Verb::Claim,
    Verb::Release,
    Verb::HandOver,
    Verb::Return,
    Verb::Correct,
    Verb::Pass,
    Verb::Hold,
    Verb::Resume,
    Verb::Approve,
    Verb::SendBack,
    Verb::Retract,
    Verb::Refuse,
    Verb::Stop,
    Verb::Discard,
];

struct Walk {
    events: Vec<Event>,
    states: Vec<Filing>,
}

/// Walks `steps` steps, looking at every state with `look`.
fn walk(seed: u64, policy: &Policy, steps: usize, mut look: impl FnMut(&Filing, &Env, &mut Dice)) -> Walk {
    let calendar = Calendar::published();
    let mut dice = Dice(seed);
    let mut now = datetime!(2026-03-02 09:30 +8);
    let (event, mut filing) = Filing::create(FilingId(Uuid::from_u128(9)), OWNER, now);
    let mut walk = Walk { events: vec![event], states: vec![filing.clone()] };
    for _ in 0..steps {
        // Mostly minutes, sometimes past the end of a window.
        now += [Duration::minutes(3), Duration::hours(2), Duration::hours(50)][[0, 0, 0, 0, 1, 2][dice.roll(6)]];
        let env = Env { now, policy, calendar: &calendar };
        look(&filing, &env, &mut dice);
        let actors = actors();
        let mut actor = actors[dice.roll(actors.len())];
        let mut verb = Verb::ALL[dice.roll(Verb::ALL.len())];
        if dice.roll(3) > 0 {
            // Something that is possible here, and in some walks one that keeps mistyping, or confirming.
            let here: Vec<_> = MOVES.iter().filter(|m| m.from == Some(filing.status) && !m.to.is_final()).collect();
            let wanted = [Verb::Mistake, Verb::Confirm, Verb::Resubmit][usize::try_from(seed % 3).unwrap()];
            let chosen = here.iter().find(|m| m.verb == wanted && dice.roll(2) == 0);
            if let Some(chosen) = chosen.or_else(|| here.get(dice.roll(here.len().max(1)))) {
                verb = chosen.verb;
                actor = *actors.iter().filter(|a| filing.is_party(a)).find(|a| Who::of(a) == chosen.who).unwrap_or(&actor);
            }
        }
        let actor = &actor;
        let command = fitting(&filing, verb, &env, &mut dice);
        if let Ok(event) = filing.decide(actor, &command, &env) {
            filing = filing.apply(&event);
            walk.events.push(event);
            walk.states.push(filing.clone());
        }
    }
    walk
}

fn any_policy() -> impl Strategy<Value = Policy> {
    proptest::sample::select(policies())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_offered_is_accepted_and_what_is_not_offered_is_refused(seed: u64, policy in any_policy()) {
        walk(seed, &policy, 120, |filing, env, dice| {
            for actor in actors() {
                let offers = filing.offers(&actor, env);
                for verb in BUTTONS {
                    let command = fitting(filing, verb, env, dice);
                    let decided = filing.decide(&actor, &command, env);
                    let offered = offers.iter().find(|(v, _)| *v == verb);
                    match (offered, &decided) {
                        (Some((_, None)), Ok(_)) | (None, Err(_)) => {}
                        (Some((_, Some(why))), Err(refusal)) => assert_eq!(why, refusal, "{verb:?} by {actor:?}"),
                        other => panic!("{verb:?} by {actor:?} at {:?}: {other:?}", filing.status),
                    }
                }
                assert!(offers.iter().all(|(verb, _)| BUTTONS.contains(verb)));
            }
        });
    }

    #[test]
    fn the_journal_folds_to_the_state_also_after_a_journey_as_json(seed: u64, policy in any_policy()) {
        let walk = walk(seed, &policy, 200, |_, _, _| {});
        let last = walk.states.last().unwrap();
        prop_assert_eq!(Filing::fold(last.id, &walk.events), Some(last.clone()));
        let told: Vec<Event> = walk
            .events
            .iter()
            .map(|event| serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap())
            .collect();
        prop_assert_eq!(Filing::fold(last.id, &told), Some(last.clone()));
    }

    #[test]
    fn every_event_is_a_move_and_follows_the_one_before(seed: u64, policy in any_policy()) {
        let walk = walk(seed, &policy, 200, |_, _, _| {});
        for (event, n) in walk.events.iter().zip(1..) {
            prop_assert_eq!(event.seq, n);
            let who = Who::of(&event.by);
            let known = |m: &&Move| (m.verb, m.from, m.to, m.who) == (event.verb, event.from, event.to, who);
            prop_assert!(MOVES.iter().find(known).is_some(), "{:?}", event);
        }
        for pair in walk.events.windows(2) {
            prop_assert_eq!(pair[1].from, Some(pair[0].to));
        }
    }

    #[test]
    fn what_hangs_on_a_status_is_there_only_with_it(seed: u64, policy in any_policy()) {
        for filing in walk(seed, &policy, 200, |_, _, _| {}).states {
            use Status::*;
            let s = filing.status;
            prop_assert!(filing.claimed_by.is_none() || matches!(s, ProviderReview | BureauReview));
            prop_assert!(filing.held_at.is_none() || s == BureauReview);
            prop_assert!(filing.first_approval.is_none() || s == BureauReview || s == Approved);
            prop_assert!(s != SmsPending || filing.is_confirming());
            prop_assert!(matches!(s, SmsPending | BureauReview | Approved) || filing.sms.is_none());
            prop_assert!(matches!(s, Draft | Expired | Discarded) || (filing.provider.is_some() && filing.province.is_some()));
            prop_assert!(filing.failed_rounds <= policy.sms_rounds);
        }
    }
}

#[test]
fn every_move_is_walked_and_no_other_is() {
    let mut walked = BTreeSet::new();
    let told = |verb: Verb, from: Option<Status>, to: Status, who: Who| {
        format!("{} {} {} {}", verb.name(), from.map_or("-", Status::name), to.name(), who.name())
    };
    for (policy, seed) in policies().iter().zip(0..) {
        for n in 0..40 {
            for event in walk(seed * 1000 + n, policy, 250, |_, _, _| {}).events {
                walked.insert(told(event.verb, event.from, event.to, Who::of(&event.by)));
            }
        }
    }
    let moves: BTreeSet<_> = MOVES.iter().map(|m| told(m.verb, m.from, m.to, m.who)).collect();
    assert_eq!(moves.len(), MOVES.len(), "a move is written twice");
    assert_eq!(walked, moves);
}

#[test]
fn nothing_moves_a_filing_that_has_ended() {
    for (policy, seed) in policies().iter().zip(0..) {
        walk(seed, policy, 300, |filing, env, dice| {
            if filing.status.is_final() {
                for actor in actors() {
                    assert_eq!(filing.offers(&actor, env), []);
                    for verb in Verb::ALL {
                        assert!(filing.decide(&actor, &fitting(filing, verb, env, dice), env).is_err());
                    }
                }
            }
        });
    }
}

#[test]
fn who_is_no_party_is_refused_everything() {
    for (policy, seed) in policies().iter().zip(0..) {
        walk(seed, policy, 100, |filing, env, dice| {
            for n in [1, 4, 7] {
                let actor = actors()[n];
                for verb in Verb::ALL {
                    let refused = filing.decide(&actor, &fitting(filing, verb, env, dice), env);
                    assert_eq!(refused, Err(Refusal::NotYours), "{verb:?} by {actor:?}");
                }
            }
        });
    }
}

#[test]
fn the_committed_diagram_and_matrix_are_those_of_the_moves() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/state-machine.md");
    let now = papers();
    if std::env::var_os("BEIAN_WRITE_DOCS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, now, "docs/state-machine.md is stale: run this test with BEIAN_WRITE_DOCS=1");
}

/// The diagram and the matrix role × verb × status, from `MOVES`.
fn papers() -> String {
    use std::fmt::Write;
    let mut out = String::from(
        "# The state machine of a filing\n\n\
         Written from `domain::filing::MOVES` by a test; do not edit. To write it anew:\n\
         `BEIAN_WRITE_DOCS=1 cargo test -p domain the_committed_diagram`.\n\n\
         Verbs in brackets leave the status as it is.\n\n```mermaid\nstateDiagram-v2\n",
    );
    for to in Status::ALL {
        for from in std::iter::once(None).chain(Status::ALL.map(Some)) {
            if from == Some(to) {
                continue;
            }
            let verbs: BTreeSet<_> = MOVES.iter().filter(|m| m.from == from && m.to == to).map(|m| m.verb).collect();
            if !verbs.is_empty() {
                let names = verbs.iter().map(|v| v.name()).collect::<Vec<_>>().join(", ");
                writeln!(out, "    {} --> {}: {names}", from.map_or("[*]", Status::name), to.name()).unwrap();
            }
        }
    }
    for status in Status::ALL.into_iter().filter(|s| s.is_final()) {
        writeln!(out, "    {} --> [*]", status.name()).unwrap();
    }
    out.push_str("```\n\n## Who may do what, and where\n");
    for who in Who::ALL {
        writeln!(out, "\n### {}\n", who.name()).unwrap();
        let own: Vec<_> = MOVES.iter().filter(|m| m.who == who).collect();
        let statuses: Vec<_> = Status::ALL.into_iter().filter(|s| own.iter().any(|m| m.from == Some(*s))).collect();
        writeln!(out, "| verb | begins | {} |", statuses.iter().map(|s| s.name()).collect::<Vec<_>>().join(" | ")).unwrap();
        writeln!(out, "|---|{}", "---|".repeat(statuses.len() + 1)).unwrap();
        for verb in Verb::ALL.into_iter().filter(|v| own.iter().any(|m| m.verb == *v)) {
            let cell = |from: Option<Status>| {
                let to: Vec<_> = own.iter().filter(|m| m.verb == verb && m.from == from).collect();
                let names: Vec<_> = to
                    .iter()
                    .map(|m| if m.from == Some(m.to) { format!("({})", verb.name()) } else { format!("→ {}", m.to.name()) })
                    .collect();
                names.join(", ")
            };
            let cells: Vec<_> = statuses.iter().map(|s| cell(Some(*s))).collect();
            writeln!(out, "| {} | {} | {} |", verb.name(), cell(None), cells.join(" | ")).unwrap();
        }
    }
    out
}
