"""Asks the AWS API as this node does: from its own address, with the credentials that its metadata service gives it.

Arguments: a JSON list of [service, target, body], and an access key to use in place of the node's own, if any. Prints a
JSON list of [status, body]. A request without a target is a form.
"""

import json
import sys
import urllib.error
import urllib.request

METADATA = "http://169.254.169.254/latest"


def read(url: str, method: str = "GET", headers: dict[str, str] | None = None) -> str:
    with urllib.request.urlopen(
        urllib.request.Request(url, method=method, headers=headers or {}), timeout=10
    ) as answer:
        return answer.read().decode()


token = read(f"{METADATA}/api/token", "PUT", {"X-aws-ec2-metadata-token-ttl-seconds": "60"})
session = {"X-aws-ec2-metadata-token": token}
role = read(f"{METADATA}/meta-data/iam/security-credentials/", headers=session)
credentials = json.loads(read(f"{METADATA}/meta-data/iam/security-credentials/{role}", headers=session))
key = sys.argv[2] if len(sys.argv) > 2 else credentials["AccessKeyId"]


def ask(service: str, target: str | None, body: str) -> tuple[int, str]:
    scope = f"{key}/20260101/us-east-1/{service}/aws4_request"
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
        "Content-Type": "application/x-amz-json-1.0" if target else "application/x-www-form-urlencoded",
        **({"X-Amz-Target": target} if target else {}),
    }
    request = urllib.request.Request("http://169.254.169.254:4566/", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


print(json.dumps([ask(*each) for each in json.loads(sys.argv[1])]))
