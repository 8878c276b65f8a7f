import { expect, it } from "vitest";
import { expose } from "../../../lib/agent/metrics/exposition";

it("fails when Prometheus would read something else", () => {
  const text = expose([
    {
      name: "a_total",
      help: "What a is.",
      type: "counter",
      samples: [{ labels: { of: 'a "b"\\\n', by: "c" }, value: 2 }, { value: 1.5 }],
    },
    { name: "empty", help: "Nothing yet.", type: "gauge", samples: [] },
    { name: "b", help: "What b is.", type: "gauge", samples: [{ value: -1 }] },
  ]);

  expect(text).toBe(
    [
      "# HELP a_total What a is.",
      "# TYPE a_total counter",
      'a_total{of="a \\"b\\"\\\\\\n",by="c"} 2',
      "a_total 1.5",
      "# HELP b What b is.",
      "# TYPE b gauge",
      "b -1",
      "",
    ].join("\n"),
  );
});
