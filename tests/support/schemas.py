# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""The JSON Schemas of docs/schemas, and whether a text is what they say.

To readers they promise that keys may be added. Here they are the whole truth: an object may have the keys that are
described and no others, unless its schema itself says what others may be."""

import json
import os
import re
from datetime import datetime

import jsonschema

FOLDER = os.path.realpath(os.path.join(os.path.dirname(__file__), "../../docs/schemas"))
END = ".schema.json"
BASE = "file:///schemas/"
ZERO_TIME = "0001-01-01T00:00:00Z"


def names():
    return sorted(file.removesuffix(END) for file in os.listdir(FOLDER) if file.endswith(END))


def load(name):
    with open(os.path.join(FOLDER, name + END), encoding="utf-8") as file:
        return json.load(file)


def closed(schema):
    """The schema, with no key allowed that it does not describe."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    parts = {key: {name: closed(part) for name, part in value.items()} if key == "properties" else closed(value)
             for key, value in schema.items()}
    # What is below "if" describes what is described elsewhere, too.
    if "if" in parts:
        parts["if"] = schema["if"]
    if schema.get("type") == "object" and "properties" in schema:
        parts.setdefault("additionalProperties", False)
    return parts


def validator(name):
    store = {BASE + each + END: closed(load(each)) for each in names()}
    schema = store[BASE + name + END]
    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date-time", ValueError)(is_time)
    return jsonschema.Draft202012Validator(schema, resolver=jsonschema.RefResolver(BASE + name + END, schema, store),
                                           format_checker=checker)


def is_time(text):
    """RFC 3339 in UTC, to the nanosecond at most."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?Z", text)
    return match is not None and datetime.fromisoformat(match[1]) is not None


def mistakes(name, document):
    """Where a document is not what the schema says, and why."""
    return [f"{name}: {error.json_path}: {error.message}" for error in validator(name).iter_errors(document)]


def check(name, text):
    """Fails when a text is not what the schema says; returns what it holds."""
    document = json.loads(text)
    wrong = mistakes(name, document)
    assert not wrong, "\n".join([*wrong, text])
    return document
