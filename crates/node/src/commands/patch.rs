//! `rustine patch …`

use std::path::Path;

use anyhow::{Context as _, bail};
use rustine_app::App;
use rustine_app::accounts::{Person, account};
use rustine_app::datasets::find::{address, find};
use rustine_app::log::append::schema_of;
use rustine_app::patches::answers::op_count;
use rustine_app::patches::decide::{self, Decision, amended_ops};
use rustine_app::patches::propose::{Proposal, ProposedOp, Proposer, propose};
use rustine_app::patches::withdraw::{Proof, withdraw};
use rustine_app::patches::{list, ops_of};
use rustine_app::reviews::cast;
use rustine_domain::ids::{ActorName, FieldName, PatchId, RowId};
use rustine_domain::patch::Reason;
use rustine_domain::schema::Schema;
use rustine_store::{DatasetRecord, PatchRecord};
use serde_json::{Value, json};

use crate::cli::{FieldValue, Patch, Propose};
use crate::output::Answer;

/// Most patches that `list` shows.
const LISTED: i64 = 1000;

/// Proposes, lists, shows, decides and withdraws.
pub fn run(data: &Path, command: &Patch) -> anyhow::Result<Answer> {
    let signing = match command {
        Patch::Accept { .. } | Patch::Amend { .. } => Some(super::signing::open(data)?),
        _ => None,
    };
    let app = match &signing {
        Some(signing) => signing.app().clone(),
        None => super::open(data)?,
    };
    match command {
        Patch::Propose(options) => propose_one(&app, options),
        Patch::List { dataset, status } => {
            let patches = list::list(&app, dataset.as_ref(), status.as_deref(), LISTED)?;
            let lines: Vec<String> = patches
                .iter()
                .map(|(patch, dataset)| line(patch, dataset))
                .collect();
            let json = patches
                .iter()
                .map(|(patch, dataset)| shown(patch, dataset))
                .collect::<anyhow::Result<Vec<_>>>()?;
            Ok(Answer::done(json!({"patches": json}), lines.join("\n")))
        }
        Patch::Show { id } => show(&app, *id),
        Patch::Accept { id, user } => decide_one(&app, *id, user.as_ref(), &Decision::Accept),
        Patch::Refuse { id, reason, user } => {
            let reason = Reason::new(reason).with_context(|| {
                format!("--reason needs 1 to {} characters", Reason::MAX_CHARACTERS)
            })?;
            decide_one(&app, *id, user.as_ref(), &Decision::Refuse(reason))
        }
        Patch::Amend {
            id,
            set,
            leave_out,
            user,
        } => {
            let (patch, dataset) = load(&app, *id)?;
            let schema = schema_of(&dataset)?;
            let corrections = set
                .iter()
                .map(|pair| field_value(&schema, pair))
                .collect::<anyhow::Result<Vec<_>>>()?;
            let ops = amended_ops(&ops_of(&patch)?, &corrections).map_err(|field| {
                anyhow::anyhow!("the proposal does not touch the field {field}")
            })?;
            // People count from 1, as `patch show` prints the operations.
            let places = leave_out.iter().map(|number| number.get() - 1).collect();
            let ops = decide::without(ops, &places).map_err(|place| {
                anyhow::anyhow!(
                    "the proposal has no operation {}: `rustine patch show` lists them",
                    place + 1
                )
            })?;
            decide_one(&app, *id, user.as_ref(), &Decision::Amend(ops))
        }
        Patch::Withdraw { id, user } => {
            let person = person(&app, user.as_ref())?;
            withdraw(&app, &Proof::Person(*id, person))?;
            Ok(Answer::done(
                json!({"id": id, "status": "withdrawn"}),
                "The proposal was withdrawn.",
            ))
        }
    }
}

fn person(app: &App, user: Option<&ActorName>) -> anyhow::Result<Person> {
    Ok(account::person(app, user)?)
}

fn load(app: &App, id: PatchId) -> anyhow::Result<(PatchRecord, DatasetRecord)> {
    list::show(app, id)?.with_context(|| {
        format!("no proposal {id} on this instance: `rustine patch list` shows them")
    })
}

fn decide_one(
    app: &App,
    id: PatchId,
    user: Option<&ActorName>,
    decision: &Decision,
) -> anyhow::Result<Answer> {
    let person = person(app, user)?;
    let decided = decide::decide(app, id, &person, decision)?;
    let json = json!({"id": id, "status": decided.status.as_str(), "seq": decided.seq});
    Ok(Answer::done(
        json,
        match decided.status.is_final() {
            true => format!("The proposal is {}.", decided.status.as_str()),
            // Her word is one among several, or somebody elsewhere decides.
            false => "Your review is signed; the proposal waits for those of others.".to_owned(),
        },
    ))
}

