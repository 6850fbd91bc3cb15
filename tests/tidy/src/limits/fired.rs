//! Which tests go beyond which limit.

/// Each limit, by the first cell of its row, and the tests that go beyond it.
pub(super) const FIRED: &[(&str, &[&str])] = &[
    (
        "connections at once",
        &[
            "a_full_node_closes_the_slowest_and_takes_newcomers",
            "a_full_server_closes_the_slowest_of_the_largest_network_and_never_its_own_work",
            "some_files_are_never_connections",
        ],
    ),
    (
        "connections of one address",
        &[
            "one_address_cannot_take_the_connections_of_others",
            "a_network_that_has_its_share_loses_what_waits_longest",
            "behind_a_proxy_a_connection_counts_for_the_client_while_it_asks",
        ],
    ),
    (
        "head of a request",
        &[
            "every_manner_of_being_slow_is_cut_and_a_late_body_is_told",
            "whoever_is_late_with_a_head_or_a_body_is_closed",
        ],
    ),
    (
        "body of a request",
        &["every_manner_of_being_slow_is_cut_and_a_late_body_is_told"],
    ),
    (
        "request of which the answer did not read the body",
        &["a_connection_ends_behind_an_answer_that_did_not_wait_for_its_request"],
    ),
    (
        "reader that takes nothing of its answer",
        &[
            "a_reader_that_takes_nothing_is_let_go",
            "a_reader_that_takes_nothing_is_closed_and_one_that_takes_a_little_is_not",
        ],
    ),
    (
        "connection that asks nothing more",
        &["a_connection_that_asks_nothing_more_is_closed"],
    ),
    (
        "form or document for the API",
        &["a_form_that_is_too_large_is_an_error_in_words"],
    ),
    (
        "attempts to log in from one address",
        &[
            "a_wrong_name_and_a_wrong_password_read_the_same_and_are_limited",
            "behind_a_proxy_the_client_is_counted_and_a_forged_header_is_not",
        ],
    ),
    (
        "attempts to log in to one account, or with one name",
        &["a_name_may_be_tried_so_often_from_wherever"],
    ),
    (
        "forms about a forgotten password from one address",
        &["forms_about_passwords_and_accounts_are_counted_by_address"],
    ),
    (
        "forms about a new account from one address",
        &["forms_about_passwords_and_accounts_are_counted_by_address"],
    ),
    (
        "letters of one kind to one e-mail address",
        &["thirty_wishes_for_one_address_are_five_letters"],
    ),
    (
        "wishes for a letter that wait",
        &["wishes_that_wait_are_not_without_end"],
    ),
    (
        "link to a new password",
        &["a_link_to_a_new_password_works_once_and_for_an_hour"],
    ),
    (
        "link that confirms an address or opens an account",
        &["a_letter_leads_to_an_account_once_and_within_a_day"],
    ),
    (
        "invitation",
        &["an_invitation_opens_once_within_seven_days"],
    ),
    (
        "searches for somebody on another server",
        &["searches_are_counted_by_account"],
    ),
    (
        "others whom one account follows",
        &["nobody_follows_without_end"],
    ),
    (
        "posts of those whom people here follow",
        &["posts_have_a_length_a_number_and_an_end"],
    ),
    (
        "codes behind one password",
        &["wrong_codes_and_late_ones_lead_back_to_the_password"],
    ),
    (
        "passwords looked at",
        &["few_passwords_are_hashed_at_once_and_few_wait"],
    ),
    ("log-in", &["a_log_in_ends_after_thirty_days"]),
    (
        "searches for addresses from one address",
        &[
            "an_address_is_looked_up_so_often_and_not_for_a_letter",
            "a_geocoder_that_means_harm_costs_a_sentence",
        ],
    ),
    (
        "rows in one page of the API",
        &["bad_input_is_a_problem_document_by_field"],
    ),
    (
        "name of a dataset or person",
        &["people_and_datasets_have_names_of_three_to_sixty_characters"],
    ),
    (
        "requests to inboxes from one address",
        &[
            "each_bucket_in_front_of_the_inbox_is_fired_by_its_setting",
            "a_forged_forwarding_header_does_not_escape_the_bucket",
        ],
    ),
    (
        "activities of one registrable domain",
        &["each_bucket_in_front_of_the_inbox_is_fired_by_its_setting"],
    ),
    (
        "actors that activities make us fetch from one registrable domain",
        &["each_bucket_in_front_of_the_inbox_is_fired_by_its_setting"],
    ),
    (
        "requests for a partnership that wait",
        &["requests_beyond_what_people_can_read_are_refused_at_once"],
    ),
    (
        "requests of one registrable domain that wait",
        &["of_one_registrable_domain_three_requests_wait_for_a_partnership"],
    ),
    ("report", &["a_report_that_is_too_long_is_not_kept"]),
    (
        "reports that wait on one dataset",
        &["a_dataset_takes_so_many_reports_and_room_comes_back_as_they_are_settled"],
    ),
    (
        "reports that wait on one dataset and came through one other instance",
        &["a_flood_of_reports_ends_at_the_quota_of_its_source"],
    ),
    (
        "reports that wait on one dataset, of one person, or without an account of one network on one day",
        &[
            "a_flood_of_reports_ends_at_the_quota_of_its_source",
            "one_person_has_so_many_reports_waiting_whatever_her_network",
        ],
    ),
    (
        "report that was settled",
        &["a_report_that_was_settled_is_forgotten_after_ninety_days"],
    ),
    (
        "looks at what a partner lists",
        &["a_flood_of_announcements_makes_one_look_in_ten_seconds"],
    ),
    (
        "datasets in the list of one partner",
        &["a_list_without_end_is_read_so_far_only"],
    ),
    (
        "domains in one list of blocks",
        &["of_a_list_without_end_only_so_much_is_read"],
    ),
    (
        "activity in the inbox",
        &[
            "a_mebibyte_is_the_most",
            "json_that_readers_could_take_differently_is_refused",
            "every_bomb_is_cut_and_the_node_stays_small",
        ],
    ),
    (
        "age of a signature",
        &["requests_hold_from_five_minutes_before_to_an_hour_after_their_time"],
    ),
    (
        "remembered activity ids",
        &["ids_of_activities_are_remembered_for_ninety_days"],
    ),
    (
        "looks at an actor whose signature does not fit",
        &["a_signature_that_fits_no_known_key_causes_one_look_in_ten_minutes"],
    ),
    (
        "redirects when fetching",
        &[
            "a_fourth_redirect_ends_the_fetch",
            "a_redirect_is_checked_like_a_first_url",
        ],
    ),
    (
        "proposal",
        &[
            "the_form_of_a_patch_is_limited",
            "a_huge_patch_is_refused_without_looking_further",
        ],
    ),
    (
        "pending proposals of one person elsewhere",
        &["a_person_elsewhere_may_leave_so_many_proposals_waiting"],
    ),
    (
        "reviews of one person elsewhere on one dataset",
        &["a_reviewer_who_floods_is_stopped_for_the_day_and_nobody_else"],
    ),
    (
        "pending proposals of one visitor",
        &[
            "a_visitor_may_leave_so_many_proposals_waiting",
            "a_network_is_one_visitor_for_a_day_and_nobody_can_tell_which",
        ],
    ),
    (
        "pending proposals of all visitors of one instance",
        &["the_visitors_of_an_instance_share_a_quota"],
    ),
    (
        "pending proposals of one instance",
        &["an_instance_may_leave_so_many_proposals_waiting"],
    ),
    (
        "pending proposals on one dataset",
        &["a_dataset_takes_so_many_waiting_proposals"],
    ),
    (
        "proposals that one source may send to one dataset before they are set aside",
        &["a_flood_is_set_aside_into_one_group_and_drowns_nobody"],
    ),
    (
        "pending proposals on one dataset that were set aside",
        &["a_flood_is_set_aside_into_one_group_and_drowns_nobody"],
    ),
    ("comment", &["so_many_comments_may_wait"]),
    (
        "comments on one dataset that wait for a moderator",
        &["so_many_comments_may_wait"],
    ),
    (
        "comments of one person on one dataset that wait for a moderator",
        &["so_many_comments_may_wait"],
    ),
    (
        "comments of a proposal's author that nobody answered",
        &["the_author_of_a_proposal_and_its_moderators_talk"],
    ),
    (
        "internal note about a proposal",
        &["a_note_says_something_and_not_too_much"],
    ),
    (
        "form of a visitor without an account",
        &[
            "a_form_that_a_program_filled_in_comes_back_and_is_not_recorded",
            "a_form_that_was_open_for_too_long_keeps_what_was_typed",
        ],
    ),
    (
        "name and e-mail of a visitor",
        &["name_and_address_are_forgotten_once_the_proposal_is_answered"],
    ),
    (
        "looks at a pending proposal elsewhere",
        &["a_proposal_is_looked_at_once_a_day_and_less_often_where_nobody_answers"],
    ),
    (
        "proposal that nobody decides",
        &[
            "a_proposal_that_nobody_decides_ends_after_ninety_days",
            "the_time_without_a_decision_is_the_operator_s_to_announce",
        ],
    ),
    (
        "attempts to send a letter",
        &[
            "a_letter_is_given_up_after_thirty_attempts_and_forgotten",
            "pauses_double_up_to_six_hours",
        ],
    ),
    (
        "letters about proposals to one person",
        &["a_flood_of_proposals_is_a_few_letters_an_hour_and_loses_none"],
    ),
    (
        "proposals in one collected letter",
        &["a_collected_letter_lists_fifty_and_says_how_many_more"],
    ),
    (
        "link of a letter that decides",
        &[
            "a_link_ends_after_seven_days",
            "a_link_decides_once_and_opening_it_decides_nothing",
        ],
    ),
    (
        "what people with accounts were told",
        &["what_people_were_told_is_remembered_for_half_a_year"],
    ),
    (
        "record of a letter that is over, without its words and its address",
        &["letters_are_remembered_for_thirty_days_without_their_words"],
    ),
    (
        "rows of one import",
        &["more_rows_than_the_setting_allows_are_refused"],
    ),
    (
        "operations in one log entry",
        &["an_origin_keeps_entries_small"],
    ),
    (
        "header of a log entry, as a reader",
        &["a_header_is_bounded"],
    ),
    (
        "body of a log entry, as a reader",
        &["a_body_above_64_mib_is_not_read"],
    ),
    (
        "cell",
        &[
            "a_cell_above_the_limit_is_refused",
            "an_origin_keeps_entries_small",
        ],
    ),
    ("fields of a dataset", &["an_origin_keeps_entries_small"]),
    (
        "row",
        &[
            "a_row_has_at_most_256_kib",
            "a_row_above_the_limit_is_refused_before_anything_is_written",
        ],
    ),
    (
        "schema, meta of an entry",
        &["an_origin_keeps_documents_small"],
    ),
    (
        "page of log entries",
        &["a_page_ends_at_500_entries_or_16_mib"],
    ),
    (
        "indexes of one dataset",
        &["a_dataset_gets_no_more_than_the_limit"],
    ),
    (
        "values with their counts",
        &["counts_are_bounded_in_fields_and_values_and_wait_in_a_large_dataset"],
    ),
    (
        "groups of a map",
        &[
            "a_map_of_many_places_sends_groups",
            "every_box_has_a_picture_of_a_shape_that_fits_a_page",
        ],
    ),
    (
        "bytes of the log of one copied dataset",
        &["a_log_larger_than_the_limit_stops_before_the_entry_that_is_too_much"],
    ),
    (
        "entries of the log of one copied dataset",
        &[
            "a_log_with_more_entries_than_the_limit_stops",
            "a_log_over_the_limit_stops_with_a_sentence_and_goes_on_once_it_is_raised",
        ],
    ),
    (
        "entries asked of other sources at a time, for values that one withheld",
        &["what_nobody_has_is_not_asked_for_without_end"],
    ),
];
