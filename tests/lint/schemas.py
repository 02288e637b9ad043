#!/usr/bin/python3
# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""Fails on a schema in docs/schemas that is none, refers to nothing or leaves a key undescribed, on a command that
prints JSON and has no schema of its name, and on what the list of schemas in docs/schemas/README.md lacks."""

import os
import re
import sys

import jsonschema

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), ".."))

from support import schemas  # noqa: E402

HELP = os.path.realpath(os.path.join(os.path.dirname(__file__), "../golden/help"))


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def commands_with_json():
    """Commands that have json among the forms of a flag, as the schemas are named: 'group-list'. What --progress
    writes is the same for all."""
    for file in sorted(os.listdir(HELP)):
        options = re.sub(r"\s+", " ", text_of(os.path.join(HELP, file)).partition("Options:")[2])
        options, progress = re.subn(r"--progress \w+ [^-]*\([^)]*\)", "", options)
        if progress:
            yield "progress"
        if re.search(r"\w, json\b|\bjson, \w", options):
            yield file.removesuffix(".txt")


def keys(schema, at):
    """Every key that a schema has, with the schema of its value."""
    if isinstance(schema, list):
        for part in schema:
            yield from keys(part, at)
    elif isinstance(schema, dict):
        for name, part in schema.items():
            if name == "properties":
                for key, value in part.items():
                    yield f"{at}.{key}", value
                    yield from keys(value, f"{at}.{key}")
            elif name != "if":
                yield from keys(part, at)


def references(schema):
    if isinstance(schema, list):
        for part in schema:
            yield from references(part)
    elif isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for part in schema.values():
            yield from references(part)


def described(value):
    return "const" in value or "description" in value or "$ref" in value


def complaints():
    known = schemas.names()
    listed = text_of(os.path.join(schemas.FOLDER, "README.md"))
    for name in known:
        schema = schemas.load(name)
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f"docs/schemas/{name}: {error.json_path}: {error.message}"
            continue
        for reference in references(schema):
            if reference.removesuffix(schemas.END) not in known:
                yield f"docs/schemas/{name}: there is no {reference}"
        for at, value in keys(schema, "$"):
            if not described(value):
                yield f"docs/schemas/{name}: {at} has no description"
        if f"`{name}`" not in listed:
            yield f"docs/schemas/README.md: {name} is not in the list"
    commands = list(commands_with_json())
    if "list" not in commands:
        yield "tests/golden/help: no option of thv list has json among its forms; is it written in another way?"
    for command in commands:
        if command not in known:
            yield f"thv {command.replace('-', ' ')} prints JSON and has no docs/schemas/{command}{schemas.END}"


def main():
    wrong = list(complaints())
    print(*wrong, sep="\n", end="\n" if wrong else "")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
