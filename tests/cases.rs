//! Cases of odd responses, of what goes out, of the client and of facts: each by a key and a few words, with the tests that
//! hold it and its siblings. A test that is renamed or removed fails the test here.
#![allow(clippy::panic)] // helpers of tests

#[path = "support/proven.rs"]
mod proven;

use proven::{Proven, every_one_has_its_tests};

const BOUNDARY: &str = "tests/boundary.rs";
const DECODE: &str = "tests/decode.rs";
const FORMATS: &str = "tests/formats.rs";
const SITES: &str = "tests/sites.rs";
const CLIENT: &str = "tests/client.rs";
const FAULTS: &str = "tests/transport_faults.rs";
const STREAMS: &str = "tests/tickets_streams.rs";
const PUBLIC: &str = "tests/public_api.rs";
const PROMISES: &str = "tests/promises.rs";
const MEMORY: &str = "tests/memory.rs";
const SECRETS: &str = "tests/secrets.rs";
const FUZZ: &str = "tests/fuzz_loop.rs";
const CLASSIFY: &str = "src/error/classify/tests.rs";
const LENIENT: &str = "src/types/lenient_tests.rs";
const PAGING: &str = "src/client/paging/tests.rs";
const TIME: &str = "src/types/time/mod.rs";
const PARSE: &str = "src/types/time/parse.rs";
const AMOUNT: &str = "src/types/amount.rs";
const LIMIT: &str = "src/client/rate_limit/local.rs";
const ERROR: &str = "src/error/mod.rs";
const API_ERROR: &str = "src/error/api.rs";
const PERSONAL: &str = "src/types/personal.rs";
const BUSINESS: &str = "tests/workflow_records/facts.rs";

