#!/usr/bin/env python3
"""Checks JUnit files of `torchtwin run --junit` against a schema (lxml), and their counts against what is in them.

    python3 tools/check_junit.py SCHEMA.xsd FILE... [--has ELEMENT]...

SCHEMA.xsd is that of Jenkins' xunit plugin, junit-10.xsd, which pytest holds its own files against: it lies in the source of pytest on PyPI. With
`--has skipped` a file without a <skipped> among its cases is refused: what is not there cannot be valid. Exit code 1: a file is not as it should
be.
"""

import sys

from lxml import etree


def faults(schema, path, wanted):
    tree = etree.parse(path)
    if not schema.validate(tree):
        yield from (str(error) for error in schema.error_log)
    root = tree.getroot()
    kinds = {"failures": "failure", "errors": "error", "skipped": "skipped", "tests": None}
    for element in [root, *root.findall("testsuite")]:
        for attribute, kind in kinds.items():
            cases = element.findall(".//testcase")
            count = sum(1 for case in cases if kind is None or case.find(kind) is not None)
            stated = element.get(attribute)
            # The schema has no `skipped` for all suites together.
            if stated is None and element is root and attribute == "skipped":
                continue
            if stated is None or int(stated) != count:
                yield f"{element.get('name')}: {attribute}={stated}, {count} in it"
    for kind in ("failure", "error"):
        for found in root.iter(kind):
            if not (found.get("message") or "").strip() or not (found.text or "").strip():
                yield f"a {kind} without its reason"
    yield from (f"no <{kind}>" for kind in wanted if root.find(f".//{kind}") is None)


def main(arguments):
    files, wanted = [], []
    while arguments:
        word = arguments.pop(0)
        (wanted if word == "--has" else files).append(arguments.pop(0) if word == "--has" else word)
    schema = etree.XMLSchema(etree.parse(files.pop(0)))
    wrong = 0
    for path in files:
        found = list(faults(schema, path, wanted))
        wrong += len(found)
        print("\n".join(f"{path}: {fault}" for fault in found) or f"{path}: valid")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
