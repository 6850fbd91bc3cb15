//! Tables about proposed changes, and what is said about them.

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
