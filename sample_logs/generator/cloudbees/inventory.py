"""What the cluster stores, by name: projects with their credentials, plug-in configurations, and the rest."""

from dataclasses import dataclass
from typing import Final

LOCAL_PROJECTS: Final = (
    "Payments",
    "Web Shop",
    "R&D Tools",
    "Mainframe Batch",
    "Data Warehouse",
    "Müller Logistik",
    "Network Edge",
    "Compliance",
    "Shared Services",
)
BUILD_FARM_PROJECTS: Final = ("Build Farm", "Toolchain")
LABS_PROJECTS: Final = ("Firmware Lab", "Legacy Billing")

_ROLES: Final = ("deploy", "db-owner", "db-reader", "ssh", "artifactory", "api-token", "backup")
_STAGES: Final = ("dev", "test", "prod")
_ODD_NAMES: Final = {
    "Mainframe Batch": "ftp | night run",  # the log's own separator
    "R&D Tools": "=svc,<lab> \"x\" & 'y'",  # what CSV, XML and spreadsheets must escape
    "Müller Logistik": "Fahrer-Zugang für Süd",
}
_PLUGINS: Final = {
    "EC-JBoss": ("jbosscfg", "jboss-dr"),
    "EC-WebLogic": ("wls-prod", "wls-test", "wls-node manager"),
    "EC-Tomcat": ("tomcat",),
    "EC-Artifactory": ("releases", "snapshots", "mirror"),
    "EC-Jenkins": ("ci-main", "ci-mobile"),
    "EC-ServiceNow": ("snow", "snow-sandbox"),
    "EC-EC2": ("eu-west", "us-east", "ap-south"),
    "EC-Kubectl": ("cluster-a", "cluster-b"),
    "EC-SVN": ("legacy-svn",),
    "EC-SQLServer": ("reporting", "archive"),
}
_DIRECTORIES: Final = ("corp-ldap", "ad-emea", "labs-ldap", "partner-ldap")
_EMAIL: Final = ("default", "alerts", "labs-relay", "noreply")
_FIRST_NAMES: Final = (
    "anna",
    "bela",
    "chen",
    "dana",
    "emil",
    "farah",
    "goran",
    "hana",
    "igor",
    "jonas",
    "kira",
)
_LAST_NAMES: Final = ("berg", "costa", "dahl")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a secret is stored.

    `project` is "" for other kinds than credentials, and for a plug-in the path that `ectool` takes for the
    plug-in's project: `/plugins/EC-JBoss/project`.
    """

    kind: str
    name: str
    user_name: str = ""
    project: str = ""

    @property
    def plugin(self) -> str:
        """The plug-in whose configuration this is, or ""."""
        return self.project.split("/")[2] if self.project.startswith("/plugins/") else ""

    @property
    def location(self) -> str:
        """Where a person finds it."""
        match self.kind:
            case "credential":
                owner = self.project if self.plugin else f"/projects/{self.project}"
                return f"{owner}/credentials/{self.name}"
            case "directory-provider":
                return f"/directoryProviders/{self.name}"
            case "email-config":
                return f"/emailConfigs/{self.name}"
            case "devops-insight":
                return "/devOpsInsightServerConfiguration"
            case _:
                return f"/users/{self.name}"


def project_credentials(project: str, count: int) -> list[Place]:
    """The first `count` of a project's credentials."""
    names = [_ODD_NAMES[project]] if project in _ODD_NAMES else []
    names += [f"{role}-{stage}" for role in _ROLES for stage in _STAGES]
    return [
        Place("credential", name, f"svc_{name.split('-')[0].split(' ')[0]}", project)
        for name in names[:count]
    ]


def plugin_configurations() -> list[Place]:
    """A plug-in configuration's credential carries the configuration's name."""
    return [
        Place("credential", name, f"{plugin[3:].lower()}_admin", f"/plugins/{plugin}/project")
        for plugin, names in _PLUGINS.items()
        for name in names
    ]


def directory_providers() -> list[Place]:
    """LDAP and Active Directory."""
    return [Place("directory-provider", name, f"cn=flow,ou={name},dc=example") for name in _DIRECTORIES]


def email_configurations() -> list[Place]:
    """Mail servers."""
    return [Place("email-config", name, f"{name}@mail.example") for name in _EMAIL]


def devops_insight() -> Place:
    """The one DevOps Insight server."""
    return Place("devops-insight", "DevOps Insight", "reportuser")


def users() -> list[Place]:
    """Local users."""
    return [Place("user", f"{first}.{last}") for last in _LAST_NAMES for first in _FIRST_NAMES]
