//! The tests that prove each case of a lost response, and each guard of the protocol. A test that is renamed or removed fails
//! the tests here. The stories have their numbers in their names, see `stories.rs`.

use crate::proven::{Proven, every_one_has_its_tests};

const OUTCOMES: &str = "tests/journal/outcomes.rs";
const STORIES: &str = "tests/journal/stories.rs";
const GUARDS: &str = "tests/journal/guards.rs";
const STORMS: &str = "tests/journal/storms.rs";
const KEYED: &str = "tests/journal/keyed.rs";
const OPERATIONS: &str = "tests/journal/operations.rs";
const BOUNDARY: &str = "tests/boundary.rs";
const TRANSPORT: &str = "tests/transport_faults.rs";
const DYNAMIC: &str = "src/registry/dynamic.rs";
const SERVICE_TIME: &str = "src/client/service_time.rs";
const VERDICT: &str = "src/journal/verdict.rs";
const CONTRACT: &str = "crates/store/tests/journal.rs";
const RECORDS: &str = "crates/store/tests/records.rs";
const IMPORT: &str = "crates/store/src/records/import.rs";
const MONTH_END: &str = "crates/billing/tests/month_end.rs";
const KILLED: &str = "crates/store/tests/bulk_kill/main.rs";

/// Writes whose response was lost, in the order of the cases.
const CASES: &[Proven] = &[
    (
        "the clock is off by -14 to +14 minutes, and the response of an executed transfer is lost",
        &[(OUTCOMES, &["outcome_clock_is_off_by_minutes_and_the_response_of_an_executed_transfer_is_lost"])],
    ),
    (
        "the clock is off by +20 or -20 minutes and corrected after a refusal, then the request is lost",
        &[(
            OUTCOMES,
            &["outcome_clock_of_20_minutes_corrected_after_a_refusal_and_then_the_request_is_lost"],
        )],
    ),
    (
        "the clock jumps by an hour between sending and looking",
        &[(OUTCOMES, &["outcome_clock_jumps_by_an_hour_between_sending_and_looking"])],
    ),
    (
        "an equal write 30 s after a success, whose request is lost",
        &[(OUTCOMES, &["outcome_equal_write_30_seconds_after_a_success_whose_request_is_lost"])],
    ),
    (
        "the same in two processes that share a journal",
        &[(OUTCOMES, &["outcome_equal_writes_in_two_processes_that_share_a_journal"])],
    ),
    (
        "two equal attempts in flight, both responses lost, one record",
        &[(
            OUTCOMES,
            &[
                "outcome_two_equal_attempts_in_flight_and_one_record_without_a_journal",
                "outcome_two_equal_attempts_in_flight_and_one_record_in_a_journal",
            ],
        )],
    ),
    ("vouchers with a memo", &[(OUTCOMES, &["outcome_vouchers_with_a_memo_are_decided_by_it"])]),
    (
        "a crash, after which only what was stored is left",
        &[
            (OUTCOMES, &["outcome_crash_leaves_an_attempt_that_was_stored_as_text"]),
            (STORIES, &["story_10_a_death_at_any_point_leaves_one_execution"]),
            (KILLED, &["short_every_row_is_executed_once_however_often_the_program_is_killed"]),
        ],
    ),
    (
        "a keyed transfer that was refused, its response lost, and its key known at the repeat",
        &[(KEYED, &["story_24_a_known_key_is_resolved_by_records_and_a_new_send_has_a_new_key"])],
    ),
    ("the keys of transfers", &[(OUTCOMES, &["outcome_keys_of_transfers_are_long_and_never_equal"])]),
    (
        "two desks over one database start the same record",
        &[(RECORDS, &["processes_share_a_sqlite_database", "a_killed_process_leaves_a_readable_database"])],
    ),
    (
        "the month end has every charge of every customer, or says which are missing, with an exit code",
        &[(
            MONTH_END,
            &[
                "totals_are_equal_in_ledger_charges_csv_and_parquet",
                "a_month_whose_figures_move_is_refused_or_marked",
                "exit_codes_say_how_the_close_went",
            ],
        )],
    ),
    (
        "100,000 transfers of different amounts",
        &[(
            STORMS,
            &[
                "a_storm_of_different_amounts_doubles_and_loses_nothing",
                "full_storm_of_a_hundred_thousand_different_amounts",
            ],
        )],
    ),
    (
        "5,000 transfers at each clock offset",
        &[(
            STORMS,
            &[
                "a_storm_at_each_clock_offset_doubles_and_loses_nothing",
                "a_storm_under_a_clock_that_jumps_doubles_and_loses_nothing",
                "full_storm_of_five_thousand_at_each_clock_offset",
            ],
        )],
    ),
    (
        "20,000 transfers of 3 amounts to 3 resellers",
        &[(
            STORMS,
            &[
                "a_storm_of_equal_amounts_doubles_and_loses_nothing",
                "full_storm_of_twenty_thousand_equal_amounts",
            ],
        )],
    ),
    (
        "300 pairs of equal transfers at once",
        &[(STORMS, &["a_storm_of_pairs_of_equal_writes_at_once_loses_none_of_a_pair"])],
    ),
    (
        "a record query whose response is no list",
        &[
            (OUTCOMES, &["outcome_list_that_is_none_is_undecodable_and_no_proof_of_absence"]),
            (STORIES, &["story_25_a_list_that_is_none_is_never_a_verdict"]),
        ],
    ),
    (
        "a record in other letter case, or with a field that is missing or unknown",
        &[(OUTCOMES, &["outcome_record_that_fits_in_part_is_undecided"])],
    ),
    (
        "any list operation whose response is empty or foreign",
        &[(BOUNDARY, &["an_empty_or_foreign_body_of_a_list_is_undecodable_and_not_no_rows"])],
    ),
    (
        "a write that ended as undecodable can be resolved",
        &[(OUTCOMES, &["outcome_undecodable_write_can_be_resolved"])],
    ),
    (
        "a write whose future is dropped after it executed",
        &[(OUTCOMES, &["outcome_dropped_future_leaves_an_event_and_with_a_journal_an_open_attempt"])],
    ),
    ("the same keyed JSON sent twice", &[(DYNAMIC, &["outcome_of_keyed_json_without_its_key_is_a_refusal"])]),
    (
        "a status of an error without a code of the service",
        &[
            (OUTCOMES, &["outcome_status_without_a_code_of_the_service_is_not_known"]),
            (
                BOUNDARY,
                &["no_client_error_without_a_code_of_the_service_means_that_a_write_was_not_executed"],
            ),
        ],
    ),
    (
        "a response that is left over on a kept connection",
        &[(TRANSPORT, &["outcome_response_left_over_on_a_connection_is_not_that_of_the_next_write"])],
    ),
    (
        "two desks on one file, a torn batch, and a link in the place of a new file: read once, by the importer",
        &[(
            IMPORT,
            &[
                "events_of_a_second_writer_are_reported_and_not_lost",
                "a_torn_batch_does_not_keep_the_file_from_being_read",
                "a_file_cut_at_any_byte_gives_every_acknowledged_event",
                "links_and_foreign_files_are_refused",
            ],
        )],
    ),
];

