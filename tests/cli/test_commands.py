"""The command line: what it prints where, what it refuses, and what it never shows."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from databases import Database, Databases
from sqlalchemy import create_engine, text

from provenance import ClaimSummary, Ledger, __version__, add_hooks, outlet, person
from provenance.cli.commands import provenance
from provenance.database.revisions import REVISION
from provenance.rules.support import UNSUPPORTED_KINDS

PASSWORD = "correct-horse"  # noqa: S105 - of nobody
ADDRESS = f"postgresql://editor:{PASSWORD}@localhost/newsroom"
HOSTILE = "[bold]Ivan[/bold] [no evidence] :boom: \x1b[31m\u202e\x07\tend"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(provenance, arguments)


def lines_of(path: Path, *sentences: Mapping[str, object]) -> str:
    path.write_text("".join(json.dumps(one) + "\n" for one in sentences), encoding="utf-8")
    return str(path)


def three(path: Path) -> str:
    """Three sentences: one without evidence, and two that contradict each other."""
    story = {"outlet": "CNN", "url": "https://example.org/1", "published_at": "2026-02-07"}
    return lines_of(
        path,
        {"claim": "It burned", "source": {"person": "Anna"}, "via": ["TASS"], "document": story},
        {"claim": "Nobody was hurt", "source": {"person": "Boris"}, "document": story},
        {"claim": "Nobody was hurt", "source": {"person": "Clara"}, "document": story, "stance": "deny"},
    )


@pytest.fixture
def filled(database: Database, tmp_path: Path) -> str:
    """The address of a ledger that holds the three sentences."""
    assert run("import", database.url, three(tmp_path / "three.jsonl"), "--by", "desk").exit_code == 0
    return database.url


# Help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["demo", "init", "import", "export", "load", "unsupported", "conflicts", "trace", "upgrade"]
)
def test_the_help_of_every_command_tells_of_all_that_it_takes(name: str) -> None:
    command = provenance.commands[name]
    printed = run(name, "--help").output

    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help in " ".join(printed.split())
        else:
            assert str(parameter.name).upper() in f"{command.help} {command.epilog}"


def test_the_help_names_every_command_in_a_whole_sentence() -> None:
    printed = run("--help").output

    for name, command in provenance.commands.items():
        summary = command.get_short_help_str(limit=60)
        assert f"{name} " in printed
        assert summary.endswith(".")
        assert not summary.endswith("..")


def test_the_version_is_that_of_the_library() -> None:
    assert __version__ in run("--version").output


# What the commands do ---------------------------------------------------------------------------------------------


def test_the_demo_tells_the_whole_story_in_sections() -> None:
    printed = run("demo").stdout

    for part in (
        "Unsupported: reported absent (1)\n--------------------------------\n",
        "Unsupported: no evidence (44)\n",
        "Unsupported: single origin (45)\n",
        "Unsupported: uncorroborated (49)\n",
        "\nAlexandra\n  - Several shots were heard at Alekseyev’s residential building\n",
        "\nOn anonymous sources only\n",
        "\nOn one state, Russia's: nobody else says so (14)\n",
        "\nAlekseyev is out of danger\n  CNN, citing TASS, citing medical sources, citing doctors; ",
        "\nThe neighbour's account\n",
        "\nThe minister's accusation, and the silence it met\n",
        "\n  CNN, citing Ukrainian authorities: no comment so far\n",
    ):
        assert part in printed


def test_the_demo_can_be_kept_and_asked(database: Database) -> None:
    printed = run("demo", database.url)

    assert printed.stdout == run("demo").stdout
    assert "citing doctors" in run("trace", database.url, "out of danger").stdout


def test_the_demo_is_kept_out_of_a_ledger_in_use(filled: str) -> None:
    before = run("unsupported", filled).stdout

    refused = run("demo", filled)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("provenance: this ledger is in use")
    assert run("unsupported", filled).stdout == before


def test_init_says_whether_the_ledger_was_there(database: Database) -> None:
    first, second = run("init", database.url), run("init", database.url)

    assert (first.stdout, second.stdout) == ("the ledger was created\n", "the ledger was there already\n")
    assert (first.exit_code, second.exit_code) == (0, 0)


def test_import_counts_what_it_read_and_what_was_new(database: Database, tmp_path: Path) -> None:
    file = three(tmp_path / "three.jsonl")

    first, second = (run("import", database.url, file, "--by", "desk") for _ in range(2))

    assert (first.stdout, second.stdout) == ("3 read, 3 new\n", "3 read, 0 new\n")
    assert first.stderr == ""


def test_import_points_at_the_bad_record_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    file = lines_of(tmp_path / "bad.jsonl", {"claim": "It burned", "source": "Anna"}, {"claim": ""})

    refused = run("import", database.url, file, "--by", "desk")

    assert refused.exit_code == 1
    assert refused.stderr.startswith("provenance: record 2: claim: got an empty text; give ")
    with Ledger.open(database.url) as ledger:
        assert ledger.counts() == {}


def test_unsupported_lists_the_kind_that_is_asked_for(filled: str) -> None:
    listed, none = run("unsupported", filled), run("unsupported", filled, "--kind", "unattributed")

    assert listed.stdout.startswith(
        "It burned\n  CNN, citing TASS, citing Anna; no evidence was mentioned\n  one origin; bare (grade 2)\n"
    )
    assert (none.exit_code, none.stdout, none.stderr) == (0, "", "provenance: none\n")


def test_unsupported_looks_at_facts_unless_asked(filled: str, tmp_path: Path) -> None:
    opinion = {"claim": {"text": "It was a disgrace", "nature": "evaluative"}, "source": "Anna"}
    run("import", filled, lines_of(tmp_path / "opinion.jsonl", opinion), "--by", "desk")

    facts, opinions = run("unsupported", filled), run("unsupported", filled, "--nature", "evaluative")

    assert "disgrace" not in facts.stdout
    assert opinions.stdout.startswith("It was a disgrace\n")


def test_conflicts_are_definite_unless_possible_ones_are_asked_for(filled: str, tmp_path: Path) -> None:
    hedged = [
        {"claim": "It was arson", "source": {"person": "Anna"}, "certainty": "probable"},
        {"claim": "It was arson", "source": {"person": "Boris"}, "certainty": "probable", "stance": "deny"},
    ]
    run("import", filled, lines_of(tmp_path / "hedged.jsonl", *hedged), "--by", "desk")

    definite, possible = run("conflicts", filled), run("conflicts", filled, "--strength", "possible")

    assert definite.stdout == (
        "polarity, definite: Boris says: Nobody was hurt (CNN, 2026-02-07); "
        "Clara denies: Nobody was hurt (CNN, 2026-02-07)\n"
    )
    assert "polarity, possible: Anna says: It was arson" in possible.stdout


def test_trace_takes_words(filled: str) -> None:
    traced = run("trace", filled, "BURNED", "it")

    assert traced.stdout == "It burned\n  CNN, citing TASS, citing Anna; no evidence was mentioned\n"


def test_trace_takes_an_id(filled: str) -> None:
    with Ledger.open(filled) as ledger:
        claim = next(one for one in ledger.find("burned") if isinstance(one, ClaimSummary))

    assert run("trace", filled, claim.id).stdout.startswith("It burned\n")


def test_trace_shows_a_merged_claim_once(filled: str) -> None:
    with Ledger.open(filled) as ledger, ledger.begin(by="desk") as desk:
        other = desk.record("It burned down", source=person("Anna"), found_in=None, basis="witness")
        first = next(one for one in ledger.find("burned") if isinstance(one, ClaimSummary))
        assert other.claim is not None
        desk.link("same_claim", other.claim, first.id)

    assert len(re.findall("^It burned", run("trace", filled, "burned").stdout, re.MULTILINE)) == 1


@pytest.mark.parametrize("asked", [["zebra"], ["Anna"], ["0" * 64]], ids=["words", "an agent's name", "id"])
def test_trace_says_so_when_nothing_is_found(filled: str, asked: list[str]) -> None:
    nothing = run("trace", filled, *asked)

    assert (nothing.exit_code, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith("provenance: nothing was found: ")


def test_trace_refuses_an_id_of_something_else(filled: str) -> None:
    with Ledger.open(filled) as ledger:
        agent = next(iter(ledger.find("Anna"))).id

    refused = run("trace", filled, agent)

    assert refused.exit_code == 1
    assert refused.stderr == (
        "provenance: claim: got the id of a record of type agent; give one of type claim\n"
    )


def test_trace_says_when_there_is_more_than_it_looks_at(filled: str) -> None:
    with Ledger.open(filled) as ledger, ledger.begin(by="desk") as desk:
        for number in range(60):
            desk.record(f"House {number} burned", source=person("Anna"))

    traced = run("trace", filled, "burned")

    assert traced.stdout.count("burned") == 50
    assert traced.stderr == "provenance: only the first 50 matches were looked at; add words\n"


def test_upgrade_says_that_nothing_was_to_do(filled: str) -> None:
    assert run("upgrade", filled).stdout == f"at revision {REVISION} already\n"


def test_upgrade_refuses_a_newer_ledger(filled: str) -> None:
    engine = add_hooks(create_engine(filled))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE provenance_version SET version_num = '9999'")
    engine.dispose()

    refused = run("upgrade", filled)

    assert refused.exit_code == 1
    assert "newer than this library's" in refused.stderr


# What they refuse -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["unsupported"], ["conflicts"], ["trace", "burned"], ["upgrade"]])
def test_a_slip_in_the_path_makes_no_ledger(tmp_path: Path, arguments: list[str]) -> None:
    path = tmp_path / "newsrom.db"
    name, *more = arguments

    refused = run(name, str(path), *more)

    assert refused.exit_code == 1
    assert refused.stderr.startswith("provenance: there is no ledger at this address; ")
    assert not path.exists()


@pytest.mark.parametrize("arguments", [["unsupported"], ["conflicts"], ["trace", "burned"], ["upgrade"]])
def test_an_empty_database_stays_empty_when_it_is_asked(database: Database, arguments: list[str]) -> None:
    name, *more = arguments

    assert run(name, database.url, *more).exit_code == 1
    assert run("init", database.url).stdout == "the ledger was created\n"


@pytest.mark.parametrize("name", ["init", "unsupported", "conflicts", "upgrade"])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "notes.db"
    path.write_text("Some notes. " * 200)

    refused = run(name, str(path))

    assert refused.exit_code == 1
    assert refused.stderr == (
        "provenance: the file is not a database; give the path of a ledger, or of a new file\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [["unsupported", "x.db", "--kind", "bad"], ["conflicts", "x.db", "--strength", "bad"]],
    ids=["kind", "strength"],
)
def test_a_choice_is_one_of_the_librarys_words(arguments: list[str]) -> None:
    refused = run(*arguments)

    assert refused.exit_code == 2
    words = UNSUPPORTED_KINDS if "--kind" in arguments else ("definite", "possible")
    assert all(f"'{word}'" in refused.stderr for word in words)


def test_without_a_command_the_help_is_shown() -> None:
    assert run().output == run("--help").output


@pytest.mark.parametrize(
    "arguments",
    [
        [ADDRESS],
        [f"--{ADDRESS}"],
        ["init", ADDRESS, ADDRESS],
        ["init", "x.db", "postgresql://editor:it's(correct-horse)@localhost/x"],
        ["import", "lines.jsonl", ADDRESS, "--by", "desk"],
        ["unsupported", "x.db", "--kind", ADDRESS],
        ["init", f"postgresql://editor:{PASSWORD}@localhost:port/newsroom"],
        ["init", f"nosuch://editor:{PASSWORD}@localhost/newsroom"],
        ["init", f"postgresql://editor:{PASSWORD}@127.0.0.1:1/newsroom"],
        ["unsupported", f"postgresql://editor:{PASSWORD}@127.0.0.1:1/newsroom"],
        ["demo", f"postgresql://editor:{PASSWORD}@127.0.0.1:1/newsroom"],
    ],
)
def test_a_password_is_never_shown(arguments: list[str]) -> None:
    refused = run(*arguments)

    assert refused.exit_code in (1, 2)
    assert not isinstance(refused.exception, ValueError)
    assert refused.stderr != ""
    assert "horse" not in refused.output


# How it prints ----------------------------------------------------------------------------------------------------


def hostile(address: str) -> None:
    with Ledger.open(address) as ledger, ledger.begin(by="desk") as desk:
        story = desk.document(outlet("CNN"), url="https://example.org/2")
        desk.record("It [burned] " + "down and down " * 20, source=person(HOSTILE), found_in=story)


def test_labels_are_shown_as_they_are_and_steer_nothing(database: Database) -> None:
    hostile(database.url)

    for printed in (run("unsupported", database.url), run("trace", database.url, "burned")):
        claim, chain, *_ = printed.stdout.split("\n")
        assert claim == "It [burned] " + "down and down " * 20
        assert chain.startswith(
            "  CNN, citing [bold]Ivan[/bold] [no evidence] :boom: \\x1b[31m\\u202e\\x07\\tend; "
        )


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
    )


def on_a_terminal(*arguments: str, stream: str) -> tuple[str, str]:
    """What the command writes to a terminal in the place of this stream, and to a pipe in the place of the other."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "provenance", *arguments],
        stdout=theirs if stream == "stdout" else subprocess.PIPE,
        stderr=theirs if stream == "stderr" else subprocess.PIPE,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        text=True,
    ) as command:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
        out, err = command.communicate()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n"), out if stream == "stderr" else err


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other side is closed
        return b""


