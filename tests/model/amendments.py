"""Amendments: who may take back what, and how far it reaches."""

from __future__ import annotations

from collections.abc import Iterable

from .records import Records
from .rows import Amendment
from .ties import reached

BY_WHO_SAID_IT = frozenset({"retract", "correct", "supersede"})
BY_ANYBODY = frozenset({"misattributed"})


def debunked(w: Records) -> frozenset[str]:
    """ "Anybody can debunk an item: a debunked item is no evidence from then on"."""
    return frozenset(a.target for a in w.amendments if a.kind == "debunked")


def taken_back(w: Records) -> frozenset[str]:
    """The assertions that are amended, all that the amendments reach included."""
    return frozenset(
        a
        for amendment in w.amendments
        if amendment.kind in BY_WHO_SAID_IT | BY_ANYBODY and may_make(w, amendment)
        for a in direct(w, amendment) | reach(w, amendment)
    )


# By whom


def may_make(w: Records, amendment: Amendment) -> bool:
    """ "Only the holder or the publisher retracts or corrects"; anybody can establish a misattribution."""
    if amendment.kind in BY_ANYBODY:
        return True
    target = amendment.target
    answerable = w.outlets_of(target)
    if target in w.assertions:
        answerable = publishers(w, target, by=amendment.recorded_at) | {w.agent_of(target)}
    if not amendment.by:  # the outlet's own, of a document of which nobody knows whose it is
        return True
    return bool(voices(w, answerable) & voices(w, amendment.by))


def voices(w: Records, agents: Iterable[str]) -> frozenset[str]:
    """The agents, and whom they speak for."""
    return frozenset(voice for agent in agents for voice in (w.resolved(agent), w.holder(agent)))


def publishers(w: Records, a: str, *, by: int) -> frozenset[str]:
    """The outlets of the documents that it is found in, and whoever's assertion rested on it by then."""
    relays = [r for r in w.relays if r.stated and r.recorded_at <= by]
    resting = reached([a], lambda x: [r.child for r in relays if r.parent == x])
    outlets = {outlet for document in w.assertions[a].found_in for outlet in w.outlets_of(document)}
    return frozenset(outlets | {w.agent_of(x) for x in resting})


# What


def direct(w: Records, amendment: Amendment) -> frozenset[str]:
    """The assertion; of a document, "every assertion found in it and in no document of another outlet, and its
    outlet's own"."""
    target = amendment.target
    if target in w.assertions:
        return frozenset({target})
    outlets = w.outlets_of(target)

    def is_elsewhere(a: str) -> bool:
        others = w.assertions[a].found_in - {target}
        return any(not w.outlets_of(document) & outlets for document in others)

    found = w.found_in(target) - replacement(w, amendment)
    return frozenset(a for a in found if w.agent_of(a) in outlets or not is_elsewhere(a))


def reach(w: Records, amendment: Amendment) -> frozenset[str]:
    """ "A retraction, correction or supersession of an assertion by its own agent takes back every assertion of that
    agent with that stance on that claim, in whatever document (its replacement apart); of a document by its outlet,
    likewise those of the outlet"."""
    if amendment.kind not in BY_WHO_SAID_IT:
        return frozenset()
    own = {w.resolved(one) for one in amendment.by}
    if amendment.target not in w.assertions:
        own &= w.outlets_of(amendment.target)
    theirs = {a for a in direct(w, amendment) & w.present if w.agent_of(a) in own}
    again = frozenset(b for a in theirs for b in w.assertions if is_the_same_said_again(w, a, b))
    is_in_time = {b for b in again if is_said_by_then(w, b, amendment)}
    return frozenset(is_in_time) - replacement(w, amendment)


def is_the_same_said_again(w: Records, a: str, b: str) -> bool:
    """By that agent, with that stance ("an affirmation and a relay are one here"), on that claim."""

    def what(x: str) -> tuple[str, str, str]:
        return (w.agent_of(x), w.stance(x).replace("relay", "affirm"), w.claim_of(x))

    return what(a) == what(b)


def is_said_by_then(w: Records, a: str, amendment: Amendment) -> bool:
    """ "Said no later than the amendment or known only through others without a time of its own"."""
    assertion = w.assertions[a]
    is_known_through_others = not assertion.observed and not assertion.has_time
    return assertion.said.last <= amendment.said.last or is_known_through_others


def replacement(w: Records, amendment: Amendment) -> frozenset[str]:
    """The assertion that stands instead, or all that is found in the document that does."""
    new = amendment.replacement
    if new is None or new == amendment.target:
        return frozenset()
    return frozenset({new}) if new in w.assertions else w.found_in(new)
