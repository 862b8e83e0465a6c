"""Glob patterns on locations, as regular expressions that polars runs."""

from collections.abc import Iterable


def regex_of(patterns: Iterable[str]) -> str:
    r"""The regular expression (Rust's dialect) of what `fnmatch.fnmatchcase` matches with any of `patterns`.

    `*` is any text, `/` included; `?` one character; `[a-z]` and `[!a-z]` one of a set; a `[` without its `]`
    is itself. Case counts.
    """
    return rf"(?s)\A(?:{'|'.join(_body_of(pattern) for pattern in patterns)})\z"


def _body_of(pattern: str) -> str:
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        char, end = pattern[position], position + 1
        closing = _closing_bracket(pattern, end) if char == "[" else -1
        if closing > 0:
            parts.append(_set_of(pattern[end:closing]))
            end = closing + 1
        else:
            parts.append({"*": ".*", "?": "."}.get(char) or _escaped(char))
        position = end
    return "".join(parts)


def _closing_bracket(pattern: str, start: int) -> int:
    """Where the set that begins at `start` ends, or -1; a `]` in the first place belongs to the set."""
    first = start + 1 if pattern.startswith("!", start) else start
    return pattern.find("]", first + 1)


def _set_of(text: str) -> str:
    negated = text.startswith("!")
    members = text.removeprefix("!") if negated else text
    ranges: list[str] = []
    position = 0
    while position < len(members):
        is_range = members.startswith("-", position + 1) and position + 2 < len(members)
        first, last = members[position], members[position + 2 if is_range else position]
        if first <= last:  # a range that runs backwards is empty
            ranges.append(f"{_escaped(first)}-{_escaped(last)}")
        position += 3 if is_range else 1
    if not ranges:
        return "." if negated else r"[^\s\S]"
    return f"[{'^' if negated else ''}{''.join(ranges)}]"


def _escaped(char: str) -> str:
    return char if char.isascii() and char.isalnum() else f"\\x{{{ord(char):x}}}"
