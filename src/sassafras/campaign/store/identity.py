"""Whether a store's rows are those of a campaign: fingerprints compared, and what is said of a difference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sassafras.errors import CampaignError

MEANING = "meaning"  #: in a fingerprint: what rows mean (`sassafras.campaign.store.meaning`)
_ONLY_READ = (
    "it can be read (tables, report, check, compare, export), not gone on with or run again; "
    "run it again into another folder"
)


def digest_of(fingerprint: Mapping[str, Any]) -> str:
    """A fingerprint for people: the first 16 hexadecimal digits of the SHA-256 of its JSON."""
    return hashlib.sha256(json.dumps(dict(fingerprint), sort_keys=True).encode()).hexdigest()[:16]


def different_keys(one: Mapping[str, Any], two: Mapping[str, Any]) -> set[str]:
    """Names of what differs between two fingerprints."""
    return {k for k in one.keys() | two.keys() if one.get(k) != two.get(k)}


def differences(one: Mapping[str, Any], two: Mapping[str, Any]) -> str:
    """The same for people; empty where they are the same."""
    return ", ".join(sorted(different_keys(one, two)))


def check_same(path: Path, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise CampaignError, in one line, unless the rows of the store are those of the campaign ``wanted``."""
    differing = different_keys(stored, json.loads(json.dumps(dict(wanted))))
    folder, older = path.parent, MEANING not in stored and MEANING in wanted
    if older:  # what a store of that time did not keep says nothing more
        differing &= stored.keys() - {"version"}
    if differing - {MEANING}:
        raise CampaignError(
            f"{folder} holds another campaign (different: {', '.join(sorted(differing))}); "
            "choose another --out, or give the same options to go on"
        )
    if older:
        raise CampaignError(f"{folder} was made before its fingerprint said what a fault means: {_ONLY_READ}")
    if differing:
        raise CampaignError(
            f"{folder} holds rows of another meaning ({stored[MEANING][:8]}, now {wanted[MEANING][:8]}: the "
            f"code of the emulator or of the faults has changed since): {_ONLY_READ}"
        )


def check_mergeable(parts: Mapping[Path, Mapping[str, Any]]) -> None:
    """Raise CampaignError unless the folders with these fingerprints hold rows of one campaign and one known
    meaning.
    """
    (first, one), *rest = parts.items()
    for folder, other in rest:
        differing = different_keys(one, other)
        if differing == {MEANING}:
            raise CampaignError(
                f"{first} and {folder} hold rows of two meanings (the code of the emulator or of the faults "
                "differs between them): they cannot be merged; run one of them again with the other's version"
            )
        if differing:
            raise CampaignError(
                f"{first} and {folder} are different campaigns (different: {', '.join(sorted(differing))}); "
                "only shards of one campaign can be merged"
            )
    if rest and MEANING not in one:
        raise CampaignError(
            f"{first} and {rest[0][0]} were made before their fingerprints said what a fault means: "
            "nobody can tell whether their rows mean the same; run them again"
        )
