/**
 * Which room may import what: a line a room, and what it may reach. ARCHITECTURE.md shows it as a table and a picture,
 * and test/architecture.test.ts compares both with what stands here.
 * `lib/errors`, `lib/error-codes`, `lib/operator-commands`, `lib/validation`, `lib/naming` and `lib/tags` are the walls
 * every room shares.
 * `lib/limits`, what every value may be, has no imports but the maths of blocks; every room may ask it.
 */
const shared =
  "^lib/(errors|error-codes|operator-commands|validation|naming|tags|package-root|aws-provider|dependables|terraform-data|terraform-literal)\\.ts$";
const records = "^lib/registry/(records|quorum|node-settings|table-name|attribute-values)\\.ts$";
const access = "^lib/registry/(change|record-reader|record-writer)\\.ts$";
const limits = "^lib/limits/";
const maths = "^lib/network/cidr\\.ts$";

/** room → the other rooms it may import */
const rooms = {
  limits: [maths],
  config: [maths, records],
  network: [],
  security: [maths, records],
  registry: [],
  nodes: ["^lib/registry/", "^lib/network/", "^lib/security/"],
  storage: ["^lib/network/", "^lib/security/", records],
  cluster: ["^lib/(network|security|registry|nodes|storage)/"],
  agent: [records, access],
  operations: [records, access],
  deploy: [],
  lab: [maths, records, "^lib/(config|deploy)/"],
  cli: ["^lib/(operations|lab|config|deploy)/", records],
};

/**
 * sub-room of the lab → the other sub-rooms it may import: only those above it, so that nothing goes in circles.
 * What is in the lab's own folder is about the whole: it may import every sub-room, and none imports it.
 */
const labRooms = {
  machine: [],
  clock: [],
  emulator: ["machine"],
  state: ["machine", "emulator"],
  engine: ["machine", "state"],
  image: ["machine", "engine"],
  front: ["emulator"],
  network: ["machine", "emulator", "engine"],
  metadata: ["emulator"],
  hosts: ["emulator", "state", "engine", "network", "metadata"],
  terraform: ["machine", "state", "network"],
  faults: ["machine", "emulator", "state", "engine", "front", "network", "metadata", "hosts"],
  supervisor: ["machine", "clock", "emulator", "state", "engine", "front", "network", "metadata", "hosts", "faults"],
};

/**
 * folder of the agent → the other folders it may import: only those above it. What is in the agent's own folder is about
 * the whole: its files and the folders may import each other, but never in a circle.
 */
const agentFolders = {
  aws: [],
  docker: [],
  local: [],
  registry: [],
  boot: ["local"],
  act: ["docker", "registry"],
  decide: ["registry"],
  remember: ["decide"],
  observe: ["decide"],
  metrics: ["decide"],
};

const only = (from, allowed) => ({
  name: `${from}-imports`,
  severity: "error",
  from: { path: `^lib/${from}/` },
  to: { path: "^(lib|stacks|bench)/", pathNot: [`^lib/${from}/`, shared, limits, ...allowed] },
});

/**
 * The same within a room, where a folder may name only those above it in the table, and none may be left out of it; `own`
 * is the room's own files.
 */
const within = (room, folders, own) => [
  ...Object.entries(folders).map(([from, allowed], row, table) => {
    const above = table.slice(0, row).map(([folder]) => folder);
    const wrong = allowed.filter((folder) => !above.includes(folder));
    if (wrong.length > 0) throw new Error(`${room}: ${from} names ${wrong.join(", ")}, which is not above it`);
    return {
      name: `${room}-${from}-imports`,
      severity: "error",
      from: { path: `^lib/${room}/${from}/` },
      to: { path: `^lib/${room}/`, pathNot: [from, ...allowed].map((folder) => `^lib/${room}/${folder}/`).concat(own) },
    };
  }),
  {
    name: `${room}-folders-are-in-the-table`,
    severity: "error",
    from: { path: `^lib/${room}/[^/]+/`, pathNot: Object.keys(folders).map((folder) => `^lib/${room}/${folder}/`) },
    to: {},
  },
];

/** room → packages that must not be reached from it, not even through others */
const never = (from, packages, why) => ({
  name: `${from}-never-${why}`,
  severity: "error",
  from: { path: `^lib/${from}/` },
  to: { path: `node_modules/(${packages})`, reachable: true },
});

module.exports = {
  forbidden: [
    ...Object.entries(rooms).map(([room, allowed]) => only(room, allowed)),
    ...within("lab", labRooms, []),
    ...within("agent", agentFolders, ["^lib/agent/[^/]+$"]),
    {
      name: "walls-import-no-room",
      severity: "error",
      from: { path: shared },
      to: { path: "^(lib/[^/]+/|stacks/)", pathNot: limits },
    },
    never("agent", "cdktf|@cdktf|constructs", "cdktf"),
    never("operations", "cdktf|@cdktf|constructs", "cdktf"),
    never("limits", "cdktf|@cdktf|constructs|zod|@aws-sdk", "frameworks"),
    never("config", "cdktf|@cdktf|constructs|@aws-sdk", "cdktf-or-aws"),
    ...["network", "security", "nodes", "storage", "cluster"].map((room) => never(room, "@aws-sdk", "aws-sdk")),
    {
      name: "stacks-imports",
      severity: "error",
      from: { path: "^stacks/" },
      to: { path: "^lib/(agent|operations|lab|cli)/" },
    },
    {
      name: "lab-is-imported-by-cli-alone",
      severity: "error",
      from: { path: "^(lib|stacks)/", pathNot: "^lib/(lab|cli)/" },
      to: { path: "^lib/lab/" },
    },
    {
      name: "no-provider-barrel",
      severity: "error",
      from: {},
      to: { path: "node_modules/@cdktf/provider-aws/lib/index" },
    },
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["require", "node", "default", "types"] },
  },
};
