//! The rules by which proposals are accepted, queued or dropped, what they did, and the votes of citizens.

use diesel::prelude::*;
use diesel::upsert::excluded;
use rustine_domain::ids::PatchId;
use rustine_domain::time::Timestamp;

use crate::StoreError;
use crate::columns::Col;
use crate::schema::{patch_votes, patches, rule_drops, rule_settings, rule_uses, rules};
use crate::tx::{Tx, each};

/// A rule; its words are the app's.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rules)]
pub struct RuleRecord {
    /// Its number; 0 before it is stored.
    pub id: i64,
    /// Whose proposals it is about: a dataset of ours.
    pub dataset: i64,
    /// The field; `None` for all, and for whole rows.
    pub field: Option<String>,
    /// Which senders.
    pub sender: String,
    /// Which peer, group or role.
    pub who: Option<String>,
    /// `accept`, `queue` or `drop`.
    pub outcome: String,
    /// Operations that it accepts in 24 hours.
    pub daily_ops: i64,
    /// Rows that it accepts in 24 hours, in percent.
    pub daily_percent: i64,
    /// When it was made.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub created: Timestamp,
}

/// What holds on a dataset beside its rules.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rule_settings)]
pub struct RuleSettingsRecord {
    /// Whose.
    pub dataset: i64,
    /// A sender is new until so many proposals were accepted.
    pub quarantine: i64,
    /// Proposals of one account that may wait; `None`: as everywhere.
    pub pending_per_actor: Option<i64>,
    /// Proposals of one instance that may wait; `None`: as everywhere.
    pub pending_per_instance: Option<i64>,
    /// Whether citizens vote.
    pub votes_on: bool,
    /// So many in favour accept.
    pub votes_for: i64,
    /// With at most so many against.
    pub votes_against: i64,
    /// After so many days.
    pub votes_days: i64,
    /// So many in favour accept at once.
    pub votes_force: i64,
}

/// What a rule, or votes, accepted.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rule_uses)]
pub struct RuleUseRecord {
    /// The proposal.
    #[diesel(deserialize_as = Col<PatchId>)]
    pub patch: PatchId,
    /// Its dataset.
    pub dataset: i64,
    /// The instance that it came from.
    pub host: String,
    /// The rule; 0 for votes.
    pub rule: i64,
    /// How many operations.
    pub operations: i64,
    /// How many rows.
    pub touched: i64,
    /// When.
    #[diesel(deserialize_as = Col<Timestamp>)]
    pub at: Timestamp,
}

