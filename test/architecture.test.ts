import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(__dirname, "..");
const page = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");

interface Side {
  readonly path?: string | readonly string[];
  readonly pathNot?: string | readonly string[];
  readonly reachable?: boolean;
  readonly circular?: boolean;
}
interface Rule {
  readonly from: Side;
  readonly to: Side;
}
const { forbidden } = createRequire(__filename)("../.dependency-cruiser.cjs") as {
  readonly forbidden: readonly Rule[];
};
// What follows imports through others is about packages, not about rooms.
const rules = forbidden.filter(({ to }) => to.reachable !== true && to.circular !== true);

/** Dependency-cruiser joins the patterns of a list by `|`, and puts what `from` has caught for `$1` in `to`. */
function patternOf(path: Side["path"], caught: readonly string[] = []): RegExp | undefined {
  if (path === undefined) return undefined;
  const joined = typeof path === "string" ? path : path.join("|");
  return new RegExp(joined.replace(/\$(\d)/g, (_, group: string) => caught[Number(group)] ?? ""));
}

interface Ban {
  readonly path?: RegExp;
  readonly pathNot?: RegExp;
}

/** What the rules forbid a file to import. */
function bansOf(importer: string): readonly Ban[] {
  return rules.flatMap(({ from, to }): Ban[] => {
    const caught = from.path === undefined ? [] : patternOf(from.path)?.exec(importer);
    if (!caught || patternOf(from.pathNot)?.test(importer)) return [];
    return [{ path: patternOf(to.path, caught), pathNot: patternOf(to.pathNot, caught) }];
  });
}

/** Says of a file whether at least one of the importers may import it. */
function permissionOf(importers: readonly string[]): (file: string) => boolean {
  // Most files of a room are held to the same.
  const distinct = new Map(
    importers.map((importer) => {
      const bans = bansOf(importer);
      return [bans.map(({ path, pathNot }) => `${path} ${pathNot}`).join("\n"), bans];
    }),
  );
  return (file) =>
    [...distinct.values()].some((bans) =>
      bans.every(({ path, pathNot }) => !(path?.test(file) ?? true) || pathNot?.test(file)),
    );
}

const foldersOf = (folder: string) =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

const sourcesOf = (folder: string) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`);

const rooms = foldersOf("lib");
const shared = readdirSync(join(root, "lib"))
  .filter((name) => name.endsWith(".ts") && name !== "index.ts")
  .map((name) => `lib/${name}`);

/** The files of other rooms that a folder may import by the rules, without the room that all may import. */
function allowedTo(folder: string): string[] {
  const others = rooms.filter((room) => `lib/${room}` !== folder && room !== "limits");
  return others
    .flatMap((room) => sourcesOf(`lib/${room}`))
    .filter(permissionOf(sourcesOf(folder)))
    .sort();
}

const rowsOf = (heading: string) => {
  const start = page.indexOf(`\n| ${heading} `);
  if (start < 0) throw new Error(`ARCHITECTURE.md has no table that begins with ${heading}`);
  const table = page.slice(start + 1).split("\n\n")[0] ?? "";
  return table
    .split("\n")
    .slice(2)
    .map((line) => line.split("|").map((cell) => cell.trim()));
};
const words = (cell = "") => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

const parts = new Map(
  rowsOf("part").map(([, part = "", room, files]) => [
    `${words(room)[0]} ${part}`,
    words(files).map((file) => `lib/${words(room)[0]}/${file}`),
  ]),
);

/** The files that a cell like "`config`, `registry` (records, writing)" names. */
function filesIn(cell = ""): string[] {
  if (cell === "everything")
    return rooms.filter((room) => room !== "limits").flatMap((room) => sourcesOf(`lib/${room}`));
  return [...cell.matchAll(/`([\w-]+)`(?: \(([^)]+)\))?/g)].flatMap(([, room = "", some]) => {
    if (some === undefined) return sourcesOf(`lib/${room}`);
    return some.split(", ").flatMap((part) => parts.get(`${room} ${part}`) ?? [`no part ${part} of ${room}`]);
  });
}

test("fails when a room of lib, or a folder beside it, is added or removed and the page does not say so", () => {
  const ignored = readFileSync(join(root, ".gitignore"), "utf8").split("\n");
  const beside = foldersOf(".").filter((name) => !name.startsWith(".") && !ignored.includes(`${name}/`));

  expect(
    rowsOf("room")
      .map(([, room]) => words(room)[0])
      .sort(),
  ).toEqual(rooms.map((room) => `lib/${room}`).sort());
  expect(
    rowsOf("folder")
      .map(([, folder]) => words(folder)[0])
      .sort(),
  ).toEqual(beside.filter((name) => name !== "lib").sort());
});

test.each(rooms)("fails when %s may import something else than the page says", (room) => {
  const row = rowsOf("room").find(([, name]) => name === `\`lib/${room}\``);

  expect(allowedTo(`lib/${room}`)).toEqual(filesIn(row?.[3]).sort());
});

test.each(["stacks", "bench"])("fails when %s may import something else than the page says", (folder) => {
  const row = rowsOf("folder").find(([, name]) => name === `\`${folder}\``);

  expect(allowedTo(folder)).toEqual(filesIn(row?.[3]).sort());
});

test("fails when a room may not import what all may, or may import the stacks or the public surface", () => {
  const common = [...shared, ...sourcesOf("lib/limits")];
  const never = ["lib/index.ts", ...sourcesOf("stacks"), ...sourcesOf("bench")];
  for (const room of rooms) {
    const isAllowed = permissionOf(sourcesOf(`lib/${room}`));
    expect(common.filter((file) => !isAllowed(file))).toEqual([]);
    expect(never.filter(isAllowed)).toEqual([]);
  }
  const inRooms = rooms.filter((room) => room !== "limits").flatMap((room) => sourcesOf(`lib/${room}`));
  expect(inRooms.filter(permissionOf(shared))).toEqual([]);
});

test("fails when the picture has an arrow too many or too few", () => {
  const picture = /```mermaid\nflowchart TD\n(.*?)```/s.exec(page)?.[1] ?? "";
  const drawn = [...picture.matchAll(/^ {2}(\w+) (-->|-\.->) (.+)$/gm)].flatMap(([, from, arrow, to = ""]) =>
    to.split(" & ").map((room) => `${from} ${arrow} ${room}`),
  );
  const wanted = [...rooms, "stacks"].flatMap((name) => {
    const allowed = allowedTo(existsSync(join(root, "lib", name)) ? `lib/${name}` : name);
    return rooms.flatMap((room) => {
      const files = sourcesOf(`lib/${room}`);
      const reached = files.filter((file) => allowed.includes(file)).length;
      return reached === 0 ? [] : [`${name} ${reached === files.length ? "-->" : "-.->"} ${room}`];
    });
  });

  expect(drawn.sort()).toEqual(wanted.sort());
});

test.each([
  ["lab", "sub-room"],
  ["agent", "folder of the agent"],
])(
  "fails when a folder of %s is added or removed, or may import something else than the page says",
  (room, heading) => {
    const names = foldersOf(`lib/${room}`);
    const allowed = names.map((name) => {
      const isAllowed = permissionOf(sourcesOf(`lib/${room}/${name}`));
      const others = names.filter((other) => other !== name);
      return [
        `lib/${room}/${name}`,
        others.filter((other) => sourcesOf(`lib/${room}/${other}`).some(isAllowed)).sort(),
      ];
    });
    const told = rowsOf(heading).map(([, folder, , others]) => [words(folder)[0], words(others).sort()]);

    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(allowed));
  },
);
