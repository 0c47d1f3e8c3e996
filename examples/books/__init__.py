"""The money of each tenant that keeps any account of it: chart, bank, sales, standing orders, and the plan for the year."""
