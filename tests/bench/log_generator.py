"""Logs like commander.log, of any size, quickly: one made-up day, its date moved on for the days after."""

import random
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Final

_DAY_BYTES: Final = 16 << 20
_FIRST: Final = date(2021, 3, 1)
_NEW_JOBS: Final = 0.3
"""How often an entry is about a job not seen before: with this, deflate makes a twelfth of a log."""

_CLASSES: Final = (
    ("INFO ", "Http-{n:03}", "OperationInvoker", "{op}: invoked by user '{user}' from 10.20.{n}.{m}"),
    ("DEBUG", "Api-{n:03}", "ApiHandler", "Handling request {op} for session {id}"),
    (
        "DEBUG",
        "Bus-{n:03}",
        "AgentPinger",
        "Ping of resource 'agent-{m:02}.example.com' answered after {m} ms",
    ),
    (
        "INFO ",
        "Job-{n:03}",
        "JobStepStateMachine",
        "jobStep[name={step},id={id}] changed from pending to runnable",
    ),
    (
        "INFO ",
        "Job-{n:03}",
        "JobStepStateMachine",
        "jobStep[name={step},id={id}] changed from runnable to running",
    ),
    (
        "DEBUG",
        "Scheduler-1",
        "ResourcePool",
        "resource 'agent-{m:02}.example.com' assigned to jobStep[id={id}]",
    ),
    (
        "TRACE",
        "Db-{n:03}",
        "HibernateStatistics",
        "Session closed: {n} entities loaded, {m} flushed, 0 collections",
    ),
    ("WARN ", "Http-{n:03}", "RequestHandler", "Orphaned request: | {op} | from '{user}'"),
)
_OPERATIONS: Final = (
    "getJobDetails",
    "findObjects",
    "setProperty",
    "getProperty",
    "modifyJobStep",
    "expandString",
)
_USERS: Final = ("admin", "deploy", "build", "project: Default", "release.manager")
_STEPS: Final = ("compile", "unit tests", "package", "deploy to staging", "smoke test", "notify")
_HITS: Final = (
    "Skipping updating password for credential '{step}-{m}' in project 'Project {n}'",
    "Can not decrypt user '{user}{m}'",
    (
        "Operation exception: java.security.GeneralSecurityException: Couldn't decrypt password; invalid key."
        "\n\tat com.electriccloud.crypto.PasswordCrypterImpl.decrypt(PasswordCrypterImpl.java:234)"
        "\n\tat com.electriccloud.operation.GetFullCredential.execute(GetFullCredential.java:77)"
    ),
)


def write_log(path: Path, size: int, *, hits_every: int, seed: int = 0) -> None:
    """Write about `size` bytes of log, an entry with a finding among every `hits_every` (0: none)."""
    day = _day(random.Random(seed), min(size, _DAY_BYTES), hits_every)
    first = _FIRST.isoformat().encode()
    with path.open("wb") as file:
        for number in count():
            today = (_FIRST + timedelta(days=number)).isoformat().encode()
            left = size - file.tell()
            file.write(day[: day.rfind(b"\n", 0, left) + 1].replace(b"\n" + first, b"\n" + today))
            if left <= len(day):
                return


def _day(dice: random.Random, size: int, hits_every: int) -> bytes:
    lines: list[bytes] = []
    length = 0
    for number, line in enumerate(_entries(dice, hits_every)):
        seconds = number // 10
        clock = (
            f"{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{dice.randrange(1000):03}"
        )
        lines.append(f"{_FIRST.isoformat()}T{clock} | {line}\n".encode())
        length += len(lines[-1])
        if length >= size:
            break
    return b"\n" + b"".join(lines)


def _entries(dice: random.Random, hits_every: int) -> Iterator[str]:
    recent = [str(uuid.UUID(int=dice.getrandbits(128))) for _ in range(64)]
    for number in count(1):
        level, thread, name, message = dice.choice(_CLASSES)
        if hits_every and number % hits_every == hits_every // 2:
            level, thread, name, message = "WARN ", "Upgrade-001", "PasswordUpgrader", dice.choice(_HITS)
        if dice.random() < _NEW_JOBS:
            recent[dice.randrange(len(recent))] = str(uuid.UUID(int=dice.getrandbits(128)))
        values = {
            "n": dice.randrange(12),
            "m": dice.randrange(80),
            "op": dice.choice(_OPERATIONS),
            "user": dice.choice(_USERS),
            "step": dice.choice(_STEPS),
            "id": dice.choice(recent),
        }
        yield (
            f"flow-server-7d9d8d844b-4x5xw | {level} | {thread.format(**values):30} | {number // 7:<8} |"
            f" {values['id']:36} | {values['op']:75} | {name:30} | {message.format(**values)}"
        )
