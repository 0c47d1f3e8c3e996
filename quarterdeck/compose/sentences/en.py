"""The words of every sentence rule in English, and how English counts: another language is another file like this one.

A text is a template of `quarterdeck.words`: figures come in already formatted in the reader's locale, counts bring both
forms of their noun, and which form is said follows the plural rules of CLDR for this file's language.
"""

from __future__ import annotations

TEXTS = {
    # --- the first sentence
    "headline.none": "None of the headline figures can be worked out yet.",
    "headline.figure": "{label} {figure}",
    "headline.beside": "{label} {figure}, {beside}",
    "headline.on_target": "on target",
    "headline.over": "over the target of {target}",
    "headline.under": "under the target of {target}",
    "headline.unchanged": "unchanged since {before}",
    "headline.changed": "{change} on {before}",
    # --- of every role
    "mover.favourable": "{label} went from {then} to {now} since {before}, favourable.",
    "mover.unfavourable": "{label} went from {then} to {now} since {before}, unfavourable.",
    "worst_finding.none": "No finding is open.",
    "worst_finding": "{open:finding is open|findings are open}, {severe} of them high or critical. First: {first}.",
    "worst_finding.mild": "{open:finding is open|findings are open}, none of them high or critical. First: {first}.",
    "off_target.missed": "{missed} of {aimed:KPI|KPIs} with a target missed it: {labels}.",
    "off_target.none": "{aimed:KPI|KPIs} with a target, none missed.",
    "off_target.watched": "{said} On watch: {labels}.",
    "not_worked_out": "{missing} of {listed:KPI|KPIs} cannot be worked out yet; each says what it needs.",
    # --- money
    "cash_lasts": "Cash lasts {runway:months}; at the burn told for {before} it would last {other:months}.",
    "against_budget.over": "Revenue {revenue}, {gap} over budget.",
    "against_budget.under": "Revenue {revenue}, {gap} under budget.",
    "against_budget.on": "Revenue {revenue}, as budgeted.",
    "revenue_cause.up": "Revenue rose by {change} on {before}: {parts}.",
    "revenue_cause.down": "Revenue fell by {change} on {before}: {parts}.",
    "revenue_cause.number": "{part} by the number of sales ({then} to {now})",
    "revenue_cause.price": "{part} by what one brings in",
    "revenue_cause.refunds": "{part} by refunds",
    "spending_cause.up": "Expenses rose by {change} on {before}; what moved most is {account}, {part}.",
    "spending_cause.down": "Expenses fell by {change} on {before}; what moved most is {account}, {part}.",
    # --- marketing
    "customer_pays": "A new customer costs {cost} and is worth {worth}, {times} as much.",
    # --- technology
    "code_unsafe": "{secrets:secret|secrets} in code, {advisories:known vulnerability|known vulnerabilities} in packages.",
    "cloud_saving": "Of the AWS cost of {cost}, {saving} a month could be saved.",
    # --- accounting
    "documents_due": "{amount} of expenses has no document: {share} of the postings that want one.",
    # --- units
    "house_let": "{now} of the nights were let; of those ahead, {ahead}.",
    "jobs_done": "{jobs:job was|jobs were} handed over; {on_time} on time over three months, with a margin of {margin}.",
    "hours_open": "{hours:hours} of work are on no invoice yet, worth {value}.",
}
