"""The chief financial officer: what comes in, what goes out, how long it lasts, and what it takes to break even."""

from quarterdeck.model import Role

ROLE = Role(
    id="cfo",
    title="CFO",
    headline=("net_burn", "runway", "net_revenue"),
    kpis=(
        "net_revenue",
        "budget_attainment",
        "gross_margin",
        "ebitda",
        "ebitda_margin",
        "opex_ratio",
        "cash",
        "net_burn",
        "gross_burn",
        "runway",
        "fixed_costs",
        "contribution_margin",
        "break_even_revenue",
        "break_even_units",
        "margin_of_safety",
        "customer_concentration",
    ),
    rules=(
        "runway_short",
        "burn_unmonitored",
        "budget_missing",
        "revenue_below_budget",
        "loss_three_periods",
        "below_break_even",
        "customer_concentration_high",
        "cash_negative",
        "billing_model_missing",
        "milestone_overdue",
        "milestone_at_risk",
        "kpi_off_target",
        "companies_without_books",
        "source_failed",
    ),
    exhibits=("tenants_table", "profit_and_loss", "burn_by_account", "cash_by_account", "revenue_by_month"),
)
