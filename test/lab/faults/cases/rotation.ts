import {
  CreateTableCommand,
  DeleteTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from "@aws-sdk/client-dynamodb";
import { PARTITION_KEY } from "../../../../lib/registry/records";
import { registryTableName } from "../../../../lib/registry/table-name";
import type { FaultCase } from "../case";
import { changed, leaderOf, roll, whole } from "../facts";
import { CLUSTER } from "../lab";
import type { Scene } from "../scene";

const TABLE = registryTableName(CLUSTER);
const EMPTY_SECONDS = 180;

/** Everything a joiner must know changes, then everything it is told by is lost. */
export const rotated: FaultCase = {
  number: 18,
  title: "token and CA rotated, registry table recreated empty: late joiner joins, no second init",
  async run(scene) {
    const before = scene.now.registry?.token?.tokenIndex ?? 0;
    const docker = (...args: string[]) => scene.project.execute(leaderOf(scene.now), "docker", ...args);
    await docker("swarm", "join-token", "--rotate", "--quiet", "worker");
    await docker("swarm", "ca", "--rotate", "--quiet");
    const since = Date.now();
    await scene.lab.scaleWorkers(3);

    const grown = { ...scene.shape, workers: 3 };
    await scene.within("a late joiner is Ready by the new token", 75, whole(grown), since);
    const after = scene.now.registry?.token?.tokenIndex ?? 0;
    if (after <= before) throw new Error(`the registry's token is of index ${after}, as before the rotation`);
    const members = roll(scene.now);
    await withEmptyTable(scene, () =>
      scene.holds("without records nobody initialises, joins or goes", EMPTY_SECONDS, (sample) => {
        if (sample.registry?.cluster !== undefined) return `somebody wrote a record: ${sample.registry.cluster.phase}`;
        return changed(members, sample);
      }),
    );
    await scene.lab.scaleWorkers(scene.shape.workers);
  },
};

/** Puts a new, empty table in the place of the registry's, and afterwards the records back, as from a backup. */
async function withEmptyTable(scene: Scene, work: () => Promise<void>): Promise<void> {
  const client = new DynamoDBClient(scene.lab.account());
  try {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: TABLE, ConsistentRead: true }));
    await client.send(new DeleteTableCommand({ TableName: TABLE }));
    await client.send(
      new CreateTableCommand({
        TableName: TABLE,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: PARTITION_KEY, AttributeType: "S" }],
        KeySchema: [{ AttributeName: PARTITION_KEY, KeyType: "HASH" }],
      }),
    );
    await work();
    for (const Item of Items) await client.send(new PutItemCommand({ TableName: TABLE, Item }));
  } finally {
    client.destroy();
  }
}
