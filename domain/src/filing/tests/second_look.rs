//! Four eyes 复审: where policy wants a second reviewer, no number is issued by one person.

use super::*;

fn reviewer(n: u128) -> Actor {
    Actor::Bureau { user: UserId(Uuid::from_u128(n)), province: PROVINCE, role: Role::Reviewer }
}

fn two() -> Policy {
    Policy { second_reviewer: true, sms_stage: SmsStage::None, ..Policy::national() }
}

/// A filing at the bureau, after these commands of reviewers.
fn at_bureau(policy: &Policy, commands: &[(Actor, Command)]) -> Result<Filing, Refusal> {
    let calendar = Calendar::published();
    let env = Env { now: datetime!(2026-03-02 09:30 +8), policy, calendar: &calendar };
    let note = Uuid::from_u128(7);
    let clerk = Actor::Provider { user: UserId(Uuid::from_u128(11)), provider: PROVIDER, role: Role::ProviderClerk };
    let way = [
        (Actor::Registrant { user: OWNER }, Command::Submit { province: PROVINCE, provider: PROVIDER, leave: false }),
        (clerk, Command::Pass { note, confirmations: Vec::new() }),
    ];
    let (_, filing) = Filing::create(FilingId(Uuid::from_u128(9)), OWNER, env.now);
    way.iter().chain(commands).try_fold(filing, |filing, (actor, command)| {
        let event = filing.decide(actor, command, &env)?;
        Ok(filing.apply(&event))
    })
}

fn approve() -> Command {
    Command::Approve { note: Uuid::from_u128(7) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn behind_a_number_stand_two_persons(seed: u64, policy in any_policy()) {
        prop_assume!(policy.second_reviewer);
        let walk = walk(seed, &policy, 250, |_, _, _| {});
        for (at, event) in walk.events.iter().enumerate().filter(|(_, event)| event.to == Status::Approved) {
            // The last word on a proposal before the number: that it was made, and by somebody else.
            let word = walk.events[..at].iter().rev().find(|event| {
                matches!(event.fact, Fact::FirstApproval { .. } | Fact::SentBack { .. })
                    || event.verb == Verb::Retract
                    || event.from != Some(event.to)
            });
            match word.map(|event| &event.fact) {
                Some(Fact::FirstApproval { reviewer, .. }) => prop_assert_ne!(Some(*reviewer), event.by.user()),
                other => prop_assert!(false, "no proposal stood: {:?}", other),
            }
        }
    }

    #[test]
    fn who_proposed_can_do_nothing_but_take_it_back(seed: u64, policy in any_policy()) {
        walk(seed, &policy, 150, |filing, env, _| {
            let Some(first) = filing.second_look(env.policy) else { return };
            let proposer = actors().into_iter().find(|actor| actor.user() == Some(first)).unwrap();
            for (verb, refusal) in filing.offers(&proposer, env) {
                match verb {
                    Verb::Retract => assert_eq!(refusal, None),
                    Verb::Release | Verb::HandOver => assert!(refusal.is_some(), "{verb:?}"),
                    _ => assert_eq!(refusal, Some(Refusal::SameReviewer), "{verb:?}"),
                }
            }
        });
    }
}

#[test]
fn a_proposal_is_confirmed_sent_back_or_taken_back() {
    let (first, second) = (reviewer(21), reviewer(22));
    let policy = two();
    let proposed = at_bureau(&policy, &[(first, Command::Claim), (first, approve())]).unwrap();
    assert_eq!((proposed.second_look(&policy), proposed.claimed_by), (first.user(), None));
    assert_eq!(proposed.second_look(&Policy::national()), None);

    let end = at_bureau(&policy, &[(first, approve()), (second, Command::Claim), (second, approve())]).unwrap();
    assert_eq!(end.status, Status::Approved);

    let note = Uuid::from_u128(8);
    let back = |colleagues| (second, Command::SendBack { note, colleagues });
    let returned = at_bureau(
        &policy,
        &[(first, approve()), (second, Command::Claim), back(vec![first.user().unwrap(), UserId(Uuid::from_u128(23))])],
    )
    .unwrap();
    assert_eq!((returned.first_approval, returned.claimed_by), (None, first.user()), "it is the first reviewer's again");
    let queued = at_bureau(&policy, &[(first, approve()), back(vec![UserId(Uuid::from_u128(23))])]).unwrap();
    assert_eq!((queued.first_approval, queued.claimed_by), (None, None), "who is gone gets no case");

    // Also while the second look is under way.
    let taken = at_bureau(&policy, &[(first, approve()), (second, Command::Claim), (first, Command::Retract)]).unwrap();
    assert_eq!((taken.first_approval, taken.claimed_by), (None, first.user()));
    let again = at_bureau(&policy, &[(first, approve()), (first, Command::Retract), (first, approve())]).unwrap();
    assert_eq!(again.first_approval, first.user());
}

#[test]
fn a_second_look_never_comes_to_the_first_reviewer() {
    let (first, second) = (reviewer(21), reviewer(22));
    let policy = two();
    let hand_over = Command::HandOver { to: first.user().unwrap() };
    let handed = at_bureau(&policy, &[(first, approve()), (second, Command::Claim), (second, hand_over)]);
    assert_eq!(handed, Err(Refusal::SameReviewer));
    for command in
        [approve(), Command::Claim, Command::Refuse { note: Uuid::nil(), reasons: 1 }, Command::Stop { note: Uuid::nil() }]
    {
        assert_eq!(at_bureau(&policy, &[(first, approve()), (first, command)]), Err(Refusal::SameReviewer));
    }
    assert_eq!(at_bureau(&policy, &[(first, approve()), (second, Command::Retract)]), Err(Refusal::NoProposal));
    assert_eq!(
        at_bureau(&policy, &[(second, Command::SendBack { note: Uuid::nil(), colleagues: Vec::new() })]),
        Err(Refusal::NoProposal)
    );
    // A refusal takes one person: it can be answered, a number cannot be taken back.
    let refused = at_bureau(&policy, &[(first, approve()), (second, Command::Refuse { note: Uuid::nil(), reasons: 1 })]);
    assert_eq!(refused.unwrap().status, Status::BureauRefused);
}

#[test]
fn a_policy_that_wants_one_reviewer_again_lets_anybody_finish() {
    let first = reviewer(21);
    let proposed = at_bureau(&two(), &[(first, approve())]).unwrap();
    let one = Policy { second_reviewer: false, ..two() };
    let calendar = Calendar::published();
    let env = Env { now: datetime!(2026-03-03 09:30 +8), policy: &one, calendar: &calendar };
    assert_eq!(proposed.decide(&first, &approve(), &env).unwrap().to, Status::Approved);
}
