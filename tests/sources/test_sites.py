"""What an officer is told of an address: sites made from real pages and feeds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.doors import WebServer
from tests.shared import unpacked
from tests.sources.sites import Real, Site, sites
from watch.domain import Manners
from watch.rounds.look import look

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def every_site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Site]:
    folder = tmp_path_factory.mktemp("sites")
    (folder / "feeds").mkdir()
    (folder / "pages").mkdir()
    feeds = unpacked("feeds-realmix", folder / "feeds")
    pages = unpacked("pages-readability", folder / "pages")
    return {site.name: site for site in sites(Real(feeds, pages))}


def test_each_of_more_than_25_sites_is_understood(every_site: dict[str, Site]) -> None:
    wrong = []
    for site in every_site.values():
        with WebServer({}) as web:
            web.answers.update(site.answers(web.url("")))
            manners = Manners(
                deadline=timedelta(seconds=3),
                pause=timedelta(),
                open_addresses=frozenset({web.address}),
                directory={f"{site.host}:{web.address[1]}": web.address},
            )
            found = look(web.url(site.start, site.host), None, NOW, manners)
        way = found.sights[0].proposal.way if found.sights else ""
        count = found.sights[0].item_count if found.sights else 0
        reason = "" if found.sights else found.finding.harvest.reason
        if way != site.way or count < site.count or (site.reason and reason != site.reason):
            wrong.append(f"{site.name}: {way or reason}, {count} items")

    assert len(every_site) > 25
    assert wrong == []
