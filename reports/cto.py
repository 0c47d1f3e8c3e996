"""The chief technologist: how work flows into production, who knows what, and what stands still."""

from quarterdeck.model import Role

ROLE = Role(
    id="cto",
    title="CTO",
    headline=("deployments", "lead_time", "bus_factor"),
    kpis=(
        "commits",
        "active_authors",
        "changed_lines",
        "deployments",
        "lead_time",
        "bus_factor",
        "stale_repositories",
        "open_blockers",
        "blocked_projects",
        "projects_without_owner",
    ),
    rules=(
        "bus_factor_one",
        "repository_stale",
        "releases_missing",
        "project_blocked",
        "project_without_owner",
        "handoff_stale",
        "history_shallow",
        "funnel_broken",
        "kpi_worse_three_times",
        "source_failed",
        "source_in_part",
        "source_last_good",
        "rows_rejected",
    ),
    exhibits=("repositories_table", "authors_table", "projects_table", "blockers_table"),
    charts=("columns_deployments", "trend_lead_time"),
)
