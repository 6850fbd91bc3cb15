//! The tables as both engines have them; a test compares this file with each migrated database.
//!
//! Not listed: `rows.search` (PostgreSQL) and the words of `rows_search` (SQLite), which only [`crate::dialect`]
//! and the search module touch.

mod peering;
mod survival;

pub use peering::*;
pub use survival::*;

mod joins;

diesel::table! {
    instance (key) {
        key -> Text,
        value -> Text,
    }
}

diesel::table! {
    keys (owner, kind, public) {
        owner -> Text,
        kind -> Text,
        public -> Text,
        secret -> Nullable<Binary>,
        created -> BigInt,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        disabled -> Bool,
        lang -> Text,
        created -> BigInt,
        confirmed -> Bool,
    }
}

diesel::table! {
    sessions (token_hash) {
        token_hash -> Binary,
        user_id -> BigInt,
        created -> BigInt,
        expires -> BigInt,
        last_seen -> BigInt,
        agent -> Text,
        network -> Text,
    }
}

diesel::table! {
    api_tokens (token_hash) {
        token_hash -> Binary,
        user_id -> BigInt,
        label -> Text,
        created -> BigInt,
        revoked -> Bool,
    }
}

diesel::table! {
    leases (name) {
        name -> Text,
        holder -> Text,
        until_at -> BigInt,
    }
}

diesel::table! {
    datasets (id) {
        id -> BigInt,
        uid -> Text,
        name -> Text,
        host -> Text,
        url -> Text,
        genesis -> Binary,
        seq -> BigInt,
        entry -> Binary,
        state -> Binary,
        chain -> Text,
        schema -> Text,
        schema_hash -> Binary,
        policy -> Nullable<Text>,
        audience -> Text,
        title -> Text,
        license -> Nullable<Text>,
        row_count -> BigInt,
        rows_version -> BigInt,
        status -> Text,
        created -> BigInt,
        updated -> BigInt,
    }
}

diesel::table! {
    replica_states (dataset) {
        dataset -> BigInt,
        state -> Text,
        origin_seq -> Nullable<BigInt>,
        origin_entry -> Nullable<Binary>,
        confirmed_at -> Nullable<BigInt>,
        source -> Nullable<Text>,
        bodies_from -> BigInt,
        cursor -> Nullable<Text>,
        error -> Nullable<Text>,
        updated -> BigInt,
        named_source -> Nullable<Text>,
        log_bytes -> BigInt,
        hinted_seq -> BigInt,
        redact_seq -> BigInt,
        attempted_by -> Text,
        silent_since -> Nullable<BigInt>,
    }
}

diesel::table! {
    missing (id) {
        id -> BigInt,
        dataset -> BigInt,
        seq -> BigInt,
        row_id -> Nullable<Binary>,
        field -> Nullable<Text>,
        commitment -> Nullable<Binary>,
    }
}

diesel::table! {
    headers_beyond (dataset, seq, entry) {
        dataset -> BigInt,
        seq -> BigInt,
        entry -> Binary,
        prev -> Binary,
        header -> Nullable<Text>,
    }
}

diesel::table! {
    replicas (dataset, host) {
        dataset -> BigInt,
        host -> Text,
        actor -> Text,
        inbox -> Text,
        listed -> Bool,
        accepted_at -> BigInt,
    }
}

diesel::table! {
    entries (dataset, seq) {
        dataset -> BigInt,
        seq -> BigInt,
        kind -> Text,
        time -> BigInt,
        header -> Text,
        entry -> Binary,
    }
}

diesel::table! {
    bodies (dataset, seq) {
        dataset -> BigInt,
        seq -> BigInt,
        codec -> SmallInt,
        body -> Binary,
    }
}

diesel::table! {
    forks (dataset, seq, entry) {
        dataset -> BigInt,
        seq -> BigInt,
        entry -> Binary,
        header -> Text,
        source -> Text,
        seen -> BigInt,
    }
}

diesel::table! {
    redactions (id) {
        id -> BigInt,
        dataset -> BigInt,
        commitment -> Nullable<Binary>,
        row_id -> Nullable<Binary>,
        field -> Nullable<Text>,
        meta_seq -> Nullable<BigInt>,
        seq -> BigInt,
    }
}

diesel::table! {
    notes (id) {
        id -> Text,
        dataset -> BigInt,
        content -> Text,
        from_seq -> BigInt,
        to_seq -> BigInt,
        published -> BigInt,
    }
}

diesel::table! {
    rows (id) {
        id -> BigInt,
        dataset -> BigInt,
        row_id -> Binary,
        order_key -> Text,
        bucket -> Integer,
        row_hash -> Binary,
        cells -> Jsonb,
        op_salt -> Nullable<Binary>,
        salts -> Nullable<Jsonb>,
        gone -> Nullable<Jsonb>,
        added_seq -> BigInt,
        lat -> Nullable<Double>,
        lon -> Nullable<Double>,
    }
}

diesel::table! {
    row_changes (dataset, row_id, seq) {
        dataset -> BigInt,
        row_id -> Binary,
        seq -> BigInt,
    }
}