impl Tx<'_> {
    /// The rules of a dataset, the oldest first.
    pub fn list_rules(&mut self, dataset: i64) -> Result<Vec<RuleRecord>, StoreError> {
        each!(self, |c| rules::table
            .filter(rules::dataset.eq(dataset))
            .order(rules::id)
            .select(RuleRecord::as_select())
            .load(c))
    }

    /// The rules of all datasets about senders of one kind, the oldest first.
    pub fn list_rules_about(
        &mut self,
        sender: &str,
        who: &str,
    ) -> Result<Vec<RuleRecord>, StoreError> {
        each!(self, |c| rules::table
            .filter(rules::sender.eq(sender))
            .filter(rules::who.eq(who))
            .order(rules::id)
            .select(RuleRecord::as_select())
            .load(c))
    }

    /// Adds a rule and returns its number: one that no rule has had of which something is kept.
    pub fn insert_rule(&mut self, rule: &RuleRecord) -> Result<i64, StoreError> {
        let held: Option<i64> = each!(self, |c| rules::table
            .select(diesel::dsl::max(rules::id))
            .get_result(c))?;
        let used: Option<i64> = each!(self, |c| rule_uses::table
            .select(diesel::dsl::max(rule_uses::rule))
            .get_result(c))?;
        let dropped: Option<i64> = each!(self, |c| rule_drops::table
            .select(diesel::dsl::max(rule_drops::rule))
            .get_result(c))?;
        let last = held.max(used).max(dropped).unwrap_or(0);
        each!(self, |c| diesel::insert_into(rules::table)
            .values((
                rules::id.eq(last + 1),
                rules::dataset.eq(rule.dataset),
                rules::field.eq(rule.field.as_deref()),
                rules::sender.eq(&rule.sender),
                rules::who.eq(rule.who.as_deref()),
                rules::outcome.eq(&rule.outcome),
                rules::daily_ops.eq(rule.daily_ops),
                rules::daily_percent.eq(rule.daily_percent),
                rules::created.eq(rule.created.seconds()),
            ))
            .returning(rules::id)
            .get_result(c))
    }

    /// Removes a rule; true where there was one.
    pub fn delete_rule(&mut self, dataset: i64, id: i64) -> Result<bool, StoreError> {
        let rule = rules::table.find(id).filter(rules::dataset.eq(dataset));
        Ok(each!(self, |c| diesel::delete(rule).execute(c))? > 0)
    }

    /// What holds beside the rules; `None` while nothing was changed.
    pub fn find_rule_settings(
        &mut self,
        dataset: i64,
    ) -> Result<Option<RuleSettingsRecord>, StoreError> {
        each!(self, |c| rule_settings::table
            .find(dataset)
            .select(RuleSettingsRecord::as_select())
            .get_result(c)
            .optional())
    }

    /// Writes what holds beside the rules.
    pub fn put_rule_settings(&mut self, record: &RuleSettingsRecord) -> Result<(), StoreError> {
        let values = (
            rule_settings::quarantine.eq(record.quarantine),
            rule_settings::pending_per_actor.eq(record.pending_per_actor),
            rule_settings::pending_per_instance.eq(record.pending_per_instance),
            rule_settings::votes_on.eq(record.votes_on),
            rule_settings::votes_for.eq(record.votes_for),
            rule_settings::votes_against.eq(record.votes_against),
            rule_settings::votes_days.eq(record.votes_days),
            rule_settings::votes_force.eq(record.votes_force),
        );
        each!(self, |c| diesel::insert_into(rule_settings::table)
            .values((rule_settings::dataset.eq(record.dataset), values))
            .on_conflict(rule_settings::dataset)
            .do_update()
            .set(values)
            .execute(c))?;
        Ok(())
    }

    /// The datasets on which citizens vote.
    pub fn list_voting_datasets(&mut self) -> Result<Vec<i64>, StoreError> {
        each!(self, |c| rule_settings::table
            .filter(rule_settings::votes_on.eq(true))
            .select(rule_settings::dataset)
            .order(rule_settings::dataset)
            .load(c))
    }

    /// Notes that a rule, or votes, accepted a proposal.
    pub fn insert_rule_use(&mut self, used: &RuleUseRecord) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(rule_uses::table)
            .values((
                rule_uses::patch.eq(used.patch.to_string()),
                rule_uses::dataset.eq(used.dataset),
                rule_uses::host.eq(&used.host),
                rule_uses::rule.eq(used.rule),
                rule_uses::operations.eq(used.operations),
                rule_uses::touched.eq(used.touched),
                rule_uses::at.eq(used.at.seconds()),
            ))
            .execute(c))?;
        Ok(())
    }

    /// What rules accepted on a dataset after a time: from one instance, or from all.
    pub fn list_rule_uses(
        &mut self,
        dataset: i64,
        host: Option<&str>,
        after: Timestamp,
    ) -> Result<Vec<RuleUseRecord>, StoreError> {
        each!(self, |c| {
            let mut query = rule_uses::table
                .filter(rule_uses::dataset.eq(dataset))
                .filter(rule_uses::at.gt(after.seconds()))
                .select(RuleUseRecord::as_select())
                .into_boxed();
            if let Some(host) = host {
                query = query.filter(rule_uses::host.eq(host.to_owned()));
            }
            query.order((rule_uses::at, rule_uses::patch)).load(c)
        })
    }

    /// Of these proposals, those that a rule or votes accepted.
    pub fn list_ruled(&mut self, ids: &[PatchId]) -> Result<Vec<PatchId>, StoreError> {
        let mut found = Vec::new();
        for ids in ids.chunks(500) {
            let ids: Vec<String> = ids.iter().map(PatchId::to_string).collect();
            let page: Vec<String> = each!(self, |c| rule_uses::table
                .filter(rule_uses::patch.eq_any(ids))
                .select(rule_uses::patch)
                .load(c))?;
            found.extend(page.iter().filter_map(|id| id.parse::<PatchId>().ok()));
        }
        Ok(found)
    }

    /// How many proposals of a sender rules or votes accepted: of an actor, or of the visitors of an instance.
    pub fn count_ruled(
        &mut self,
        host: &str,
        proposer: Option<&str>,
        before: Timestamp,
    ) -> Result<i64, StoreError> {
        each!(self, |c| {
            let mut query = rule_uses::table
                .inner_join(patches::table)
                .filter(patches::proposer_host.eq(host.to_owned()))
                .filter(patches::created.lt(before.seconds()))
                .count()
                .into_boxed();
            query = match proposer {
                Some(proposer) => query.filter(patches::proposer.eq(proposer.to_owned())),
                None => query.filter(patches::proposer.is_null()),
            };
            query.get_result(c)
        })
    }

    /// Counts something that a rule dropped, and says how many of that instance it dropped on that day before.
    pub fn count_rule_drop(
        &mut self,
        dataset: i64,
        rule: i64,
        host: &str,
        day: i64,
    ) -> Result<i64, StoreError> {
        let key = (dataset, rule, host.to_owned(), day);
        let known: Option<i64> = each!(self, |c| rule_drops::table
            .find(key.clone())
            .select(rule_drops::dropped)
            .get_result(c)
            .optional())?;
        let before = known.unwrap_or(0);
        each!(self, |c| diesel::insert_into(rule_drops::table)
            .values((
                rule_drops::dataset.eq(dataset),
                rule_drops::rule.eq(rule),
                rule_drops::host.eq(host),
                rule_drops::day.eq(day),
                rule_drops::dropped.eq(1),
            ))
            .on_conflict((
                rule_drops::dataset,
                rule_drops::rule,
                rule_drops::host,
                rule_drops::day
            ))
            .do_update()
            .set(rule_drops::dropped.eq(before + 1))
            .execute(c))?;
        Ok(before)
    }

    /// What each rule dropped since a day: rule and number.
    pub fn list_rule_drops(
        &mut self,
        dataset: i64,
        since_day: i64,
    ) -> Result<Vec<(i64, i64)>, StoreError> {
        each!(self, |c| rule_drops::table
            .filter(rule_drops::dataset.eq(dataset))
            .filter(rule_drops::day.ge(since_day))
            .select((rule_drops::rule, rule_drops::dropped))
            .order((rule_drops::rule, rule_drops::day))
            .load(c))
    }

    /// Forgets what was dropped before a day.
    pub fn delete_rule_drops_before(&mut self, day: i64) -> Result<(), StoreError> {
        each!(self, |c| diesel::delete(
            rule_drops::table.filter(rule_drops::day.lt(day))
        )
        .execute(c))?;
        Ok(())
    }

    /// Somebody votes on a proposal; a later vote replaces the earlier one.
    pub fn put_vote(
        &mut self,
        patch: PatchId,
        voter: i64,
        agrees: bool,
        created: Timestamp,
    ) -> Result<(), StoreError> {
        each!(self, |c| diesel::insert_into(patch_votes::table)
            .values((
                patch_votes::patch.eq(patch.to_string()),
                patch_votes::voter.eq(voter),
                patch_votes::agrees.eq(agrees),
                patch_votes::created.eq(created.seconds()),
            ))
            .on_conflict((patch_votes::patch, patch_votes::voter))
            .do_update()
            .set((
                patch_votes::agrees.eq(excluded(patch_votes::agrees)),
                patch_votes::created.eq(excluded(patch_votes::created)),
            ))
            .execute(c))?;
        Ok(())
    }

    /// The votes on a proposal: who, and whether they agree.
    pub fn list_votes(&mut self, patch: PatchId) -> Result<Vec<(i64, bool)>, StoreError> {
        each!(self, |c| patch_votes::table
            .filter(patch_votes::patch.eq(patch.to_string()))
            .select((patch_votes::voter, patch_votes::agrees))
            .order(patch_votes::voter)
            .load(c))
    }

    /// The proposals of a dataset that wait and were voted on.
    pub fn list_voted_patches(&mut self, dataset: i64) -> Result<Vec<PatchId>, StoreError> {
        let voted = patch_votes::table.select(patch_votes::patch);
        let ids: Vec<String> = each!(self, |c| patches::table
            .filter(patches::dataset.eq(dataset))
            .filter(patches::direction.eq("in"))
            .filter(patches::status.eq("pending"))
            .filter(patches::id.eq_any(voted))
            .select(patches::id)
            .order((patches::created, patches::id))
            .load(c))?;
        Ok(ids.iter().filter_map(|id| id.parse().ok()).collect())
    }
}
