//! Tables about people: accounts, how they log in, and what they are told.

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
