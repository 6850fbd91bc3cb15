//! Tables about origins that vanish or move, and who goes on with a dataset.

diesel::table! {
    dataset_aliases (host, name) {
        host -> Text,
        name -> Text,
        dataset -> BigInt,
        since -> BigInt,
    }
}

diesel::table! {
    copy_holders (dataset, host) {
        dataset -> BigInt,
        host -> Text,
        seen -> BigInt,
    }
}

diesel::table! {
    modlog_anchors (dataset) {
        dataset -> BigInt,
        n -> BigInt,
        hash -> Nullable<Binary>,
    }
}

diesel::table! {
    successors (uid) {
        uid -> Text,
        of_uid -> Text,
        genesis -> Binary,
        url -> Text,
        title -> Text,
        from_seq -> BigInt,
        from_entry -> Binary,
        told_by -> Text,
        seen -> BigInt,
    }
}

diesel::table! {
    succession_votes (of_uid, voter) {
        of_uid -> Text,
        voter -> Text,
        successor -> Text,
        document -> Text,
        published -> BigInt,
    }
}
