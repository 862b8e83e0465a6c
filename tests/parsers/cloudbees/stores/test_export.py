"""Exports in the published shapes of versions 3.5 to 5.0, and what later ones may bring."""

import gzip
from pathlib import Path

import pytest

from parsers.cloudbees.stores.export import CloudBeesExport
from parsers.cloudbees.stores.export_elements import MAX_TEXT
from parsers.errors import StoreError
from parsers.stores.interface import FingerprintSeen, NotAudited, Uncovered
from parsers.stores.schema import BATCH_ROWS
from parsers.stores.store_file import StoreFile
from parsers.unread import Unread
from tests.parsers.stores.reading import events, rows, rows_of, unread

FINGERPRINT = "95daec80877f164f13935bac14adde8cf636fe7b"
VALUE = "zWjkbdMteM0VY1Ls3V+lwA=="
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
V5 = (
    f'<exportedData version="63" buildLabel="build_5.0_73229_2014.05.25_05:29:38" buildVersion="5.0.1.73229" '
    f'passkey="{FINGERPRINT}">'
)


def export(path: Path, body: str, *, root: str = V5) -> Path:
    """An export with this body."""
    path.write_text(f"{HEAD}{root}\n{body}\n</exportedData>\n", "utf-8")
    return path


def credential(name: str, value: str = VALUE, extra: str = "") -> str:
    """A credential without ids, as version 5.0 exports it."""
    return f"""
    <credential>
      <credentialName>{name}</credentialName>
      <description></description>
      <password>{value}</password>
      <userName>root</userName>{extra}
      <propertySheet>
      </propertySheet>
    </credential>"""


def project(body: str, name: str = "Demo") -> str:
    """A project around `body`."""
    return f"<project><projectName>{name}</projectName>{body}</project>"


def test_a_published_shape(tmp_path: Path) -> None:
    """A credential of a 5.0 export comes out with its place, and so does the passkey's fingerprint."""
    path = export(
        tmp_path / "e.xml", f"<exportPath>/projects/Demo</exportPath>{project(credential('production_root'))}"
    )
    assert events(path)[0] == FingerprintSeen(f"{path} passkey attribute", FINGERPRINT, "")
    (row,) = rows(path).to_dicts()
    offset = path.read_bytes().index(VALUE.encode())
    assert row == {
        "system": "cloudbees-cd",
        "kind": "credential",
        "project": "Demo",
        "name": "production_root",
        "user_name": "root",
        "location": "/projects/Demo/credentials/production_root",
        "credential_type": "",
        "modified": "",
        "value": VALUE.encode(),
        "iv": None,
        "store": str(path),
        "record": f"byte {offset}",
    }


@pytest.mark.parametrize(
    "root",
    [
        '<exportedData buildLabel="build_3.5" version="32">',
        '<exportedData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" buildVersion="4.2">',
        f'<exportedData passkey="{FINGERPRINT}" version="92" buildVersion="9.2.0.139827">',
    ],
)
def test_versions(tmp_path: Path, root: str) -> None:
    """Neither the version, nor the attributes or their order, change what is read."""
    path = export(tmp_path / "e.xml", project(credential("c")), root=root)
    assert rows(path)["location"].to_list() == ["/projects/Demo/credentials/c"]
    seen = [event.fingerprint for event in events(path) if isinstance(event, FingerprintSeen)]
    assert seen == ([FINGERPRINT] if "passkey" in root else [])


def test_ids_type_and_time(tmp_path: Path) -> None:
    """An export with ids adds the type and the time of the last change."""
    extra = (
        "<credentialId>4f1c</credentialId><createTime>2019-01-01T00:00:00.000Z</createTime>"
        "<modifyTime>2020-02-03T04:05:06.789Z</modifyTime><credentialType>LOCAL</credentialType><acl></acl>"
    )
    row = rows(export(tmp_path / "e.xml", project(credential("c", extra=extra)))).row(0, named=True)
    assert (row["credential_type"], row["modified"]) == ("LOCAL", "2020-02-03T04:05:06.789Z")


