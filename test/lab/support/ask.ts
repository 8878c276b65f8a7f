import { type IncomingHttpHeaders, request } from "node:http";

/** A request on a connection of its own: a kept one would be closed while a command blocks this process. */
export function ask(
  url: string,
  { method = "GET", headers = {}, body = "" }: { method?: string; headers?: IncomingHttpHeaders; body?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers, agent: false, timeout: 30_000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => resolve(text)).on("error", reject);
    });
    asked.on("error", reject).on("timeout", () => asked.destroy(new Error(`${url} did not answer`)));
    asked.end(body);
  });
}
