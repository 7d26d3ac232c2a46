"""`python -m provenance.schemas NAME` prints a schema; `--write` makes all files anew."""

from __future__ import annotations

import argparse
import json
import sys

from provenance.schemas import FOLDER, generation, names, schema


def text_of(name: str) -> str:
    """The text of a schema's file."""
    return json.dumps(generation.generate(name), indent=2, ensure_ascii=True) + "\n"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m provenance.schemas", description=__doc__)
    parser.add_argument("name", nargs="?", choices=names(), help="the schema to print")
    parser.add_argument("--write", action="store_true", help="make the files of all schemas anew")
    asked = parser.parse_args(arguments)
    if asked.write:
        for name in generation.names():
            (FOLDER / f"{name}.json").write_text(text_of(name), encoding="utf-8")
    elif asked.name is None:
        parser.print_help()
    else:
        sys.stdout.write(json.dumps(schema(asked.name), indent=2) + "\n")


if __name__ == "__main__":
    main()
