"""Fuzzes one target with atheris, guided by the coverage of the library: `pip install --group fuzzing`, then

    python tests/fuzzing/fuzz.py entries -runs=100000

What follows the target goes to libFuzzer. What fails is left as a file `crash-…`, to be given in place of the options.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import atheris  # type: ignore[import-untyped]

sys.path.insert(0, str(Path(__file__).parents[1]))
with atheris.instrument_imports(include=["provenance"]):
    from fuzzing.targets import TARGETS, beginnings, changed, dictionary, sparing

    from provenance import Ed25519Signer, Ledger


def main(name: str, *options: str) -> None:
    with TemporaryDirectory() as folder, Ledger.open("sqlite://", durability="as configured") as ledger:
        signer = Ed25519Signer.generate("example.org/newsroom")
        corpus, words = Path(folder, "corpus"), Path(folder, "words")
        corpus.mkdir()
        begun = beginnings(ledger, signer)[name]
        for number, body in enumerate(begun):
            (corpus / str(number)).write_bytes(body)

        def mutated(body: bytes, longest: int, seed: int) -> bytes:
            """By turns atheris's own changes and ours, which know JSON."""
            if seed % 2:
                return bytes(atheris.Mutate(body, longest))
            return changed(Random(seed), body, begun)[:longest]

        words.write_text("".join(json.dumps(word) + "\n" for word in dictionary()))
        atheris.Setup(
            [sys.argv[0], f"-dict={words}", "-max_len=8192", "-timeout=20", *options, str(corpus)],
            sparing(TARGETS[name](ledger, signer.key)),
            custom_mutator=mutated,
        )
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
