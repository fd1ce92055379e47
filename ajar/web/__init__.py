"""Pages over the catalogue and stored reports: `ajar serve` answers them, `ajar site build` writes them as files.

A page is a pure function of a `Site` and what was asked (`ajar/web/pages.py` lists them); the server and the export
render the same one. Starlette, Jinja2 and uvicorn come with the extra `ajar[web]` and are imported here alone.
"""

from __future__ import annotations
