"""Which tables of CloudBees CD's database hold secrets."""

from typing import Final

from parsers.cloudbees import kinds
from parsers.stores.mapping import Mapping, ProjectTable, SecretTable

INFERRED_TABLES: Final = (
    SecretTable(
        table="ec_credential",
        kind=kinds.CREDENTIAL,
        value="password",
        name="name",
        user_name="user_name",
        credential_type="credential_type",
        modified="modified",
        project=ProjectTable(),
    ),
    SecretTable(
        table="ec_directory_provider",
        kind=kinds.DIRECTORY_PROVIDER,
        value="manager_password",
        name="name",
        user_name="manager_dn",
        modified="modified",
    ),
    SecretTable(
        table="ec_email_config",
        kind=kinds.EMAIL_CONFIG,
        value="mail_user_password",
        name="name",
        user_name="mail_user",
        modified="modified",
    ),
    SecretTable(
        table="ec_devops_insight_server_config",
        kind=kinds.DEVOPS_INSIGHT,
        value="password",
        title=kinds.ONLY_NAME,
        user_name="user_name",
        modified="modified",
    ),
    SecretTable(table="ec_user", kind=kinds.USER, value="password", name="name", modified="modified"),
)
"""By the product's rule for names; CloudBees publishes neither the tables nor their columns."""

MAPPING: Final = Mapping(inferred=INFERRED_TABLES)
