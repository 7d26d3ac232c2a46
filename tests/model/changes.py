"""What changes on the way: along each stated relay between assertions on one claim.

No query of the case format asks for it. Beside the fields of the format it reads `words` (inside the marks), `language`
and `translated` of an assertion's mention.
"""

from __future__ import annotations

from .conflicts import CERTAINTY, Row
from .derived import World
from .names import normal
from .ties import reached

QUOTE_TYPES = ("direct", "mixed", "indirect", "none")
"""From the closest to the loosest."""


def changes(w: World) -> list[Row]:
    """Each change "with both assertions", the one that relays first."""
    found: list[Row] = []
    for child in w.live:
        for parent in w.stated_parents[child] & w.live - {child}:
            if w.claim_of(child) == w.claim_of(parent):
                raised = {
                    "certainty_rose": has_certainty_risen(w, child, parent),
                    "quote_loosened": is_quote_looser(w, child, parent),
                    "words_changed": have_words_changed(w, child, parent),
                    "caveat_lost": is_caveat_lost(w, child, parent),
                    "adopted": w.stance(child) == "affirm",
                }
                found += [(kind, child, parent) for kind, is_raised in raised.items() if is_raised]
    return sorted(found)


def has_certainty_risen(w: World, child: str, parent: str) -> bool:
    """ "A relay has the certainty of its own wording, by default its parent's"."""
    if w.stance(child) == "relay" and not w.assertions[child].is_worded:
        return False
    now, before = (CERTAINTY.get(w.assertions[a].certainty) for a in (child, parent))
    return now is not None and before is not None and now > before


def is_quote_looser(w: World, child: str, parent: str) -> bool:
    now, before = w.assertions[child].quote_type, w.assertions[parent].quote_type
    return None not in (now, before) and QUOTE_TYPES.index(str(now)) > QUOTE_TYPES.index(str(before))


def have_words_changed(w: World, child: str, parent: str) -> bool:
    """Inside the marks; "not where either is a translation, or their languages differ"."""
    now, before = w.assertions[child], w.assertions[parent]
    if now.words is None or before.words is None:
        return False
    if now.is_translation or before.is_translation or now.language != before.language:
        return False
    return normal(now.words) not in normal(before.words)


def is_caveat_lost(w: World, child: str, parent: str) -> bool:
    """ "The child rests on an assertion of the agent who noted the absence of evidence, and does not note it too"."""
    below = {parent} | reached([parent], lambda x: w.stated_parents[x])
    noted_by_parent = {a for a in below if w.agent_of(parent) in who_noted_absence(w, a)}
    return any(w.agent_of(child) not in who_noted_absence(w, a) for a in noted_by_parent)


def who_noted_absence(w: World, a: str) -> frozenset[str]:
    noted = [item for item in w.noted if item.assertion == a and not item.present]
    return frozenset(w.resolved(item.noted_by) for item in noted if item.noted_by)
