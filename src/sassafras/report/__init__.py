"""What people see. In: the `Results` of a campaign. Out: tables in the terminal, CSV files, figures,
``summary.json``.
"""
