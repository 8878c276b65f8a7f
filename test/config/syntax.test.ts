import { describe, expect, it, test } from "vitest";
import { formatFault } from "../../lib/errors";
import { faultsOf, MINIMAL } from "./support";

/** What can be wrong with the text: one fault, at the cause, however much of the rest it makes unreadable. */
describe("a broken text is told once, where it has to be mended:", () => {
  test.each<{ mistake: string; text: string; fault: string }>([
    {
      mistake: "a quote that is not closed, at the end",
      text: `${MINIMAL}cluster: "apps\n`,
      fault:
        "7:10: must be valid YAML, got a double quote that is not closed; write the same quote at the end of the value",
    },
    {
      mistake: "a quote that is not closed, on line 4",
      text: MINIMAL.replace("10.20.0.0/16", "'10.20.0.0/16"),
      fault:
        "4:9: must be valid YAML, got a single quote that is not closed; write the same quote at the end of the value",
    },
    {
      mistake: "a quote that the next one closes, lines later",
      text: `${MINIMAL}tags:\n  team: "a\n  stage: "b"\n  cost: "c"\nworkers: []\n`,
      fault:
        "8:9: must be valid YAML, got a double quote that is not closed; write the same quote at the end of the value",
    },
    {
      mistake: "a line that begins with a tab and continues a value",
      text: `${MINIMAL}workers:\n  - name: ge\n \tral\n    labels: {}\n`,
      fault: "9:1: must not be indented with tabs, got a tab; write two spaces for each level",
    },
    {
      mistake: "a quote that is not closed, before a line of equals signs that marks no conflict",
      text: `${MINIMAL}tags:\n  team: "a\n========\n`,
      fault:
        "8:9: must be valid YAML, got a double quote that is not closed; write the same quote at the end of the value",
    },
    {
      mistake: "a bracket in a map, after a quote that is closed",
      text: `${MINIMAL}tags:\n  team: 'a'\nworkers:\n  - labels: { a["b", c: d }\n`,
      fault: "10:16: must be valid YAML, got a syntax error: Missing , or : between flow map items",
    },
    {
      mistake: "a bracket too many, after a quote that is closed",
      text: `${MINIMAL}tags: { team: 'a' }}\n`,
      fault: "7:20: must be valid YAML, got a } that nothing opened; drop it",
    },
    {
      mistake: "text right after a list, with a bracket in it",
      text: MINIMAL.replace("us-east-1b]", "us-]t-1b]"),
      fault: "5:39: must be valid YAML, got a syntax error: Unexpected scalar at node end",
    },
    {
      mistake: "a second colon before a line of as many blanks, and one that is indented more",
      text: `${MINIMAL}swarm:\n  dockerApi: none\n  \n    dataPathPort: 4789\n`,
      fault:
        "8:14: must be valid YAML, got a second colon in one line; put a value that has a colon and a space into quotes",
    },
    {
      mistake: "a second colon in an entry of a list, before a line of fewer blanks",
      text: `${MINIMAL}workers:\n  - name: general\n   \n     desired: 2\n`,
      fault:
        "8:11: must be valid YAML, got a second colon in one line; put a value that has a colon and a space into quotes",
    },
    {
      mistake: "a list that is not closed",
      text: MINIMAL.replace("us-east-1b]", "us-east-1b"),
      fault: "5:22: must be valid YAML, got a list that is not closed; write ] at its end",
    },
    {
      mistake: "a map that is not closed",
      text: `${MINIMAL.replace("0 }", "0")}cluster: apps\nswarm: {}\n`,
      fault: "6:8: must be valid YAML, got a map that is not closed; write } at its end",
    },
    {
      mistake: "the inner of two maps that is not closed",
      text: `${MINIMAL}storage: { efs: { mountPath: /data }\nworkers: []\n`,
      fault: "7:10: must be valid YAML, got a map that is not closed; write } at its end",
    },
    {
      mistake: "a bracket too many",
      text: MINIMAL.replace("us-east-1b]", "us-east-1b]]"),
      fault: "5:46: must be valid YAML, got a ] that nothing opened; drop it",
    },
    {
      mistake: "a key without its colon",
      text: MINIMAL.replace("cidr: ", "cidr "),
      fault: "4:3: must be valid YAML, got a key without a colon; write a colon and a space after it",
    },
    {
      mistake: "a dash without its space",
      text: `${MINIMAL}workers:\n  -name: general\n    min: 1\n`,
      fault: "8:3: must be valid YAML, got a - without a space after it; write a space between the two",
    },
    {
      mistake: "a line that is indented too far",
      text: `${MINIMAL}managers:\n  count: 3\n   instanceType: t3.small\n`,
      fault:
        "9:4: must be valid YAML, got a line that is indented more than the one before it; indent both alike, or end the line before with its colon",
    },
    {
      mistake: "a value with a colon",
      text: `${MINIMAL}tags:\n  note: a: b\n`,
      fault:
        "8:9: must be valid YAML, got a second colon in one line; put a value that has a colon and a space into quotes",
    },
    {
      mistake: "a value that begins with a reserved character",
      text: `${MINIMAL}cluster: @apps\nworkers: @b\n`,
      fault: '7:10: must be valid YAML, got a value that begins with "@"; put it into quotes',
    },
    {
      mistake: "marks of a merge conflict",
      text: `${MINIMAL}<<<<<<< HEAD\ncluster: a\n=======\ncluster: b\n>>>>>>> other\n`,
      fault:
        '7:1: must be valid YAML, got the mark of a merge conflict, "<<<<<<< HEAD"; choose a side and drop the marks',
    },
    {
      mistake: "values nested without end",
      text: "[".repeat(5000),
      fault: "must be an environment, got values nested hundreds deep; write another file",
    },
    {
      mistake: "a list as a key",
      text: `${MINIMAL}swarm:\n  ? [a, b]\n  : c\n`,
      fault: "8:5: must be a word as a key, got a list; write the key out",
    },
    {
      mistake: "an alias of what it is in",
      text: `${MINIMAL}tags: &a\n  <<: *a\n`,
      fault: "8:7: must not stand for what it is in, got *a; write the value out",
    },
    {
      mistake: "aliases that would fill the memory",
      text: `${MINIMAL}a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c]\n`,
      fault: "9:8: must not repeat values by aliases more than 100 times",
    },
  ])("$mistake", ({ text, fault }) => {
    const faults = faultsOf(text).filter((each) => !each.includes("must be a known key"));
    expect(faults).toEqual([expect.stringContaining(fault)]);
  });
});

