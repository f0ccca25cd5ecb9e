"""Where each row on fetching (N) and on feeds and pages (F) of the safety list is tested.

A row that loses its test, or a test that changes its name, fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

ROWS = """
N01 sources/test_travel::test_no_spelling_of_the_loopback_opens_a_connection
N02 sources/test_guard::test_addresses_that_are_not_public_are_closed
N03 sources/test_travel::test_what_is_no_plain_web_address_is_refused_before_anything_is_asked
N03 sources/test_travel::test_a_redirect_out_of_the_web_is_refused
N03 sources/test_safety::test_n03_n04_what_is_no_web_address_is_refused_at_its_line
N04 sources/test_travel::test_what_is_no_plain_web_address_is_refused_before_anything_is_asked
N04 sources/test_http::test_n04_an_address_is_read_in_one_way
N05 sources/test_travel::test_at_most_five_redirects_are_followed
N06 sources/test_travel::test_a_redirect_to_the_inside_is_blocked_at_the_socket
N07 sources/test_discover::test_a_page_cannot_send_us_inside
N07 sources/test_safety::test_n07_a_list_cannot_send_us_inside
N07 sources/test_safety::test_n07_house_rules_cannot_send_us_inside
N07 sources/test_safety::test_n07_a_sitemap_cannot_send_us_inside
N08 report/test_pdf::test_a_document_that_asks_for_addresses_gets_none
N08 sources/test_safety::test_n08_a_page_that_is_read_loads_nothing
N09 sources/test_travel::test_a_redirect_that_leads_nowhere_is_a_failure
N10 sources/test_travel::test_a_bomb_is_stopped_before_it_costs_time_or_memory
N11 sources/test_travel::test_packed_bodies_are_unpacked_or_refused
N12 sources/test_travel::test_an_endless_body_ends_at_the_limit
N13 sources/test_travel::test_the_body_of_a_redirect_is_never_read
N14 sources/test_travel::test_answers_against_the_rules_are_failures
N15 sources/test_travel::test_we_say_who_we_are_and_carry_no_cookie
N15 sources/test_hostile_web::test_a_hostile_site_is_left_with_its_reason
N16 sources/test_travel::test_a_name_that_changes_its_address_between_two_questions_gains_nothing
N17 sources/test_http::test_n17_one_private_address_closes_the_name
N18 sources/test_http::test_n18_proxies_and_passwords_of_the_environment_are_ignored
N20 sources/test_travel::test_a_slow_server_is_left_at_the_deadline_and_is_no_empty_answer
N21 sources/test_travel::test_a_slow_server_is_left_at_the_deadline_and_is_no_empty_answer
N22 rounds/test_hanging::test_n22_fifty_silent_sources_cost_no_other_its_harvest
N23 sources/test_http::test_n23_a_key_is_sent_to_its_own_site_and_shown_nowhere
N23 sources/test_http::test_n23_a_redirect_elsewhere_loses_the_key_that_it_repeats
N24 sources/test_certificates::test_a_site_that_cannot_prove_who_it_is_is_asked_nothing
N30 sources/test_travel::test_retry_after_is_obeyed_up_to_a_day
N30 sources/test_rhythm::test_n30_what_a_host_asks_for_is_obeyed
N31 sources/test_trouble::test_n31_gone_is_told_at_once_and_only_once
N31 sources/test_rhythm::test_n31_a_source_that_is_gone_is_looked_at_once_a_week_and_never_given_up
N32 sources/test_trouble::test_n32_an_outage_is_told_at_its_third_failure_its_end_after_a_calm_day
N32 sources/test_trouble::test_n32_a_flapping_source_is_told_once_and_its_end_once
N33 sources/test_travel::test_a_304_to_a_question_without_validators_is_a_failure
N34 sources/test_travel::test_the_same_body_under_a_new_etag_is_unchanged
N35 sources/test_travel::test_a_validator_that_cannot_be_kept_is_not_sent
N36 sources/test_travel::test_one_host_is_asked_once_at_a_time_with_a_pause_between
N36 sources/test_travel::test_the_crawl_delay_of_a_site_is_kept
N36 sources/test_courtesy::test_a_robot_says_its_name_its_version_and_its_contact
N37 sources/test_trouble::test_n37_a_move_within_one_site_is_followed_once
N37 sources/test_trouble::test_n37_a_move_to_another_site_is_proposed_once
F01 sources/test_feed_faults::test_f01_f02_entities_that_grow_are_refused_before_any_reader
F02 sources/test_feed_faults::test_f01_f02_entities_that_grow_are_refused_before_any_reader
F03 sources/test_feed_faults::test_f03_f04_nothing_external_is_opened
F04 sources/test_feed_faults::test_f03_f04_nothing_external_is_opened
F05 sources/test_feed_faults::test_f05_an_inclusion_is_not_followed
F06 sources/test_feed_faults::test_f06_f07_a_body_that_is_a_path_or_an_address_is_no_feed
F07 sources/test_feed_faults::test_f06_f07_a_body_that_is_a_path_or_an_address_is_no_feed
F11 sources/test_feed_faults::test_f11_fifty_thousand_items_are_capped_and_the_rest_counted
F12 sources/test_feed_faults::test_f12_sixty_thousand_nested_tags_or_attributes_cost_little
F12 sources/pages/test_apart::test_f12_a_page_is_given_up_in_time
F12 sources/test_pages::test_a_hostile_page_costs_little_time
F13 sources/test_feed_faults::test_f13_a_title_of_two_megabytes_is_cut
F14 sources/test_feed_faults::test_f14_no_text_makes_a_pattern_backtrack
F14 sources/test_pages::test_a_selector_that_will_not_do_is_refused
F14 sources/test_safety::test_f14_no_watched_page_makes_a_pattern_backtrack
F20 sources/test_feed_faults::test_f20_f21_accents_come_out_right_whatever_is_declared
F21 sources/test_feed_faults::test_f21_utf_7_is_never_read
F22 sources/test_feed_faults::test_f22_no_nul_control_sign_or_surrogate_is_left
F23 sources/test_feed_faults::test_f23_a_cut_body_keeps_its_whole_items_and_no_validator
F24 sources/test_feed_faults::test_f24_a_page_or_nothing_is_a_failure_and_no_quiet_day
F25 sources/test_feed_faults::test_f25_a_feed_under_a_wrong_type_is_read
F30 sources/test_feed_faults::test_f30_a_guid_that_changes_at_each_visit_names_no_new_item
F31 sources/test_feed_faults::test_f31_a_tracking_query_that_changes_names_no_new_item
F32 sources/test_feed_faults::test_f32_one_guid_for_all_leaves_them_apart_by_their_links
F33 sources/test_feed_faults::test_f33_without_guid_link_and_title_the_text_names_it_for_good
F34 sources/test_feed_faults::test_f34_f35_an_impossible_date_is_the_day_on_which_we_saw_it
F35 sources/test_feed_faults::test_f34_f35_an_impossible_date_is_the_day_on_which_we_saw_it
F36 sources/test_feed_faults::test_f36_dates_are_read_as_europe_writes_them
F37 sources/test_feed_faults::test_f37_a_publisher_who_dates_everything_anew_brings_no_new_item
F38 sources/test_feed_faults::test_f38_one_story_from_twelve_sources_is_one_line_with_twelve_outlets
"""
PAIRS = [line.split() for line in ROWS.split("\n") if line]
ASKED = {
    *(f"N{n:02}" for n in (*range(1, 19), *range(20, 25), *range(30, 38))),
    *(f"F{n:02}" for n in (*range(1, 8), *range(11, 15), *range(20, 26), *range(30, 39))),
}


def test_every_row_has_a_test() -> None:
    assert {row for row, _ in PAIRS} == ASKED


@pytest.mark.parametrize(("row", "node"), PAIRS)
def test_the_test_of_a_row_exists(row: str, node: str) -> None:
    file, name = node.split("::")
    tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))

    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
