"""The command line: a thin layer over Ledger. Answers go to standard output, everything else to standard error."""

from __future__ import annotations

import re
import runpy
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click
from rich.console import Console
from rich.text import Text

from provenance import __version__
from provenance.answers.chains import Trace
from provenance.answers.claims import ClaimSummary
from provenance.cli.collecting import seldom
from provenance.errors import InvalidValue, NotALedger, ProvenanceError, UnknownReference, WrongRevision
from provenance.ledger import Ledger
from provenance.operations import migrations
from provenance.operations.folders import folder
from provenance.rules.strengths import STRENGTH_NAMES
from provenance.rules.support import UNSUPPORTED_KINDS
from provenance.values.ids import RecordId
from provenance.values.vocabulary import Nature

LEDGER = "LEDGER is the path of an SQLite file, or a database URL such as postgresql://user@host/newsroom."

MOST_CLAIMS = 50
"""Claims that `trace` shows for some words: more than a screen holds, so that better words help more."""


class Refused(click.ClickException):
    """An error of the library, or a command that found nothing to answer. The command ends with exit code 1."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"provenance: {self.format_message()}", file=file, err=file is None)


class Commands(click.Group):
    """The commands. An error of the library ends a command in one line. No message repeats the address of a database:
    it can hold a password."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _refusals():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _refusals():
            return super().invoke(ctx)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ProvenanceError as error:
        raise Refused(str(error)) from None
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise click.UsageError(_without_addresses(error.format_message()), error.ctx) from None


def _without_addresses(message: str) -> str:
    """The message with every address cut off behind its scheme, up to the last quotation mark or bracket: a password
    can hold such marks too."""
    return re.sub(r"(?s)://.*(?=['\")])|://.*", "://…", message)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def provenance() -> None:
    """Who says so, through whom it came, and what was shown for it."""


@provenance.command(epilog=LEDGER)
@click.argument("ledger", required=False)
def demo(ledger: str | None) -> None:
    """Record a whole news story and ask who says so.

    The story is kept in LEDGER, which must be new; without it, in a temporary one.
    """
    if ledger is not None and migrations.revision_at(ledger) is not None:
        raise Refused("this ledger is in use, and what is recorded stays; give the path of a new file")
    story = runpy.run_path(str(folder("demo", beside="examples/article") / "story.py"))
    story["main"](ledger)


@provenance.command(epilog=LEDGER)
@click.argument("ledger")
def init(ledger: str) -> None:
    """Set up an empty ledger.

    A LEDGER that is there already is left as it is.
    """
    was_there = migrations.revision_at(ledger) is not None
    Ledger.open(ledger).close()
    click.echo("the ledger was there already" if was_there else "the ledger was created")


@provenance.command("import", epilog=LEDGER)
@click.argument("ledger")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, metavar="NAME", help="Who records them: the author of the commits.")
def import_sentences(ledger: str, file: Path, by: str) -> None:
    """Record the sentences of a file.

    FILE holds one sentence a line, as a JSON object. LEDGER is set up where there is none. To resume after an
    interruption, import the same file again: what was recorded adds nothing.
    """
    total = 0
    with Ledger.open(ledger) as opened, _progress(file) as show, seldom():

        def progress(read: int) -> None:
            nonlocal total
            total = read
            show(read)

        added = opened.ingest(file, by=by, progress=progress)
    click.echo(f"{total} read, {added} new")


@provenance.command("export", epilog=LEDGER)
@click.argument("ledger")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--sealed", is_flag=True, help="With the ciphertexts of what is sealed, which open with its keys."
)
def export_log(ledger: str, file: Path, *, sealed: bool) -> None:
    """Write a whole ledger to a new file, for `load`.

    FILE gets everything that the ledger holds, as JSON lines; - is standard output. LEDGER is only read, and can be one
    that a newer release made, or an older one.
    """
    with _opened(ledger, read_only=True) as opened, _bar("entries", _entries_in(opened)) as show:
        if str(file) == "-":
            opened.export(sys.stdout.buffer, sealed=sealed, progress=show)
        else:
            click.echo(f"{opened.export(file, sealed=sealed, progress=show)} entries exported")


def _entries_in(ledger: Ledger) -> int | None:
    """How many entries the ledger has; None where the tables are of another revision, of which there is no status."""
    try:
        return ledger.status().entries
    except WrongRevision:
        return None