/// Responses that a service may send.
const RESPONSES: &[Proven] = &[
    (
        "responses F1: a refusal inside a success",
        &[
            (
                BOUNDARY,
                &[
                    "no_write_and_no_list_takes_a_refusal_for_a_success",
                    "no_write_succeeds_without_the_proof_that_it_declares",
                    "a_success_that_is_returned_holds_its_proof",
                    "a_refusal_of_any_type_and_status_is_a_refusal",
                    "a_list_of_failures_that_does_not_name_each_of_them_proves_nothing",
                    "a_row_of_outcomes_without_its_ids_is_no_success",
                ],
            ),
            (
                CLASSIFY,
                &[
                    "a_refusal_inside_success_is_found_in_every_spelling",
                    "what_may_be_an_error_is_never_a_success_of_a_write",
                    "an_error_in_a_form_that_is_not_known_is_not_nothing",
                    "a_proof_that_cannot_be_seen_is_none",
                    "an_error_in_an_object_around_it_is_a_sign_of_one_and_rows_have_codes_of_their_own",
                    "the_names_of_an_error_may_have_any_signs",
                    "what_programs_write_where_they_have_no_id_is_no_proof",
                    "a_proof_behind_an_error_counts_wherever_the_body_has_it",
                ],
            ),
            (DECODE, &["a_body_that_proves_no_success_of_a_write_may_have_been_executed"]),
        ],
    ),
    (
        "responses F1: an error in the place of a file",
        &[
            (STREAMS, &["an_error_instead_of_a_file_is_an_error"]),
            (
                CLASSIFY,
                &[
                    "a_list_of_errors_is_no_file_and_a_list_of_anything_is_one",
                    "a_file_that_is_nothing_but_an_error_is_none",
                ],
            ),
        ],
    ),
    (
        "responses F1: the code of an error status, and of an item",
        &[
            (DECODE, &["the_code_of_an_error_status_is_found_in_every_form"]),
            (CLASSIFY, &["an_error_status_has_the_best_code_of_its_body"]),
            (
                "src/error/item.rs",
                &[
                    "an_item_is_read_in_every_spelling_and_shows_no_words",
                    "an_id_that_is_a_number_keeps_its_digits",
                ],
            ),
        ],
    ),
    (
        "responses F2: a success in another spelling, a code that is none of the service",
        &[
            (DECODE, &["a_success_in_another_spelling_is_never_not_executed"]),
            (CLASSIFY, &["a_success_in_any_spelling_is_one_where_its_proof_is_there"]),
            (
                BOUNDARY,
                &[
                    "no_client_error_without_a_code_of_the_service_means_that_a_write_was_not_executed",
                    "an_error_that_carries_the_proof_of_a_success_may_have_been_executed",
                    "a_status_that_is_neither_success_nor_error_says_nothing_about_a_write",
                ],
            ),
        ],
    ),
    (
        "responses F3: an amount that is an object or a list",
        &[
            (LENIENT, &["money_that_is_not_one_decimal_is_refused_with_its_place"]),
            (DECODE, &["an_odd_amount_is_refused_with_its_place_and_an_empty_one_is_none"]),
        ],
    ),
    (
        "responses F4: the distance from UTC in every form",
        &[
            (
                PARSE,
                &[
                    "every_distance_from_utc_is_heeded_or_refused",
                    "cycles_and_days_are_read_in_every_form_that_is_clear",
                ],
            ),
            (TIME, &["a_time_with_its_distance_from_utc_is_the_same_instant_in_every_type"]),
            (DECODE, &["a_time_in_any_form_is_the_right_instant_or_unknown_and_reported"]),
            ("src/auth/cache_tests.rs", &["an_end_with_any_distance_from_utc_is_the_instant_that_it_says"]),
        ],
    ),
    (
        "responses F5: the ends of the calendar",
        &[
            (TIME, &["the_ends_of_the_calendar_saturate", "no_text_makes_a_reader_panic"]),
            (DECODE, &["a_time_in_any_form_is_the_right_instant_or_unknown_and_reported"]),
        ],
    ),
    (
        "responses F6: lists that never end, end early or double",
        &[
            (
                PAGING,
                &[
                    "markers_that_repeat_end_the_list_at_the_first_repeat",
                    "a_service_that_ignores_the_position_ends_or_fails",
                    "pages_in_a_cycle_end_the_list",
                    "pages_of_another_size_than_asked_are_followed_by_the_rows_that_came",
                    "a_total_that_is_too_small_is_found_by_one_look_beyond_a_full_page",
                    "new_markers_without_new_rows_end_the_list",
                    "rows_that_moved_to_the_next_page_are_delivered_once",
                    "the_cursor_of_a_finished_list_resumes_to_nothing",
                ],
            ),
            (BOUNDARY, &["every_list_ends_or_fails_whatever_the_server_repeats"]),
            (
                DECODE,
                &[
                    "lists_that_are_none_are_an_error_and_a_doubled_row_is_counted_once",
                    "a_server_that_never_ends_a_list_ends_it_with_an_error_within_the_most_requests",
                    "rows_that_moved_are_counted_once_by_their_ids_and_the_list_has_changed",
                    "a_marker_that_cannot_be_read_is_not_the_end_of_a_list",
                ],
            ),
        ],
    ),
    (
        "responses F7: rows that are made up or lost, and nothing that became zero",
        &[
            (
                LENIENT,
                &[
                    "rows_are_neither_made_up_nor_lost",
                    "null_rows_are_reported_at_their_list_and_not_at_the_row_before",
                    "nothing_is_none_and_never_zero",
                ],
            ),
            (PROMISES, &["missing_money_is_none_never_zero"]),
            (
                "src/types/money.rs",
                &["money_that_a_response_does_not_carry_is_an_error_that_names_the_field"],
            ),
            ("src/spending/mod.rs", &["missing_money_is_never_zero"]),
            ("src/api/partners/balances.rs", &["a_balance_that_was_not_sent_is_an_error_and_not_zero"]),
        ],
    ),
    (
        "responses F7: a list that is none",
        &[
            (BOUNDARY, &["an_empty_or_foreign_body_of_a_list_is_undecodable_and_not_no_rows"]),
            (
                "src/registry/mod.rs",
                &[
                    "every_list_names_its_documented_field",
                    "every_read_that_responds_with_nothing_but_rows_names_their_list",
                ],
            ),
            (
                CLASSIFY,
                &[
                    "only_a_list_is_a_list",
                    "an_empty_list_beside_an_error_is_an_error_and_rows_are_rows",
                    "a_total_of_zero_or_an_empty_list_beside_signs_of_an_error_is_no_empty_page",
                ],
            ),
            (
                DECODE,
                &[
                    "a_list_beside_an_error_of_the_service_is_no_empty_list",
                    "a_read_whose_response_has_none_of_its_fields_is_undecodable",
                ],
            ),
        ],
    ),
    (
        "responses F10: one bad character, a byte order mark, bytes that are no text",
        &[
            (LENIENT, &["bytes_that_are_no_text_are_replaced_where_they_stand"]),
            ("src/types/json.rs", &["odd_text_is_repaired_and_noted"]),
            (
                DECODE,
                &[
                    "one_odd_row_of_a_thousand_costs_one_field",
                    "the_code_of_an_error_status_is_found_in_every_form",
                ],
            ),
        ],
    ),
    (
        "responses F11: codes and counts in another form",
        &[
            (LENIENT, &["one_odd_value_is_unknown_and_reported_and_the_rest_is_read"]),
            ("src/types/open_enum.rs", &["unknown_codes_are_kept_exactly"]),
            ("tests/schema.rs", &["every_value_of_a_response_is_read_or_refused_or_reported"]),
            (DECODE, &["one_odd_value_costs_neither_the_page_nor_goes_unnoticed"]),
        ],
    ),
    (
        "responses, small: underscores in numbers",
        &[
            ("src/types/decimal.rs", &["only_the_form_of_a_decimal_number_is_read"]),
            (AMOUNT, &["what_is_not_one_decimal_number_is_refused"]),
            (LENIENT, &["money_that_is_not_one_decimal_is_refused_with_its_place"]),
        ],
    ),
    (
        "responses, small: the id of the request in the body",
        &[
            (BOUNDARY, &["the_id_of_the_request_is_taken_from_the_body_where_no_header_has_it"]),
            (
                "src/client/response.rs",
                &["the_id_of_the_request_may_stand_in_the_body_of_a_success_or_of_what_cannot_be_read"],
            ),
        ],
    ),
    (
        "responses, small: the expected form of a time is shown",
        &[(DECODE, &["what_was_expected_is_shown_in_full"])],
    ),
];

