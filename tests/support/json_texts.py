# SPDX-FileCopyrightText: Copyright 2026 The thv authors
# SPDX-License-Identifier: Apache-2.0
"""JSON as text, with everything that programs lose which read it into values: hypothesis strategies and how they are
spelled."""

import os
import random

from hypothesis import strategies as st
from hypothesis.configuration import set_hypothesis_home_dir

# Its table of all characters, which would be made anew for each run, in the folder that it is run from.
set_hypothesis_home_dir(os.path.expanduser("~/.cache/thv-tests/hypothesis"))

# NBSP, ideographic space, soft hyphen, ZWJ, BOM, line and paragraph separator, NEL, private use, noncharacters, the
# replacement character, direction marks, surrogates alone, an emoji sequence, and what JSON itself escapes.
AWKWARD = list("\u00a0\u3000\u00ad\u200d\ufeff\u2028\u2029\u0085\ue000\ufffe\uffff\ufffd\u202e\u0000\u001f\u007f"
               "\ud800\udbff\udc00\udfff\U0001f469\U0010ffff\U000e0001\"\\/\b\f\n\r\t'<")
NUMBERS = ["0", "-0", "0.0", "-0.0", "1.50", "1e400", "-1E-400", "1E+2", "9007199254740993", "-9223372036854775808",
           "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "0.1000",
           "3.141592653589793238462643383279"]
SHORT = {"\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\", "/": "\\/"}

texts = st.text(st.one_of(st.characters(), st.sampled_from(AWKWARD)), max_size=12)
keys = st.one_of(st.sampled_from(["a", "message", "id", "jsonrpc", "__proto__", ""]),
                 texts.filter(lambda text: "\0" not in text))
numbers = st.one_of(st.sampled_from(NUMBERS), st.integers(-2**65, 2**65).map(str),
                    st.from_regex(r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?", fullmatch=True))
strings = texts.map(lambda text: ("string", text))
scalars = st.one_of(strings, numbers.map(lambda text: ("as it is", text)),
                    st.sampled_from(["true", "false", "null"]).map(lambda text: ("as it is", text)))
#: Objects are lists of pairs, so that a key may occur twice.
values = st.recursive(scalars, lambda inner: st.one_of(
    st.lists(inner, max_size=4).map(lambda items: ("list", items)),
    st.lists(st.tuples(keys, inner), max_size=4).map(lambda pairs: ("object", pairs))), max_leaves=12)


class Speller:
    """Writes values down in one of the many ways that JSON has for each."""

    def __init__(self, seed):
        self._random = random.Random(seed)

    def space(self):
        return "".join(self._random.choices(" \t\n\r", k=self._random.choice((0, 0, 0, 1, 3))))

    def shuffled(self, items):
        return self._random.sample(items, len(items))

    def value(self, value):
        kind, content = value
        if kind == "string":
            return self.string(content)
        if kind == "list":
            return self._inside("[]", [self.value(item) for item in content])
        if kind == "object":
            return self.members([(key, self.value(item)) for key, item in content])
        return content

    def members(self, pairs):
        """An object of keys and values that are spelled already."""
        return self._inside("{}", [self.string(key) + self.space() + ":" + self.space() + text for key, text in pairs])

    def _inside(self, brackets, parts):
        spaced = [self.space() + part + self.space() for part in parts]
        return brackets[0] + (",".join(spaced) or self.space()) + brackets[1]

    def string(self, text):
        return '"' + "".join(self._character(character) for character in text) + '"'

    def _character(self, character):
        code = ord(character)
        must = character in '"\\' or code < 0x20 or 0xD800 <= code <= 0xDFFF
        if not must and (self._random.random() < 0.8 or (character.isascii() and (character.isalnum() or character == "_"))):
            return character
        if character in SHORT and self._random.random() < 0.5:
            return SHORT[character]
        units = [code] if code < 0x10000 else [0xD800 + (code - 0x10000 >> 10), 0xDC00 + (code - 0x10000 & 0x3FF)]
        return "".join(self._random.choice(("\\u%04x", "\\u%04X")) % unit for unit in units)
