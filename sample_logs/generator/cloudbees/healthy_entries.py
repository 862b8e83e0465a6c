"""What a healthy server logs all day, and when it stops, starts and is upgraded: no finding is in here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sample_logs.generator.cloudbees.log_text import Entry
from sample_logs.generator.dice import Dice

_RARE: Final = 60
"""One entry in so many is one of `_ODD`."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """A sort of entry; `{…}` is filled in. `threads` is how many of the kind there are."""

    level: str
    thread: str
    threads: int
    source_class: str
    message: str
    ndc: str = ""
    has_job: bool = False


_USUAL: Final = (
    _Kind("DEBUG", "Http", 40, "ApiServlet", "Received request {number} from {user} at 10.20.{low}.{high}"),
    _Kind("INFO", "Api", 16, "OperationInvoker", "getProperty [{ms} ms]", "getProperty"),
    _Kind(
        "INFO", "Api", 16, "OperationInvoker", "findObjects returned {low} objects [{ms} ms]", "findObjects"
    ),
    _Kind("DEBUG", "Api", 16, "OperationInvoker", "setProperty path=/myJob/report-urls/{low}", "setProperty"),
    _Kind(
        "INFO",
        "JobWorkflow",
        8,
        "JobImpl",
        "job[name=job_{number}_{stamp}] is running",
        "runJob",
        has_job=True,
    ),
    _Kind(
        "INFO",
        "JobWorkflow",
        8,
        "JobStepImpl",
        "Step 'deploy to {node}' finished: success",
        "completeStep",
        has_job=True,
    ),
    _Kind(
        "DEBUG",
        "JobStepDispatch",
        6,
        "ResourceSelector",
        "resource[name={node},id={number}] has {low} steps",
        has_job=True,
    ),
    _Kind(
        "INFO", "Quartz", 4, "ScheduleRunner", "schedule[name=nightly-{low},id={number}] fired", "runSchedule"
    ),
    _Kind("DEBUG", "AgentPing", 4, "AgentManagerImpl", "Ping of {node}: alive, {ms} ms"),
    _Kind("TRACE", "Hibernate", 2, "SessionFactoryImpl", "{low} entities loaded, {high} collections fetched"),
    _Kind(
        "INFO",
        "EmailNotifier",
        2,
        "EmailSender",
        "Sent notification {number} to {user}@example.com",
        has_job=True,
    ),
    _Kind("INFO", "Api", 16, "LoginOperation", "{user} logged in through corp-ldap", "login"),
    _Kind("DEBUG", "Background", 3, "CacheManager", "Evicted {low} of {number} entries after {ms} ms"),
    _Kind("WARN", "SlowQuery", 1, "QueryWatcher", "select … from ec_job_step where job_id=? took {ms}0 ms"),
)

_ODD: Final = (
    _Kind("WARN", "Http", 40, "ApiServlet", "Orphaned request: {stamp} | DEBUG | Http-017 | {user} | closed"),
    _Kind(
        "INFO",
        "Import",
        1,
        "ImportOperation",
        "Read /srv/import/caf\udce9-{low}.xml: na\udcefve \udcff\udcfe bytes",
    ),
    _Kind(
        "INFO",
        "Api",
        16,
        "CredentialImpl",
        "Updated password for credential 'deploy-{low}'",
        "modifyCredential",
    ),
    _Kind(
        "INFO",
        "Api",
        16,
        "CredentialImpl",
        "Skipping description of credential 'ssh-{low}'",
        "modifyCredential",
    ),
    _Kind(
        "DEBUG", "Background", 3, "PasskeyWatcher", "passkey file unchanged, fingerprint checked in {ms} ms"
    ),
    _Kind(
        "ERROR",
        "Api",
        16,
        "OperationInvoker",
        "Operation exception: org.hibernate.QueryTimeoutException: Could not execute JDBC batch update\n"
        "\tat org.hibernate.exception.SQLStateConverter.convert(SQLStateConverter.java:124)\n"
        "\tat org.hibernate.jdbc.AbstractBatcher.executeBatch(AbstractBatcher.java:275)\n"
        "Caused by: java.sql.BatchUpdateException: Lock wait timeout exceeded; try restarting transaction\n"
        "\tat com.mysql.jdbc.PreparedStatement.executeBatchSerially(PreparedStatement.java:2007)\n"
        "\t... {low} more\n",
        "singleTransaction",
    ),
    _Kind(
        "ERROR",
        "Hook",
        2,
        "ServiceNowHook",
        "java.net.ConnectException: Connection refused (Connection refused)\n"
        "\tat java.net.PlainSocketImpl.socketConnect(Native Method)\n"
        "\tat com.electriccloud.hook.HttpHook.call(HttpHook.java:{low})",
    ),
)

_USERS: Final = ("anna.berg", "bela.costa", "chen.dahl", "dana.berg", "project: Payments", "admin")
_NODES: Final = ("linux-agent-01", "linux-agent-02", "win-agent-07", "mainframe-gw")

_STOPPING: Final = (
    ("ServerStatus", "Stopping all services"),
    ("ServerStatus", "Shutdown is complete"),
)
_UPGRADE: Final = (
    ("Bootstrap", "Initializing"),
    ("DatabaseManagerImpl", "Connected to the database"),
    ("UpgradeManager", "Attempting upgrade from database version 9.1.0.142100"),
    ("UpgradeManager", "Upgrade script upgrade_9.2_001_passkey.groovy"),
    ("PasskeyManager", "Created a new passkey file of 256 bits"),
)
_SETUP: Final = (
    ("UpgradeManager", "Upgrade script upgrade_9.2_002_indexes.groovy"),
    ("SetupManager", "Executing setup script projects.groovy"),
    ("SetupManager", "Executing setup script plugins.groovy"),
    ("ServerStatus", "commanderServer is running"),
)
_START: Final = (
    ("Bootstrap", "Initializing"),
    ("DatabaseManagerImpl", "Connected to the database"),
    ("ServerStatus", "commanderServer is running"),
)


def traffic(dice: Dice, start: datetime, end: datetime, count: int) -> Iterator[Entry]:
    """`count` entries spread over the time from `start` to `end`."""
    jobs = [str(dice.uuid()) for _ in range(24)]
    span = int((end - start) / timedelta(milliseconds=1))
    for moment in sorted(dice.below(span) for _ in range(count)):
        kind = dice.pick(_USUAL) if dice.below(_RARE) else dice.pick(_ODD)
        yield _entry(kind, start + timedelta(milliseconds=moment), dice, dice.pick(jobs))


def _entry(kind: _Kind, time: datetime, dice: Dice, job: str) -> Entry:
    message = kind.message.format(
        number=10_000 + dice.below(80_000),
        low=1 + dice.below(99),
        high=1 + dice.below(254),
        ms=1 + dice.below(900),
        user=dice.pick(_USERS),
        node=dice.pick(_NODES),
        stamp=time.strftime("%Y%m%d%H%M%S"),
    )
    return Entry(
        time,
        kind.level,
        f"{kind.thread}-{dice.below(kind.threads) + 1:03}",
        kind.source_class,
        message,
        context=str(1_000 + dice.below(9_000)),
        job=job if kind.has_job else "",
        ndc=kind.ndc,
    )


def stopping(time: datetime) -> Iterator[Entry]:
    """A server goes down."""
    return _told(_STOPPING, time, seconds=41)


def upgrade(time: datetime) -> Iterator[Entry]:
    """The first start after the installation, up to the new passkey."""
    return _told(_UPGRADE, time, seconds=19)


def setup(time: datetime) -> Iterator[Entry]:
    """The rest of that start, after the passwords."""
    return _told(_SETUP, time, seconds=93)


def start(time: datetime) -> Iterator[Entry]:
    """An ordinary start."""
    return _told(_START, time, seconds=12)


def _told(told: tuple[tuple[str, str], ...], time: datetime, *, seconds: int) -> Iterator[Entry]:
    for number, (source_class, message) in enumerate(told):
        moment = time + timedelta(seconds=seconds * number, milliseconds=137 * number)
        yield Entry(moment, "INFO", "Bootstrap-001", source_class, message)
