"""EFS: backup policies, throughput changes and the end of a file system policy."""

import json
from typing import Any

from moto.efs.exceptions import FileSystemNotFound
from moto.efs.models import EFSBackend, FileSystem
from moto.efs.responses import TYPE_RESPONSE, EFSResponse


def apply() -> None:
    # AWS backs up One Zone file systems by default and answers DISABLED, not an error, for all others.
    FileSystem.backup_policy = property(lambda self: {"Status": "ENABLED" if self._backup else "DISABLED"})
    EFSResponse.put_backup_policy = put_backup_policy
    EFSResponse.update_file_system = update_file_system
    EFSResponse.delete_file_system_policy = delete_file_system_policy


def find(backend: EFSBackend, file_system_id: str) -> FileSystem:
    if file_system_id not in backend.file_systems_by_id:
        raise FileSystemNotFound(file_system_id)
    return backend.file_systems_by_id[file_system_id]


def answer(body: dict[str, Any], status: int = 200) -> TYPE_RESPONSE:
    return json.dumps(body), {"status": status, "Content-Type": "application/json"}


def put_backup_policy(self: EFSResponse) -> TYPE_RESPONSE:
    file_system = find(self.efs_backend, self._get_param("FileSystemId"))
    policy = json.loads(self.body)["BackupPolicy"]
    file_system._backup = policy["Status"] in ("ENABLED", "ENABLING")
    return answer({"BackupPolicy": file_system.backup_policy})


def update_file_system(self: EFSResponse) -> TYPE_RESPONSE:
    file_system = find(self.efs_backend, self._get_param("FileSystemId"))
    given = json.loads(self.body)
    if given.get("ThroughputMode"):
        file_system.throughput_mode = given["ThroughputMode"]
    if "ProvisionedThroughputInMibps" in given:
        file_system.provisioned_throughput_in_mibps = given["ProvisionedThroughputInMibps"]
    return answer(file_system.info_json(), 202)


def delete_file_system_policy(self: EFSResponse) -> TYPE_RESPONSE:
    find(self.efs_backend, self._get_param("FileSystemId")).file_system_policy = None
    return answer({})
