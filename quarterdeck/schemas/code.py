"""What git repositories tell."""

from __future__ import annotations

from quarterdeck.schemas.column import TableSchema, Type, col, maybe, text

CODE: tuple[TableSchema, ...] = (
    TableSchema(
        "commits",
        "Every commit reachable from the default branch, as of the period's end. `date` is the committer's day.",
        (
            text("repository"),
            text("sha"),
            text("author", doc="name as in the commit, through .mailmap; no address"),
            col("date", Type.DATE),
            col("committed_at", Type.TIME),
            col("authored_at", Type.TIME),
            col("is_merge", Type.BOOL),
            col("files_changed", Type.INT),
            col("added_lines", Type.INT),
            col("deleted_lines", Type.INT),
            maybe("subject"),
        ),
        key=("repository", "sha"),
        dated=True,
    ),
    TableSchema(
        "tags",
        "Tags, as of the period's end; `date` is the tagger's day, else the commit's.",
        (text("repository"), text("tag"), text("sha"), col("date", Type.DATE), col("tagged_at", Type.TIME)),
        key=("repository", "tag"),
        dated=True,
    ),
    TableSchema(
        "repositories",
        "One row a repository that was read, as of the period's end.",
        (
            text("repository"),
            maybe("default_branch"),
            maybe("head"),
            col("commits", Type.INT),
            col("files", Type.INT),
            maybe("first_commit", Type.DATE),
            maybe("last_commit", Type.DATE),
            col("is_shallow", Type.BOOL),
        ),
        key=("repository",),
    ),
    TableSchema(
        "file_authors",
        "Who changed which file that still lives at the period's end, over the 24 months before it.",
        (
            text("repository"),
            text("path"),
            text("author"),
            col("changes", Type.INT, "commits that touched the file"),
            col("changed_lines", Type.INT, "added + deleted"),
            col("last_changed", Type.DATE),
        ),
        key=("repository", "path", "author"),
    ),
    TableSchema(
        "code_files",
        "The files that live at the period's end, submodules left out.",
        (text("repository"), text("path"), maybe("bytes", Type.INT, doc="empty where the clone does not have it")),
        key=("repository", "path"),
    ),
    TableSchema(
        "branches",
        "Branches that had a commit before the period's end and are still there when it is read.",
        (
            text("repository"),
            text("branch"),
            text("head", doc="its last commit before the period's end"),
            text("author", doc="of that commit; no address"),
            col("last_commit", Type.DATE),
            col("ahead", Type.INT, "commits that the default branch does not have; 0 where it is merged"),
            col("behind", Type.INT, "commits of the default branch that it does not have"),
            col("is_default", Type.BOOL),
        ),
        key=("repository", "branch"),
    ),
)
