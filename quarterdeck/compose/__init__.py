"""A report from figures: ranking, words, action items, notices; the result is the document that report.json holds.

`compose` puts the sections together, each made by one module: `figures` (KPIs, milestones, tables), `charts`, `problems`
(findings, actions, decisions, promises, timeline), `sentences` (the bottom line), `notices` (what is missing). What a
figure means is decided in kpis/, what is wrong in rules/, which of both a role reads in reports/.
"""

from quarterdeck.compose.material import Material, TenantFacts
from quarterdeck.compose.report import compose, report_id

__all__ = ["Material", "TenantFacts", "compose", "report_id"]
