//! The tables as both engines have them; a test compares them with each migrated database.
//!
//! Not listed: `rows.search` (PostgreSQL) and the words of `rows_search` (SQLite), which only [`crate::dialect`]
//! and the search module touch.

mod moderation;
mod peering;
mod people;
mod proposing;
mod survival;

pub use moderation::*;
pub use peering::*;
pub use people::*;
pub use proposing::*;
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
