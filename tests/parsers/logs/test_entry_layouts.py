"""Every layout of an entry, as published samples show them."""

import pytest

from parsers.logs.entry_heads import ENTRY_START, LONGEST_START, read_head

SAMPLES = [
    (
        "2019-09-16T14:28:52.249 | INFO  | Thread-1           |        |    |    | ServerStatus | running",
        ("2019-09-16T14:28:52.249", "", "INFO", "running"),
    ),
    (
        "2019-09-05T13:25:42.317 | flow-server-7d9d8d844b-4x5xw | INFO  | Thread-1 |   |   |   | Boot | Go",
        ("2019-09-05T13:25:42.317", "flow-server-7d9d8d844b-4x5xw", "INFO", "Go"),
    ),
    (
        "2019-09-05T13:25:42.317 | PRODNODE | WARN  | Thread-1 |   |   |   | Bootstrap | a | b | c",
        ("2019-09-05T13:25:42.317", "PRODNODE", "WARN", "a | b | c"),
    ),
    (
        "2013-09-26T17:51:27.568 | ERROR | Api-005  |   10149 | 1125391 | singleTransaction | X      | boom",
        ("2013-09-26T17:51:27.568", "", "ERROR", "boom"),
    ),
    (
        "2013-09-13T05:56:50.750 | WARN  | H-1 |  |  |  | Q | Orphaned: 2013-09-13T05:56:50.747 | DEBUG | x",
        ("2013-09-13T05:56:50.750", "", "WARN", "Orphaned: 2013-09-13T05:56:50.747 | DEBUG | x"),
    ),
    (
        "2019-09-10T20:51:22.275 | DEBUG | 0x7f3f1c5ea700 | Handling ping message",
        ("2019-09-10T20:51:22.275", "", "DEBUG", "Handling ping message"),
    ),
    (
        "2019-09-10T20:51:22.275123456Z | DEBUG | 0x7f3f1c5ea700 | Handling ping message",
        ("2019-09-10T20:51:22.275Z", "", "DEBUG", "Handling ping message"),
    ),
    (
        "2019-09-10T20:51:22.275+02:00 no fields",
        ("2019-09-10T20:51:22.275+02:00", "", "", " no fields"),
    ),
    (
        "2020-01-01T00:00:00.000 * ERROR: message",
        ("2020-01-01T00:00:00.000", "", "ERROR", "message"),
    ),
    (
        "INFO   | jvm 1    | 2019/09/05 13:25:31.469 | WrapperManager: Initializing...",
        ("2019-09-05T13:25:31.469", "", "INFO", "WrapperManager: Initializing..."),
    ),
    (
        "STATUS | wrapper  | 2019/09/05 13:25:31.469 | Launching a JVM...",
        ("2019-09-05T13:25:31.469", "", "", "Launching a JVM..."),
    ),
    (
        "2023-03-23 12:25:07.6074   3804      5 FATAL  Unhandled AppDomain exception occurred",
        ("2023-03-23T12:25:07.607", "", "FATAL", " Unhandled AppDomain exception occurred"),
    ),
    (
        "2023-03-23 12:25:07.6074 +01:00   3804      5  INFO  x",
        ("2023-03-23T12:25:07.607+01:00", "", "INFO", " x"),
    ),
    ("2023-03-23 12:25:07.6074Z   3804      5  WARN  x", ("2023-03-23T12:25:07.607Z", "", "WARN", " x")),
]


@pytest.mark.parametrize(("text", "expected"), SAMPLES)
def test_head(text: str, expected: tuple[str, str, str, str]) -> None:
    """Time, node, level and message are told apart, and the line is known to begin an entry."""
    for entry in (text, text + "\n\tat a.b.C(C.java:1) | x | y\nINFO | z"):
        head = read_head(entry)
        assert (head.time, head.node, head.level) == expected[:3]
        assert entry[head.message_at :].startswith(expected[3])
        assert head.system == ("octopus" if text.startswith("2023-03-23 ") else "cloudbees-cd")
    assert ENTRY_START.match(text.encode()[:LONGEST_START])


@pytest.mark.parametrize(
    "line",
    [
        "\tat com.electriccloud.X.y(X.java:1)",
        "Caused by: java.lang.Error",
        "",
        "2019-09-10 20:51:22 a date in another form",
        " 2019-09-10T20:51:22.275 | not at the line's beginning",
        "INFO   | jvm 1    | 2019/09/05 13:25:31.469 | \tat com.electriccloud.X.y(X.java:1)",
        "INFO   | jvm 1    | 2019/09/05 13:25:31.469 | Caused by: javax.crypto.BadPaddingException: x",
        "INFO   | jvm 1    | 2019/09/05 13:25:31.469 | \t... 12 more",
    ],
)
def test_continuation(line: str) -> None:
    """These lines belong to the entry before them."""
    assert not ENTRY_START.match(line.encode())


def test_text_without_layout_is_all_message() -> None:
    """No field is made up where there is none."""
    assert read_head("Corrupted credentials: x") == ("", "", "", 0, "")
