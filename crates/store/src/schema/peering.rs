//! Tables about peers, their groups and datasets, and blocks that wait.

diesel::table! {
    peer_groups (name, host) {
        name -> Text,
        host -> Text,
    }
}

diesel::table! {
    peer_facts (host) {
        host -> Text,
        heard_at -> Nullable<BigInt>,
        reached_at -> Nullable<BigInt>,
        looked_at -> Nullable<BigInt>,
        due_at -> BigInt,
        about -> Nullable<Text>,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    peer_datasets (host, name) {
        host -> Text,
        name -> Text,
        url -> Text,
        title -> Text,
        description -> Text,
        license -> Nullable<Text>,
        row_count -> BigInt,
        seq -> BigInt,
        entry -> Nullable<Binary>,
        seen_at -> BigInt,
    }
}

diesel::table! {
    peer_wishes (host, name) {
        host -> Text,
        name -> Text,
        error -> Nullable<Text>,
    }
}

diesel::table! {
    replica_heads (dataset, host) {
        dataset -> BigInt,
        host -> Text,
        seq -> Nullable<BigInt>,
        entry -> Nullable<Binary>,
        error -> Nullable<Text>,
        looked_at -> BigInt,
    }
}

diesel::table! {
    block_lists (id) {
        id -> BigInt,
        kind -> Text,
        url -> Text,
        name -> Text,
        fetched_at -> Nullable<BigInt>,
        due_at -> BigInt,
        error -> Nullable<Text>,
        created -> BigInt,
    }
}

diesel::table! {
    block_drafts (id) {
        id -> BigInt,
        domain -> Text,
        list -> BigInt,
        action -> Text,
        reason -> Text,
        state -> Text,
        created -> BigInt,
    }
}
