"""Judges documents by a JSON Schema: a schema in the first line of standard input, a document in each other.

Prints for each document 1 if it is valid, otherwise 0 and what is wrong with it.
"""

import json
import sys

from jsonschema import Draft202012Validator

schema = json.loads(sys.stdin.readline())
Draft202012Validator.check_schema(schema)
validator = Draft202012Validator(schema)
for line in sys.stdin:
    error = next(validator.iter_errors(json.loads(line)), None)
    print(1 if error is None else f"0 {json.dumps(error.json_path)}")
