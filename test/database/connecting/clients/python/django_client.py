"""Signs in by the settings of the sample, and reports the session."""

import json
import os

from django.conf import settings
from sample import DATABASES

settings.configure(DATABASES=DATABASES)

from django.db import connection  # noqa: E402

with connection.cursor() as cursor:
    cursor.execute(os.environ["QUERY"])
    user, ssl = cursor.fetchone()
print(json.dumps({"user": user, "ssl": ssl}))
