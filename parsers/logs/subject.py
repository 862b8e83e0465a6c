"""Which object a hotfix message is about.

What follows the phrases is published nowhere, so every form that the product uses elsewhere is read: a name
in quotes, `credential[name=…,id=…]`, a path `/projects/P/credentials/C` or
`/plugins/X/project/credentials/C` whose project is `/plugins/X/project`, a UUID, a bare name, each perhaps
with `in project '…'`. What has none of these forms names nothing: never guess.
"""

import re
from typing import Final, NamedTuple


class Subject(NamedTuple):
    """A bare name, and the project that it lies in, or "" where the entry does not say."""

    name: str
    project: str


def first_subject(tail: str) -> Subject:
    """The one object that the text after a phrase begins with; its name is "" if it is not known."""
    line = tail[:_LONGEST].partition("\n")[0]
    for form in (_LABEL, _LABELLED):
        if label := form.match(line):
            line = line[label.end() :]
    return _object(line)


def listed_subjects(tail: str) -> list[Subject]:
    """The objects of a list after a phrase, on its line or one or several a line below it.

    Of a list that is too long those that stand whole in its beginning, and `…` for the rest.
    """
    subjects = []
    if len(tail) > _LONGEST_LIST:
        beginning = tail[:_LONGEST_LIST]
        tail = beginning[: max(map(beginning.rfind, ",;\n")) + 1] + "\n'…'"
    for line in tail.split("\n"):
        text = line.strip()
        if _END_OF_LIST.match(text):
            break
        text = _BULLET.sub("", text, count=1)
        if text.startswith("[") and text.endswith("]"):
            text = text[1:-1]
        subjects += [_object(item[:_LONGEST]) for item in _ITEM.findall(text)]
    return [subject for subject in subjects if subject.name]


def in_one(subjects: list[Subject]) -> Subject:
    """Several objects in the one row of their entry: names joined by ", ", the project if all share it."""
    projects = {subject.project for subject in subjects}
    return Subject(
        ", ".join(subject.name for subject in subjects), projects.pop() if len(projects) == 1 else ""
    )


_LONGEST: Final = 2048
_LONGEST_LIST: Final = 262_144
"""Characters looked at for one object and for a list: hostile text must not make the patterns slow."""

_LABEL: Final = re.compile(r"\s*:(?=\s)")
_LABELLED: Final = re.compile(r"\s*(?:named|with (?:name|id))\b:?")
_BULLET: Final = re.compile(r"^(?:[-*•]\s+|\d{1,6}[.)]\s+)")
_END_OF_LIST: Final = re.compile(r"at [\w.$<>]+\(|Caused by: |\.\.\. \d+ more|[\w.$]+(?:Exception|Error)\b")

# What may stand between the commas of a list: quotes and brackets keep theirs.
_ITEM: Final = re.compile(r"""(?:'[^'\n]{0,255}'|"[^"\n]{0,255}"|\[[^\]\n]{0,255}\]|[^,;'"\[\n]|['"\[])+""")

# /plugins/EC-JBoss/project/credentials/jbosscfg and /projects/Demo Project/credentials/production root
_PATH: Final = re.compile(
    r"(?P<plugin>/plugins/[^/\n]+/project)/credentials/(?P<of_plugin>[^/\n]+)"
    r"|/projects/(?P<project>[^/\n]+)/credentials/(?P<name>[^/\n]+)"
)
_QUOTED: Final = re.compile(r"""'(?P<single>[^\n]*?)'(?![\w'])|"(?P<double>[^"\n]*)"(?!\w)""")
# credential[name=deploy,id=10], systemObject[name=licensing,id=10]
_ENTITY: Final = re.compile(r"\w*\[(?:id=[^,\]\n]*,\s*)?name=(?P<name>[^\n]*?)(?:,\s*\w+=[^\]\n]*)?\]")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])")
_BARE: Final = re.compile(r"[^\s,;:'\"()\[\]{}<>|/=]+")
_PROJECT: Final = re.compile(
    r"\s*,?\s*\(?(?:in|of|from) (?:the )?project:? +"
    r"(?:'(?P<single>[^\n]*?)'(?!\w)|\"(?P<double>[^\"\n]*)\"|\w*\[name=(?P<entity>[^\n]*?)(?:,\s*\w+=[^\]\n]*)?\]"
    r"|(?P<bare>[^\s,;:'\"()\[\]]+))"
)
# Behind a bare name may stand the end, a project, a reason, or something in brackets; anything else is prose.
_BEHIND_BARE: Final = re.compile(
    r"[.!]?\s*(?:$|[,;:(]|- |(?:in|of|from) (?:the )?project\b|(?:because|due to|since|as|with id)\b)"
)
# fmt: off
_NO_NAMES: Final = frozenset({
    "a", "an", "and", "any", "are", "as", "at", "be", "because", "but", "by", "could", "due", "failed", "for",
    "from", "had", "has", "have", "if", "in", "is", "it", "not", "null", "of", "on", "or", "since", "skipped",
    "that", "the", "this", "to", "was", "were", "which", "while", "with",
})
# fmt: on


def _object(text: str) -> Subject:
    text = text.strip()
    if path := _PATH.match(text):
        return _of_path(path)
    for form in (_QUOTED, _ENTITY, _UUID):
        if found := form.match(text):
            names = [name for name in found.groups() if name is not None] or [found[0]]
            name = names[0].strip()
            if path := _PATH.fullmatch(name):
                return _of_path(path)
            return Subject(name, _project(text[found.end() :]))
    return _bare(text)


def _of_path(path: re.Match[str]) -> Subject:
    if path["plugin"] is not None:
        return Subject(_without_tail(path["of_plugin"]), path["plugin"])
    return Subject(_without_tail(path["name"]), path["project"])


def _without_tail(name: str) -> str:
    """A path has no end mark: cut what reads as prose after it."""
    return re.split(r"['\"]|[,;:](?:\s|$)|\s+(?:because|due to|since|as|\(|-)(?:\s|$)|\.$", name, maxsplit=1)[
        0
    ].strip()


def _bare(text: str) -> Subject:
    if in_project := _PROJECT.match(text):
        return Subject("", _first(in_project))
    found = _BARE.match(text)
    if found is None or found[0].rstrip(".!").lower() in _NO_NAMES:
        return Subject("", "")
    name = found[0].rstrip(".!")
    behind = text[len(name) :]
    return Subject(name if _BEHIND_BARE.match(behind) else "", _project(behind))


def _project(behind: str) -> str:
    found = _PROJECT.match(behind)
    return "" if found is None else _first(found)


def _first(found: re.Match[str]) -> str:
    return next(group for group in found.groups() if group is not None).strip()