/// Requests, and the way in which they go out.
const WIRE: &[Proven] = &[
    (
        "wire F8: a proxy that cannot be used",
        &[
            (
                "src/transport/http/proxy.rs",
                &[
                    "only_http_and_https_proxies_can_be_used",
                    "the_environment_is_read_as_the_http_client_reads_it",
                    "what_the_http_client_cannot_read_is_refused_and_not_passed_by",
                    "whatever_is_taken_for_a_proxy_is_one_of_http",
                    "a_proxy_that_a_cgi_program_would_pass_by_is_refused",
                ],
            ),
            ("src/transport/http/builder.rs", &["mistakes_are_reported_by_build_without_passwords"]),
            (FAULTS, &["a_proxy_is_asked_for_other_machines_only"]),
        ],
    ),
    (
        "wire F9: paths and endpoints that would be glued together",
        &[
            ("src/client/mod.rs", &["paths_that_would_be_sent_differently_are_refused"]),
            (
                "src/client/builder.rs",
                &["endpoints_that_cannot_be_used_are_refused_by_name_and_without_passwords"],
            ),
            ("src/transport/http/mod.rs", &["an_address_that_changes_on_its_way_is_refused"]),
        ],
    ),
    (
        "wire F12: the length of a request without a body",
        &[(FAULTS, &["post_and_put_say_how_long_their_body_is_also_where_it_is_empty"])],
    ),
    (
        "wire F13: the wait that a response asks for",
        &[
            (
                "src/client/retry.rs",
                &["every_form_of_retry_after_is_read", "waits_grow_are_capped_and_honour_the_service"],
            ),
            (CLIENT, &["the_wait_that_the_service_asks_for_is_respected_and_reported"]),
            (BOUNDARY, &["every_error_has_the_wait_that_the_service_asks_for"]),
        ],
    ),
    (
        "wire F14: whole seconds in requests",
        &[("src/types/wire.rs", &["requests_carry_whole_seconds_and_stored_values_keep_the_fraction"])],
    ),
    (
        "wire F15: names of downloads",
        &[
            (
                "src/client/file_name.rs",
                &["names_are_read_in_every_form_and_have_no_folders", "no_bytes_make_it_panic"],
            ),
            (STREAMS, &["a_file_streams_with_its_name_and_progress"]),
        ],
    ),
    (
        "wire F16: content codings",
        &[
            (
                "src/transport/http/coding.rs",
                &[
                    "any_number_of_members_is_decoded_in_any_pieces",
                    "names_of_codings_have_no_case",
                    "what_is_cut_or_no_gzip_is_an_error",
                ],
            ),
            (STREAMS, &["a_file_in_a_coding_that_was_not_asked_for_is_an_error"]),
        ],
    ),
    (
        "wire F17: names and secrets in recordings",
        &[
            ("src/testing/recording/scrub.rs", &["secrets_of_every_service_and_spelling_are_masked"]),
            (
                PERSONAL,
                &[
                    "recordings_mask_every_field_whose_type_is_personal_or_secret",
                    "letter_case_and_underscores_of_a_name_do_not_count",
                ],
            ),
            ("src/testing/recording/mod.rs", &["no_marker_is_in_the_file"]),
        ],
    ),
];

