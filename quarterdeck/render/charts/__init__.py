"""Charts: one frozen description becomes one SVG, the same bytes for the same data, on every machine.

    charts of report.json → read.py (Chart) → bars, lines or blocks (SVG) → pictures.py (Picture: SVG, words, name)
    SVG → png.py (PNG at twice the size, for mails)

After IBCS: what is actual is solid and dark, what was a year before is light, what was planned is an outline, time runs
to the right. Columns start at zero, a figure that is not known is a gap, labels stand beside what they name. To add a
kind: a name in `records.Kind`, a function that draws it and its line in `draw.DRAWN`.
"""

from quarterdeck.render.charts.pictures import names_and_ids, pictures_of, spark, uri_of

__all__ = ["names_and_ids", "pictures_of", "spark", "uri_of"]
