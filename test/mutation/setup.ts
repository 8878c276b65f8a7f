import fc from "fast-check";

// A property is tried with the same cases each time, and no longer than a second: what is found must be found soon.
fc.configureGlobal({ seed: 20, interruptAfterTimeLimit: 1_000 });
