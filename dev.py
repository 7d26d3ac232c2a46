"""python3 dev.py demo | test | check | bench | docs: sets up what it needs, then runs it.

Needs Python 3.11 or later (with venv and pip) and the standard library only. The environment it makes, `.venv-dev`,
holds what requirements-dev.lock pins, and this project, installed editable. Arguments after the command are passed on:
`python3 dev.py test --sqlite-only -k relay`.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements-dev.lock"
PROJECT = ROOT / "pyproject.toml"
ENVIRONMENT = ROOT / ".venv-dev"
PYTHON = ENVIRONMENT / "bin" / "python"


def demo(*arguments: str) -> int:
    """Runs the story on the embedded SQLite default and prints its answers."""
    return run("-m", "provenance", "demo", *arguments)


def test(*arguments: str) -> int:
    """Runs the test-suite on SQLite and on PostgreSQL, on every core; `--sqlite-only` leaves PostgreSQL out."""
    return run("-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments)


def check(*paths: str) -> int:
    """Runs the linter, the formatter's check and the type checker: all three, whatever the first ones say."""
    checks = (("ruff", "check"), ("ruff", "format", "--check"), ("mypy",))
    return max([run("-m", *each, *paths) for each in checks])


def bench(*arguments: str) -> int:
    """Runs benchmarks/__main__.py."""
    if not (ROOT / "benchmarks" / "__main__.py").exists():
        sys.exit("dev.py: this checkout has no benchmarks/__main__.py to run")
    return run("benchmarks", *arguments)


def docs(*arguments: str) -> int:
    """Builds docs/ into build/docs, all of it: pages are made from the code, of which Sphinx does not know that it
    changed. A warning is an error, and so is a link that leads nowhere."""
    strict = ("--fresh-env", "--write-all", "--fail-on-warning", "--keep-going", "--nitpicky")
    return run("-m", "sphinx", *strict, *arguments, "docs", "build/docs")


COMMANDS = {command.__name__: command for command in (demo, test, check, bench, docs)}


def main(arguments: list[str]) -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is whom this line is for
        sys.exit("dev.py: run it with Python 3.11 or later; this is Python " + sys.version.split()[0])
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit("usage: python3 dev.py " + " | ".join(COMMANDS))
    try:
        once(make_environment, sys.version, sys.base_prefix, LOCK.read_text())
        once(install_project, str(ROOT), PROJECT.read_text())
    except subprocess.CalledProcessError as failure:
        sys.exit(f"dev.py: could not set up .venv-dev (it takes venv, pip and pip's index): {failure}")
    return COMMANDS[arguments[0]](*arguments[1:])


def once(step: Callable[[], None], *depends_on: str) -> None:
    """Takes the step, unless it was taken for the same inputs. The stamp comes last: a broken-off step is repeated."""
    stamp = ENVIRONMENT / f"{step.__name__}.stamp"
    digest = hashlib.sha256("\0".join(depends_on).encode()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        step()
        stamp.write_text(digest)


def make_environment() -> None:
    print("dev.py: making the environment .venv-dev", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)], check=True)
    install("--require-hashes", "--requirement", str(LOCK))


def install_project() -> None:
    install("--no-deps", "--no-build-isolation", "--editable", str(ROOT))


def install(*arguments: str) -> None:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, *arguments], check=True)


def run(*arguments: str) -> int:
    """The exit code of the environment's Python, run in the project's folder."""
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
