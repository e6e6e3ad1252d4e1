"""A typed client of the service, over httpx (``pip install graphfraud[client]``).

>>> from graphfraud import Client
>>> with Client("http://127.0.0.1:8000", key="gf_…") as client:  # doctest: +SKIP
...     client.features("u00000000", ["friends"]).features["friends"].value
11
"""

from graphfraud.client.client import Client, ServiceRefusedError

__all__ = ["Client", "ServiceRefusedError"]