/// The client, credentials and robustness.
const CLIENT_CASES: &[Proven] = &[
    (
        "client 1: places of calls that gave up",
        &[
            (
                LIMIT,
                &[
                    "after_a_burst_a_steady_load_gets_its_rate",
                    "a_place_that_was_given_back_is_taken_by_the_next_call",
                    "a_dropped_wait_gives_its_place_back",
                ],
            ),
            (CLIENT, &["permits_are_used_by_calls_that_go_out_and_returned_by_those_that_do_not"]),
        ],
    ),
    (
        "client 2: a turn after the deadline",
        &[
            (LIMIT, &["a_call_beyond_its_deadline_is_refused_at_once_and_takes_no_place"]),
            (CLIENT, &["a_call_whose_turn_comes_after_its_deadline_is_refused_at_once_with_the_wait"]),
        ],
    ),
    (
        "client 3: renewed tokens and keys in the limiter",
        &[
            (LIMIT, &["memory_stays_constant_over_100_000_keys"]),
            (CLIENT, &["limits_are_counted_by_account_not_by_key_or_token"]),
        ],
    ),
    (
        "client 4: keys that were rotated",
        &[(
            CLIENT,
            &[
                "renewed_keys_are_used_at_once_where_the_old_ones_were_refused",
                "keys_that_are_refused_again_are_not_tried_a_third_time",
                "a_refused_token_is_renewed_once",
            ],
        )],
    ),
    (
        "client 6: codes that are worth money",
        &[
            (SECRETS, &["codes_that_are_worth_money_and_passwords_print_as_stars_in_every_model"]),
            (
                PERSONAL,
                &[
                    "fields_of_responses_and_requests_that_are_secret_by_their_name_have_a_type_that_masks_them",
                ],
            ),
        ],
    ),
    (
        "client 7: fields of recordings that follow from the types",
        &[
            (PERSONAL, &["recordings_mask_every_field_whose_type_is_personal_or_secret"]),
            ("src/testing/recording/scrub.rs", &["secrets_of_every_service_and_spelling_are_masked"]),
        ],
    ),
    (
        "client 8 and 9: amounts and ids through values and formats",
        &[
            (AMOUNT, &["an_amount_goes_through_values_maps_flattened_and_tagged_types_with_every_digit"]),
            (
                FORMATS,
                &[
                    "values_go_through_every_format_that_describes_itself",
                    "values_go_through_a_format_that_does_not_describe_itself",
                    "values_go_through_rows_of_text",
                    "a_flattened_row_of_text_is_read_exactly_or_refused",
                    "numbers_that_a_person_wrote_are_read_where_no_digit_is_lost",
                ],
            ),
        ],
    ),
    ("client 10: a full disk", &[(STREAMS, &["a_writer_that_fails_leaves_a_mark_that_fits_it"])]),
    (
        "client 11: one date that cannot be read",
        &[
            (DECODE, &["one_odd_row_of_a_thousand_costs_one_field"]),
            (CLIENT, &["drift_of_a_response_reaches_the_observers"]),
        ],
    ),
    (
        "client 12: errors say once what happened, where, in whole seconds",
        &[
            (
                ERROR,
                &[
                    "display_is_one_sentence_with_what_support_needs",
                    "an_unknown_outcome_names_its_window_and_witness",
                ],
            ),
            ("src/client/rate_limit/mod.rs", &["waits_are_shown_without_nanoseconds"]),
            (FAULTS, &["errors_do_not_show_the_address"]),
        ],
    ),
    (
        "client 13: small types in files, queues and labels",
        &[
            (PUBLIC, &["ids_and_small_types_have_the_standard_traits"]),
            ("src/types/site.rs", &["a_site_is_displayed_parsed_and_serialised_by_the_same_name"]),
            ("src/error/kind.rs", &["every_kind_has_a_word_that_reads_back"]),
            ("src/types/money.rs", &["money_reads_back_from_its_text_and_its_json"]),
            ("src/client/retry.rs", &["a_policy_is_read_from_a_configuration_file"]),
        ],
    ),
    (
        "client 14: traits of ids",
        &[
            ("src/types/ids.rs", &["ids_compare_parse_and_look_up_like_the_text_that_they_are"]),
            (PUBLIC, &["ids_of_tickets_have_the_standard_traits", "no_id_is_forgotten"]),
        ],
    ),
    (
        "client 15: plain values in setters",
        &[("tests/own_operation.rs", &["one_block_declares_path_facts_constraints_and_response"])],
    ),
    ("client 16: fuzz targets", &[(FUZZ, &["no_input_makes_a_fuzz_target_panic_or_go_on_without_end"])]),
    (
        "client 17 and 19: what a gateway or the service quotes",
        &[
            (API_ERROR, &["the_services_words_are_given_by_message_only"]),
            ("src/error/authentication.rs", &["the_messages_of_the_gateway_are_distinguished"]),
            ("src/auth/masking_tests.rs", &["a_signed_request_prints_masked_and_refusals_show_no_secret"]),
            (PROMISES, &["personal_data_and_secrets_stay_out_of_logs"]),
        ],
    ),
    (
        "client 18: debug output of requests, responses, items and endpoints",
        &[
            (CLIENT, &["nothing_secret_or_personal_is_printed"]),
            (
                SECRETS,
                &[
                    "what_has_no_type_is_counted_and_not_printed",
                    "every_type_with_text_shows_its_shape_or_says_why_not",
                ],
            ),
            (
                "src/registry/shown_tests.rs",
                &["no_text_that_may_be_about_a_person_is_shown_of_any_operation"],
            ),
            ("src/error/codes/code.rs", &["a_text_that_no_code_is_can_be_read_and_is_not_printed"]),
            ("src/error/item.rs", &["an_item_is_read_in_every_spelling_and_shows_no_words"]),
            (
                "src/client/builder.rs",
                &["endpoints_that_cannot_be_used_are_refused_by_name_and_without_passwords"],
            ),
        ],
    ),
    (
        "client 20: a body in one-byte pieces",
        &[(
            "src/client/body.rs",
            &["a_body_in_one_byte_pieces_is_read_in_linear_time_and_within_the_deadline"],
        )],
    ),
    (
        "client 21: the largest limits, cursors, marks, lengths and clocks",
        &[
            (FAULTS, &["limits_that_never_pass_are_no_limits"]),
            (PAGING, &["tampered_cursors_end_or_fail_without_overflow"]),
            (
                STREAMS,
                &[
                    "a_mark_that_was_tampered_with_ends_in_an_error",
                    "an_upload_that_announces_more_than_there_can_be_is_an_error",
                ],
            ),
            (
                "src/clock.rs",
                &[
                    "the_system_clock_works_outside_a_tokio_runtime",
                    "a_manual_clock_stops_at_the_ends_of_time",
                ],
            ),
        ],
    ),
    (
        "client 22: dot segments in paths",
        &[
            ("src/operation/parts.rs", &["what_cannot_travel_is_refused_by_name"]),
            ("src/client/mod.rs", &["paths_that_would_be_sent_differently_are_refused"]),
        ],
    ),
    ("client 23: amounts given as text", &[(AMOUNT, &["a_text_amount_goes_out_in_one_form_or_is_refused"])]),
    ("client 24: the sign of zero", &[(AMOUNT, &["zero_has_no_sign"])]),
    (
        "client 25: memory for what is announced",
        &[
            (MEMORY, &["memory_grows_with_what_comes_and_not_with_what_is_announced"]),
            ("src/transport/body.rs", &["an_announced_size_above_the_limit_is_not_read"]),
            (FAULTS, &["a_gzip_bomb_stops_at_the_limit"]),
        ],
    ),
    (
        "client 26: secrets after their use",
        &[(SECRETS, &["secrets_of_credentials_are_held_by_types_that_clear_their_memory"])],
    ),
];

