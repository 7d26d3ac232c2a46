"""Accusations, and what the accused answered: the right of reply."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from provenance.answers.agents import AgentSummary
from provenance.answers.assertions import AssertionSummary
from provenance.answers.claims import ClaimSummary
from provenance.answers.wording import moment_words
from provenance.rules import reply
from provenance.rules.catalogue import RULES
from provenance.values.ids import RecordId


@frozen
class Request:
    """A request for comment: when the accused was asked, by whom, and until when to answer; the last two are None where
    they were not recorded."""

    id: RecordId
    asked_at: datetime
    asked_by: AgentSummary | None
    deadline: datetime | None

    def __str__(self) -> str:
        by = "" if self.asked_by is None else f" by {self.asked_by}"
        until = "" if self.deadline is None else f", to answer by {moment_words(self.deadline)}"
        return f"asked{by} {moment_words(self.asked_at)}{until}"


@frozen
class Accusation:
    """An accusation, and where the accused stands (docs/semantics.md, Right of reply).

    - `position`: of the accused, or of whom the accused speaks for: deny, affirm, disavow, no_comment,
      silence, question or none
    - `accusers`: the live affirmations of the claim, in the order of recording
    - `responses`: the accused's own live assertions on the claim, or on what it entails, the latest first
    - `requests`: what newsrooms asked the accused, the earliest first
    """

    claim: ClaimSummary
    accused: AgentSummary
    position: str
    accusers: tuple[AssertionSummary, ...]
    responses: tuple[AssertionSummary, ...]
    requests: tuple[Request, ...]
    rule = RULES["accusation"]

    @property
    def is_answered(self) -> bool:
        """Whether the accused denied or confirmed it. Silence, declining and questioning are no answers."""
        return reply.is_answered(self.position)

    @property
    def status(self) -> str:
        """not_asked, asked_and_silent, reported_silent, declined, disavowed, questioned, denied or confirmed."""
        return reply.status(self.position, is_asked=bool(self.requests))

    def __str__(self) -> str:
        response = {
            "affirm": f"{self.accused} confirmed it",
            "deny": f"{self.accused} denied it",
            "question": f"{self.accused} questioned it",
            "no_comment": f"{self.accused} declined to comment",
            "silence": f"no comment so far from {self.accused}",
            "disavow": f"{self.accused} denied having said so",
            "none": f"no response on record from {self.accused}",
        }[self.position]
        if self.responses:
            response += f", {moment_words(self.responses[0].said_at)}"
        asked = "; ".join(map(str, self.requests)) or "no request for comment is recorded"
        return f"{self.claim}: {response}; {asked}"
