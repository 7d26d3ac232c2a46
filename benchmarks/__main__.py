"""The benchmark: `python3 dev.py bench`. Prints a table for each database and size, as Markdown."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import attrs
import table
from run import DATABASES, Options, Table, run

QUICK = 10_000
QUICK_PATIENCE, PATIENCE = 2, 20
"""Seconds, with `--quick` and without: after these, a run tries no further probe of a question."""

SIZES = (10_000, 100_000, 1_000_000)


def options(arguments: list[str]) -> tuple[Options, Path | None]:
    parser = argparse.ArgumentParser(prog="python3 dev.py bench", description=__doc__)
    parser.add_argument("--sizes", type=_size, nargs="+", default=SIZES, help="numbers of sentences")
    parser.add_argument("--quick", action="store_true", help="10,000 sentences in one run: below two minutes")
    parser.add_argument(
        "--only", default="", metavar="TEXT", help="of the questions those with this in their name"
    )
    parser.add_argument("--runs", type=int, help="by default five, at a million sentences two")
    parser.add_argument("--databases", choices=DATABASES, nargs="+", default=DATABASES)
    parser.add_argument("--peers", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument(
        "--patience", type=float, metavar="SECONDS", help="for the probes of one question in a run"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes every run's figures there")
    given = parser.parse_args(arguments)
    return (
        Options(
            sizes=(QUICK,) if given.quick else tuple(sorted(given.sizes)),
            runs=1 if given.quick and given.runs is None else given.runs,
            only=given.only,
            patience=given.patience or (QUICK_PATIENCE if given.quick else PATIENCE),
            has_peers=given.peers,
            databases=tuple(given.databases),
        ),
        given.json,
    )


def _size(text: str) -> int:
    size = int(text.replace(",", "").replace("_", ""))
    if size < 40 or size % 8:
        raise argparse.ArgumentTypeError("at least 40, and half of it whole documents of four")
    return size


def main(arguments: list[str]) -> int:
    chosen, file = options(arguments)
    print(f"{table.machine()}\n")
    measured: list[Table] = []
    for each in run(chosen):
        measured.append(each)
        smallest = [one for one in measured if one.database == each.database and one.size == table.SMALLEST]
        print(table.printed(each, smallest[0] if smallest else None), flush=True)
    if file is not None:
        file.write_text(
            json.dumps({"machine": table.machine(), "tables": [attrs.asdict(one) for one in measured]})
        )
    return int(any(table.has_differences(each) for each in measured))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
