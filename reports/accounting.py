"""The accountant: whether the books hold together, what has no document, and what nobody has assigned."""

from quarterdeck.model import Role

ROLE = Role(
    id="accounting",
    title="Accounting",
    headline=("missing_documents", "suspense_balance", "trial_balance_difference"),
    kpis=(
        "trial_balance_difference",
        "suspense_balance",
        "uncategorised_share",
        "missing_documents",
        "missing_documents_amount",
        "possible_duplicates",
        "clearing_balance",
        "deferred_revenue",
        "refund_ratio",
        "net_revenue",
        "gross_burn",
        "cash",
        "postings",
    ),
    rules=(
        "books_out_of_balance",
        "accounting_system_missing",
        "revenue_untracked",
        "suspense_not_empty",
        "documents_missing",
        "duplicate_payments",
        "cash_negative",
        "late_books",
        "revenue_before_service",
        "budget_missing",
        "companies_without_books",
        "rows_rejected",
        "source_failed",
        "source_last_good",
    ),
    exhibits=(
        "tenants_table",
        "trial_balance",
        "chart_of_accounts",
        "expense_audit",
        "missing_documents_list",
        "cash_by_account",
    ),
    charts=("missing_documents_by_age", "trend_suspense_balance"),
)
