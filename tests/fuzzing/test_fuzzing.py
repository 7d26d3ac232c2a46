"""Bytes from outside, changed in thousands of ways: what takes them raises errors of the library only."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from random import Random

import pytest
from fuzzing.targets import TARGETS, Target, beginnings, changed, sparing

from provenance import Ed25519Signer, Ledger

CHANGED = 400
"""Inputs a target in a run."""

GUIDED = 100_000
"""Inputs a target that atheris makes with --full."""

SEED = 20260207


@pytest.fixture(scope="module")
def signer() -> Ed25519Signer:
    return Ed25519Signer.generate("example.org/newsroom")


@pytest.fixture(scope="module")
def ledger() -> Iterator[Ledger]:
    with Ledger.open("sqlite://", durability="as configured") as opened:
        yield opened


@pytest.fixture(scope="module")
def begun(ledger: Ledger, signer: Ed25519Signer) -> dict[str, list[bytes]]:
    return beginnings(ledger, signer)


@pytest.fixture(params=TARGETS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture
def target(name: str, ledger: Ledger, signer: Ed25519Signer) -> Target:
    return TARGETS[name](ledger, signer.key)


def test_what_the_fuzzing_starts_from_is_taken(
    name: str, target: Target, begun: dict[str, list[bytes]]
) -> None:
    for body in begun[name]:
        target(body)


def test_bytes_changed_at_random_are_taken_or_refused(
    name: str, target: Target, begun: dict[str, list[bytes]]
) -> None:
    random, take = Random(SEED), sparing(target)
    others = [body for bodies in begun.values() for body in bodies]
    for _ in range(CHANGED):
        body = changed(random, random.choice(begun[name]), others)
        try:
            take(body)
        except Exception as error:
            error.add_note(repr(body))
            raise


def test_bytes_that_coverage_guides_are_taken_or_refused(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if not request.config.getoption("--full"):
        pytest.skip("coverage-guided fuzzing takes minutes and runs with --full")
    if find_spec("atheris") is None:
        pytest.skip("atheris is not installed: `pip install --group fuzzing`, on Linux on x86-64")
    program = Path(__file__).with_name("fuzz.py")

    run = subprocess.run(
        [sys.executable, program, name, f"-runs={GUIDED}", f"-artifact_prefix={tmp_path}/"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-5_000:]
    assert f"Done {GUIDED} runs" in run.stderr
