"""JUnit XML holds what CI servers read, and nothing that they do not know."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sassafras.analysis.condition_text import parse_condition
from sassafras.analysis.conditions import Judged
from sassafras.report.junit import junit, write_junit

WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# Element -> (required attributes, optional ones, children), as junit-10.xsd of Jenkins' xUnit plugin has it;
# ``classname`` is optional there and required by GitLab and Azure DevOps.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {
            "group",
            "time",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
            "file",
            "log",
            "url",
            "version",
        },
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name", "classname"},
        {"time", "group"},
        {"skipped", "errors", "failure", "system-out", "system-err"},
    ),
    "failure": (set(), {"message", "type"}, set()),
    "system-out": (set(), set(), set()),
}
TIME = re.compile(r"(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]{0,3})?")


def check(element: ET.Element) -> None:
    required, optional, children = SCHEMA[element.tag]
    assert required <= set(element.keys()) <= required | optional, element.tag
    assert {child.tag for child in element} <= children, element.tag
    assert TIME.fullmatch(element.get("time", "0")), element.tag
    for child in element:
        check(child)


def judged(text: str, *, is_true: bool) -> Judged:
    return Judged(parse_condition(text), 12, 1000, 0.0062, 0.0209, 0.0209, is_true)


@pytest.fixture
def root() -> ET.Element:
    found = [judged("MALFUNCTION.high > 0.5%", is_true=True), judged("DUE < 1%", is_true=False)]
    return ET.fromstring(junit("runs/<a>&b", found, {"seed": "7", "odd": "a\x01b"}, 1.5, WHEN))  # noqa: S314


def test_the_schema(root: ET.Element) -> None:
    assert root.tag == "testsuites"
    check(root)


def test_the_counts_are_those_of_the_cases(root: ET.Element) -> None:
    (suite,) = root
    for element in (root, suite):
        assert (element.get("tests"), element.get("failures"), element.get("errors")) == ("2", "1", "0")
    assert len(suite.findall("testcase")) == 2
    assert len(suite.findall("testcase/failure")) == 1


def test_what_it_says(root: ET.Element) -> None:
    (suite,) = root
    assert (suite.get("name"), suite.get("time")) == ("runs/<a>&b", "1.500")
    assert datetime.fromisoformat(str(suite.get("timestamp"))) == WHEN
    bad, good = suite.findall("testcase")
    assert (bad.get("name"), bad.get("classname")) == (
        "fail if MALFUNCTION.high > 0.5%",
        "sassafras.conditions",
    )
    failure = bad.find("failure")
    assert failure is not None
    assert failure.get("message") == "MALFUNCTION.high > 0.5%: 2.09 % (12 of 1000; 95 %: 0.620–2.09 %)"
    assert failure.text == failure.get("message")
    assert good.find("failure") is None


def test_characters_that_xml_forbids_are_replaced(root: ET.Element) -> None:
    values = {p.get("name"): p.get("value") for p in root.iter("property")}
    assert values == {"seed": "7", "odd": "a\ufffdb"}


def test_the_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "junit.xml"
    write_junit(path, "a", [judged("DUE < 1%", is_true=False)], {}, 0.0, WHEN)
    text = path.read_bytes()
    assert text.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ')
    check(ET.fromstring(text))  # noqa: S314