diesel::table! {
    tree_pages (dataset, depth, prefix) {
        dataset -> BigInt,
        depth -> SmallInt,
        prefix -> Integer,
        hashes -> Binary,
    }
}

diesel::table! {
    field_indexes (dataset, field, numeric) {
        dataset -> BigInt,
        field -> Text,
        numeric -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    patches (id) {
        id -> Text,
        dataset -> BigInt,
        uid -> Text,
        direction -> Text,
        status -> Text,
        proposer -> Nullable<Text>,
        proposer_host -> Text,
        visitor -> Nullable<Text>,
        name -> Nullable<Text>,
        email -> Nullable<Text>,
        summary -> Nullable<Text>,
        schema_hash -> Binary,
        nonce -> Nullable<Binary>,
        digest -> Binary,
        // diesel has a module of that name in every table.
        #[sql_name = "ops"]
        operations -> Text,
        applied -> Nullable<Text>,
        reason -> Nullable<Text>,
        report -> Nullable<Text>,
        result_seq -> Nullable<BigInt>,
        result_entry -> Nullable<Binary>,
        created -> BigInt,
        updated -> BigInt,
        decided_at -> Nullable<BigInt>,
        decided_by -> Nullable<Text>,
        token_hash -> Nullable<Binary>,
        offer_id -> Nullable<Text>,
        answer -> Nullable<Text>,
    }
}

diesel::table! {
    proposal_looks (patch) {
        patch -> Text,
        next_at -> BigInt,
        silent -> Integer,
    }
}

diesel::table! {
    patch_digests (dataset, digest) {
        dataset -> BigInt,
        digest -> Binary,
        patch -> Text,
    }
}

diesel::table! {
    undone_offers (offer_id, actor) {
        offer_id -> Text,
        actor -> Text,
        received -> BigInt,
    }
}

diesel::table! {
    patch_care (patch) {
        patch -> Text,
        assignee -> Nullable<BigInt>,
        problem -> Nullable<Text>,
        burst -> Nullable<Text>,
        undoes -> Nullable<Text>,
        added -> Nullable<Text>,
        lang -> Nullable<Text>,
        reminded_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    patch_notes (id) {
        id -> BigInt,
        patch -> Text,
        author -> Nullable<BigInt>,
        content -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    comments (id) {
        arrival -> BigInt,
        id -> Text,
        dataset -> BigInt,
        row_id -> Nullable<Binary>,
        patch -> Nullable<Text>,
        side -> Text,
        author -> Nullable<Text>,
        content -> Text,
        state -> Text,
        object_id -> Nullable<Text>,
        created -> BigInt,
        updated -> BigInt,
    }
}

diesel::table! {
    inbox (id) {
        id -> BigInt,
        activity_id -> Text,
        actor -> Text,
        kind -> Text,
        body -> Nullable<Text>,
        received -> BigInt,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        error -> Nullable<Text>,
        holder -> Text,
    }
}

diesel::table! {
    outbox (id) {
        id -> BigInt,
        activity_id -> Text,
        host -> Text,
        inbox -> Text,
        object_key -> Text,
        actor -> Text,
        body -> Nullable<Text>,
        dataset -> Nullable<BigInt>,
        seq -> Nullable<BigInt>,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        lease_until -> BigInt,
        last_status -> Nullable<Integer>,
        last_error -> Nullable<Text>,
        created -> BigInt,
        holder -> Text,
    }
}

diesel::table! {
    remote_actors (id) {
        id -> Text,
        host -> Text,
        kind -> Text,
        name -> Text,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        key_id -> Text,
        key_pem -> Text,
        pinned_key_pem -> Nullable<Text>,
        multikey -> Nullable<Text>,
        implements -> Bool,
        suspended -> Bool,
        doc -> Text,
        fetched_at -> BigInt,
    }
}

diesel::table! {
    followers (id) {
        id -> BigInt,
        object -> Text,
        follower -> Text,
        inbox -> Text,
        shared_inbox -> Nullable<Text>,
        host -> Text,
        activity_id -> Text,
        kind -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    follows (id) {
        id -> BigInt,
        actor -> Text,
        object -> Text,
        activity_id -> Text,
        state -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    peers (host) {
        host -> Text,
        actor -> Text,
        inbox -> Text,
        state -> Text,
        our_activity -> Nullable<Text>,
        their_activity -> Nullable<Text>,
        created -> BigInt,
        updated -> BigInt,
    }
}

diesel::table! {
    blocks (domain) {
        domain -> Text,
        reason -> Text,
        created -> BigInt,
    }
}

diesel::table! {
    mails (id) {
        id -> BigInt,
        user_id -> Nullable<BigInt>,
        address -> Nullable<Text>,
        lang -> Text,
        kind -> Text,
        message -> Nullable<Text>,
        state -> Text,
        attempts -> Integer,
        next_at -> BigInt,
        lease_until -> BigInt,
        holder -> Text,
        last_error -> Nullable<Text>,
        created -> BigInt,
        sent_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    notifications (id) {
        id -> BigInt,
        user_id -> BigInt,
        kind -> Text,
        patch -> Nullable<Text>,
        dataset -> Nullable<BigInt>,
        data -> Text,
        mailed -> Text,
        created -> BigInt,
        read_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    notification_choices (user_id, kind) {
        user_id -> BigInt,
        kind -> Text,
        rhythm -> Text,
    }
}

diesel::table! {
    digests (user_id, rhythm) {
        user_id -> BigInt,
        rhythm -> Text,
        sent_at -> BigInt,
    }
}

diesel::table! {
    decision_links (token_hash) {
        token_hash -> Binary,
        user_id -> BigInt,
        patch -> Text,
        digest -> Binary,
        created -> BigInt,
        expires -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    totps (user_id) {
        user_id -> BigInt,
        secret -> Binary,
        confirmed -> Bool,
        last_step -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    recovery_codes (user_id, code_hash) {
        user_id -> BigInt,
        code_hash -> Binary,
    }
}

diesel::table! {
    account_links (token_hash) {
        token_hash -> Binary,
        kind -> Text,
        user_id -> Nullable<BigInt>,
        email -> Text,
        role -> Text,
        made_by -> Text,
        lang -> Text,
        created -> BigInt,
        expires -> BigInt,
        tries -> BigInt,
    }
}

diesel::table! {
    dataset_roles (id) {
        id -> BigInt,
        dataset -> BigInt,
        user_id -> BigInt,
        role -> Text,
        given_by -> Text,
        created -> BigInt,
        until_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    news (id) {
        id -> BigInt,
        note -> Text,
        actor -> Text,
        url -> Text,
        content -> Text,
        published -> BigInt,
        received -> BigInt,
    }
}

diesel::table! {
    modlog (dataset, n) {
        dataset -> BigInt,
        n -> BigInt,
        action -> Text,
        time -> BigInt,
        hash -> Binary,
        line -> Text,
    }
}

diesel::table! {
    modlog_copies (dataset) {
        dataset -> BigInt,
        due -> BigInt,
        answered -> Nullable<BigInt>,
        failures -> BigInt,
        problem -> Nullable<Text>,
    }
}

diesel::table! {
    rules (id) {
        id -> BigInt,
        dataset -> BigInt,
        field -> Nullable<Text>,
        sender -> Text,
        who -> Nullable<Text>,
        outcome -> Text,
        daily_ops -> BigInt,
        daily_percent -> BigInt,
        created -> BigInt,
    }
}

diesel::table! {
    rule_settings (dataset) {
        dataset -> BigInt,
        quarantine -> BigInt,
        pending_per_actor -> Nullable<BigInt>,
        pending_per_instance -> Nullable<BigInt>,
        votes_on -> Bool,
        votes_for -> BigInt,
        votes_against -> BigInt,
        votes_days -> BigInt,
        votes_force -> BigInt,
    }
}

diesel::table! {
    rule_uses (patch) {
        patch -> Text,
        dataset -> BigInt,
        host -> Text,
        rule -> BigInt,
        operations -> BigInt,
        touched -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    rule_drops (dataset, rule, host, day) {
        dataset -> BigInt,
        rule -> BigInt,
        host -> Text,
        day -> BigInt,
        dropped -> BigInt,
    }
}

diesel::table! {
    patch_votes (patch, voter) {
        patch -> Text,
        voter -> BigInt,
        agrees -> Bool,
        created -> BigInt,
    }
}

diesel::table! {
    reports (id) {
        id -> Text,
        dataset -> BigInt,
        row_id -> Nullable<Binary>,
        problem -> Text,
        content -> Nullable<Text>,
        host -> Text,
        reporter -> Nullable<Text>,
        state -> Text,
        activity -> Nullable<Text>,
        created -> BigInt,
        updated -> BigInt,
    }
}

diesel::table! {
    grants (dataset, id) {
        dataset -> BigInt,
        id -> Text,
        target -> Text,
        host -> Text,
        user_id -> Nullable<BigInt>,
        role -> Text,
        key -> Text,
        state -> Text,
        granted_seq -> Nullable<BigInt>,
        revoked_seq -> Nullable<BigInt>,
        end_at -> BigInt,
        content -> Nullable<Text>,
        created -> BigInt,
        updated -> BigInt,
    }
}

diesel::table! {
    held_grants (id) {
        id -> Text,
        dataset_url -> Text,
        user_id -> BigInt,
        role -> Text,
        state -> Text,
        end_at -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        copy_due -> Nullable<BigInt>,
        copy_error -> Nullable<Text>,
    }
}

diesel::table! {
    reviews (id) {
        id -> BigInt,
        url -> Text,
        dataset -> BigInt,
        patch -> Text,
        reviewer -> Text,
        host -> Text,
        digest -> Binary,
        verdict -> Text,
        content -> Nullable<Text>,
        document -> Text,
        received -> BigInt,
        void -> Nullable<Text>,
        amended -> Nullable<Text>,
    }
}

diesel::table! {
    remote_queues (dataset) {
        dataset -> BigInt,
        due_at -> BigInt,
        read_at -> Nullable<BigInt>,
        error -> Nullable<Text>,
    }
}
