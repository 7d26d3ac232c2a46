"""The command line: a thin layer over Ledger. Only the standard library, so that it runs without the `cli` extra."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from provenance.errors import ProvenanceError
from provenance.ledger import Ledger
from provenance.sources import REPORTED_ABSENT, anonymous, outlet, partly_named, person
from provenance.values.ids import RecordId


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command. Errors of the library go to standard error, with exit code 1."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except ProvenanceError as error:
        sys.exit(f"provenance: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="provenance", description="Who says so, through whom, and what was shown."
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    command("demo", _demo, "record part of a news story in a temporary ledger and ask who says so")
    for name, run, summary in (
        ("init", _init, "set up an empty ledger"),
        ("upgrade", _upgrade, "bring a ledger's tables to this release"),
        ("conflicts", _conflicts, "claims that cannot both be right"),
    ):
        command(name, run, summary).add_argument("ledger", help="a path or a database URL")
    importing = command("import", _import, "record sentences from a file of JSON lines")
    importing.add_argument("ledger", help="a path or a database URL")
    importing.add_argument("file", type=Path)
    importing.add_argument("--by", required=True, help="who records them")
    lacking = command("unsupported", _unsupported, "claims that lack support")
    lacking.add_argument("ledger", help="a path or a database URL")
    lacking.add_argument("--kind", default="no_evidence")
    tracing = command("trace", _trace, "the chains of a claim")
    tracing.add_argument("ledger", help="a path or a database URL")
    tracing.add_argument("claim", help="the claim's id, or words that it holds")
    return parser


def _print(answers: Iterable[object]) -> None:
    for answer in answers:
        print(answer)


def _init(options: argparse.Namespace) -> None:
    Ledger.open(options.ledger).close()


def _upgrade(options: argparse.Namespace) -> None:
    Ledger.upgrade(options.ledger)


def _conflicts(options: argparse.Namespace) -> None:
    with Ledger.open(options.ledger) as ledger:
        _print(ledger.conflicts())


def _unsupported(options: argparse.Namespace) -> None:
    with Ledger.open(options.ledger) as ledger:
        _print(ledger.unsupported(options.kind))


def _import(options: argparse.Namespace) -> None:
    with Ledger.open(options.ledger) as ledger:
        added = ledger.ingest(
            options.file, by=options.by, progress=lambda read: print(f"{read} read", file=sys.stderr)
        )
        print(f"{added} new")


def _trace(options: argparse.Namespace) -> None:
    with Ledger.open(options.ledger) as ledger:
        try:
            ids = [RecordId(options.claim)]
        except ProvenanceError:
            ids = [found.id for found in ledger.find(options.claim) if hasattr(found, "text")]
        _print(ledger.trace(one) for one in ids)


def _demo(_: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "newsroom.db") as ledger:
        record_story(ledger)
        print("Unsupported\n")
        _print(ledger.unsupported())
        print("\nOn anonymous sources only\n")
        _print(found.claim for found in ledger.unsupported("anonymous_only"))
        print("\nUnanswered accusations\n")
        _print(ledger.unanswered())


def record_story(ledger: Ledger) -> None:
    """Part of a report on a shot general: his doctors, a neighbour, and a minister's accusation."""
    with ledger.begin(by="demo") as desk:
        story = desk.document(outlet("CNN"), publisher_id="general-shot", published_at="2026-02-07")
        tass = outlet("TASS", part_of="Russian state")
        desk.record(
            "The general is conscious again", source=anonymous("medical sources"), via=[tass], found_in=story
        )
        neighbour = partly_named("Alexandra")
        desk.record(
            "Shots were heard at about 6:30",
            source=neighbour,
            via=[outlet("Reuters")],
            found_in=story,
            basis="witness",
        )
        accusation = "Ukraine was behind the attempt on the general"
        minister = person("Sergey Lavrov", part_of="Russian state")
        desk.record(
            accusation, source=minister, found_in=story, evidence=REPORTED_ABSENT, accuses=["Ukraine"]
        )
        desk.record(accusation, source="Ukraine", found_in=story, stance="silence")
