"""`python -m provenance` and the console script: the command line, or how to get what it needs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from io import TextIOWrapper

from provenance.errors import how_to_install

PARTS = ("click", "rich")
"""What the extra `cli` brings; the library itself never imports them."""


def main(arguments: Sequence[str] | None = None) -> None:
    try:
        from provenance.cli.commands import provenance
    except ModuleNotFoundError as missing:
        part = str(missing.name).partition(".")[0]
        if part not in PARTS:
            raise
        sys.stderr.write(f"provenance: the command line needs {part}; {how_to_install('cli')}\n")
        sys.exit(2)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, TextIOWrapper
        ):  # a name that a terminal's encoding lacks is escaped, and ends nothing
            stream.reconfigure(errors="backslashreplace")
    provenance(arguments, prog_name="provenance")


if __name__ == "__main__":
    main()
