"""Golden corpora: what a release recorded and answered, frozen, and held against every later release."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provenance.errors import WouldOverwrite
from provenance.ledger import Ledger
from provenance.rules.circular import KINDS
from provenance.rules.support import UNSUPPORTED_KINDS


class CorpusChanged(AssertionError):
    """What was frozen is no longer read, kept or answered as it was."""


Ask = Callable[[Ledger], Any]


def answers(ledger: Ledger) -> dict[str, list[str]]:
    """Whatever the questions about the whole ledger answer, in words."""
    told = {f"unsupported {kind}": _told(ledger.unsupported(kind)) for kind in UNSUPPORTED_KINDS}
    told["conflicts"] = _told(ledger.conflicts(strength="possible"))
    told["divergences"] = _told(ledger.divergences(strength="possible"))
    told["self_contradictions"] = _told(ledger.self_contradictions())
    told["circular"] = _told(ledger.circular(*KINDS))
    told["changes"] = _told(ledger.changes())
    told["accusations"] = _told(ledger.accusations())
    return told


def _told(found: Any) -> list[str]:
    return [str(one) for one in found]


def golden(
    path: str | Path,
    record: Callable[[Ledger], object] | None = None,
    *,
    ask: Ask = answers,
    freeze: bool = False,
) -> None:
    """Checks a corpus that was frozen once: its log loads, verifies and is exported as the same bytes, and the ledger
    answers `ask` as it did.

    With `freeze`, at a release and never again, `record` fills a new ledger, whose log is written to `path`, and its
    answers, which have to be JSON, beside it; an existing corpus is never written over. Keep both files with the tests,
    and call it without `freeze` ever after. Raises `CorpusChanged` at what became
    another.
    """
    log = Path(path)
    asked = log.with_name(log.name + ".answers.json")
    if freeze:
        _freeze(log, asked, record, ask)
    missing = [file.name for file in (log, asked) if not file.exists()]
    if missing:
        raise CorpusChanged(
            f"there is no {missing[0]}: freeze a corpus with freeze=True, and keep both files"
        )
    with _new_ledger() as ledger:
        _check(ledger, log, json.loads(asked.read_text(encoding="utf-8")), ask)


def _check(ledger: Ledger, log: Path, expected: object, ask: Ask) -> None:
    ledger.load(log)
    report = ledger.verify(index=True)
    if not report.ok:
        raise CorpusChanged(str(report))
    written = io.BytesIO()
    ledger.export(written)
    if written.getvalue() != log.read_bytes():
        raise CorpusChanged("the log is exported as other bytes")
    if json.loads(json.dumps(ask(ledger))) != expected:
        raise CorpusChanged("the answers are others")


def _freeze(log: Path, asked: Path, record: Callable[[Ledger], object] | None, ask: Ask) -> None:
    if log.exists() or asked.exists():
        raise WouldOverwrite(f"{log.name} is there already", "keep it, and freeze another beside it")
    with _new_ledger() as ledger:
        if record is not None:
            record(ledger)
        told = json.dumps(ask(ledger), indent=1, sort_keys=True) + "\n"
        ledger.export(log)
        asked.write_text(told, encoding="utf-8")


@contextmanager
def _new_ledger() -> Iterator[Ledger]:
    with (
        tempfile.TemporaryDirectory(prefix="provenance-") as folder,
        Ledger.open(Path(folder) / "corpus.db") as ledger,
    ):
        yield ledger
