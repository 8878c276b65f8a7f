/** Managers of a swarm of so many that must agree for it to decide anything. */
export function majority(members: number): number {
  return Math.floor(members / 2) + 1;
}
