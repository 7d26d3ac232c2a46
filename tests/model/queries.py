"""The queries of the case format, and their answers in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .changes import changes
from .circular import circular
from .conflicts import conflicts, self_contradictions
from .derived import World, origins_of, position_asked_for
from .impact import retraction_impact
from .independence import chokepoints
from .rows import Row, given
from .support import support, unsupported
from .times import OPEN_END, moment


def answer(records: Row, query: dict[str, Any]) -> object:
    args = query.get("args") or {}
    w = World(records, said=moment(args.get("said"), OPEN_END), known=moment(args.get("known"), OPEN_END))
    claim = w.claim(args.get("claim") or "")
    answers: dict[str, Callable[[], object]] = {
        "conflicts": lambda: [list(row) for row in conflicts(w)],
        "self_contradictions": lambda: [list(row) for row in self_contradictions(w)],
        "support": lambda: support(w, claim),
        "unsupported": lambda: unsupported(w, given(args, "kind", "no_evidence")),
        "origins": lambda: sorted({w.agent_of(a) for a in origins_of(w, claim)}),
        "position": lambda: position_asked_for(w, w.holder(args["holder"]), claim),
        "circular": lambda: [list(row) for row in circular(w)],
        "chokepoints": lambda: chokepoints(w, claim, given(args, "by", "agent")),
        "retraction_impact": lambda: retraction_impact(w, args["assertion"]),
        "changes": lambda: [list(row) for row in changes(w)],
    }
    return answers[query["q"]]()
