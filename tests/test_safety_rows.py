"""Where each row on the law of letters (L), on markup from outside (I) and on access (A) is tested.

L05 (a press source without a licence in a report) and L11 (people as actors) are missing here:
nothing holds them yet. A row that loses its test, or a test that changes its name, fails here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent

ROWS = """
A01 browser/test_axe::test_a01_a03_axe_finds_nothing_on_pages_without_signing_in
A01 browser/test_axe::test_a01_a03_axe_finds_nothing_on_the_pages_of_an_officer
A03 browser/test_axe::test_a01_a03_axe_finds_nothing_on_pages_without_signing_in
A03 report/test_letter::test_layout_tables_are_no_tables_to_a_screen_reader
A03 report/test_letter::test_html_and_text_say_the_same
I01 report/test_letter::test_what_others_wrote_is_text_and_never_a_template
I01 report/test_zoom::test_hostile_words_stay_words
I02 report/test_letter::test_a_link_that_is_none_is_dropped_and_its_item_kept
I03 report/test_letter::test_a_link_that_is_none_is_dropped_and_its_item_kept
I04 report/test_zoom::test_i04_markup_that_changes_when_it_is_read_again_stays_words
I05 report/test_letter::test_what_others_wrote_is_text_and_never_a_template
I06 report/test_letter::test_nothing_is_loaded_and_nobody_is_counted
I07 text/test_logged::test_i07_a_record_is_one_line_and_its_signs_are_escaped
I07 text/test_logged::test_i07_no_line_of_a_trace_can_pass_for_a_record
L01 sources/test_courtesy::test_a_reservation_in_a_header_is_noted
L01 sources/test_courtesy::test_a_reservation_in_a_page_is_read
L02 sources/test_courtesy::test_entries_whose_pages_are_reserved_keep_title_and_link_alone
L02 rounds/test_fetch::test_a_page_whose_site_reserves_its_path_changes_nothing
L03 sources/test_travel::test_robots_are_asked_once_for_a_host_and_obeyed
L03 sources/test_travel::test_a_missing_robots_file_allows_and_a_failing_one_forbids
L04 report/test_letter::test_an_excerpt_is_no_longer_than_its_source_allows
L04 report/test_letter::test_a_source_without_a_rule_may_be_quoted_in_160_characters
L04 rounds/test_edit::test_l04_an_officer_quotes_no_more_than_the_source_allows
L06 rounds/test_rounds::test_without_a_basis_in_law_nobody_is_written_to
L06 report/test_letter::test_nobody_is_written_to_without_a_basis_or_without_a_line
L07 web/test_farewell::test_one_click_of_a_mail_client_stops_the_letters
L07 contract/test_store::test_an_opposition_outlives_removal_and_import
L08 web/test_own::test_the_data_are_handed_over_to_who_knows_the_address
L08 web/test_own::test_erased_nothing_is_left_and_no_import_brings_it_back
L08 web/test_held::test_l08_what_a_reader_asked_is_handed_over_and_erased_with_him
L09 rounds/test_retain::test_l09_of_an_old_letter_the_words_go_and_what_it_told_stays
L09 rounds/test_retain::test_l09_who_left_goes_after_a_month_and_no_import_brings_him_back
L09 rounds/test_retain::test_l09_of_silent_prospects_three_years_are_enough_and_members_stay
L10 report/test_letter::test_nothing_is_loaded_and_nobody_is_counted
L12 report/test_letter::test_the_foot_says_why_how_to_leave_and_who_writes
L12 report/test_letter::test_each_ground_has_its_sentence
"""
PAIRS = [line.split() for line in ROWS.split("\n") if line]
ASKED = {
    *("A01", "A03"),
    *("I01", "I02", "I03", "I04", "I05", "I06", "I07"),
    *("L01", "L02", "L03", "L04", "L06", "L07", "L08", "L09", "L10", "L12"),
}


def test_every_row_has_a_test() -> None:
    assert {row for row, _ in PAIRS} == ASKED


@pytest.mark.parametrize(("row", "node"), PAIRS)
def test_the_test_of_a_row_exists(row: str, node: str) -> None:
    file, name = node.split("::")
    tree = ast.parse((TESTS / f"{file}.py").read_text(encoding="utf-8"))

    assert name in {one.name for one in tree.body if isinstance(one, ast.FunctionDef)}