/// The guards of the protocol, section by section.
const RULES: &[Proven] = &[
    (
        "3: the same request id with another digest is an error",
        &[(STORIES, &["story_28_a_request_id_means_one_write"])],
    ),
    (
        "3: the same request id of an undecided attempt names its candidates",
        &[(GUARDS, &["an_undecided_attempt_names_its_candidates_again_and_sends_nothing"])],
    ),
    (
        "3: begin needs the permit",
        &[(GUARDS, &["begin_comes_after_the_permit_so_that_no_send_waits_for_its_rate_limit"])],
    ),
    (
        "3: begin needs a clock interval",
        &[(STORIES, &["story_09_the_first_call_of_a_process_is_a_write_and_fetches_the_time_first"])],
    ),
    (
        "3: begin needs all gates, of all legs or none",
        &[
            (
                STORIES,
                &[
                    "story_13_the_second_of_two_equal_writes_begins_after_the_first_is_settled",
                    "story_23_batches_in_opposite_order_do_not_block_each_other_for_ever",
                ],
            ),
            (
                CONTRACT,
                &["the_journal_in_memory_keeps_the_contract", "the_journal_on_sqlite_keeps_the_contract"],
            ),
        ],
    ),
    (
        "3: nothing is sent after send_by, and with no later signing time than the stored one",
        &[
            (
                STORIES,
                &[
                    "story_05_after_a_pause_between_begin_and_the_check_nothing_is_handed_over",
                    "story_05_after_a_pause_between_check_and_first_byte_the_old_signature_is_refused",
                ],
            ),
            (GUARDS, &["a_request_is_signed_with_the_time_that_is_stored_and_with_no_later_one"]),
        ],
    ),
    (
        "3: what was not handed to the transport is ready again",
        &[(GUARDS, &["what_never_left_the_process_is_ready_and_its_gate_is_free"])],
    ),
    (
        "3: a success with an id counts even if the version has changed, and an alarm says what it refutes",
        &[
            (STORIES, &["story_19_a_take_over_ends_undecided_and_then_the_paused_owner_reads_its_success"]),
            (OUTCOMES, &["a_broken_assumption_is_reported"]),
        ],
    ),
    (
        "3: only a documented code is a refusal, without the proof of a success beside it",
        &[
            (OUTCOMES, &["a_documented_refusal_is_settled_at_once_and_may_be_repeated_under_a_new_request"]),
            (
                GUARDS,
                &[
                    "a_code_that_is_not_documented_proves_nothing",
                    "refused_credentials_are_an_error_of_the_caller_and_leave_the_write_to_be_sent",
                ],
            ),
            (BOUNDARY, &["an_error_that_carries_the_proof_of_a_success_may_have_been_executed"]),
        ],
    ),
    (
        "3: a repeat needs sends that are left",
        &[(GUARDS, &["an_attempt_is_sent_five_times_at_most_in_one_call"])],
    ),
    (
        "3: a person decides, and says who and why",
        &[(OUTCOMES, &["a_person_decides_what_the_records_cannot"])],
    ),
    (
        "3: a record by response replaces one by look-up, and the loser is resolved again",
        &[(
            STORIES,
            &["story_21_a_record_that_two_claim_goes_to_one_and_a_response_takes_it_from_a_look_up"],
        )],
    ),
    (
        "4: the interval of the service's time",
        &[(
            SERVICE_TIME,
            &[
                "the_first_date_gives_an_interval_and_later_ones_narrow_it",
                "the_interval_widens_with_drift",
                "a_contradiction_starts_again_from_the_newest",
                "dates_of_caches_and_of_other_servers_do_not_count",
            ],
        )],
    ),
    (
        "4: the window begins before the first send, is stored, and is not computed again",
        &[(
            STORIES,
            &[
                "story_04_an_execution_in_the_second_of_begin_is_found",
                "story_08_a_clock_that_jumps_an_hour_between_send_and_look_up_changes_neither_window_nor_wait",
            ],
        )],
    ),
    (
        "4: rows are filtered again on the client",
        &[(GUARDS, &["a_row_outside_the_window_is_no_candidate_whatever_bounds_the_service_keeps"])],
    ),
    (
        "5: an own request",
        &[(
            STORIES,
            &["story_02_a_lost_request_is_proven_at_l_and_d_not_earlier_and_the_repeat_executes_once"],
        )],
    ),
    (
        "5: an owner that is proven dead",
        &[
            (STORIES, &["story_11_a_dead_owner_is_taken_over_at_l_and_d_and_a_stopped_one_is_not"]),
            (CONTRACT, &["story_11_a_stopped_process_keeps_its_lock_and_a_killed_one_loses_it"]),
        ],
    ),
    (
        "5: an owner elsewhere, behind the fence",
        &[(STORIES, &["story_07_clocks_that_differ_take_nothing_over_early"])],
    ),
    (
        "5: no fence: undecided, unless the longest pause is declared",
        &[
            (
                STORIES,
                &[
                    "story_29_with_tokens_a_paused_owner_elsewhere_is_undecided",
                    "story_06_where_old_signatures_are_accepted_the_other_process_does_not_decide_absence",
                ],
            ),
            (GUARDS, &["without_a_fence_a_declared_pause_decides_and_a_check_that_is_off_does_not"]),
        ],
    ),
    (
        "5: the fence is proven by a refusal for age only",
        &[(GUARDS, &["keys_that_are_refused_do_not_prove_that_old_signatures_are"])],
    ),
    (
        "6: the look-up starts after the settling time",
        &[(
            STORIES,
            &["story_03_a_look_up_that_starts_before_the_settling_time_proves_nothing_when_it_ends"],
        )],
    ),
    (
        "6: the table of verdicts",
        &[(VERDICT, &["the_verdict_follows_from_the_candidates_as_the_table_says"])],
    ),
    (
        "6: a clash on version or record discards the verdict",
        &[
            (STORIES, &["story_20_the_late_verdict_of_a_paused_resolver_after_a_repeat_is_a_conflict"]),
            (GUARDS, &["a_verdict_whose_record_belongs_to_another_attempt_is_discarded_and_looked_up_again"]),
        ],
    ),
    (
        "6: absence proves nothing until the query was seen to show the account",
        &[(STORIES, &["story_31_an_empty_list_of_a_query_that_is_not_proven_decides_nothing"])],
    ),
    (
        "7: a waiter resolves the blocker",
        &[(STORIES, &["story_14_the_owner_of_the_first_dies_for_good_and_the_second_still_gets_through"])],
    ),
    (
        "7: begin after an undecided attempt ignores what is visible",
        &[(
            STORIES,
            &["story_15_after_an_undecided_attempt_the_next_is_sent_and_gets_neither_of_its_candidates"],
        )],
    ),
    (
        "7: memos that are unique and shown",
        &[(STORIES, &["story_17_unique_memos_run_in_parallel_once_records_are_known_to_show_them"])],
    ),
    (
        "7: different amounts",
        &[
            (GUARDS, &["writes_of_different_amounts_do_not_wait_for_each_other"]),
            (STORIES, &["story_26_a_record_without_an_amount_leaves_all_that_fit_undecided"]),
        ],
    ),
    (
        "8: keyed writes",
        &[
            (
                KEYED,
                &[
                    "story_24_a_known_key_is_resolved_by_records_and_a_new_send_has_a_new_key",
                    "a_keyed_write_that_is_refused_for_now_is_sent_again_and_executed_once",
                ],
            ),
            (DYNAMIC, &["outcome_of_keyed_json_without_its_key_is_a_refusal"]),
        ],
    ),
    (
        "9: batches",
        &[
            (STORIES, &["story_22_a_batch_is_settled_leg_by_leg_and_the_repeat_has_only_the_missing"]),
            (GUARDS, &["a_batch_names_a_target_once_and_one_in_both_lists_or_in_none_is_looked_up"]),
        ],
    ),
    (
        "9: writes that are proven by a state",
        &[(
            OPERATIONS,
            &[
                "outcome_of_payments_and_cancellations_is_proven_by_the_state_of_the_order",
                "outcome_of_freezing_is_proven_by_the_state_of_the_customer",
            ],
        )],
    ),
    (
        "10: recovery, and a journal that fails",
        &[
            (STORIES, &["story_30_a_journal_that_fails_sends_nothing_loses_nothing_and_is_read_again"]),
            (GUARDS, &["recovery_does_not_keep_writes_with_other_footprints_waiting"]),
        ],
    ),
    (
        "12: the delay of records is measured, and above half of what is assumed it is reported",
        &[(
            GUARDS,
            &[
                "the_delay_of_records_is_measured_kept_and_reported_above_half_of_what_is_assumed",
                "the_largest_delay_stays_and_one_that_no_look_up_has_seen_is_not_measured",
                "the_clock_of_the_records_is_compared_with_that_of_the_gateway",
            ],
        )],
    ),
    (
        "an attempt or a journal of a newer version is left alone",
        &[
            (GUARDS, &["an_attempt_of_a_newer_version_is_neither_sent_nor_resolved"]),
            (CONTRACT, &["a_journal_of_a_newer_version_is_refused_and_left_alone"]),
        ],
    ),
];

#[test]
fn every_case_of_a_lost_response_has_its_tests() {
    every_one_has_its_tests(CASES);
    // The table names every test of a case.
    let outcomes = include_str!("outcomes.rs");
    let tests = outcomes.matches("async fn outcome_").count();
    let named: usize = CASES
        .iter()
        .flat_map(|(_, tests)| tests.iter())
        .filter(|(file, _)| *file == OUTCOMES)
        .map(|(_, names)| names.len())
        .sum();
    // Allocations to customers and vouchers without a journal are kinds of writes rather than cases.
    assert_eq!(tests, named + 2, "the table of cases is not that of the tests");
}

#[test]
fn every_guard_of_the_protocol_has_its_tests() {
    every_one_has_its_tests(RULES);
}