it("a key that is no word is told once, where it stands", () => {
  expect(faultsOf(`${MINIMAL}? [a, b]\n: c\n`)).toEqual([
    "7:3: must be a word as a key, got a list; write the key out",
  ]);
});

it("what comes before a broken place is told too", () => {
  expect(faultsOf(`cluster: !Ref a\n${MINIMAL}workers: [\n`).map((fault) => fault.split(": ")[0])).toEqual([
    "1:10",
    "8:10",
  ]);
});

describe("a terminal", () => {
  it("is not told to do anything by what a file holds", () => {
    const faults = [`cluster: !\u009b31m a`, `"\u001b[2J\u202e": "\u0007"`, `tags: !a\u0085b`].flatMap((line) =>
      faultsOf(`${MINIMAL}${line}\n`),
    );
    expect(faults.length).toBeGreaterThanOrEqual(3);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it is about
    for (const fault of faults) expect(fault).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it("is not told to do anything by the name of a file", () => {
    const fault = { file: "a\u001b]0;x\u0007\n.yaml", line: 1, column: 1, path: "", message: "m" };
    expect(formatFault(fault)).toBe("a\\u001b]0;x\\u0007\\n.yaml:1:1: m");
  });
});

describe("many faults", () => {
  it("of one file are told up to 500, and then how many more there are", () => {
    const cidrs = Array.from({ length: 50 }, () => "nowhere").join(", ");
    const rules = Array.from(
      { length: 14 },
      () => `  - {description: web, to: workers, protocol: tcp, port: 443, cidrs: [${cidrs}]}\n`,
    );
    const faults = faultsOf(`${MINIMAL}access:\n${rules.join("")}`);
    expect(faults).toHaveLength(501);
    expect(faults.at(-1)).toMatch(/^\d+:\d+: has 200 more faults from here on; mend those before it first/);
  });

  it("of unknown keys are told up to 100, and then how many more there are", () => {
    const keys = Array.from({ length: 700 }, (_, index) => `unknown${index}: 1`).join("\n");
    const faults = faultsOf(`${MINIMAL}${keys}\n`);
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe(
      "107:1 unknown100: is the first of 600 more keys that are not known; see whether this is the right file",
    );
  });

  it("take no more time for each than a few do", () => {
    // GIVEN files of unknown keys, one ten times the other
    const keys = (count: number) => Array.from({ length: count }, (_, index) => `key${index}: 1\n`).join("");
    const seconds = (count: number) => {
      const text = `${MINIMAL}${keys(count)}`;
      const start = process.cpuUsage();
      faultsOf(text);
      return process.cpuUsage(start).user / 1e6;
    };
    seconds(2000);
    // WHEN
    const [few, many] = [seconds(2000), seconds(20_000)];
    // THEN ten times the keys take ten times as long; compared with each other they would take a hundred times
    expect(many / few).toBeLessThan(40);
  });
});