fn show(app: &App, id: PatchId) -> anyhow::Result<Answer> {
    let (patch, dataset) = load(app, id)?;
    let mut json = shown(&patch, &dataset)?;
    let ops: Value =
        serde_json::from_str(&patch.ops).context("the stored operations are damaged")?;
    json["operations"] = ops;
    json["summary"] = json!(patch.summary);
    json["reason"] = json!(patch.reason);
    json["proposer"] = json!(patch.proposer);
    json["seq"] = json!(patch.result_seq);
    let reviews = cast::list(app, id)?;
    let each = reviews.iter().map(|review| {
        let corrections = review.amended.as_deref().map(serde_json::from_str::<Value>);
        json!({"reviewer": review.reviewer, "verdict": review.verdict, "content": review.content, "void": review.void,
               "corrections": corrections.and_then(Result::ok)})
    });
    json["reviews"] = each.collect();
    let said: String = reviews
        .iter()
        .map(|review| {
            let void = review
                .void
                .as_ref()
                .map(|why| format!(" (does not count: {why})"));
            let corrected = review.amended.as_ref().map(|ops| format!(", with {ops}"));
            format!(
                "{} by {}{}{}\n",
                review.verdict,
                review.reviewer,
                corrected.unwrap_or_default(),
                void.unwrap_or_default()
            )
        })
        .collect();
    let reason = patch
        .reason
        .as_deref()
        .map(|reason| format!("Reason: {reason}\n"))
        .unwrap_or_default();
    let text = format!(
        "{}\n{reason}{said}{}",
        line(&patch, &dataset),
        serde_json::to_string_pretty(&json["operations"])?
    );
    Ok(Answer::done(json, text))
}

fn shown(patch: &PatchRecord, dataset: &DatasetRecord) -> anyhow::Result<Value> {
    Ok(json!({
        "id": patch.id,
        "dataset": address(dataset),
        "status": patch.status,
        "origin": patch.proposer_host,
        "direction": patch.direction,
        "ops": op_count(patch)?,
        "created": patch.created,
    }))
}

fn line(patch: &PatchRecord, dataset: &DatasetRecord) -> String {
    let summary = patch.summary.as_deref().unwrap_or_default();
    format!(
        "{}  {:<9}  {:<24}  {}  {summary}",
        patch.id,
        patch.status,
        address(dataset),
        patch.proposer_host
    )
}

fn propose_one(app: &App, options: &Propose) -> anyhow::Result<Answer> {
    let dataset = app.db.read(|tx| find(app, tx, &options.dataset))?;
    let schema = schema_of(&dataset)?;
    let ops = match &options.from {
        Some(file) => rustine_app::datasets::import::differences(app, &dataset, file)?,
        None => typed_ops(app, &dataset, &schema, options)?,
    };
    let by = match &options.user {
        Some(name) => Proposer::Person(person(app, Some(name))?),
        None => Proposer::Visitor(std::net::Ipv4Addr::LOCALHOST.into()),
    };
    let proposal = Proposal {
        dataset: options.dataset.clone(),
        ops,
        summary: options.summary.clone(),
        name: None,
        email: None,
        by,
    };
    let proposed = propose(app, &proposal)?;
    let url = app.url(&format!("/suivi/{}", proposed.token));
    let place = proposed
        .waiting_at
        .map_or_else(String::new, |host| format!(" at {host}"));
    let text = format!(
        "Proposed as {}; it waits for a decision{place}.\nPrivate status page: {url}",
        proposed.id
    );
    Ok(Answer::done(
        json!({"id": proposed.id, "status_url": url, "status": proposed.status.as_str()}),
        text,
    ))
}

fn typed_ops(
    app: &App,
    dataset: &DatasetRecord,
    schema: &Schema,
    options: &Propose,
) -> anyhow::Result<Vec<ProposedOp>> {
    if !options.add.is_empty() {
        let cells = options
            .add
            .iter()
            .map(|pair| field_value(schema, pair))
            .collect::<anyhow::Result<_>>()?;
        return Ok(vec![ProposedOp::Add { cells }]);
    }
    let row = match (&options.row, &options.find) {
        (Some(row), _) => *row,
        (None, Some(pair)) => only_row(app, dataset, schema, pair)?,
        (None, None) => bail!(
            "say which row: --row ID or --where FIELD=VALUE; or --add FIELD=VALUE for a new one"
        ),
    };
    if options.delete {
        return Ok(vec![ProposedOp::Del { row, base: None }]);
    }
    if options.set.is_empty() {
        bail!("say what to change: --set FIELD=VALUE, or --delete");
    }
    options
        .set
        .iter()
        .map(|pair| {
            let (field, value) = field_value(schema, pair)?;
            Ok(ProposedOp::Set {
                row,
                field,
                value: Some(value),
                base: None,
            })
        })
        .collect()
}

fn only_row(
    app: &App,
    dataset: &DatasetRecord,
    schema: &Schema,
    pair: &FieldValue,
) -> anyhow::Result<RowId> {
    let (field, value) = field_value(schema, pair)?;
    let found = app
        .db
        .read(|tx| tx.find_rows_by_values(dataset.id, &[(field.clone(), value.clone())], 2))?;
    match found.as_slice() {
        [row] => Ok(*row),
        [] => bail!("no row has {field}={value}"),
        _ => bail!("more than one row has {field}={value}: use --row ID"),
    }
}

/// A field may be typed by its name or by its title.
fn field_value(schema: &Schema, pair: &FieldValue) -> anyhow::Result<(FieldName, String)> {
    let by_name = schema.field(&pair.field);
    let found = by_name.or_else(|| schema.fields.iter().find(|field| field.title == pair.field));
    match found {
        Some(field) => Ok((field.name.clone(), pair.value.clone())),
        None => {
            let names: Vec<&str> = schema
                .fields
                .iter()
                .map(|field| field.name.as_str())
                .collect();
            bail!(
                "no field {:?}: the fields are {}",
                pair.field,
                names.join(", ")
            )
        }
    }
}