def test_look_alikes_are_left_alone(tmp_path: Path) -> None:
    """Steps refer to credentials by elements of nearly the same name, and hold none."""
    body = project(
        "<procedure><procedureName>p</procedureName><step><stepName>s</stepName>"
        "<credentialName>/projects/Demo/credentials/c</credentialName><credentialProtected>1</credentialProtected>"
        "</step></procedure><credential><credentialName>no password child</credentialName></credential>"
    )
    assert [
        event for event in events(export(tmp_path / "e.xml", body)) if not isinstance(event, FingerprintSeen)
    ] == []


@pytest.mark.parametrize(
    ("body", "project_name", "location"),
    [
        (f"<exportPath>/</exportPath>{project(credential('c'))}", "Demo", "/projects/Demo/credentials/c"),
        (
            f"<exportPath>/plugins/EC-JBoss/project</exportPath>{project(credential('c'), 'EC-JBoss-1.0')}",
            "EC-JBoss-1.0",
            "/plugins/EC-JBoss/project/credentials/c",
        ),
        (
            f"<plugin><pluginName>EC-JBoss</pluginName>{project(credential('c'), 'EC-JBoss-1.0')}</plugin>",
            "EC-JBoss-1.0",
            "/plugins/EC-JBoss/project/credentials/c",
        ),
        (
            project(f"<pluginName>EC-JBoss</pluginName>{credential('c')}", "EC-JBoss-1.0"),
            "EC-JBoss-1.0",
            "/plugins/EC-JBoss/project/credentials/c",
        ),
        (
            project(f"<environment><environmentName>E</environmentName>{credential('c')}</environment>"),
            "Demo",
            "/projects/Demo/environments/E/credentials/c",
        ),
        (
            f"<exportPath>/projects/P/credentials/c</exportPath>{credential('c')}",
            "P",
            "/projects/P/credentials/c",
        ),
        (
            (
                "<exportPath>/projects/P/environments/E</exportPath>"
                f"<environment><environmentName>E</environmentName>{credential('c')}</environment>"
            ),
            "P",
            "/projects/P/environments/E/credentials/c",
        ),
        (credential("c"), "", "/credentials/c"),
    ],
)
def test_location_follows_the_tree(tmp_path: Path, body: str, project_name: str, location: str) -> None:
    """A credential is found where its place in the tree and the exported path say."""
    row = rows(export(tmp_path / "e.xml", body)).row(0, named=True)
    assert (row["project"], row["location"]) == (project_name, location)


def test_a_plugin_does_not_rub_off_on_the_next_project(tmp_path: Path) -> None:
    """What one project is called says nothing of its sibling."""
    body = project(f"<pluginName>X</pluginName>{credential('a')}", "X-1") + project(credential("b"), "Y")
    assert rows(export(tmp_path / "e.xml", body))["location"].to_list() == [
        "/plugins/X/project/credentials/a",
        "/projects/Y/credentials/b",
    ]


def test_other_kinds(tmp_path: Path) -> None:
    """Directory providers, mail, DevOps Insight and users each have their kind, name and place."""
    path = export(
        tmp_path / "e.xml",
        f"""<directoryProvider><providerName>AD</providerName><managerDn>cn=m</managerDn>
        <managerPassword>{VALUE}</managerPassword></directoryProvider>
        <emailConfig><emailConfigName>gmail</emailConfigName><mailUser>me</mailUser>
        <mailUserPassword>{VALUE}</mailUserPassword></emailConfig>
        <devOpsInsightServerConfiguration><userName>reportuser</userName><password>{VALUE}</password>
        </devOpsInsightServerConfiguration>
        <user><userName>jane</userName><password>{VALUE}</password></user>""",
    )
    assert rows(path).select("kind", "project", "name", "user_name", "location").rows() == [
        ("directory-provider", "", "AD", "cn=m", "/directoryProviders/AD"),
        ("email-config", "", "gmail", "me", "/emailConfigs/gmail"),
        ("devops-insight", "", "DevOps Insight", "reportuser", "/devOpsInsightServerConfiguration"),
        ("user", "", "jane", "", "/users/jane"),
    ]


