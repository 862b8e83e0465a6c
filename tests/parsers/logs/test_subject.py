"""The unpublished tail of the hotfix's messages, in every form that the product uses for naming things."""

import pytest

from parsers.logs.subject import Subject, first_subject, in_one, listed_subjects

UUID = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"


@pytest.mark.parametrize(
    ("tail", "name", "project"),
    [
        (" 'deploy'", "deploy", ""),
        (' "deploy key"', "deploy key", ""),
        (": 'deploy'.", "deploy", ""),
        (" 'O'Brien's key' in project 'P'", "O'Brien's key", "P"),
        (" 'deploy' in project 'My Project'", "deploy", "My Project"),
        (' "deploy" in project "My \'Project\'"', "deploy", "My 'Project'"),
        (" 'deploy' (in project Default)", "deploy", "Default"),
        (" 'deploy' of project project[name=Default,id=3]", "deploy", "Default"),
        (" credential[name=deploy,id=10]", "deploy", ""),
        (" credential[name=a b, c,id=10] in project 'P'", "a b, c", "P"),
        (" systemObject[id=10,name=licensing]", "licensing", ""),
        (" /projects/My Project/credentials/deploy key", "deploy key", "My Project"),
        (" '/projects/P/credentials/C'", "C", "P"),
        (" /projects/P/credentials/C: cannot be decrypted", "C", "P"),
        (" /plugins/EC-JBoss/project/credentials/jboss cfg", "jboss cfg", "/plugins/EC-JBoss/project"),
        (f" {UUID}", UUID, ""),
        (f" with id {UUID} in project 'P'", UUID, "P"),
        (" deploy_user", "deploy_user", ""),
        (": deploy@corp.example.com", "deploy@corp.example.com", ""),
        (" deploy, because it cannot be decrypted", "deploy", ""),
        (" deploy because it cannot be decrypted", "deploy", ""),
        (" deploy in project Default", "deploy", "Default"),
        (" in project 'P'", "", "P"),
        ("", "", ""),
        (".", "", ""),
        (" because it cannot be decrypted", "", ""),
        (" my deploy key", "", ""),
        (" the following", "", ""),
        ("\ncom.electriccloud.X: y", "", ""),
    ],
)
def test_first_subject(tail: str, name: str, project: str) -> None:
    """A name that can be told is told, bare; prose names nothing."""
    assert first_subject(tail) == Subject(name, project)


@pytest.mark.parametrize(
    ("tail", "names"),
    [
        (" 'a', 'b c', \"d, e\"", ["a", "b c", "d, e"]),
        (" [x, y, z]", ["x", "y", "z"]),
        (" credential[name=a,id=1], credential[name=b,id=2]", ["a", "b"]),
        ("\n  - /projects/P/credentials/a\n  - /projects/P/credentials/b", ["a", "b"]),
        ("\n1. x\n2. y\n", ["x", "y"]),
        (" x; y\n\tat com.electriccloud.X.y(X.java:1)\nz", ["x", "y"]),
        ("\nx\nCaused by: java.lang.Error: y", ["x"]),
        (" none of them could be read", []),
        ("", []),
    ],
)
def test_listed_subjects(tail: str, names: list[str]) -> None:
    """Lists are read on the phrase's line and below it, up to a stack trace."""
    assert [subject.name for subject in listed_subjects(tail)] == names


def test_several_in_one_row() -> None:
    """Names are joined; the project is told only where all share it."""
    assert in_one([Subject("a", "P"), Subject("b", "P")]) == Subject("a, b", "P")
    assert in_one([Subject("a", "P"), Subject("b", "Q")]) == Subject("a, b", "")
    assert in_one([]) == Subject("", "")


@pytest.mark.parametrize("between", [", ", "\n"])
def test_of_a_list_too_long_no_name_is_cut(between: str) -> None:
    """What does not fit is told of; the last name is one that stands there."""
    names = [f"/projects/Some Project {n}/credentials/cred-{n:06}" for n in range(10_000)]
    subjects = listed_subjects(" " + between.join(names))
    *listed, rest = [subject.name for subject in subjects]
    assert rest == "…"
    assert 1000 < len(listed) < 10_000
    assert listed == [f"cred-{n:06}" for n in range(len(listed))]
