use super::*;
use domain::filing::Entry;
use domain::id::ProviderId;
use sqlx::PgPool;

const OWNER: UserId = UserId(Uuid::from_u128(1));

async fn owner_and_filing(ctx: &Ctx) -> Filing {
    let sealed = rows::seal(ctx, OWNER.0, 1, "林雨晴", "10000000001", "lin@post.example");
    sqlx::query!(
        "insert into users (id, user_name, category, role, status, contact_name, mobile, email, mobile_index, email_index,
                            password_hash, password_changed_at, created_at, confirmed_at)
         values ($1, 'lin-yuqing', 'registrant', 'registrant', 'active', $2, $3, $4, $5, $6, '', $7, $7, $7)",
        OWNER.0,
        sealed.name,
        sealed.mobile,
        sealed.email,
        sealed.mobile_index,
        sealed.email_index,
        ctx.clock.now(),
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    let (_, filing) = Filing::create(FilingId(ctx.new_id()), OWNER, ctx.clock.now());
    sqlx::query!(
        "insert into filings (id, seq, status, owner_id, entered_at, touched_at, domains) values ($1, 1, 'draft', $2, $3, $3, $4)",
        filing.id.0,
        OWNER.0,
        ctx.clock.now(),
        &["shuxiang.example".to_owned()],
    )
    .execute(&ctx.pool)
    .await
    .unwrap();
    filing
}

fn event(ctx: &Ctx, seq: i32, verb: Verb, from: Status, to: Status, by: Actor) -> Event {
    Event { seq, verb, from: Some(from), to, at: ctx.clock.now(), by, fact: Fact::Plain, entry: None::<Entry> }
}

fn clerk() -> Actor {
    Actor::Provider {
        user: UserId(Uuid::from_u128(3)),
        provider: ProviderId(Uuid::from_u128(10)),
        role: domain::actor::Role::ProviderClerk,
    }
}

async fn tell_of(ctx: &Ctx, filing: &Filing, event: &Event) {
    let mut tx = ctx.begin().await.unwrap();
    notify(ctx, &mut tx, filing, event).await.unwrap();
    tx.commit().await.unwrap();
}

async fn sent(ctx: &Ctx) -> Vec<(String, String)> {
    let rows = sqlx::query!("select channel, template from outbox order by created_at, id").fetch_all(&ctx.pool).await.unwrap();
    rows.into_iter().map(|r| (r.channel, r.template)).collect()
}

#[sqlx::test(migrations = "../migrations")]
async fn a_return_stands_in_the_inbox_and_goes_out_by_mail_and_sms_once(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let filing = owner_and_filing(&ctx).await;
    let owner = Actor::Registrant { user: OWNER };
    let returned = event(&ctx, 3, Verb::Return, Status::ProviderReview, Status::ProviderReturned, clerk());
    tell_of(&ctx, &filing, &returned).await;
    tell_of(&ctx, &filing, &returned).await;
    let told = "filing_returned".to_owned();
    assert_eq!(sent(&ctx).await, [("email".to_owned(), told.clone()), ("sms".to_owned(), told.clone())]);

    let inbox = list(&ctx, &owner, 1).await.unwrap();
    assert_eq!((inbox.unread, inbox.notices.len(), inbox.more), (1, 1, false));
    assert_eq!((inbox.notices[0].template.as_str(), inbox.notices[0].filing), (told.as_str(), Some(filing.id)));
    assert_eq!(inbox.notices[0].params["domain"], "shuxiang.example");
    let stranger = Actor::Registrant { user: UserId(Uuid::from_u128(2)) };
    assert!(list(&ctx, &stranger, 1).await.unwrap().notices.is_empty());
    read(&ctx, &stranger, Some(inbox.notices[0].id)).await.unwrap();
    assert_eq!(unread(&ctx, &owner).await.unwrap(), 1, "a stranger's click reads nothing");
    read(&ctx, &owner, Some(inbox.notices[0].id)).await.unwrap();
    assert_eq!(unread(&ctx, &owner).await.unwrap(), 0);
    assert!(matches!(list(&ctx, &Actor::Anonymous, 1).await, Err(Error::SignedOut)));
}

#[sqlx::test(migrations = "../migrations")]
async fn each_act_on_a_filing_is_told_and_what_one_did_oneself_is_not(pool: PgPool) {
    let ctx = Ctx::for_tests(pool);
    let filing = owner_and_filing(&ctx).await;
    let owner = Actor::Registrant { user: OWNER };
    use Status::*;
    let table = [
        (Verb::Submit, Draft, ProviderReview, owner, None),
        (Verb::Claim, ProviderReview, ProviderReview, clerk(), None),
        (Verb::Correct, ProviderReview, ProviderReview, clerk(), Some("filing_corrected")),
        (Verb::Pass, ProviderReview, SmsPending, clerk(), Some("filing_passed_confirm")),
        (Verb::Pass, ProviderReview, BureauReview, clerk(), Some("filing_passed")),
        (Verb::SendCode, SmsPending, SmsPending, Actor::System, None),
        (Verb::Confirm, SmsPending, SmsPending, Actor::Anonymous, None),
        (Verb::Confirm, SmsPending, BureauReview, Actor::Anonymous, Some("filing_confirmed")),
        (Verb::TimeOut, SmsPending, SmsFailed, Actor::System, Some("filing_confirmation_failed")),
        (Verb::TimeOut, SmsPending, Stopped, Actor::System, Some("filing_stopped")),
        (Verb::Hold, BureauReview, BureauReview, Actor::System, Some("filing_held")),
        (Verb::Resume, BureauReview, BureauReview, Actor::System, Some("filing_resumed")),
        (Verb::Resume, BureauReview, BureauRefused, Actor::System, Some("filing_refused")),
        (Verb::Refuse, BureauReview, BureauRefused, Actor::System, Some("filing_refused")),
        (Verb::Resubmit, BureauRefused, BureauReview, owner, None),
        (Verb::Resubmit, BureauRefused, BureauReview, clerk(), Some("filing_resubmitted")),
        (Verb::Approve, BureauReview, BureauReview, Actor::System, None),
        (Verb::Approve, BureauReview, Approved, Actor::System, Some("filing_approved")),
        (Verb::Stop, BureauReview, Stopped, Actor::System, Some("filing_stopped")),
        (Verb::Withdraw, SmsPending, Draft, owner, None),
        (Verb::Expire, SmsFailed, Expired, Actor::System, Some("filing_expired")),
    ];
    for (seq, (verb, from, to, by, expected)) in (2..).zip(table) {
        tell_of(&ctx, &filing, &event(&ctx, seq, verb, from, to, by)).await;
        let told =
            sqlx::query_scalar!("select template from notices where seq = $1", seq).fetch_optional(&ctx.pool).await.unwrap();
        assert_eq!(told.as_deref(), expected, "{verb:?} {from:?} {to:?}");
    }
}