def test_uncovered_places_are_counted(tmp_path: Path) -> None:
    """Ciphertext in an element that nobody told us of is reported with its place; other text is not."""
    step = f"<step><adminPassword>{VALUE}</adminPassword><clientSecret>not a cipher</clientSecret></step>"
    path = export(tmp_path / "e.xml", project(f"<procedure>{step}{step}</procedure>"))
    assert [event for event in events(path) if isinstance(event, Uncovered)] == [
        Uncovered(str(path), "/exportedData/project/procedure/step/adminPassword", 2, "base64")
    ]


@pytest.mark.parametrize("element", ["<password></password>", "<password/>"])
def test_an_empty_value_is_none(tmp_path: Path, element: str) -> None:
    """An empty password is a stored credential without a value."""
    body = project(f"<credential><credentialName>c</credentialName>{element}</credential>")
    assert rows(export(tmp_path / "e.xml", body))["value"].to_list() == [None]


def test_references_and_sections_are_resolved(tmp_path: Path) -> None:
    """Character references, CDATA and text in pieces give the text that XML means."""
    body = project(
        credential("a &amp; &lt;b&gt; &#252;", value="<![CDATA[zWjkbdMteM0VY1]]>Ls3V+lwA&#61;="), "P&amp;Q"
    )
    row = rows(export(tmp_path / "e.xml", body)).row(0, named=True)
    assert (row["project"], row["name"], row["value"]) == ("P&Q", "a & <b> ü", VALUE.encode())


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    """The declared encoding holds."""
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n{V5}{project(credential("Schlüssel"))}</exportedData>'
    )
    path = tmp_path / "e.xml"
    path.write_bytes(text.encode(encoding))
    assert rows(path)["name"].to_list() == ["Schlüssel"]


def test_gzip_gives_the_same(tmp_path: Path) -> None:
    """Compression changes the label, nothing else."""
    plain = export(tmp_path / "e.xml", project(credential("a") + credential("b")))
    packed = tmp_path / "e.export"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert rows(packed).drop("store").equals(rows(plain).drop("store"))


def test_record_finds_the_value_again(tmp_path: Path) -> None:
    """`byte N` is where the value's text begins, also for a value behind text of many bytes a character."""
    path = export(tmp_path / "e.xml", project(credential("äöü€😀") + credential("b", value="QUJD")))
    content = path.read_bytes()
    for row in rows(path).iter_rows(named=True):
        at = int(row["record"].removeprefix("byte "))
        assert content[at:].startswith(row["value"] + b"</password>")


def test_more_rows_than_a_batch(tmp_path: Path) -> None:
    """Rows beyond a batch go into the next; none is lost, and order stays."""
    count = BATCH_ROWS + 3
    body = "".join(
        f"<credential><credentialName>{number}</credentialName><password>eA==</password></credential>"
        for number in range(count)
    )
    path = export(tmp_path / "e.xml", body)
    assert rows(path)["name"].to_list() == [str(number) for number in range(count)]


def test_cut_off(tmp_path: Path) -> None:
    """Of a file that is cut off, what came before is read, and the cut is told."""
    whole = export(tmp_path / "e.xml", project(credential("a") + credential("b"))).read_bytes()
    cut = tmp_path / "cut.xml"
    cut.write_bytes(whole[: whole.index(b"<userName>", whole.index(b">b<"))])
    assert rows(cut)["name"].to_list() == ["a"]
    (fault,) = unread(cut)
    assert fault.partial
    assert "cut off" in fault.reason


def test_cut_gzip(tmp_path: Path) -> None:
    """The same of a compressed file."""
    whole = export(
        tmp_path / "e.xml", project("".join(credential(str(i)) for i in range(5_000)))
    ).read_bytes()
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(whole)[:-2_000])
    assert 0 < rows(cut).height < 5_000
    assert [fault.partial for fault in unread(cut)] == [True]


def test_damaged_in_the_middle(tmp_path: Path) -> None:
    """A tag that does not fit ends the reading there, and the message quotes nothing of the file."""
    path = export(tmp_path / "e.xml", project(credential("a") + "</oops>" + credential("b")))
    assert rows(path)["name"].to_list() == ["a"]
    (fault,) = unread(path)
    assert "not well-formed" in fault.reason