/// Facts as their sources state them.
const FACTS: &[Proven] = &[
    (
        "facts 1: operations in Europe",
        &[(SITES, &["every_operation_of_the_international_client_is_offered_in_europe"])],
    ),
    (
        "facts 2: tickets in Europe",
        &[
            (SITES, &["no_ticket_operation_leaves_europe_for_the_host_of_another_site"]),
            ("tests/tickets_life.rs", &["tickets_in_europe_are_refused_until_an_endpoint_is_named"]),
        ],
    ),
    (
        "facts 3: the day from which performance counts",
        &[("tests/workflow_records/incentives/rules.rs", &["rules_1_3_and_48_performance"])],
    ),
    ("facts 4: media of invoices", &[(BUSINESS, &["invoice_media_follow_the_entity_and_the_day"])]),
    (
        "facts 5: conditions of the opportunity incentive",
        &[(
            BUSINESS,
            &[
                "an_incentive_project_begins_after_the_verification_and_is_delivered",
                "no_second_incentive_for_the_same_customer_time_or_offering",
            ],
        )],
    ),
    ("facts 6: tax rates", &[(BUSINESS, &["three_and_six_percent_are_the_published_rates"])]),
    (
        "facts 7: pages of incentive policies",
        &[(
            "src/api/products/incentives.rs",
            &["a_page_has_ten_policies_unless_asked_and_a_hundred_at_most"],
        )],
    ),
    (
        "facts 8: ten working days are advice",
        &[(
            "tests/workflow_records/mdf/rules.rs",
            &["rule_1_on_the_china_site_ten_working_days_are_advised_and_not_required"],
        )],
    ),
    ("facts 9: calls for a reseller", &[(SITES, &["a_call_for_a_reseller_is_the_distributors"])]),
    (
        "facts 10: sites in the documentation of the modules",
        &[(SITES, &["the_documentation_of_the_modules_names_the_sites_of_the_operations"])],
    ),
    (
        "facts, missing records: release by the CRM, payment on behalf, the signing entity, procurement, the specialist",
        &[(
            BUSINESS,
            &[
                "only_a_customer_without_an_account_is_released_by_the_crm",
                "pay_on_behalf_table",
                "pay_on_behalf_conditions",
                "several_orders_are_rejected_in_one_batch",
                "signing_entity_change_table",
                "a_change_of_the_signing_entity_reaches_payouts_and_invoices_in_flight",
                "procurement_statement_table",
                "a_specialist_is_invited_under_the_name_of_the_tenant",
            ],
        )],
    ),
];

#[test]
fn every_response_that_was_seen_has_its_tests() {
    every_one_has_its_tests(RESPONSES);
}

#[test]
fn everything_that_goes_out_has_its_tests() {
    every_one_has_its_tests(WIRE);
}

#[test]
fn every_case_of_the_client_has_its_tests() {
    every_one_has_its_tests(CLIENT_CASES);
}

#[test]
fn every_fact_has_its_tests() {
    every_one_has_its_tests(FACTS);
}
