"""The engine that asks KPIs, rules and exhibits about a tenant's tables.

`inputs` finds the frames a function asks for or says why it cannot have them; `values` works out KPIs with what they
are compared to; `findings` runs the rules and remembers what was there before; `exhibits` makes tables; `portfolio` puts
tenants together; `rows` turns values and findings into snapshot rows and back.
"""
