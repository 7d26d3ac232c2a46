"""While much is recorded, garbage is looked for seldom; and as before from then on."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from databases import Database

from provenance import Ledger
from provenance.collecting import SELDOM, seldom
from provenance.errors import InvalidValue

FIRST, SECOND = (600, 11, 12), (900, 9, 9)


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*FIRST)
    yield
    gc.set_threshold(*before)


def test_an_ingest_restores_how_often_garbage_is_looked_for(migrated_database: Database) -> None:
    during = []

    with Ledger.open(migrated_database.url) as ledger:
        ledger.ingest(
            [{"claim": "It burned", "source": {"person": "Ann"}}],
            by="desk",
            progress=lambda _: during.append(gc.get_threshold()),
        )

    assert during == [SELDOM]
    assert gc.get_threshold() == FIRST


def test_an_ingest_that_fails_restores_it_too(migrated_database: Database) -> None:
    with Ledger.open(migrated_database.url) as ledger, pytest.raises(InvalidValue):
        ledger.ingest([{"source": {"person": "Ann"}}], by="desk")

    assert gc.get_threshold() == FIRST


def test_of_several_at_once_the_last_restores_it() -> None:
    first, second = seldom(), seldom()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    between = gc.get_threshold()
    second.__exit__(None, None, None)

    assert between == SELDOM
    assert gc.get_threshold() == FIRST


def test_what_somebody_else_sets_meanwhile_stays() -> None:
    with seldom():
        gc.set_threshold(*SECOND)

    assert gc.get_threshold() == SECOND


@pytest.mark.parametrize("own", [(0, 11, 12), (10 * SELDOM[0], 11, 12)])
def test_whoever_looks_more_seldom_or_never_keeps_that(own: tuple[int, int, int]) -> None:
    gc.set_threshold(*own)

    with seldom():
        during = gc.get_threshold()

    assert during == own
