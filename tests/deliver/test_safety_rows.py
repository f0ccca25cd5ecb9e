"""Where each row on e-mail (E), time (T) and recipients' lists (C) of the safety list is tested.

A row that loses its test, or a test that changes its name, fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

ROWS = """
C01 routing/test_members::test_a_written_cell_never_begins_a_formula
C02 routing/test_members::test_formulas_and_hidden_signs_leave_the_names
C02 routing/test_members::test_written_readers_are_read_back
C03 routing/test_members::test_the_hostile_file_gives_one_reader_and_tells_every_other_line
C03 routing/test_members::test_one_line_is_one_plain_address_or_is_refused
C03 routing/test_members::test_a_cell_far_too_long_ends_the_reading_and_keeps_what_came_before
C04 routing/test_members::test_an_address_that_stands_twice_is_one_reader_with_both_interests
C04 routing/test_members::test_a_french_file_is_read_in_every_usual_encoding
C04 routing/test_members::test_reading_twice_gives_the_same
E01 deliver/test_message::test_nothing_breaks_out_of_a_header
E02 deliver/test_message::test_nothing_breaks_out_of_a_header
E02 report/test_letter::test_headers_and_subject_are_one_line_that_shows_all
E03 deliver/test_message::test_what_is_not_one_address_is_refused
E03 deliver/test_message::test_a_name_with_a_comma_is_still_one_reader
E04 deliver/test_message::test_the_way_out_stands_whole_in_the_raw_bytes
E04 rounds/test_letter_rows::test_e04_e05_a_letter_as_it_travels_has_every_header_and_no_folded_way_out
E05 rounds/test_letter_rows::test_e04_e05_a_letter_as_it_travels_has_every_header_and_no_folded_way_out
E06 deliver/test_trust::test_e06_what_is_missing_is_named_with_the_record_to_write
E06 cli/test_trust::test_e06_the_advice_names_each_record_and_what_to_publish
E08 rounds/test_sending::test_e08_one_refused_one_put_off_eight_sent_once
E09 rounds/test_sending::test_e09_a_server_that_is_down_for_hours_loses_and_doubles_nothing
E09 rounds/test_sending::test_a_storm_of_delays_stops_the_round_and_uses_up_nobodys_tries
E10 web/test_own::test_e10_a_scanner_that_opens_every_link_of_a_letter_changes_nothing
E11 web/test_farewell::test_one_click_of_a_mail_client_stops_the_letters
E11 web/test_farewell::test_asked_twice_it_answers_the_same
E12 web/test_farewell::test_every_token_that_is_none_gets_one_and_the_same_answer
E12 web/test_own::test_e12_a_token_of_another_cluster_or_of_nobody_opens_nothing
E13 web/test_own::test_e12_e13_no_link_opens_another_page
E13 web/test_own::test_e13_to_leave_to_judge_and_the_feed_lead_nowhere_else
E14 report/test_letter::test_nothing_is_loaded_and_nobody_is_counted
E15 rounds/test_sending::test_e15_kept_and_cut_off_the_letter_goes_once_more_under_its_number
E15 rounds/test_sending::test_e15_a_server_that_keeps_and_drops_doubles_one_letter_never_the_batch
E16 rounds/test_sending_kills::test_e16_killed_thirty_times_five_hundred_letters_arrive
E17 rounds/test_sending_kills::test_e17_two_senders_send_each_letter_once
E18 rounds/test_sending::test_e18_the_pace_to_each_domain_is_kept_on_the_servers_own_clock
E18 rounds/test_sending::test_e18_two_senders_share_one_pace
E19 rounds/test_sending::test_e19_no_import_brings_an_address_back
E20 deliver/test_bounces::test_e20_e22_whatever_is_no_failed_delivery_says_nothing
E21 deliver/test_bounces::test_e21_no_invented_return_path_names_a_letter
E22 deliver/test_bounces::test_e20_e22_whatever_is_no_failed_delivery_says_nothing
E23 rounds/test_sending::test_e23_one_mailbox_in_two_spellings_gets_one_letter
E24 rounds/test_sending::test_e24_a_database_put_back_to_last_thursday_sends_nothing_without_asking
E25 rounds/test_letter_rows::test_e25_of_two_thousand_items_a_letter_holds_ten_lines_and_no_mail_client_cuts_it
E25 rounds/test_letter_rows::test_e25_an_empty_digest_is_not_sent
E26 rounds/test_sending::test_e26_a_test_installation_writes_to_nobody_but_those_it_names
E26 rounds/test_sending::test_e26_samples_go_to_the_cluster_and_hold_no_readers_key
T01 schedule/test_slots::test_two_schedulers_do_each_slot_once
T02 schedule/test_time::test_t02_down_at_the_hour_the_letters_are_made_up_for_once
T02 schedule/test_time::test_t02_down_for_days_the_officer_is_asked_once_and_collecting_is_made_up_for_once
T03 schedule/test_slots::test_an_hour_that_does_not_exist_is_done_once_that_day
T04 schedule/test_slots::test_an_hour_that_comes_twice_is_one_slot
T05 schedule/test_time::test_t05_a_clock_that_jumps_does_no_letter_day_again
T05 schedule/test_time::test_t05_a_clock_that_jumps_ahead_a_year_sends_nothing_of_the_past
T06 schedule/test_time::test_t06_a_round_that_is_longer_than_its_period_is_not_begun_twice
T07 rounds/test_sending_kills::test_t07_told_to_stop_in_the_middle_it_stops_at_once_and_goes_on_later
"""  # noqa: E501 - a name stands whole, so that it is found
PAIRS = [line.split() for line in ROWS.split("\n") if line]
ASKED = {
    *(f"C{n:02}" for n in range(1, 5)),
    # E07 is no row of the list.
    *(f"E{n:02}" for n in range(1, 27) if n != 7),
    *(f"T{n:02}" for n in range(1, 8)),
}


def test_every_row_has_a_test() -> None:
    assert {row for row, _ in PAIRS} == ASKED


@pytest.mark.parametrize(("row", "node"), PAIRS)
def test_the_test_of_a_row_exists(row: str, node: str) -> None:
    file, name = node.split("::")
    tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))

    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
