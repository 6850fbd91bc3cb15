//! Tables about who decides, by which rules, and what was decided.

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
