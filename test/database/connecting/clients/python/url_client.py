"""Signs in by the URL that the sample composes, and reports the session."""

import json
import os

import psycopg
import sample  # noqa: F401
from psycopg.rows import dict_row

with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as connection:
    print(json.dumps(connection.execute(os.environ["QUERY"]).fetchone()))
