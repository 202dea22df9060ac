"""Own measures, rounds of self-assessment, and what is proposed about coverage."""

from __future__ import annotations

from kizuki.measures.models.own import OwnMeasure
from kizuki.measures.models.proposal import Proposal
from kizuki.measures.models.round import Part, Round

__all__ = ["OwnMeasure", "Part", "Proposal", "Round"]
