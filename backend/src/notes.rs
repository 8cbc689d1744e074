//! Opinions and reasons: what provider and bureau say with a decision, sealed, and who may read it.
//!
//! The journal holds only a note's identifier: erasing what was said leaves the journal whole.

use crate::accounts::rows;
use crate::keys::Place;
use crate::{Ctx, Error, Result, Tx};
use domain::actor::Actor;
use domain::codes::opinions;
use domain::filing::Verb;
use domain::id::{FilingId, UserId};
use domain::problem::{Problem, Rule, Section};
use domain::views::desk::DecisionForm;
use domain::views::filings::{NoteView, Preapproval, Reason};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

/// What is sealed.
#[derive(Serialize, Deserialize)]
struct Said {
    code: u16,
    words: String,
    reasons: Vec<Reason>,
    #[serde(default)]
    preapproval: Option<Preapproval>,
}

/// Keeps what was said with a decision; answers the note's identifier, which goes into the event. A verb that has coded
/// opinions is given with one of them (features P3).
pub async fn write(
    ctx: &Ctx,
    tx: &mut Tx<'_>,
    filing: FilingId,
    verb: Verb,
    author: UserId,
    form: &DecisionForm,
) -> Result<Uuid> {
    let code = opinion(verb, form.code.trim())?;
    let id = ctx.new_id();
    let preapproval = match verb {
        Verb::Hold | Verb::Resume => Some(preapproval(ctx, tx, filing, verb, form).await?),
        _ => None,
    };
    let said = Said { code, words: form.words.trim().to_owned(), reasons: form.reasons.clone(), preapproval };
    sqlx::query!(
        "insert into notes (id, filing_id, kind, author_id, sealed, at) values ($1, $2, $3, $4, $5, $6)",
        id,
        filing.0,
        verb.name(),
        author.0,
        ctx.keys.seal(place(id), &serde_json::to_vec(&said)?),
        ctx.clock.now(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(id)
}

/// What was asked of a department, or its answer; whose answer it is stands in what was asked.
async fn preapproval(ctx: &Ctx, tx: &mut Tx<'_>, filing: FilingId, verb: Verb, form: &DecisionForm) -> Result<Preapproval> {
    let department = form.department.trim().to_owned();
    if verb == Verb::Hold {
        return Ok(Preapproval { department, ..Preapproval::default() });
    }
    let asked = sqlx::query!(
        "select id, sealed from notes where filing_id = $1 and kind = 'hold' order by at desc, id desc limit 1",
        filing.0,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let asked: Option<Said> = match asked {
        Some(note) => Some(serde_json::from_slice(&ctx.keys.open(place(note.id), &note.sealed)?)?),
        None => None,
    };
    let asked = asked.and_then(|said| said.preapproval).map(|asked| asked.department);
    Ok(Preapproval {
        department: if department.is_empty() { asked.unwrap_or_default() } else { department },
        number: form.approval_number.trim().to_owned(),
        date: form.approval_date.trim().to_owned(),
        granted: Some(form.granted == "yes"),
    })
}

/// The opinion that a form names: one of its verb's codes.
pub(crate) fn opinion(verb: Verb, code: &str) -> Result<u16> {
    let wrong = |rule| Error::from(Problem::new(Section::Account, "code", rule));
    match (opinions(verb), code) {
        ([], "") => Ok(0),
        (_, "") => Err(wrong(Rule::Required)),
        (codes, code) => codes.iter().copied().find(|c| c.to_string() == code).ok_or_else(|| wrong(Rule::UnknownCode)),
    }
}

/// The notes of a filing that this reader may see, newest first. The caller has checked that it may see the filing.
///
/// The provider's opinion is for the bureau: the registrant does not see it, nor the names of those who decide. What two
/// reviewers say to each other is for their bureau alone.
pub async fn list(ctx: &Ctx, conn: &mut PgConnection, filing: FilingId, reader: &Actor) -> Result<Vec<NoteView>> {
    let for_staff = matches!(reader, Actor::Provider { .. } | Actor::Bureau { .. });
    let for_bureau = matches!(reader, Actor::Bureau { .. });
    let notes = sqlx::query!(
        r#"select n.id, n.kind, n.author_id, n.sealed, n.at, coalesce(p.name, b.name, '') as "house!"
           from notes n left join users u on u.id = n.author_id
           left join providers p on p.id = u.provider_id left join bureaux b on b.province = u.province
           where n.filing_id = $1 and ($2 or n.kind <> 'pass') and ($3 or n.kind <> 'send_back') order by n.at desc, n.id desc"#,
        filing.0,
        for_staff,
        for_bureau,
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut views = Vec::with_capacity(notes.len());
    for note in notes {
        let inconsistent = |column| Error::Inconsistent { table: "notes", column, id: note.id };
        let said: Said = serde_json::from_slice(&ctx.keys.open(place(note.id), &note.sealed)?)?;
        let name = if for_staff { name_of(ctx, conn, UserId(note.author_id)).await? } else { String::new() };
        views.push(NoteView {
            id: note.id,
            verb: Verb::find(&note.kind).ok_or_else(|| inconsistent("kind"))?,
            code: said.code,
            words: said.words,
            reasons: said.reasons,
            preapproval: said.preapproval,
            author: [note.house, name].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" "),
            at: note.at,
        });
    }
    Ok(views)
}

/// The name of somebody of the staff, as colleagues know them; empty for an account that is gone.
pub(crate) async fn name_of(ctx: &Ctx, conn: &mut PgConnection, user: UserId) -> Result<String> {
    Ok(rows::names(ctx, conn, &[user.0]).await?.remove(&user.0).unwrap_or_default())
}

fn place(row: Uuid) -> Place {
    Place { table: "notes", column: "sealed", row, version: 1 }
}
