"""The logistics director: which jobs are late, what a job and a mile cost, and which quotes become jobs."""

from quarterdeck.model import Role

ROLE = Role(
    id="logistics",
    title="Delivery logistics",
    headline=("jobs_delivered", "on_time_rate", "job_margin"),
    kpis=(
        "jobs_delivered",
        "on_time_rate",
        "job_margin",
        "cost_per_job",
        "cost_per_mile",
        "crew_utilisation",
        "quote_conversion",
        "open_quotes",
        "net_revenue",
        "ebitda",
        "renewals_due",
    ),
    rules=(
        "job_late",
        "job_under_cost",
        "quote_unanswered",
        "crew_idle",
        "renewal_overdue",
        "renewal_due",
        "kpi_off_target",
        "milestone_overdue",
        "milestone_at_risk",
        "project_blocked",
        "project_without_owner",
        "source_failed",
    ),
    exhibits=("jobs_table", "jobs_by_customer", "quotes_to_jobs", "burn_by_account"),
    charts=("revenue_by_month", "columns_jobs_delivered"),
    kinds=(),
)
