const MINUTE_MS = 60_000;

/** How often one caller asked for one action. */
export interface RequestCount {
  /** Access key id that signed the requests, `anonymous` when nothing did. */
  readonly caller: string;
  /** `service:Action`, or `service:METHOD /path` where the request names no action. */
  readonly action: string;
  /** Since the front was started. */
  readonly count: number;
  /** In the last 60 seconds. */
  readonly lastMinute: number;
  /** Time of the first one and of the last one, ISO 8601. */
  readonly first: string;
  readonly last: string;
}

interface Entry {
  readonly caller: string;
  readonly action: string;
  readonly first: number;
  last: number;
  count: number;
  /** Times of the last minute's requests, oldest first. */
  recent: number[];
}

/** Counts requests by caller and action; it keeps times, never contents. */
export class RequestLog {
  private readonly entries = new Map<string, Entry>();

  public constructor(private readonly now: () => number = Date.now) {}

  public add(caller: string, action: string): void {
    const time = this.now();
    const key = `${caller} ${action}`;
    const entry = this.entries.get(key) ?? { caller, action, first: time, last: time, count: 0, recent: [] };
    entry.last = time;
    entry.count += 1;
    entry.recent = [...this.lastMinute(entry), time];
    this.entries.set(key, entry);
  }

  /** Requests of a caller in the last 60 seconds, of every action. */
  public requestsPerMinute(caller: string): number {
    let sum = 0;
    for (const entry of this.entries.values()) {
      if (entry.caller === caller) sum += this.lastMinute(entry).length;
    }
    return sum;
  }

  public counts(): RequestCount[] {
    return [...this.entries.values()].map((entry) => ({
      caller: entry.caller,
      action: entry.action,
      count: entry.count,
      lastMinute: this.lastMinute(entry).length,
      first: new Date(entry.first).toISOString(),
      last: new Date(entry.last).toISOString(),
    }));
  }

  private lastMinute(entry: Entry): number[] {
    const since = this.now() - MINUTE_MS;
    return entry.recent.filter((time) => time > since);
  }
}
