"""The readiness checks that several products share."""

from collections.abc import Collection, Iterable
from typing import Final

from audit.readiness.check import Check, CheckDefinition, CheckState, listed
from audit.readiness.estate import Estate, JudgedStores
from audit.verdict import Verdict

_FINE: Final = (Verdict.CURRENT, Verdict.EMPTY, Verdict.EXTERNAL)
_UNDECIDED: Final = (Verdict.UNKNOWN, Verdict.AMBIGUOUS)

OPEN: Final = CheckDefinition("values-open", "Every stored value opens under the current key")
BACKUP: Final = CheckDefinition("backup-tested", "A restored backup holds every credential, and each opens")
IMPORTS: Final = CheckDefinition("imports", "Exports about to be imported come from a server with this key")


def values_open(estate: Estate) -> Check:
    """The server's own store."""
    state, evidence = _state(estate.stores, estate)
    return _check(OPEN, state, evidence, "run `passkey-audit audit` for each credential and who must act")


def backup_tested(estate: Estate) -> Check:
    """A backup counts only once it has been restored and its values opened with the keys at hand."""
    if not estate.backup.labels:
        return BACKUP.unknown(
            "no backup was given",
            "restore the latest backup somewhere and name it with --backup: a dump, an export or a database",
        )
    state, evidence = _state(estate.backup, estate)
    absent = _absent(estate)
    if absent and not estate.backup.unread:
        state = CheckState.FAIL
        evidence += f"; {absent} credentials of the store are not in it"
    return _check(BACKUP, state, evidence, "make a new backup, restore it, and check it again with the key")


def imports_fit(estate: Estate) -> Check:
    """An import does not encrypt again: values keep the passkey of the server that they come from.

    Published exports show it: one and the same value stands in exports stamped with three passkeys. So the
    stamp alone proves too little, and each value is opened too.
    """
    if not estate.imports.labels:
        return IMPORTS.unknown(
            "no export was given",
            "name each export that is to be imported with --import; if there is none, --skip imports",
        )
    state, evidence = _state(estate.imports, estate)
    foreign = _foreign(estate)
    if foreign:
        state = CheckState.FAIL
        evidence += f"; stamped with another passkey: {listed(foreign)}"
    elif state is CheckState.PASS and not estate.imports.fingerprints:
        evidence += "; none is stamped with a passkey"
    return _check(
        IMPORTS,
        state,
        evidence,
        "give the passkey of the server that they come from with --key, and re-encrypt the export before the "
        "import; or enter its secrets again after",
    )


def _check(about: CheckDefinition, state: CheckState, evidence: str, what_to_do: str) -> Check:
    return Check(about.id, about.title, state, evidence, "" if state is CheckState.PASS else what_to_do)


def _state(judged: JudgedStores, estate: Estate) -> tuple[CheckState, str]:
    """Whether all values open, as far as they could be read, and how many do."""
    verdicts: dict[str, int] = dict(judged.credentials["verdict"].value_counts().iter_rows())
    total = sum(verdicts.values())
    partial = "; not everything could be read" if judged.unread else ""
    if not total:
        return CheckState.UNKNOWN, f"no stored value was read{partial}"
    if estate.current is None:
        return CheckState.UNKNOWN, f"{total} values, and it is not known which key is current{partial}"
    undecided = _count(verdicts, _UNDECIDED)
    closed = total - undecided - _count(verdicts, _FINE)
    if closed or undecided:
        counts = _counts(verdicts, (verdict for verdict in Verdict if verdict not in _FINE))
        evidence = f"{closed + undecided} of {total} values do not open: {counts}{partial}"
        return CheckState.FAIL if closed else CheckState.UNKNOWN, evidence
    evidence = f"{total} values: {_counts(verdicts, _FINE)}{partial}"
    return CheckState.UNKNOWN if partial else CheckState.PASS, evidence


def _count(verdicts: dict[str, int], of: Collection[Verdict]) -> int:
    return sum(verdicts.get(verdict, 0) for verdict in of)


def _counts(verdicts: dict[str, int], of: Iterable[Verdict]) -> str:
    return ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in of if verdict in verdicts)


def _absent(estate: Estate) -> int:
    """Credentials of the store that the backup does not have."""
    same = ["system", "kind", "location"]
    there = estate.backup.credentials.select(same)
    return estate.stores.credentials.select(same).unique().join(there, on=same, how="anti").height


def _foreign(estate: Estate) -> list[str]:
    """Exports of CloudBees CD whose root element names another passkey than the current one."""
    if estate.current is None:
        return []
    return [
        f"{seen.where} {seen.fingerprint}"
        for seen in estate.imports.fingerprints
        if seen.fingerprint.lower() != estate.current.fingerprint
    ]


ONE_KEY: Final = CheckDefinition("one-key", "The key is the same in every place where it stands")


def one_key(estate: Estate) -> Check:
    """The places that the product keeps its key in (`ReadinessRules.key_places`)."""
    places: dict[str, list[str]] = {}
    for key, where in estate.product.readiness.key_places(estate):
        places.setdefault(key, []).append(where)
    found = "; ".join(f"{key} in {listed(sorted(set(where)))}" for key, where in sorted(places.items()))
    if len(places) > 1:
        return ONE_KEY.failed(
            found, "find out which key opens the stored values, and put that file in every place"
        )
    unread = [*estate.unread_keys, *(each for folder in estate.conf for each in folder.unread)]
    if unread:
        return ONE_KEY.unknown(
            f"{found or 'nothing was read'}; not read: {listed([each.path for each in unread])}",
            "make these readable and run it again",
        )
    if sum(map(len, places.values())) < 2:
        keeper, _ = estate.product.keys.copies
        whose = f" ({keeper})" if keeper else ""
        return ONE_KEY.unknown(
            f"{found or 'the key was seen nowhere'}: nothing to compare it with",
            f"name each node's folder with --conf, and other copies{whose} with --copy LABEL=REF",
        )
    return ONE_KEY.passed(found)


PERMISSIONS: Final = CheckDefinition("key-permissions", "Only their owner can read the key files")
_OTHERS: Final = 0o077


def key_permissions(estate: Estate) -> Check:
    """Every key file that was given as a path: candidates, nodes' own, copies."""
    open_to_others = [
        f"{file.path} (mode {file.mode:04o})"
        for file in estate.key_modes
        if file.mode is not None and file.mode & _OTHERS
    ]
    if open_to_others:
        return PERMISSIONS.failed(
            f"others can read {listed(open_to_others)}",
            "chmod 600 each of them, and consider who may have read it",
        )
    unseen = [file.path for file in estate.key_modes if file.mode is None]
    if unseen:
        return PERMISSIONS.unknown(f"no POSIX mode: {listed(unseen)}", "look at the access rights yourself")
    if not estate.key_modes:
        return PERMISSIONS.unknown("no key was given as a file", "name the key files by their path")
    return PERMISSIONS.passed(f"{len(estate.key_modes)} files, mode 0600 or stricter")