def test_another_root(tmp_path: Path) -> None:
    """XML that is no export is refused by name."""
    path = tmp_path / "e.xml"
    path.write_text("<html><body/></html>")
    with pytest.raises(StoreError, match="root element is 'html'"):
        events(path)


def test_an_endless_text_is_left_out(tmp_path: Path) -> None:
    """One absurd value is told and left out; its neighbours are read."""
    body = project(credential("a", value="x" * (MAX_TEXT + 1)) + credential("b"))
    path = export(tmp_path / "e.xml", body)
    assert rows(path)["name"].to_list() == ["b"]
    assert [event.partial for event in events(path) if isinstance(event, Unread)] == [True]


def test_the_reader_alone(tmp_path: Path) -> None:
    """The class takes a file and calls itself by the path as given."""
    path = export(tmp_path / "e.xml", project(credential("a")))
    store = CloudBeesExport(StoreFile(str(path)))
    assert store.label == str(path)
    assert rows_of(store).height == 1


def test_every_member_of_a_provider_is_looked_at(tmp_path: Path) -> None:
    """What 10.4 keeps for a vault, elements of any name, property values and attributes."""
    provider = (
        f"<credentialProvider><credentialProviderName>vault</credentialProviderName><password>{VALUE}</password>"
        f"<secretId>{VALUE}</secretId><token>{VALUE}</token><roleId>r</roleId></credentialProvider>"
    )
    other = (
        f'<x passphrase="{VALUE}" longNameOfAnAttribute="{VALUE[:-2]}">'
        f"<privateKey><![CDATA[{VALUE}]]></privateKey></x><property><propertyName>p</propertyName>"
        f"<value>Password={VALUE.replace('+', '&#43;')};</value></property>"
        f"<!-- {VALUE} -->"
    )
    path = export(tmp_path / "e.xml", project(provider + other))
    found = {each.place: each.count for each in events(path) if isinstance(each, Uncovered)}
    root = "/exportedData/project"
    assert found == {
        f"{root}/credentialProvider/password": 1,
        f"{root}/credentialProvider/secretId": 1,
        f"{root}/credentialProvider/token": 1,
        f"{root}/x/@passphrase": 1,
        f"{root}/x/@longNameOfAnAttribute": 1,
        f"{root}/x/privateKey": 1,
        f"{root}/property/value": 1,
    }


@pytest.mark.parametrize("before", [0, 65_000, 65_500, 65_536, 131_060, 262_100])
def test_ciphertext_on_the_border_of_two_pieces(tmp_path: Path, before: int) -> None:
    """Where a file is cut for reading changes neither places nor counts."""
    noise = f"<description>{'n ' * (before // 2)}</description>"
    step = f"<step><token>{VALUE}</token></step>" * 50
    path = export(tmp_path / "e.xml", project(f"{noise}{step}"))
    assert [(each.place, each.count) for each in events(path) if isinstance(each, Uncovered)] == [
        ("/exportedData/project/step/token", 50)
    ]


def test_external_credentials_have_no_password(tmp_path: Path) -> None:
    """Exports of 10.4 leave the element out: the credential is listed, and a step's reference is not."""
    body = project(
        "<credential><credentialName>v</credentialName><credentialType>EXTERNAL</credentialType>"
        "<secretPath>a/b</secretPath><userName>u</userName></credential>"
        "<step><credentialName>v</credentialName></step><credential><credentialName>w</credentialName></credential>"
    )
    found = rows(export(tmp_path / "e.xml", body))
    assert found.select("name", "credential_type", "value").rows() == [("v", "EXTERNAL", None)]


def test_an_export_in_utf16_says_that_it_was_not_searched(tmp_path: Path) -> None:
    """Its values are read; what else it holds is not looked at, and the report says so."""
    body = project(f"<credential><credentialName>c</credentialName><password>{VALUE}</password></credential>")
    path = export(tmp_path / "e.xml", body)
    path.write_bytes(path.read_text("utf-8").replace("UTF-8", "UTF-16").encode("utf-16"))
    assert rows(path)["name"].to_list() == ["c"]
    assert [each.reason for each in events(path) if isinstance(each, NotAudited)] == [
        "not searched for ciphertext in other places: the export is written in UTF-16"
    ]
