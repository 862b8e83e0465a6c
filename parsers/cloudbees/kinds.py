"""What stores a secret in CloudBees CD, and where people find each."""

from typing import Final

from parsers.cloudbees import ID
from parsers.stores.secret_kind import SecretKind

CREDENTIAL: Final = SecretKind(ID, "credential", "{project}/credentials/{name}")
DIRECTORY_PROVIDER: Final = SecretKind(ID, "directory-provider", "/directoryProviders/{name}")
EMAIL_CONFIG: Final = SecretKind(ID, "email-config", "/emailConfigs/{name}")
DEVOPS_INSIGHT: Final = SecretKind(ID, "devops-insight", "/devOpsInsightServerConfiguration")
USER: Final = SecretKind(ID, "user", "/users/{name}")

KINDS: Final = (CREDENTIAL, DIRECTORY_PROVIDER, EMAIL_CONFIG, DEVOPS_INSIGHT, USER)
"""The usual one first."""

ONLY_NAME: Final = "DevOps Insight"
"""The one DevOps Insight configuration has no name of its own."""
