"""The property manager: how full the house is, what it brings, what is to be mended, and which papers run out."""

from quarterdeck.model import Role

ROLE = Role(
    id="rental",
    title="Rental operations",
    headline=("occupancy", "rent_collected", "net_yield"),
    kpis=(
        "occupancy",
        "average_daily_rate",
        "revpar",
        "nights_let_ahead",
        "booking_lead_time",
        "rent_collected",
        "net_revenue",
        "ebitda",
        "net_yield",
        "repair_cost",
        "open_repairs",
        "renewals_due",
    ),
    rules=(
        "vacancy_ahead",
        "rent_short",
        "repair_open",
        "renewal_overdue",
        "renewal_due",
        "asset_owner_missing",
        "kpi_off_target",
        "milestone_overdue",
        "milestone_at_risk",
        "project_blocked",
        "source_failed",
    ),
    exhibits=("stays_table", "lettings_by_month", "repairs_table", "asset_inventory", "burn_by_account"),
    charts=("revenue_by_month", "trend_occupancy"),
    kinds=(),
)
