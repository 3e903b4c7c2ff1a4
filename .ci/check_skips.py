"""Fail if a JUnit report holds a skipped test that the list does not allow.

Usage: check_skips.py ALLOWED REPORT...; a line of ALLOWED is the beginning of `classname::name`; # begins a comment.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree as ET


def skipped(report: Path) -> list[tuple[str, str]]:
    """Each skipped test of a report, as (`classname::name`, reason)."""
    found = []
    for case in ET.parse(report).iter("testcase"):
        skip = case.find("skipped")
        if skip is not None:
            found.append((f"{case.get('classname')}::{case.get('name')}", skip.get("message", "")))
    return found


def main() -> int:
    """Exit status: 1 if any skip is not allowed."""
    lines = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    allowed = tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))
    refused = [
        f"{report}: {test}: {reason}"
        for report in map(Path, sys.argv[2:])
        for test, reason in skipped(report)
        if not (allowed and test.startswith(allowed))
    ]
    print("\n".join(refused) or "no skip outside the list")
    return bool(refused)


if __name__ == "__main__":
    sys.exit(main())
