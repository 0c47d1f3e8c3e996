"""What comes of marketing, shared by KPIs, rules and exhibits.

leads         who asked: channels, stages, cohorts that had the same time to buy, UTM
attribution   which of a lead's touches its value is given to, by four models
costs         spend, new customers and revenue by channel; lifetime value
cohorts       customers by the month of their first sale, and who came back
places        listings beside own prices, the order of channels to open, local steps
web           visits and searches whose stretches of days lie in a period
"""