@provenance.command("load", epilog=LEDGER)
@click.argument("ledger")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--by", default="", metavar="NAME", help="Who loads it, where LEDGER has commits of its own.")
def load_log(ledger: str, file: Path, by: str) -> None:
    """Take over the whole of another ledger.

    FILE is what `export` wrote; - is standard input. Into a LEDGER that is new, or has an earlier part of the same, its
    commits are taken as they were; into any other they are copied. All is taken or nothing, and what is there already
    adds nothing.
    """
    with Ledger.open(ledger) as opened, _bar("entries", None) as show:
        source = sys.stdin.buffer if str(file) == "-" else file
        loaded = opened.load(source, by=by, progress=show)
    click.echo(str(loaded))


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    with _bar("sentences", _lines_of(file) if sys.stderr.isatty() else None) as show:
        yield show


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """Shows a progress bar on standard error, if that is a terminal. Gives the function that moves it."""
    from rich.progress import MofNCompleteColumn, Progress

    bar = Progress(
        *Progress.get_default_columns(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _lines_of(file: Path) -> int | None:
    """How many lines a file has; None for a pipe, which can be read only once."""
    if not file.is_file():
        return None
    with file.open("rb") as lines:
        return sum(1 for _ in lines)


@provenance.command(epilog=LEDGER)
@click.argument("ledger")
@click.option(
    "--kind",
    type=click.Choice(UNSUPPORTED_KINDS),
    default=UNSUPPORTED_KINDS[0],
    show_default=True,
    help="In which way they lack support.",
)
@click.option(
    "--nature",
    type=click.Choice([nature.value for nature in Nature]),
    default=Nature.FACTUAL.value,
    show_default=True,
    help="Which claims: facts, opinions or forecasts.",
)
def unsupported(ledger: str, kind: str, nature: str) -> None:
    """List the claims that lack support.

    Each comes with its chains, and with what is known of its origins. LEDGER is only read.
    """
    with _opened(ledger) as opened:
        _print(opened.unsupported(kind, nature=nature))


@provenance.command(epilog=LEDGER)
@click.argument("ledger")
@click.option(
    "--strength",
    type=click.Choice(list(STRENGTH_NAMES.values())),
    default=next(iter(STRENGTH_NAMES.values())),
    show_default=True,
    help="Only the definite ones, or the possible ones too.",
)
def conflicts(ledger: str, strength: str) -> None:
    """List the claims that cannot both be right.

    Each pair comes with those who say so. LEDGER is only read.
    """
    with _opened(ledger) as opened:
        _print(opened.conflicts(strength=strength))


@provenance.command(epilog=LEDGER)
@click.argument("ledger")
@click.argument("claim", nargs=-1, required=True)
def trace(ledger: str, claim: tuple[str, ...]) -> None:
    """Show through whom a claim came.

    CLAIM is the claim's id, or words: then every claim that holds them all is shown, with all of its chains. LEDGER is
    only read.
    """
    with _opened(ledger) as opened:
        _print(_traces(opened, " ".join(claim)))


def _traces(ledger: Ledger, asked: str) -> list[Trace]:
    try:
        ids = [RecordId(asked)]
    except InvalidValue:
        ids = _ids_of_claims(ledger, asked)
    try:
        traces = [ledger.trace(one) for one in ids]
    except UnknownReference:
        raise Refused("nothing was found: the ledger holds no claim of this id") from None
    return list({found.claim.id: found for found in traces}.values())  # merged claims have one trace


def _ids_of_claims(ledger: Ledger, words: str) -> list[RecordId]:
    found = ledger.find(words, limit=MOST_CLAIMS)
    claims = [one.id for one in found if isinstance(one, ClaimSummary)]
    if not claims:
        raise Refused("nothing was found: no claim holds all of these words")
    if len(found) == MOST_CLAIMS:
        click.echo(f"provenance: only the first {MOST_CLAIMS} matches were looked at; add words", err=True)
    return claims


@provenance.command(epilog=LEDGER)
@click.argument("ledger")
def upgrade(ledger: str) -> None:
    """Bring a ledger's tables to this release.

    What LEDGER holds stays as it is recorded.
    """
    before = migrations.revision_at(ledger)
    if before is None:
        raise _no_ledger()
    Ledger.upgrade(ledger)
    after = migrations.revision_at(ledger)
    click.echo(
        f"at revision {after} already" if before == after else f"upgraded from revision {before} to {after}"
    )


@contextmanager
def _opened(address: str, *, read_only: bool = False) -> Iterator[Ledger]:
    """A ledger that exists. A slip in its path must not set up an empty ledger, which would answer "none" to all."""
    if migrations.revision_at(address) is None:
        raise _no_ledger()
    with Ledger.open(address, read_only=read_only) as ledger:
        yield ledger


def _no_ledger() -> NotALedger:
    return NotALedger("there is no ledger at this address", "correct it, or make one with `provenance init`")


def _print(answers: Iterable[object]) -> None:
    """Prints each answer, its first line bold on a terminal. Nothing in an answer is read as markup, or wrapped."""
    console = Console(force_terminal=sys.stdout.isatty(), soft_wrap=True)
    is_any = False
    for answer in answers:
        first, *more = str(answer).split("\n")
        console.print(Text("\n").join([Text(first, style="bold"), *map(Text, more)]))
        is_any = True
    if not is_any:
        click.echo("provenance: none", err=True)
