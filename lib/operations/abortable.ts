/** What is asked, or a rejection as soon as the signal says so: the SDK ends a request, but not its search for credentials. */
export function abortable<T>(asked: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return asked;
  return new Promise((resolve, reject) => {
    const end = (): void => reject(new DOMException("the time for an answer ran out", "AbortError"));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
    asked.then(resolve, reject).finally(() => signal.removeEventListener("abort", end));
  });
}