def test_the_progress_of_an_import_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    file, ledger = three(tmp_path / "three.jsonl"), str(tmp_path / "newsroom.db")

    shown, out = on_a_terminal("import", ledger, file, "--by", "desk", stream="stderr")
    piped = python("-m", "provenance", "import", ledger, file, "--by", "desk", FORCE_COLOR="1")

    assert "sentences" in shown
    assert "3/3" in shown
    assert out == "3 read, 3 new\n"
    assert (piped.stdout, piped.stderr) == ("3 read, 0 new\n", "")


def test_a_terminal_is_steered_by_nobodys_name(tmp_path: Path) -> None:
    ledger = str(tmp_path / "newsroom.db")
    hostile(ledger)

    shown, _ = on_a_terminal("unsupported", ledger, stream="stdout")
    piped = python("-m", "provenance", "unsupported", ledger, FORCE_COLOR="1")

    assert "\x1b[1m" in shown  # the claim is bold
    assert re.sub(r"\x1b\[[01]m", "", shown) == piped.stdout
    assert "\x1b" not in piped.stdout


def test_an_error_of_the_library_is_one_line_on_standard_error(tmp_path: Path) -> None:
    failed = python("-m", "provenance", "unsupported", str(tmp_path / "no.db"))

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("provenance: there is no ledger at this address; ")
    assert failed.stderr.count("\n") == 1


