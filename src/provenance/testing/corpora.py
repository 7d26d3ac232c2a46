"""Golden corpora: what a release recorded and answered, frozen, and held against every later release."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provenance.errors import WouldOverwrite
from provenance.ledger import Ledger
from provenance.rules.circular import KINDS
from provenance.rules.support import UNSUPPORTED_KINDS


class CorpusChanged(AssertionError):
    """A frozen corpus is no longer loaded, exported or answered as it was."""


Ask = Callable[[Ledger], Any]


def answers(ledger: Ledger) -> dict[str, list[str]]:
    """By question, the printed answers to all questions about the whole ledger."""
    found = {f"unsupported {kind}": _printed(ledger.unsupported(kind)) for kind in UNSUPPORTED_KINDS}
    found["conflicts"] = _printed(ledger.conflicts(strength="possible"))
    found["divergences"] = _printed(ledger.divergences(strength="possible"))
    found["self_contradictions"] = _printed(ledger.self_contradictions())
    found["circular"] = _printed(ledger.circular(*KINDS))
    found["changes"] = _printed(ledger.changes())
    found["accusations"] = _printed(ledger.accusations())
    return found


def _printed(found: Iterable[object]) -> list[str]:
    return [str(one) for one in found]


def golden(
    path: str | Path,
    record: Callable[[Ledger], object] | None = None,
    *,
    ask: Ask = answers,
    freeze: bool = False,
) -> None:
    """Checks a corpus that was frozen at a release: its log loads, verifies and is exported as the same bytes, and the
    ledger answers `ask` as it did.

    Call it with `freeze` once, at the release: `record` fills a new ledger, its log is written to `path`, and what
    `ask` gives of it, which has to be JSON, to a file beside it. Commit both files with your tests, and call it without
    `freeze` ever after.

    Raises `CorpusChanged` where the log or an answer is another one, and `errors.WouldOverwrite` where a file to be
    frozen exists.
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
        frozen = json.dumps(ask(ledger), indent=1, sort_keys=True) + "\n"
        ledger.export(log)
        asked.write_text(frozen, encoding="utf-8")


@contextmanager
def _new_ledger() -> Iterator[Ledger]:
    with (
        tempfile.TemporaryDirectory(prefix="provenance-") as folder,
        Ledger.open(Path(folder) / "corpus.db") as ledger,
    ):
        yield ledger
