//! Which tables may be joined, and by which column.

use super::*;

diesel::joinable!(modlog_copies -> datasets (dataset));
diesel::joinable!(rule_uses -> patches (patch));
diesel::joinable!(sessions -> users (user_id));
diesel::joinable!(api_tokens -> users (user_id));
diesel::joinable!(replica_states -> datasets (dataset));
diesel::joinable!(dataset_aliases -> datasets (dataset));
diesel::joinable!(dataset_roles -> datasets (dataset));
diesel::joinable!(dataset_roles -> users (user_id));
diesel::joinable!(grants -> datasets (dataset));

diesel::allow_tables_to_appear_in_same_query!(
    instance,
    keys,
    users,
    sessions,
    api_tokens,
    leases,
    datasets,
    replica_states,
    dataset_aliases,
    copy_holders,
    successors,
    succession_votes,
    missing,
    headers_beyond,
    replicas,
    entries,
    bodies,
    forks,
    redactions,
    notes,
    rows,
    row_changes,
    tree_pages,
    field_indexes,
    patches,
    patch_digests,
    proposal_looks,
    undone_offers,
    patch_care,
    patch_notes,
    comments,
    inbox,
    outbox,
    remote_actors,
    followers,
    follows,
    peers,
    peer_groups,
    peer_facts,
    peer_datasets,
    peer_wishes,
    replica_heads,
    block_lists,
    block_drafts,
    blocks,
    mails,
    notifications,
    notification_choices,
    digests,
    decision_links,
    totps,
    recovery_codes,
    account_links,
    dataset_roles,
    news,
    modlog,
    modlog_copies,
    rules,
    rule_settings,
    rule_uses,
    rule_drops,
    patch_votes,
    reports,
    grants,
    held_grants,
    reviews,
    remote_queues
);
