"""Settling: whose word counts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.classify.samples import MONDAY
from watch.classify.settle import is_doubtful, is_served, settle
from watch.domain import Axis, Tag


def said(by: str, score: float, days: int = 0, why: str = "", topic: str = "led") -> Tag:
    why_words = (why,) if why else ()
    at = MONDAY + timedelta(days=days)
    return Tag("0" * 32, Axis.TECHNOLOGY, topic, score, by, why_words, at)


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("phrases/1", "nearness/1"),
        ("nearness/1", "learned/2026-11-02"),
        ("learned/2026-11-02", "expert/industry/7"),
        ("somebody/1", "phrases/1"),
    ],
)
def test_a_higher_judge_outranks_a_lower_one_even_if_it_spoke_earlier(lower, higher):
    assert settle([said(lower, 0.9, days=5), said(higher, 0.1)]) == [said(higher, 0.1)]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("phrases/9", "phrases/10"),
        ("learned/2026-11-02", "learned/2026-12-01"),
        ("nearness/usem3-0.2", "nearness/usem3-0.10"),
    ],
)
def test_the_newer_version_of_a_judge_replaces_the_older(older, newer):
    assert settle([said(newer, 0.2), said(older, 0.9, days=5)]) == [said(newer, 0.2)]


def test_of_one_judge_the_latest_word_counts():
    later = said("phrases/1", 0.2, days=1)

    assert settle([later, said("phrases/1", 0.9)]) == [later]


def test_an_expert_s_no_wins_at_once_and_its_remark_is_kept():
    no = said("expert/industry/7", 0.0, why="a homonym")

    assert settle([said("phrases/1", 0.95), said("learned/2026-11-02", 0.9), no]) == [no]


def test_the_latest_word_of_a_reviewer_counts_whatever_the_college():
    changed = said("expert/staff/7", 0.0, days=2)

    assert settle([said("expert/industry/7", 1.0), changed]) == [changed]


def test_the_majority_of_experts_wins():
    votes = [said("expert/academia/1", 1.0), said("expert/industry/2", 1.0, days=1)]

    assert settle([*votes, said("expert/staff/3", 0.0, days=3)]) == [votes[1]]


def test_experts_in_equal_numbers_leave_it_to_review():
    (tag,) = settle([said("expert/academia/1", 1.0), said("expert/industry/2", 0.0)])

    assert tag.score == 0.5
    assert is_doubtful(tag)
    assert not is_served(tag)


def test_every_topic_is_settled_by_itself():
    tags = [said("phrases/1", 0.7, topic="led"), said("phrases/1", 0.4, topic="lidar")]

    assert settle(reversed(tags)) == tags
    assert settle([]) == []


@pytest.mark.parametrize(
    ("score", "served", "doubtful"),
    [(0.0, False, False), (0.29, False, False), (0.3, False, True), (0.6, True, False)],
)
def test_the_two_thresholds_part_facts_doubts_and_nothing(score, served, doubtful):
    tag = said("phrases/1", score)

    assert (is_served(tag), is_doubtful(tag)) == (served, doubtful)
