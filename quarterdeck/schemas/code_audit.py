"""What an audit of git repositories finds: secrets, open web apps, dependencies, runtimes, licences.

No column holds a secret. A `fingerprint` stands for one: a keyed digest that means nothing without the key.
"""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

ACCESS = ("MYSELF", "DOMAIN", "ANYONE", "ANYONE_ANONYMOUS", "UNKNOWN_ACCESS")
EXECUTE_AS = ("USER_ACCESSING", "USER_DEPLOYING", "UNKNOWN_EXECUTE_AS")

CODE_AUDIT: tuple[TableSchema, ...] = (
    TableSchema(
        "code_checks",
        "One row a repository that was audited, as of the period's end: how far the audit reached.",
        (
            text("repository"),
            maybe("head"),
            maybe("licence", doc="path of its licence file"),
            maybe(
                "scanning", doc="what looks for known vulnerabilities in its dependencies: dependabot, renovate, a step of CI"
            ),
            col("scanned_files", Type.INT, "contents of files, of all commits of all branches, that were searched for secrets"),
            col("skipped_files", Type.INT, "contents that were not searched: binary, too large, or made by machines"),
            col("scanned_bytes", Type.INT),
            maybe("scanner", doc="what searched for secrets, with its version; empty where the search could not be ended"),
            maybe("advisories_on", Type.DATE, doc="date of the data on known vulnerabilities"),
            maybe("checked_packages", Type.INT, doc="locked packages that were held against that data"),
        ),
        key=("repository",),
    ),
    TableSchema(
        "leaks",
        "Secrets in repositories, in the files of the default branch or only in the history behind; one row a file and secret.",
        (
            text("repository"),
            text("rule", doc="the scanner's rule that found it"),
            text("path"),
            col("line", Type.INT, "in the file as it stands; of one in the history, as it was first committed"),
            text("first_commit"),
            col("first_seen", Type.DATE, "day of that commit"),
            col("is_in_tree", Type.BOOL, "whether the file still holds it at the period's end"),
            text("fingerprint"),
        ),
        key=("repository", "path", "fingerprint"),
    ),
    TableSchema(
        "env_files",
        "Plaintext env files under version control, in the tree of the default branch; examples and templates are none.",
        (
            text("repository"),
            text("path"),
            col("assignments", Type.INT),
            col("secrets", Type.INT, "assignments whose name or value is that of a secret"),
            maybe("first_seen", Type.DATE, doc="day of the commit that brought it"),
        ),
        key=("repository", "path"),
    ),
    TableSchema(
        "web_apps",
        "Apps Script projects by their manifest: who may call them, and as whom they run. A manifest proves no deployment.",
        (
            text("repository"),
            text("path"),
            maybe("access", Type.TEXT, *ACCESS, doc="of the web app; empty where the project is none"),
            maybe("execute_as", Type.TEXT, *EXECUTE_AS),
            maybe("api_access", Type.TEXT, *ACCESS, doc="of the execution API"),
            col("scopes", Type.INT, "OAuth scopes that the manifest asks for"),
        ),
        key=("repository", "path"),
    ),
    TableSchema(
        "manifests",
        "Files that name dependencies, and what keeps them safe.",
        (
            text("repository"),
            text("path"),
            text("ecosystem"),
            maybe("lock_file", doc="path of the lock file that belongs to it"),
            col("is_loose", Type.BOOL, "it names dependencies, and not every one by an exact version"),
            maybe("scanning", doc="what looks for known vulnerabilities in them"),
        ),
        key=("repository", "path"),
    ),
    TableSchema(
        "pinned_runtimes",
        "Runtimes that a repository asks for.",
        (
            text("repository"),
            text("path"),
            col("line", Type.INT),
            text("runtime", doc="as the table of lifecycles calls it: python, node, ruby, php, go"),
            text("version", doc="as far as it is pinned: 3, 3.9, 18"),
        ),
        key=("repository", "path", "line", "runtime"),
    ),
    TableSchema(
        "vulnerabilities",
        "Known vulnerabilities of locked packages, by the data of osv.dev that was published before the period's end.",
        (
            text("repository"),
            text("path", doc="the lock file"),
            text("ecosystem"),
            text("package"),
            text("version"),
            text("advisory", doc="id at osv.dev"),
            maybe("alias", doc="its CVE number"),
            maybe("severity", Type.TEXT, "critical", "high", "medium", "low"),
            maybe("summary"),
            maybe("fixed_in", doc="first version without it"),
            col("published_on", Type.DATE),
        ),
        key=("repository", "path", "package", "version", "advisory"),
    ),
)
