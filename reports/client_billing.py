"""Billing of clients: what was worked, what is billed, what each client leaves, and what nobody has agreed."""

from quarterdeck.model import Role

ROLE = Role(
    id="client-billing",
    title="Client billing audit",
    headline=("unbilled_value", "realisation", "effective_rate"),
    kpis=(
        "hours_worked",
        "billable_share",
        "unbilled_hours",
        "unbilled_value",
        "realisation",
        "effective_rate",
        "clients_without_model",
        "receivables_overdue",
        "dso",
        "net_revenue",
        "gross_margin",
        "customer_concentration",
    ),
    rules=(
        "client_without_model",
        "hours_unbilled",
        "retainer_overrun",
        "contract_unsigned",
        "receivable_overdue",
        "customer_concentration_high",
        "kpi_off_target",
        "milestone_overdue",
        "milestone_at_risk",
        "project_blocked",
        "source_failed",
    ),
    exhibits=("billing_audit", "client_margins", "receivables_by_customer", "burn_by_account"),
    charts=("revenue_by_month", "columns_hours_worked"),
    kinds=(),
)
