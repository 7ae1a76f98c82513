"""The page: ``report.html``. In: a campaign's `Results`, what its network is, and what hardening found. Out:
one file that needs no network.

Python turns results into plain data and coordinates (one small file per part of the page); the templates
beside it (``*.j2``, ``*.css``, ``*.js``) only place them.
"""
