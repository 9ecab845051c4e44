"""Signs in by the engine of the sample, and reports the session."""

import json
import os

from sample import engine
from sqlalchemy import text

with engine.connect() as connection:
    session = connection.execute(text(os.environ["QUERY"])).mappings().one()
print(json.dumps({**session, "pool": engine.pool.size()}))
