"""The public names of ``import sassafras``."""

from __future__ import annotations

import sassafras

START = """# Python

```python
import sassafras
```

Everything on this page is imported from `sassafras` itself. Each room of the package says in its docstrings
what comes in and what goes out; only these names are promised to stay.
"""


def page() -> str:
    """A section per public name; mkdocstrings fills them in."""
    names = [name for name in sassafras.__all__ if not name.startswith("__")]
    home = {name: getattr(sassafras, name).__module__ for name in names}
    return "\n".join([START, *(f"::: {home[name]}.{name}\n" for name in names)])
