"""From a review to the opinions that it means."""

from __future__ import annotations

from watch.domain import Review, Tag, Verdict

__all__ = ["opinions"]


def opinions(review: Review) -> list[Tag]:
    """Return an expert's opinions: yes is a score of 1, no a score of 0.

    A correction says no to one topic and, where another is named, yes to that one. That an item
    is done is an opinion on no topic.
    """
    if review.verdict is Verdict.DONE:
        return []
    yes = review.verdict is Verdict.CONFIRM
    said = [_opinion(review, review.topic, 1.0 if yes else 0.0)]
    if review.verdict is Verdict.CORRECT and review.instead not in {"", review.topic}:
        said.append(_opinion(review, review.instead, 1.0))
    return said


def _opinion(review: Review, topic: str, score: float) -> Tag:
    return Tag(
        item=review.item,
        axis=review.axis,
        topic=topic,
        score=score,
        by=f"expert/{review.college}/{review.reviewer}",
        why=(review.remark,) if review.remark else (),
        said_at=review.said_at,
    )
