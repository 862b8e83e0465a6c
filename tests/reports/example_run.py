"""A finished run as a real estate would give it, hostile names among the others."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from audit.products import every_guide
from reports.run import Run
from reports.schema import CREDENTIALS, FINDINGS, NOT_STORED, UNREAD
from reports.summary import (
    Disagreements,
    FingerprintSummary,
    InputSummary,
    KeyPeriod,
    KeySummary,
    LayoutSummary,
    MissingKeySummary,
    SpanSummary,
    Summary,
    UpgradeSummary,
)

GUIDES: Final = every_guide()

HOSTILE_NAMES: Final = (
    "<script>window.attacked=1</script>",
    '"><img src=x onerror="window.attacked=1">',
    "' onmouseover='window.attacked=1",
    "</script><script>window.attacked=1</script>",
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "'quoted",
    "--password",
    "$(touch attacked)`id`",
    "$\\foo{$ and \\frac{1}{2}",
    "line\nbreak\r\ttab",
    "\x1b[2J\x1b]8;;http://evil.example\x07link",
    "\u202egnp.exe",
    "line\u2028separator",
    "[/x] [bold]",
    "javascript:window.attacked=1",
    "../../etc/passwd",
    "密码 пароль ñ",
)
"""Each breaks something that takes names for more than text."""

TEAMS: Final = ("Payments", "Release Engineering", "Mobile", "../x", "=cmd", "Data & <b>Analytics</b>")
PROJECTS: Final = (
    *("Billing", "Checkout", "Ledger", "Mobile App", "Website", "Search", "Fulfilment", "Platform"),
    *("Identity", "Warehouse", "Reporting", "Integrations", "Sandbox", "Legacy Imports", HOSTILE_NAMES[0]),
)
CURRENT: Final = "8f6b1a2c0d4e5f60718293a4b5c6d7e8f9012345"
OLDER: Final = "95daec80877f164f13935bac14adde8cf636fe7b"
MISSING: Final = "3e7d1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e"

_ACTIONS: Final = {
    "current": "none",
    "older-key": "re-encrypt",
    "lost": "re-enter",
    "damaged": "re-enter",
    "unknown": "investigate",
    "ambiguous": "investigate",
    "plain-text": "investigate",
    "empty": "none",
    "external": "none",
}
_REASONS: Final = {
    "current": "opens under the current key",
    "older-key": "opens under passkey-9.1, not under the current key",
    "lost": "well-formed, and none of the 2 candidate keys opens it",
    "damaged": "21 bytes are no multiple of 16",
    "unknown": "no layout could be established for values of this length; one known password would help",
    "ambiguous": "two keys open it, each only weakly",
    "plain-text": "not base64 and not hex: stored without encryption",
    "empty": "no value is stored",
    "external": "kept in CyberArk",
}
_WEIGHTS: Final = {
    "current": 50,
    "older-key": 18,
    "lost": 16,
    "damaged": 2,
    "unknown": 3,
    "ambiguous": 1,
    "plain-text": 3,
    "empty": 4,
    "external": 3,
}
_UPGRADE: Final = datetime(2021, 3, 6, 22, 0, 0)  # noqa: DTZ001  # logs carry local time without a zone
_SKIPPED: Final = ("skipped-update", "decrypt-failure", "corrupted-credentials")


def example_run(rows: int = 400, seed: int = 7) -> Run:
    """A run of `rows` credentials, the same for the same arguments."""
    choose = random.Random(seed)
    credentials = [_credential(number, choose) for number in range(rows)]
    findings = sorted(_findings(credentials, choose), key=lambda row: (row["time"], row["line"]))
    _count_findings(credentials, findings)
    frame = pl.DataFrame(credentials, schema=CREDENTIALS)
    evidence = pl.DataFrame(findings, schema=FINDINGS)
    return Run(
        summary=_summary(frame, evidence),
        credentials=frame,
        findings=evidence,
        unread=_unread(),
        not_stored=_not_stored(),
        guides=GUIDES,
    )


def count(column: pl.Series) -> dict[str, int]:
    """How often each value occurs, in the order of the alphabet."""
    return {value: int((column == value).sum()) for value in sorted(column.unique())}


def _credential(number: int, choose: random.Random) -> dict[str, object]:
    verdict = choose.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
    kind = choose.choices(["credential", "user", "email-config", "directory-provider"], [90, 4, 3, 3])[0]
    hostile = number < len(HOSTILE_NAMES)
    name = HOSTILE_NAMES[number] if hostile else f"{choose.choice(['deploy', 'db', 'api', 'ci'])}-{number:05}"
    project = choose.choice(PROJECTS) if kind == "credential" else ""
    location = f"/projects/{project}/credentials/{name}" if project else f"/{kind}s/{name}"
    opened = {"current": "passkey", "older-key": "passkey-9.1"}.get(verdict, "")
    team = "" if choose.random() < 0.1 else TEAMS[sum(map(ord, project)) % len(TEAMS)]
    return {
        "system": "cloudbees-cd",
        "kind": kind,
        "project": project,
        "name": name,
        "user_name": f"svc_{number % 37}",
        "location": location,
        "verdict": verdict,
        "opened_by": opened,
        "fingerprint": {"passkey": CURRENT, "passkey-9.1": OLDER}.get(opened, ""),
        "confidence": "strong" if opened else "none",
        "text_confidence": "strong" if opened else "none",
        "false_positive": 2.0**-40 if opened else None,
        "layout": "aes-256-cbc, IV in front" if verdict == "current" else "aes-128-ecb" if opened else "",
        "action": _ACTIONS[verdict],
        "reason": _REASONS[verdict],
        "owner": team,
        "contact": f"team-{TEAMS.index(team)}@example.com" if team else "",
        "group": choose.choice(["", "", "", "A", "B", "C"]),
        "value_digest": hashlib.sha256(str(number).encode()).hexdigest(),
        "findings": 0,
        "first_seen": "",
        "last_seen": "",
        "evidence": "",
        "store": "export.xml.gz",
        "record": f"line {number * 9 + 12}",
        "disagreement": "",
    }


def _findings(credentials: Sequence[dict[str, object]], choose: random.Random) -> Iterable[dict[str, object]]:
    for row in credentials:
        likely = {"lost": 0.8, "older-key": 0.3}.get(str(row["verdict"]), 0.02)
        for _ in range(choose.randint(1, 3) if choose.random() < likely else 0):
            yield _finding(choose.choice(_SKIPPED), row, _UPGRADE + _later(choose), choose)
    for hours in (0, 1, 5):
        mismatch = _finding("passkey-mismatch", None, _UPGRADE + timedelta(hours=hours), choose)
        yield mismatch | {"database_fingerprint": MISSING, "file_fingerprint": CURRENT}


def _later(choose: random.Random) -> timedelta:
    days = choose.choices([choose.random(), 2 + 20 * choose.random(), 40 + 50 * choose.random()], [5, 3, 2])[
        0
    ]
    return timedelta(days=days)


def _finding(
    kind: str, row: dict[str, object] | None, when: datetime, choose: random.Random
) -> dict[str, object]:
    subject = str(row["name"]) if row else ""
    node = choose.choice(["cd-node-1", "cd-node-2"])
    member = f"commander-{node}.log.{choose.randint(1, 9)}"
    return {
        "system": "cloudbees-cd",
        "kind": kind,
        "subject_kind": str(row["kind"]) if row else "",
        "subject": subject,
        "project": str(row["project"]) if row else "",
        "database_fingerprint": "",
        "file_fingerprint": "",
        "time": when.isoformat(timespec="milliseconds"),
        "node": node,
        "level": "WARN" if kind == "skipped-update" else "ERROR",
        "source": f"support.zip!/servers/{node}/{member}.zip!/{member}",
        "line": choose.randint(1, 2_000_000),
        "message": f"Skipping updating password for credential '{subject}'\n  at a.b.C(C.java:1)",
    }


def _count_findings(credentials: Iterable[dict[str, object]], findings: Iterable[dict[str, object]]) -> None:
    by_subject: dict[tuple[object, object], list[dict[str, object]]] = {}
    for finding in findings:
        by_subject.setdefault((finding["subject"], finding["project"]), []).append(finding)
    for row in credentials:
        named = by_subject.get((row["name"], row["project"]), [])
        if named:
            row |= {"findings": len(named), "first_seen": named[0]["time"], "last_seen": named[-1]["time"]}
            row |= {"evidence": f"{named[-1]['source']}:{named[-1]['line']}"}
        if row["verdict"] == "current" and named:
            row["disagreement"] = "logged-but-opens"
        if row["verdict"] in {"lost", "damaged"} and not named:
            row["disagreement"] = "lost-but-not-logged"


def _summary(credentials: pl.DataFrame, findings: pl.DataFrame) -> Summary:
    verdicts = count(credentials["verdict"])
    opened = count(credentials["opened_by"])
    return Summary(
        system="cloudbees-cd",
        total=credentials.height,
        verdicts=verdicts,
        actions=count(credentials["action"]),
        findings=count(findings["kind"]),
        keys=[
            KeySummary(
                label="passkey", bits=256, fingerprint=CURRENT, opens=opened.get("passkey", 0), current=True
            ),
            KeySummary(
                label="passkey-9.1",
                bits=128,
                fingerprint=OLDER,
                opens=opened.get("passkey-9.1", 0),
                current=False,
            ),
            KeySummary(
                label="$\\foo{",
                bits=128,
                fingerprint="00" * 20,
                opens=0,
                current=False,
                remark="opens none of 300 values: probably the key of another server",
            ),
        ],
        fingerprints=[
            FingerprintSummary(
                where="ec_configuration_history", fingerprint=CURRENT, when="2021-03-07T01:10:00"
            ),
            FingerprintSummary(
                where="ec_configuration_history", fingerprint=OLDER, when="2021-03-06T21:58:00"
            ),
            FingerprintSummary(where="export.xml.gz", fingerprint=MISSING, when="2014-05-25T05:29:38"),
        ],
        periods=[
            KeyPeriod(
                fingerprint=MISSING,
                label="",
                begin="",
                end="2014-05-25T05:29:38",
                now=False,
                basis="sightings",
            ),
            KeyPeriod(
                fingerprint=OLDER,
                label="passkey-9.1",
                begin="",
                end="2021-03-06T21:58:00",
                now=False,
                basis="history",
            ),
            KeyPeriod(
                fingerprint=CURRENT,
                label="passkey",
                begin="2021-03-06T21:58:00",
                end="2021-03-07T01:10:00",
                now=True,
                basis="history",
            ),
        ],
        missing_keys=[
            MissingKeySummary(
                fingerprint=MISSING,
                last_used="2014-05-25T05:29:38",
                after="",
                advice="probably conf/passkey of the server that wrote 'export.xml.gz', or a backup of it",
                places=["export.xml.gz passkey attribute", "log: the database's"],
                saves_up_to=verdicts.get("lost", 0) + verdicts.get("unknown", 0),
                saves_likely=min(verdicts.get("lost", 0), 7),
                system="cloudbees-cd",
            )
        ],
        layouts=[
            LayoutSummary(
                names=["aes-128-ecb", "aes-128-cbc, IV zero"],
                key="passkey-9.1",
                opened=opened.get("passkey-9.1", 0),
                tried=credentials.height,
                p_value=1e-60,
                established=True,
            )
        ],
        inputs=[
            InputSummary(path="support.zip", read=True, lines=2_481_333),
            InputSummary(path="export.xml.gz", read=True, records=credentials.height),
            InputSummary(path="old/commander.log.4.zip", read=False, why="no password given"),
        ],
        span=SpanSummary(
            first="2021-03-01T00:00:02.120",
            last="2021-06-05T07:11:43.902",
            gaps=[("2021-03-29T00:00:00.000", "2021-04-13T06:00:00.000")],
        ),
        upgrades=[
            UpgradeSummary(
                node="cd-node-1",
                begin="2021-03-06T22:00:38.274",
                end="2021-03-06T22:28:39.411",
                version="9.1.0",
            )
        ],
        disagreements=Disagreements(
            logged_but_opens=int((credentials["disagreement"] == "logged-but-opens").sum()),
            lost_but_not_logged=int((credentials["disagreement"] == "lost-but-not-logged").sum()),
            logged_but_not_stored=_not_stored().height,
            not_comparable=1,
            unnamed=4,
        ),
        exit_code=10,
    )


def _not_stored() -> pl.DataFrame:
    rows = [
        ("cloudbees-cd", "credential", "Payroll", "<b>gone</b>", 2),
        ("cloudbees-cd", "user", "", "=cmd", 1),
        ("cloudbees-cd", "devops-insight", "", "", 1),
    ]
    return pl.DataFrame(
        [
            {
                **dict(zip(NOT_STORED.names(), row, strict=False)),
                "first_seen": "2021-03-06T22:10:00.000",
                "last_seen": "2021-03-07T03:10:00.000",
                "evidence": "support.zip!/commander.log:118",
                "reason": "deleted, renamed, or stored by another server",
            }
            for row in rows
        ],
        schema=NOT_STORED,
    )


def _unread() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "path": ["old/commander.log.4.zip", "support.zip"],
            "member": ["", "servers/<b>node</b>/=cmd.log"],
            "offset": [None, 7_340_032],
            "reason": ["no password given", "cut off after 7340032 bytes"],
            "partial": [False, True],
        },
        schema=UNREAD,
    )
