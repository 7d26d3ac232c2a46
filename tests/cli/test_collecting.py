"""While the command line imports, garbage is looked for seldom; the library leaves that to its host."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from databases import Database

from provenance import Ledger
from provenance.cli.collecting import SELDOM, seldom
from provenance.cli.commands import provenance

FIRST = (600, 11, 12)
SENTENCE = '{"claim": "It burned", "source": {"person": "Ann"}}\n'


@pytest.fixture(autouse=True)
def threshold() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*FIRST)
    yield
    gc.set_threshold(*before)


def test_an_ingest_leaves_the_collection_of_garbage_to_its_host(migrated_database: Database) -> None:
    during = []

    with Ledger.open(migrated_database.url) as ledger:
        ledger.ingest(
            [{"claim": "It burned", "source": {"person": "Ann"}}],
            by="desk",
            progress=lambda _: during.append(gc.get_threshold()),
        )

    assert during == [FIRST]


def test_the_command_looks_seldom_while_it_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    during = []
    ingest = Ledger.ingest

    def watched(self: Ledger, *args: object, **options: object) -> int:
        during.append(gc.get_threshold())
        return ingest(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Ledger, "ingest", watched)

    assert _imported(tmp_path, SENTENCE) == 0
    assert during == [SELDOM]
    assert gc.get_threshold() == FIRST


def test_an_import_that_fails_restores_it_too(tmp_path: Path) -> None:
    assert _imported(tmp_path, '{"source": {"person": "Ann"}}\n') == 1
    assert gc.get_threshold() == FIRST


def _imported(folder: Path, lines: str) -> int:
    """The exit code of `provenance import` of these lines into a new ledger."""
    file = folder / "lines.jsonl"
    file.write_text(lines, encoding="utf-8")
    return (
        CliRunner()
        .invoke(provenance, ["import", str(folder / "ledger.db"), str(file), "--by", "desk"])
        .exit_code
    )


@pytest.mark.parametrize("own", [(0, 11, 12), (10 * SELDOM[0], 11, 12)])
def test_whoever_looks_more_seldom_or_never_keeps_that(own: tuple[int, int, int]) -> None:
    gc.set_threshold(*own)

    with seldom():
        during = gc.get_threshold()

    assert during == own
