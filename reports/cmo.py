"""The chief marketer: where customers can find the companies, who answers, and what a campaign would bring."""

from quarterdeck.model import Role

ROLE = Role(
    id="cmo",
    title="CMO",
    headline=("net_revenue", "live_channels", "campaign_value"),
    kpis=(
        "net_revenue",
        "new_customers",
        "repeat_share",
        "average_sale",
        "live_channels",
        "channel_coverage",
        "live_otas",
        "contacts",
        "reachable_contacts",
        "dormant_contacts",
        "campaign_value",
        "open_pipeline",
        "win_rate",
        "funnel_conversion",
        "refund_ratio",
    ),
    rules=(
        "ota_listing_missing",
        "channel_not_live",
        "funnel_broken",
        "pipeline_empty",
        "deals_stale",
        "contacts_dormant",
        "opt_in_low",
        "billing_model_missing",
        "customer_concentration_high",
        "source_failed",
    ),
    exhibits=("channel_matrix", "campaign_cases", "contacts_by_segment", "revenue_by_month"),
    charts=("revenue_by_month", "columns_new_customers"),
)
