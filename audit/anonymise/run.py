"""A whole run, made anonymous."""

from collections.abc import Callable, Iterable

import polars as pl

from audit.anonymise.patterns import anonymous_location, anonymous_path, found_by_form
from audit.anonymise.pseudonyms import KnownNames, Pseudonyms, replaced
from audit.ownership.owners import UNASSIGNED
from reports.run import Run
from reports.summary import Summary

Change = Callable[[str], str]


def anonymised(run: Run) -> Run:
    """The run with pseudonyms in place of names, hosts, users, addresses, teams, key labels and paths.

    They are the same in every column, message and file of the run. Verdicts, times, layouts, fingerprints of
    key files and the products' own words stay; digests of values and groups of equal secrets are dropped.
    What a message says of people in prose is not recognised: someone has to read it.
    """
    return _Anonymiser(run).run()


class _Anonymiser:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._names = Pseudonyms()
        self._locations: dict[str, str] = {}
        self._name_everything()
        self._known = KnownNames(self._names)
        self._name_places()
        self._known_places = KnownNames(self._names)

    def run(self) -> Run:
        credentials, findings, unread = self._run.credentials, self._run.findings, self._run.unread
        return Run(
            summary=self._summary(self._run.summary),
            credentials=_changed(
                credentials,
                {
                    **dict.fromkeys(
                        ("project", "name", "user_name", "owner", "contact", "opened_by"), self._name
                    ),
                    "location": self._locations.__getitem__,
                    "reason": self._text,
                    "evidence": self._evidence,
                    "store": self._stores,
                    "record": self._record,
                    "group": _dropped,
                    "value_digest": _dropped,
                },
            ),
            findings=_changed(
                findings,
                {
                    **dict.fromkeys(("project", "node"), self._name),
                    "subject": self._subjects,
                    "source": self._path,
                    "message": self._text,
                },
            ),
            unread=_changed(unread, {"path": self._path, "member": self._path, "reason": self._text}),
            not_stored=_changed(
                self._run.not_stored,
                {
                    **dict.fromkeys(("project", "subject"), self._name),
                    "evidence": self._evidence,
                    "reason": self._text,
                },
            ),
            guides=self._run.guides,
        )

    def _name_everything(self) -> None:
        run, summary = self._run, self._run.summary
        self._names.fix(UNASSIGNED, UNASSIGNED)
        for column, kind in {
            "project": "project",
            "name": "name",
            "user_name": "user",
            "owner": "team",
            "contact": "contact",
        }.items():
            self._add(run.credentials[column], kind)
        self._add(run.findings["node"], "node")
        self._add(run.findings["project"], "project")
        self._add(
            (
                name
                for each in run.findings["subject"].unique(maintain_order=True)
                for name in each.split(", ")
            ),
            "name",
        )
        self._add(run.not_stored["project"], "project")
        self._add(run.not_stored["subject"], "name")
        self._add((each.node for each in summary.upgrades), "node")
        self._add((key.label for key in summary.keys), "key")
        self._add((period.label for period in summary.periods), "key")
        self._add(run.credentials["opened_by"], "key")
        self._add((rule.pattern for rule in summary.ignored), "pattern")
        self._add((rule.reason for rule in summary.ignored), "reason")

    def _name_places(self) -> None:
        """What sentences quote: whole paths, and of the many locations the parts with blanks in them."""
        run = self._run
        for project in run.credentials["project"].unique(maintain_order=True):
            self._names.fix(f"/projects/{project}", f"/projects/{self._name(project)}")
        for location in run.credentials["location"].unique(maintain_order=True):
            self._locations[location] = anonymous_location(location, self._known, self._names)
            if not location.startswith("/projects/") and " " in location:
                self._names.fix(location, self._locations[location])
        paths = [
            *(store for stores in run.credentials["store"].unique() for store in stores.split("; ")),
            *run.findings["source"].unique(),
            *run.unread["path"].unique(),
            *run.unread["member"].unique(),
            *(each.path for each in run.summary.inputs),
            *(each.where for each in run.summary.fingerprints),
        ]
        for path in sorted(set(paths)):
            self._names.fix(path, anonymous_path(path, self._known, self._names))

    def _add(self, names: Iterable[str], kind: str) -> None:
        for name in names:
            self._names.of(name, kind)

    def _name(self, name: str) -> str:
        return self._names.of(name, "name")

    def _subjects(self, subjects: str) -> str:
        return ", ".join(map(self._name, subjects.split(", ")))

    def _path(self, path: str) -> str:
        return anonymous_path(path, self._known, self._names)

    def _stores(self, stores: str) -> str:
        return "; ".join(map(self._path, stores.split("; ")))

    def _record(self, records: str) -> str:
        return replaced(records, self._known_places.found(records))

    def _evidence(self, evidence: str) -> str:
        source, colon, line = evidence.rpartition(":")
        return f"{self._path(source)}{colon}{line}"

    def _text(self, text: str) -> str:
        known = self._known_places.found(text)
        return replaced(text, [*known, *found_by_form(text, self._names, self._path)])

    def _summary(self, summary: Summary) -> Summary:
        return summary.model_copy(
            update={
                "keys": [
                    key.model_copy(update={"label": self._name(key.label), "remark": self._text(key.remark)})
                    for key in summary.keys
                ],
                "open_questions": [
                    each.model_copy(
                        update={
                            "key": self._name(each.key),
                            "example": self._locations.get(each.example, each.example),
                            "candidates": [self._locations.get(one, one) for one in each.candidates],
                        }
                    )
                    for each in summary.open_questions
                ],
                "layouts": [
                    each.model_copy(update={"key": self._name(each.key)}) for each in summary.layouts
                ],
                "inputs": [
                    each.model_copy(update={"path": self._path(each.path), "why": self._text(each.why)})
                    for each in summary.inputs
                ],
                "fingerprints": [
                    each.model_copy(update={"where": self._path(each.where)}) for each in summary.fingerprints
                ],
                "periods": [
                    each.model_copy(update={"label": self._name(each.label)}) for each in summary.periods
                ],
                "missing_keys": [
                    each.model_copy(
                        update={
                            "places": [self._path(place) for place in each.places],
                            "advice": self._text(each.advice),
                        }
                    )
                    for each in summary.missing_keys
                ],
                "upgrades": [
                    each.model_copy(update={"node": self._name(each.node)}) for each in summary.upgrades
                ],
                "ignored": [
                    each.model_copy(
                        update={"pattern": self._name(each.pattern), "reason": self._name(each.reason)}
                    )
                    for each in summary.ignored
                ],
            }
        )


def _dropped(_: str) -> str:
    return ""


def _changed(frame: pl.DataFrame, changes: dict[str, Change]) -> pl.DataFrame:
    """Each of the columns changed, value by value; each value once."""
    return frame.with_columns(_column(frame[name], change) for name, change in changes.items())


def _column(column: pl.Series, change: Change) -> pl.Series:
    values = column.unique(maintain_order=True)
    changed = pl.Series([change(value) for value in values], dtype=pl.String)
    return column.replace_strict(values, changed, return_dtype=pl.String) if len(column) else column
