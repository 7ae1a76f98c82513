"""Judged conditions as JUnit XML: what CI servers (Jenkins, GitLab, Azure DevOps) show as tests.

Elements and attributes are those that all of them read: ``testsuites`` > ``testsuite`` (name, tests,
failures, errors, skipped, time, timestamp) > ``properties`` and ``testcase`` (classname, name, time) >
``failure`` (message, type). Sources: ``junit-10.xsd`` of Jenkins' xUnit plugin, GitLab's and Azure's
documentation.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sassafras.analysis.conditions import Judged
from sassafras.report.files import write_text

CLASS = "sassafras.conditions"

#: Characters that XML 1.0 does not allow at all.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(
    path: Path,
    name: str,
    judged: Sequence[Judged],
    properties: Mapping[str, str],
    seconds: float,
    when: datetime,
) -> None:
    """Write a suite called ``name``: a test case for each condition, failed where the condition is true.

    ``seconds``: what the campaign took; ``when``: the time of judging, with its zone.
    """
    write_text(path, junit(name, judged, properties, seconds, when))


def junit(
    name: str, judged: Sequence[Judged], properties: Mapping[str, str], seconds: float, when: datetime
) -> str:
    """The text of the file (see `write_junit`)."""
    failures = sum(one.is_true for one in judged)
    counts = {"tests": str(len(judged)), "failures": str(failures), "errors": "0"}
    root = ET.Element("testsuites", {"name": "sassafras", **counts, "time": f"{seconds:.3f}"})
    attributes = {"name": _legal(name), **counts, "skipped": "0", "time": f"{seconds:.3f}"}
    suite = ET.SubElement(root, "testsuite", attributes | {"timestamp": when.isoformat(timespec="seconds")})
    listed = ET.SubElement(suite, "properties")
    for key, value in properties.items():
        ET.SubElement(listed, "property", {"name": _legal(key), "value": _legal(value)})
    for one in judged:
        _add_case(suite, one)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _add_case(suite: ET.Element, judged: Judged) -> None:
    name = f"fail if {judged.condition.text}"
    case = ET.SubElement(suite, "testcase", {"classname": CLASS, "name": _legal(name), "time": "0.000"})
    if judged.is_true:
        message = f"{judged.condition.text}: {judged.measured}"
        failure = ET.SubElement(case, "failure", {"message": _legal(message), "type": "condition"})
        failure.text = _legal(message)
    else:
        said = judged.measured + (f"; {judged.note}" if judged.note else "")
        ET.SubElement(case, "system-out").text = _legal(said)


def _legal(text: str) -> str:
    """The text without characters that no XML file may hold."""
    return _FORBIDDEN.sub("\ufffd", text)
