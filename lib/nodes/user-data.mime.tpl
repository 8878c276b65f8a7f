MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="swarm-node"

%{ for part in parts ~}
--swarm-node
Content-Type: ${part.type}; charset="utf-8"
Content-Disposition: attachment; filename="${part.name}"
Content-Transfer-Encoding: base64
Merge-Type: list(append)+dict(no_replace,recurse_list)+str()

${part.content}
%{ endfor ~}
--swarm-node
Content-Type: text/cloud-config; charset="utf-8"
Content-Disposition: attachment; filename="swarm-node"
Content-Transfer-Encoding: base64
Merge-Type: list(append)+dict(no_replace,recurse_list)+str()

${base64encode(cloud_config)}
--swarm-node--
