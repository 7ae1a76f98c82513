"""Which settings decide the rows of a campaign, as its fingerprint holds them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sassafras.campaign.design.settings import Settings
from sassafras.faults.model import DRAWN_MODELS, FaultModel, Mode
from sassafras.faults.secded import Ecc
from sassafras.simulation.kept_output import Outputs
from sassafras.sources import source_key

#: Settings that decide how many rows there are, those of the frames, whose pixels count themselves, and the
#: card, whose time is modelled beside the rows.
NOT_OF_ROWS = {
    *("injections", "preset", "modes", "until", "per_stratum", "shard", "faults", "proofs"),
    *("frames", "frame_classes", "fit", "device"),
}


def row_settings(settings: Settings) -> dict[str, Any]:
    """JSON values by name. Those that came later are left out where they say nothing. Faults of the user's
    own stand as the SHA-256, in hex, of their lines.
    """
    found: dict[str, Any] = json.loads(settings.model_dump_json(exclude=NOT_OF_ROWS))
    for name in ("stratify", "mode_models"):
        if found[name] is None:
            del found[name]
    if not settings.exact:
        del found["exact"]
    if settings.outputs is Outputs.SHORT:
        del found["outputs"]
    if settings.ecc is Ecc.NONE:
        del found["ecc"]
    if settings.tensor_cores == "refused":
        del found["tensor_cores"]
    if Mode.MEM in settings.modes:
        # Memory faults draw from modelled time.
        found["modelled_time"] = f"{settings.architecture.card} {source_key('kernels.cost', 'kernels.work')}"
    used = {*settings.used_models} - {*DRAWN_MODELS, FaultModel.MASK}
    tables = {model: model.file.digest for model in sorted(used)}
    if tables:
        found["model_tables"] = tables
    if settings.faults is not None:
        lines = "\n".join(own.line for own in settings.faults)
        found["faults"] = hashlib.sha256(lines.encode()).hexdigest()
    return found
