"""The law of `docs/semantics.md`, said once more: small, slow, and in the law's own words and order.

It shares nothing with the library, so that the two can be held against each other on any world. `answer` takes the
records and one query of a case and gives what the case should expect. Nothing here is fast, and nothing is clever.

One module is one section of the law: `records` (with `times`, `names`, `rows`, `agents` and `amendments`), `derived`,
`conflicts`, `support`, `independence`, `circular`, `impact` and `changes`. `queries` asks them.
"""

from __future__ import annotations

from .agents import is_identified
from .changes import changes
from .conflicts import clashes, conflicts, self_contradictions
from .derived import World, origins_of
from .independence import hi, lo, sides, ways_apart
from .queries import answer
from .rows import number
from .support import grade
from .ties import reached
from .times import OPEN_END, moment

__all__ = [
    "OPEN_END",
    "World",
    "answer",
    "changes",
    "clashes",
    "conflicts",
    "grade",
    "hi",
    "is_identified",
    "lo",
    "moment",
    "number",
    "origins_of",
    "reached",
    "self_contradictions",
    "sides",
    "ways_apart",
]