# Without the extra ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["click", "rich"])
def test_without_the_extra_it_says_what_to_install(part: str) -> None:
    without = (
        f"import sys; sys.modules[{part!r}] = None; from provenance.__main__ import main; main(['demo'])"
    )

    failed = python("-c", without)

    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == (
        f"provenance: the command line needs {part}; install the extra 'cli' of this library: "
        "pip install '.[cli]' in its checkout\n"
    )


def test_the_library_never_imports_the_extra() -> None:
    walk = """
import importlib, pkgutil, sys
import provenance
for module in pkgutil.walk_packages(provenance.__path__, "provenance."):
    if module.name.split(".")[1] not in ("cli", "__main__", "migrations", "demo", "testing"):
        importlib.import_module(module.name)
with provenance.Ledger.open("sqlite://") as ledger:
    assert ledger.counts() == {}
print(*{"click", "rich"} & sys.modules.keys())
"""
    walked = python("-c", walk)

    assert (walked.returncode, walked.stderr, walked.stdout) == (0, "", "\n")


# Interchange ------------------------------------------------------------------------------------------------------


def test_a_ledger_is_exported_and_loaded(filled: str, databases: Databases, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    with databases.empty() as database:
        out = run("export", filled, str(file))
        into = run("load", database.url, str(file))
        piped = CliRunner().invoke(provenance, ["load", database.url, "-"], input=file.read_bytes())
        again = run("export", database.url, "-")

    assert (out.exit_code, out.stdout) == (0, "3 entries exported\n")
    assert into.stdout.startswith("1 commits kept, 0 copied, 0 held already; 3 entries")
    assert piped.stdout.startswith("0 commits kept, 0 copied, 1 held already; 0 entries")
    assert again.stdout_bytes == file.read_bytes()


def test_a_ledger_of_a_newer_release_is_exported(filled: str, tmp_path: Path) -> None:
    run("export", filled, str(tmp_path / "before.jsonl"))
    engine = add_hooks(create_engine(filled))
    with engine.begin() as connection:
        connection.execute(text("UPDATE provenance_version SET version_num = '9999'"))
    engine.dispose()

    out = run("export", filled, str(tmp_path / "after.jsonl"))

    assert (out.exit_code, out.stdout) == (0, "3 entries exported\n")
    assert (tmp_path / "after.jsonl").read_bytes() == (tmp_path / "before.jsonl").read_bytes()


def test_a_damaged_export_is_refused_in_one_line(database: Database, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_bytes(b'{"export":"provenance/1","sealed":false}\n')

    result = run("load", database.url, str(file))

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("provenance: line 2: ")
